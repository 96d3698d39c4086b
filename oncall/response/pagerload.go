package response

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/oncall"
)

// PagerLoadOptions are the limit that a shift is held against. More fields may
// be added. The zero value is two incidents in twelve hours, each of which
// takes six hours with everything that follows from it (Site Reliability
// Engineering, 2016, chapter 11).
type PagerLoadOptions struct {
	Per          time.Duration // 0 means 12 h
	Most         int           // incidents in any stretch of that length; 0 means 2
	IncidentWork time.Duration // work of one incident, what follows from it included; 0 means 6 h
}

// PagerLoad is what one shift had to bear.
type PagerLoad struct {
	Shift     oncall.Shift `json:"shift"`
	Incidents int          `json:"incidents"` // that began in the shift
	// Allowed is the limit for the whole shift: in proportion to its length,
	// rounded down, and never below that of one stretch.
	Allowed int           `json:"allowed"`
	Peak    int           `json:"peak"`             // most incidents in one stretch of the limit's length
	PeakAt  time.Time     `json:"peak_at,omitzero"` // where the first such stretch begins
	Work    time.Duration `json:"-"`                // work_seconds: of the incidents, at IncidentWork each
	Filled  float64       `json:"filled"`           // Work as a share of the shift's length, may exceed 1
	Over    bool          `json:"over"`             // more than the limit, in the shift or in one stretch
	Reasons []string      `json:"reasons,omitempty"`
}

// MeasurePagerLoad counts for each shift the incidents that began in it, by
// their instants, in any order. Shadows bear no load and are left out, as are
// shifts that do not end after their start; the others keep their order. The
// error, an *Error, names the options that are negative.
//
// An incident counts for every shift that covers its start: pass the shifts of
// one role of one schedule.
func MeasurePagerLoad(shifts []oncall.Shift, incidents []time.Time, opt PagerLoadOptions) ([]PagerLoad, error) {
	var p problems
	if opt.Per < 0 {
		p.Add("value", "per", opt.Per.String(), "no length of time", "write 12h")
	}
	if opt.Most < 0 {
		p.Add("value", "most", strconv.Itoa(opt.Most), "no number of incidents", "write 2")
	}
	if opt.IncidentWork < 0 || opt.IncidentWork > maxWork {
		p.Add("value", "incident_work", opt.IncidentWork.String(), "not from 0 to 366 days", "write 6h")
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	opt.Per, opt.Most, opt.IncidentWork = cmp.Or(opt.Per, 12*time.Hour), cmp.Or(opt.Most, 2), cmp.Or(opt.IncidentWork, 6*time.Hour)

	incidents = slices.SortedFunc(slices.Values(incidents), time.Time.Compare)
	loads := []PagerLoad{}
	for _, s := range shifts {
		if s.Shadow || !s.Start.Before(s.End) {
			continue
		}
		from, _ := slices.BinarySearchFunc(incidents, s.Start, time.Time.Compare)
		to, _ := slices.BinarySearchFunc(incidents, s.End, time.Time.Compare)
		loads = append(loads, pagerLoad(s, incidents[from:to], opt))
	}
	return loads, nil
}

// pagerLoad is the load of the incidents, in order, that lie in the shift.
func pagerLoad(s oncall.Shift, incidents []time.Time, opt PagerLoadOptions) PagerLoad {
	l := PagerLoad{Shift: s, Incidents: len(incidents)}
	stretches := float64(s.Duration()) / float64(opt.Per)
	l.Allowed = int(max(float64(opt.Most), min(math.Floor(float64(opt.Most)*stretches+1e-9), math.MaxInt32)))
	for range incidents {
		l.Work = longer(l.Work, opt.IncidentWork)
	}
	l.Filled = float64(l.Work) / float64(s.Duration())
	for i, j := 0, 0; j < len(incidents); j++ {
		for incidents[j].Sub(incidents[i]) >= opt.Per {
			i++
		}
		if n := j - i + 1; n > l.Peak {
			l.Peak, l.PeakAt = n, incidents[i]
		}
	}
	if l.Incidents > l.Allowed {
		l.Reasons = append(l.Reasons, prose.Plural(l.Incidents, "incident")+" in a shift of "+prose.Duration(s.Duration())+", at most "+strconv.Itoa(l.Allowed))
	}
	if l.Peak > opt.Most {
		l.Reasons = append(l.Reasons, prose.Plural(l.Peak, "incident")+" within "+prose.Duration(opt.Per)+" from "+prose.Minute(l.PeakAt)+", at most "+strconv.Itoa(opt.Most))
	}
	l.Over = len(l.Reasons) > 0
	return l
}

type pagerLoadAlias PagerLoad

type pagerLoadJSON struct {
	*pagerLoadAlias
	Work wire.Seconds `json:"work_seconds"`
}

// MarshalJSON writes the work as a number of seconds.
func (l PagerLoad) MarshalJSON() ([]byte, error) {
	a := pagerLoadAlias(l)
	return json.Marshal(pagerLoadJSON{&a, wire.Seconds(l.Work)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (l *PagerLoad) UnmarshalJSON(text []byte) error {
	var a pagerLoadAlias
	v := pagerLoadJSON{pagerLoadAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*l = PagerLoad(a)
	l.Work = time.Duration(v.Work)
	return nil
}
