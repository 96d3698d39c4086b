package canary

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestMixtureReference(t *testing.T) {
	var file struct {
		Cases []struct {
			Fn        string
			S, V      float64
			G, H      float64
			VOpt      float64 `json:"v_opt"`
			AlphaOpt  float64 `json:"alpha_opt"`
			OneSided  int     `json:"one_sided"`
			QuantileP float64 `json:"quantile_p"`
			Offset, N int
			TOpt      float64 `json:"t_opt"`
			Value     float64
		}
	}
	reference(t, "seq_confseq", &file)
	seen := map[string]int{}
	for _, c := range file.Cases {
		seen[c.Fn]++
		rho := twoSidedRho(c.VOpt, c.AlphaOpt)
		if c.OneSided == 1 {
			rho = oneSidedRho(c.VOpt, c.AlphaOpt)
		}
		var got float64
		switch {
		case c.Fn == "normal_log_mixture" && c.OneSided == 1:
			got = normalMixture(c.S, c.V, rho)
		case c.Fn == "normal_log_mixture":
			got = 0.5*math.Log(rho/(c.V+rho)) + c.S*c.S/(2*(c.V+rho))
		case c.Fn == "beta_binomial_log_mixture" && c.OneSided == 1:
			got = betaMixture(c.S, c.V, c.G, c.H, rho)
		case c.Fn == "beta_binomial_log_mixture":
			got = twoSidedBetaMixture(c.S, c.V, c.G, c.H, rho)
		default:
			var x, y []float64
			for i := range c.N {
				x, y = append(x, float64(i+1)), append(y, float64(i+1+c.Offset))
			}
			r, err := QuantileTest{Quantile: c.QuantileP, Plan: c.TOpt, FalseAlarm: c.AlphaOpt}.Samples(x, y)
			if err != nil {
				t.Fatal(err)
			}
			got = r.PValue
			if c.Value < 1e-3 && got < 1e-3 { // compare logarithms where p is small
				got, c.Value = math.Log(got), math.Log(c.Value)
			}
		}
		if !agree(got, c.Value, 1e-9) {
			t.Errorf("%+v: got %v, want %v", c, got, c.Value)
		}
	}
	if seen["normal_log_mixture"] != 24 || seen["beta_binomial_log_mixture"] != 24 || seen["quantile_ab_p_value"] != 24 {
		t.Errorf("cases %v", seen)
	}
}

func TestAsymptoticReference(t *testing.T) {
	var file struct {
		Cases []struct {
			Kind      string
			T, Alpha  float64
			TOpt      float64 `json:"t_opt"`
			Rho       float64
			Halfwidth float64
		}
	}
	reference(t, "seq_misc", &file)
	n := 0
	for _, c := range file.Cases {
		switch c.Kind {
		case "asymp_cs_halfwidth_over_sigma":
			n++
			if got := asymptoticReach(c.T, 1/(c.Rho*c.Rho), c.Alpha); !agree(got, c.Halfwidth, 1e-9) {
				t.Errorf("%+v: got %v", c, got)
			}
		case "asymp_cs_rho_opt":
			n++
			if got := 1 / math.Sqrt(twoSidedRho(c.TOpt, c.Alpha)); !agree(got, c.Rho, 1e-9) {
				t.Errorf("%+v: got %v", c, got)
			}
		}
	}
	if n != 54 {
		t.Errorf("%d cases, want 54", n)
	}
}

func TestBoundedMeanReference(t *testing.T) {
	var file struct {
		Cases []struct {
			Name         string
			Alpha        float64
			X            []float64
			T            []int
			Lower, Upper []float64
			EmpLower     []float64 `json:"empbern_lower"`
			EmpUpper     []float64 `json:"empbern_upper"`
		}
	}
	reference(t, "seq_predmix_empbern", &file)
	for _, c := range file.Cases {
		m := BoundedMean{FalseAlarm: c.Alpha}
		for i, at := range c.T {
			for m.N < int64(at) {
				if err := m.Update(c.X[m.N]); err != nil {
					t.Fatal(err)
				}
			}
			r, err := m.Result()
			if err != nil || !agree(r.Low, c.EmpLower[i], 1e-9) || !agree(r.High, c.EmpUpper[i], 1e-9) {
				t.Errorf("%s, α %v, after %d: [%v, %v], want [%v, %v]; %v", c.Name, c.Alpha, at, r.Low, r.High, c.EmpLower[i], c.EmpUpper[i], err)
			}
		}
	}
	if len(file.Cases) != 4 {
		t.Errorf("%d cases, want 4", len(file.Cases))
	}
}

func TestBoundedMean(t *testing.T) {
	var m BoundedMean
	if r, err := m.Result(); err != nil || r != (MeanResult{Mean: 0.5, High: 1, Level: 0.95}) {
		t.Errorf("without values: %+v, %v", r, err)
	}
	for _, x := range []float64{-0.1, 1.1, math.NaN(), math.Inf(1)} {
		if err := m.Update(x); !errors.Is(err, ErrInput) || m != (BoundedMean{}) {
			t.Errorf("%v: %v, %+v", x, err, m)
		}
	}
	broken := BoundedMean{N: 3, Sum: 9}
	if _, err := broken.Result(); !errors.Is(err, ErrInput) {
		t.Errorf("%+v has a result: %v", broken, err)
	}
	// A merged interval holds as often: 400 runs of two parts, looked at ten times.
	random := rand.New(rand.NewPCG(5, 6))
	missed := 0
	for range 400 {
		var a, b BoundedMean
		out := false
		for range 10 {
			for range 30 {
				if err := errors.Join(a.Update(math.Pow(random.Float64(), 2)), b.Update(math.Pow(random.Float64(), 2))); err != nil {
					t.Fatal(err)
				}
			}
			whole := a
			if err := whole.Merge(b); err != nil {
				t.Fatal(err)
			}
			r, err := whole.Result()
			out = out || err != nil || r.Low > 1./3 || r.High < 1./3
		}
		if out {
			missed++
		}
	}
	if missed > 30 {
		t.Errorf("missed %d of 400, want at most 20 or so", missed)
	}
}

func TestBlockEvidence(t *testing.T) {
	for _, c := range []struct {
		name       string
		test       BlockTest
		ratios     []float64
		harm, safe bool
	}{
		{"none", BlockTest{}, nil, false, false},
		{"five blocks decide nothing", BlockTest{}, []float64{2, 2, 2, 2, 2}, false, false},
		{"twice", BlockTest{}, []float64{2, 2.1, 1.9, 2, 2.1, 1.9}, true, false},
		{"twice, all alike", BlockTest{}, []float64{2, 2, 2, 2, 2, 2}, true, false},
		{"equal", BlockTest{}, []float64{1.01, 0.99, 1, 1.01, 0.99, 1}, false, true},
		{"within the margin", BlockTest{Margin: 0.03}, []float64{1.02, 1.021, 1.019, 1.02, 1.02, 1.021}, false, true},
		{"beyond the margin", BlockTest{Margin: 0.03}, []float64{1.2, 1.21, 1.19, 1.2, 1.2, 1.21}, true, false},
		{"noise", BlockTest{}, []float64{2, 0.5, 1.7, 0.6, 1, 1.2}, false, false},
	} {
		e, err := c.test.Start()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.ratios {
			if err := e.Update(1e-6*r, 1e-6); err != nil {
				t.Fatal(err)
			}
		}
		if r := e.Result(); r.Harm != c.harm || r.Safe != c.safe || !(r.Low <= r.Ratio && r.Ratio <= r.High) {
			t.Errorf("%s: %+v, want harm %v, safe %v", c.name, r, c.harm, c.safe)
		}
	}
	e, _ := BlockTest{}.Start()
	before := e
	for _, v := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if err := e.Update(v, 1); !errors.Is(err, ErrInput) || e != before {
			t.Errorf("%v is taken: %v", v, err)
		}
	}
	for _, test := range []BlockTest{{Least: 2}, {Plan: -1}, {Margin: 0.2, Tolerance: 0.1}, {FalseAlarm: math.NaN()}} {
		if _, err := test.Start(); !errors.Is(err, ErrInput) {
			t.Errorf("%+v starts: %v", test, err)
		}
	}
}

func TestBlockEvidenceMergeAndState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) (e BlockEvidence, d []float64) {
			e, err := BlockTest{Margin: 0.03}.Start()
			if err != nil {
				t.Fatal(err)
			}
			for range rapid.IntRange(0, 9).Draw(t, name) {
				r := rapid.Float64Range(0.5, 2).Draw(t, "ratio")
				d = append(d, r)
				if err := e.Update(r, 1); err != nil {
					t.Fatal(err)
				}
			}
			return e, d
		}
		a, da := draw("a")
		b, db := draw("b")
		whole, _ := BlockTest{Margin: 0.03}.Start()
		for _, r := range append(da, db...) {
			if err := whole.Update(r, 1); err != nil {
				t.Fatal(err)
			}
		}
		ab, ba := a, b
		if err := errors.Join(ab.Merge(b), ba.Merge(a)); err != nil {
			t.Fatal(err)
		}
		if !agree(ab.Result().LogE, whole.Result().LogE, 1e-6) || !agree(ab.Result().Low, ba.Result().Low, 1e-9) || ab.n != whole.n {
			t.Errorf("merged %+v, want %+v", ab.Result(), whole.Result())
		}
		var fromBinary, fromJSON BlockEvidence
		raw, err := ab.MarshalBinary()
		j, err2 := json.Marshal(ab)
		if err := errors.Join(err, err2, fromBinary.UnmarshalBinary(raw), json.Unmarshal(j, &fromJSON)); err != nil || fromBinary != ab || fromJSON != ab {
			t.Errorf("the state changed: %+v, %+v, want %+v (%v)", fromBinary, fromJSON, ab, err)
		}
	})
}

func FuzzBlockEvidenceState(f *testing.F) {
	e, _ := BlockTest{}.Start()
	_ = e.Update(2, 1)
	b, _ := e.MarshalBinary()
	j, _ := e.MarshalJSON()
	f.Add(b)
	f.Add(j)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, decode := range []func(*BlockEvidence, []byte) error{(*BlockEvidence).UnmarshalBinary, (*BlockEvidence).UnmarshalJSON} {
			var e, f BlockEvidence
			if decode(&e, data) != nil {
				continue
			}
			again, err := e.MarshalBinary()
			if err := errors.Join(err, f.UnmarshalBinary(again)); err != nil || f != e {
				t.Errorf("the state does not come back: %v", err)
			}
			_ = f.Update(1.5, 1)
			if _, err := json.Marshal(f.Result()); err != nil {
				t.Error(err)
			}
		}
	})
}

// The search for the weakest place is that over all places.
func TestQuantileSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(0, 20).Draw(t, "v")) }), 1, 40)
		x, y := values.Draw(t, "x"), values.Draw(t, "y")
		test := QuantileTest{Quantile: rapid.SampledFrom([]float64{0.5, 0.9}).Draw(t, "p"), Alternative: Greater, Margin: rapid.SampledFrom([]float64{0, 0.1}).Draw(t, "margin"), Plan: 20}
		got, err := test.Samples(x, y)
		if err != nil {
			t.Fatal(err)
		}
		var p problems
		test.complete(&p)
		want := math.Inf(1)
		for v := -1.0; v <= 25; v += 0.01 { // the baseline's quantile
			up, below := 0., 0.
			for _, a := range x {
				if a <= v*(1+test.Margin)+1e-9 {
					up++
				}
			}
			for _, b := range y {
				if b < v-1e-9 {
					below++
				}
			}
			n, m, q := float64(len(x)), float64(len(y)), test.Quantile
			want = min(want, betaMixture(q*n-up, q*(1-q)*n, 1-q, q, test.rho())+betaMixture(below-q*m, q*(1-q)*m, q, 1-q, test.rho()))
		}
		if test.Margin == 0 && !agree(got.LogE, want, 1e-9) || got.LogE > want+1e-9 {
			t.Errorf("ln E %v, want %v", got.LogE, want)
		}
		// Buckets of one value each lose nothing without a margin, and with one
		// only evidence.
		h := func(s []float64) Histogram {
			h := Histogram{Counts: make([]float64, 21)}
			for i := range 20 {
				h.Bounds = append(h.Bounds, float64(i))
			}
			for _, v := range s {
				h.Counts[int(v)]++
			}
			return h
		}
		coarse, err := test.Histograms(h(x), h(y))
		if err != nil || coarse.LogE > got.LogE+1e-9 {
			t.Errorf("histograms ln E %v, samples %v (%v)", coarse.LogE, got.LogE, err)
		}
	})
}

func TestQuantileTest(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	draw := func(n int, scale float64) []float64 {
		s := make([]float64, n)
		for i := range s {
			s[i] = scale * math.Exp(0.7*random.NormFloat64())
		}
		return s
	}
	for _, c := range []struct {
		name  string
		test  QuantileTest
		x, y  []float64
		alarm bool
	}{
		{"one value", QuantileTest{Alternative: Greater}, []float64{9}, []float64{1}, false},
		{"equal", QuantileTest{Alternative: Greater}, draw(2000, 1), draw(9000, 1), false},
		{"half more", QuantileTest{Alternative: Greater}, draw(2000, 1.5), draw(9000, 1), true},
		{"half more, borne", QuantileTest{Alternative: Greater, Margin: 0.6}, draw(2000, 1.5), draw(9000, 1), false},
		{"half more is not less", QuantileTest{Alternative: Less}, draw(2000, 1.5), draw(9000, 1), false},
		{"p95", QuantileTest{Alternative: Greater, Quantile: 0.95}, draw(2000, 1.5), draw(9000, 1), true},
		{"less", QuantileTest{Alternative: Less}, draw(2000, 1), draw(9000, 1.5), true},
		{"either", QuantileTest{}, draw(2000, 1), draw(9000, 1.5), true},
		{"all alike", QuantileTest{}, make([]float64, 500), make([]float64, 500), false},
	} {
		r, err := c.test.Samples(c.x, c.y)
		if err != nil || r.Alarm != c.alarm {
			t.Errorf("%s: %+v, %v; want alarm %v", c.name, r, err, c.alarm)
		}
	}
	for _, test := range []QuantileTest{{Quantile: 1}, {Quantile: math.NaN()}, {Margin: 0.1}, {Alternative: 9}, {Plan: math.Inf(1)}, {FalseAlarm: 1}} {
		if _, err := test.Samples([]float64{1}, []float64{1}); !errors.Is(err, ErrInput) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	for _, x := range [][]float64{nil, {math.NaN()}, {math.Inf(1)}} {
		if _, err := (QuantileTest{}).Samples(x, []float64{1}); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v", x, err)
		}
	}
	if _, err := (QuantileTest{Alternative: Greater, Margin: 1}).Samples([]float64{-1}, []float64{1}); !errors.Is(err, ErrInput) {
		t.Errorf("negative values with a margin: %v", err)
	}
}
