package chart

import (
	"encoding/xml"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// drawn is one element of a picture.
type drawn struct {
	name, text string
	attr       map[string]string
}

func (d drawn) num(name string) float64 {
	v, _ := strconv.ParseFloat(d.attr[name], 64)
	return v
}

// elements lists the elements of a picture; text is their text or tooltip.
func elements(t testing.TB, svg string) []drawn {
	t.Helper()
	var list []drawn
	d := xml.NewDecoder(strings.NewReader(svg))
	tip := false
	for {
		tok, err := d.Token()
		if err != nil {
			return list
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if tip = e.Name.Local == "title" && len(list) > 1; tip {
				continue
			}
			el := drawn{name: e.Name.Local, attr: map[string]string{}}
			for _, a := range e.Attr {
				el.attr[a.Name.Local] = a.Value
			}
			list = append(list, el)
		case xml.CharData:
			if s := string(e); strings.TrimSpace(s) != "" && len(list) > 0 {
				list[len(list)-1].text += s
			}
		}
	}
}

// textBox is where a text stands, by the estimate of its width.
func (d drawn) textBox() box {
	x, y, size := d.num("x"), d.num("y"), d.num("font-size")
	if size == 0 {
		size = sizeText
	}
	w := textWidth(d.text, size)
	switch d.attr["text-anchor"] {
	case "middle":
		x -= w / 2
	case "end":
		x -= w
	}
	return box{x, y - 0.72*size, x + w, y + 0.15*size}
}

// checkTexts checks that texts stay inside the picture and off one another.
// Slanted texts are left out.
func checkTexts(t interface{ Errorf(string, ...any) }, name string, list []drawn) {
	var boxes []box
	var texts []string
	w, h := list[0].num("width"), list[0].num("height")
	for _, e := range list {
		if e.name != "text" || e.attr["transform"] != "" {
			continue
		}
		b := e.textBox()
		if b.x0 < -1 || b.x1 > w+1 || b.y0 < 0 || b.y1 > h {
			t.Errorf("%s, %v wide: %q at %.0f leaves the picture of %v × %v", name, w, e.text, b, w, h)
		}
		for i, o := range boxes {
			if b.x0+1 < o.x1 && o.x0+1 < b.x1 && b.y0+1 < o.y1 && o.y0+1 < b.y1 {
				t.Errorf("%s, %v wide: %q overlaps %q", name, w, e.text, texts[i])
			}
		}
		boxes = append(boxes, b)
		texts = append(texts, e.text)
	}
}

func TestTextsApart(t *testing.T) {
	for _, s := range gallery(t) {
		for _, w := range []int{200, 260, 320, 479, 480, 800, 1200} {
			checkTexts(t, s.name, elements(t, s.draw(w, Light)))
		}
	}
	// Long numbers along the axis.
	for _, w := range []int{200, 320, 1200} {
		checkTexts(t, "long numbers", elements(t, Plot{Width: w, Series: []Series{{X: []float64{1e9, 1e9 + 50}, Y: []float64{1, 2}}}}.SVG()))
	}
}

// Timelines and plots with spans, events and thresholds at random places.
func TestTextsApartAnywhere(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	base := t
	names := []string{"", "A", "deploy v2.3.1", "HighErrorBudgetBurn", "Dörte", "clocks change", "a rather long name of an event"}
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 3, 27, 0, 0, 0, 0, berlin)
		hours := rapid.IntRange(1, 24*400).Draw(t, "hours")
		at := func(label string) time.Time {
			return start.Add(time.Duration(rapid.IntRange(0, hours*60).Draw(t, label)) * time.Minute)
		}
		var events []Event
		for i := rapid.IntRange(0, 8).Draw(t, "events"); i > 0; i-- {
			events = append(events, Event{At: at("event"), Label: rapid.SampledFrom(names).Draw(t, "label")})
		}
		width := rapid.IntRange(240, 1200).Draw(t, "width")
		timeline := Timeline{X: Axis{Zone: berlin, From: start, To: start.Add(time.Duration(hours) * time.Hour)}, Width: width, Events: events}
		for r := rapid.IntRange(1, 4).Draw(t, "rows"); r > 0; r-- {
			row := Row{Name: rapid.SampledFrom(names).Draw(t, "name")}
			for i := rapid.IntRange(1, 6).Draw(t, "spans"); i > 0; i-- {
				from := at("from")
				row.Spans = append(row.Spans, Span{From: from, To: from.Add(time.Duration(rapid.IntRange(0, hours*20).Draw(t, "long")) * time.Minute),
					Label: rapid.SampledFrom(names).Draw(t, "label"), State: State(rapid.IntRange(0, 5).Draw(t, "state"))})
			}
			timeline.Rows = append(timeline.Rows, row)
		}
		fail := errorf(func(s string, a ...any) { t.Fatalf(s, a...) })
		checkTexts(fail, "timeline", elements(base, timeline.SVG()))

		p := Plot{Width: width, X: timeline.X, Events: events, Series: []Series{{Name: "a", Start: start, Step: time.Duration(hours) * time.Minute, Y: []float64{1, 5, 2, 8, 3, 9}}}}
		for i := rapid.IntRange(0, 5).Draw(t, "thresholds"); i > 0; i-- {
			p.Thresholds = append(p.Thresholds, Threshold{Value: float64(rapid.IntRange(0, 12).Draw(t, "value")), Label: rapid.SampledFrom(names).Draw(t, "label")})
		}
		checkTexts(fail, "plot", elements(base, p.SVG()))
	})
}

// errorf lets rapid stop at the first fault.
type errorf func(string, ...any)

func (f errorf) Errorf(s string, a ...any) { f(s, a...) }

// paths returns the path data of strokes with the ink of series i.
func paths(t testing.TB, svg string, i int) []string {
	t.Helper()
	var out []string
	for _, e := range elements(t, svg) {
		if e.name == "path" && strings.Contains(" "+e.attr["class"]+" ", " s-"+inks[seriesInk(i)].name+" ") {
			out = append(out, e.attr["d"])
		}
	}
	return out
}

// bare is a plot whose area and scale a test can compute: the axis from 0 to 10
// on both sides.
func bare(s Series) Plot {
	return Plot{Width: 400, X: Axis{Min: 0, Max: 10}, Y: Axis{Min: 0, Max: 10}, Series: []Series{s}}
}

// area finds the plot area of a picture from its grid: the first path holds lines
// from edge to edge, the base line follows.
func areaOf(t testing.TB, svg string) box {
	t.Helper()
	m := regexp.MustCompile(`M([\d.]+) ([\d.]+)H([\d.]+)`).FindAllStringSubmatch(svg, -1)
	if len(m) < 2 {
		t.Fatal("no grid")
	}
	num := func(s string) float64 { v, _ := strconv.ParseFloat(s, 64); return v }
	b := box{num(m[0][1]), math.Inf(1), num(m[0][3]), math.Inf(-1)}
	for _, l := range m {
		y := num(l[2])
		b.y0, b.y1 = math.Min(b.y0, y), math.Max(b.y1, y)
	}
	return b
}

// inData turns absolute path data back into values of a bare plot.
func inData(t testing.TB, svg, d string) string {
	t.Helper()
	a := areaOf(t, svg)
	var out []string
	for _, m := range regexp.MustCompile(`([ML])(-?[\d.]+)[ ]?(-?[\d.]+)`).FindAllStringSubmatch(d, -1) {
		x, _ := strconv.ParseFloat(m[2], 64)
		y, _ := strconv.ParseFloat(m[3], 64)
		out = append(out, fmt.Sprintf("%s%.0f,%.0f", m[1], (x-a.x0)/a.width()*10, (a.y1-y)/a.height()*10))
	}
	return strings.Join(out, " ")
}

func TestCurves(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name string
		s    Series
		want string
	}{
		{"line", Series{Y: []float64{1, 3, 2}}, "M0,1 L1,3 L2,2"},
		{"gap", Series{Y: []float64{1, 3, nan, 2, 4}}, "M0,1 L1,3 M3,2 L4,4"},
		{"masked", Series{Y: []float64{1, 3, 9, 2, 4}, Missing: []bool{false, false, true}}, "M0,1 L1,3 M3,2 L4,4"},
		{"alone between gaps", Series{Y: []float64{nan, 5, nan, 2, 4}}, "dot 1,5 M3,2 L4,4"},
		{"one sample", Series{Y: []float64{5}}, "dot 0,5"},
		{"unsorted", Series{X: []float64{4, 2, 3}, Y: []float64{1, 2, 3}}, "M2,2 L3,3 L4,1"},
		{"positions of another length", Series{X: []float64{1, 2}, Y: []float64{1, 2, 3}}, "M1,1 L2,2"},
		{"leaves on top", Series{X: []float64{0, 4, 8}, Y: []float64{5, 25, 5}}, "M0,5 L1,10 M7,10 L8,5"},
		{"enters from the left", Series{X: []float64{-5, 5}, Y: []float64{0, 10}}, "M0,5 L5,10"},
		{"step", Series{Style: Step, X: []float64{0, 2, 5}, Y: []float64{1, 4, 2}}, "M0,1 L2,1 L2,4 L5,4 L5,2"},
		{"step on a grid holds its last value", Series{Style: Step, Y: []float64{1, 4}}, "M0,1 L1,1 L1,4 L2,4"},
		{"step before a gap", Series{Style: Step, Y: []float64{1, nan, 4}}, "M0,1 L1,1 M2,4 L3,4"},
	} {
		svg := bare(c.s).SVG()
		var all []string
		a := areaOf(t, svg)
		for _, m := range regexp.MustCompile(`<path d="M([\d.]+) ([\d.]+)a3\.6[^"]*" class="f-s0"`).FindAllStringSubmatch(svg, -1) {
			x, _ := strconv.ParseFloat(m[1], 64) // the left end of a circle
			y, _ := strconv.ParseFloat(m[2], 64)
			all = append(all, fmt.Sprintf("dot %.0f,%.0f", (x+3.6-a.x0)/a.width()*10, (a.y1-y)/a.height()*10))
		}
		for _, d := range paths(t, svg, 0) {
			all = append(all, inData(t, svg, d))
		}
		if got := strings.Join(all, " "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// Bands and fans follow their positions, too, not the order of the input.
func TestBandsAreSorted(t *testing.T) {
	x, sorted := []float64{2, 0, 1}, []float64{0, 1, 2}
	for _, c := range []struct {
		name string
		a, b Plot
	}{
		{"band",
			Plot{Bands: []Band{{X: []float64{3, 1, 0, 2}, Low: []float64{4, 2, 1, 3}, High: []float64{7, 5, 4, 6}, Missing: []bool{true}}}},
			Plot{Bands: []Band{{X: []float64{0, 1, 2, 3}, Low: []float64{1, 2, 3, 4}, High: []float64{4, 5, 6, 7}, Missing: []bool{false, false, false, true}}}}},
		{"fan",
			Plot{Fans: []Fan{{X: x, Quantiles: []float64{0.1, 0.5, 0.9}, Values: [][]float64{{3, 1, 2}, {4, 2, 3}, {6, 4, 5, 9}}}}},
			Plot{Fans: []Fan{{X: sorted, Quantiles: []float64{0.1, 0.5, 0.9}, Values: [][]float64{{1, 2, 3}, {2, 3, 4}, {4, 5, 6}}}}}},
	} {
		if a, b := c.a.SVG(), c.b.SVG(); a != b || strings.Contains(a, "no data") {
			t.Errorf("%s: the pictures differ or are empty:\n%s\n%s", c.name, a, b)
		}
	}
}

func TestFan(t *testing.T) {
	for _, c := range []struct {
		name          string
		quantiles     []float64
		bands, lines  int
		legendsSuffix string
	}{
		{"three", []float64{0.1, 0.5, 0.9}, 1, 1, " (80\u00a0%)"},
		{"five, any order", []float64{0.9, 0.5, 0.1, 0.25, 0.75}, 2, 1, " (80\u00a0%, 50\u00a0%)"},
		{"no partner", []float64{0.5, 0.95}, 0, 2, ""},
		{"no median", []float64{0.2, 0.8}, 1, 0, " (60\u00a0%)"},
		{"out of range", []float64{0, 0.5, 1, -3}, 0, 1, ""},
	} {
		f := Fan{Name: "forecast", Quantiles: c.quantiles}
		for i := range c.quantiles {
			f.Values = append(f.Values, []float64{float64(i), float64(i) + 1})
		}
		svg := Plot{Fans: []Fan{f}}.SVG()
		bands, lines := 0, 0
		for _, e := range elements(t, svg) {
			if e.name == "path" && strings.HasPrefix(e.attr["class"], "f-s0") {
				bands++
			}
		}
		lines = len(paths(t, svg, 0))
		if bands != c.bands || lines != c.lines {
			t.Errorf("%s: got %d bands and %d lines, want %d and %d", c.name, bands, lines, c.bands, c.lines)
		}
		if !strings.Contains(svg, ">forecast"+c.legendsSuffix+"</text>") {
			t.Errorf("%s: the legend does not say %q", c.name, "forecast"+c.legendsSuffix)
		}
	}
}

// barRects returns "tooltip" -> rectangle of every bar.
func barRects(t testing.TB, svg string) map[string]box {
	t.Helper()
	out := map[string]box{}
	for _, e := range elements(t, svg) {
		if e.name == "rect" && e.text != "" {
			x, y := e.num("x"), e.num("y")
			out[e.text] = box{x, y, x + e.num("width"), y + e.num("height")}
		}
	}
	return out
}

func TestBars(t *testing.T) {
	b := Bars{
		Width: 600, Stacked: true, Categories: []string{"a", "b"},
		Series: []BarSeries{{Name: "x", Values: []float64{2, -1}}, {Name: "y", Values: []float64{3, -2}}, {Name: "z", Values: []float64{-1, math.NaN()}}},
	}
	r := barRects(t, b.SVG())
	if len(r) != 5 {
		t.Fatalf("got %d bars, want 5: %v", len(r), r)
	}
	ax, ay, az, bx, by := r["a, x: 2"], r["a, y: 3"], r["a, z: −1"], r["b, x: −1"], r["b, y: −2"]
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.02 {
			t.Errorf("%s: got %.2f, want %.2f", what, got, want)
		}
	}
	unit := ax.height() / 2
	near("y stands on x", ay.y1, ax.y0)
	near("height of y", ay.height(), 3*unit)
	near("z hangs below zero", az.y0, ax.y1)
	near("height of z", az.height(), unit)
	near("b, x hangs below zero", bx.y0, ax.y1)
	near("b, y hangs below b, x", by.y0, bx.y1)
	near("height of b, y", by.height(), 2*unit)

	b.Horizontal = true
	r = barRects(t, b.SVG())
	ax, ay, az = r["a, x: 2"], r["a, y: 3"], r["a, z: −1"]
	unit = ax.width() / 2
	near("lying, y after x", ay.x0, ax.x1)
	near("lying, length of y", ay.width(), 3*unit)
	near("lying, z left of zero", az.x1, ax.x0)

	b.Horizontal, b.Stacked = false, false
	r = barRects(t, b.SVG())
	ax, ay = r["a, x: 2"], r["a, y: 3"]
	if ax.x1 > ay.x0 || r["b, x: −1"].x0 < ay.x1 {
		t.Errorf("bars side by side overlap: %v %v", ax, ay)
	}
	near("same base", ax.y1, ay.y1)
	near("heights in proportion", ay.height(), ax.height()*1.5)

	// A bar of a logarithmic axis begins at its end, one outside a fixed range is
	// cut there.
	r = barRects(t, Bars{Y: Axis{Log: true}, Categories: []string{"a", "b"}, Series: []BarSeries{{Values: []float64{10, 1000}}}}.SVG())
	near("log", r["b: 1000"].height(), 3*r["a: 10"].height())
	r = barRects(t, Bars{Y: Axis{Min: 0, Max: 4}, Categories: []string{"a", "b"}, Series: []BarSeries{{Values: []float64{4, 100}}}}.SVG())
	near("cut", r["b: 100"].height(), r["a: 4"].height())
}

// A threshold in the thick of a curve is named below the picture, others beside
// their lines.
func TestThresholdNames(t *testing.T) {
	noise := make([]float64, 4000)
	for i := range noise {
		noise[i] = float64(i % 100)
	}
	svg := Plot{Width: 600, Y: Axis{Min: 0, Max: 200}, Series: []Series{{Y: noise}}, Thresholds: []Threshold{{Value: 50, Label: "hidden"}, {Value: 150, Label: "free"}, {Value: 300, Label: "above"}, {Value: -5, Label: "below"}}}.SVG()
	area := areaOf(t, svg)
	got := map[string]string{}
	for _, e := range elements(t, svg) {
		if e.name == "text" {
			place := "inside"
			if e.num("y") > area.y1+1 {
				place = "under"
			}
			got[e.text] = place
		}
	}
	for text, want := range map[string]string{"hidden": "under", "free": "inside", "above ↑ 300": "inside", "below ↓ −5": "under"} {
		if got[text] != want {
			t.Errorf("%q: got %q, want %q", text, got[text], want)
		}
	}
}

// Names of events stand beside their lines in rows; if a name would lie on a line
// or finds no row, all become letters.
func TestEventNames(t *testing.T) {
	area := box{0, 0, 400, 100}
	sx := scale{lo: 0, hi: 400, a: 0, b: 400}
	for _, c := range []struct {
		name     string
		events   []Event
		lettered bool
		rows     string // of the names, from the left
	}{
		{"apart", []Event{{X: 10, Label: "one"}, {X: 200, Label: "two"}}, false, "0 0"},
		{"near: the left one higher", []Event{{X: 10, Label: "one"}, {X: 20, Label: "two"}}, false, "1 0"},
		{"at the right edge, to the left", []Event{{X: 395, Label: "last"}}, false, "0"},
		{"a name would lie on a line", []Event{{X: 385, Label: ""}, {X: 395, Label: "last one"}}, true, ""},
		{"four in a heap", []Event{{X: 10, Label: "one"}, {X: 12, Label: "two"}, {X: 14, Label: "three"}, {X: 16, Label: "four"}}, true, ""},
		{"long", []Event{{X: 10, Label: "a name that takes more than half of the picture"}}, true, ""},
	} {
		n := placeEvents(c.events, Axis{}, sx, area, 410)
		var rows []string
		for _, m := range n.marks {
			rows = append(rows, strconv.Itoa(m.row))
		}
		if got := strings.Join(rows, " "); n.lettered != c.lettered || !c.lettered && got != c.rows {
			t.Errorf("%s: got letters %v, rows %s; want %v, %s", c.name, n.lettered, got, c.lettered, c.rows)
		}
	}
	many := make([]Event, 40)
	for i := range many {
		many[i] = Event{X: float64(i * 10), Label: "deploy"}
	}
	n := placeEvents(many, Axis{}, sx, area, 410)
	if len(n.list) != 1 || n.list[0] != "40 events marked by vertical lines" {
		t.Errorf("forty events: got list %q", n.list)
	}
	n = placeEvents([]Event{{X: 10, Label: "first"}, {X: 20, Label: "second"}, {X: 30, Label: "third"}, {X: 35, Label: "fourth"}, {X: 300, Label: "fifth"}}, Axis{}, sx, area, 410)
	if len(n.clusters) != 2 || n.clusters[0].first != "A" || n.clusters[0].last != "D" || n.clusters[1].first != "E" {
		t.Errorf("clusters: got %+v", n.clusters)
	}
}

func TestContexts(t *testing.T) {
	sx := scale{lo: 0, hi: 400, a: 0, b: 400}
	for _, c := range []struct {
		name  string
		ticks []tick
		want  string
	}{
		{"all fit", []tick{{at: 50, context: "28 Mar 2026"}, {at: 200, context: "29 Mar"}, {at: 300, context: "CEST", minor: true}}, "28 Mar 2026|29 Mar|CEST"},
		{"the first date gives way to the next", []tick{{at: 50, context: "28 Mar 2026"}, {at: 80, context: "29 Mar"}, {at: 200, context: "30 Mar"}}, "29 Mar|30 Mar"},
		{"the change of clocks gives way", []tick{{at: 50, context: "29 Mar 2026"}, {at: 80, context: "CEST", minor: true}, {at: 200, context: "30 Mar"}}, "29 Mar 2026|30 Mar"},
		{"also to the next", []tick{{at: 50, context: "29 Mar 2026"}, {at: 190, context: "CEST", minor: true}, {at: 200, context: "30 Mar"}}, "29 Mar 2026|30 Mar"},
		{"outside", []tick{{at: 500, context: "29 Mar"}}, ""},
	} {
		cv := &canvas{}
		some := drawContexts(cv, sx, c.ticks, 10, 400)
		var got []string
		for _, m := range regexp.MustCompile(`>([^<]+)</text>`).FindAllStringSubmatch(string(cv.b), -1) {
			got = append(got, m[1])
		}
		if g := strings.Join(got, "|"); g != c.want || some != (c.want != "") {
			t.Errorf("%s: got %q (%v), want %q", c.name, g, some, c.want)
		}
	}
}

func TestTimelineSpans(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 1, 1, h, 0, 0, 0, time.UTC) }
	svg := Timeline{
		X: Axis{From: at(0), To: at(10)},
		Rows: []Row{{Name: "r", Spans: []Span{
			{From: at(2), To: at(4), Label: "a"}, {From: at(3), To: at(5), Label: "b"}, {From: at(4), To: at(6), Label: "c"},
			{From: at(8), Label: "open end"}, {To: at(1), Label: "open start"}, {From: at(20), To: at(30), Label: "outside"},
		}}},
	}.SVG()
	r := barRects(t, svg)
	find := func(label string) box {
		t.Helper()
		for k, b := range r {
			if strings.HasPrefix(k, "r: "+label+",") {
				return b
			}
		}
		t.Fatalf("no span %q in %v", label, r)
		return box{}
	}
	a, b, c := find("a"), find("b"), find("c")
	hour := (a.x1 - a.x0 + 1) / 2
	for _, k := range []struct {
		what      string
		got, want float64
	}{
		{"start of b", b.x0 - a.x0, hour},
		{"c is in the lane of a", c.y0, a.y0},
		{"b is one lane below", b.y0 - a.y0, laneSize + laneSpace},
		{"the open end is at the end", find("open end").x1 - a.x0, 8*hour - 1},
		{"the open start is at the start", find("open start").x0 - a.x0, -2 * hour},
	} {
		if math.Abs(k.got-k.want) > 0.05 {
			t.Errorf("%s: got %.2f, want %.2f", k.what, k.got, k.want)
		}
	}
	if strings.Contains(svg, "r: outside") {
		t.Error("a span outside the picture is drawn")
	}
}

// A group that is named beforehand has its colour whether others appear or not.
func TestGroupsKeepTheirColours(t *testing.T) {
	at := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	row := func(groups ...string) Row {
		r := Row{Name: "alerts"}
		for i, g := range groups {
			r.Spans = append(r.Spans, Span{From: at.Add(time.Duration(i) * time.Hour), To: at.Add(time.Duration(i)*time.Hour + time.Hour), Group: g})
		}
		return r
	}
	order := []string{"incident", "true", "false"}
	with, _ := Timeline{Groups: order, Rows: []Row{row("false", "other")}}.groups()
	all, _ := Timeline{Groups: order, Rows: []Row{row("other", "incident", "true", "false")}}.groups()
	for _, g := range append(order, "other") {
		if with[g] != all[g] {
			t.Errorf("group %s: ink %v and %v, want the same", g, with[g], all[g])
		}
	}
	without, items := Timeline{Rows: []Row{row("false", "other")}}.groups()
	if without["false"] == with["false"] || len(items) != 2 {
		t.Errorf("inks %v and %v, legend of %d; want others, and what appears", without, with, len(items))
	}
}
