package canary

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
	"time"
)

var exponent = regexp.MustCompile(`[0-9]e[+-][0-9]`)

// One is not many.
func TestOneInSentences(t *testing.T) {
	s, err := Judge{Metrics: []Metric{{Name: "p95", Kind: KindSamples, NoData: Fail}}}.Start()
	if err != nil {
		t.Fatal(err)
	}
	var r Report
	for i := range 6 {
		m := Measurement{Name: "p95", Canary: Observed{Values: []float64{1}}, Baseline: Observed{Values: []float64{1}}}
		switch i {
		case 0:
			m.Canary.Values = []float64{1, math.NaN()}
		case 5:
			m.Canary = Observed{Missing: true}
		}
		if r, err = s.Look(Look{Seconds: float64(i), Metrics: []Measurement{m}}); err != nil {
			t.Fatal(err)
		}
	}
	got := fmt.Sprint(r.Text, "; ", r.Metrics[0].Flip, "; ", r.Metrics[0].Warnings)
	for _, want := range []string{"p95 has had no data in 1 look: no data;", "needs 1 more block;", "1 value is no finite number and left out;", "1 look without data: no data;"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
}

// Numbers stand in sentences as people write them: 750 requests and 1000 %, not 7.5e+02
// and 1e+03, and what is nearly certain is not called certain.
func TestNumbersInSentences(t *testing.T) {
	judged := func(m Metric, canary, baseline Observed, looks int) string {
		m.Name = "errors"
		s, err := Judge{Metrics: []Metric{m}}.Start()
		if err != nil {
			t.Fatal(err)
		}
		var text string
		for i := range looks {
			r, err := s.Look(Look{Seconds: float64(i), Metrics: []Measurement{{Name: "errors", Canary: canary, Baseline: baseline}}})
			if err != nil {
				t.Fatal(err)
			}
			text = fmt.Sprint(r.Text, "\n", r.Metrics[0].Text, "\n", r.Metrics[0].Flip)
		}
		return text
	}
	limited := func(p Power, e Exposure, l Limit) string {
		r, err := p.Shows(e, l)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(r.Warnings)
	}
	for _, c := range []struct{ name, got, want string }{
		// A tenth of the traffic against a share of 2/11 gives 0.0260 for each bad event, so
		// that ln 20 + 1.5 take 172.9 of them and, at ten for 500, 8145 requests more.
		{"requests that are lacking", judged(Metric{MinTotal: 1}, Observed{Bad: 1, Total: 500}, Observed{Bad: 9, Total: 4500}, 1), "needs some 8100 more requests"},
		{"large tolerance", judged(Metric{Tolerance: 10}, Observed{Total: 10}, Observed{Bad: 1, Total: 90}, 1), "harm of 1000 %"},
		{"large margin", judged(Metric{Margin: 10, Critical: true}, Observed{Bad: 900, Total: 1000}, Observed{Bad: 9, Total: 1000}, 3), "worse by more than 1000 %"},
		{"tolerance that is excluded", judged(Metric{Tolerance: 10}, Observed{Bad: 1000, Total: 100000}, Observed{Bad: 9000, Total: 900000}, 9), "harm of 1000 % is excluded"},
		{"large ratio", judged(Metric{Kind: KindSamples, Margin: 1000}, Observed{Values: []float64{5}}, Observed{Values: []float64{5}}, 9), "a ratio above 10"},
		// One window of 300 requests with 0.1 % bad exceeds 0.1 % already with one: 1 − e⁻⁰·³
		// in a window, and 1 − e⁻¹⁸⁰·⁰·³ in 180 of them.
		{"probability next to one", limited(Power{Ratio: 0.00099, PerSecond: 10}, Exposure{0.1, 15 * time.Hour}, Limit{0.001, 5 * time.Minute}), "with more than 99.9% probability"},
		// In 16 windows it is 1 − e⁻⁴·⁷⁵²: 99.14 %.
		{"probability above 99 %", limited(Power{Ratio: 0.00099, PerSecond: 10}, Exposure{0.1, 80 * time.Minute}, Limit{0.001, 5 * time.Minute}), "with 99.1% probability"},
		{"small share", limited(Power{Ratio: 1e-9, PerSecond: 1e-6}, Exposure{0.1, time.Hour}, Limit{1e-8, 5 * time.Minute}), "a canary with 0.000001% bad"},
		// Twice a limit of 60 % is all of them.
		{"share above one", limited(Power{Ratio: 0.01, PerSecond: 0.01}, Exposure{0.1, time.Hour}, Limit{0.6, 5 * time.Minute}), "one with 100% bad"},
	} {
		if !strings.Contains(c.got, c.want) || exponent.MatchString(c.got) {
			t.Errorf("%s: got %s\nwant %q", c.name, c.got, c.want)
		}
	}
}
