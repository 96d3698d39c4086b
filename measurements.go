package ownership

import (
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/runbook/run"
	"github.com/srekit/ownership/slo"
)

// Measurements are what a review knows of a service beside its spec. All of it
// is optional: what is missing is named in the review, and nothing is guessed.
// A review changes none of it.
type Measurements struct {
	// At is the instant that the review is for; it is required.
	At time.Time
	// From is where its period begins; zero means 28 days before At.
	From time.Time
	// Points are the counted events of objectives. Points for the empty name are
	// those of every objective that counts events and has none of its own.
	Points []ObjectivePoints
	// Metrics are the measurements of capacity_planning.
	Metrics []MetricHistory
	// Fired are the alerts that fired, of any kind; nil means that none is known.
	Fired []FiredAlert
	// Incidents are what was declared; nil means that they are derived from the
	// points (see alerting.IncidentRule).
	Incidents []alerting.Incident
	// Releases are those of the period and shortly before.
	Releases []ReleaseRecord
	// Runbooks is what runbook.ReadFolder read from the catalog's root; nil means
	// that they were not read.
	Runbooks *runbook.Library
	// Logs are the records of runbook runs.
	Logs [][]run.Record
	// Work is what people did; that on pages tells what a page costs.
	Work []response.Work
	// Unsocial says which hours on call weigh more. Its zone is by default the
	// team's.
	Unsocial oncall.Unsocial
}

// ObjectivePoints are the counted events of one objective, in any order. A point
// holds the events of the interval that ends at its time.
type ObjectivePoints struct {
	Objective string
	Points    []slo.Point
}

// MetricHistory is the measurements of one metric.
type MetricHistory struct {
	Metric string
	Series capacity.Series
}

// FiredAlert is an alert that fired from Start until End; a zero End is one that
// still fires.
type FiredAlert struct {
	Name     string            `json:"name"`
	Severity alerting.Severity `json:"severity"`
	Start    time.Time         `json:"start"`
	End      time.Time         `json:"end,omitzero"`
}

// ReleaseRecord is one release and what was decided about it.
type ReleaseRecord struct {
	Name     string    `json:"name"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end,omitzero"` // when it had all traffic or was taken back; zero if it runs
	Verdict  string    `json:"verdict"`      // promote, rollback, continue or inconclusive
	Evidence string    `json:"evidence,omitempty"`
}

// from is where the period begins.
func (m Measurements) from() time.Time {
	if m.From.IsZero() {
		return m.At.Add(-28 * 24 * time.Hour)
	}
	return m.From
}

// pointsOf are the points of an objective.
func (m Measurements) pointsOf(o slo.Objective) []slo.Point {
	var shared []slo.Point
	for _, p := range m.Points {
		switch p.Objective {
		case o.Name:
			return p.Points
		case "":
			shared = p.Points
		}
	}
	if o.Kind == slo.Events {
		return shared
	}
	return nil
}
