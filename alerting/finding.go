package alerting

import "github.com/srekit/ownership/internal/diag"

// Finding is something worth knowing about a policy. Level is "error",
// "warning" or "info"; Code is stable:
//
//	unreachable         the pair can never fire for this target
//	policy-unreachable  no pair of the policy can fire for this target
//	factor-raised       the factor was below 1 and is now 1
//	error-ratio-cap     the pair needs a higher error ratio than the policy allows
//	calendar-period     factors are derived from the period's shortest length
//	retuned             the pair was changed so that it can fire
//	not-retuned         no change makes the pair fire below the cap
//	baseline-fires      the error ratio without an outage keeps the alert up
//	hold-spends-budget  the hold alone spends a tenth of the budget or more
//	window-too-short    the window holds too few scrapes or evaluations
//	coarse-points       points are further apart than the short window
//	incidents-outside   labelled incidents lie outside the points
//	for-shorter-than-evaluation  the hold is rounded up to one evaluation
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
