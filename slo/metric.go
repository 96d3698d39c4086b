package slo

import (
	"strconv"
	"strings"
)

// Metric is one measured value as a metrics library takes it. The package
// exports nothing by itself: a service walks Metrics() of a result and sets its
// own gauges.
type Metric struct {
	Name   string  `json:"name"` // snake_case with its unit at the end: budget_remaining_ratio
	Labels []Label `json:"labels,omitempty"`
	Value  float64 `json:"value"` // finite
	Unit   string  `json:"unit,omitempty"`
	Help   string  `json:"help,omitempty"`
}

// Label is a name and a value that tell metrics of one name apart.
type Label struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// String is the metric in the text format of Prometheus, without its help.
func (m Metric) String() string {
	var b strings.Builder
	b.WriteString(m.Name)
	for i, l := range m.Labels {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(l.Name + `="` + labelEscaper.Replace(l.Value) + `"`)
	}
	if len(m.Labels) > 0 {
		b.WriteByte('}')
	}
	return b.String() + " " + strconv.FormatFloat(m.Value, 'g', -1, 64)
}

var labelEscaper = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// Metrics are the numbers of the budget: total, bad, coverage and, where there
// are data, ratio, consumed and remaining share, all with the given labels.
func (b Budget) Metrics(labels ...Label) []Metric {
	m := []Metric{
		{"slo_events", labels, b.Counts.Total, "events", "Events in the window so far."},
		{"slo_bad_events", labels, b.Counts.Bad, "events", "Bad events in the window so far."},
		{"slo_coverage_ratio", labels, b.Coverage, "ratio", "Share of the window so far that data exist for."},
		{"slo_objective_ratio", labels, b.Objective.Float64(), "ratio", "Target share of good events."},
	}
	if b.NoData {
		return m
	}
	return append(m,
		Metric{"slo_good_ratio", labels, b.Ratio, "ratio", "Share of good events in the window so far."},
		Metric{"slo_budget_consumed_ratio", labels, b.Consumed, "ratio", "Share of the error budget that is spent; above 1 the objective is missed."},
		Metric{"slo_budget_remaining_ratio", labels, b.Remaining, "ratio", "Share of the error budget that is left."},
		Metric{"slo_period_budget_remaining_ratio", labels, b.Period.Remaining, "ratio", "Share left of the budget expected for the whole period."})
}

// Metrics are the burn rate and its coverage, with the length as the label
// window; no rate where there are no data.
func (b Burn) Metrics(labels ...Label) []Metric {
	labels = append(labels[:len(labels):len(labels)], Label{"window", Rolling(b.Length).String()})
	m := []Metric{{"slo_burn_coverage_ratio", labels, b.Coverage, "ratio", "Share of the window that data exist for."}}
	if b.NoData {
		return m
	}
	return append(m, Metric{"slo_burn_rate", labels, b.Rate, "", "Error ratio divided by the error budget."})
}

// Metrics are the probability of exhaustion, the expected burn rate and, where
// exhaustion is more likely than not, its median time; nothing without data.
func (x Exhaustion) Metrics(labels ...Label) []Metric {
	if x.NoData {
		return nil
	}
	m := []Metric{
		{"slo_exhaustion_probability_ratio", labels, x.Probability, "ratio", "Probability that the error budget runs out before the end of the look ahead."},
		{"slo_expected_burn_rate", labels, x.Burn, "", "Burn rate that is expected to go on."},
	}
	if t, ok := x.Median(); ok {
		m = append(m, Metric{"slo_exhaustion_median_seconds", labels, float64(t.UnixMilli()) / 1000, "seconds", "Unix time by which the error budget runs out with probability 1/2."})
	}
	return m
}

// Metrics are the evidence of the anytime-valid test; nothing without data.
func (e Evidence) Metrics(labels ...Label) []Metric {
	if e.NoData {
		return nil
	}
	alarm := 0.0
	if e.Alarm {
		alarm = 1
	}
	return []Metric{
		{"slo_evidence_log", labels, e.LogE, "", "Natural logarithm of the evidence against the service, valid at any moment."},
		{"slo_evidence_alarm", labels, alarm, "", "1 if the evidence has reached its bound."},
	}
}
