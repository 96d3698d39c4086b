package canary

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// reference reads testdata/name.json into v, whose field Cases takes the cases.
func reference(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// agree tells whether got is want up to a relative error.
func agree(got, want, tolerance float64) bool {
	return got == want || math.Abs(got-want) <= tolerance*max(1e-3, math.Abs(want))
}

// naiveMixture is ln E of a grid as it stands in the formula.
func naiveMixture(ratios, weights, x, n, shares []float64) float64 {
	var e float64
	for j, r := range ratios {
		l := 0.0
		for i := range x {
			q := r * shares[i] / (r*shares[i] + 1 - shares[i])
			l += x[i]*math.Log(q/shares[i]) + (n[i]-x[i])*math.Log((1-q)/(1-shares[i]))
		}
		e += weights[j] * math.Exp(l)
	}
	return math.Log(e)
}

func TestGridMixtureReference(t *testing.T) {
	var file struct {
		Cases []struct {
			X, N, Theta0 []float64
			LogE         float64 `json:"log_e"`
		}
	}
	reference(t, "seq_counts_grid_mixture", &file)
	if len(file.Cases) != 3 {
		t.Fatalf("%d cases, want 3", len(file.Cases))
	}
	var ratios, weights []float64 // the grid of the file
	for j := range 40 {
		ratios = append(ratios, 1.05*math.Pow(20/1.05, float64(j)/39))
		weights = append(weights, 1./40)
	}
	for _, c := range file.Cases {
		if got := naiveMixture(ratios, weights, c.X, c.N, c.Theta0); !agree(got, c.LogE, 1e-9) {
			t.Errorf("x %v of %v at %v: ln E %v, want %v", c.X, c.N, c.Theta0, got, c.LogE)
		}
		// The same looks by the grid of RateTest, against the same formula.
		e := start(t, RateTest{})
		for i := range c.X {
			canary := int64(math.Round(1e6 * c.Theta0[i]))
			if err := e.Update(Arm{int64(c.X[i]), canary}, Arm{int64(c.N[i] - c.X[i]), 1e6 - canary}); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := e.Result().LogE, naiveMixture(gridRatio[:], gridWeight[e.bet][:], c.X, c.N, c.Theta0); !agree(got, want, 1e-9) {
			t.Errorf("x %v of %v at %v: ln E %v, want %v", c.X, c.N, c.Theta0, got, want)
		}
	}
}

func start(t testing.TB, test RateTest) RateEvidence {
	t.Helper()
	e, err := test.Start()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestGridWeights(t *testing.T) {
	for _, b := range []bet{onTwice, onSeveral, onMuch} {
		var sum float64
		for _, w := range gridWeight[b] {
			sum += w
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("weights of bet %d sum to %v, want 1", b, sum)
		}
	}
}

// chances are P(x of n events are the canary's) with and without replacement.
func chances(n, canary, baseline int) (binomial, hypergeometric []float64) {
	choose := func(n, k int) float64 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(k + 1))
		c, _ := math.Lgamma(float64(n - k + 1))
		return a - b - c
	}
	share := float64(canary) / float64(canary+baseline)
	for x := range n + 1 {
		binomial = append(binomial, math.Exp(choose(n, x)+float64(x)*math.Log(share)+float64(n-x)*math.Log1p(-share)))
		h := 0.0
		if x <= canary && n-x <= baseline {
			h = math.Exp(choose(canary, x) + choose(baseline, n-x) - choose(canary+baseline, n))
		}
		hypergeometric = append(hypergeometric, h)
	}
	return binomial, hypergeometric
}

// The raised process stopped at 1/α must not grow on average, whatever came
// before, for Poisson events and for requests.
func TestRaisedIsSupermartingale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alpha := rapid.SampledFrom([]float64{0.05, 0.01, 0.001, 0.2}).Draw(t, "alpha")
		e, err := RateTest{FalseAlarm: alpha}.Start()
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(0, 10).Draw(t, "looks") {
			b, c := rapid.Int64Range(0, 5).Draw(t, "baseline"), rapid.Int64Range(0, 2).Draw(t, "canary")
			if err := e.Update(Arm{c, 100}, Arm{b, rapid.Int64Range(100, 2000).Draw(t, "total")}); err != nil {
				t.Fatal(err)
			}
		}
		if e.harmful {
			return
		}
		before := e.logRaised()
		canary, baseline, n := rapid.IntRange(70, 400).Draw(t, "nc"), rapid.IntRange(70, 3000).Draw(t, "nb"), rapid.IntRange(1, 64).Draw(t, "n")
		binomial, hypergeometric := chances(n, canary, baseline)
		var mean, meanDrawn float64
		for x := range n + 1 {
			f := e
			if err := f.Update(Arm{int64(x), int64(canary)}, Arm{int64(n - x), int64(baseline)}); err != nil {
				t.Fatal(err)
			}
			after := math.Exp(f.logRaised())
			mean += binomial[x] * after
			meanDrawn += hypergeometric[x] * after
		}
		if most := math.Exp(before) * (1 + 1e-8); mean > most || meanDrawn > most {
			t.Errorf("E %v grows to %v and %v on average", math.Exp(before), mean, meanDrawn)
		}
		if e.boost > 0 && max(mean, meanDrawn) < 0.5*math.Exp(before) {
			t.Errorf("E %v falls to %v and %v: not raised", math.Exp(before), mean, meanDrawn)
		}
	})
}

func TestRateEvidenceTable(t *testing.T) {
	for _, c := range []struct {
		name             string
		test             RateTest
		canary, baseline Arm
		looks            int
		harm, safe       bool
	}{
		{"nothing", RateTest{}, Arm{}, Arm{}, 30, false, false},
		{"no errors", RateTest{}, Arm{0, 600}, Arm{0, 5400}, 30, false, false},
		{"equal", RateTest{}, Arm{3, 600}, Arm{27, 5400}, 30, false, true},
		{"ten times", RateTest{}, Arm{6, 600}, Arm{5, 5400}, 1, true, false},
		{"twice", RateTest{}, Arm{1, 600}, Arm{5, 5400}, 60, true, false},
		{"twice, borne", RateTest{Margin: 1, Tolerance: 4}, Arm{2, 600}, Arm{9, 5400}, 60, false, true},
		{"ten percent more of much", RateTest{}, Arm{1100, 1e4}, Arm{9000, 9e4}, 10, true, true},
		{"less", RateTest{Tolerance: 0.05}, Arm{900, 1e4}, Arm{9000, 9e4}, 10, false, true},
		{"no baseline", RateTest{}, Arm{600, 600}, Arm{}, 10, false, false},
		{"no canary", RateTest{}, Arm{}, Arm{600, 600}, 10, false, false},
		{"clean baseline", RateTest{}, Arm{4, 600}, Arm{0, 5400}, 1, true, false},
		{"all fail", RateTest{}, Arm{1e9, 1e9}, Arm{1e9, 1e9}, 3, false, true},
		{"huge", RateTest{}, Arm{1 << 40, 1 << 50}, Arm{1, 1 << 50}, 3, true, false},
	} {
		e := start(t, c.test)
		for range c.looks {
			if err := e.Update(c.canary, c.baseline); err != nil {
				t.Fatal(err)
			}
		}
		r := e.Result()
		if r.Harm != c.harm || r.Safe != c.safe {
			t.Errorf("%s: harm %v, safe %v; want %v, %v: %v", c.name, r.Harm, r.Safe, c.harm, c.safe, r)
		}
		if !(r.Low <= r.Ratio && r.Ratio <= r.High) || r.Low < 0 {
			t.Errorf("%s: ratio %v is not in [%v, %v]", c.name, r.Ratio, r.Low, r.High)
		}
	}
}

// The interval is where the test of each point hypothesis does not reject.
func TestRateInterval(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		margin := rapid.SampledFrom([]float64{0, 0.25}).Draw(t, "margin")
		e, err := RateTest{Margin: margin, FalseAlarm: 0.05}.Start()
		if err != nil {
			t.Fatal(err)
		}
		type look struct{ x, n, share float64 }
		var looks []look
		for range rapid.IntRange(1, 8).Draw(t, "looks") {
			total := rapid.Int64Range(100, 5000).Draw(t, "total")
			x, y := rapid.Int64Range(0, 40).Draw(t, "x"), rapid.Int64Range(0, 99).Draw(t, "y")
			if err := e.Update(Arm{x, total}, Arm{y, 5000}); err != nil {
				t.Fatal(err)
			}
			if x+y == 0 {
				continue
			}
			looks = append(looks, look{float64(x), float64(x + y), float64(total) / float64(total+5000)})
		}
		logL := func(ratio float64) (l float64) {
			for _, k := range looks {
				l += times(k.x, math.Log(ratio)) - k.n*math.Log1p(k.share*(ratio-1))
			}
			return l
		}
		mixture := 0.2 * math.Exp(logL(1+margin))
		for j, r := range gridRatio {
			mixture += 0.4 * gridWeight[e.bet][j] * (math.Exp(logL((1+margin)*r)) + math.Exp(logL((1+margin)/r)))
		}
		limit := math.Log(mixture) + math.Log(0.05)
		if len(looks) == 0 {
			return
		}
		r := e.Result()
		events := float64(r.Canary.Bad + r.Baseline.Bad)
		slack := math.Pow(math.Log(25./12), 4) / 384 * events / 4 // twice what is allowed for
		if r.Low > 0 && (logL(r.Low) > limit+1e-9 || r.Low > (1+margin)/25 && logL(r.Low) < limit-slack-1e-9) {
			t.Errorf("low %v has likelihood %v, want %v", r.Low, logL(r.Low), limit)
		}
		if r.High < math.MaxFloat64 && (logL(r.High) > limit+1e-9 || r.High < (1+margin)*25 && logL(r.High) < limit-slack-1e-9) {
			t.Errorf("high %v has likelihood %v, want %v", r.High, logL(r.High), limit)
		}
	})
}

// A/A at the planned size: at most 5 % are ever rolled back; twice the rate is
// found. The simulation program has the long runs.
func TestRateEvidenceHoldsItsLevel(t *testing.T) {
	const runs = 4000
	random := rand.New(rand.NewPCG(1, 2))
	poisson := func(mean float64) (k int64) {
		for p := random.Float64(); p > math.Exp(-mean); p *= random.Float64() {
			k++
		}
		return k
	}
	for _, c := range []struct {
		ratio     float64
		looks     int
		low, high float64
	}{{1, 60, 0.035, 0.057}, {2, 30, 0.86, 1}} {
		found := 0
		for range runs {
			e := start(t, RateTest{})
			for range c.looks {
				if err := e.Update(Arm{poisson(0.6 * c.ratio), 600}, Arm{poisson(5.4), 5400}); err != nil {
					t.Fatal(err)
				}
			}
			if e.Result().Harm {
				found++
			}
		}
		if share := float64(found) / runs; share < c.low || share > c.high {
			t.Errorf("rate ratio %v: %v called harmful, want %v to %v", c.ratio, share, c.low, c.high)
		}
	}
}

func TestRateEvidenceErrors(t *testing.T) {
	const most = 1 << 53
	e := start(t, RateTest{})
	if err := e.Update(Arm{0, most - 1}, Arm{}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		canary, baseline Arm
		want             string
	}{
		{Arm{-1, 2}, Arm{}, "no comparison: canary: -1 of 2: a count is negative; give increases of counters, with resets taken out"},
		{Arm{3, 2}, Arm{1, 0}, "no comparison: canary: 3 of 2: more bad events than events; check that both counters have the same scope\nno comparison: baseline: 1 of 0: more bad events than events; check that both counters have the same scope"},
		{Arm{0, 2}, Arm{}, "no comparison: look: 0 of 2 and 0 of 0: more than 2⁵³ events since the start; start again"},
	} {
		before := e
		err := e.Update(c.canary, c.baseline)
		if !errors.Is(err, ErrInput) || err.Error() != c.want {
			t.Errorf("%v, %v: error %v, want %v", c.canary, c.baseline, err, c.want)
		}
		if e != before {
			t.Errorf("%v, %v: the refused look changed the evidence", c.canary, c.baseline)
		}
	}
	var zero RateEvidence
	if err := zero.Update(Arm{}, Arm{}); err == nil {
		t.Error("the zero value takes looks")
	}
	for _, test := range []RateTest{{Margin: -1}, {Margin: math.NaN()}, {Margin: 1, Tolerance: 0.5}, {FalseAlarm: 1}, {FalseAlarm: math.NaN()}, {Tolerance: math.Inf(1)}} {
		if _, err := test.Start(); !errors.Is(err, ErrInput) {
			t.Errorf("%+v starts: %v", test, err)
		}
	}
}

func TestRateEvidenceMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) RateEvidence {
			e, err := RateTest{Tolerance: 0.5}.Start()
			if err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(0, 4).Draw(t, name) {
				if err := e.Update(Arm{rapid.Int64Range(0, 9).Draw(t, "x"), 100}, Arm{rapid.Int64Range(0, 30).Draw(t, "y"), 900}); err != nil {
					t.Fatal(err)
				}
			}
			return e
		}
		a, b, c := draw("a"), draw("b"), draw("c")
		merge := func(a, b RateEvidence) RateEvidence {
			if err := a.Merge(b); err != nil {
				t.Fatal(err)
			}
			return a
		}
		for _, pair := range [][2]RateEvidence{{merge(a, b), merge(b, a)}, {merge(merge(a, b), c), merge(a, merge(b, c))}} {
			x, y := pair[0], pair[1]
			if x.canary != y.canary || x.baseline != y.baseline || x.looks != y.looks || !agree(x.Result().LogE, y.Result().LogE, 1e-9) || !agree(x.Result().Low, y.Result().Low, 1e-6) {
				t.Errorf("the order of merging matters: %+v, %+v", x.Result(), y.Result())
			}
		}
		whole := merge(a, b)
		if got, want := whole.logL[20], a.logL[20]+b.logL[20]; got != want {
			t.Errorf("log-likelihood %v, want %v", got, want)
		}
	})
	a, b := start(t, RateTest{}), start(t, RateTest{Margin: 0.1})
	if err := a.Merge(b); !errors.Is(err, ErrInput) {
		t.Errorf("evidence of different tests merges: %v", err)
	}
}

// The state goes on after a restart as if there had been none.
func TestRateEvidenceSurvivesRestart(t *testing.T) {
	e := start(t, RateTest{FalseAlarm: 0.01})
	for i := range int64(20) {
		if err := e.Update(Arm{i % 3, 100 + i}, Arm{i % 7, 900}); err != nil {
			t.Fatal(err)
		}
		var fromBinary, fromJSON RateEvidence
		b, err := e.MarshalBinary()
		if err == nil {
			err = fromBinary.UnmarshalBinary(b)
		}
		j, err2 := json.Marshal(e)
		if err2 == nil {
			err2 = json.Unmarshal(j, &fromJSON)
		}
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if fromBinary != e || fromJSON != e {
			t.Fatalf("look %d: the state changed: %+v, %+v, want %+v", i, fromBinary, fromJSON, e)
		}
		e = fromBinary
	}
}

func TestRateResultJSON(t *testing.T) {
	e := start(t, RateTest{})
	if err := e.Update(Arm{5, 100}, Arm{0, 900}); err != nil {
		t.Fatal(err)
	}
	want := e.Result()
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got RateResult
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func FuzzRateEvidenceState(f *testing.F) {
	e := start(f, RateTest{})
	if err := e.Update(Arm{5, 100}, Arm{3, 900}); err != nil {
		f.Fatal(err)
	}
	b, _ := e.MarshalBinary()
	j, _ := e.MarshalJSON()
	f.Add(b)
	f.Add(j)
	f.Add([]byte("{}"))
	f.Add(b[:40])
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, decode := range []func(*RateEvidence, []byte) error{(*RateEvidence).UnmarshalBinary, (*RateEvidence).UnmarshalJSON} {
			var e RateEvidence
			if decode(&e, data) != nil {
				if e != (RateEvidence{}) {
					t.Error("a refused state changed the evidence")
				}
				continue
			}
			again, err := e.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			var f RateEvidence
			if err := f.UnmarshalBinary(again); err != nil || f != e {
				t.Errorf("the state does not come back: %v", err)
			}
			_ = f.Update(Arm{3, 70}, Arm{9, 900})
			if _, err := json.Marshal(f.Result()); err != nil {
				t.Error(err)
			}
		}
	})
}

func BenchmarkRateEvidenceUpdate(b *testing.B) {
	for _, c := range []struct {
		name             string
		canary, baseline Arm
	}{
		{"1of6", Arm{1, 600}, Arm{5, 5400}},
		{"6of60", Arm{6, 600}, Arm{54, 5400}},
		{"100of1000", Arm{100, 600}, Arm{900, 5400}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			e := start(b, RateTest{})
			for b.Loop() {
				e.looks &= 1023
				if e.looks == 0 {
					e = start(b, RateTest{})
				}
				if err := e.Update(c.canary, c.baseline); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
