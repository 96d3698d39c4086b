package capacity

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/internal/stat"
)

type passages struct {
	RW []struct {
		Distance, Drift, Sigma float64
		H                      int
		P                      []float64 `json:"p_le_t"`
		Continuous             []float64 `json:"p_continuous_inverse_gaussian"`
	} `json:"rw"`
	OLS struct {
		X                       []float64
		Limit, Intercept, Slope float64
		Sigma                   float64
		Cross                   float64 `json:"t_cross"`
		Low                     float64 `json:"fieller_lo"`
		High                    float64 `json:"fieller_hi"`
	} `json:"ols"`
}

func TestFirstPassageReference(t *testing.T) {
	var all passages
	readReference(t, "first_passage.json", &all)
	for _, c := range all.RW {
		for _, floor := range []bool{false, true} {
			w, l := RandomWalk{Level: 40, Drift: c.Drift, Sigma: c.Sigma}, Limit{Value: 40 + c.Distance}
			if floor {
				w.Drift, l = -c.Drift, Limit{Value: 40 - c.Distance, Floor: true}
			}
			s, err := w.Saturation(t.Context(), l, monday, time.Hour, c.H)
			if err != nil {
				t.Fatal(err)
			}
			worst := 0.
			for i, want := range c.P {
				worst = max(worst, math.Abs(s.Reached[i]-want))
			}
			if worst > 1e-5 {
				t.Errorf("%+v to %+v: off by %.3g, want at most 1e-5", w, l, worst)
			}
		}
	}
}

// A walk that starts at its limit stays below it for n steps with the probability p_n of
//
//	n·p_n = Σ_{k=1}^{n} P(S_k < 0)·p_{n−k}, p_0 = 1
//
// (Spitzer 1956, Transactions of the AMS 82, theorem 3.1): exact sums to compare with.
func TestFirstPassageFromTheLimit(t *testing.T) {
	const n = 400
	for _, drift := range []float64{-0.3, -0.01, 0, 0.02, 0.5} {
		below, stay := make([]float64, n+1), make([]float64, n+1)
		stay[0] = 1
		for k := 1; k <= n; k++ {
			below[k], _ = stat.NormalCDF(-drift * math.Sqrt(float64(k)))
			for j := 1; j <= k; j++ {
				stay[k] += below[j] * stay[k-j] / float64(k)
			}
		}
		s, err := RandomWalk{Level: 7, Drift: 2 * drift, Sigma: 2}.Saturation(t.Context(), Limit{Value: 7}, monday, time.Minute, n)
		if err != nil {
			t.Fatal(err)
		}
		for k := 1; k <= n; k++ {
			if d := math.Abs(s.Reached[k-1] - (1 - stay[k])); d > 1e-10 {
				t.Fatalf("drift %v, step %d: %v, want %v", drift, k, s.Reached[k-1], 1-stay[k])
			}
		}
	}
}

// Where the variance is gone the answer is arithmetic, planned additions included: 10 a step
// from 0 reaches 35 at step 4; if 20 are added before, at step 6, as 55 are too few for 60.
func TestCertainWalk(t *testing.T) {
	for _, c := range []struct {
		l    Limit
		want int
	}{
		{Limit{Value: 35}, 4},
		{Limit{Value: 40}, 4},
		{Limit{Value: 35, Changes: []LimitChange{{monday.Add(3 * time.Hour), 55}}}, 6},
		{Limit{Value: 35, Changes: []LimitChange{{monday.Add(4 * time.Hour), 55}}}, 4},
		{Limit{Value: 500, Changes: []LimitChange{{monday.Add(5 * time.Hour), 0}, {monday.Add(2 * time.Hour), 90}}}, 6},
		{Limit{Value: 500}, 0},
		{Limit{Value: -1, Floor: true}, 0},
		{Limit{Value: 0, Floor: true, Changes: []LimitChange{{monday.Add(8 * time.Hour), 95}}}, 9},
	} {
		for _, sigma := range []float64{0, 1e-9} {
			s, err := RandomWalk{Drift: 10, Sigma: sigma}.Saturation(t.Context(), c.l, monday, time.Hour, 10)
			if err != nil {
				t.Fatal(err)
			}
			var want time.Time
			if c.want > 0 {
				want = monday.Add(time.Duration(c.want) * time.Hour)
			}
			if c.l.Value == 40 && sigma > 0 { // the mean lands on the limit: a coin
				continue
			}
			if !s.Median.Equal(want) || !s.Earliest.Equal(want) || !s.Latest.Equal(want) {
				t.Errorf("%+v with sigma %v: reached at %v, want %v", c.l, sigma, s.Median, want)
			}
		}
	}
}

// A nearer limit, a longer horizon and more drift are never less likely, and a floor is a
// ceiling seen from the other side.
func TestFirstPassageLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := RandomWalk{Level: rapid.Float64Range(-100, 100).Draw(t, "level"), Drift: rapid.Float64Range(-3, 3).Draw(t, "drift"), Sigma: rapid.Float64Range(0, 5).Draw(t, "sigma")}
		l := Limit{Value: rapid.Float64Range(-100, 200).Draw(t, "limit")}
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			l.Changes = append(l.Changes, LimitChange{monday.Add(time.Duration(rapid.IntRange(-5, 45).Draw(t, "hour")) * time.Hour), rapid.Float64Range(-100, 300).Draw(t, "change")})
		}
		run := func(w RandomWalk, l Limit) []float64 {
			s, err := w.Saturation(context.Background(), l, monday, time.Hour, 40)
			if err != nil {
				t.Fatal(err)
			}
			return s.Reached
		}
		r := run(w, l)
		more := rapid.Float64Range(0, 50).Draw(t, "more")
		far, fast, floor := l, w, Limit{Value: -l.Value, Floor: true}
		far.Value, far.Changes = l.Value+more, nil
		for _, c := range l.Changes {
			far.Changes = append(far.Changes, LimitChange{c.At, c.Value + more})
			floor.Changes = append(floor.Changes, LimitChange{c.At, -c.Value})
		}
		fast.Drift += more
		// Where a step is hardly wider than the last digit of the levels, so is the
		// probability that it ends beyond the limit.
		slack := 1e-9 + 1e-13/max(w.Sigma, 1e-13)
		rFar, rFast, rFloor := run(w, far), run(fast, l), run(RandomWalk{-w.Level, -w.Drift, w.Sigma}, floor)
		for i, p := range r {
			if !(p >= 0 && p <= 1) || i > 0 && p < r[i-1] {
				t.Fatalf("step %d: probability %v after %v", i, p, r[max(0, i-1)])
			}
			if rFar[i] > p+slack || rFast[i] < p-slack || rFloor[i] != p {
				t.Fatalf("step %d: %v; limit further by %v: %v; drift more by that: %v; as a floor: %v", i, p, more, rFar[i], rFast[i], rFloor[i])
			}
		}
	})
}

func TestRandomWalkErrors(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx     context.Context
		w       RandomWalk
		l       Limit
		step    time.Duration
		horizon int
		want    string
	}{
		{t.Context(), RandomWalk{Level: math.NaN(), Sigma: -1}, Limit{}, 0, 0, "level: NaN: not a number to walk with; write a finite number, and a deviation of 0 or more\nnot a series to forecast: sigma: -1: not a number"},
		{t.Context(), RandomWalk{}, Limit{}, time.Hour, 8193, "horizon: 8193: not within 1 to 8192 steps; ask for fewer steps, or take a longer step"},
		{t.Context(), RandomWalk{}, Limit{Value: 1}, 14 * 24 * time.Hour, 8192, "horizon: 8192: so many steps of 336h0m0s are longer than 292 years; ask for fewer steps"},
		{t.Context(), RandomWalk{}, Limit{Value: math.Inf(1), Changes: []LimitChange{{monday, math.NaN()}}}, time.Hour, 1, "limit: +Inf: not a finite number; write the value that must not be reached"},
		{ctx, RandomWalk{Sigma: 1}, Limit{Value: 10}, time.Hour, 100, "context canceled"},
	} {
		_, err := c.w.Saturation(c.ctx, c.l, monday, c.step, c.horizon)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v to %+v: got error %v, want %q", c.w, c.l, err, c.want)
		}
		if c.ctx != ctx && !errors.Is(err, ErrSeries) {
			t.Errorf("%v does not wrap ErrSeries", err)
		}
	}
}

func TestRandomWalkExtremes(t *testing.T) {
	for _, w := range []RandomWalk{{1e150, -1e150, 1e-200}, {-1e150, 1e150, 5e-324}, {0, 1e-300, 1e150}, {1, 0, 1e-300}} {
		for _, l := range []Limit{{Value: math.MaxFloat64}, {Value: -math.MaxFloat64}, {Value: 0, Floor: true}, {Value: 1e308, Changes: []LimitChange{{monday.Add(time.Hour), -1e308}}}} {
			s, err := w.Saturation(t.Context(), l, monday, time.Hour, 50)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range s.Reached {
				if !(p >= 0 && p <= 1) {
					t.Fatalf("%+v to %+v: probability %v", w, l, p)
				}
			}
		}
	}
}

func BenchmarkFirstPassage(b *testing.B) {
	for _, horizon := range []int{48, 672, 8064} {
		b.Run(fmt.Sprint(horizon), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := (RandomWalk{Drift: 0.1, Sigma: 1}).Saturation(b.Context(), Limit{Value: 0.15 * float64(horizon)}, monday, time.Hour, horizon); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
