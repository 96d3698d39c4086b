package alerting

import (
	"fmt"
	"time"

	"github.com/srekit/ownership/slo"
)

// MarshalJSON writes durations in seconds; the randomness is left out.
func (o BacktestOptions) MarshalJSON() ([]byte, error) { return marshalStruct(o) }

// UnmarshalJSON reads what MarshalJSON writes.
func (o *BacktestOptions) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, o) }

type workingHoursJSON struct {
	Zone string         `json:"zone"`
	From time.Duration  `json:"from_seconds"`
	To   time.Duration  `json:"to_seconds"`
	Days []time.Weekday `json:"days,omitzero"`
}

// MarshalJSON writes the zone's name and times of day in seconds since midnight.
func (w WorkingHours) MarshalJSON() ([]byte, error) {
	j := workingHoursJSON{Zone: "UTC", From: w.From, To: w.To, Days: w.Days}
	if w.Location != nil {
		j.Zone = w.Location.String()
	}
	return marshalStruct(j)
}

// UnmarshalJSON reads what MarshalJSON writes; the zone's rules come from the
// system's time-zone data.
func (w *WorkingHours) UnmarshalJSON(data []byte) error {
	var j workingHoursJSON
	if err := unmarshalStruct(data, &j); err != nil {
		return err
	}
	*w = WorkingHours{From: j.From, To: j.To, Days: j.Days}
	if j.Zone == "" || j.Zone == "UTC" {
		return nil
	}
	location, err := time.LoadLocation(j.Zone)
	if err != nil || j.Zone == "Local" {
		return fmt.Errorf("zone: unknown time zone %q; write an IANA name such as Europe/Berlin", j.Zone)
	}
	w.Location = location
	return nil
}

// MarshalJSON writes durations in seconds.
func (r Report) MarshalJSON() ([]byte, error) { return marshalStruct(r) }

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Report) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, r) }

// MarshalJSON writes durations in seconds.
func (d Detection) MarshalJSON() ([]byte, error) { return marshalStruct(d) }

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Detection) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, d) }

// MarshalJSON writes durations in seconds.
func (q DurationQuantiles) MarshalJSON() ([]byte, error) { return marshalStruct(q) }

// UnmarshalJSON reads what MarshalJSON writes.
func (q *DurationQuantiles) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, q) }

type scoreJSON struct {
	Severity          Severity           `json:"severity"`
	Alerts            int                `json:"alerts"`
	TrueAlerts        int                `json:"true_alerts"`
	Incidents         int                `json:"incidents"`
	Detected          int                `json:"detected"`
	Precision         *float64           `json:"precision"`
	Recall            *float64           `json:"recall"`
	Delay             *DurationQuantiles `json:"delay"`
	Budget            *ShareQuantiles    `json:"budget"`
	Firing            time.Duration      `json:"firing_seconds"`
	PerWeek           float64            `json:"per_week"`
	OffHours          int                `json:"off_hours"`
	OffHoursPerWeek   float64            `json:"off_hours_per_week"`
	PrecisionInterval *slo.Interval      `json:"precision_interval"`
	RecallInterval    *slo.Interval      `json:"recall_interval"`
	PerWeekInterval   *slo.Interval      `json:"per_week_interval"`
	DelayInterval     *slo.Interval      `json:"delay_interval"`
}

// MarshalJSON writes durations in seconds, and null for what there is none of.
func (s Score) MarshalJSON() ([]byte, error) {
	j := scoreJSON{
		Severity: s.Severity, Alerts: s.Alerts, TrueAlerts: s.TrueAlerts, Incidents: s.Incidents, Detected: s.Detected,
		Firing: s.Firing, PerWeek: s.PerWeek, OffHours: s.OffHours, OffHoursPerWeek: s.OffHoursPerWeek,
		PrecisionInterval: s.PrecisionInterval, RecallInterval: s.RecallInterval,
		PerWeekInterval: s.PerWeekInterval, DelayInterval: s.DelayInterval,
	}
	if s.Alerts > 0 {
		j.Precision = &s.Precision
	}
	if s.Incidents > 0 {
		j.Recall = &s.Recall
	}
	if s.Detected > 0 {
		j.Delay, j.Budget = &s.Delay, &s.Budget
	}
	return marshalStruct(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Score) UnmarshalJSON(data []byte) error {
	var j scoreJSON
	if err := unmarshalStruct(data, &j); err != nil {
		return err
	}
	*s = Score{
		Severity: j.Severity, Alerts: j.Alerts, TrueAlerts: j.TrueAlerts, Incidents: j.Incidents, Detected: j.Detected,
		Precision: value(j.Precision), Recall: value(j.Recall), Delay: value(j.Delay), Budget: value(j.Budget),
		Firing: j.Firing, PerWeek: j.PerWeek, OffHours: j.OffHours, OffHoursPerWeek: j.OffHoursPerWeek,
		PrecisionInterval: j.PrecisionInterval, RecallInterval: j.RecallInterval,
		PerWeekInterval: j.PerWeekInterval, DelayInterval: j.DelayInterval,
	}
	return nil
}
