package chart

import "time"

// Style is how a series is drawn.
type Style int

const (
	Line   Style = iota // straight lines from sample to sample
	Step                // each value holds until the next sample
	Points              // markers alone: a scatter
)

// Series is one curve or cloud of a Plot. Positions are given in one of three
// ways, the first of these that is set: Times, X, or a regular grid of Start and
// Step; with none of them they are 0, 1, 2, …. Where Y and the positions differ
// in length the longer one is cut. Positions need not be in order.
//
// A value is a gap if it is NaN or infinite, if Missing marks it, or if it is not
// positive on a logarithmic axis. Where so many samples are drawn that they share
// pixels, gaps narrower than a pixel close.
type Series struct {
	// Name stands in the legend; without one there is no entry.
	Name string

	Times []time.Time
	X     []float64 // values of the axis; Unix seconds on a time axis
	Start time.Time
	Step  time.Duration

	Y []float64
	// Missing marks samples that were not measured; it may be shorter than Y.
	Missing []bool

	Style Style
	// Markers puts a marker on every sample of a line, if there is room.
	Markers bool
	// Area fills the room between the curve and zero, or the end of the axis
	// that is nearest to zero.
	Area bool
	// Color is the place in the palette, from 1; zero follows the order of the
	// series. State, if it is not Neutral, chooses the colour instead.
	Color int
	State State
	Dash  Dash
}

// Band is a filled region between two curves: a confidence interval. Positions
// are given as in Series; a position is a gap if either side is.
type Band struct {
	Name string

	Times []time.Time
	X     []float64
	Start time.Time
	Step  time.Duration

	Low, High []float64
	Missing   []bool

	// Color is as in Series; zero takes the colour of the series at the same
	// place.
	Color int
	State State
}

// Fan shows the quantiles of a forecast as nested bands around the median.
type Fan struct {
	Name string

	Times []time.Time
	X     []float64
	Start time.Time
	Step  time.Duration

	// Quantiles are the levels in (0, 1); Values holds one curve for each, in
	// the same order and length. Levels p and 1-p become one band; a level without its
	// partner becomes a dotted line, 0.5 the line in the middle.
	Quantiles []float64
	Values    [][]float64

	// Color is as in Series; zero continues after the series.
	Color int
}

// Threshold is a horizontal line: an objective or a limit. The value axis extends
// to it unless its ends are fixed; beyond a fixed end the line is drawn at the
// edge with an arrow.
type Threshold struct {
	Value float64
	Label string // empty: the value
	State State
}

// Event is a vertical line, or a shaded span if Until is after At: a deploy, an
// outage, a change of the clocks. On a time axis At counts, on others X.
type Event struct {
	At, Until time.Time
	X, XUntil float64
	Label     string
	State     State
}

func colorInk(color int, s State, place int) ink {
	switch {
	case s != Neutral:
		return s.ink()
	case color > 0:
		return seriesInk(color - 1)
	}
	return seriesInk(place)
}
