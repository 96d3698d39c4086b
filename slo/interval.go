package slo

import (
	"errors"
	"fmt"
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// Interval is a range for an unknown quantity: a confidence interval, for
// JeffreysInterval a posterior one. Level is in (0,1).
type Interval struct {
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Level float64 `json:"level"`
}

// IntervalMethod is how an interval for a ratio is computed from counts.
type IntervalMethod int

// The methods. All treat events as independent; where errors come in bursts
// the true uncertainty is larger.
const (
	// ClopperPearsonInterval covers the true ratio at least as often as its
	// level says, whatever the ratio (Clopper and Pearson 1934, Biometrika 26).
	ClopperPearsonInterval IntervalMethod = iota
	// WilsonInterval is the score interval: narrower, and right on average over
	// ratios (Wilson 1927, JASA 22).
	WilsonInterval
	// JeffreysInterval is the equal-tailed interval of the posterior under
	// Jeffreys' prior, Beta(bad+½, good+½), closed at 0 without bad and at 1
	// without good events (Brown, Cai and DasGupta 2001, Statistical Science 16).
	JeffreysInterval
)

var methodNames = [...]string{"clopper_pearson", "wilson", "jeffreys"}

// String is the method's name: clopper_pearson, wilson or jeffreys.
func (m IntervalMethod) String() string {
	if m < 0 || int(m) >= len(methodNames) {
		return fmt.Sprintf("IntervalMethod(%d)", int(m))
	}
	return methodNames[m]
}

// MarshalText writes the method's name.
func (m IntervalMethod) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what String writes.
func (m *IntervalMethod) UnmarshalText(text []byte) error {
	for i, name := range methodNames {
		if name == string(text) {
			*m = IntervalMethod(i)
			return nil
		}
	}
	return fmt.Errorf("unknown interval method %q; write clopper_pearson, wilson or jeffreys", text)
}

// ErrLevel is wrapped by errors about a confidence level or a probability that
// is not in (0,1).
var ErrLevel = errors.New("not a level between 0 and 1")

// ErrorInterval is the interval for the true ratio of bad events. Without
// traffic it is [0, 1]. Fractional counts are rounded to whole events. Errors
// wrap ErrCounts (also for more than 2^53 events, whose count is not exact)
// and ErrLevel.
func (c Counts) ErrorInterval(method IntervalMethod, level float64) (Interval, error) {
	bad, total, err := c.whole()
	if err = errors.Join(err, validLevel(level)); err != nil {
		return Interval{}, err
	}
	var i stat.Interval
	switch method {
	case ClopperPearsonInterval:
		i = stat.ClopperPearson(bad, total, level)
	case WilsonInterval:
		i = stat.Wilson(bad, total, level)
	case JeffreysInterval:
		i = stat.Jeffreys(bad, total, level)
	default:
		return Interval{}, fmt.Errorf("unknown interval method %d; use ClopperPearsonInterval, WilsonInterval or JeffreysInterval", int(method))
	}
	return Interval{Low: i.Low, High: i.High, Level: i.Level}, nil
}

// RatioInterval is the interval for the true ratio of good events: the
// complement of ErrorInterval.
func (c Counts) RatioInterval(method IntervalMethod, level float64) (Interval, error) {
	i, err := c.ErrorInterval(method, level)
	if err != nil {
		return Interval{}, err
	}
	return Interval{Low: 1 - i.High, High: 1 - i.Low, Level: level}, nil
}

// RemainingInterval is the interval for the share of the error budget that a
// service of this kind leaves in the long run: 1 - e/(1-Target) at both ends
// e of ErrorInterval. The counted Remaining of a Budget lies inside; the
// interval says what it proves about the service. Errors wrap ErrObjective,
// ErrCounts and ErrLevel.
func (o Objective) RemainingInterval(c Counts, method IntervalMethod, level float64) (Interval, error) {
	i, err := c.ErrorInterval(method, level)
	if err = errors.Join(o.Validate(), err); err != nil {
		return Interval{}, err
	}
	budget := o.Budget().Float64()
	return Interval{Low: 1 - i.High/budget, High: 1 - i.Low/budget, Level: level}, nil
}

// whole is c as whole numbers of events.
func (c Counts) whole() (bad, total uint64, err error) {
	if err := c.Validate(); err != nil {
		return 0, 0, err
	}
	if c.Total > 1<<53 {
		return 0, 0, fmt.Errorf("%w: total is %v; counts above 2^53 are not exact", ErrCounts, c.Total)
	}
	return uint64(math.Round(c.Bad)), uint64(math.Round(c.Total)), nil
}

func validLevel(level float64) error {
	if !(level > 0 && level < 1) {
		return fmt.Errorf("%w: %v; write 0.95 for 95 %%", ErrLevel, level)
	}
	return nil
}
