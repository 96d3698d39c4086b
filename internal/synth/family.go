package synth

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// MetricType is the type of a metric family in OpenMetrics.
type MetricType string

// The types that WriteOpenMetrics knows. Exponential histograms have no form
// in OpenMetrics 1.0 and are absent.
const (
	CounterType   MetricType = "counter"
	GaugeType     MetricType = "gauge"
	HistogramType MetricType = "histogram"
)

// Label is a name and a value.
type Label struct{ Name, Value string }

// Family is the metrics of one name.
type Family struct {
	// Name is without the suffixes _total, _bucket, _count and _sum, which the
	// writer adds.
	Name, Help string
	Type       MetricType
	Metrics    []Metric
}

// Metric is one labelled series, or for a histogram one set of series.
type Metric struct {
	Labels []Label
	// Times are ascending, at least a millisecond apart.
	Times []time.Time
	// Values belong to Times, for counters and gauges.
	Values []float64
	// Histograms carry their own times, for histograms.
	Histograms []Histogram
}

// CounterFamily returns the samples as one counter with the label instance
// (replica-1, replica-2, …) and the label code: 200 for good requests and 500
// for bad ones. labels are added to each. Samples must be in order of time
// within a replica.
func CounterFamily(name string, labels []Label, samples []Sample) Family {
	f := Family{Name: strings.TrimSuffix(name, "_total"), Type: CounterType}
	index := map[int]int{}
	for _, s := range samples {
		i, ok := index[s.Replica]
		if !ok {
			i = len(f.Metrics)
			index[s.Replica] = i
			instance := Label{"instance", "replica-" + strconv.Itoa(s.Replica)}
			f.Metrics = append(f.Metrics,
				Metric{Labels: append(slices.Clone(labels), Label{"code", "200"}, instance)},
				Metric{Labels: append(slices.Clone(labels), Label{"code", "500"}, instance)})
		}
		good, bad := &f.Metrics[i], &f.Metrics[i+1]
		good.Times, good.Values = append(good.Times, s.Time), append(good.Values, s.Total-s.Bad)
		bad.Times, bad.Values = append(bad.Times, s.Time), append(bad.Values, s.Bad)
	}
	return f
}

// HistogramFamily returns histograms, accumulated over time, as one metric.
func HistogramFamily(name string, labels []Label, accumulated []Histogram) Family {
	return Family{Name: name, Type: HistogramType, Metrics: []Metric{{Labels: labels, Histograms: accumulated}}}
}

// GaugeFamily returns the measured values of a load as one metric.
func GaugeFamily(name string, labels []Label, values []Value) Family {
	m := Metric{Labels: labels}
	for _, v := range values {
		m.Times, m.Values = append(m.Times, v.Time), append(m.Values, v.Value)
	}
	return Family{Name: name, Type: GaugeType, Metrics: []Metric{m}}
}
