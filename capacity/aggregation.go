package capacity

import (
	"fmt"
	"slices"

	"github.com/srekit/ownership/internal/stat"
)

// Aggregation is how the samples of a step become its value.
type Aggregation int

// The aggregations. Increase and Rate read the samples as a counter, which only
// grows and starts again at 0.
const (
	Mean Aggregation = iota
	Sum
	Max
	Min
	Last     // the latest sample
	P95      // the 95th percentile, interpolated linearly between samples
	Increase // of a counter over the step
	Rate     // of a counter, per second
)

var aggregationNames = [...]string{"mean", "sum", "max", "min", "last", "p95", "increase", "rate"}

// String is the name in lower case, such as p95.
func (a Aggregation) String() string {
	if a.valid() {
		return aggregationNames[a]
	}
	return fmt.Sprintf("Aggregation(%d)", int(a))
}

func (a Aggregation) valid() bool { return a >= 0 && int(a) < len(aggregationNames) }

func (a Aggregation) counter() bool { return a == Increase || a == Rate }

// MarshalText writes the name.
func (a Aggregation) MarshalText() ([]byte, error) {
	if !a.valid() {
		return nil, problem("aggregation", a.String(), "not an aggregation", fmt.Sprintf("use one of %v", aggregationNames))
	}
	return []byte(a.String()), nil
}

// UnmarshalText reads a name.
func (a *Aggregation) UnmarshalText(text []byte) error {
	i := slices.Index(aggregationNames[:], string(text))
	if i < 0 {
		return problem("aggregation", fmt.Sprintf("%q", text), "not an aggregation", fmt.Sprintf("write one of %v", aggregationNames))
	}
	*a = Aggregation(i)
	return nil
}

// of is the aggregate of values in the order of time, at least one.
func (a Aggregation) of(values []float64) float64 {
	switch a {
	case Max:
		return slices.Max(values)
	case Min:
		return slices.Min(values)
	case Last:
		return values[len(values)-1]
	case P95:
		return stat.Quantile(values, 0.95)
	}
	var sum stat.Sum
	for _, v := range values {
		sum = sum.Add(v)
	}
	if a == Sum {
		return clampFinite(sum.Value())
	}
	// Huge values are divided before they are added.
	if total := sum.Value(); clampFinite(total) == total {
		return total / float64(len(values))
	}
	sum = stat.Sum{}
	for _, v := range values {
		sum = sum.Add(v / float64(len(values)))
	}
	return clampFinite(sum.Value())
}
