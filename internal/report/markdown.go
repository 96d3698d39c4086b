package report

import (
	"strings"

	"github.com/srekit/ownership/internal/markdown"
)

// Markdown is the document for a chat or a pull request. Pictures are left out:
// neither shows SVG that stands in the text.
func (d Document) Markdown() string {
	var b strings.Builder
	b.WriteString("# " + markdown.Text(d.Title) + "\n\n")
	if d.Lead != "" {
		b.WriteString(markdown.Text(d.Lead) + "\n\n")
	}
	for _, s := range d.Sections {
		s.markdown(&b, 2)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func (s Section) markdown(b *strings.Builder, level int) {
	b.WriteString(strings.Repeat("#", min(level, 5)) + " " + markdown.Text(s.Title) + "\n\n")
	for _, k := range s.Blocks {
		k.markdown(b)
	}
	for _, inner := range s.Sections {
		inner.markdown(b, level+1)
	}
}

func (k Block) markdown(b *strings.Builder) {
	switch {
	case k.Text != "":
		b.WriteString(markdown.Text(k.Text) + "\n\n")
	case len(k.List) > 0:
		for _, i := range k.List {
			b.WriteString("- " + i.State.sign() + markdown.Text(i.Text) + "\n")
		}
		b.WriteString("\n")
	case k.Table != nil && len(k.Table.Rows) > 0:
		t := k.Table
		if t.Caption != "" {
			b.WriteString(markdown.Text(t.Caption) + ":\n\n")
		}
		width := len(t.Head)
		for _, row := range t.Rows {
			width = max(width, len(row))
		}
		rows := make([][]string, 0, len(t.Rows)+1)
		head := make([]string, width)
		for i, h := range t.Head {
			head[i] = markdown.Text(h)
		}
		rows = append(rows, head)
		for _, row := range t.Rows {
			cells := make([]string, width)
			for i, c := range row {
				cells[i] = c.State.sign() + markdown.Text(c.Text)
			}
			rows = append(rows, cells)
		}
		align := make([]markdown.Align, width)
		for i := range align {
			if i < len(t.Numbers) && t.Numbers[i] {
				align[i] = markdown.Right
			}
		}
		b.WriteString(markdown.Table(rows, align...) + "\n")
	case k.Code != "":
		b.WriteString(markdown.Code("", k.Code) + "\n")
	}
}
