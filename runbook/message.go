package runbook

import "github.com/srekit/ownership/internal/diag"

// Message is the finding without its position, level and code: the offending text,
// the reason and the remedy, in one line.
func (f Finding) Message() string {
	return diag.Finding{Path: f.Path, Text: f.Text, Reason: f.Reason, Remedy: f.Remedy}.String()
}
