package report

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"slices"
	"strconv"
	"strings"

	"github.com/srekit/ownership/internal/prose"
)

// HTML is the document as one page that stands alone.
func (d Document) HTML() string {
	p := page{ids: map[string]int{}}
	p.header(d)
	for _, s := range d.Sections {
		p.section(s, 2)
	}
	p.b.WriteString("</main>\n")
	body := p.b.String()

	var b strings.Builder
	b.Grow(len(body) + 8192)
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	b.WriteString(`<meta http-equiv="Content-Security-Policy" content="` + policy(styleSheet, body) + "\">\n")
	b.WriteString("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
	b.WriteString("<title>" + text(d.Title) + "</title>\n<style>" + styleSheet + "</style>\n</head>\n<body>\n")
	b.WriteString(body)
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

// policy allows the style sheets that stand in the page, each by the digest of its
// text (Content Security Policy Level 3, section 2.3.1), and nothing else.
func policy(sheet, body string) string {
	digests := []string{digest(sheet)}
	for rest := body; ; {
		_, after, ok := strings.Cut(rest, "<style>")
		if !ok {
			break
		}
		inner, tail, ok := strings.Cut(after, "</style>")
		if !ok {
			break
		}
		digests = append(digests, digest(inner))
		rest = tail
	}
	slices.Sort(digests)
	return "default-src 'none'; style-src " + strings.Join(slices.Compact(digests), " ") + "; base-uri 'none'; form-action 'none'"
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

type page struct {
	b   strings.Builder
	ids map[string]int
}

func (p *page) header(d Document) {
	p.b.WriteString("<a class=\"skip\" href=\"#content\">Skip to the content</a>\n<header>\n<h1>" + text(d.Title) + "</h1>\n")
	if d.Lead != "" {
		p.b.WriteString("<p class=\"lead\">" + text(d.Lead) + "</p>\n")
	}
	p.b.WriteString("</header>\n")
	if len(d.Sections) > 1 {
		p.b.WriteString("<nav aria-label=\"Sections\">\n<ul>\n")
		seen := map[string]int{}
		for _, s := range d.Sections {
			p.b.WriteString(`<li><a href="#` + id(seen, s.Title) + `">` + text(s.Title) + "</a></li>\n")
		}
		p.b.WriteString("</ul>\n</nav>\n")
	}
	p.b.WriteString("<main id=\"content\">\n")
}

// id is a name for an anchor, unique in the page. Those of the uppermost sections
// come first, so that the list of sections gives the same.
func id(seen map[string]int, title string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, title)
	if len(name) > 60 {
		name = name[:60]
	}
	name = "s-" + strings.Trim(name, "-")
	seen[name]++
	if n := seen[name]; n > 1 {
		name += "--" + strconv.Itoa(n)
	}
	return name
}

func (p *page) section(s Section, level int) {
	tag := "h" + strconv.Itoa(min(level, 5))
	at := ""
	if level == 2 {
		at = id(p.ids, s.Title)
	}
	heading := "<" + tag + ">" + text(s.Title) + "</" + tag + ">\n"
	if s.Folded {
		p.b.WriteString("<details" + attribute("id", at) + ">\n<summary>" + strings.TrimSuffix(heading, "\n") + "</summary>\n")
	} else {
		p.b.WriteString("<section" + attribute("id", at) + attribute("aria-label", oneLine(s.Title)) + ">\n" + heading)
	}
	for _, k := range s.Blocks {
		p.block(k)
	}
	for _, inner := range s.Sections {
		p.section(inner, level+1)
	}
	if s.Folded {
		p.b.WriteString("</details>\n")
	} else {
		p.b.WriteString("</section>\n")
	}
}

func attribute(name, value string) string {
	if value == "" {
		return ""
	}
	return " " + name + `="` + html.EscapeString(value) + `"`
}

func (p *page) block(k Block) {
	switch {
	case k.Text != "":
		p.b.WriteString("<p>" + text(k.Text) + "</p>\n")
	case len(k.List) > 0:
		p.b.WriteString("<ul>\n")
		for _, i := range k.List {
			p.b.WriteString("<li>" + state(i.State, i.Text) + "</li>\n")
		}
		p.b.WriteString("</ul>\n")
	case k.Table != nil:
		p.table(k.Table)
	case k.Code != "":
		p.b.WriteString("<pre tabindex=\"0\" role=\"region\" aria-label=\"Text\">" + html.EscapeString(printableBlock(k.Code)) + "</pre>\n")
	case k.Picture != nil && k.Picture.Wide != "":
		p.picture(k.Picture)
	}
}

func (p *page) table(t *Table) {
	if len(t.Rows) == 0 {
		return
	}
	name := oneLine(t.Caption)
	if name == "" {
		name = "Table"
	}
	p.b.WriteString(`<div class="scroll" role="region" tabindex="0"` + attribute("aria-label", name) + ">\n<table>\n")
	if t.Caption != "" {
		p.b.WriteString("<caption>" + text(t.Caption) + "</caption>\n")
	}
	right := func(i int) string {
		if i < len(t.Numbers) && t.Numbers[i] {
			return ` class="n"`
		}
		return ""
	}
	if len(t.Head) > 0 {
		p.b.WriteString("<thead><tr>")
		for i, h := range t.Head {
			p.b.WriteString(`<th scope="col"` + right(i) + ">" + text(h) + "</th>")
		}
		p.b.WriteString("</tr></thead>\n")
	}
	p.b.WriteString("<tbody>\n")
	for _, row := range t.Rows {
		p.b.WriteString("<tr>")
		for i, c := range row {
			if i == 0 && len(t.Head) > 0 {
				p.b.WriteString(`<th scope="row"` + right(i) + ">" + state(c.State, c.Text) + "</th>")
			} else {
				p.b.WriteString("<td" + right(i) + ">" + state(c.State, c.Text) + "</td>")
			}
		}
		p.b.WriteString("</tr>\n")
	}
	p.b.WriteString("</tbody>\n</table>\n</div>\n")
}

// fitting is the style of a picture that stands alone; the page's own sheet says
// the same, because the content policy allows no style attributes.
const fitting = ` style="max-width:100%;height:auto"`

func (p *page) picture(k *Picture) {
	p.b.WriteString("<figure>\n")
	plain := func(svg string) string { return strings.Replace(svg, fitting, "", 1) }
	if k.Narrow != "" {
		p.b.WriteString(`<div class="wide">` + plain(k.Wide) + `</div><div class="narrow">` + plain(k.Narrow) + "</div>\n")
	} else {
		p.b.WriteString(`<div class="scroll" role="region" tabindex="0"` + attribute("aria-label", oneLine(k.Caption)) + ">" + plain(k.Wide) + "</div>\n")
	}
	if k.Caption != "" {
		p.b.WriteString("<figcaption>" + text(k.Caption) + "</figcaption>\n")
	}
	p.b.WriteString("</figure>\n")
}

// state is a text with its sign, and its word for those who do not see the sign.
func state(s State, what string) string {
	if s == None {
		return text(what)
	}
	return `<span class="` + s.word() + `"><span aria-hidden="true">` + s.sign() + `</span><span class="hidden">` + s.word() + ": </span>" + text(what) + "</span>"
}

// text is text in a page: nothing of it is markup, and nothing turns the direction
// of writing of what stands beside it.
func text(s string) string { return html.EscapeString(oneLine(s)) }

func printableBlock(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\t", "    "), "\n")
	for i, l := range lines {
		lines[i] = prose.Printable(strings.TrimRight(l, "\r"))
	}
	return strings.Join(lines, "\n")
}

// Drawn is a block with a picture in both widths; svg is what SVGAt methods give.
func Drawn(caption string, svg func(width int) string) Block {
	return Block{Picture: &Picture{Caption: caption, Wide: svg(WideWidth), Narrow: svg(NarrowWidth)}}
}

// The widths in pixels for which pictures of a page are drawn.
const (
	WideWidth   = 960
	NarrowWidth = 300
)
