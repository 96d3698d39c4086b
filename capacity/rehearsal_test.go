package capacity

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestJudge: what is warned of, on a rehearsal made by hand.
func TestJudge(t *testing.T) {
	// Residuals of each quarter of the rehearsal are spread evenly over ±1, or
	// over ±wide in the last one.
	made := func(missed, naive, wide float64) *rehearsal {
		r := &rehearsal{
			history: &prepared{unit: 2, period: 24, clean: make([]float64, 400)},
			ahead:   12, span: 1 << 30, // no widening
			missed: missed, naive: naive,
		}
		for i := range 1000 {
			x := (float64(i) - 499.5) / 500
			for fold := range folds {
				v := x
				if fold == folds-1 {
					v *= wide
				}
				r.sorted = append(r.sorted, residual{v, 1, fold})
			}
		}
		slices.SortFunc(r.sorted, func(a, b residual) int { return cmp.Compare(a.value, b.value) })
		return r
	}
	for _, c := range []struct {
		name                string
		missed, naive, wide float64
		level               float64
		want                string
	}{
		{"good", 1, 2, 1, 0.95, ""},
		{"as bad as naive", 2, 2, 1, 0.95, "not-better-than-naive: the rehearsed error is 4, that of the seasonal naive forecast 4; use SeasonalNaive, or look for what drives the series"},
		{"never wrong", 0, 0, 1, 0.95, "no-spread: the rehearsal met no error: the width of the interval is unknown and left at 0; keep a longer history"},
		{"wilder of late", 1, 2, 4, 0.95, "coverage: rehearsed intervals held "},
	} {
		run := ensembleRun{rehearsal: made(c.missed, c.naive, c.wide), level: c.level}
		var f Forecast
		run.judge(&f, Series{Values: make([]float64, 400)}, 12)
		var got []string
		for _, w := range f.Warnings {
			got = append(got, w.String())
		}
		if text := strings.Join(got, "\n"); !strings.HasPrefix(text, c.want) || (c.want == "") != (text == "") || len(got) > 1 {
			t.Errorf("%s: %q, want %q", c.name, text, c.want)
		}
	}
	// By hand: 95 % of evenly spread values are within ±0.95.
	if got := made(1, 2, 1).coverage(0.95); math.Abs(got-0.95) > 0.002 {
		t.Errorf("coverage %v, want 0.95", got)
	}
	// Of the last quarter, four times as wide, 0.95/4 are inside; the others see
	// quantiles that the last quarter widens to ±3.4.
	if got := made(1, 2, 4).coverage(0.95); math.Abs(got-(3+0.95/4)/4) > 0.002 {
		t.Errorf("coverage %v, want %v", got, (3+0.95/4)/4)
	}
}

// TestWeights: a member that is always right takes all, equal ones share, at each step.
func TestWeights(t *testing.T) {
	s := eightWeeks()
	p := prepare(s.Values, nil, 24, 168)
	right := member{"right", func(at int, out []float64) { copy(out, p.clean[at:]) }, 1}
	off := member{"off", func(at int, out []float64) {
		for i := range out {
			out[i] = p.clean[min(at+i, len(p.clean)-1)] + 0.1
		}
	}, 1}
	r, err := rehearse(context.Background(), p, []member{right, off, off}, 24, 50)
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.ahead {
		if r.weights[0][i] != 1 || r.weights[1][i] != 0 {
			t.Fatalf("step %d: weights %v, %v", i, r.weights[0][i], r.weights[1][i])
		}
	}
	if r, err = rehearse(context.Background(), p, []member{off, off}, 24, 50); err != nil || r.weights[0][5] != 0.5 {
		t.Errorf("equal members: weight %v, %v", r.weights[0][5], err)
	}
}

// TestSortKeys: numbers that differ in their last bits only, of both signs and all
// sizes, come out in order, equal ones as they came in.
func TestSortKeys(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	x := []float64{0, math.Copysign(0, -1), math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64, 1, math.Nextafter(1, 2), -1, -1}
	for range 3000 {
		v := math.Ldexp(random.NormFloat64(), random.IntN(40)-20)
		x = append(x, v, v, math.Nextafter(v, 9), -v)
	}
	var keys []uint64
	for i, v := range x {
		keys = append(keys, sortKey(v, i))
	}
	before := -1
	for _, k := range sortKeys(keys) {
		i := int(k & (1<<indexBits - 1))
		if before >= 0 && x[before] > x[i] && x[before]-x[i] > 1e-10*math.Abs(x[i]) {
			t.Fatalf("%v stands before %v", x[before], x[i])
		}
		before = i
	}
	s := eightWeeks()
	p := prepare(s.Values, nil, 24, 168)
	r, err := rehearse(context.Background(), p, p.seasonalMembers(true), 336, 60)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range r.sorted[1:] {
		if e.value < r.sorted[i].value-1e-10*math.Abs(e.value) {
			t.Errorf("%v stands before %v", r.sorted[i].value, e.value)
		}
	}
	if len(r.sorted) != len(r.residuals) {
		t.Errorf("%d of %d residuals", len(r.sorted), len(r.residuals))
	}
}
