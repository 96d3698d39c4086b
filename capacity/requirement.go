package capacity

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/markdown"
)

// String is the answer in a sentence.
func (r Requirement) String() string {
	text := fmt.Sprintf("%d units", r.Units)
	switch {
	case r.Missing > 0 && r.Missing < r.Units:
		text += fmt.Sprintf(", %d more than there are", r.Missing)
	case r.Missing < 0:
		text += fmt.Sprintf(", %d fewer than there are", -r.Missing)
	}
	return text + fmt.Sprintf("; %s used at the peak, %s at worst", percent(r.UtilizationAtPeak), percent(r.UtilizationAtWorst))
}

// Markdown is the breakdown as a table.
func (r Requirement) Markdown() string {
	var b strings.Builder
	b.WriteString("| figure | value | how |\n| --- | ---: | --- |\n")
	for _, l := range r.Breakdown {
		value := chart.Number.Format(l.Value)
		switch l.Unit {
		case "ratio":
			value = percent(l.Value)
		case "units":
			value = strconv.FormatFloat(l.Value, 'f', -1, 64)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", markdown.Text(l.Name), value, markdown.Text(l.How))
	}
	fmt.Fprintf(&b, "\n%s.\n", r.String())
	return b.String()
}
