package runbook

// Coverage says which alerts have a usable runbook.
type Coverage struct {
	Runbooks   int       `json:"runbooks"` // read
	Counts     Counts    `json:"counts"`
	BySeverity []Group   `json:"by_severity"` // in order of name
	ByOwner    []Group   `json:"by_owner"`    // in order of name
	Alerts     []Covered `json:"alerts"`      // in the caller's order

	// Orphans are the paths of runbooks that answer none of the alerts, sorted.
	Orphans []string `json:"orphans,omitempty"`
}

// Counts counts alerts. Each is a part of the one before, but for Executable
// and Fresh, which are parts of Resolved.
type Counts struct {
	Total      int `json:"total"`
	Linked     int `json:"linked"`     // has a link or a runbook by another way
	Resolved   int `json:"resolved"`   // the runbook is there
	Complete   int `json:"complete"`   // it has all required sections, none hollow
	Executable int `json:"executable"` // it has a command or a query
	Fresh      int `json:"fresh"`      // it was reviewed in time; 0 where no instant was given
}

// Group is the counts of the alerts of one severity or owner; the empty name
// stands for those that have none.
type Group struct {
	Name   string `json:"name"`
	Counts Counts `json:"counts"`
}

// Covered is what was found out about one alert.
type Covered struct {
	Alert      string `json:"alert"`
	Severity   string `json:"severity,omitempty"`
	Owner      string `json:"owner,omitempty"`
	Link       string `json:"link,omitempty"`    // as its annotation has it
	Runbook    string `json:"runbook,omitempty"` // path of the runbook
	By         Way    `json:"by"`                // how it was found
	Linked     bool   `json:"linked"`
	Resolved   bool   `json:"resolved"`
	Complete   bool   `json:"complete"`
	Executable bool   `json:"executable"`
	Fresh      bool   `json:"fresh"`
	Reason     string `json:"reason,omitempty"` // why it is not resolved or not complete
}
