package response

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/quantity"
)

// short is a duration as a spec writes it: 30m, 1h30m.
func short(d time.Duration) string {
	if d <= 0 {
		return d.String()
	}
	return quantity.Duration{Fixed: d}.String()
}

// clock is an instant for people, in its own zone.
func clock(t time.Time) string { return t.Format("2006-01-02 15:04 MST") }

// percent is a share for people, to about four significant digits: 12.35 %.
func percent(share float64) string { return ascii.Replace(chart.Percent.Format(share)) }

var ascii = strings.NewReplacer("\u00a0", " ", "\u2212", "-")

// oneOf is a list for people that ends in or.
func oneOf(names []string) string { return listed(names, "or") }

// allOf is a list for people that ends in and.
func allOf(names []string) string { return listed(names, "and") }

func listed(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}

// plural is a number with its noun: 1 shift, 2 shifts.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// printable is a name as it may stand in a sentence: what would move a
// cursor or turn the direction of writing is replaced.
func printable(s string) string {
	ok := func(r rune) bool { return r == ' ' || unicode.IsPrint(r) && r != unicode.ReplacementChar }
	if strings.IndexFunc(s, func(r rune) bool { return !ok(r) }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if ok(r) {
			return r
		}
		return unicode.ReplacementChar
	}, s)
}

// tableCell is text as a cell of a Markdown table: in one line, nothing of it
// markup.
func tableCell(s string) string {
	return markup.Replace(strings.Join(strings.Fields(printable(strings.Join(strings.Fields(s), " "))), " "))
}

var markup = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`)

// table is a Markdown table: the first row is the head. Cells are Markdown.
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
