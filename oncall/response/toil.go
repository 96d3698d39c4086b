package response

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
)

// The lines that toil is held against: at most half of the time is operational
// work, at most a quarter goes into interrupts (Site Reliability Engineering,
// 2016, chapters 5 and 11).
const (
	DefaultToilLine     = 0.5
	DefaultReactiveLine = 0.25
)

// mostQuarters bounds a trend: 50 years.
const mostQuarters = 200

// FewQuarters is the number of quarters below which a trend carries a warning.
const FewQuarters = 8

// What shares of toil are given for.
const (
	ByPerson  = "person"
	ByTeam    = "team"
	ByService = "service"
	ByLevel   = "level"
)

var toilGroups = []string{ByPerson, ByTeam, ByService, ByLevel}

// ToilOptions say whose work it is. More fields may be added. With the zero
// value there are quarters of UTC, by person and by service.
type ToilOptions struct {
	Zone    *time.Location // whose calendar counts quarters; nil is UTC
	People  []Person       // give levels; work of who is not listed or has none counts for no level
	Entries []Entry        // give teams; work for a service that is not listed counts for no team
	Ladder  Ladder         // names levels; zero is the default

	ToilLine     float64 // in (0,1]; 0 means DefaultToilLine
	ReactiveLine float64 // in (0,1]; 0 means DefaultReactiveLine
	Level        float64 // of the interval of a trend, in (0,1); 0 means 0.95
}

// Toil is how much of the working time kept things as they are.
type Toil struct {
	Zone         string      `json:"zone"`
	ToilLine     float64     `json:"toil_line"`
	ReactiveLine float64     `json:"reactive_line"`
	Shares       []ToilShare `json:"shares"` // by group, name and quarter
	Trends       []ToilTrend `json:"trends"` // by group and name, for those with two quarters or more; over the last 200
	// Findings have the codes
	//
	//	toil-above-line      warning  the last quarter is above the line for toil
	//	reactive-above-line  warning  the last quarter is above the line for interrupts
	//	toil-rising          warning  toil rises, by the whole of the trend's interval
	//	few-quarters         warning  a trend over fewer than FewQuarters quarters
	//	unknown-person       info     somebody who has worked is not among the people
	//	unknown-service      info     work for something that is not among the entries
	Findings []Finding `json:"findings,omitempty"`
}

// ToilShare is the work of one person, team, service or level in one quarter.
// Work that reaches over the end of a quarter is cut there.
type ToilShare struct {
	Group   string    `json:"group"` // ByPerson, ByTeam, ByService or ByLevel
	Name    string    `json:"name"`
	Quarter Quarter   `json:"quarter"`
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`

	Page       time.Duration `json:"-"` // …_seconds in JSON
	Incident   time.Duration `json:"-"`
	Ticket     time.Duration `json:"-"`
	ManualStep time.Duration `json:"-"`
	Project    time.Duration `json:"-"`

	Toil     float64 `json:"toil"`     // pages, incidents, tickets and manual steps, of all the work
	Reactive float64 `json:"reactive"` // pages and incidents, of all the work
}

// Total is all the work of the quarter.
func (s ToilShare) Total() time.Duration {
	return longer(longer(longer(longer(s.Page, s.Incident), s.Ticket), s.ManualStep), s.Project)
}

// longer adds two lengths of time, and stops at 292 years.
func longer(a, b time.Duration) time.Duration {
	switch {
	case b > 0 && a > math.MaxInt64-b:
		return math.MaxInt64
	case b < 0 && a < math.MinInt64-b:
		return math.MinInt64
	}
	return a + b
}

// ToilTrend is the change of one share over the quarters that had work.
type ToilTrend struct {
	Group    string  `json:"group"`
	Name     string  `json:"name"`
	From     Quarter `json:"from"`
	To       Quarter `json:"to"`
	Quarters int     `json:"quarters"` // with work, from two
	Toil     Slope   `json:"toil"`
	Reactive Slope   `json:"reactive"`
}

// MeasureToil adds up the work by quarter, for every person, team, service and
// level that has any. Names are in order of the alphabet, levels in that of the
// ladder; nothing is ordered by its share. The error, an *Error, names all the
// work and options that are out of range. The time grows with the work.
func MeasureToil(work []Work, opt ToilOptions) (Toil, error) {
	var p problems
	p.checkWork(work)
	zone := opt.Zone
	if zone == nil {
		zone = time.UTC
	}
	t := Toil{Zone: zone.String(), ToilLine: p.share("toil_line", opt.ToilLine, DefaultToilLine), ReactiveLine: p.share("reactive_line", opt.ReactiveLine, DefaultReactiveLine),
		Shares: []ToilShare{}, Trends: []ToilTrend{}}
	level := p.share("level", opt.Level, 0.95)
	if level == 1 {
		p.Add("value", "level", "1", "no interval is certain", "write 0.95")
	}
	if err := p.err(); err != nil {
		return Toil{}, err
	}

	sums := newToilSums(opt)
	ends := map[Quarter]time.Time{}
	for _, w := range work {
		for q, at := QuarterOf(w.Start, zone), w.Start; ; q = q.Next() {
			end, ok := ends[q]
			if !ok {
				end = q.Next().Start(zone)
				ends[q] = end
			}
			if !w.End().After(end) {
				sums.add(w, q, w.End().Sub(at))
				break
			}
			sums.add(w, q, end.Sub(at))
			at = end
		}
	}
	t.Shares = sums.shares(zone)
	last := Quarter{}
	for _, s := range t.Shares {
		if s.Quarter.index() > last.index() {
			last = s.Quarter
		}
	}
	for from := 0; from < len(t.Shares); {
		to := from + 1
		for to < len(t.Shares) && t.Shares[to].Group == t.Shares[from].Group && t.Shares[to].Name == t.Shares[from].Name {
			to++
		}
		t.judge(t.Shares[from:to], last, level)
		from = to
	}
	t.Findings = append(t.Findings, sums.unknown()...)
	return t, nil
}

// judge adds the trend of one name, and what there is to say about it.
func (t *Toil) judge(shares []ToilShare, last Quarter, level float64) {
	s := shares[len(shares)-1]
	path := s.Group + "[" + s.Name + "]"
	warn := func(code, text, reason, remedy string) {
		t.Findings = append(t.Findings, Finding{Code: code, Level: diag.Warning, Path: path, Text: text, Reason: reason, Remedy: remedy})
	}
	if s.Quarter == last && s.Toil > t.ToilLine {
		warn("toil-above-line", s.Quarter.String(), prose.Percent(s.Toil)+" of the work was toil, the line is "+prose.Percent(t.ToilLine), "give time to automation, or hand work back to who causes it")
	}
	if s.Quarter == last && s.Reactive > t.ReactiveLine {
		warn("reactive-above-line", s.Quarter.String(), prose.Percent(s.Reactive)+" of the work was pages and incidents, the line is "+prose.Percent(t.ReactiveLine), "raise thresholds that page for nothing, mend what fails, or share the load")
	}
	if len(shares) < 2 {
		return
	}
	if len(shares) > mostQuarters {
		shares = shares[len(shares)-mostQuarters:]
	}
	x, toil, reactive := make([]int, len(shares)), make([]float64, len(shares)), make([]float64, len(shares))
	for i, s := range shares {
		x[i], toil[i], reactive[i] = s.Quarter.index(), s.Toil, s.Reactive
	}
	trend := ToilTrend{s.Group, s.Name, shares[0].Quarter, s.Quarter, len(shares), slopeOf(x, toil, level), slopeOf(x, reactive, level)}
	t.Trends = append(t.Trends, trend)
	if len(shares) < FewQuarters {
		warn("few-quarters", strconv.Itoa(len(shares)), "a trend over "+prose.Plural(len(shares), "quarter")+" says little", "wait for "+strconv.Itoa(FewQuarters))
	}
	if trend.Toil.Low > 0 && trend.Toil.Level >= level {
		warn("toil-rising", trend.From.String()+" to "+trend.To.String(), "the share of toil rises by "+points(trend.Toil.PerQuarter)+" a quarter, from "+points(trend.Toil.Low)+" to "+points(trend.Toil.High)+" with "+prose.Percent(trend.Toil.Level)+" confidence", "see which manual steps cost most: Dividends tells")
	}
}

// points is a difference of shares in percentage points.
func points(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + " points" }

// share is v, or its default; it must lie in (0,1].
func (p *problems) share(path string, v, otherwise float64) float64 {
	switch {
	case v == 0:
		return otherwise
	case v > 0 && v <= 1:
		return v
	}
	p.Add("value", path, strconv.FormatFloat(v, 'g', -1, 64), "no share above 0 and up to 1", "write "+strconv.FormatFloat(otherwise, 'g', -1, 64))
	return otherwise
}

// toilKey is one share.
type toilKey struct {
	group, place int // of toilGroups, and among levels
	name         string
	quarter      int
}

type toilSums struct {
	byKey    map[toilKey]*ToilShare
	level    map[string]int
	team     map[string]string
	ladder   Ladder
	people   bool
	entries  bool
	stranger map[string]bool // "" + name of a person, or of a service
	foreign  map[string]bool
}

func newToilSums(opt ToilOptions) toilSums {
	s := toilSums{map[toilKey]*ToilShare{}, map[string]int{}, map[string]string{}, opt.Ladder.orDefault(), len(opt.People) > 0, len(opt.Entries) > 0, map[string]bool{}, map[string]bool{}}
	for _, p := range slices.Backward(opt.People) { // the first of a name counts
		s.level[p.Name] = p.Level
	}
	for _, e := range slices.Backward(opt.Entries) {
		s.team[e.Name] = e.Team
	}
	return s
}

// add adds a length of the work in the quarter.
func (s toilSums) add(w Work, q Quarter, d time.Duration) {
	level, known := s.level[w.Person]
	if !known && w.Person != "" && s.people {
		s.stranger[w.Person] = true
	}
	team, known := s.team[w.Service]
	if !known && w.Service != "" && s.entries {
		s.foreign[w.Service] = true
	}
	levelName := ""
	if level > 0 {
		levelName = s.ladder.NameOf(level)
	}
	for group, name := range [...]string{w.Person, team, w.Service, levelName} {
		if name == "" {
			continue
		}
		key := toilKey{group: group, name: name, quarter: q.index()}
		if toilGroups[group] == ByLevel {
			key.place = level
		}
		share := s.byKey[key]
		if share == nil {
			share = &ToilShare{Group: toilGroups[group], Name: name, Quarter: q}
			s.byKey[key] = share
		}
		sum := &share.Project
		switch w.Kind {
		case WorkPage:
			sum = &share.Page
		case WorkIncident:
			sum = &share.Incident
		case WorkTicket:
			sum = &share.Ticket
		case WorkManualStep:
			sum = &share.ManualStep
		}
		*sum = longer(*sum, d)
	}
}

// shares are the sums in order; a quarter without any time is left out.
func (s toilSums) shares(zone *time.Location) []ToilShare {
	keys := make([]toilKey, 0, len(s.byKey))
	for k := range s.byKey {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b toilKey) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.place, b.place), cmp.Compare(a.name, b.name), cmp.Compare(a.quarter, b.quarter))
	})
	out := make([]ToilShare, 0, len(keys))
	for _, k := range keys {
		share := *s.byKey[k]
		all := share.Page.Seconds() + share.Incident.Seconds() + share.Ticket.Seconds() + share.ManualStep.Seconds() + share.Project.Seconds()
		if all <= 0 {
			continue
		}
		share.Start, share.End = share.Quarter.Start(zone), share.Quarter.Next().Start(zone)
		reactive := share.Page.Seconds() + share.Incident.Seconds()
		share.Reactive = reactive / all
		share.Toil = min((reactive+share.Ticket.Seconds()+share.ManualStep.Seconds())/all, 1)
		out = append(out, share)
	}
	return out
}

func (s toilSums) unknown() []Finding {
	var out []Finding
	for _, m := range []struct {
		names              map[string]bool
		code, path, reason string
	}{
		{s.stranger, "unknown-person", "person", "not among the people: the work counts for no level"},
		{s.foreign, "unknown-service", "service", "not among the entries: the work counts for no team"},
	} {
		names := make([]string, 0, len(m.names))
		for n := range m.names {
			names = append(names, n)
		}
		slices.Sort(names)
		for _, n := range names {
			out = append(out, Finding{Code: m.code, Level: diag.Info, Path: m.path + "[" + n + "]", Reason: m.reason})
		}
	}
	return out
}

type toilShareAlias ToilShare

type toilShareJSON struct {
	*toilShareAlias
	Page       wire.Seconds `json:"page_seconds"`
	Incident   wire.Seconds `json:"incident_seconds"`
	Ticket     wire.Seconds `json:"ticket_seconds"`
	ManualStep wire.Seconds `json:"manual_step_seconds"`
	Project    wire.Seconds `json:"project_seconds"`
}

// MarshalJSON writes durations as numbers of seconds.
func (s ToilShare) MarshalJSON() ([]byte, error) {
	a := toilShareAlias(s)
	return json.Marshal(toilShareJSON{&a, wire.Seconds(s.Page), wire.Seconds(s.Incident), wire.Seconds(s.Ticket), wire.Seconds(s.ManualStep), wire.Seconds(s.Project)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *ToilShare) UnmarshalJSON(text []byte) error {
	var a toilShareAlias
	v := toilShareJSON{toilShareAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*s = ToilShare(a)
	for i, d := range []wire.Seconds{v.Page, v.Incident, v.Ticket, v.ManualStep, v.Project} {
		*[]*time.Duration{&s.Page, &s.Incident, &s.Ticket, &s.ManualStep, &s.Project}[i] = time.Duration(d)
	}
	return nil
}
