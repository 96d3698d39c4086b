package chart

import "math"

// strokes says how the curve is told apart besides its colour: an open curve by
// its dashes, a dense one, whose dashes would drown, by markers here and there.
func (cv curve) strokes() (dash string, mark int) {
	dash, mark = cv.dash, -1
	if cv.Dash == DashAuto && cv.dense && cv.mark > 0 {
		dash, mark = "", cv.mark
	}
	if cv.Markers {
		mark = cv.mark
	}
	return dash, mark
}

func drawCurve(c *canvas, area box, sx, sy scale, cv curve) {
	if cv.Style == Points {
		drawPoints(c, area, sx, sy, cv)
		return
	}
	pts := cv.pixels
	var p, dots path
	radius := 3.6
	if cv.dense {
		radius = 1.5
	}
	penX, penY, down := 0.0, 0.0, false
	for i, v := range pts {
		if v.first {
			down = false
			if i+1 == len(pts) || pts[i+1].first { // alone between gaps: a dot
				if area.holds(v.x, v.y) {
					dots.marker(max(cv.mark, 0), v.x, v.y, radius)
				}
			}
			continue
		}
		u := pts[i-1]
		ax, ay, bx, by, ok := area.segment(u.x, u.y, v.x, v.y)
		if !ok {
			down = false
			continue
		}
		if !down || ax != penX || ay != penY {
			p.move(ax, ay)
		}
		if math.Abs(bx-ax)+math.Abs(by-ay) > 0 {
			p.to(bx, by)
		}
		penX, penY, down = bx, by, true
	}
	if len(dots.b) > 0 {
		c.el("path").d(dots).fill(cv.ink).close()
	}
	if len(p.b) == 0 {
		return
	}
	dash, mark := cv.strokes()
	width := 2.0
	if cv.dense {
		width = 1.3
	}
	c.el("path").d(p).fill(inkNone).stroke(cv.ink).num("stroke-width", width).str("stroke-linejoin", "round").str("stroke-linecap", capFor(dash)).dash(dash).close()
	if mark < 0 {
		return
	}
	// Markers on all samples, or about every ninety pixels.
	var m path
	every := 0.0
	if len(cv.points) > int(area.width()/14) || !cv.Markers {
		every = 90
	}
	next := math.Inf(-1)
	if every > 0 {
		next = area.x0 + every*(0.3+0.1*float64(mark%5))
	}
	for _, v := range cv.points {
		x, y := sx.at(v.x), sy.at(v.y)
		if x < next || !area.holds(x, y) {
			continue
		}
		m.marker(mark, x, y, 3.6)
		if every > 0 {
			next = x + every
		}
	}
	if len(m.b) > 0 {
		c.el("path").d(m).fill(cv.ink).stroke(inkPaper).num("stroke-width", 1).close()
	}
}

func capFor(dash string) string {
	if dash == "" {
		return "round"
	}
	return "butt"
}

// trace returns the corners of the curve in pixels, with the stairs of a step.
func (cv curve) trace(sx, sy scale) []point {
	out := make([]point, 0, len(cv.points)*2+1)
	for i, v := range cv.points {
		x, y := sx.at(v.x), sy.at(v.y)
		if cv.Style == Step && !v.first && i > 0 {
			out = append(out, point{x, sy.at(cv.points[i-1].y), false})
		}
		out = append(out, point{x, y, v.first})
		ends := i+1 == len(cv.points) || cv.points[i+1].first
		if cv.Style == Step && ends && cv.hold > 0 && !cv.dense && (!sx.log || v.x > 0) {
			end := sx.at(v.x + cv.hold)
			if i+1 == len(cv.points) {
				end = math.Min(end, math.Max(sx.b, x))
			}
			out = append(out, point{end, y, false})
		}
	}
	return out
}

// busy tells whether a curve runs through a box.
func (d plotData) busy(b box) bool {
	for _, list := range [...][]curve{d.curves, d.medians} {
		for _, cv := range list {
			for i, v := range cv.pixels {
				if b.holds(v.x, v.y) {
					return true
				}
				if i == 0 || v.first || cv.Style == Points {
					continue
				}
				u := cv.pixels[i-1]
				if _, _, _, _, ok := b.segment(u.x, u.y, v.x, v.y); ok {
					return true
				}
			}
		}
	}
	return false
}

// drawArea fills the room between the curve and zero.
func drawArea(c *canvas, area box, sy scale, cv curve) {
	base := area.y1
	if !sy.log {
		base = math.Min(math.Max(sy.at(0), area.y0), area.y1)
	}
	pts := cv.pixels
	var p path
	for i := 0; i < len(pts); {
		j := i + 1
		for j < len(pts) && !pts[j].first {
			j++
		}
		if j-i > 1 {
			poly := []vertex{{pts[i].x, base}}
			for _, v := range pts[i:j] {
				poly = append(poly, vertex{v.x, v.y})
			}
			poly = append(poly, vertex{pts[j-1].x, base})
			p.polygon(area.polygon(poly))
		}
		i = j
	}
	if len(p.b) > 0 {
		c.el("path").d(p).fill(cv.ink).num("fill-opacity", 0.14).close()
	}
}

func (p *path) polygon(v []vertex) {
	if len(v) < 3 {
		return
	}
	p.move(v[0].x, v[0].y)
	for _, w := range v[1:] {
		p.to(w.x, w.y)
	}
	p.op('z')
}

func drawRibbon(c *canvas, area box, sx, sy scale, r ribbon) {
	var p path
	for i := 0; i < len(r.points); {
		j := i + 1
		for j < len(r.points) && !r.points[j].first {
			j++
		}
		run := r.points[i:j]
		poly := make([]vertex, 0, 2*len(run)+2)
		if len(run) == 1 { // a lone position is a bar two pixels wide
			x := sx.at(run[0].x)
			l, h := sy.at(run[0].low), sy.at(run[0].high)
			poly = append(poly, vertex{x - 1, h}, vertex{x + 1, h}, vertex{x + 1, l}, vertex{x - 1, l})
		} else {
			for _, b := range run {
				poly = append(poly, vertex{sx.at(b.x), sy.at(b.high)})
			}
			for k := len(run) - 1; k >= 0; k-- {
				poly = append(poly, vertex{sx.at(run[k].x), sy.at(run[k].low)})
			}
		}
		p.polygon(area.polygon(poly))
		i = j
	}
	if len(p.b) > 0 {
		c.el("path").d(p).fill(r.ink).num("fill-opacity", r.opacity).close()
	}
}

const (
	shapedPoints = 1500 // more points are drawn as dots
	scatterCell  = 2.5  // pixels; of many points one in each cell is drawn
)

// scatter reduces a cloud: as given if it is small, otherwise one point for each
// occupied cell of a fine grid, and always the points at the extremes.
func (s samples) scatter(ax, ay Axis, lo, hi float64, width int) []point {
	usable := func(i int) (x, y float64, ok bool) {
		x, y = s.at(i), s.y[i]
		ok = ax.drawable(x) && ay.drawable(y) && !(i < len(s.missing) && s.missing[i])
		return
	}
	var out []point
	if s.n <= shapedPoints {
		for i := 0; i < s.n; i++ {
			if x, y, ok := usable(i); ok {
				out = append(out, point{x, y, true})
			}
		}
		return out
	}
	var left, right, low, high = -1, -1, -1, -1
	for i := 0; i < s.n; i++ {
		x, y, ok := usable(i)
		if !ok || x < lo || x > hi {
			continue
		}
		if left < 0 || x < s.at(left) {
			left = i
		}
		if right < 0 || x > s.at(right) {
			right = i
		}
		if low < 0 || y < s.y[low] {
			low = i
		}
		if high < 0 || y > s.y[high] {
			high = i
		}
	}
	if low < 0 {
		return nil
	}
	for _, i := range [...]int{left, right, low, high} {
		out = append(out, point{s.at(i), s.y[i], true})
	}
	cols := int(float64(width)/scatterCell) + 1
	rows := int(400/scatterCell) + 1
	toColumn := newColumns(ax, lo, hi, cols)
	toRow := newColumns(Axis{Log: ay.Log}, s.y[low], s.y[high], rows)
	seen := make([]bool, (cols+2)*(rows+2))
	for i := 0; i < s.n; i++ {
		x, y, ok := usable(i)
		if !ok || x < lo || x > hi {
			continue
		}
		cell := (toRow.of(y)+1)*(cols+2) + toColumn.of(x) + 1
		if !seen[cell] {
			seen[cell] = true
			out = append(out, point{x, y, true})
		}
	}
	return out
}

func drawPoints(c *canvas, area box, sx, sy scale, cv curve) {
	var p path
	shaped := len(cv.points) <= shapedPoints
	for _, v := range cv.points {
		x, y := sx.at(v.x), sy.at(v.y)
		if !area.holds(x, y) {
			continue
		}
		if shaped {
			r := 3.5
			if len(cv.points) > 300 {
				r = 2.5
			}
			p.marker(cv.mark, x, y, r)
		} else {
			p.move(x, y).op('h', 0)
		}
	}
	if len(p.b) == 0 {
		return
	}
	if shaped {
		c.el("path").d(p).fill(cv.ink).num("fill-opacity", 0.75).close()
		return
	}
	c.el("path").d(p).fill(inkNone).stroke(cv.ink).num("stroke-width", 2.2).num("stroke-opacity", 0.6).str("stroke-linecap", "round").close()
}
