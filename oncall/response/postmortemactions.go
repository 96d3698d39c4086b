package response

import (
	"cmp"
	"slices"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
)

// actions are what was decided, and what follows from the record by rule.
func (w *writer) actions() {
	for i, a := range w.record.Actions {
		a.Text, a.Team, a.Owner, a.Due = w.text(a.Text), w.text(a.Team), w.who(a.Owner), w.at(a.Due)
		w.m.Actions = append(w.m.Actions, a)
		if a.Owner == "" && a.Team == "" {
			w.find("action-without-owner", diag.Warning, place("actions", i), a.Text, "nobody owns it", "name a team or a person")
		}
		if a.Lever == "" {
			w.find("action-without-lever", diag.Warning, place("actions", i), a.Text, "it names no lever", "name one: "+prose.Or(levers))
		}
	}
	if len(w.record.Actions) == 0 {
		w.find("no-actions", diag.Warning, "actions", "", "nothing is to be done", "decide what makes it come less often, or cost less")
	}
	owner := map[string]string{}
	for _, e := range slices.Backward(w.record.Entries) {
		owner[e.Name] = e.Team
	}
	suggest := func(service, lever, text string) {
		a := Action{Text: text, Team: w.text(owner[service]), Lever: lever, Suggested: true}
		if !slices.ContainsFunc(w.m.Actions, func(b Action) bool { return b.Text == a.Text && b.Team == a.Team }) {
			w.m.Actions = append(w.m.Actions, a)
		}
	}
	fired := map[string]bool{}
	for _, a := range w.record.Incident.Alerts {
		fired[a.Entry] = true
	}
	for i, d := range w.record.Detections {
		name := cmp.Or(w.text(d.Alert), "an alert") + " of " + w.text(d.Service)
		for _, f := range w.m.Findings {
			switch {
			case f.Path != place("detections", i):
			case f.Code == "not-detected":
				suggest(d.Service, LeverThresholds, "Make "+name+" see such a failure")
			case f.Code == "late-detection":
				suggest(d.Service, LeverThresholds, "Make "+name+" as fast as its policy promises")
			}
		}
	}
	for _, b := range w.record.Budgets {
		if b.Consumed >= 0.05 && !fired[b.Service] {
			suggest(b.Service, LeverObjectives, "Alert on "+w.text(b.Objective)+" of "+w.text(b.Service)+": it lost "+prose.Percent(b.Consumed)+" of its budget in silence")
		}
	}
	for _, a := range w.record.Audit {
		if a.Action == ActionDone && !a.Automated && a.Mutating && a.Step != "" && !a.At.Before(w.began) {
			suggest(a.Service, LeverAutomation, "Automate "+w.step(a))
		}
	}
	for _, e := range w.record.Entries {
		var hit []string
		for _, d := range w.record.Entries {
			if d.Name != e.Name && fired[d.Name] && slices.ContainsFunc(d.DependsOn, func(x Edge) bool { return x.Name == e.Name && !x.Soft }) {
				hit = append(hit, w.text(d.Name))
			}
		}
		if fired[e.Name] && len(hit) > 1 {
			suggest(e.Name, LeverArchitecture, "Let "+prose.And(hit)+" go on without "+w.text(e.Name)+", which all of them failed with")
		}
	}
}
