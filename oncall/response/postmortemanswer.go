package response

import (
	"cmp"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
)

// answer is who was on call and took which part, and who handed over to whom.
func (w *writer) answer() {
	a := &w.m.Response
	from, to := w.began, w.record.Incident.End
	if to.IsZero() {
		to = a.Recovered
	}
	inside := func(t time.Time) bool { return t.After(from) && (to.IsZero() || t.Before(to)) }

	roles := slices.Clone(w.record.Roles)
	slices.SortStableFunc(roles, func(x, y RoleTaken) int { return x.From.Compare(y.From) })
	last := map[string]RoleTaken{}
	for _, x := range roles {
		role := w.text(x.Role)
		if before, ok := last[x.Role]; ok && before.Person != x.Person && !before.To.IsZero() && !x.From.Before(before.To) {
			h := Handoff{w.at(x.From), role, "", w.who(before.Person), w.who(x.Person)}
			a.Handoffs = append(a.Handoffs, h)
			w.moment(x.From, MomentHandoff, "", h.To, role+" passes from "+h.From+" to "+h.To)
		} else {
			w.moment(x.From, MomentRole, "", w.who(x.Person), w.takes(x))
		}
		last[x.Role] = x
		a.Roles = append(a.Roles, RoleTaken{role, w.who(x.Person), w.at(x.From), w.at(x.To)})
	}

	duties := slices.Clone(w.record.Duties)
	slices.SortStableFunc(duties, func(x, y Duty) int {
		return cmp.Or(x.Start.Compare(y.Start), cmp.Compare(x.Schedule, y.Schedule), cmp.Compare(x.role(), y.role()), cmp.Compare(x.Person, y.Person))
	})
	type post struct{ schedule, role string }
	ends := map[post]Duty{}
	for _, d := range duties {
		if !d.End.After(from) || !to.IsZero() && !d.Start.Before(to) {
			continue
		}
		role := w.text(d.role())
		if d.Shadow {
			role = RoleShadow
		}
		a.OnCall = append(a.OnCall, Duty{w.text(d.Schedule), w.who(d.Person), role, w.at(d.Start), w.at(d.End), d.Shadow})
		if d.Shadow {
			continue
		}
		k := post{d.Schedule, d.role()}
		if before, ok := ends[k]; ok && before.End.Equal(d.Start) && before.Person != d.Person && inside(d.Start) {
			h := Handoff{w.at(d.Start), role, w.text(d.Schedule), w.who(before.Person), w.who(d.Person)}
			a.Handoffs = append(a.Handoffs, h)
			text := role
			if h.Schedule != "" {
				text += " of " + h.Schedule
			}
			w.moment(d.Start, MomentHandoff, "", h.To, text+" passes from "+h.From+" to "+h.To)
		}
		ends[k] = d
	}
	slices.SortStableFunc(a.Handoffs, func(x, y Handoff) int { return x.At.Compare(y.At) })
}

// takes is a sentence about a part that somebody took.
func (w *writer) takes(x RoleTaken) string {
	role, who := w.text(x.Role), w.who(x.Person)
	if who == "" || who == role {
		return role + " begins"
	}
	return who + " is " + role
}

// moments are what was done, and what was released near what failed.
func (w *writer) moments() {
	acknowledged, early := time.Time{}, false
	for _, a := range w.record.Audit {
		who := "automation"
		if !a.Automated {
			who = cmp.Or(w.who(a.Actor), "somebody")
		}
		kind := MomentStep
		text := ""
		switch a.Action {
		case ActionAcknowledged:
			kind, text = MomentAcknowledged, who+" acknowledges"
			switch first := w.m.Response.FirstAlert; {
			case a.At.Before(first):
				early = true
			case acknowledged.IsZero() || a.At.Before(acknowledged):
				acknowledged = a.At
			}
		case ActionDeclared:
			kind, text = MomentDeclared, who+" declares an incident"
		case ActionNote:
			kind, text = MomentNote, who
		case ActionApproved:
			text = who + " approves " + w.step(a)
		case ActionStarted:
			text = who + " begins " + w.step(a)
		case ActionFailed:
			text = who + " fails at " + w.step(a)
		default:
			text = who + " does " + w.step(a)
		}
		if a.Text != "" {
			text += ": " + w.text(a.Text)
		}
		w.moment(a.At, kind, a.Service, who, text)
	}
	w.m.Response.Acknowledged = w.at(acknowledged)
	switch {
	case !acknowledged.IsZero() || len(w.record.Incident.Alerts) == 0:
	case early:
		w.find("not-acknowledged", diag.Warning, "audit", "", "every acknowledgement comes before the first alert", "mend the times, or add the alert that was acknowledged")
	default:
		w.find("not-acknowledged", diag.Warning, "audit", "", "nobody acknowledged any alert", "add the acknowledgement, or see why nobody was reached")
	}
	near := w.near()
	for _, o := range w.record.Rollouts {
		if _, ok := near[o.Service]; o.At.Before(w.began.Add(-w.lookback)) || !ok && len(w.record.Entries) > 0 {
			continue
		}
		text := w.release(o)
		if o.Reason != "" {
			text += ": " + w.text(o.Reason)
		}
		w.moment(o.At, MomentRelease, o.Service, w.who(o.By), text)
	}
}

// step names a step of a runbook.
func (w *writer) step(a AuditRecord) string {
	name := "a step"
	if step := w.text(a.Step); step != "" {
		name = "“" + step + "”"
	}
	if a.Runbook != "" {
		name += " of " + w.text(a.Runbook)
	}
	return name
}

// release is a decision in a few words.
func (w *writer) release(o RolloutRecord) string {
	text, share := w.revision(o), prose.Percent(o.Traffic)+" of the traffic"
	switch some := o.Traffic > 0; o.Decision {
	case RolloutRolledBack:
		return text + " is rolled back"
	case RolloutCompleted:
		return text + " has all traffic"
	case RolloutHeld:
		if some {
			return text + " is held at " + share
		}
		return text + " is held"
	case RolloutPromoted:
		if some {
			return text + " is promoted to " + share
		}
		return text + " is promoted"
	default:
		if some {
			return text + " is released to " + share
		}
		return text + " is released"
	}
}

func (w *writer) revision(o RolloutRecord) string { return cmp.Or(w.text(o.Revision), "a revision") }
