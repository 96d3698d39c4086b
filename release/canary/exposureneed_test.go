package canary

import (
	"encoding/json"
	"math"
	"testing"
	"time"
)

// The closed form is what Power takes by recursion.
func TestAnyTimePrice(t *testing.T) {
	for _, alpha := range []float64{0.05, 0.025, 0.01, 0.005, 0.001} {
		for _, share := range []float64{0.01, 0.05, 0.1, 0.25, 0.5} {
			for _, factor := range []float64{1.2, 1.5, 2, 3, 10} {
				if share == 0.01 && factor == 1.2 {
					continue // more bad requests than Power follows
				}
				want, err := Power{Ratio: 0.001, PerSecond: 100, Alpha: alpha}.Price(share, 0.001*factor, 0.8)
				if err != nil {
					t.Fatal(err)
				}
				within := 0.32
				if share >= 0.05 && factor >= 1.5 && factor <= 3 {
					within = 0.15
				}
				if got := anyTimePrice(alpha); math.Abs(got/want-1) > within {
					t.Errorf("α %v, share %v, ×%v: %.3f, want %.3f within %v", alpha, share, factor, got, want, within)
				}
			}
		}
	}
}

// A canary that had luck is not promoted before harm could have shown, and its report
// says how long that takes.
func TestPromotionWaitsForPower(t *testing.T) {
	look := counted(0, "errors", Arm{0, 600}, Arm{27, 5400})
	for _, c := range []struct {
		name    string
		metric  Metric
		mode    Mode
		looks   int
		verdict Verdict
		text    string
		needs   float64
		wait    float64
	}{
		// At 0.5 % and 9 requests of the baseline to one, 1837 of one look show 1 %, and
		// z = 2.625 + 0.842 instead of 1.645 + 0.842 makes 1.945 times as many of it.
		{"excluded, not yet shown", Metric{}, Sequential, 3, Continue, "needs 3570 requests to show harm of 100 %, has 1800: some 3 min at this traffic", 3572, 177.2},
		{"shown", Metric{}, Sequential, 6, Promote, "harm of 100 % is excluded", 3572, 0},
		{"the caller's", Metric{MinTotal: 6000}, Sequential, 6, Continue, "needs 6000 requests or values, has 3600: some 4 min at this traffic", 6000, 240},
		{"none by the caller", Metric{MinTotal: 1}, Sequential, 3, Promote, "harm of 100 % is excluded", 1, 0},
		{"one look", Metric{}, Fixed, 3, Inconclusive, "needs 1840 requests to show harm of 100 %, has 1800: some 4 s at this traffic", 1837, 3.7},
		{"one look, shown", Metric{}, Fixed, 4, Promote, "harm of 100 % is excluded", 1837, 0},
		{"any change takes more", Metric{Direction: Either, Tolerance: 3}, Sequential, 1, Continue, "needs 3960 requests to show harm of 300 %, has 600: some 6 min at this traffic", 3951, 335},
		{"not excluded", Metric{Tolerance: 0.3}, Sequential, 3, Continue, "needs 32800 requests to show harm of 30 %, has 1800: some 52 min at this traffic", 32728, 3093},
	} {
		c.metric.Name = "errors"
		r, err := Judge{Mode: c.mode, Metrics: []Metric{c.metric}}.Run(repeated(c.looks, look))
		if err != nil {
			t.Fatal(err)
		}
		m := r.Metrics[0]
		if r.Verdict != c.verdict || m.Text != c.text || !agree(m.Needs, c.needs, 0.01) || !agree(m.WaitSeconds, c.wait, 0.01) {
			t.Errorf("%s: %v, %q, needs %v, wait %v; want %v, %q, %v, %v", c.name, r.Verdict, m.Text, m.Needs, m.WaitSeconds, c.verdict, c.text, c.needs, c.wait)
		}
	}
}

// Enough requests alone promote nothing; where none can be told, none are asked for.
func TestNeedIsNotEvidence(t *testing.T) {
	for _, c := range []struct {
		name             string
		metric           Metric
		canary, baseline Arm
		needs            float64
	}{
		{"no bad event", Metric{}, Arm{0, 1e6}, Arm{0, 9e6}, 0},
		{"no bad event of the baseline", Metric{}, Arm{3, 1e6}, Arm{0, 9e6}, 0},
		{"twice as many cannot be", Metric{}, Arm{90, 100}, Arm{540, 900}, 0},
		{"just not excluded", Metric{}, Arm{14, 8000}, Arm{72, 72000}, 17960},
		{"worse than can be weighed", Metric{Tolerance: 1e-9}, Arm{9, 9000}, Arm{81, 81000}, 0},
	} {
		c.metric.Name = "errors"
		r, err := Judge{Metrics: []Metric{c.metric}}.Run(repeated(1, counted(0, "errors", c.canary, c.baseline)))
		if err != nil || r.Verdict == Promote || !agree(r.Metrics[0].Needs, c.needs, 0.01) {
			t.Errorf("%s: %v, %v, needs %v; want %v and no promotion", c.name, r, err, r.Metrics[0].Needs, c.needs)
		}
		if _, err := json.Marshal(r); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// The traffic is that of the last look, and is stored.
func TestWaitAtThisTraffic(t *testing.T) {
	s, err := Judge{Metrics: []Metric{{Name: "errors", MinTotal: 1e6}}}.Start()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ t, wait float64 }{{0, 0}, {10, 998800. / 60}, {10, 998200. / 60}, {70, 997600. / 10}} {
		r, err := s.Look(counted(c.t, "errors", Arm{0, 600}, Arm{27, 5400}))
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Metrics[0].WaitSeconds; !agree(got, c.wait, 1e-12) {
			t.Errorf("at %v s: wait %v, want %v", c.t, got, c.wait)
		}
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAtThisTraffic(t *testing.T) {
	for _, c := range []struct {
		wait time.Duration
		want string
	}{
		{0, ""}, {time.Second, ": some 1 s at this traffic"}, {34 * time.Minute, ": some 34 min at this traffic"}, {5 * time.Hour, ": some 5 h at this traffic"},
		{30 * 24 * time.Hour, ": some 30 days at this traffic"}, {200 * 365 * 24 * time.Hour, ": some 73000 days at this traffic"},
	} {
		s := metricState{PerSecond: 2}
		if got := s.atThisTraffic(2 * c.wait.Seconds()); got != c.want {
			t.Errorf("%v: %q, want %q", c.wait, got, c.want)
		}
	}
	for _, c := range []struct {
		v    float64
		want string
	}{{0.2, "1"}, {999, "999"}, {1000, "1000"}, {18150.3, "18200"}, {18200, "18200"}, {1e15, "1000000000000000"}} {
		if got := threeDigits(c.v); got != c.want {
			t.Errorf("%v: %s, want %s", c.v, got, c.want)
		}
	}
}

func BenchmarkStreamLook(b *testing.B) {
	s, err := Judge{Metrics: []Metric{{Name: "errors"}}}.Start()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := range b.N {
		if _, err := s.Look(counted(float64(i), "errors", Arm{int64(i % 2), 600}, Arm{5, 5400})); err != nil {
			b.Fatal(err)
		}
	}
}
