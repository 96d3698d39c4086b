package ownership

import (
	"time"

	"github.com/srekit/ownership/internal/quantity"
)

// Rate is a number of events per length of time: 200 requests a second. The
// zero value means unknown.
type Rate struct {
	Count float64 // positive
	Per   time.Duration
	Noun  string // what is counted: "requests"; may be empty
}

// PerSecond is the rate in events per second; 0 when unknown.
func (r Rate) PerSecond() float64 {
	if r.Per <= 0 {
		return 0
	}
	return r.Count / r.Per.Seconds()
}

// String is the form in which a spec writes it ("200 requests/s"), empty when
// unknown.
func (r Rate) String() string {
	if r.Per <= 0 {
		return ""
	}
	per := quantity.Threshold{Kind: quantity.RateThreshold, Value: quantity.Fraction{Num: 1, Den: 1}, Per: r.Per, Noun: r.Noun}.String()
	return number(r.Count) + per[1:]
}

// rate reads "200 rps" or "5 errors/min".
func (d *decoder) rate(n *node, path string) Rate {
	s, ok := d.scalar(n, path)
	if !ok {
		return Rate{}
	}
	t, err := quantity.ParseThreshold(s)
	switch {
	case err != nil:
		d.bad(n, path, err)
	case t.Kind != quantity.RateThreshold:
		d.fail(n, path, "value", "it is no rate", "write events over time: 200 rps, 5000/min")
	case t.Value.Num == 0:
		d.fail(n, path, "value", "a rate of nought says nothing", "write the usual traffic, or remove the key")
	default:
		return Rate{Count: t.Value.Float64(), Per: t.Per, Noun: t.Noun}
	}
	return Rate{}
}
