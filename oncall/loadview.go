package oncall

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/srekit/ownership/internal/quantity"
)

// Markdown is the load as a table of people, hours by kind, and the indexes
// below it.
func (l Load) Markdown() string {
	rows := [][]string{{"Person", "Hours", "Nights", "Weekends", "Holidays", "Handoffs", "Of the time", "Longest", "Shortest rest"}}
	for _, p := range l.People {
		rest := "-"
		if p.ShortestRest > 0 {
			rest = duration(p.ShortestRest)
		}
		rows = append(rows, []string{markdownCell(p.Person), hours(p.Total), hours(p.Nights), hours(p.Weekends), hours(p.Holidays),
			strconv.Itoa(p.Handoffs), fmt.Sprintf("%.1f %%", 100*p.Ratio), duration(p.Longest), rest})
	}
	index := func(name string, of func(Fairness) float64) []string {
		row := []string{name}
		for _, f := range []Fairness{l.Total, l.Nights, l.Weekends, l.Holidays, l.Handoffs} {
			row = append(row, fmt.Sprintf("%.3f", of(f)))
		}
		return append(row, "", "", "")
	}
	rows = append(rows, index("Jain", func(f Fairness) float64 { return f.Jain }), index("Gini", func(f Fairness) float64 { return f.Gini }))
	spread := index("Most less least", func(f Fairness) float64 { return f.Spread })
	for i := 1; i <= 5; i++ {
		spread[i] = strings.TrimSuffix(strings.TrimRight(spread[i], "0"), ".")
	}
	return markdownTable(append(rows, spread), 1)
}

// Markdown is the draft as a table of its slots, those that are unfilled in bold,
// and its load.
func (d Draft) Markdown() string {
	rows := [][]string{{"From", "To", "Role", "Person", "Why"}}
	u := 0
	unfilled := func(until time.Time, all bool) {
		for u < len(d.Unfilled) && (all || d.Unfilled[u].Start.Before(until)) {
			s := d.Unfilled[u]
			rows = append(rows, []string{minute(s.Start), minute(s.End), markdownCell(s.Role), "**nobody**", markdownCell(s.Reason)})
			u++
		}
	}
	for _, a := range d.Assignments {
		unfilled(a.Start, false)
		rows = append(rows, []string{minute(a.Start), minute(a.End), markdownCell(a.Role), markdownCell(a.Person), markdownCell(a.Reason)})
	}
	unfilled(time.Time{}, true)
	return markdownTable(rows, len(rows[0])) + "\n" + d.Load.Markdown()
}

// hours is a duration in hours, to the tenth.
func hours(d time.Duration) string {
	return strings.TrimSuffix(strconv.FormatFloat(d.Hours(), 'f', 1, 64), ".0")
}

// minute is an instant for people, in its own zone.
func minute(t time.Time) string { return t.Format("2006-01-02 15:04 MST") }

// duration is a duration for people: 3d12h, 45m.
func duration(d time.Duration) string {
	if d <= 0 {
		return d.String()
	}
	return quantity.Duration{Fixed: d.Round(time.Second)}.String()
}

// markdownCell is text as a cell of a Markdown table: in one line, nothing of it
// markup, and without characters that move a cursor or turn the direction of
// writing.
func markdownCell(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
	return markdownMarkup.Replace(strings.Join(strings.Fields(s), " "))
}

var markdownMarkup = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`)

// markdownTable is a Markdown table: the first row is the head, columns of text
// come first, the last ones are numbers.
func markdownTable(rows [][]string, text int) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", text) + strings.Repeat(" ---: |", len(row)-text) + "\n")
		}
	}
	return b.String()
}
