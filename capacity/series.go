package capacity

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// ErrSeries is what errors about series, samples and forecasts wrap.
var ErrSeries = errors.New("not a series to forecast")

const (
	// maxSteps bounds the length of a series.
	maxSteps = 1 << 25
	// largest bounds values, so that a hundred thousand of them have a finite sum.
	largest = 1e303
)

// Series is measurements on a regular grid: value i is that of the time
// [Start + i·Step, Start + (i+1)·Step). The zero value is an empty series, with
// which nothing can be forecast.
type Series struct {
	Start  time.Time
	Step   time.Duration // above 0
	Values []float64     // within ±1e303; 0 where Mask is set
	// Mask marks gaps: where Mask[i] is true nothing is known and Values[i] means
	// nothing. nil means no gaps; else it is as long as Values.
	Mask []bool
}

// Len is the number of steps, gaps included.
func (s Series) Len() int { return len(s.Values) }

// Missing tells whether step i is a gap.
func (s Series) Missing(i int) bool { return s.Mask != nil && s.Mask[i] }

// Observed is the number of steps that are not gaps.
func (s Series) Observed() int {
	n := len(s.Values)
	for _, m := range s.Mask {
		if m {
			n--
		}
	}
	return n
}

// Time is the start of step i, which may lie outside the series.
func (s Series) Time(i int) time.Time { return s.Start.Add(time.Duration(i) * s.Step) }

// End is the end of the last step: where a forecast starts.
func (s Series) End() time.Time { return s.Time(len(s.Values)) }

// Slice is the steps i to j-1 as a series of their own, which shares the memory
// of s. It panics like a slice expression where they do not exist.
func (s Series) Slice(i, j int) Series {
	t := Series{Start: s.Time(i), Step: s.Step, Values: s.Values[i:j:j]}
	if s.Mask != nil {
		t.Mask = s.Mask[i:j:j]
	}
	return t
}

// Check reports everything that is wrong with s as one *Error: a step of 0 or
// less, values that are NaN or beyond ±1e303, a mask of another length, more than
// 2²⁵ steps. Values under the mask are not looked at. An empty series passes.
func (s Series) Check() error {
	var p problems
	if s.Step <= 0 {
		p.add("step", s.Step.String(), "a step is longer than 0", "write the distance of values, such as 1h")
	} else if n := int64(len(s.Values)); n > 0 && n > math.MaxInt64/int64(s.Step) {
		p.add("step", s.Step.String(), fmt.Sprintf("%d steps are longer than 292 years", n), "write a shorter step")
	}
	if len(s.Values) > maxSteps {
		p.add("values", strconv.Itoa(len(s.Values)), "more than 33554432 steps", "take a coarser step")
	}
	if s.Mask != nil && len(s.Mask) != len(s.Values) {
		p.add("mask", strconv.Itoa(len(s.Mask)), fmt.Sprintf("not as long as the %d values", len(s.Values)), "mark each value, or leave the mask out")
		return p.err()
	}
	for i, v := range s.Values {
		if !measurable(v) && !s.Missing(i) {
			p.add("values["+strconv.Itoa(i)+"]", number(v), unmeasurable(v), "mark the gap in the mask")
		}
	}
	return p.err()
}

// measurable tells whether v is a number within ±1e303.
func measurable(v float64) bool { return math.Abs(v) <= largest }

// unmeasurable is why v is not measurable.
func unmeasurable(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "not a finite number"
	}
	return "beyond ±1e303"
}

// observedValues is the values that are not gaps, copied.
func (s Series) observedValues() []float64 {
	v := make([]float64, 0, len(s.Values))
	for i, x := range s.Values {
		if !s.Missing(i) {
			v = append(v, x)
		}
	}
	return v
}

type seriesJSON struct {
	Start  time.Time    `json:"start"`
	Step   wire.Seconds `json:"step_seconds"`
	Values []*float64   `json:"values"`
}

// MarshalJSON writes {"start","step_seconds","values"}, with null for a gap.
func (s Series) MarshalJSON() ([]byte, error) {
	if err := s.Check(); err != nil && len(s.Values) > 0 {
		return nil, err
	}
	j := seriesJSON{s.Start, wire.Seconds(s.Step), make([]*float64, len(s.Values))}
	for i := range s.Values {
		if !s.Missing(i) {
			j.Values[i] = &s.Values[i]
		}
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes. The mask is nil where no value is
// null. Errors are those of Check.
func (s *Series) UnmarshalJSON(text []byte) error {
	var j seriesJSON
	if err := json.Unmarshal(text, &j); err != nil {
		var no *wire.Error
		if errors.As(err, &no) {
			return problem("step_seconds", no.Text, "not a number of seconds within 292 years", "write a number such as 3600")
		}
		return err
	}
	t := Series{Start: j.Start, Step: time.Duration(j.Step), Values: make([]float64, len(j.Values))}
	if slices.Contains(j.Values, nil) {
		t.Mask = make([]bool, len(j.Values))
	}
	for i, v := range j.Values {
		if v == nil {
			t.Mask[i] = true
		} else {
			t.Values[i] = *v
		}
	}
	if len(t.Values) > 0 {
		if err := t.Check(); err != nil {
			return err
		}
	}
	*s = t
	return nil
}
