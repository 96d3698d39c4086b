package rules

import (
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/slo"
)

// isSliced reports whether objectives of the kind count slices of time.
func isSliced(k slo.Kind) bool { return k == slo.TimeSlices || k == slo.RatioSlices }

func (c *compiler) sliced() bool { return isSliced(c.Objective.Kind) }

// sliceRecords judges the slice that has just ended: bad or not, or for
// RatioSlices how bad. It stays silent until a slice has passed since the last
// one, so that a server that evaluates it more often, as promtool does, counts
// no slice twice.
func (c *compiler) sliceRecords() []Rule {
	r := c.Objective.Slice
	l := promyaml.Duration(r.Length)
	bad, total := recordBad+l+c.sel, recordTotal+l+c.sel
	expr := bad + " / (" + total + " > 0)"
	if c.Objective.Kind == slo.TimeSlices {
		op := ">="
		if r.Inclusive {
			op = ">"
		}
		expr += " " + op + " bool " + r.Bound.String()
	}
	switch r.Empty {
	case slo.EmptyGood:
		expr += "\n  or\n  0 * " + total
	case slo.EmptyBad:
		expr += "\n  or\n  1 + 0 * " + total
	}
	return []Rule{
		c.record(recordSliceBad+l, "(\n  "+expr+"\n)\nunless\nlast_over_time("+recordSlices+l+c.sel+"["+promyaml.Duration(r.Length-time.Second)+"])"),
		c.record(recordSlices+l, "1 + 0 * "+recordSliceBad+l+c.sel),
	}
}

// sliceRatio is the share of bad slices in a window. Slices are recorded by a
// group of their own, at instants of their own; the range is longer than the
// window by one evaluation, so that it still holds its number of slices when
// the newest comes late. Slices that are missing count as good.
func (c *compiler) sliceRatio(window time.Duration) Rule {
	n := int64(window / c.staged.step)
	rng := c.sel + "[" + promyaml.Duration(window+c.interval) + "]"
	return c.record(recordRatio+promyaml.Duration(window),
		"sum_over_time("+c.staged.bad+rng+")\n/\nclamp_min(count_over_time("+c.staged.total+rng+"), "+strconv.FormatInt(n, 10)+")")
}
