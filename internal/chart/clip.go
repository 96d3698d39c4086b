package chart

// box is a rectangle in pixels.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) width() float64  { return b.x1 - b.x0 }
func (b box) height() float64 { return b.y1 - b.y0 }

func (b box) holds(x, y float64) bool {
	const eps = 0.05
	return x >= b.x0-eps && x <= b.x1+eps && y >= b.y0-eps && y <= b.y1+eps
}

func (b box) overlaps(o box) bool {
	return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1
}

// segment returns the part of a line inside the box (Liang and Barsky, 1984).
func (b box) segment(x0, y0, x1, y1 float64) (ax, ay, bx, by float64, ok bool) {
	t0, t1 := 0.0, 1.0
	dx, dy := x1-x0, y1-y0
	for _, e := range [...]struct{ p, q float64 }{
		{-dx, x0 - b.x0}, {dx, b.x1 - x0}, {-dy, y0 - b.y0}, {dy, b.y1 - y0},
	} {
		if e.p == 0 {
			if e.q < 0 {
				return 0, 0, 0, 0, false
			}
			continue
		}
		t := e.q / e.p
		if e.p < 0 {
			t0 = max(t0, t)
		} else {
			t1 = min(t1, t)
		}
	}
	if t0 > t1 {
		return 0, 0, 0, 0, false
	}
	return x0 + t0*dx, y0 + t0*dy, x0 + t1*dx, y0 + t1*dy, true
}

// vertex is a corner of a polygon in pixels.
type vertex struct{ x, y float64 }

// polygon returns the part of a polygon inside the box (Sutherland and Hodgman,
// 1974).
func (b box) polygon(in []vertex) []vertex {
	sides := [...]func(v vertex) float64{ // not negative inside
		func(v vertex) float64 { return v.x - b.x0 },
		func(v vertex) float64 { return b.x1 - v.x },
		func(v vertex) float64 { return v.y - b.y0 },
		func(v vertex) float64 { return b.y1 - v.y },
	}
	for _, side := range sides {
		inside := true
		for _, v := range in {
			if side(v) < 0 {
				inside = false
				break
			}
		}
		if inside {
			continue
		}
		var out []vertex
		for i, v := range in {
			u := in[(i+len(in)-1)%len(in)]
			dv, du := side(v), side(u)
			if (dv < 0) != (du < 0) {
				t := du / (du - dv)
				out = append(out, vertex{u.x + t*(v.x-u.x), u.y + t*(v.y-u.y)})
			}
			if dv >= 0 {
				out = append(out, v)
			}
		}
		in = out
	}
	return in
}
