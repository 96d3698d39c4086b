package synth

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func text(t *testing.T, families ...Family) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteOpenMetrics(&b, families); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestOpenMetricsOfEachType(t *testing.T) {
	at := time.Unix(1767571200, 0)
	families := []Family{
		{
			Name: "queue_depth", Type: GaugeType, Help: "Jobs that wait.\nNot those that run: \\o/",
			Metrics: []Metric{{Times: []time.Time{at, at.Add(1500 * time.Millisecond)}, Values: []float64{-2.5, 1e21}}},
		},
		{
			Name: "latency_seconds", Type: HistogramType,
			Metrics: []Metric{{
				Labels:     []Label{{"path", `/"a"\b`}},
				Histograms: []Histogram{{Time: at, Le: []float64{0.25, 1, 10}, Cumulative: []float64{1, 3, 3, 4}, Sum: 12.75}},
			}},
		},
		{
			Name: "http_requests", Type: CounterType,
			Metrics: []Metric{
				{Labels: []Label{{"code", "500"}, {"app", "web"}}, Times: []time.Time{at}, Values: []float64{0}},
				{Labels: []Label{{"app", "web"}, {"code", "200"}}, Times: []time.Time{at, at.Add(15 * time.Second)}, Values: []float64{7, 123456789}},
			},
		},
	}
	want := `# TYPE http_requests counter
http_requests_total{app="web",code="200"} 7 1767571200
http_requests_total{app="web",code="200"} 123456789 1767571215
http_requests_total{app="web",code="500"} 0 1767571200
# TYPE latency_seconds histogram
latency_seconds_bucket{path="/\"a\"\\b",le="0.25"} 1 1767571200
latency_seconds_bucket{path="/\"a\"\\b",le="1.0"} 3 1767571200
latency_seconds_bucket{path="/\"a\"\\b",le="10.0"} 3 1767571200
latency_seconds_bucket{path="/\"a\"\\b",le="+Inf"} 4 1767571200
latency_seconds_count{path="/\"a\"\\b"} 4 1767571200
latency_seconds_sum{path="/\"a\"\\b"} 12.75 1767571200
# HELP queue_depth Jobs that wait.\nNot those that run: \\o/
# TYPE queue_depth gauge
queue_depth -2.5 1767571200
queue_depth 1e+21 1767571201.500
# EOF
`
	if got := text(t, families...); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if families[0].Name != "queue_depth" || families[2].Metrics[0].Labels[0].Name != "code" {
		t.Error("the argument was reordered")
	}
	if got := text(t); got != "# EOF\n" {
		t.Errorf("nothing is written as %q, want only the end", got)
	}
	if got := stamp(time.UnixMilli(-1500)); got != "-1.500" {
		t.Errorf("before 1970: %s, want -1.500", got)
	}
}

func TestFamiliesOfGenerators(t *testing.T) {
	c := Counter{Traffic: Traffic{BasePerSecond: 4, Errors: Errors{Ratio: 0.25}}, Replicas: 2, Start: monday}
	f := CounterFamily("http_requests_total", []Label{{"job", "api"}}, c.Samples(monday, monday.Add(30*time.Second), 15*time.Second))
	want := `# TYPE http_requests counter
http_requests_total{code="200",instance="replica-1",job="api"} 23 1767571215
http_requests_total{code="200",instance="replica-1",job="api"} 45 1767571230
http_requests_total{code="200",instance="replica-2",job="api"} 22 1767571215
http_requests_total{code="200",instance="replica-2",job="api"} 45 1767571230
http_requests_total{code="500",instance="replica-1",job="api"} 8 1767571215
http_requests_total{code="500",instance="replica-1",job="api"} 15 1767571230
http_requests_total{code="500",instance="replica-2",job="api"} 7 1767571215
http_requests_total{code="500",instance="replica-2",job="api"} 15 1767571230
# EOF
`
	if got := text(t, f); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	g := GaugeFamily("disk_used_bytes", nil, Load{Base: 5}.Values(monday, monday.Add(time.Minute), time.Minute))
	if got, want := text(t, g), "# TYPE disk_used_bytes gauge\ndisk_used_bytes 5 1767571260\n# EOF\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	h := HistogramFamily("latency_seconds", nil, Accumulate(Latency{Median: time.Second}.Histograms([]Count{{Time: monday, Total: 3}}, time.Minute, []float64{2})))
	if got, want := text(t, h), "# TYPE latency_seconds histogram\nlatency_seconds_bucket{le=\"2.0\"} 3 1767571200\nlatency_seconds_bucket{le=\"+Inf\"} 3 1767571200\nlatency_seconds_count 3 1767571200\nlatency_seconds_sum 3 1767571200\n# EOF\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOpenMetricsRefusesWhatReadersWould(t *testing.T) {
	at := time.Unix(1767571200, 0)
	one := func(labels ...Label) []Metric {
		return []Metric{{Labels: labels, Times: []time.Time{at}, Values: []float64{1}}}
	}
	hist := func(hs ...Histogram) []Family {
		return []Family{{Name: "h", Type: HistogramType, Metrics: []Metric{{Histograms: hs}}}}
	}
	for _, c := range []struct {
		name     string
		families []Family
		want     []string
	}{
		{"name", []Family{{Name: "9lives", Type: GaugeType}}, []string{`openmetrics: "9lives": not a metric name; use letters, digits, _ and :, without a digit at the start`}},
		{"no name and no type", []Family{{}}, []string{
			`openmetrics: "": not a metric name; use letters, digits, _ and :, without a digit at the start`,
			`openmetrics: "": type "" is none of counter, gauge, histogram`}},
		{"suffix", []Family{{Name: "x_total", Type: CounterType}}, []string{`openmetrics: "x_total": the suffix _total belongs to the samples; leave it out of the family's name`}},
		{"twice", []Family{{Name: "x", Type: GaugeType}, {Name: "x", Type: CounterType}}, []string{`openmetrics: "x": the name stands twice; put its metrics into one family`}},
		{"labels twice", []Family{{Name: "x", Type: GaugeType, Metrics: append(one(Label{"a", "1"}), one(Label{"a", "1"})...)}}, []string{`openmetrics: "x": the labels {a="1"} stand twice`}},
		{"label name", []Family{{Name: "x", Type: GaugeType, Metrics: one(Label{"a:b", "1"})}}, []string{`openmetrics: "x": "a:b" is not a label name here`}},
		{"label twice", []Family{{Name: "x", Type: GaugeType, Metrics: one(Label{"a", "1"}, Label{"a", "2"})}}, []string{`openmetrics: "x": the label a stands twice in {a="1",a="2"}`}},
		{"le", []Family{{Name: "x", Type: HistogramType, Metrics: []Metric{{Labels: []Label{{"le", "1"}}}}}}, []string{`openmetrics: "x": "le" is not a label name here`}},
		{"lengths", []Family{{Name: "x", Type: GaugeType, Metrics: []Metric{{Times: []time.Time{at}}}}}, []string{`openmetrics: "x": {} has 1 times and 0 values`}},
		{"times", []Family{{Name: "x", Type: GaugeType, Metrics: []Metric{{Times: []time.Time{at, at.Add(900 * time.Microsecond)}, Values: []float64{1, 2}}}}}, []string{`openmetrics: "x": {}: 1767571200 does not come a millisecond after the time before`}},
		{"values", []Family{{Name: "x", Type: CounterType, Metrics: []Metric{{Times: []time.Time{at, at.Add(time.Second)}, Values: []float64{-1, math.NaN()}}}}}, []string{
			`openmetrics: "x": {}: the value at 1767571200 is -1`,
			`openmetrics: "x": {}: the value at 1767571201 is NaN`}},
		{"buckets", hist(Histogram{Time: at, Le: []float64{1}, Cumulative: []float64{1}}), []string{`openmetrics: "h": {}: at 1767571200 there are 1 bounds and 1 buckets; there must be one bucket more, for +Inf`}},
		{"not cumulative", hist(Histogram{Time: at, Le: []float64{1}, Cumulative: []float64{2, 1}}), []string{`openmetrics: "h": {}: bucket 2 at 1767571200 is 1; buckets are cumulative`}},
		{"bounds", hist(Histogram{Time: at, Le: []float64{1, 1}, Cumulative: []float64{1, 1, 1}, Sum: math.Inf(1)}), []string{
			`openmetrics: "h": {}: the sum at 1767571200 is +Inf`,
			`openmetrics: "h": {}: bound 2 at 1767571200 is 1; bounds are finite and ascend`}},
		{"histogram times", hist(Histogram{Time: at, Cumulative: []float64{1}}, Histogram{Time: at, Cumulative: []float64{1}}), []string{`openmetrics: "h": {}: 1767571200 does not come a millisecond after the time before`}},
	} {
		var b bytes.Buffer
		err := WriteOpenMetrics(&b, c.families)
		if err == nil {
			t.Errorf("%s: no error, want %q", c.name, c.want)
			continue
		}
		if got, want := err.Error(), strings.Join(c.want, "\n"); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, want)
		}
		if b.Len() > 0 {
			t.Errorf("%s: wrote %q in spite of the error", c.name, b.String())
		}
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWritersReportTheWritersError(t *testing.T) {
	for name, err := range map[string]error{
		"openmetrics": WriteOpenMetrics(broken{}, nil),
		"counts":      WriteCSV(broken{}, nil),
		"values":      WriteValuesCSV(broken{}, nil),
		"outages":     WriteOutagesCSV(broken{}, nil),
	} {
		if !errors.Is(err, errBroken) {
			t.Errorf("%s: %v, want %v", name, err, errBroken)
		}
	}
}

func BenchmarkWriteOpenMetrics(b *testing.B) {
	f := CounterFamily("http_requests", nil, Counter{Traffic: busy(1), Start: monday}.Samples(monday, monday.Add(1e5*15*time.Second), 15*time.Second))
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		if err := WriteOpenMetrics(&out, []Family{f}); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(out.Len()))
}
