package response

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/srekit/ownership/internal/prose"
)

// CoverPicture draws who is qualified for what.
type CoverPicture struct {
	BusFactor BusFactor `json:"bus_factor"`
	Title     string    `json:"title,omitempty"`
}

// SVG draws the matrix; see CoverPicture.
func (b BusFactor) SVG() string { return b.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels, from 200 to 4000; 0 is 800.
func (b BusFactor) SVGAt(width int) string { return CoverPicture{BusFactor: b}.SVGAt(width) }

const (
	mostCoverRows    = 100
	mostCoverColumns = 200
)

// SVG is a row for each entry and a column for each person who has anything
// noted for one of them, by name. A full disc is qualified, a half one needs
// somebody beside, a ring has lapsed, a dot is learning. The number before a row
// is that of its qualified primaries, marked where it is below two. Columns that
// do not fit stand below. At most 100 entries and 200 people are drawn; a note
// says what was left out.
func (p CoverPicture) SVG() string { return p.SVGAt(0) }

// SVGAt is SVG for a page of that width in pixels, from 200 to 4000; 0 is 800.
func (p CoverPicture) SVGAt(asked int) string {
	width := 800
	if asked != 0 {
		width = min(max(asked, 200), 4000)
	}
	title := p.Title
	if title == "" {
		title = "Who is qualified"
	}
	m := newMatrix(p.BusFactor, width)
	d := drawing{}
	y := 28.0
	d.text(12, y, title, "t", `font-size="16" font-weight="600"`)
	y += 12
	if len(m.rows) == 0 || len(m.people) == 0 {
		d.text(12, y+24, "no data", "m", "")
		return d.document(title, "No data.", width, int(y)+44)
	}
	y = m.legend(&d, y)
	for from := 0; from < len(m.people); from += m.columns {
		y = m.strip(&d, y, m.people[from:min(from+m.columns, len(m.people))])
	}
	if m.note != "" {
		y += 18
		d.text(12, y, m.note, "m", "")
	}
	return d.document(title, m.summary(), width, int(y)+14)
}

// matrix is what is drawn, and where.
type matrix struct {
	rows    []EntryCover
	people  []string
	states  []map[string]string // by row and person
	label   float64             // width of the names of rows
	columns int                 // in one strip
	width   float64
	note    string
}

const cell = 26.0

func newMatrix(b BusFactor, width int) matrix {
	m := matrix{rows: b.Entries, width: float64(width)}
	var left []string
	if n := len(m.rows) - mostCoverRows; n > 0 {
		m.rows = m.rows[:mostCoverRows]
		left = append(left, strconv.Itoa(n)+" more entries")
	}
	longest := 0
	for _, r := range m.rows {
		states := map[string]string{}
		for _, c := range r.People {
			if _, ok := states[c.Person]; !ok {
				states[c.Person] = c.State
				m.people = append(m.people, c.Person)
			}
		}
		m.states = append(m.states, states)
		longest = max(longest, utf8.RuneCountInString(prose.Printable(r.Entry)))
	}
	slices.Sort(m.people)
	m.people = slices.Compact(m.people)
	if n := len(m.people) - mostCoverColumns; n > 0 {
		m.people = m.people[:mostCoverColumns]
		left = append(left, strconv.Itoa(n)+" more people")
	}
	if len(left) > 0 {
		m.note = "Left out: " + strings.Join(left, " and ") + "."
	}
	m.label = min(float64(longest)*7.2+34, m.width*0.45)
	m.columns = max(int((m.width-m.label-24-headOf(m.people)*0.6)/cell), 1)
	return m
}

// headOf is the height of the names of columns.
func headOf(people []string) (height float64) {
	for _, p := range people {
		height = max(height, min(float64(utf8.RuneCountInString(prose.Printable(p)))*6.2+14, 90))
	}
	return height
}

// legend draws what the signs mean, in as many lines as they need.
func (m matrix) legend(d *drawing, y float64) float64 {
	x := 12.0
	y += 14
	for _, s := range coverStates {
		w := float64(len(s))*7 + 34
		if x > 12 && x+w > m.width {
			x, y = 12, y+20
		}
		d.sign(x+8, y-4, s, "")
		d.text(x+22, y, s, "t", "")
		x += w
	}
	return y + 6
}

// strip draws all rows for some of the people.
func (m matrix) strip(d *drawing, y float64, people []string) float64 {
	left, head := 12+m.label, headOf(people)
	y += head
	for i, p := range people {
		x := left + (float64(i)+0.5)*cell
		d.text(x, y-2, fitted(prose.Printable(p), head/0.86), "t", fmt.Sprintf(`transform="rotate(-60 %s %s)"`, number(x), number(y-2)))
	}
	y += 4
	for i, r := range m.rows {
		middle := y + cell/2
		if i%2 == 0 {
			d.rect(12, y, m.label+float64(len(people))*cell, cell)
		}
		class, weight := "t", ""
		if r.Primaries < 2 {
			class, weight = "c", `font-weight="600"`
		}
		d.text(16, middle+4, strconv.Itoa(r.Primaries), class, weight)
		d.titled(36, middle+4, fitted(prose.Printable(r.Entry), m.label-30), r.Entry)
		for k, p := range people {
			if s := m.states[i][p]; s != "" {
				d.sign(left+(float64(k)+0.5)*cell, middle, s, prose.Printable(p)+", "+prose.Printable(r.Entry)+": "+s)
			}
		}
		y += cell
	}
	return y + 8
}

// summary is the text alternative: the rows in words.
func (m matrix) summary() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Matrix of %d entries and %d people.", len(m.rows), len(m.people))
	for i, r := range m.rows {
		if i == 20 {
			fmt.Fprintf(&b, " %d more.", len(m.rows)-i)
			break
		}
		fmt.Fprintf(&b, " %s: %d qualified.", prose.Printable(r.Entry), r.Primaries)
	}
	return b.String()
}

// fitted is a text shortened to a width in pixels.
func fitted(s string, width float64) string {
	most := max(int(width/6.8), 2)
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// drawing collects the elements of a picture. Its colours follow the reader's
// light or dark scheme, as those of all pictures here do.
type drawing struct{ b strings.Builder }

var svgText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

func number(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func (d *drawing) text(x, y float64, s, class, more string) {
	if more != "" {
		more = " " + more
	}
	fmt.Fprintf(&d.b, "<text x=\"%s\" y=\"%s\" class=\"%s\" fill=\"%s\"%s>%s</text>\n", number(x), number(y), class, ink(class)[0], more, svgText.Replace(prose.Printable(s)))
}

// titled is a text with a tooltip.
func (d *drawing) titled(x, y float64, s, tip string) {
	fmt.Fprintf(&d.b, "<text x=\"%s\" y=\"%s\" class=\"t\" fill=\"%s\">%s<title>%s</title></text>\n", number(x), number(y), ink("t")[0], svgText.Replace(s), svgText.Replace(prose.Printable(tip)))
}

func (d *drawing) rect(x, y, w, h float64) {
	fmt.Fprintf(&d.b, "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" class=\"g\" fill=\"%s\"/>\n", number(x), number(y), number(w), number(h), ink("g")[0])
}

// sign draws how far somebody has come.
func (d *drawing) sign(x, y float64, state, tip string) {
	if tip != "" {
		tip = "<title>" + svgText.Replace(tip) + "</title>"
	}
	X, Y := number(x), number(y)
	switch state {
	case StateQualified:
		fmt.Fprintf(&d.b, "<circle cx=\"%s\" cy=\"%s\" r=\"7\" class=\"o\" fill=\"%s\">%s</circle>\n", X, Y, ink("o")[0], tip)
	case StateBacked:
		fmt.Fprintf(&d.b, "<g>%s<circle cx=\"%s\" cy=\"%s\" r=\"6.2\" fill=\"none\" class=\"lo\" stroke=\"%s\" stroke-width=\"1.6\"/><path d=\"M%s %sA7 7 0 0 0 %s %sz\" class=\"o\" fill=\"%s\"/></g>\n",
			tip, X, Y, ink("o")[0], X, number(y-7), X, number(y+7), ink("o")[0])
	case StateLapsed:
		fmt.Fprintf(&d.b, "<circle cx=\"%s\" cy=\"%s\" r=\"6.2\" fill=\"none\" stroke-dasharray=\"3 2\" class=\"lw\" stroke=\"%s\" stroke-width=\"1.8\">%s</circle>\n", X, Y, ink("w")[0], tip)
	default:
		fmt.Fprintf(&d.b, "<circle cx=\"%s\" cy=\"%s\" r=\"2.6\" class=\"m\" fill=\"%s\">%s</circle>\n", X, Y, ink("m")[0], tip)
	}
}

// ink is the colour of a class on light and on dark paper.
func ink(class string) [2]string {
	switch class {
	case "p": // paper
		return [2]string{"#ffffff", "#14181e"}
	case "m": // muted
		return [2]string{"#59636e", "#a3adb8"}
	case "g": // every other row
		return [2]string{"#f1f4f6", "#1d232b"}
	case "o": // fit
		return [2]string{"#08806f", "#66f2da"}
	case "w": // lapsed
		return [2]string{"#a9660d", "#f4ce3a"}
	case "c": // too few
		return [2]string{"#b50006", "#ff8a5c"}
	}
	return [2]string{"#1b2128", "#e8ecf1"} // text
}

// document wraps what was drawn. The identifier follows from the content.
func (d *drawing) document(title, summary string, width, height int) string {
	h := fnv.New64a()
	fmt.Fprint(h, title, summary, width, d.b.String())
	id := "r" + strconv.FormatUint(h.Sum64(), 36)
	var style strings.Builder
	rules := func(before string, theme int) string {
		var b strings.Builder
		for _, k := range []string{"p", "t", "m", "g", "o", "w", "c"} {
			fmt.Fprintf(&b, "%s.%s .%s{fill:%s}", before, id, k, ink(k)[theme])
		}
		for _, k := range []string{"o", "w"} {
			fmt.Fprintf(&b, "%s.%s .l%s{stroke:%s}", before, id, k, ink(k)[theme])
		}
		return b.String()
	}
	style.WriteString("@media(prefers-color-scheme:dark){" + rules("", 1) + "}\n")
	for theme, names := range [][2]string{{"[data-theme=light] ", "[data-jp-theme-light=true] "}, {"[data-theme=dark] ", "[data-jp-theme-light=false] "}} {
		for _, n := range names {
			style.WriteString(rules(n, theme) + "\n")
		}
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" class="%[1]s" viewBox="0 0 %[2]d %[3]d" width="%[2]d" height="%[3]d" style="max-width:100%%;height:auto" role="img" aria-labelledby="%[1]s-t %[1]s-d" font-family="system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','DejaVu Sans',sans-serif" font-size="12">
<title id="%[1]s-t">%[4]s</title>
<desc id="%[1]s-d">%[5]s</desc>
<style>
%[6]s</style>
<rect x="0" y="0" width="%[2]d" height="%[3]d" class="p" fill="%[7]s"/>
%[8]s</svg>
`, id, width, height, svgText.Replace(prose.Printable(title)), svgText.Replace(summary), style.String(), ink("p")[0], d.b.String())
}
