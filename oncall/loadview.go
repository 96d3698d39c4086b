package oncall

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
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
		rows = append(rows, []string{markdown.Text(p.Person), hours(p.Total), hours(p.Nights), hours(p.Weekends), hours(p.Holidays),
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
	return markdown.Figures(append(rows, spread))
}

// Markdown is the draft as a table of its slots, those that are unfilled in bold,
// and its load.
func (d Draft) Markdown() string {
	rows := [][]string{{"From", "To", "Role", "Person", "Why"}}
	u := 0
	unfilled := func(until time.Time, all bool) {
		for u < len(d.Unfilled) && (all || d.Unfilled[u].Start.Before(until)) {
			s := d.Unfilled[u]
			rows = append(rows, []string{prose.Minute(s.Start), prose.Minute(s.End), markdown.Text(s.Role), "**nobody**", markdown.Text(s.Reason)})
			u++
		}
	}
	for _, a := range d.Assignments {
		unfilled(a.Start, false)
		rows = append(rows, []string{prose.Minute(a.Start), prose.Minute(a.End), markdown.Text(a.Role), markdown.Text(a.Person), markdown.Text(a.Reason)})
	}
	unfilled(time.Time{}, true)
	return markdown.Table(rows) + "\n" + d.Load.Markdown()
}

// hours is a duration in hours, to the tenth.
func hours(d time.Duration) string {
	return strings.TrimSuffix(strconv.FormatFloat(d.Hours(), 'f', 1, 64), ".0")
}

// duration is a duration for people: 3d12h, 45m.
func duration(d time.Duration) string {
	if d <= 0 {
		return d.String()
	}
	return quantity.Duration{Fixed: d.Round(time.Second)}.String()
}
