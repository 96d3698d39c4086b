package oncall

import (
	"errors"
	"strconv"

	"github.com/srekit/ownership/internal/diag"
)

// ErrInput is what errors about definitions wrap.
var ErrInput = errors.New("no schedule")

// Finding is something worth knowing about a schedule. Level is "error",
// "warning" or "info". The codes of an Error are
//
//	missing    a field that is needed is empty
//	value      a text or number that cannot be read or is out of its range
//	zone       a time zone that the database does not hold
//	order      an end that is not after its start
//	conflict   two fields, or two entries, that cannot both hold
//	name       a name that is used twice, or refers to nothing
//	limit      more than the package takes on
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

// Error is everything that is wrong with a definition. It wraps ErrInput.
type Error struct {
	// Findings are the first hundred, in the order of the definition.
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
