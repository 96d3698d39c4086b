package oncall

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/srekit/ownership/internal/diag"
)

// Finding is one thing that is wrong with a schedule or worth knowing about it.
// Level is "error", "warning" or "info"; Code is stable. Line and Column are
// 1-based and count characters; 0 means that the entry was not read from a file.
// Path names the value from the top of what was given: layers[1].zone. The codes
// of what is weak about a schedule are listed at LintReport.
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

// String is the finding in one line:
//
//	layers[1].zone: "Mars/Base": no such time zone; write an IANA name such as Europe/Berlin
//
// Warnings and infos carry their level in front.
func (f Finding) String() string { return diag.Finding(f).String() }

// ErrInput is what errors about arguments wrap.
var ErrInput = errors.New("no schedule")

// Error is everything that is wrong with an argument. It wraps ErrInput.
type Error struct {
	// Findings are the first hundred, in the order of the argument.
	Findings []Finding
	More     int // how many more there are
}

// Error is the first ten findings, one a line, and how many more there are.
func (e *Error) Error() string {
	var b strings.Builder
	for i, f := range e.Findings {
		if i == 10 {
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(ErrInput.Error() + ": " + f.String())
	}
	if more := e.More + max(0, len(e.Findings)-10); more > 0 {
		fmt.Fprintf(&b, "\nand %d more", more)
	}
	return b.String()
}

// Unwrap is ErrInput.
func (e *Error) Unwrap() error { return ErrInput }

// problems collects what an *Error tells.
type problems struct{ e Error }

func (p *problems) add(code, path, text, reason, remedy string) {
	if len(p.e.Findings) == 100 {
		p.e.More++
		return
	}
	p.e.Findings = append(p.e.Findings, Finding{Code: code, Level: diag.Error, Path: path, Text: text, Reason: reason, Remedy: remedy})
}

// join adds what another error tells, under path.
func (p *problems) join(path string, err error) {
	var e *Error
	switch {
	case err == nil:
	case errors.As(err, &e):
		for _, f := range e.Findings {
			p.add(f.Code, path+f.Path, f.Text, f.Reason, f.Remedy)
		}
		p.e.More += e.More
	default:
		p.add("value", strings.TrimSuffix(path, "."), "", err.Error(), "")
	}
}

// err is nil where nothing was added.
func (p *problems) err() error {
	if len(p.e.Findings) == 0 {
		return nil
	}
	e := p.e // so that p stays on the stack where nothing is wrong
	return &e
}

// place is the path of an element of a list.
func place(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
