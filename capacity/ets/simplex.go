package ets

import (
	"cmp"
	"math"
	"slices"
)

// searchCube minimises f over [0, 1]^n for a small n: a coarse grid, the simplex
// method of Nelder and Mead (1965, Computer Journal 7, 308) from its two best
// points, and again from the best end with steps along the axes in between.
// Points that leave the cube are moved to its face, so that minima on the edge
// are reached; where that flattens a simplex the steps lead on. f may be +Inf
// but not NaN.
func searchCube(n int, f func([]float64) float64) []float64 {
	ticks := []float64{0.04, 0.25, 0.8}
	if n > 3 {
		ticks = []float64{0.02, 0.3}
	}
	var grid []vertex
	for code := range int(math.Pow(float64(len(ticks)), float64(n)) + 0.5) {
		x := make([]float64, n)
		for i := range x {
			x[i] = ticks[code%len(ticks)]
			code /= len(ticks)
		}
		grid = append(grid, vertex{x, f(x)})
	}
	byValue := func(a, b vertex) int { return cmp.Compare(a.f, b.f) }
	slices.SortStableFunc(grid, byValue)
	var ends []vertex
	for _, g := range grid[:2] {
		ends = append(ends, simplex(g, 0.1, 1e-4, 40*n, f))
	}
	best := slices.MinFunc(ends, byValue)
	for _, size := range []float64{0.05, 0.01} {
		best = compass(best, f)
		if again := simplex(best, size, 1e-10, 60*n, f); again.f < best.f {
			best = again
		}
	}
	return best.x
}

// compass steps along the axes while that helps, and halves its steps when not
// (Hooke and Jeeves 1961, without their pattern moves).
func compass(best vertex, f func([]float64) float64) vertex {
	x := slices.Clone(best.x)
	for size := 0.03; size > 1e-4; {
		better := false
		for i, was := range x {
			for _, step := range []float64{size, -size} {
				x[i] = min(max(was+step, 0), 1)
				if v := f(x); v < best.f {
					best, better = vertex{slices.Clone(x), v}, true
					break
				}
				x[i] = was
			}
		}
		if !better {
			size /= 5
		}
	}
	return best
}

type vertex struct {
	x []float64
	f float64
}

// simplex searches from a simplex of the given size at start until its values
// agree to the tolerance and its corners to the tolerance's root.
func simplex(start vertex, size, tolerance float64, evaluations int, f func([]float64) float64) vertex {
	n := len(start.x)
	corners := []vertex{{slices.Clone(start.x), start.f}}
	for i := range n {
		x := slices.Clone(start.x)
		if x[i] += size; x[i] > 1 {
			x[i] -= 2 * size
		}
		corners = append(corners, vertex{x, f(x)})
	}
	evaluations -= n
	centre, tried := make([]float64, n), make([]float64, n)
	// try evaluates the point that lies from the centre, along the worst
	// corner's direction, at the given multiple of its distance.
	try := func(along float64) float64 {
		for i, c := range centre {
			tried[i] = min(max(c+float64(along*(corners[n].x[i]-c)), 0), 1)
		}
		evaluations--
		return f(tried)
	}
	for {
		slices.SortStableFunc(corners, func(a, b vertex) int { return cmp.Compare(a.f, b.f) })
		low, high := corners[0], corners[n]
		spread := 0.0
		for i := range n {
			for _, c := range corners[1:] {
				spread = max(spread, math.Abs(c.x[i]-low.x[i]))
			}
		}
		if evaluations <= 0 || high.f-low.f <= tolerance*math.Abs(low.f) && spread <= math.Sqrt(tolerance) {
			return low
		}
		clear(centre)
		for _, c := range corners[:n] {
			for i, v := range c.x {
				centre[i] += v / float64(n)
			}
		}
		keep := func(v float64) {
			copy(corners[n].x, tried)
			corners[n].f = v
		}
		reflected := try(-1)
		switch {
		case reflected < low.f:
			point := slices.Clone(tried)
			if further := try(-2); further < reflected {
				keep(further)
			} else {
				copy(tried, point)
				keep(reflected)
			}
			continue
		case reflected < corners[n-1].f || n == 1 && reflected < high.f:
			keep(reflected)
			continue
		case reflected < high.f:
			keep(reflected)
		}
		if inner := try(0.5); inner < corners[n].f {
			keep(inner)
			continue
		}
		for k := 1; k <= n; k++ {
			for i := range n {
				corners[k].x[i] = (corners[k].x[i] + low.x[i]) / 2
			}
			corners[k].f = f(corners[k].x)
			evaluations--
		}
	}
}
