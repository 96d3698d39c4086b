package optimize_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/internal/optimize"
)

type function func(x, g []float64) float64

func (f function) Evaluate(x, g []float64) float64 { return f(x, g) }

// rosenbrock is the chained valley of any dimension from 2: minimum 0 at 1, …, 1.
func rosenbrock(x, g []float64) float64 {
	clear(g)
	sum := 0.0
	for i := range len(x) - 1 {
		a, b := x[i+1]-x[i]*x[i], 1-x[i]
		sum += 100*a*a + b*b
		g[i] += -400*a*x[i] - 2*b
		g[i+1] += 200 * a
	}
	return sum
}

// beale has its minimum 0 at (3, 0.5).
func beale(x, g []float64) float64 {
	clear(g)
	sum := 0.0
	for i, c := range []float64{1.5, 2.25, 2.625} {
		p := math.Pow(x[1], float64(i+1))
		r := c - x[0]*(1-p)
		sum += r * r
		g[0] -= 2 * r * (1 - p)
		g[1] += 2 * r * x[0] * float64(i+1) * math.Pow(x[1], float64(i))
	}
	return sum
}

// powell's Hessian is singular at its minimum 0 at the origin.
func powell(x, g []float64) float64 {
	a, b, c, d := x[0]+10*x[1], x[2]-x[3], x[1]-2*x[2], x[0]-x[3]
	g[0] = 2*a + 40*d*d*d
	g[1] = 20*a + 4*c*c*c
	g[2] = 10*b - 8*c*c*c
	g[3] = -10*b - 40*d*d*d
	return a*a + 5*b*b + c*c*c*c + 10*d*d*d*d
}

// barrier is x − log x in every variable, undefined at 0 and below: minimum at 1.
func barrier(x, g []float64) float64 {
	sum := 0.0
	for i, v := range x {
		if v <= 0 {
			return math.NaN()
		}
		sum += v - math.Log(v)
		g[i] = 1 - 1/v
	}
	return sum
}

func repeat(v float64, n int) []float64 { return slices.Repeat([]float64{v}, n) }

func TestMinimizeKnownMinima(t *testing.T) {
	for _, c := range []struct {
		name         string
		f            function
		x            []float64
		lower, upper []float64
		want         []float64
		value        float64
		tolerance    float64
		most         int // evaluations
	}{
		{"Rosenbrock", rosenbrock, []float64{-1.2, 1}, nil, nil, repeat(1, 2), 0, 1e-6, 70},
		{"Rosenbrock in 10", rosenbrock, repeat(-1, 10), nil, nil, repeat(1, 10), 0, 1e-5, 160},
		{"Rosenbrock in 100", rosenbrock, repeat(0.5, 100), nil, nil, repeat(1, 100), 0, 1e-4, 600},
		{"Beale", beale, []float64{1, 1}, nil, nil, []float64{3, 0.5}, 0, 1e-5, 60},
		{"Powell", powell, []float64{3, -1, 0, 1}, nil, nil, repeat(0, 4), 0, 0.05, 120},
		// With x₁ at most 0.5 the valley ends at (0.5, 0.25): (1−0.5)² = 0.25.
		{"Rosenbrock behind a wall", rosenbrock, []float64{-1.2, 1}, repeat(-2, 2), []float64{0.5, 2}, []float64{0.5, 0.25}, 0.25, 1e-6, 80},
		// With x₁ in [1.5, 2] the best is x₂ = x₁², x₁ = 1.5: 0.25.
		{"Rosenbrock beyond its minimum", rosenbrock, []float64{2, 2}, []float64{1.5, -9}, []float64{2, 9}, []float64{1.5, 2.25}, 0.25, 1e-6, 60},
		// A box of one point leaves nothing to search.
		{"a point", rosenbrock, []float64{7, 7}, repeat(3, 2), repeat(3, 2), repeat(3, 2), 3604, 0, 1},
		{"undefined region", barrier, repeat(9, 5), nil, nil, repeat(1, 5), 5, 1e-5, 60},
		{"start outside the box", rosenbrock, []float64{-50, 50}, repeat(0, 2), repeat(2, 2), repeat(1, 2), 0, 1e-5, 100},
		{"no variable", func(x, g []float64) float64 { return 4 }, nil, nil, nil, nil, 4, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w optimize.Workspace
			got := w.Minimize(c.f, c.x, c.lower, c.upper, optimize.Settings{Gradient: 1e-7})
			if math.Abs(got.Value-c.value) > 1e-8*max(1, c.value) || got.Evaluations > c.most || got.Status == optimize.Undefined || got.Status == optimize.Exhausted {
				t.Errorf("got %+v at %v, want value %v within %d evaluations", got, c.x, c.value, c.most)
			}
			for i := range c.x {
				if math.Abs(c.x[i]-c.want[i]) > c.tolerance {
					t.Errorf("got %v, want %v", c.x, c.want)
					break
				}
			}
		})
	}
}

// On a convex quadratic in a box the end satisfies the conditions of Karush,
// Kuhn and Tucker: no slope inside, and none that leads out of a bound inwards.
func TestMinimizeQuadraticInABox(t *testing.T) {
	var w optimize.Workspace
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		number := rapid.Float64Range(-3, 3)
		a := make([]float64, n*n) // the Hessian is aᵀa + I
		b, x, lower, upper := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range a {
			a[i] = number.Draw(t, "a")
		}
		for i := range b {
			b[i] = number.Draw(t, "b")
			lower[i] = number.Draw(t, "lower")
			upper[i] = lower[i] + math.Abs(number.Draw(t, "width"))
			x[i] = number.Draw(t, "x")
		}
		f := function(func(x, g []float64) float64 {
			value := 0.0
			for i := range x {
				value += 0.5*x[i]*x[i] - b[i]*x[i]
				g[i] = x[i] - b[i]
			}
			for r := range n {
				s := 0.0
				for i := range x {
					s += a[r*n+i] * x[i]
				}
				value += 0.5 * s * s
				for i := range x {
					g[i] += a[r*n+i] * s
				}
			}
			return value
		})
		got := w.Minimize(f, x, lower, upper, optimize.Settings{Gradient: 1e-9, Evaluations: 3000})
		g := make([]float64, n)
		f(x, g)
		for i := range x {
			if x[i] < lower[i] || x[i] > upper[i] {
				t.Fatalf("x[%d] = %v left [%v, %v]", i, x[i], lower[i], upper[i])
			}
			inward := g[i] < -1e-5 && x[i] < upper[i]-1e-9 || g[i] > 1e-5 && x[i] > lower[i]+1e-9
			if inward {
				t.Fatalf("%+v: slope %v at x[%d] = %v in [%v, %v]", got, g[i], i, x[i], lower[i], upper[i])
			}
		}
	})
}

func TestMinimizeSaysWhyItEnded(t *testing.T) {
	for _, c := range []struct {
		name     string
		f        function
		x        float64
		settings optimize.Settings
		want     optimize.Status
	}{
		{"flat", func(x, g []float64) float64 { g[0] = 2 * x[0]; return x[0] * x[0] }, 3, optimize.Settings{Gradient: 1e-9}, optimize.Flat},
		{"settled", func(x, g []float64) float64 { g[0] = 4 * x[0] * x[0] * x[0]; return math.Pow(x[0], 4) }, 3, optimize.Settings{Decrease: 1e-6}, optimize.Settled},
		{"exhausted", func(x, g []float64) float64 { g[0] = -1; return -x[0] }, 0, optimize.Settings{Evaluations: 7}, optimize.Exhausted},
		{"stuck: the gradient lies", func(x, g []float64) float64 { g[0] = -1; return math.Abs(x[0]) }, 0, optimize.Settings{}, optimize.Stuck},
		{"undefined value", func(x, g []float64) float64 { g[0] = 1; return math.Inf(1) }, 0, optimize.Settings{}, optimize.Undefined},
		{"undefined gradient", func(x, g []float64) float64 { g[0] = math.NaN(); return 1 }, 0, optimize.Settings{}, optimize.Undefined},
		{"undefined everywhere else", func(x, g []float64) float64 {
			g[0] = 1
			if x[0] != 0 {
				return math.NaN()
			}
			return 0
		}, 0, optimize.Settings{}, optimize.Stuck},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w optimize.Workspace
			x := []float64{c.x}
			if got := w.Minimize(c.f, x, nil, nil, c.settings); got.Status != c.want {
				t.Errorf("got %v after %d evaluations at %v, want %v", got.Status, got.Evaluations, x, c.want)
			}
		})
	}
}

func TestMinimizeStaysWithinItsEvaluations(t *testing.T) {
	for limit := 1; limit < 40; limit++ {
		calls := 0
		f := function(func(x, g []float64) float64 { calls++; return rosenbrock(x, g) })
		var w optimize.Workspace
		x := []float64{-1.2, 1}
		got := w.Minimize(f, x, nil, nil, optimize.Settings{Evaluations: limit})
		if calls > limit || got.Evaluations != calls {
			t.Errorf("limit %d: called %d times, reported %d", limit, calls, got.Evaluations)
		}
		if v := rosenbrock(x, make([]float64, 2)); v != got.Value {
			t.Errorf("limit %d: reported %v, but x has %v", limit, got.Value, v)
		}
	}
}

func TestMinimizeReusedWorkspaceChangesNothing(t *testing.T) {
	run := func(w *optimize.Workspace) []float64 {
		x := repeat(-1, 10)
		w.Minimize(function(rosenbrock), x, nil, repeat(2, 10), optimize.Settings{})
		return x
	}
	var used optimize.Workspace
	used.Minimize(function(barrier), repeat(3, 40), nil, nil, optimize.Settings{Memory: 3})
	var fresh optimize.Workspace
	if got, want := run(&used), run(&fresh); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	x := make([]float64, 10)
	if allocs := testing.AllocsPerRun(10, func() {
		copy(x, repeat10)
		used.Minimize(function(rosenbrock), x, nil, nil, optimize.Settings{})
	}); allocs != 0 {
		t.Errorf("got %v allocations with a used workspace, want 0", allocs)
	}
}

var repeat10 = repeat(-1, 10)

func BenchmarkMinimizeRosenbrock(b *testing.B) {
	var w optimize.Workspace
	x := make([]float64, 10)
	b.ReportAllocs()
	for b.Loop() {
		copy(x, repeat10)
		w.Minimize(function(rosenbrock), x, nil, nil, optimize.Settings{Gradient: 1e-6})
	}
}
