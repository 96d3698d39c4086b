package slo

import (
	"errors"
	"fmt"
	"math"
)

// Op compares a value with a bound.
type Op int

// The comparisons.
const (
	OpLess         Op = iota // value < bound
	OpLessEqual              // value <= bound
	OpGreater                // value > bound
	OpGreaterEqual           // value >= bound
)

var opNames = [...]struct{ sign, word string }{{"<", "lt"}, {"<=", "lte"}, {">", "gt"}, {">=", "gte"}}

// String is the sign: <, <=, > or >=.
func (op Op) String() string {
	if op < 0 || int(op) >= len(opNames) {
		return fmt.Sprintf("Op(%d)", int(op))
	}
	return opNames[op].sign
}

// MarshalText writes the sign.
func (op Op) MarshalText() ([]byte, error) { return []byte(op.String()), nil }

// UnmarshalText reads the sign, or OpenSLO's word for it: lt, lte, gt, gte.
func (op *Op) UnmarshalText(text []byte) error {
	for i, name := range opNames {
		if name.sign == string(text) || name.word == string(text) {
			*op = Op(i)
			return nil
		}
	}
	return fmt.Errorf("unknown comparison %q; write <, <=, > or >=", text)
}

// GaugeBound says when a sample of a gauge is good: a queue below 100, a
// replica count of at least 3.
type GaugeBound struct {
	Op    Op      `json:"op"`
	Value float64 `json:"value"`
}

// ErrGauge is what errors about a GaugeBound wrap.
var ErrGauge = errors.New("not a bound of a gauge")

// Validate tells what is wrong with b: an unknown comparison, a bound that is
// infinite or no number.
func (b GaugeBound) Validate() error {
	var errs []error
	if b.Op < OpLess || b.Op > OpGreaterEqual {
		errs = append(errs, fmt.Errorf("%w: unknown comparison %d; use OpLess, OpLessEqual, OpGreater or OpGreaterEqual", ErrGauge, int(b.Op)))
	}
	if math.IsNaN(b.Value) || math.IsInf(b.Value, 0) {
		errs = append(errs, fmt.Errorf("%w: value %v is no finite number", ErrGauge, b.Value))
	}
	return errors.Join(errs...)
}

// Good reports whether the value is good; ok is false for NaN, which is no
// measurement, and for an invalid bound. Infinite values compare as they are.
func (b GaugeBound) Good(value float64) (good, ok bool) {
	if math.IsNaN(value) || b.Validate() != nil {
		return false, false
	}
	switch b.Op {
	case OpLess:
		return value < b.Value, true
	case OpLessEqual:
		return value <= b.Value, true
	case OpGreater:
		return value > b.Value, true
	}
	return value >= b.Value, true
}

// Count counts the values, each as one event that is bad outside the bound.
// NaN is not counted. Nothing is counted for an invalid bound.
func (b GaugeBound) Count(values []float64) Counts {
	var c Counts
	for _, v := range values {
		good, ok := b.Good(v)
		if !ok {
			continue
		}
		c.Total++
		if !good {
			c.Bad++
		}
	}
	return c
}

// Points makes a point of each sample, which counts as one event. NaN gives no
// point. With samples at even steps, the ratio of good events is the share of
// time in which the gauge was within its bound.
func (b GaugeBound) Points(samples []Sample) []Point {
	points := make([]Point, 0, len(samples))
	for _, s := range samples {
		if c := b.Count([]float64{s.Value}); c.Total > 0 {
			points = append(points, Point{s.Time, c})
		}
	}
	return points
}
