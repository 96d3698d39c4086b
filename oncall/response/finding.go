package response

import (
	"errors"
	"strconv"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
)

// ErrInput is what errors about arguments wrap.
var ErrInput = errors.New("no response")

// Finding is something that is wrong with what an answer is made from, or worth
// knowing about it. Level is "error", "warning" or "info"; the codes of an
// Error are
//
//	value      a number, share or duration out of its range
//	name       a name that is missing, unknown or used twice
//	undefined  a reference to something that is not given
//
// Functions that return findings list the codes of theirs.
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

// didYouMean is the remedy for a name that is not among those that there are.
func didYouMean(word string, names []string) string {
	if near := diag.Nearest(word, names); near != "" {
		return "did you mean " + near + "?"
	}
	if len(names) == 0 || len(names) > 12 {
		return "use a name that is given"
	}
	return "use " + prose.Or(names)
}
