package run

import (
	"errors"
	"strconv"

	"github.com/srekit/ownership/internal/diag"
)

// ErrInput is what errors about arguments wrap.
var ErrInput = errors.New("no run")

// Finding is something worth knowing about a plan. Level is "error", "warning" or
// "info"; the codes are
//
//	value              a number, duration or text out of its range
//	name               a name that is missing, unknown or used twice
//	input              an input that has no value, or one that is not allowed
//	value-as-option    a value that begins with a hyphen would be read as an option
//	value-reread       a value would be read again by a second interpreter
//	placement          a value stands where no shell can take it as data
//	secret-argument    a secret would stand in the list of processes
//	not-repeatable     a step is to be repeated and does not say that it may be
//	no-time-limit      an automated step has no time limit
//	unapproved-change  a command that changes something runs without an approval
//	no-person          fewer people may approve than have to
type Finding struct {
	Code   string `json:"code"`
	Level  string `json:"level"`
	Source string `json:"source,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"`
	Text   string `json:"text,omitempty"`
	Reason string `json:"reason"`
	Remedy string `json:"remedy,omitempty"`
}

// String is the finding in one line.
func (f Finding) String() string { return diag.Finding(f).String() }

// Error is everything that is wrong with an argument. It wraps ErrInput.
type Error struct {
	// Findings are the first hundred, in the order of the argument.
	Findings []Finding
	More     int // how many more there are
}

// Error is the first ten findings, one a line, and how many more there are.
func (e *Error) Error() string { return diag.Text(ErrInput.Error(), e.Findings, e.More) }

// Unwrap is ErrInput.
func (e *Error) Unwrap() error { return ErrInput }

// problems collects what an *Error tells.
type problems struct{ diag.Problems[Finding] }

// err is nil where nothing was added.
func (p *problems) err() error {
	if len(p.Findings) == 0 {
		return nil
	}
	return &Error{p.Findings, p.More}
}

// place is the path of an element of a list.
func place(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
