package response

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
)

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
	Name     string        `json:"name,omitempty"`
	Start    time.Time     `json:"start"`
	End      time.Time     `json:"end,omitzero"` // zero while it lasts
	Alerts   []Alert       `json:"alerts"`
	Severity int           `json:"severity,omitempty"` // 1 is the worst; 0 means that none is given
	Joined   []string      `json:"joined,omitempty"`   // teams that have joined beside the owners of what alerts
	Expected time.Duration `json:"-"`                  // how long it is expected to last from its start; 0 means that nobody says
}

type incidentAlias Incident

type incidentJSON struct {
	*incidentAlias
	Expected wire.Seconds `json:"expected_seconds,omitzero"`
}

// MarshalJSON writes the duration as a number of seconds.
func (i Incident) MarshalJSON() ([]byte, error) {
	a := incidentAlias(i)
	return json.Marshal(incidentJSON{&a, wire.Seconds(i.Expected)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (i *Incident) UnmarshalJSON(text []byte) error {
	var a incidentAlias
	v := incidentJSON{incidentAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*i = Incident(a)
	i.Expected = time.Duration(v.Expected)
	return nil
}

// Alerting are the entries for which an alert has begun by t, by name, each
// once. An alert that has ended counts as long as the incident lasts: what was
// hit is a trace of the root, and it may come back.
func (i Incident) Alerting(t time.Time) []string {
	var out []string
	for _, a := range i.Alerts {
		if a.Entry != "" && !a.Start.After(t) {
			out = append(out, a.Entry)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// check says what is wrong with an incident.
func (i Incident) check(p *problems, prefix string) {
	if i.Start.IsZero() {
		p.Add("value", prefix+"start", "", "the incident has no start", "say when it began")
	}
	if i.Severity < 0 {
		p.Add("value", prefix+"severity", fmt.Sprint(i.Severity), "it is negative", "write 1 for the worst, or leave it out")
	}
	if i.Expected < 0 {
		p.Add("value", prefix+"expected_seconds", i.Expected.String(), "it is negative", "leave it out if nobody can say")
	}
	for j, a := range i.Alerts {
		at := func() string { return place(prefix+"alerts", j) }
		if a.Entry == "" {
			p.Add("name", at()+".entry", a.Name, "the alert names no entry", "name the entry for which it fires")
		}
		if !a.End.IsZero() && a.End.Before(a.Start) {
			p.Add("value", at()+".end", prose.Minute(a.End), "it ends before it starts", "swap start and end")
		}
		switch a.Severity {
		case "", "page", "ticket", "info":
		default:
			p.Add("value", at()+".severity", a.Severity, "it is no severity", "write page, ticket or info")
		}
	}
}
