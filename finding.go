package ownership

import "github.com/srekit/ownership/internal/diag"

// Finding is one thing that is wrong with a spec or worth knowing about it.
// Level is "error", "warning" or "info"; Code is stable, and Codes documents
// every one. Line and Column are 1-based and count characters; 0 means that the
// entry was not read from a file. Path names the value from the top of its
// document: service.responsibilities[1].latency.
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
//	service.yaml:9:22: service.responsibilities[1].latency: "p95 < 100": no unit; write 100ms or 100s
//
// Warnings and infos carry their level after the position.
func (f Finding) String() string { return diag.Finding(f).String() }

// SpecError is the error of a spec or catalog that cannot be used: everything
// that was found, in order of position, warnings included. At least one of the
// findings has the level "error". Reach it with errors.As.
type SpecError struct {
	Findings []Finding
}

// Error is all findings, one a line.
func (e *SpecError) Error() string {
	return diag.Lines(e.Findings)
}

// failed reports whether one of the findings is an error.
func failed(findings []Finding) bool {
	for _, f := range findings {
		if f.Level == diag.Error {
			return true
		}
	}
	return false
}
