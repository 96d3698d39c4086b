package canary

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// counted is a look at one metric of counts.
func counted(t float64, name string, canary, baseline Arm) Look {
	return Look{t, []Measurement{{Name: name, Canary: Observed{Bad: canary.Bad, Total: canary.Total}, Baseline: Observed{Bad: baseline.Bad, Total: baseline.Total}}}}
}

func valued(t float64, name string, canary, baseline []float64) Look {
	return Look{t, []Measurement{{Name: name, Canary: Observed{Values: canary}, Baseline: Observed{Values: baseline}}}}
}

// poured is a look at histograms with so many of the canary's values in a low and in
// a high bucket; half of the baseline's are in each.
func poured(low, high float64) []Look {
	return []Look{{0, []Measurement{{Name: "size", Canary: Observed{Histogram: &Histogram{[]float64{1, 2, 4, 8}, []float64{0, low, 0, high}}}, Baseline: Observed{Histogram: &Histogram{[]float64{1, 2, 4, 8}, []float64{0, 900, 0, 900}}}}}}}
}

// repeated are looks of one minute each.
func repeated(n int, look Look) (looks []Look) {
	for i := range n {
		look.Seconds = float64(60 * (i + 1))
		looks = append(looks, look)
	}
	return looks
}

func TestJudgeVerdicts(t *testing.T) {
	errorsMetric := Metric{Name: "errors"}
	latency := Metric{Name: "latency", Kind: KindSamples}
	steady := func(factor float64) (looks []Look) {
		for i := range 12 {
			wave := 1 + 0.01*float64(i%3)
			looks = append(looks, valued(float64(60*i), "latency", []float64{0.1 * factor * wave}, []float64{0.1 + 0.001*float64(i%2)}))
		}
		return looks
	}
	missing := Look{Metrics: []Measurement{{Name: "errors", Canary: Observed{Missing: true}}}}
	for _, c := range []struct {
		name    string
		judge   Judge
		looks   []Look
		verdict Verdict
		reason  string
	}{
		{"no look", Judge{Metrics: []Metric{errorsMetric}}, nil, Inconclusive, "no-data"},
		{"an empty look", Judge{Metrics: []Metric{errorsMetric}}, repeated(5, Look{}), Inconclusive, "no-data"},
		{"missing", Judge{Metrics: []Metric{errorsMetric}}, repeated(5, missing), Inconclusive, "no-data"},
		{"no requests in the canary", Judge{Metrics: []Metric{errorsMetric}}, repeated(5, counted(0, "errors", Arm{}, Arm{5, 100})), Inconclusive, "no-data"},
		{"no requests in the baseline", Judge{Metrics: []Metric{errorsMetric}}, repeated(5, counted(0, "errors", Arm{5, 100}, Arm{})), Inconclusive, "no-data"},
		{"little traffic", Judge{Metrics: []Metric{errorsMetric}}, repeated(5, counted(0, "errors", Arm{0, 6}, Arm{0, 54})), Continue, "wait"},
		{"no error at all says nothing", Judge{Metrics: []Metric{errorsMetric}}, repeated(500, counted(0, "errors", Arm{0, 600}, Arm{0, 5400})), Continue, "wait"},
		{"the same", Judge{Metrics: []Metric{errorsMetric}}, repeated(60, counted(0, "errors", Arm{3, 600}, Arm{27, 5400})), Promote, "all-safe"},
		{"ten times", Judge{Metrics: []Metric{errorsMetric}}, repeated(2, counted(0, "errors", Arm{6, 600}, Arm{5, 5400})), Rollback, "harm"},
		{"ten times, critical", Judge{Metrics: []Metric{{Name: "errors", Critical: true}}}, repeated(2, counted(0, "errors", Arm{6, 600}, Arm{5, 5400})), Rollback, "critical-harm"},
		{"fewer errors", Judge{Metrics: []Metric{errorsMetric}}, repeated(60, counted(0, "errors", Arm{1, 600}, Arm{54, 5400})), Promote, "all-safe"},
		{"fewer hits", Judge{Metrics: []Metric{{Name: "errors", Direction: Decrease}}}, repeated(60, counted(0, "errors", Arm{1, 600}, Arm{54, 5400})), Rollback, "harm"},
		{"any change", Judge{Metrics: []Metric{{Name: "errors", Direction: Either}}}, repeated(60, counted(0, "errors", Arm{1, 600}, Arm{54, 5400})), Rollback, "harm"},
		{"no change", Judge{Metrics: []Metric{{Name: "errors", Direction: Either}}}, repeated(60, counted(0, "errors", Arm{6, 600}, Arm{54, 5400})), Promote, "all-safe"},
		{"advisory harm does not decide", Judge{Metrics: []Metric{{Name: "errors", Advisory: true}, latency}}, append(repeated(2, counted(0, "errors", Arm{60, 600}, Arm{5, 5400})), Look{Seconds: 180}), Inconclusive, "no-data"},
		{"deadline", Judge{Deadline: 300, Metrics: []Metric{errorsMetric}}, repeated(5, counted(0, "errors", Arm{0, 6}, Arm{0, 54})), Inconclusive, "deadline"},
		{"data must be there", Judge{Metrics: []Metric{{Name: "errors", NoData: Fail, MissingLimit: 3}}}, repeated(3, missing), Rollback, "no-data"},
		{"data must be there, not yet", Judge{Metrics: []Metric{{Name: "errors", NoData: Fail, MissingLimit: 4}}}, repeated(3, missing), Inconclusive, "no-data"},
		{"minimum", Judge{Metrics: []Metric{{Name: "errors", MinTotal: 1e6}}}, repeated(60, counted(0, "errors", Arm{3, 600}, Arm{27, 5400})), Continue, "wait"},
		{"stale", Judge{Metrics: []Metric{errorsMetric}}, append(repeated(60, counted(0, "errors", Arm{3, 600}, Arm{27, 5400})), Look{Seconds: 4000}, Look{Seconds: 4000}, Look{Seconds: 4000}, Look{Seconds: 4000}), Continue, "wait"},
		{"slow", Judge{Metrics: []Metric{latency}}, steady(1.5), Rollback, "harm"},
		{"as fast", Judge{Metrics: []Metric{latency}}, steady(1), Promote, "all-safe"},
		{"2 % slower is borne", Judge{Metrics: []Metric{latency}}, steady(1.02), Promote, "all-safe"},
		{"five blocks", Judge{Metrics: []Metric{latency}}, steady(9)[:5], Continue, "wait"},
		{"NaN only", Judge{Metrics: []Metric{latency}}, repeated(9, valued(0, "latency", []float64{math.NaN(), math.Inf(1)}, []float64{1})), Inconclusive, "no-data"},
		{"zeros have no ratio", Judge{Metrics: []Metric{latency}}, repeated(9, valued(0, "latency", []float64{0}, []float64{0})), Inconclusive, "no-data"},
		{"score above the least", Judge{MinScore: 50, Metrics: []Metric{{Name: "errors", Weight: 1}, {Name: "other", Weight: 9, NoData: Ignore}}}, repeated(5, counted(0, "errors", Arm{60, 600}, Arm{5, 5400})), Continue, "wait"},
		{"score below the least", Judge{MinScore: 95, Metrics: []Metric{{Name: "errors", Weight: 1}, {Name: "other", Weight: 9, NoData: Ignore}}}, repeated(5, counted(0, "errors", Arm{60, 600}, Arm{5, 5400})), Rollback, "harm"},
		{"others decide", Judge{Metrics: []Metric{errorsMetric, {Name: "other", NoData: Ignore}}}, repeated(90, counted(0, "errors", Arm{3, 600}, Arm{27, 5400})), Promote, "all-safe"},
		{"nobody decides", Judge{Metrics: []Metric{{Name: "errors", NoData: Ignore}}}, repeated(9, Look{}), Inconclusive, "no-data"},
		{"step-down", Judge{Control: StepDown, Metrics: []Metric{errorsMetric, {Name: "other", NoData: Ignore}}}, repeated(3, counted(0, "errors", Arm{60, 600}, Arm{5, 5400})), Rollback, "harm"},
		{"pooled, slow", Judge{Metrics: []Metric{{Name: "size", Kind: KindHistogram, Pooled: true, Quantile: 0.25}}}, poured(0, 500), Rollback, "harm"},
		{"pooled, faster", Judge{Metrics: []Metric{{Name: "size", Kind: KindHistogram, Pooled: true}}}, poured(500, 0), Promote, "all-safe"},
		{"pooled, any change", Judge{Metrics: []Metric{{Name: "size", Kind: KindHistogram, Pooled: true, Direction: Either, Quantile: 0.75}}}, poured(500, 0), Rollback, "harm"},
		{"pooled, few", Judge{Metrics: []Metric{{Name: "size", Kind: KindHistogram, Pooled: true}}}, poured(0, 3), Continue, "wait"},
		{"pooled, none", Judge{Metrics: []Metric{{Name: "size", Kind: KindHistogram, Pooled: true}}}, poured(0, 0), Inconclusive, "no-data"},
		{"fixed, histogram", Judge{Mode: Fixed, Metrics: []Metric{{Name: "size", Kind: KindHistogram, Quantile: 0.25}}}, poured(0, 500), Rollback, "harm"},
		{"fixed, harm", Judge{Mode: Fixed, Metrics: []Metric{errorsMetric}}, repeated(30, counted(0, "errors", Arm{2, 600}, Arm{5, 5400})), Rollback, "harm"},
		{"fixed, the same", Judge{Mode: Fixed, Metrics: []Metric{errorsMetric}}, repeated(60, counted(0, "errors", Arm{3, 600}, Arm{27, 5400})), Promote, "all-safe"},
		{"fixed, too little", Judge{Mode: Fixed, Metrics: []Metric{errorsMetric}}, repeated(3, counted(0, "errors", Arm{1, 600}, Arm{5, 5400})), Inconclusive, "deadline"},
		{"fixed, no data", Judge{Mode: Fixed, Metrics: []Metric{errorsMetric}}, repeated(3, Look{}), Inconclusive, "no-data"},
		{"fixed, slow", Judge{Mode: Fixed, Metrics: []Metric{latency}}, steady(1.5), Rollback, "harm"},
		{"fixed, as fast", Judge{Mode: Fixed, Metrics: []Metric{latency}}, steady(1), Promote, "all-safe"},
		{"fixed, looks to come", Judge{Mode: Fixed, PlannedLooks: 99, Metrics: []Metric{latency}}, steady(1.01)[:3], Continue, "wait"},
	} {
		got, err := c.judge.Run(c.looks)
		if err != nil || got.Verdict != c.verdict || got.Reason != c.reason {
			t.Errorf("%s: %v, %v; want %v (%s)", c.name, got, err, c.verdict, c.reason)
		}
	}
}

// noisy are looks at counts, samples and histograms at once, all by one seed.
func noisy(seed uint64, n int, factor, scale float64) (looks []Look) {
	random := rand.New(rand.NewPCG(seed, 3))
	for i := range n {
		values := func(k int, f float64) (v []float64) {
			for range k {
				v = append(v, scale*f*math.Exp(0.3*random.NormFloat64()))
			}
			return v
		}
		buckets := func(v []float64) *Histogram {
			h := Histogram{Counts: make([]float64, 31)}
			for b := range 30 {
				h.Bounds = append(h.Bounds, scale*math.Pow(1.1, float64(b-15)))
			}
			for _, x := range v {
				k := 0
				for k < 30 && x > h.Bounds[k] {
					k++
				}
				h.Counts[k]++
			}
			return &h
		}
		x, y := values(40, factor), values(300, 1)
		looks = append(looks, Look{float64(60 * (i + 1)), []Measurement{
			{Name: "errors", Canary: Observed{Bad: int64(2*factor) + random.Int64N(2), Total: 600}, Baseline: Observed{Bad: 18 + random.Int64N(9), Total: 5400}},
			{Name: "latency", Canary: Observed{Values: x}, Baseline: Observed{Values: y}},
			{Name: "size", Canary: Observed{Histogram: buckets(x)}, Baseline: Observed{Histogram: buckets(y)}},
		}})
	}
	return looks
}

func threeMetrics() []Metric {
	return []Metric{{Name: "errors", Group: "user", Critical: true}, {Name: "latency", Kind: KindSamples, Group: "user", Weight: 2}, {Name: "size", Kind: KindHistogram, Group: "cost", Direction: Either}}
}

// A stream gives what Run gives, also when it is stored and read at each look; a
// rollback stays one.
func TestStreamSurvivesRestart(t *testing.T) {
	for _, mode := range []Mode{Sequential, Fixed} {
		for _, factor := range []float64{1, 1.5} {
			judge := Judge{Mode: mode, PlannedLooks: 20, Metrics: append(threeMetrics(), Metric{Name: "pooled", Kind: KindHistogram, Pooled: true, Tolerance: 1})}
			looks := append(noisy(1, 15, factor, 1), noisy(2, 5, 1, 1)...)
			for i := range looks {
				pooled := looks[i].Metrics[2]
				pooled.Name = "pooled"
				for _, o := range []*Observed{&pooled.Canary, &pooled.Baseline} {
					o.Histogram = &Histogram{append(slices.Clone(o.Histogram.Bounds), math.Inf(1)), o.Histogram.Counts}
				}
				looks[i].Metrics = append(looks[i].Metrics, pooled)
			}
			for i := range looks {
				looks[i].Seconds = float64(i)
			}
			want, err := judge.Run(looks)
			if err != nil {
				t.Fatal(err)
			}
			s, err := judge.Start()
			if err != nil {
				t.Fatal(err)
			}
			whole := s // is never stored
			rolled := false
			var got Report
			for i, look := range looks {
				b, err := json.Marshal(s)
				if err != nil {
					t.Fatal(err)
				}
				var again Stream
				if err := json.Unmarshal(b, &again); err != nil {
					t.Fatal(err)
				}
				if got, err = again.Look(look); err != nil {
					t.Fatal(err)
				}
				if rolled && got.Verdict != Rollback {
					t.Errorf("look %d: %v after a rollback", i, got)
				}
				rolled = got.Verdict == Rollback
				s = again
				if _, err := whole.Look(look); err != nil {
					t.Fatal(err)
				}
				stored, _ := json.Marshal(s)
				if kept, err := json.Marshal(whole); err != nil || string(kept) != string(stored) {
					t.Fatalf("look %d: the stored stream is not what it would be (%v):\n%s\n%s", i, err, stored, kept)
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%v, factor %v (-run +stream):\n%s", mode, factor, d)
			}
			if factor > 1 != rolled {
				t.Errorf("%v, factor %v: %v", mode, factor, got)
			}
		}
	}
}

// What came after a rollback does not take it back, however good it is.
func TestRollbackStays(t *testing.T) {
	s, err := Judge{Mode: Fixed, PlannedLooks: 4, Metrics: []Metric{{Name: "errors"}}}.Start()
	if err != nil {
		t.Fatal(err)
	}
	for i, bad := range []int64{60, 0, 0, 0} {
		r, err := s.Look(counted(float64(i), "errors", Arm{bad, 600 + 1e6*int64(min(i, 1))}, Arm{6 + 4000*int64(min(i, 1)), 5400}))
		if err != nil || r.Verdict != Rollback || r.Reason != "harm" {
			t.Errorf("look %d: %v, %v", i, r, err)
		}
	}
	if p := s.Report().Metrics[0].PValue; p < 0.9 {
		t.Errorf("p-value %v: the later looks do not speak for the canary", p)
	}
}

// What came after the plan changes nothing and is not kept.
func TestPlanEnds(t *testing.T) {
	for _, c := range []struct {
		factor float64
		want   Verdict
	}{{1, Promote}, {1.5, Rollback}} {
		s, err := Judge{Mode: Fixed, PlannedLooks: 3, Metrics: []Metric{{Name: "latency", Kind: KindSamples}}}.Start()
		if err != nil {
			t.Fatal(err)
		}
		var last Report
		for i, look := range noisy(4, 9, c.factor, 1) {
			look.Seconds, look.Metrics = float64(i), look.Metrics[1:2]
			r, err := s.Look(look)
			if err != nil {
				t.Fatal(err)
			}
			if i > 2 {
				last.Seconds, last.Looks = r.Seconds, last.Looks+1
				if diff := cmp.Diff(last, r); diff != "" {
					t.Errorf("factor %v, look %d (-want +got):\n%s", c.factor, i, diff)
				}
			}
			last = r
		}
		if last.Verdict != c.want {
			t.Errorf("factor %v: %v", c.factor, last)
		}
		if _, err := s.Look(Look{Seconds: 1}); err == nil {
			t.Error("a look in the past was taken")
		}
	}
}

// The unit of the values does not matter, down to the last digit where the factor
// is a power of two.
func TestJudgeIsScaleInvariant(t *testing.T) {
	for _, factor := range []float64{1, 1.04, 1.3} {
		want, err := Judge{Metrics: threeMetrics()}.Run(noisy(4, 20, factor, 1))
		if err != nil {
			t.Fatal(err)
		}
		for _, scale := range []float64{math.Pow(2, -60), 1e-6, 1e9} {
			got, err := Judge{Metrics: threeMetrics()}.Run(noisy(4, 20, factor, scale))
			if err != nil || got.Verdict != want.Verdict {
				t.Errorf("factor %v, scale %v: %v, %v; want %v", factor, scale, got, err, want)
			}
			for i := range got.Metrics {
				if !agree(got.Metrics[i].Statistic, want.Metrics[i].Statistic, 1e-6) {
					t.Errorf("factor %v, scale %v, %s: ln E %v, want %v", factor, scale, got.Metrics[i].Name, got.Metrics[i].Statistic, want.Metrics[i].Statistic)
				}
			}
		}
	}
}

func TestReportExplains(t *testing.T) {
	r, err := Judge{Exposure: 0.2, Metrics: []Metric{{Name: "errors", Group: "user"}, {Name: "latency", Kind: KindSamples}}}.Run(append(
		repeated(3, counted(0, "errors", Arm{6, 600}, Arm{5, 5400})), valued(200, "latency", []float64{2, math.NaN()}, []float64{1})))
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != Rollback || r.Score != 50 || len(r.Groups) != 1 || r.Groups[0] != (GroupScore{"user", 1, 1}) {
		t.Errorf("%+v", r)
	}
	e := r.Metrics[0]
	if e.Verdict != Rollback || e.Reason != "harm" || e.N != 1800 || e.M != 16200 || e.Test != "rate-evidence" || !agree(e.Effect, 10.8, 1e-12) || !(e.Low > 2 && e.High < 60) || e.Level != 0.975 || e.Share != 0.025 {
		t.Errorf("%+v", e)
	}
	if !strings.HasPrefix(e.Flip, "without harm being proven: ") {
		t.Errorf("flip %q", e.Flip)
	}
	l := r.Metrics[1]
	if l.Invalid != 1 || l.Gaps != 3 || l.Flip != "needs 5 more blocks" || len(l.Warnings) != 1 || l.Warnings[0].Code != "bad-values" {
		t.Errorf("%+v", l)
	}
	if len(r.Warnings) != 1 || r.Warnings[0].Code != "share-mismatch" {
		t.Errorf("warnings %v", r.Warnings)
	}
}

// Planned looks share the error: a false rollback in at most 5 % of 2000 harmless
// releases with five looks, and more power than a fifth at each look would have.
func TestPlannedLooksHoldTheirLevel(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	poisson := func(mean float64) (k int64) {
		for mean > 0 {
			step := min(mean, 20)
			for p := random.Float64(); p > math.Exp(-step); p *= random.Float64() {
				k++
			}
			mean -= step
		}
		return k
	}
	fresh, err := Judge{Mode: Fixed, PlannedLooks: 5, Metrics: []Metric{{Name: "errors"}}}.Start()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ factor, low, high float64 }{{1, 0.01, 0.055}, {2, 0.85, 1}} {
		rolled := 0
		for range 2000 {
			s := fresh
			for i := range 5 {
				r, err := s.Look(counted(float64(i), "errors", Arm{poisson(3.6 * c.factor), 3600}, Arm{poisson(32.4), 32400}))
				if err != nil {
					t.Fatal(err)
				}
				if i == 4 && r.Verdict == Rollback {
					rolled++
				}
			}
		}
		if share := float64(rolled) / 2000; share < c.low || share > c.high {
			t.Errorf("factor %v: %v rolled back, want %v to %v", c.factor, share, c.low, c.high)
		}
	}
}

// Buckets wider than the tolerance are told.
func TestReportWarnsOfCoarseBuckets(t *testing.T) {
	for _, c := range []struct {
		tolerance float64
		warnings  int
	}{{0.1, 1}, {1, 0}} {
		r, err := Judge{Metrics: []Metric{{Name: "size", Kind: KindHistogram, Pooled: true, Tolerance: c.tolerance}}}.Run(poured(100, 100))
		if err != nil || len(r.Metrics[0].Warnings) != c.warnings || c.warnings > 0 && r.Metrics[0].Warnings[0].Code != "coarse-buckets" {
			t.Errorf("tolerance %v: %v, %v; want %d warnings", c.tolerance, r.Metrics, err, c.warnings)
		}
	}
}

// What Flip says is true.
func TestFlip(t *testing.T) {
	for _, bad := range []int64{3, 12, 40} {
		e := start(t, RateTest{})
		update := func(e *RateEvidence, bad int64) {
			if err := e.Update(Arm{bad, 10000}, Arm{100, 90000}); err != nil { // too many events to be raised
				t.Fatal(err)
			}
		}
		update(&e, bad)
		text := e.flip(false)
		var to, from int64
		for i, n := range strings.Fields(strings.NewReplacer("rollback: ", "", "without harm being proven: ", "").Replace(text)) {
			if i == 0 || i == 3 {
				var v int64
				for _, c := range n {
					v = 10*v + int64(c-'0')
				}
				if i == 0 {
					to = v
				} else {
					from = v
				}
			}
		}
		other, edge := start(t, RateTest{}), start(t, RateTest{})
		update(&other, to)
		step := int64(1)
		if e.harmful {
			step = -1
		}
		update(&edge, to-step)
		if from != bad || other.harmful == e.harmful || edge.harmful != e.harmful {
			t.Errorf("%d bad events: %q; harm is %v, there %v, and one before %v", bad, text, e.harmful, other.harmful, edge.harmful)
		}
	}
}

func TestLookErrors(t *testing.T) {
	s, err := Judge{Metrics: threeMetrics()}.Start()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Look(noisy(1, 1, 1, 1)[0]); err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(s)
	for _, c := range []struct {
		look Look
		want string
	}{
		{Look{Seconds: -1}, "no comparison: t: -1: not a time at or after the look before; give seconds since the start, in order"},
		{Look{Seconds: math.NaN()}, "no comparison: t: NaN: not a time at or after the look before; give seconds since the start, in order"},
		{Look{Seconds: 59}, "no comparison: t: 59: not a time at or after the look before; give seconds since the start, in order"},
		{counted(99, "what", Arm{}, Arm{}), `no comparison: metrics[0].name: "what": no metric of the judge; add it to the judge's metrics`},
		{counted(99, "errors", Arm{-1, 5}, Arm{}), `no comparison: metrics["errors"].canary: -1 of 5: a count is negative; give increases of counters, with resets taken out`},
		{counted(99, "errors", Arm{1, 5}, Arm{9, 3}), `no comparison: metrics["errors"].baseline: 9 of 3: more bad events than events; check that both counters have the same scope`},
		{Look{99, []Measurement{{Name: "size", Canary: Observed{Histogram: &Histogram{[]float64{1, 1}, []float64{1, -1}}}, Baseline: Observed{Histogram: &Histogram{[]float64{1}, []float64{1}}}}}},
			`no comparison: metrics["size"].canary.histogram.bounds[1]: 1: bounds must rise; sort the buckets by their bound` + "\n" +
				`no comparison: metrics["size"].canary.histogram.counts[1]: -1: no count; give increases per bucket, not negative, with resets taken out`},
	} {
		if _, err := s.Look(c.look); !errors.Is(err, ErrInput) || err.Error() != c.want {
			t.Errorf("%+v: error\n%v\nwant\n%v", c.look, err, c.want)
		}
		if after, _ := json.Marshal(s); string(after) != string(before) {
			t.Errorf("%+v: the refused look changed the stream", c.look)
		}
	}
	var zero Stream
	if _, err := zero.Look(Look{}); !errors.Is(err, ErrInput) || zero.Report().Verdict != Inconclusive {
		t.Errorf("the zero value takes looks: %v", err)
	}
}

func TestJudgeErrors(t *testing.T) {
	_, err := Judge{FalseAlarm: 2, Exposure: 1, MinScore: 101, Deadline: math.Inf(1), PlannedLooks: -1, Mode: 9, Control: 9, Metrics: []Metric{
		{}, {Name: "a", Weight: -1, Kind: 9, Direction: 9, NoData: 9, Margin: -1, Quantile: 1, MinTotal: -1}, {Name: "a", Margin: 0.5, Tolerance: 0.1}}}.Start()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v", err)
	}
	var paths []string
	for _, p := range e.Problems {
		paths = append(paths, p.Path)
	}
	want := []string{"alpha", "exposure", "min_score", "deadline_seconds", "planned_looks", "mode", "control", "metrics[0].name",
		"metrics[1].weight", "metrics[1].kind", "metrics[1].direction", "metrics[1].no_data", "metrics[1].margin", "metrics[1].quantile", "metrics[1]", "metrics[2].name", "metrics[2].tolerance"}
	if d := cmp.Diff(want, paths); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if _, err := (Judge{Metrics: []Metric{{Name: "a", Advisory: true}}}).Start(); !errors.Is(err, ErrInput) {
		t.Errorf("a judge without a metric that decides starts: %v", err)
	}
}

// Nothing that is fed in panics, and nothing is promoted without data.
func TestJudgeOnAnything(t *testing.T) {
	odd := rapid.SampledFrom([]float64{0, 1, -1, 1e-300, 1e300, math.MaxFloat64, math.NaN(), math.Inf(1), math.Inf(-1), 0.5, 3})
	observed := rapid.Custom(func(t *rapid.T) Observed {
		o := Observed{Bad: rapid.SampledFrom([]int64{0, 1, 5, -1, math.MaxInt64}).Draw(t, "bad"), Total: rapid.SampledFrom([]int64{0, 1, 50, 1 << 50, math.MinInt64}).Draw(t, "total"),
			Values: rapid.SliceOfN(odd, 0, 3).Draw(t, "values"), Missing: rapid.IntRange(0, 9).Draw(t, "missing") == 0}
		if rapid.Bool().Draw(t, "histogram") {
			o.Histogram = &Histogram{rapid.SliceOfN(odd, 0, 3).Draw(t, "bounds"), rapid.SliceOfN(odd, 0, 3).Draw(t, "counts")}
		}
		return o
	})
	rapid.Check(t, func(t *rapid.T) {
		j := Judge{Mode: rapid.SampledFrom([]Mode{Sequential, Fixed}).Draw(t, "mode"), PlannedLooks: rapid.IntRange(0, 4).Draw(t, "planned"), Exposure: 0.1, Metrics: threeMetrics()}
		s, err := j.Start()
		if err != nil {
			t.Fatal(err)
		}
		for i := range rapid.IntRange(1, 8).Draw(t, "looks") {
			look := Look{Seconds: float64(i)}
			for _, m := range threeMetrics() {
				if rapid.Bool().Draw(t, m.Name) {
					look.Metrics = append(look.Metrics, Measurement{Name: m.Name, Canary: observed.Draw(t, "canary"), Baseline: observed.Draw(t, "baseline")})
				}
			}
			if _, err := s.Look(look); err != nil && !errors.Is(err, ErrInput) {
				t.Fatalf("look %+v: %v", look, err)
			}
		}
		r := s.Report()
		if _, err := json.Marshal(r); err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		for _, m := range r.Metrics {
			if r.Verdict == Promote && m.N == 0 {
				t.Errorf("promoted without data of %s: %+v", m.Name, r)
			}
		}
	})
}

func TestManySamples(t *testing.T) {
	if testing.Short() {
		t.Skip("ten million values")
	}
	x := make([]float64, 1e7)
	for i := range x {
		x[i] = 1 + float64(i%1000)
	}
	r, err := Judge{Metrics: []Metric{{Name: "latency", Kind: KindSamples}}}.Run(repeated(1, valued(0, "latency", x, x[:1])))
	if err != nil || r.Verdict != Continue || r.Metrics[0].N != 1e7 {
		t.Errorf("%v, %v", r, err)
	}
}

func TestDrift(t *testing.T) {
	series := func(noise float64, n int) (d Drift) {
		random := rand.New(rand.NewPCG(9, uint64(n)))
		state := noise * random.NormFloat64()
		for range n {
			state = 0.8*state + 0.6*noise*random.NormFloat64()
			d.Add(math.Exp(state+0.05*random.NormFloat64()), 1)
		}
		return d
	}
	still, err := series(0, 200).Result(BlockTest{}, 30)
	if err != nil || still.Drifts || still.ArmNoise > 0.03 || math.Abs(still.Spread-0.05) > 0.01 {
		t.Errorf("without drift: %+v, %v", still, err)
	}
	moved, err := series(0.06, 400).Result(BlockTest{Margin: 0.03}, 30)
	if err != nil || !moved.Drifts || math.Abs(moved.ArmNoise-0.06) > 0.02 || moved.FalseAlarm < 0.05 || moved.FalseAlarm > 0.3 || moved.Margin < 0.031 || moved.Margin > 0.2 {
		t.Errorf("with drift: %+v, %v", moved, err)
	}
	again, _ := series(0.06, 400).Result(BlockTest{Margin: moved.Margin}, 30)
	if math.Abs(again.FalseAlarm-0.05) > 0.005 {
		t.Errorf("at the margin that holds: false alarms %v, want 0.05", again.FalseAlarm)
	}
	if _, err := (Drift{N: 20, Sum: math.NaN()}).Result(BlockTest{}, 0); !errors.Is(err, ErrInput) {
		t.Errorf("NaN and no blocks: %v", err)
	}
}

// Where arms wander, the judge warns, names a margin, and says which arms it
// compared: two baselines if it can.
func TestJudgeWarnsOfDrift(t *testing.T) {
	const noise = 0.2
	wanders := func(n int) []float64 {
		random := rand.New(rand.NewPCG(3, 9))
		state, out := noise*random.NormFloat64(), make([]float64, n)
		for i := range out {
			out[i] = math.Exp(state)
			state = 0.8*state + 0.6*noise*random.NormFloat64()
		}
		return out
	}(60)
	of := map[Kind]func(v float64) Observed{
		KindCounts:  func(v float64) Observed { return Observed{Bad: int64(20000 * v), Total: 1e6} },
		KindSamples: func(v float64) Observed { return Observed{Values: []float64{v}} },
		KindHistogram: func(v float64) Observed {
			return Observed{Histogram: &Histogram{[]float64{v, 2 * v}, []float64{50, 50}}}
		},
	}
	steady := 1.0
	for _, c := range []struct {
		name                      string
		kind                      Kind
		canary, baseline, control *float64 // nil wanders
		hasControl, warns         bool
		drift                     string
	}{
		{"the second baseline wanders", KindSamples, &steady, &steady, nil, true, true, "two-baselines"},
		{"counts, the second baseline wanders", KindCounts, &steady, &steady, nil, true, true, "two-baselines"},
		{"histograms, the second baseline wanders", KindHistogram, &steady, &steady, nil, true, true, "two-baselines"},
		{"the canary wanders, two baselines do not", KindSamples, nil, &steady, &steady, true, false, "two-baselines"},
		{"the canary wanders, nobody knows why", KindSamples, nil, &steady, nil, false, true, "canary-and-baseline"},
		{"counts, the canary wanders", KindCounts, nil, &steady, nil, false, true, "canary-and-baseline"},
		{"all wander together", KindSamples, nil, nil, nil, true, false, "two-baselines"},
		{"nothing wanders", KindCounts, &steady, &steady, nil, false, false, "canary-and-baseline"},
	} {
		var looks []Look
		for i, w := range wanders {
			at := func(fixed *float64) Observed {
				if fixed == nil {
					return of[c.kind](w)
				}
				return of[c.kind](*fixed)
			}
			m := Measurement{Name: "m", Canary: at(c.canary), Baseline: at(c.baseline)}
			if c.hasControl {
				o := at(c.control)
				m.Control = &o
			}
			looks = append(looks, Look{float64(i), []Measurement{m}})
		}
		r, err := Judge{Metrics: []Metric{{Name: "m", Kind: c.kind}}}.Run(looks)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		m := r.Metrics[0]
		if m.DriftOf != c.drift || (len(m.Warnings) > 0) != c.warns || c.warns != (m.ArmNoise > 0.1) {
			t.Errorf("%s: drift of %q, noise %.3f, warnings %v; want %q, a warning: %v", c.name, m.DriftOf, m.ArmNoise, m.Warnings, c.drift, c.warns)
			continue
		}
		if !c.warns {
			continue
		}
		w, between := m.Warnings[0], strings.Contains(m.Warnings[0].Text, "this is estimated between the arms")
		if w.Code != "arm-drift" || !strings.HasPrefix(w.Remedy, "set the margin to ") || between == c.hasControl {
			t.Errorf("%s: %v", c.name, w)
		}
	}
	pooled := poured(100, 100)[0]
	pooled.Metrics[0].Control = &pooled.Metrics[0].Baseline
	r, err := Judge{Metrics: []Metric{{Name: "size", Kind: KindHistogram, Pooled: true, Tolerance: 1}}}.Run(repeated(10, pooled))
	if err != nil || r.Metrics[0].DriftOf != "two-baselines" {
		t.Errorf("pooled: drift of %q, %v", r.Metrics[0].DriftOf, err)
	}
	r, err = Judge{Metrics: []Metric{{Name: "m"}}}.Run(repeated(9, counted(0, "m", Arm{1, 100}, Arm{1, 100})))
	if err != nil || r.Metrics[0].DriftOf != "" {
		t.Errorf("nine looks: drift of %q, %v", r.Metrics[0].DriftOf, err)
	}
}

func FuzzStreamState(f *testing.F) {
	s, err := Judge{Metrics: threeMetrics()}.Start()
	if err != nil {
		f.Fatal(err)
	}
	for _, look := range noisy(1, 3, 1, 1) {
		if _, err := s.Look(look); err != nil {
			f.Fatal(err)
		}
	}
	b, _ := json.Marshal(s)
	f.Add(b)
	f.Add([]byte(`{"version":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s Stream
		if json.Unmarshal(data, &s) != nil {
			return
		}
		if _, err := json.Marshal(s.Report()); err != nil {
			t.Error(err)
		}
		_, _ = s.Look(noisy(2, 1, 1, 1)[0])
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var again Stream
		if err := json.Unmarshal(b, &again); err != nil {
			t.Errorf("the state does not come back: %v", err)
		}
	})
}
