package oncall

import (
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
