package chart

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

func (p Plot) legend(d plotData) []legendItem {
	var items []legendItem
	for _, cv := range d.curves {
		if cv.Name == "" || len(items) >= maxSeries {
			continue
		}
		if cv.Style == Points {
			items = append(items, legendItem{cv.Name, markerSample(cv.ink, cv.mark)})
			continue
		}
		dash, mark := cv.strokes()
		items = append(items, legendItem{cv.Name, lineSample(cv.ink, dash, mark)})
	}
	for i, b := range p.Bands {
		if b.Name != "" {
			items = append(items, legendItem{b.Name, swatchSample(colorInk(b.Color, b.State, i), 0.3)})
		}
	}
	for i, n := range p.Fans {
		if n.Name == "" {
			continue
		}
		k := colorInk(n.Color, Neutral, len(p.Series)+i)
		items = append(items, legendItem{n.Name + n.levels(), func(c *canvas, x, y float64) {
			c.rect(x+2, y-7, 20, 14).fill(k).num("fill-opacity", 0.16).close()
			c.rect(x+2, y-4, 20, 8).fill(k).num("fill-opacity", 0.25).close()
			c.line(x+2, y, x+22, y, k, 2, "")
		}})
	}
	if len(items) == 1 && items[0].name == p.Title {
		return nil
	}
	return items
}

// levels says in words which intervals the bands of a fan are.
func (n Fan) levels() string {
	var out []string
	used := n.usable()
	for _, i := range used {
		for _, j := range used {
			q, r := n.Quantiles[i], n.Quantiles[j]
			if q < 0.5 && math.Abs(q+r-1) <= 1e-9 && len(out) < 4 {
				out = append(out, Percent.Format(math.Round((r-q)*1e6)/1e6))
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (" + strings.Join(out, ", ") + ")"
}

// summary describes the data in words for readers who do not see them.
func (p Plot) summary(d plotData, sx scale) string {
	var b strings.Builder
	b.WriteString(p.kind())
	if p.X.Time {
		from, to := instant(sx.lo, p.X.Zone), instant(sx.hi, p.X.Zone)
		fmt.Fprintf(&b, " from %s to %s", from.Format("2 Jan 2006 15:04 MST"), to.Format("2 Jan 2006 15:04 MST"))
	}
	b.WriteString(".")
	for i, cv := range d.curves {
		if i == 8 {
			fmt.Fprintf(&b, " And %d more series.", len(d.curves)-i)
			break
		}
		name := cv.Name
		if name == "" {
			name = "Series " + strconv.Itoa(i+1)
		}
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, pt := range cv.points {
			lo, hi = math.Min(lo, pt.y), math.Max(hi, pt.y)
		}
		if len(cv.points) == 0 {
			fmt.Fprintf(&b, " %s: no data.", name)
			continue
		}
		u := p.Y.Unit
		fmt.Fprintf(&b, " %s: %d samples, least %s, greatest %s", name, cv.count, u.Format(lo), u.Format(hi))
		if cv.Style != Points {
			fmt.Fprintf(&b, ", last %s", u.Format(cv.points[len(cv.points)-1].y))
		}
		b.WriteString(".")
	}
	for i, n := range p.Fans {
		if i == 4 {
			break
		}
		fmt.Fprintf(&b, " %s%s.", strings.TrimSpace("Forecast "+n.Name), n.levels())
	}
	for i, t := range p.Thresholds {
		if i == 8 {
			break
		}
		fmt.Fprintf(&b, " Threshold %s at %s.", t.Label, p.Y.Unit.Format(t.Value))
	}
	for i, e := range p.Events {
		if i == 8 {
			fmt.Fprintf(&b, " And %d more events.", len(p.Events)-i)
			break
		}
		if p.X.Time {
			fmt.Fprintf(&b, " Event %s at %s.", e.Label, e.At.In(inZone(p.X.Zone)).Format("2 Jan 2006 15:04 MST"))
		}
	}
	return b.String()
}
