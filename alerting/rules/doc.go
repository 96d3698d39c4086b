// Package rules writes Prometheus rules and Alertmanager routes from
// objectives: recording rules that cost the server little, burn-rate alerts
// with exact thresholds, and plain threshold alerts.
//
// Its opinion: raw series are read once, over one short base window, into one
// pair of records per objective (bad events and all events); every longer
// window is a ratio of sums of that pair, never a mean of ratios. Denominators
// are guarded and numerators default to 0 only where the denominator exists, so
// nothing that is stored is NaN or infinite. Time without data counts as time
// without errors, so a window of three days cannot alert on three minutes. It
// writes files and strings; it talks to no server.
//
// What a counter has counted before its first scrape is invisible to every rate,
// so export counters at 0 before they are needed. An objective whose series
// never existed has no records and no alert; one whose series vanish has.
//
// What cannot be compiled is an error that names every defect at once; what is
// compiled but weak (a pair that can never fire, a latency threshold that is no
// bucket bound) is a Finding in the result.
//
//	set, err := rules.Compile([]rules.SLO{{
//		Objective: objective,
//		Indicator: rules.Indicator{Preset: "prometheus-http", Selector: `job="checkout"`},
//	}}, rules.Options{})
//	if err != nil {
//		return err
//	}
//	os.WriteFile("rules.yaml", set.YAML(), 0o644)
package rules
