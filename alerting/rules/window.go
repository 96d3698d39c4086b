package rules

import (
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/promyaml"
)

// lookback is how old a sample may be that an instant selector still sees, on a
// server that is not told otherwise (--query.lookback-delta).
const lookback = 5 * time.Minute

// stage says which pair of records windows are made from, and how far apart its
// samples stand.
type stage struct {
	bad, total string
	step       time.Duration // between samples
	width      time.Duration // of the window that each sample averages over
}

func (c *compiler) stage() stage {
	b := promyaml.Duration(c.base)
	if c.sliced() {
		return stage{recordSliceBad + b, recordSlices + b, c.base, 0}
	}
	return stage{recordBad + b, recordTotal + b, c.interval, c.base}
}

// gap is how long the pair of the base window may be without a sample before
// its series count as gone.
func (c *compiler) gap() time.Duration { return max(5*time.Minute, c.base, 2*c.staged.step) }

// sampled is the newest sample of a record that another group writes every
// step: an instant selector, unless that would miss samples as far apart.
func (c *compiler) sampled(record string, step time.Duration) string {
	if 2*step <= lookback {
		return record + c.sel
	}
	return "last_over_time(" + record + c.sel + "[" + promyaml.Duration(2*step) + "])"
}

// ratioRecord is the error ratio over a window, made from the staged pair.
//
// Each sample of the pair averages over a width, so a plain sum would see an
// outage half a width late and reach back too far. The newest sample is
// therefore counted k more times, and the range shortened so that all weights
// together make the window: Σ over n samples, n + k = window/step, with
// k = (width - step) / (2 step), because the sum itself (samples at the right
// end of each step) runs half a step ahead. The range ends between two samples,
// so that it holds exactly n of them whether the server counts its left edge
// (Prometheus 2) or not (Prometheus 3).
//
// The denominator is the mean of the samples that exist times n, not their sum:
// time without data counts as time without errors, so the ratio is the share of
// a whole window's events that is known to be bad, and a new service does not
// alert on its first minutes as if they were days.
func (c *compiler) ratioRecord(window time.Duration) Rule {
	if c.sliced() {
		return c.sliceRatio(window)
	}
	s := c.staged
	step := s.step
	bad, total := s.bad+c.sel, s.total+c.sel
	inRange := func(record string, d time.Duration) string {
		return record + c.sel + "[" + promyaml.Duration(d) + "]"
	}
	if window >= 24*time.Hour {
		// Long windows need no sample every interval.
		step = s.width / 2
		if window >= 7*24*time.Hour {
			step = s.width
		}
		inRange = func(record string, d time.Duration) string {
			return c.sampled(record, s.step) + "[" + promyaml.Duration(d) + ":" + promyaml.Duration(step) + "]"
		}
	}
	k := max(0, float64(s.width-step)/float64(2*step))
	n := int64(float64(window)/float64(step) - k)
	length := time.Duration(n)*step - (step / 2).Truncate(time.Second)
	num := "sum_over_time(" + inRange(s.bad, length) + ")"
	den := strconv.FormatInt(n, 10) + " * avg_over_time(" + inRange(s.total, length) + ")"
	if k > 0 {
		weight := strconv.FormatFloat(k, 'g', -1, 64) + " * last_over_time("
		look := "[" + promyaml.Duration(c.gap()) + "]"
		num += " + " + weight + bad + look + ")"
		den += " + " + weight + total + look + ")"
	}
	return c.record(recordRatio+promyaml.Duration(window), "(\n  "+num+"\n)\n/\n(\n  "+den+" > 0\n)")
}
