package response

import "time"

// Alert is one alert that fires or fired for an entry.
type Alert struct {
	Entry    string    `json:"entry"`
	Name     string    `json:"name,omitempty"`
	Severity string    `json:"severity,omitempty"` // "page", "ticket" or "info"; empty means page
	Start    time.Time `json:"start"`
	End      time.Time `json:"end,omitzero"` // zero while it fires
}

// Incident is what is being answered: what alerts, since when, and who has
// joined.
type Incident struct {
	Name     string    `json:"name,omitempty"`
	Start    time.Time `json:"start"`
	End      time.Time `json:"end,omitzero"` // zero while it lasts
	Alerts   []Alert   `json:"alerts"`
	Severity int       `json:"severity,omitempty"` // 1 is the worst; 0 means that none is given
	Joined   []string  `json:"joined,omitempty"`   // teams that have joined beside the owners of what alerts
}
