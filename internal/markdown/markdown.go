// Package markdown writes text, tables and code as Markdown, for chats and pull
// requests. Whatever comes from outside is text and nothing else: no markup, no
// HTML, no mention, no line of its own.
package markdown

import (
	"strconv"
	"strings"
	"unicode"
)

var markup = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`, "@", "&#64;", "!", `\!`)

// Text is s within a line: spaces and line breaks become one space each, nothing
// in it is markup, and what is not printed as itself (control characters, marks
// that turn the direction of writing) is written as its escape.
func Text(s string) string {
	return markup.Replace(visible(strings.Join(strings.Fields(s), " "), false))
}

func visible(s string, block bool) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == ' ' || unicode.IsPrint(r), block && (r == '\n' || r == '\t'):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// Code is s as a fenced block that nothing in s can end.
func Code(language, s string) string {
	fence, run := 3, 0
	for _, r := range s {
		if r == '`' {
			run++
			fence = max(fence, run+1)
		} else {
			run = 0
		}
	}
	mark := strings.Repeat("`", fence)
	return mark + language + "\n" + strings.TrimRight(visible(s, true), "\n") + "\n" + mark + "\n"
}

// Align is where the cells of a column stand.
type Align int

// The alignments.
const (
	Left Align = iota
	Right
)

// Table is a table whose first row is the head; cells are Markdown. A column for
// which no alignment is given stands left.
func Table(rows [][]string, align ...Align) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i > 0 {
			continue
		}
		b.WriteByte('|')
		for k := range row {
			if k < len(align) && align[k] == Right {
				b.WriteString(" ---: |")
			} else {
				b.WriteString(" --- |")
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Figures is a table whose first column is text and whose others are numbers.
func Figures(rows [][]string) string {
	if len(rows) == 0 {
		return ""
	}
	align := make([]Align, len(rows[0]))
	for i := 1; i < len(align); i++ {
		align[i] = Right
	}
	return Table(rows, align...)
}
