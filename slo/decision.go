package slo

import (
	"encoding/json"
	"log/slog"
	"time"
)

// Decision is what a policy or a gate says: whether to go on, why, and how
// long that holds.
type Decision struct {
	Allow bool `json:"allow"`
	// Reason is a sentence for people, with the figures that decided.
	Reason string `json:"reason"`
	// Evidence is the same figures for programs.
	Evidence []Metric `json:"evidence"`
	// Until is the first instant at which the decision may change by the
	// passing of time alone: an override expires, an outage rolls off, a new
	// period begins. Zero where only new events can change it (null in JSON).
	Until time.Time `json:"until"`
}

type decisionJSON Decision

// MarshalJSON writes the zero Until as null.
func (d Decision) MarshalJSON() ([]byte, error) {
	if d.Evidence == nil {
		d.Evidence = []Metric{}
	}
	return json.Marshal(struct {
		decisionJSON
		Until *time.Time `json:"until"`
	}{decisionJSON(d), instant(d.Until)})
}

// LogValue is the decision in a few attributes, for structured logs.
func (d Decision) LogValue() slog.Value {
	attrs := []slog.Attr{slog.Bool("allow", d.Allow), slog.String("reason", d.Reason)}
	for _, m := range d.Evidence {
		attrs = append(attrs, slog.Float64(m.Name, m.Value))
	}
	if !d.Until.IsZero() {
		attrs = append(attrs, slog.Time("until", d.Until))
	}
	return slog.GroupValue(attrs...)
}
