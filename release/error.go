package release

import (
	"errors"
	"strconv"
	"strings"

	"github.com/srekit/ownership/internal/diag"
)

// ErrInput is what errors about arguments wrap.
var ErrInput = errors.New("no rollout")

// Finding is something worth knowing about a rollout. Level is "error",
// "warning" or "info"; the codes of Lint are listed there, those of an Error are
//
//	value    a number, share or duration out of its range
//	order    a stage that does not give more traffic than the one before
//	name     a name that is missing, unknown or used twice
//	syntax   a text that cannot be read
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

// join adds what another error tells, under path.
func (p *problems) join(path string, err error) {
	var e *Error
	switch {
	case err == nil:
	case errors.As(err, &e):
		for _, f := range e.Findings {
			p.Add(f.Code, path+f.Path, f.Text, f.Reason, f.Remedy)
		}
		p.More += e.More
	default:
		p.Add("value", strings.TrimSuffix(path, "."), "", err.Error(), "")
	}
}

// err is nil where nothing was added.
func (p *problems) err() error {
	if len(p.Findings) == 0 {
		return nil
	}
	return &Error{p.Findings, p.More}
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// place is the path of an element of a list.
func place(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
