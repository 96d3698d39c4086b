package chart

import (
	"strings"
	"testing"
)

// Eight series differ by colour and by shape or dashes; the ninth begins anew.
// Color and State choose instead.
func TestSeriesLooks(t *testing.T) {
	var points, lines, dense Plot
	noise := make([]float64, 1000)
	for i := 0; i < 9; i++ {
		y := []float64{float64(i), float64(i) + 1}
		points.Series = append(points.Series, Series{Y: y, Style: Points})
		lines.Series = append(lines.Series, Series{Y: y})
		dense.Series = append(dense.Series, Series{Y: noise})
	}
	look := func(svg, attr string) (inksSeen, shapes map[string]bool) {
		inksSeen, shapes = map[string]bool{}, map[string]bool{}
		for _, e := range elements(t, svg) {
			class := e.attr["class"]
			if e.name != "path" || !strings.Contains(class, "-s") || strings.Contains(class, "s-grid") || strings.Contains(class, "s-axis") {
				continue
			}
			inksSeen[class] = true
			shape := e.attr[attr]
			if attr == "d" { // without the place of the first point
				shape = strings.TrimLeft(strings.SplitN(shape, "M", 3)[1], "0123456789. -")
			}
			shapes[shape] = true
		}
		return inksSeen, shapes
	}
	k, shapes := look(points.SVG(), "d")
	if len(k) != seriesInks || len(shapes) != markers {
		t.Errorf("points: got %d inks and %d shapes, want %d and %d", len(k), len(shapes), seriesInks, markers)
	}
	k, shapes = look(lines.SVG(), "stroke-dasharray")
	if len(k) != seriesInks || len(shapes) != len(dashPatterns)-1 {
		t.Errorf("lines: got %d inks and %d dashes, want %d and %d", len(k), len(shapes), seriesInks, len(dashPatterns)-1)
	}
	if svg := dense.SVG(); strings.Contains(svg, "stroke-dasharray") {
		t.Error("dense lines are dashed; markers tell them apart")
	}

	for _, c := range []struct {
		s    Series
		want string
	}{
		{Series{}, "s-s0"},
		{Series{Color: 3}, "s-s2"},
		{Series{Color: 3, State: Critical}, "s-crit"},
		{Series{Color: -3}, "s-s0"},
	} {
		c.s.Y = []float64{1, 2}
		if svg := (Plot{Series: []Series{c.s}}).SVG(); !strings.Contains(svg, `class="`+c.want+`" fill="none"`) {
			t.Errorf("%+v: no path of class %s", c.s, c.want)
		}
	}
}

// What a state says stands in words and in a sign, not in colour alone.
func TestStatesHaveSigns(t *testing.T) {
	seen := map[string]State{}
	for s := OK; s <= Unknown; s++ {
		c := &canvas{}
		sign(c, s, 10, 10, 6)
		shapes := strings.Join(pathsOf(string(c.b)), " ")
		if other, ok := seen[shapes]; ok || shapes == "" {
			t.Errorf("%s has the sign of %s: %q", s, other, shapes)
		}
		seen[shapes] = s
		svg := Graph{Nodes: []Node{{ID: "a", State: s}}}.SVG()
		for _, want := range []string{">" + s.String() + "</text>", "<title>a, " + s.String() + "</title>", "a (" + s.String() + ")"} {
			if !strings.Contains(svg, want) {
				t.Errorf("%s: %q is not in the picture", s, want)
			}
		}
	}
	c := &canvas{}
	sign(c, Neutral, 0, 0, 6)
	sign(c, State(99), 0, 0, 6)
	if len(c.b) > 0 {
		t.Errorf("a sign for nothing: %s", c.b)
	}
	for s, want := range map[State]string{Neutral: "neutral", OK: "ok", Unknown: "unknown", State(-1): "neutral", State(99): "neutral"} {
		if got := s.String(); got != want {
			t.Errorf("State(%d): got %q, want %q", s, got, want)
		}
	}
}

// pathsOf returns the path data in a piece of a document.
func pathsOf(s string) []string {
	var out []string
	for _, part := range strings.Split(s, ` d="`)[1:] {
		d, _, _ := strings.Cut(part, `"`)
		out = append(out, d)
	}
	return out
}
