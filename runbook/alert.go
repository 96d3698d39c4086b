package runbook

// Alert is an alert as far as runbooks are concerned. alerting/rules reads rule
// files into values with the same fields.
type Alert struct {
	Name        string            `json:"name"`
	Severity    string            `json:"severity,omitempty"` // critical, page, warning, …; empty: label severity
	Owner       string            `json:"owner,omitempty"`    // team; empty: label team or owner
	Expr        string            `json:"expr,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Source      string            `json:"source,omitempty"` // file that defines it
	Line        int               `json:"line,omitempty"`   // 1-based, there
}

// severity is the alert's, by its label where the field is empty.
func (a Alert) severity() string {
	if a.Severity != "" {
		return a.Severity
	}
	return a.Labels["severity"]
}

// owner is the alert's, by its labels where the field is empty.
func (a Alert) owner() string {
	for _, o := range []string{a.Owner, a.Labels["owner"], a.Labels["team"], a.Labels["owner_team"]} {
		if o != "" {
			return o
		}
	}
	return ""
}
