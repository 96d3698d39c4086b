package report

import (
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/srekit/ownership/internal/prose"
)

// lineWidth is what a terminal shows beside a margin.
const lineWidth = 110

// Text is the document for a terminal. Pictures are left out, for a terminal
// shows none; paragraphs and items are wrapped, tables are not.
func (d Document) Text() string {
	var b strings.Builder
	title := oneLine(d.Title)
	b.WriteString(title + "\n" + strings.Repeat("=", utf8.RuneCountInString(title)) + "\n")
	if d.Lead != "" {
		wrap(&b, d.Lead, "", "")
	}
	for _, s := range d.Sections {
		s.text(&b, 0)
	}
	lines := strings.Split(b.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

func (s Section) text(b *strings.Builder, depth int) {
	title := oneLine(s.Title)
	switch depth {
	case 0:
		b.WriteString("\n" + title + "\n" + strings.Repeat("-", utf8.RuneCountInString(title)) + "\n")
	default:
		b.WriteString("\n  " + title + "\n")
	}
	for _, block := range s.Blocks {
		block.text(b)
	}
	for _, inner := range s.Sections {
		inner.text(b, depth+1)
	}
}

func (k Block) text(b *strings.Builder) {
	switch {
	case k.Text != "":
		wrap(b, k.Text, "  ", "  ")
	case len(k.List) > 0:
		for _, i := range k.List {
			wrap(b, i.State.sign()+i.Text, "  - ", "    ")
		}
	case k.Table != nil:
		k.Table.text(b)
	case k.Code != "":
		for line := range strings.Lines(k.Code) {
			b.WriteString("    " + prose.Printable(strings.TrimRight(line, "\r\n")) + "\n")
		}
	}
}

func (t *Table) text(b *strings.Builder) {
	if len(t.Rows) == 0 {
		return
	}
	if t.Caption != "" {
		wrap(b, t.Caption+":", "  ", "  ")
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	line := func(cells []string) { _, _ = w.Write([]byte("  " + strings.Join(cells, "\t") + "\n")) }
	if len(t.Head) > 0 {
		head := make([]string, len(t.Head))
		for i, h := range t.Head {
			head[i] = oneLine(h)
		}
		line(head)
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = c.State.sign() + oneLine(c.Text)
		}
		line(cells)
	}
	_ = w.Flush() // a strings.Builder never fails
}

// oneLine is text in one line that moves no cursor.
func oneLine(s string) string {
	return prose.Printable(strings.Join(strings.Fields(s), " "))
}

// wrap writes a paragraph in lines that a terminal shows. A word that is longer
// stays whole.
func wrap(b *strings.Builder, text, first, rest string) {
	b.WriteString(first)
	column := utf8.RuneCountInString(first)
	start := true
	for _, word := range strings.Fields(text) {
		word = prose.Printable(word)
		n := utf8.RuneCountInString(word)
		if !start {
			if column+1+n > lineWidth {
				b.WriteString("\n" + rest)
				column = utf8.RuneCountInString(rest)
			} else {
				b.WriteByte(' ')
				column++
			}
		}
		b.WriteString(word)
		column += n
		start = false
	}
	b.WriteByte('\n')
}
