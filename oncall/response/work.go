package response

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// Work is a stretch of somebody's time and what it was spent on.
//
// Person may be empty where it is nobody's business: the work then counts for
// its service and team alone. Service is the name of an entry of any kind, and
// may be empty too. Duration is working time from Start on, zero or more;
// stretches that overlap count twice, as they do for who is torn between them.
type Work struct {
	Person   string        `json:"person,omitempty"`
	Service  string        `json:"service,omitempty"`
	Kind     string        `json:"kind"` // one of the constants WorkPage …
	Start    time.Time     `json:"start"`
	Duration time.Duration `json:"-"` // duration_seconds in JSON
}

// The kinds of work. Pages and incidents interrupt: they are reactive. They,
// tickets and steps that are done by hand keep a service as it is and are toil
// (Beyer, Jones, Petoff and Murphy, Site Reliability Engineering, 2016, chapter
// 5). A project changes it for good.
const (
	WorkPage       = "page"        // answering a page
	WorkIncident   = "incident"    // in an incident, in any role
	WorkTicket     = "ticket"      // a request or a ticket
	WorkManualStep = "manual_step" // a step of a runbook done by hand, outside an incident
	WorkProject    = "project"     // everything that lasts: design, automation, writing
)

var workKinds = []string{WorkPage, WorkIncident, WorkTicket, WorkManualStep, WorkProject}

// maxWork bounds one piece of work. Its unit is a mistake beyond that.
const maxWork = 366 * 24 * time.Hour

// Toil reports whether the work keeps things as they are: pages, incidents,
// tickets and manual steps do.
func (w Work) Toil() bool { return w.Reactive() || w.Kind == WorkTicket || w.Kind == WorkManualStep }

// Reactive reports whether the work cannot wait: pages and incidents cannot.
func (w Work) Reactive() bool { return w.Kind == WorkPage || w.Kind == WorkIncident }

// End is the instant at which the work ends.
func (w Work) End() time.Time { return w.Start.Add(w.Duration) }

type workAlias Work

type workJSON struct {
	*workAlias
	Duration wire.Seconds `json:"duration_seconds"`
}

// MarshalJSON writes the duration as a number of seconds.
func (w Work) MarshalJSON() ([]byte, error) {
	a := workAlias(w)
	return json.Marshal(workJSON{&a, wire.Seconds(w.Duration)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (w *Work) UnmarshalJSON(text []byte) error {
	var a workAlias
	v := workJSON{workAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*w = Work(a)
	w.Duration = time.Duration(v.Duration)
	return nil
}

// checkWork adds what is wrong with the work.
func (p *problems) checkWork(work []Work) {
	for i, w := range work {
		at := func(key string) string { return place("work", i) + key }
		if !slices.Contains(workKinds, w.Kind) {
			p.Add("name", at(".kind"), w.Kind, "no such kind of work", didYouMean(w.Kind, workKinds))
		}
		if !sound(w.Start) {
			p.checkTime(at(".start"), w.Start)
		}
		if w.Duration < 0 || w.Duration > maxWork {
			p.Add("value", at(".duration"), w.Duration.String(), "not from 0 to 366 days", "write the time that was worked")
		}
	}
}

// checkTime refuses an instant that is not set or lies in years that JSON
// cannot write.
func (p *problems) checkTime(path string, t time.Time) {
	switch {
	case sound(t):
	case t.IsZero():
		p.Add("value", path, "", "the instant is missing", "write it in RFC 3339: 2026-01-31T09:00:00Z")
	default:
		p.Add("value", path, t.UTC().Format(time.RFC3339), "the instant is outside the years 1 to 9998", "write the year with four digits")
	}
}

// sound reports whether an instant is set and lies in the years 1 to 9998.
func sound(t time.Time) bool {
	year := t.UTC().Year()
	return !t.IsZero() && year >= 1 && year <= 9998
}
