package runbook

import (
	"errors"

	"github.com/srekit/ownership/internal/diag"
)

// ErrInput is what errors about arguments wrap.
var ErrInput = errors.New("no runbook input")

// Finding is one thing that is wrong with a runbook or with what links to it.
// Level is "error", "warning" or "info"; Rules documents every code. Source is
// the runbook's path, or the rule file of an alert; Line and Column are 1-based,
// 0 where there is no place to point at. Text is the offending text, and empty
// where that is a secret.
type Finding struct {
	Code   string `json:"code"`
	Level  string `json:"level"`
	Source string `json:"source,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Path   string `json:"path,omitempty"` // alert or section it is about
	Text   string `json:"text,omitempty"`
	Reason string `json:"reason"`
	Remedy string `json:"remedy,omitempty"`
}

// String is the finding in one line.
func (f Finding) String() string { return diag.Finding(f).String() }

// withoutSecret is the finding without a text or reason that looks like it holds a
// secret.
func (f Finding) withoutSecret() Finding {
	if what, _ := secretIn(f.Text); what != "" {
		f.Text = ""
	}
	if what, _ := secretIn(f.Reason); what != "" {
		f.Reason = "what is wrong here holds what looks like " + what
	}
	return f
}
