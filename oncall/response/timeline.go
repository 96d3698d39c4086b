package response

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/oncall"
)

// EscalationSetting is what an escalation is resolved against.
type EscalationSetting struct {
	Start        time.Time        // of the alert
	Acknowledged time.Time        // from here on nobody is notified any more; zero means never
	Entry        string           // whose scopes are meant
	Graph        Graph            // the catalog, for scopes
	Owners       []Owner          // who answers for which scope, beyond what the catalog says
	Schedules    map[string]Watch // by name
	Staff        Staff            // for the zones of people with hours
	Horizon      time.Duration    // how far after Start the timeline goes; 0 means 7 days
}

// DefaultHorizon is how far a timeline goes unless asked otherwise.
const DefaultHorizon = 7 * 24 * time.Hour

// MaxNotifications is how many notifications a timeline holds at most.
const MaxNotifications = 10_000

// Timeline is an escalation as it would go.
type Timeline struct {
	Name          string         `json:"name,omitempty"`
	Start         time.Time      `json:"start"`
	Notifications []Notification `json:"notifications"`
	// Exhausted is when the last wait is over and nobody has answered; zero if
	// somebody has, or if the timeline was cut.
	Exhausted    time.Time `json:"exhausted,omitzero"`
	Acknowledged time.Time `json:"acknowledged,omitzero"` // if that ended it
	Cut          bool      `json:"cut,omitempty"`         // it goes on beyond the horizon or MaxNotifications
	Findings     []Finding `json:"findings,omitempty"`
}

// Notification is one step at its instant.
type Notification struct {
	At      time.Time     `json:"at"`
	After   time.Duration `json:"-"`    // since the start of the alert
	Step    int           `json:"step"` // from 0
	Loop    int           `json:"loop"` // pass, from 0
	Scope   Scope         `json:"scope,omitempty"`
	People  []Called      `json:"people"`               // in the order of the targets, each once; empty if nobody can be notified
	Missing []string      `json:"missing,omitempty"`    // why a target gave nobody
	Queued  time.Time     `json:"queued_from,omitzero"` // when the step was due, if it was held back
}

// Called is a person whom a step notifies.
type Called struct {
	Person   string `json:"person"`
	Role     string `json:"role,omitempty"`     // in the schedule
	Schedule string `json:"schedule,omitempty"` // through which the person was found; empty if named
	Reason   string `json:"reason"`
}

// Names are the people's names.
func (n Notification) Names() []string {
	out := make([]string, len(n.People))
	for i, c := range n.People {
		out[i] = c.Person
	}
	return out
}

// Timeline resolves an escalation: who is notified when, until somebody
// acknowledges or all passes are over. An acknowledgement at the instant of a
// step comes before the step. The error is that of Validate, or says that there
// is no start. Findings have the codes
//
//	nobody      an error: not one notification reaches anybody
//	empty-step  a warning: a step reaches nobody, with its reasons
//	undefined   a warning: a schedule that is not given
//
// The cost is that of the notifications times their targets.
func (e Escalation) Timeline(set EscalationSetting) (Timeline, error) {
	var p problems
	e.check(&p, "")
	if set.Start.IsZero() {
		p.Add("value", "start", "", "the escalation has no start", "say when the alert began")
	}
	if set.Horizon < 0 {
		p.Add("value", "horizon", set.Horizon.String(), "it is negative", "leave it out for a week")
	}
	if err := p.err(); err != nil {
		return Timeline{}, err
	}
	if set.Horizon == 0 {
		set.Horizon = DefaultHorizon
	}
	w := walk{e: e, set: set, end: set.Start.Add(set.Horizon), hours: map[string]oncall.Roster{}, told: map[string]bool{},
		line: Timeline{Name: e.Name, Start: set.Start, Notifications: []Notification{}}}
	w.run()
	return w.line, nil
}

// walk is an escalation being resolved.
type walk struct {
	e     Escalation
	set   EscalationSetting
	end   time.Time
	hours map[string]oncall.Roster // by step, target and person
	told  map[string]bool          // findings that were given
	line  Timeline
}

func (w *walk) run() {
	defer w.finish()
	at := w.set.Start
	for loop := 0; w.e.Repeat < 0 || loop <= w.e.Repeat; loop++ {
		began, found := at, false
		for i, step := range w.e.Steps {
			if w.stop(at) {
				return
			}
			n := w.notify(i, loop, at)
			if n.At.After(at) && w.stop(n.At) { // held back, and answered meanwhile
				return
			}
			found = found || len(n.People) > 0
			if len(n.People) == 0 {
				w.tell("empty-step", diag.Warning, place("steps", i), "", "the step reaches nobody at "+prose.Minute(n.At)+": "+reasons(n.Missing), "give it somebody, or let it queue")
				if w.e.Empty == EmptySkip {
					continue
				}
			}
			w.line.Notifications = append(w.line.Notifications, n)
			at = n.At.Add(step.Wait)
		}
		if at.Equal(began) && (!found || w.e.Repeat < 0) {
			break // the pass took no time: the next one would be the same, without end
		}
	}
	if !w.stop(at) {
		w.line.Exhausted = at
	}
}

// stop reports whether nothing happens from at on.
func (w *walk) stop(at time.Time) bool {
	if ack := w.set.Acknowledged; !ack.IsZero() && !ack.After(at) {
		w.line.Acknowledged = ack
		return true
	}
	if at.After(w.end) || len(w.line.Notifications) >= MaxNotifications {
		w.line.Cut = true
		return true
	}
	return false
}

func (w *walk) finish() {
	reaches := func(n Notification) bool { return len(n.People) > 0 }
	if !slices.ContainsFunc(w.line.Notifications, reaches) && w.line.Acknowledged.IsZero() {
		w.tell("nobody", diag.Error, "steps", "", "not one step reaches anybody", "give a step a person or a schedule with somebody on call, or let it queue for the next shift")
	}
}

func (w *walk) tell(code, level, path, text, reason, remedy string) {
	if key := code + "\x00" + path + "\x00" + text; !w.told[key] {
		w.told[key] = true
		w.line.Findings = append(w.line.Findings, Finding{Code: code, Level: level, Path: path, Text: text, Reason: reason, Remedy: remedy})
	}
}

func reasons(list []string) string {
	if len(list) == 0 {
		return "it has no targets"
	}
	return strings.Join(list, "; ")
}

// notify resolves a step that is due at an instant, held back if it queues.
func (w *walk) notify(i, loop int, due time.Time) Notification {
	n, next := w.resolve(i, due)
	n.Step, n.Loop = i, loop
	if w.e.Steps[i].Queue && len(n.People) == 0 {
		first := n
		for range 100_000 {
			if len(n.People) > 0 || next.IsZero() || next.After(w.end) {
				break
			}
			n, next = w.resolve(i, next.In(w.set.Start.Location()))
		}
		if n.Step, n.Loop = i, loop; len(n.People) > 0 {
			n.Queued, n.Missing = due, first.Missing
		} else {
			n = first
		}
	}
	n.After = n.At.Sub(w.set.Start)
	return n
}

// resolve is whom a step reaches at an instant, and the next instant at which
// that may be different, zero if there is none.
func (w *walk) resolve(i int, at time.Time) (n Notification, next time.Time) {
	n = Notification{At: at, People: []Called{}}
	soon := func(t time.Time, ok bool) {
		if ok && t.After(at) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for j, t := range w.e.Steps[i].Targets {
		path := place(place("steps", i)+".targets", j)
		n.Scope = max(n.Scope, t.Scope)
		add := func(c Called) {
			if len(t.Hours) > 0 {
				r := w.hoursFor(path, c.Person, t.Hours)
				soon(r.NextChange(at))
				if len(r.At(at)) == 0 {
					n.Missing = append(n.Missing, fmt.Sprintf("outside the hours of %s, where it is %s", prose.Printable(c.Person), at.In(w.set.Staff.zoneOf(c.Person)).Format("Mon 15:04 MST")))
					return
				}
			}
			if !slices.ContainsFunc(n.People, func(o Called) bool { return o.Person == c.Person }) {
				n.People = append(n.People, c)
			}
		}
		if t.Person != "" {
			add(Called{Person: t.Person, Reason: "named by the step"})
			continue
		}
		schedules, why := []string{t.Schedule}, ""
		if t.Scope != 0 {
			if schedules, why = w.set.Graph.owners(w.set.Owners, w.set.Schedules, w.set.Entry, t.Scope); why != "" {
				n.Missing = append(n.Missing, why)
			}
		}
		role := cmp.Or(t.Role, RolePrimary)
		for _, name := range schedules {
			watch, ok := w.set.Schedules[name]
			if !ok || watch == nil {
				n.Missing = append(n.Missing, fmt.Sprintf("there is no schedule %s", prose.Printable(name)))
				w.tell("undefined", diag.Warning, path, name, "no schedule of that name is given", didYouMean(name, w.names()))
				continue
			}
			list := onCall(watch, role, at)
			soon(watch.NextChange(at))
			if len(list) == 0 {
				n.Missing = append(n.Missing, fmt.Sprintf("nobody is %s of %s", prose.Printable(role), prose.Printable(name)))
			}
			for _, s := range list {
				reason := fmt.Sprintf("%s of %s", prose.Printable(role), prose.Printable(name))
				if t.Scope != 0 {
					reason += ", which answers for the " + t.Scope.String()
				}
				add(Called{Person: s.Person, Role: role, Schedule: name, Reason: reason})
			}
		}
	}
	return n, next
}

func (w *walk) names() []string {
	var out []string
	for name := range w.set.Schedules {
		out = append(out, name)
	}
	slices.Sort(out)
	if len(out) > 1000 {
		return nil
	}
	return out
}

// hoursFor is when a target reaches a person.
func (w *walk) hoursFor(path, person string, hours []oncall.Window) oncall.Roster {
	key := path + "\x00" + person
	r, ok := w.hours[key]
	if !ok {
		r, _ = hoursOf("somebody", w.set.Staff.zoneOf(person).String(), hours) // cannot fail: hours were checked, and the zone was loaded
		w.hours[key] = r
	}
	return r
}

type notificationAlias Notification

type notificationJSON struct {
	*notificationAlias
	After wire.Seconds `json:"after_seconds"`
}

// MarshalJSON writes the time since the start as a number of seconds.
func (n Notification) MarshalJSON() ([]byte, error) {
	a := notificationAlias(n)
	return json.Marshal(notificationJSON{&a, wire.Seconds(n.After)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (n *Notification) UnmarshalJSON(text []byte) error {
	var a notificationAlias
	v := notificationJSON{notificationAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*n = Notification(a)
	n.After = time.Duration(v.After)
	return nil
}

// Markdown is the timeline as a table, with how it ends and its findings below.
func (t Timeline) Markdown() string {
	rows := [][]string{{"After", "At", "Step", "Pass", "Who", "Reason"}}
	for _, n := range t.Notifications {
		var who, why []string
		for _, c := range n.People {
			who, why = append(who, markdown.Text(c.Person)), append(why, markdown.Text(c.Reason))
		}
		for _, m := range n.Missing {
			why = append(why, markdown.Text(m))
		}
		if len(who) == 0 {
			who = []string{"nobody"}
		}
		if !n.Queued.IsZero() {
			why = append(why, "held back since "+prose.Minute(n.Queued))
		}
		rows = append(rows, []string{n.After.String(), prose.Minute(n.At), fmt.Sprint(n.Step + 1), fmt.Sprint(n.Loop + 1), strings.Join(who, ", "), strings.Join(why, "; ")})
	}
	var b strings.Builder
	if len(t.Notifications) > 0 {
		b.WriteString(markdown.Table(rows) + "\n")
	}
	switch {
	case !t.Acknowledged.IsZero():
		b.WriteString("Acknowledged at " + prose.Minute(t.Acknowledged) + ".\n")
	case t.Cut:
		b.WriteString("It goes on from there.\n")
	case !t.Exhausted.IsZero():
		b.WriteString("Over at " + prose.Minute(t.Exhausted) + ", and nobody has answered.\n")
	}
	for _, f := range t.Findings {
		b.WriteString("- " + markdown.Text(f.String()) + "\n")
	}
	return b.String()
}
