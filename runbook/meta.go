package runbook

import (
	"encoding/json"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// Meta is the front matter: YAML between lines ---, or a JSON object. Keys that
// are not listed here are left alone.
type Meta struct {
	Format       string        `json:"format,omitempty"`       // yaml, json or toml (stripped, not read); empty: there is none
	Title        string        `json:"title,omitempty"`        // title
	Service      string        `json:"service,omitempty"`      // service
	Owner        string        `json:"owner,omitempty"`        // owner or team
	Severity     string        `json:"severity,omitempty"`     // severity of the alert
	Alerts       []string      `json:"alerts,omitempty"`       // alert or alerts: those that it answers
	Aliases      []string      `json:"aliases,omitempty"`      // aliases: other paths or alert names
	Escalation   string        `json:"escalation,omitempty"`   // escalation: whom to turn to
	LastReviewed time.Time     `json:"last_reviewed,omitzero"` // last_reviewed, a date (UTC) or an instant
	ReviewEvery  time.Duration `json:"-"`                      // review_every, review_every_seconds in JSON; 0: not given
	Lines        int           `json:"lines,omitempty"`        // how many lines it takes, fences included
}

type plainMeta Meta

type metaJSON struct {
	plainMeta
	ReviewEverySeconds wire.Seconds `json:"review_every_seconds,omitempty"`
}

// MarshalJSON writes the interval as review_every_seconds.
func (m Meta) MarshalJSON() ([]byte, error) {
	return json.Marshal(metaJSON{plainMeta(m), wire.Seconds(m.ReviewEvery)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Meta) UnmarshalJSON(text []byte) error {
	var j metaJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*m = Meta(j.plainMeta)
	m.ReviewEvery = time.Duration(j.ReviewEverySeconds)
	return nil
}
