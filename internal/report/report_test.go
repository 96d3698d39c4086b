package report

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/srekit/ownership/internal/chart"
)

const hostile = "<script>alert(1)</script> \"q\" 'a' & \u202eback\x1b[31m\nnext `code` | *b* @all"

func sample(s string) Document {
	return Document{
		Title: s, Lead: s,
		Sections: []Section{
			{Title: s, Blocks: []Block{
				{Text: s}, {List: []Item{{Good, s}, {None, s}}}, {Code: s},
				{Table: &Table{Caption: s, Head: []string{s, "n"}, Numbers: []bool{false, true}, Rows: [][]Cell{{{s, Critical}, {"1", None}}}}},
				Drawn(s, func(width int) string {
					return chart.Plot{Title: s, Width: width, Series: []chart.Series{{Name: s, Y: []float64{1, 2, 3}}}}.SVG()
				}),
			}},
			{Title: s, Folded: true, Sections: []Section{{Title: s, Blocks: []Block{{Text: s}}}}},
		},
	}
}

func TestHostileTextsAreText(t *testing.T) {
	d := sample(hostile)
	page := d.HTML()
	for _, bad := range []string{"<script", "\u202e", "\x1b", "style=\""} {
		if strings.Contains(page, bad) {
			i := strings.Index(page, bad)
			t.Errorf("the page holds %q: …%s…", bad, page[max(0, i-60):min(len(page), i+60)])
		}
	}
	wellFormed(t, page)
	for name, text := range map[string]string{"text": d.Text(), "markdown": d.Markdown()} {
		for _, bad := range []string{"\u202e", "\x1b"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s holds %q", name, bad)
			}
		}
	}
	code := d.Markdown()[strings.Index(d.Markdown(), "```"):]
	outside := strings.Replace(d.Markdown(), code[:strings.Index(code[3:], "```")+6], "", 1)
	for _, bad := range []string{"<script", " @all", " *b*", " `code`"} {
		if strings.Contains(outside, bad) {
			t.Errorf("the Markdown holds %q outside of code:\n%s", bad, outside)
		}
	}
}

// wellFormed reads the page as XML: every element that is opened is closed, in
// order, apart from those that are empty in HTML.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	_, page, _ = strings.Cut(page, "<title>") // what is before has elements without an end
	dec := xml.NewDecoder(strings.NewReader("<html><head><title>" + page))
	dec.Entity = xml.HTMLEntity
	for {
		if _, err := dec.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
	}
}

func TestPolicyNamesEverySheetAndNothingElse(t *testing.T) {
	page := sample("plain").HTML()
	head, _, _ := strings.Cut(page, "</head>")
	_, policy, _ := strings.Cut(head, `Content-Security-Policy" content="`)
	policy, _, _ = strings.Cut(policy, `"`)
	sheets := 0
	for rest := page; ; sheets++ {
		_, after, ok := strings.Cut(rest, "<style>")
		if !ok {
			break
		}
		inner, tail, _ := strings.Cut(after, "</style>")
		if !strings.Contains(policy, digest(inner)) {
			t.Errorf("the policy does not allow the sheet %.60q", inner)
		}
		rest = tail
	}
	if sheets != 3 {
		t.Errorf("%d sheets, want the page's and those of two pictures", sheets)
	}
	for _, bad := range []string{"unsafe", "http", "*", "script-src", "img-src"} {
		if strings.Contains(policy, bad) {
			t.Errorf("the policy %q holds %q", policy, bad)
		}
	}
}

func TestText(t *testing.T) {
	d := Document{Title: "shop", Lead: "A service.", Sections: []Section{
		{Title: "Budget", Blocks: []Block{
			{Text: strings.Repeat("word ", 30)},
			{Table: &Table{Head: []string{"objective", "left"}, Numbers: []bool{false, true}, Rows: [][]Cell{Row("availability", "40 %"), {{"latency", Critical}, {"0 %", None}}}}},
			{List: []Item{{Warning, "look at it"}}},
			{Code: "a\nb"},
			{Table: &Table{Head: []string{"empty"}}},
		}},
	}}
	want := `shop
====
A service.

Budget
------
  word word word word word word word word word word word word word word word word word word word word word
  word word word word word word word word word
  objective     left
  availability  40 %
  ✖ latency     0 %
  - ▲ look at it
    a
    b
`
	if got := d.Text(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	markdown := "# shop\n\nA service.\n\n## Budget\n\n" + strings.TrimSpace(strings.Repeat("word ", 30)) + `

| objective | left |
| --- | ---: |
| availability | 40 % |
| ✖ latency | 0 % |

- ▲ look at it

` + "```\na\nb\n```\n"
	if got := d.Markdown(); got != markdown {
		t.Errorf("got\n%s\nwant\n%s", got, markdown)
	}
}

func TestAnchorsAreUnique(t *testing.T) {
	d := Document{Title: "t", Sections: []Section{{Title: "A b"}, {Title: "a-B"}, {Title: "é"}, {Title: ""}}}
	page := d.HTML()
	for _, at := range []string{"s-a-b", "s-a-b--2", "s-", "s---2"} {
		if strings.Count(page, ` id="`+at+`"`) != 1 || strings.Count(page, `href="#`+at+`"`) != 1 {
			t.Errorf("the anchor %s stands not once in the page and once in its list:\n%s", at, page[strings.Index(page, "<nav"):])
		}
	}
}

func BenchmarkHTML(b *testing.B) {
	d := sample("plain")
	b.ReportAllocs()
	for b.Loop() {
		d.HTML()
	}
}
