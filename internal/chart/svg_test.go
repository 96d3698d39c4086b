package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// allowed lists every element of a picture with its attributes. What is not here
// (script, a, image, foreignObject, on…, href) is not in a picture.
var allowed = map[string]string{
	"svg":    "xmlns class viewBox width height style role aria-labelledby font-family font-size",
	"title":  "id",
	"desc":   "id",
	"style":  "",
	"rect":   "x y width height rx",
	"circle": "cx cy r",
	"line":   "x1 y1 x2 y2",
	"path":   "d",
	"text":   "x y font-size text-anchor font-weight transform paint-order",
}

const allowedPaint = "class fill stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin fill-opacity stroke-opacity"

var numericName = map[string]bool{"x": true, "y": true, "x1": true, "y1": true, "x2": true, "y2": true, "cx": true, "cy": true, "r": true, "rx": true,
	"width": true, "height": true, "font-size": true, "stroke-width": true, "fill-opacity": true, "stroke-opacity": true}

// checkSVG reads a picture strictly: well-formed, nothing but drawing, finite
// coordinates of at most two decimals, names that match.
func checkSVG(t testing.TB, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	var stack []string
	ids := map[string]bool{}
	labelled := ""
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%.300s", err, svg)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			attrs, ok := allowed[e.Name.Local]
			if !ok {
				t.Fatalf("element <%s> in the picture", e.Name.Local)
			}
			if len(stack) == 0 && e.Name.Local != "svg" {
				t.Fatalf("root is <%s>", e.Name.Local)
			}
			stack = append(stack, e.Name.Local)
			for _, a := range e.Attr {
				name := a.Name.Local
				if len(stack) > 1 && e.Name.Local == "svg" && (name == "x" || name == "y") {
					continue // a picture's place in another
				}
				if !strings.Contains(" "+attrs+" "+allowedPaint+" ", " "+name+" ") {
					t.Fatalf("attribute %s=%q on <%s>", name, a.Value, e.Name.Local)
				}
				switch {
				case numericName[name]:
					if !isNumber(a.Value, 2) {
						t.Fatalf("<%s %s=%q>: not a number of at most two decimals", e.Name.Local, name, a.Value)
					}
				case name == "d":
					checkPath(t, a.Value)
				case name == "id":
					if ids[a.Value] {
						t.Fatalf("id %q twice", a.Value)
					}
					ids[a.Value] = true
				case name == "aria-labelledby":
					labelled = a.Value
				}
			}
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 && stack[len(stack)-1] == "style" && strings.ContainsAny(string(e), "<>&") {
				t.Fatalf("style sheet %q would read differently in HTML and in XML", e)
			}
		case xml.Directive, xml.ProcInst, xml.Comment:
			t.Fatalf("unexpected %T", tok)
		}
	}
	for _, id := range strings.Fields(labelled) {
		if !ids[id] {
			t.Fatalf("aria-labelledby names %q, which is not there", id)
		}
	}
	if labelled == "" || !strings.Contains(svg, `role="img"`) {
		t.Fatal("the picture has no name for screen readers")
	}
}

// isNumber tells whether s is a number in plain digits with at most so many decimals.
func isNumber(s string, decimals int) bool {
	s = strings.TrimPrefix(s, "-")
	whole, part, _ := strings.Cut(s, ".")
	digits := 0
	for _, c := range []byte(whole + part) {
		if c < '0' || c > '9' {
			return false
		}
		digits++
	}
	return digits > 0 && len(whole) <= 6 && len(part) <= decimals && !strings.HasSuffix(s, ".")
}

// checkPath reads path data: commands and the numbers that they take, finite and
// of at most one decimal.
func checkPath(t testing.TB, d string) {
	t.Helper()
	takes := map[byte]int{'M': 2, 'L': 2, 'l': 2, 'H': 1, 'h': 1, 'V': 1, 'v': 1, 'C': 6, 'c': 6, 'q': 4, 'a': 7, 'z': 0}
	for i := 0; i < len(d); {
		n, ok := takes[d[i]]
		if !ok || i == 0 && d[i] != 'M' {
			t.Fatalf("path data %.80q: command %q", d, d[i])
		}
		i++
		for k := 0; k < n; k++ {
			if k > 0 && i < len(d) && d[i] == ' ' {
				i++
			}
			from := i
			for i < len(d) && (d[i] >= '0' && d[i] <= '9' || d[i] == '.' || d[i] == '-' && i == from) {
				i++
			}
			if !isNumber(d[from:i], 1) {
				t.Fatalf("path data %.80q: number %q", d, d[from:i])
			}
		}
	}
}

func TestGalleryIsCleanSVG(t *testing.T) {
	for _, s := range gallery(t) {
		for _, w := range []int{1, 479, 1 << 30} {
			for _, th := range []Theme{Auto, Dark} {
				svg := s.draw(w, th)
				checkSVG(t, svg)
				if svg != s.draw(w, th) {
					t.Errorf("%s: two calls differ", s.name)
				}
			}
		}
	}
}

var hostile = []string{
	`</svg><script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`,
	`' onload='alert(1)`,
	`]]><!-- & &amp; &#x0; -->`,
	"nul \x00 bell \x07 esc \x1b del \x7f c1 \u0085",
	"broken \xff\xfe utf-8 \xc3(",
	"\ufffe\uffff\ufdd0 noncharacters",
	"\u202eright to left\u202c and \u2066isolates\u2069",
	"line\nbreak\ttab\r\n",
	strings.Repeat("long ", 2000),
	strings.Repeat("w", 5000),
	"{}</style><style>*{display:none}",
	"日本語のサービス名 🚀👩‍💻 é",
	"",
}

// hostilePictures draws one of every kind with s wherever a caller can put text.
func hostilePictures(s string, w int) []string {
	at := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	z := time.FixedZone(s, 3600)
	return []string{
		Plot{Title: s, Subtitle: s, Description: s, Width: w, X: Axis{Label: s, Zone: z}, Y: Axis{Label: s},
			Series:     []Series{{Name: s, Start: at, Step: time.Hour, Y: []float64{1, 2, 3}}},
			Bands:      []Band{{Name: s, Start: at, Step: time.Hour, Low: []float64{0, 1, 2}, High: []float64{2, 3, 4}}},
			Fans:       []Fan{{Name: s, Start: at, Step: time.Hour, Quantiles: []float64{0.1, 0.5, 0.9}, Values: [][]float64{{0, 1}, {1, 2}, {2, 3}}}},
			Thresholds: []Threshold{{Value: 2, Label: s}}, Events: []Event{{At: at.Add(time.Hour), Label: s}, {At: at, Until: at.Add(time.Hour), Label: s}}}.SVG(),
		Plot{Title: s, Subtitle: s, Description: s, Width: w}.SVG(),
		Bars{Title: s, Subtitle: s, Description: s, Width: w, Categories: []string{s, s, "x"}, Y: Axis{Label: s}, Thresholds: []Threshold{{Value: 1, Label: s}},
			Series: []BarSeries{{Name: s, Values: []float64{1, 2}}, {Name: s, Values: []float64{2, 1}}}}.SVG(),
		Bars{Title: s, Width: w, Horizontal: true, Categories: []string{s, s}, Thresholds: []Threshold{{Value: 1, Label: s}}, Series: []BarSeries{{Name: s, Values: []float64{1, 2}}}}.SVG(),
		Calendar{Title: s, Subtitle: s, Description: s, Width: w, Zone: z, Label: s, Samples: []Sample{{at, 1}, {at.AddDate(0, 0, 9), 2}}}.SVG(),
		Calendar{Title: s, Width: w, Zone: z, Label: s, Layout: HoursOfWeek, Samples: []Sample{{at, 1}, {at.Add(time.Hour), 2}}}.SVG(),
		Timeline{Title: s, Subtitle: s, Description: s, Width: w, X: Axis{Zone: z, Label: s}, Events: []Event{{At: at, Label: s}},
			Rows: []Row{{Name: s, Spans: []Span{{From: at, To: at.Add(time.Hour), Label: s, Group: s}, {From: at, State: Warning, Label: s}}}}}.SVG(),
		Graph{Title: s, Subtitle: s, Description: s, Width: w, Nodes: []Node{{ID: s, Label: s, Detail: s, State: OK}, {ID: "b"}}, Edges: []Edge{{From: s, To: "b", Label: s}, {From: "b", To: s + "2"}}}.SVG(),
	}
}

func TestHostileText(t *testing.T) {
	for _, s := range hostile {
		for _, w := range []int{320, 1200} {
			for _, svg := range hostilePictures(s, w) {
				checkSVG(t, svg)
			}
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range hostile {
		if len(s) < 200 { // long ones only slow the search down
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, svg := range hostilePictures(s, 320) {
			checkSVG(t, svg)
		}
	})
}

// What is not a number, or too large to draw, is left out: it never reaches the
// document, and nothing panics.
func TestHostileNumbers(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	values := [][]float64{
		nil, {}, {nan}, {inf, -inf}, {nan, 1, inf, 2, -inf}, {0}, {math.Copysign(0, -1), 0}, {1, 1, 1}, {math.MaxFloat64, -math.MaxFloat64}, {1e299, -1e299, 1e299},
		{5e-324, 0, 5e-324}, {1e15, 1e15 + 1}, {1e-200, 1e200}, {-1, -2, -3}, {0, 1e-9}, {1, 1 + 1e-15},
	}
	long := make([]float64, 600)
	for i := range long {
		long[i] = []float64{nan, 1e300, -5, inf, 1e-300, float64(i)}[i%6]
	}
	values = append(values, long)
	times := []time.Time{{}, time.Unix(1<<60, 0), time.Unix(-1<<60, 0), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, v := range values {
		units := []Unit{Number, Percent, Bytes, Seconds}
		if len(v) > 100 {
			units = units[:1]
		}
		for _, u := range units {
			for _, log := range []bool{false, true} {
				y := Axis{Unit: u, Log: log, Zero: len(v)%2 == 0}
				for _, st := range []Style{Line, Step, Points} {
					checkSVG(t, Plot{Width: 200, Y: y, Series: []Series{{Y: v, Style: st, Area: true, Markers: true}, {X: v, Y: v, Style: st}}, Bands: []Band{{Low: v, High: v}},
						Fans: []Fan{{Quantiles: append(v, 0.5), Values: [][]float64{v, v, v}}}, Thresholds: []Threshold{{Value: nan}, {Value: inf}, {Value: 3}}, Events: []Event{{X: nan}, {X: 1, XUntil: inf}}}.SVG())
					checkSVG(t, Plot{Width: 200, X: Axis{Log: true}, Y: y, Series: []Series{{X: v, Y: v, Style: st}}}.SVG())
				}
				checkSVG(t, Plot{Y: Axis{Unit: u, Log: log, Min: 1, Max: 2}, Series: []Series{{Y: v}}}.SVG())
				checkSVG(t, Plot{Y: Axis{Unit: u, Log: log, Min: -inf, Max: inf}, X: Axis{Min: 2, Max: 3}, Series: []Series{{Y: v}}}.SVG())
				for _, horizontal := range []bool{false, true} {
					for _, stacked := range []bool{false, true} {
						checkSVG(t, Bars{Y: y, Horizontal: horizontal, Stacked: stacked, Categories: []string{"a", "b"}, Thresholds: []Threshold{{Value: nan}, {Value: 1}},
							Series: []BarSeries{{Values: v, Low: v, High: v}, {Values: v}}}.SVG())
					}
				}
			}
			if u != Number && u != Seconds {
				continue
			}
			var samples []Sample
			for i, x := range v {
				samples = append(samples, Sample{times[3].AddDate(0, 0, i), x})
			}
			checkSVG(t, Calendar{Samples: samples, Unit: u, Steps: v}.SVG())
			checkSVG(t, Calendar{Samples: samples, Unit: u, Layout: HoursOfWeek, Combine: Sum, Diverging: true}.SVG())
		}
		checkSVG(t, Plot{Series: []Series{{Times: times, Y: v}}, Events: []Event{{At: times[1]}, {At: times[3], Until: times[2]}}}.SVG())
		checkSVG(t, Plot{Series: []Series{{Start: times[1], Step: time.Hour, Y: v}, {Start: times[3], Step: -time.Hour, Y: v}}}.SVG())
	}
	var far []Sample
	for i, at := range times {
		far = append(far, Sample{at, float64(i)})
	}
	checkSVG(t, Calendar{Samples: far}.SVG())
	checkSVG(t, Calendar{Samples: far, Layout: HoursOfWeek}.SVG())
	for _, a := range times {
		for _, b := range times {
			checkSVG(t, Calendar{Samples: []Sample{{times[3], 1}, {times[0], 2}}, From: a, To: b}.SVG())
			checkSVG(t, Timeline{X: Axis{From: a, To: b}, Rows: []Row{{Spans: []Span{{From: a, To: b}, {From: b}, {To: a}, {}}}}, Events: []Event{{At: a, Until: b, Label: "x"}}}.SVG())
		}
	}
}

func TestNoData(t *testing.T) {
	nan := math.NaN()
	for name, svg := range map[string]string{
		"zero plot":      Plot{}.SVG(),
		"gaps only":      Plot{Series: []Series{{Name: "a", Y: []float64{nan, nan}}}}.SVG(),
		"masked":         Plot{Series: []Series{{Y: []float64{1}, Missing: []bool{true}}}}.SVG(),
		"outside":        Plot{X: Axis{Min: 10, Max: 20}, Series: []Series{{Y: []float64{1, 2}}}}.SVG(),
		"threshold only": Plot{Thresholds: []Threshold{{Value: 1}}}.SVG(),
		"zero bars":      Bars{}.SVG(),
		"bars of NaN":    Bars{Categories: []string{"a"}, Series: []BarSeries{{Values: []float64{nan}}}}.SVG(),
		"zero calendar":  Calendar{}.SVG(),
		"zero hours":     Calendar{Layout: HoursOfWeek}.SVG(),
		"zero timeline":  Timeline{}.SVG(),
		"empty rows":     Timeline{Rows: []Row{{Name: "a"}}}.SVG(),
		"zero graph":     Graph{}.SVG(),
	} {
		checkSVG(t, svg)
		if !strings.Contains(svg, ">no data</text>") {
			t.Errorf("%s: the picture does not say \"no data\":\n%s", name, svg)
		}
	}
}

// Pictures inlined in one page must not share a name.
func TestNamesDoNotClash(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("testdata", "page.html"))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(string(page), -1) {
		count[m[1]]++
	}
	if len(count) < 100 {
		t.Fatalf("found %d ids on the page", len(count))
	}
	for id, n := range count {
		if n > 1 {
			t.Errorf("id %q stands %d times on the page", id, n)
		}
	}
	// The summaries of the two are the same.
	a := Plot{Title: "same", Series: []Series{{Y: []float64{1, 2, 3, 1}}}}
	b := Plot{Title: "same", Series: []Series{{Y: []float64{1, 3, 2, 1}}}}
	if id(a.SVG()) == id(b.SVG()) {
		t.Error("two pictures of different data have one name")
	}
	b = a
	b.Width = 320
	if id(a.SVG()) == id(b.SVG()) {
		t.Error("two widths have one name")
	}
}

func id(svg string) string { return regexp.MustCompile(`class="(k[^"]*)"`).FindStringSubmatch(svg)[1] }

// The rules of a picture's style sheet apply to that picture alone.
func TestStylesAreScoped(t *testing.T) {
	for _, s := range gallery(t) {
		svg := s.draw(320, Auto)
		sheet := svg[strings.Index(svg, "<style>")+7 : strings.Index(svg, "</style>")]
		for _, selector := range regexp.MustCompile(`[^{}]+\{`).FindAllString(sheet, -1) {
			selector = strings.TrimSpace(strings.TrimSuffix(selector, "{"))
			if strings.HasPrefix(selector, "@media") {
				continue
			}
			for _, part := range strings.Split(selector, ",") {
				if !strings.Contains(part, "."+id(svg)) {
					t.Errorf("%s: selector %q reaches outside the picture", s.name, part)
				}
			}
		}
	}
}

func TestThemes(t *testing.T) {
	p := Plot{Series: []Series{{Y: []float64{1, 2}}}}
	auto := p.SVG()
	p.Theme = Light
	light := p.SVG()
	p.Theme = Dark
	dark := p.SVG()
	for _, c := range []struct {
		name, svg, fragment string
		want                bool
	}{
		{"auto", auto, "prefers-color-scheme:dark", true},
		{"auto", auto, "[data-theme=dark]", true},
		{"auto", auto, "[data-jp-theme-light=false]", true},
		{"light", light, "prefers-color-scheme", false},
		{"light", light, inks[inkPaper].dark, false},
		{"dark", dark, "prefers-color-scheme", false},
		{"dark", dark, inks[inkPaper].light, false},
	} {
		if got := strings.Contains(c.svg, c.fragment); got != c.want {
			t.Errorf("%s: contains %q: got %v, want %v", c.name, c.fragment, got, c.want)
		}
	}
}

func TestSummaries(t *testing.T) {
	at := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct{ name, svg, want string }{
		{"plot", Plot{Description: "Drawn by hand.", Y: Axis{Unit: Percent}, Series: []Series{{Name: "a", Y: []float64{0.5, 0.25, 0.4}}}}.SVG(),
			"Drawn by hand. Line chart. a: 3 samples, least 25\u00a0%, greatest 50\u00a0%, last 40\u00a0%."},
		{"bars", Bars{Categories: []string{"x", "y"}, Series: []BarSeries{{Values: []float64{1}}}}.SVG(),
			"Bar chart with 2 categories and 1 series. x: 1. y: no data."},
		{"calendar", Calendar{Samples: []Sample{{at, 1}, {at.AddDate(0, 0, 2), 5}, {at.AddDate(0, 0, 2), 7}}}.SVG(),
			"Calendar of 3 days from 29 Mar 2026 to 31 Mar 2026, 2 of them measured; a day shows the mean of its values. Least 1 on 29 Mar 2026, greatest 6 on 31 Mar 2026."},
		{"hours", Calendar{Layout: HoursOfWeek, Samples: []Sample{{at, 1}, {at.Add(time.Hour), 5}}}.SVG(),
			"Heat map of the hours of the week in UTC, 2 of 168 measured; an hour shows the mean of its values. Least 1 on Sunday at 00:00, greatest 5 on Sunday at 01:00."},
		{"timeline", Timeline{Rows: []Row{{Name: "primary", Spans: []Span{{From: at, To: at.Add(time.Hour), Group: "Ada"}}}}}.SVG(),
			"Timeline of 1 rows from 29 Mar 2026 00:00 UTC to 29 Mar 2026 01:00 UTC. primary: Ada, Sun 29 Mar 2026 00:00 UTC to Sun 29 Mar 2026 01:00 UTC;"},
		{"graph", Graph{Nodes: []Node{{ID: "a", State: OK}, {ID: "b", Detail: "99 %"}}, Edges: []Edge{{From: "a", To: "b", Soft: true}}}.SVG(),
			"Graph of 2 nodes and 1 edges. a (ok) → b (soft). b 99 %."},
	} {
		got := c.svg[strings.Index(c.svg, "<desc"):strings.Index(c.svg, "</desc>")]
		got = got[strings.Index(got, ">")+1:]
		if got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
	}
}

// Many samples, spans, cells and nodes make a bounded document.
func TestBoundedSize(t *testing.T) {
	n := 1_000_000
	y := make([]float64, n)
	x := make([]float64, n)
	missing := make([]bool, n)
	for i := range y {
		y[i] = math.Sin(float64(i)) * float64(i%1000)
		x[i] = float64((i * 7919) % 1000003)
		missing[i] = i%2 == 1
	}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	few := n / 5
	samples := make([]Sample, few)
	for i := range samples {
		samples[i] = Sample{at.Add(time.Duration(i) * time.Hour), y[i]}
	}
	spans := make([]Span, 100_000)
	for i := range spans {
		from := at.Add(time.Duration(i) * time.Minute)
		spans[i] = Span{From: from, To: from.Add(time.Duration(i%97) * time.Second), State: State(i % 6), Group: strconv.Itoa(i % 3)}
	}
	var nodes []Node
	var edges []Edge
	for i := 0; i < 5000; i++ {
		nodes = append(nodes, Node{ID: strconv.Itoa(i)})
		edges = append(edges, Edge{From: strconv.Itoa(i), To: strconv.Itoa((i*31 + 7) % 5000)})
	}
	for _, c := range []struct {
		name  string
		draw  func() string
		limit int
	}{
		{"line", func() string { return Plot{Series: []Series{{Start: at, Step: time.Second, Y: y}}}.SVG() }, 60_000},
		{"step", func() string { return Plot{Series: []Series{{Start: at, Step: time.Second, Y: y, Style: Step}}}.SVG() }, 120_000},
		{"gaps", func() string {
			return Plot{Series: []Series{{Start: at, Step: time.Second, Y: y[:few], Missing: missing}}}.SVG()
		}, 60_000},
		{"unsorted", func() string { return Plot{Series: []Series{{X: x, Y: y[:few]}}}.SVG() }, 60_000},
		{"scatter", func() string { return Plot{Series: []Series{{X: x, Y: y[:few], Style: Points}}}.SVG() }, 900_000},
		{"band", func() string { return Plot{Bands: []Band{{Low: y[:few], High: y[:few]}}}.SVG() }, 60_000},
		{"calendar", func() string { return Calendar{Samples: samples}.SVG() }, 700_000},
		{"hours", func() string { return Calendar{Samples: samples, Layout: HoursOfWeek}.SVG() }, 40_000},
		{"timeline", func() string { return Timeline{Rows: []Row{{Name: "a", Spans: spans}}}.SVG() }, 600_000},
		{"graph", func() string { return Graph{Nodes: nodes, Edges: edges}.SVG() }, 400_000},
		{"bars", func() string { return Bars{Series: []BarSeries{{Values: y[:few]}}}.SVG() }, 100_000},
	} {
		got := c.draw()
		checkSVG(t, got)
		if len(got) > c.limit {
			t.Errorf("%s: got %d bytes, want at most %d", c.name, len(got), c.limit)
		}
		t.Logf("%s: %d bytes", c.name, len(got))
	}
}

// Nothing that a caller passes is changed.
func TestInputUntouched(t *testing.T) {
	y := []float64{3, 1, 2}
	x := []float64{3, 1, 2}
	q := []float64{0.9, 0.1}
	steps := []float64{2, 1}
	before := fmt.Sprint(y, x, q, steps)
	spans := []Span{{From: time.Unix(100, 0), To: time.Unix(200, 0)}, {From: time.Unix(0, 0), To: time.Unix(50, 0)}}
	spansBefore := fmt.Sprint(spans)
	p := Plot{Series: []Series{{X: x, Y: y}}, Fans: []Fan{{X: x, Quantiles: q, Values: [][]float64{y, y}}}, Thresholds: []Threshold{{Value: math.NaN()}, {Value: 1}}}
	p.SVG()
	Calendar{Samples: []Sample{{time.Unix(1e9, 0), 1}}, Steps: steps}.SVG()
	Timeline{Rows: []Row{{Spans: spans}}}.SVG()
	if got := fmt.Sprint(y, x, q, steps); got != before {
		t.Errorf("got %s, want %s", got, before)
	}
	if got := fmt.Sprint(spans); got != spansBefore {
		t.Errorf("got %s, want %s", got, spansBefore)
	}
	if !math.IsNaN(p.Thresholds[0].Value) {
		t.Error("the list of thresholds was changed")
	}
}

func TestResponsive(t *testing.T) {
	p := Plot{Series: []Series{{Y: []float64{1, 2}}}}
	wide := p.SVG()
	p.Width = 320
	narrow := p.SVG()
	got := Responsive(narrow, wide)
	if strings.Count(got, "<svg ") != 2 || strings.Contains(got, "<script") {
		t.Errorf("got %s", got)
	}
	if got != Responsive(narrow, wide) || got == Responsive(wide, narrow) {
		t.Error("the name does not follow the content")
	}
	d := xml.NewDecoder(strings.NewReader(got))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
