package ets

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Markdown is the choice as a table: the chosen model with its parameters, and
// every candidate with its criterion and why it lost, the best first.
func (s Selection) Markdown() string {
	var b strings.Builder
	if s.Model.Error != None {
		fmt.Fprintf(&b, "%s, alpha %s", s.Model, plain(s.Parameters.Alpha, 4))
		for _, p := range []struct {
			name  string
			value float64
			used  bool
		}{{"beta", s.Parameters.Beta, s.Model.Trend != None}, {"gamma", s.Parameters.Gamma, s.Model.Season != None}, {"phi", s.Parameters.Phi, s.Model.Damped}} {
			if p.used {
				fmt.Fprintf(&b, ", %s %s", p.name, plain(p.value, 4))
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

// plain is v with so many significant digits and without an exponent, unless it is long then.
func plain(v float64, digits int) string {
	text := strconv.FormatFloat(v, 'g', digits, 64)
	if a := math.Abs(v); !(a >= 1e-6 && a < 1e15) {
		return text
	}
	rounded, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return text
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// tableCell keeps text within its cell.
var tableCell = strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;")
