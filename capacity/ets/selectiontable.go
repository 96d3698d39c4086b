package ets

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/srekit/ownership/internal/prose"
)

// Markdown is the choice as a table: the chosen model with its parameters, and
// every candidate with its criterion and why it lost, the best first.
func (s Selection) Markdown() string {
	var b strings.Builder
	if s.Model.Error != None {
		fmt.Fprintf(&b, "%s, alpha %s", s.Model, prose.Figure(s.Parameters.Alpha, 4))
		for _, p := range []struct {
			name  string
			value float64
			used  bool
		}{{"beta", s.Parameters.Beta, s.Model.Trend != None}, {"gamma", s.Parameters.Gamma, s.Model.Season != None}, {"phi", s.Parameters.Phi, s.Model.Damped}} {
			if p.used {
				fmt.Fprintf(&b, ", %s %s", p.name, prose.Figure(p.value, 4))
			}
		}
		if s.Model.Season != None {
			fmt.Fprintf(&b, ", a season of %d steps", s.Model.Period)
		}
		fmt.Fprintf(&b, "; %d observations\n\n", s.N)
	}
	b.WriteString("| model | outcome | AICc | reason |\n| --- | --- | ---: | --- |\n")
	field := slices.Clone(s.Candidates)
	slices.SortStableFunc(field, func(x, y Candidate) int {
		if order := cmp.Compare(y.Outcome, x.Outcome); order != 0 {
			return order
		}
		return cmp.Compare(x.AICc, y.AICc)
	})
	for _, c := range field {
		criterion := "–"
		if c.Outcome != Excluded {
			criterion = strconv.FormatFloat(c.AICc, 'f', 2, 64)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", c.Model, c.Outcome, criterion, tableCell.Replace(c.Reason))
	}
	return b.String()
}

// tableCell keeps text within its cell.
var tableCell = strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;")
