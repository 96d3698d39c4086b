package canary

import (
	"fmt"
	"math"
)

// maxValue bounds the absolute value of an observation, so that differences and
// their midpoints are finite.
const maxValue = math.MaxFloat64 / 4

// maxCount bounds counts, so that they are exact as float64.
const maxCount = 1 << 53

// Arm is one side of a comparison of events: of Total requests, Bad were bad.
type Arm struct {
	Bad   int64 `json:"bad"`
	Total int64 `json:"total"`
}

// Ratio is Bad/Total, 0 if there were none.
func (a Arm) Ratio() float64 {
	if a.Total <= 0 {
		return 0
	}
	return float64(a.Bad) / float64(a.Total)
}

// String is 3 of 1200.
func (a Arm) String() string { return fmt.Sprintf("%d of %d", a.Bad, a.Total) }

// Check reports counts that cannot be: negative ones, more bad than all, more
// than 2⁵³. Its error is an *Error.
func (a Arm) Check() error {
	var p problems
	a.check(&p, "arm")
	return p.err()
}

func (a Arm) check(p *problems, path string) {
	switch {
	case a.Bad < 0 || a.Total < 0:
		p.add(path, a.String(), "a count is negative", "give increases of counters, with resets taken out")
	case a.Bad > a.Total:
		p.add(path, a.String(), "more bad events than events", "check that both counters have the same scope")
	case a.Total > maxCount:
		p.add(path, a.String(), "more than 2⁵³ events", "count over a shorter time")
	}
}

// checkSample reports values that cannot be compared. at least are needed.
func checkSample(p *problems, path string, x []float64, least int) {
	if len(x) < least {
		p.add(path, fmt.Sprintf("%d values", len(x)), fmt.Sprintf("at least %d needed", least), "wait for more data")
	}
	for i, v := range x {
		if !(math.Abs(v) <= maxValue) {
			reason, remedy := "not a number", "leave out what was not measured"
			if !math.IsNaN(v) {
				reason, remedy = "too large to be compared", "leave it out or give a finite value below 4e307"
			}
			p.add(fmt.Sprintf("%s[%d]", path, i), number(v), reason, remedy)
		}
	}
}

// checkSamples is checkSample for both arms, and checks o.
func checkSamples(x, y []float64, least int, o *Options) error {
	var p problems
	checkSample(&p, "canary", x, least)
	checkSample(&p, "baseline", y, least)
	o.check(&p)
	return p.err()
}
