package ownership

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/slo"
)

// What a BudgetRisk rests on.
const (
	BurnMeasured = "measured" // the events counted since the start of the incident
	BurnOutage   = "outage"   // nothing was counted: every event is taken to fail
)

// BudgetRisk is what an incident costs one objective by the hour.
//
// An hour at burn rate b spends the share b/h of the budget of a period of h
// hours: at 99.9 % over 30 days an hour of total outage spends 1000/720 of it.
// Traffic is taken to be even over the period.
type BudgetRisk struct {
	Service   string `json:"service"`
	Objective string `json:"objective"`
	// SharePerHour is the share of the period's budget that goes in an hour; it
	// may exceed 1. Low and High hold it with the probability Level, by the
	// Clopper-Pearson interval of the error ratio; Level is 0 where nothing was
	// counted.
	SharePerHour float64 `json:"share_per_hour"`
	Low          float64 `json:"low"`
	High         float64 `json:"high"`
	Level        float64 `json:"level,omitempty"`
	BurnRate     float64 `json:"burn_rate"`
	Basis        string  `json:"basis"` // BurnMeasured or BurnOutage
	// Remaining is the share of the period's budget that is left at the instant of
	// the report, negative when overspent; nil where it is not known.
	Remaining *float64 `json:"remaining"`
	// Exhausted is when the budget is gone at that rate, from what remains or else
	// from a full one; zero if it is gone already or lasts for another year.
	Exhausted time.Time `json:"exhausted,omitzero"`
}

// IncidentStep is one step of the escalation.
type IncidentStep struct {
	After   time.Duration  `json:"-"` // after_seconds in JSON: since the start of the incident
	Scope   response.Scope `json:"scope"`
	People  []string       `json:"people"`
	Missing []string       `json:"missing,omitempty"` // why a target gave nobody
	Pass    int            `json:"pass,omitempty"`    // from 0
}

type incidentStepAlias IncidentStep

type incidentStepJSON struct {
	After wire.Seconds `json:"after_seconds"`
	*incidentStepAlias
}

// MarshalJSON writes the time as a number of seconds.
func (s IncidentStep) MarshalJSON() ([]byte, error) {
	a := incidentStepAlias(s)
	return json.Marshal(incidentStepJSON{wire.Seconds(s.After), &a})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *IncidentStep) UnmarshalJSON(text []byte) error {
	var a incidentStepAlias
	v := incidentStepJSON{incidentStepAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*s = IncidentStep(a)
	s.After = time.Duration(v.After)
	return nil
}

// riskLevel is the probability of the intervals.
const riskLevel = 0.95

// budgets are the objectives that an incident costs: of each entry that alerts
// those that its alerts watch, or all where that cannot be told, and those that
// are measured to burn.
func (s Standby) budgets(in IncidentInput, incident response.Incident, at time.Time) ([]BudgetRisk, error) {
	out := []BudgetRisk{}
	for _, name := range incident.Alerting(at) {
		service, ok := s.service(name)
		if !ok {
			continue
		}
		objectives := service.Objectives()
		watched := service.affected(in, at)
		for _, o := range objectives {
			if o.Budget().IsZero() {
				continue
			}
			points := in.pointsOf(name, o)
			risk, err := riskOf(o, points, incident.Start, at)
			if err != nil {
				return nil, fmt.Errorf("incident: objective %q of %q: %w", o.Name, name, err)
			}
			if len(watched) > 0 && !slices.Contains(watched, o.Name) && (risk.Basis != BurnMeasured || risk.BurnRate <= 1) {
				continue
			}
			risk.Service = name
			out = append(out, risk)
		}
	}
	slices.SortStableFunc(out, func(a, b BudgetRisk) int {
		return cmp.Or(cmp.Compare(b.SharePerHour, a.SharePerHour), strings.Compare(a.Service, b.Service), strings.Compare(a.Objective, b.Objective))
	})
	return out, nil
}

// affected are the objectives that the entry's alerts watch, by name.
func (s Service) affected(in IncidentInput, at time.Time) []string {
	var out []string
	for _, a := range in.Alerts {
		if a.Service != s.Name || a.Start.After(at) {
			continue
		}
		if own, ok := s.alert(a.Name); ok {
			if o, ok := s.ObjectiveOf(own); ok {
				out = append(out, o.Name)
				continue
			}
		}
		found := false
		for _, o := range s.Objectives() {
			if o.Name == a.Name {
				found = true
				out = append(out, o.Name)
			}
		}
		if !found {
			return nil
		}
	}
	return out
}

// pointsOf are the points of an objective.
func (in IncidentInput) pointsOf(service string, o slo.Objective) []slo.Point {
	var m Measurements
	for _, p := range in.Points {
		if p.Service == service {
			m.Points = append(m.Points, ObjectivePoints{p.Objective, p.Points})
		}
	}
	return m.pointsOf(o)
}

// riskOf is what an objective loses by the hour.
func riskOf(o slo.Objective, points []slo.Point, start, at time.Time) (BudgetRisk, error) {
	from, to := o.Period().Bounds(at)
	hours := to.Sub(from).Hours()
	budget := o.Budget().Float64()
	r := BudgetRisk{Objective: o.Name, Basis: BurnOutage, BurnRate: 1 / budget}
	if len(points) > 0 {
		state, err := o.BudgetAt(points, at)
		if err != nil {
			return r, err
		}
		if !state.NoData {
			left := 1 - state.Period.Consumed
			r.Remaining = &left
		}
		if counts := o.Count(points, start, at); counts.Total > 0 {
			burn, _ := o.BurnRate(counts)
			r.Basis, r.BurnRate = BurnMeasured, burn
			span, err := counts.ErrorInterval(slo.ClopperPearsonInterval, riskLevel)
			if err != nil {
				return r, err
			}
			r.Low, r.High, r.Level = span.Low/budget/hours, span.High/budget/hours, span.Level
		}
	}
	r.SharePerHour = r.BurnRate / hours
	if r.Level == 0 {
		r.Low, r.High = r.SharePerHour, r.SharePerHour
	}
	left := 1.0
	if r.Remaining != nil {
		left = *r.Remaining
	}
	if r.SharePerHour > 0 && left > 0 {
		if ahead := left / r.SharePerHour; ahead < 365*24 {
			r.Exhausted = at.Add(time.Duration(ahead * float64(time.Hour))).UTC().Truncate(time.Second)
		}
	}
	return r, nil
}
