package run

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// seconds is a duration in JSON: a number of seconds, exact to the nanosecond.
type seconds time.Duration

func (s seconds) MarshalJSON() ([]byte, error) {
	sign, d := "", uint64(s)
	if s < 0 {
		sign, d = "-", -d
	}
	text := fmt.Sprintf("%s%d.%09d", sign, d/1e9, d%1e9)
	return []byte(strings.TrimSuffix(strings.TrimRight(text, "0"), ".")), nil
}

func (s *seconds) UnmarshalJSON(text []byte) error {
	t := string(text)
	if t == "null" {
		return nil
	}
	// ParseDuration reads plain decimals exactly; an exponent goes through a float64.
	if d, err := time.ParseDuration(t + "s"); err == nil {
		*s = seconds(d)
		return nil
	}
	f, err := strconv.ParseFloat(t, 64)
	if ns := math.Round(f * 1e9); err == nil && math.Abs(ns) < 1<<63 {
		*s = seconds(ns)
		return nil
	}
	return fmt.Errorf("%s is no number of seconds within 292 years", t)
}

// nameOf is the i-th name, or the kind with its number.
func nameOf(names []string, kind string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", kind, i)
}

func writeName(names []string, kind string, i uint8) ([]byte, error) {
	if int(i) < len(names) {
		return []byte(names[i]), nil
	}
	var p problems
	p.add("name", kind, strconv.Itoa(int(i)), "no such "+kind, "use "+oneOf(names))
	return nil, p.err()
}

// readName reads one of the names; the empty text is the first.
func readName(names []string, kind string, text []byte) (uint8, error) {
	for i, n := range names {
		if string(text) == n || i == 0 && len(text) == 0 {
			return uint8(i), nil
		}
	}
	var p problems
	p.add("name", kind, string(text), "no such "+kind, "write "+oneOf(names))
	return 0, p.err()
}

func oneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// tidy is text that a log can hold: valid UTF-8.
func tidy(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// visible escapes what is not printed as itself: control characters, marks that turn
// the direction of writing, and separators other than a space. Line breaks and tabs
// stay where block is set.
func visible(s string, block bool) string {
	var b strings.Builder
	for _, r := range tidy(s) {
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

// inline is text within a line of Markdown: nothing of it is markup.
func inline(s string) string {
	return markup.Replace(visible(strings.Join(strings.Fields(s), " "), false))
}

var markup = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`, "@", "&#64;", "!", `\!`)

// fenced is text as a code block that nothing in the text can end.
func fenced(language, s string) string {
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

// table is a Markdown table: the first row is the head.
func table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
		}
	}
	return b.String()
}

// cut is s with at most n bytes, ending in a whole character.
func cut(s string, n int) (string, bool) {
	if len(s) <= n {
		return s, false
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], true
}
