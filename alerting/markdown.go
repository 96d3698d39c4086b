package alerting

import "strings"

// table writes a Markdown table and an empty line; without rows nothing.
func table(b *strings.Builder, header []string, rows func(row func(cells ...string))) {
	empty := true
	line := func(cells ...string) {
		for _, c := range cells {
			b.WriteString("| " + escape(c) + " ")
		}
		b.WriteString("|\n")
	}
	rows(func(cells ...string) {
		if empty {
			empty = false
			line(header...)
			b.WriteString(strings.Repeat("| --- ", len(header)) + "|\n")
		}
		line(cells...)
	})
	if !empty {
		b.WriteString("\n")
	}
}

// list writes findings as a Markdown list and an empty line; nothing without any.
func list(b *strings.Builder, findings []Finding) {
	for _, f := range findings {
		b.WriteString("- " + escape(f.String()) + "\n")
	}
	if len(findings) > 0 {
		b.WriteString("\n")
	}
}

var escaper = strings.NewReplacer("\\", "\\\\", "|", "\\|", "\n", " ", "\r", " ", "<", "&lt;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[")

// escape keeps names from being read as Markdown or HTML.
func escape(s string) string { return escaper.Replace(s) }
