package capacity

import (
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
)

// Problem is one thing that is wrong with an input.
type Problem struct {
	Path   string `json:"path"` // samples[17], values[3], options.step
	Text   string `json:"text"` // the offending text
	Reason string `json:"reason"`
	Remedy string `json:"remedy"`
}

// String is path: text: reason; remedy.
func (p Problem) String() string {
	return p.Path + ": " + p.Text + ": " + p.Reason + "; " + p.Remedy
}

// Error is everything that is wrong with an input. It wraps ErrSeries.
type Error struct {
	// Problems are the first hundred, in the order of the input.
	Problems []Problem
	More     int // how many more there are
}

// Error is the first ten problems, one a line, and how many more there are.
func (e *Error) Error() string { return diag.Text(ErrSeries.Error(), e.Problems, e.More) }

// Unwrap is ErrSeries.
func (e *Error) Unwrap() error { return ErrSeries }

// problems collects what an *Error tells.
type problems struct{ e Error }

func (p *problems) add(path, text, reason, remedy string) {
	if len(p.e.Problems) == 100 {
		p.e.More++
		return
	}
	p.e.Problems = append(p.e.Problems, Problem{path, text, reason, remedy})
}

// err is nil where nothing was added.
func (p *problems) err() error {
	if len(p.e.Problems) == 0 {
		return nil
	}
	return &p.e
}

// problem is an error of one problem.
func problem(path, text, reason, remedy string) error {
	return &Error{Problems: []Problem{{path, text, reason, remedy}}}
}

// number writes v with all its digits, and without an exponent unless that would be long.
func number(v float64) string { return prose.Figure(v, -1) }
