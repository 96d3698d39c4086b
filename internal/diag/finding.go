// Package diag orders and prints findings: what is wrong or worth knowing, at
// which line and column of which file, why, and what would be right. Every
// public package has a Finding type of its own with these fields; a conversion
// brings it here.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The levels of a finding.
const (
	Error   = "error"
	Warning = "warning"
	Info    = "info"
)

// Finding has the fields that all packages' findings share.
type Finding struct {
	Code   string `json:"code"`             // stable and documented
	Level  string `json:"level"`            // error, warning or info
	Source string `json:"source,omitempty"` // file name as given, or empty
	Line   int    `json:"line,omitempty"`   // 1-based, 0: none
	Column int    `json:"column,omitempty"` // 1-based, 0: none
	Path   string `json:"path,omitempty"`   // service.responsibilities[1].latency
	Text   string `json:"text,omitempty"`   // the offending text
	Reason string `json:"reason"`
	Remedy string `json:"remedy,omitempty"`
}

// String is one line:
//
//	service.yaml:9:15: service.responsibilities[1].latency: "p95 < 100": no unit; write 100ms or 100s
//
// Warnings and infos carry their level after the position. Text is quoted and
// shortened, control characters escaped, so that a hostile file cannot write
// to a terminal.
func (f Finding) String() string {
	var b strings.Builder
	if f.Source != "" {
		b.WriteString(printable(f.Source))
		if f.Line > 0 {
			fmt.Fprintf(&b, ":%d", f.Line)
			if f.Column > 0 {
				fmt.Fprintf(&b, ":%d", f.Column)
			}
		}
		b.WriteString(": ")
	} else if f.Line > 0 {
		fmt.Fprintf(&b, "line %d, column %d: ", f.Line, f.Column)
	}
	if f.Level != "" && f.Level != Error {
		b.WriteString(f.Level + ": ")
	}
	if f.Path != "" {
		b.WriteString(printable(f.Path) + ": ")
	}
	if f.Text != "" {
		b.WriteString(Quote(f.Text) + ": ")
	}
	b.WriteString(printable(f.Reason))
	if f.Remedy != "" {
		b.WriteString("; " + printable(f.Remedy))
	}
	return b.String()
}

// maxText is how much of an offending text is shown, in runes.
const maxText = 80

// Quote is s in double quotes, shortened to 80 runes, with control characters
// escaped.
func Quote(s string) string {
	if utf8.RuneCountInString(s) > maxText {
		s = string([]rune(s)[:maxText-1]) + "…"
	}
	return strconv.Quote(s)
}

// printable escapes what would move a terminal's cursor.
func printable(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != ' ' }) && utf8.ValidString(s) {
		return s
	}
	q := strconv.Quote(s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

// Sorted are the findings by source, line, column, level (errors first), path and
// code, equals in their order; nil where there are none.
func Sorted[F fields](findings []F) []F {
	if len(findings) == 0 {
		return nil
	}
	out := slices.Clone(findings)
	slices.SortStableFunc(out, func(x, y F) int {
		a, b := Finding(x), Finding(y)
		return cmp.Or(
			cmp.Compare(a.Source, b.Source),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(rank(a.Level), rank(b.Level)),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Code, b.Code),
		)
	})
	return out
}

func rank(level string) int {
	return slices.Index([]string{Error, Warning, Info}, level)
}

// Lines joins the findings, one a line.
func Lines[F fmt.Stringer](findings []F) string {
	lines := make([]string, len(findings))
	for i, f := range findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Nearest is the candidate that a writer of word most likely meant, empty if
// none is near: at most a third of the word's letters differ (insertions,
// deletions, substitutions and swaps of neighbours; Damerau 1964). Case, "-",
// "_" and spaces are not held against it.
func Nearest(word string, candidates []string) string {
	fold := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r == '-' || r == '_' || r == ' ' {
				return -1
			}
			return unicode.ToLower(r)
		}, s)
	}
	w := []rune(fold(word))
	if len(w) == 0 || len(w) > 64 {
		return ""
	}
	best, least := "", len(w)/3+1
	for _, c := range candidates {
		f := []rune(fold(c))
		if len(f) > 96 {
			continue
		}
		if d := distance(w, f); d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is the optimal string alignment distance.
func distance(a, b []rune) int {
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}

// shown is how many findings an error prints.
const shown = 10

// Text is the text of an error: the first ten findings, one a line, each behind
// the prefix, and how many more there are, more being those that were not kept.
func Text[F fmt.Stringer](prefix string, findings []F, more int) string {
	var b strings.Builder
	for i, f := range findings[:min(len(findings), shown)] {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(prefix + ": " + f.String())
	}
	if more += max(0, len(findings)-shown); more > 0 {
		fmt.Fprintf(&b, "\nand %d more", more)
	}
	return b.String()
}
