package slo

import (
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
)

// percent is a share for people, to about four significant digits and never
// rounded to the whole that it is not: 12.35 %, 99.96 %.
func percent(share float64) string { return ascii.Replace(chart.Percent.Format(share)) }

var ascii = strings.NewReplacer("\u00a0", " ", "\u2212", "-")

// count is a number of events for people: whole, or with two digits.
func count(x float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// clock is an instant for people, in the zone; nil is UTC.
func clock(t time.Time, loc *time.Location) string {
	if loc == nil {
		loc = time.UTC
	}
	return t.In(loc).Format("2006-01-02 15:04 MST")
}

// tableCell is text as a cell of a Markdown table: in one line, nothing of it
// markup.
func tableCell(s string) string { return markup.Replace(strings.Join(strings.Fields(s), " ")) }

var markup = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`)

// table is a Markdown table: the first row is the head, the first column text,
// the others numbers.
func table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString("| --- |" + strings.Repeat(" ---: |", len(row)-1) + "\n")
		}
	}
	return b.String()
}
