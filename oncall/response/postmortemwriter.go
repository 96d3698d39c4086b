package response

import (
	"cmp"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
)

// writer makes a post-mortem. Everything that it takes from the record goes
// through text, who or at.
type writer struct {
	record   IncidentRecord
	opt      PostMortemOptions
	zone     *time.Location
	lookback time.Duration
	cast     casting
	m        PostMortem
	began    time.Time // the first sign of failure
}

func (w *writer) text(s string) string { return w.cast.redact(s) }

// who is a person as the document names them.
func (w *writer) who(name string) string {
	name = clean(name)
	if w.opt.Names || name == "" {
		return name
	}
	return w.cast.label[name]
}

func (w *writer) at(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(w.zone)
}

func (w *writer) write() PostMortem {
	r := w.record
	m := &w.m
	*m = PostMortem{Incident: w.text(r.Incident.Name), Severity: r.Incident.Severity, Scope: r.Scope, Anonymous: !w.opt.Names, Zone: w.zone.String(),
		Start: w.at(r.Incident.Start), End: w.at(r.Incident.End), Summary: w.text(r.Summary), Timeline: []Moment{}}
	w.alerts()
	w.impact()
	w.detections()
	w.answer()
	w.moments()
	w.stop()
	w.changes()
	w.luck()
	w.actions()
	slices.SortStableFunc(m.Timeline, func(a, b Moment) int { return a.At.Compare(b.At) })
	return *m
}

func (w *writer) find(code, level, path, text, reason, remedy string) {
	w.m.Findings = append(w.m.Findings, Finding{Code: code, Level: level, Path: path, Text: text, Reason: reason, Remedy: remedy})
}

func (w *writer) moment(t time.Time, kind, service, who, text string) {
	w.m.Timeline = append(w.m.Timeline, Moment{w.at(t), kind, w.text(service), who, text})
}

// alerts are the entries and teams, and when it began and ended.
func (w *writer) alerts() {
	alerts := slices.Clone(w.record.Incident.Alerts)
	slices.SortStableFunc(alerts, func(a, b Alert) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Entry, b.Entry)) })
	seen, teams := map[string]bool{}, map[string]bool{}
	owner := map[string]string{}
	for _, e := range slices.Backward(w.record.Entries) {
		owner[e.Name] = e.Team
	}
	w.began = w.record.Incident.Start
	open := false
	a := &w.m.Response
	for _, x := range alerts {
		if !seen[x.Entry] && x.Entry != "" {
			seen[x.Entry] = true
			w.m.Entries = append(w.m.Entries, w.text(x.Entry))
			if t := owner[x.Entry]; t != "" {
				teams[t] = true
			}
		}
		name := cmp.Or(w.text(x.Name), "an alert")
		if x.Severity != "" {
			name += " (" + w.text(x.Severity) + ")"
		}
		w.moment(x.Start, MomentAlert, x.Entry, "", name+" fires")
		if a.FirstAlert.IsZero() {
			a.FirstAlert = w.at(x.Start)
		}
		if x.Start.Before(w.began) {
			w.began = x.Start
		}
		if x.End.IsZero() {
			open = true
			continue
		}
		w.moment(x.End, MomentResolved, x.Entry, "", name+" ends")
		if x.End.After(a.Recovered) {
			a.Recovered = w.at(x.End)
		}
	}
	if open {
		a.Recovered = time.Time{}
	}
	for _, t := range w.record.Incident.Joined {
		teams[t] = true
	}
	for t := range teams {
		w.m.Teams = append(w.m.Teams, w.text(t))
	}
	slices.Sort(w.m.Teams)
	w.m.Teams = slices.Compact(w.m.Teams)
	if !w.record.Incident.End.IsZero() {
		w.moment(w.record.Incident.End, MomentEnd, "", "", "the incident is over")
	}
}

func (w *writer) impact() {
	for _, b := range w.record.Budgets {
		b.Service, b.Objective, b.From, b.To = w.text(b.Service), w.text(b.Objective), w.at(b.From), w.at(b.To)
		w.m.Impact = append(w.m.Impact, b)
	}
	slices.SortStableFunc(w.m.Impact, func(a, b BudgetImpact) int { return cmp.Compare(b.Consumed, a.Consumed) })
	if len(w.m.Impact) == 0 {
		w.find("no-impact", diag.Info, "budgets", "", "no budget tells what it cost", "add what the ledger says about the time of the incident")
	}
}

func (w *writer) detections() {
	for i, d := range w.record.Detections {
		if d.Fired.IsZero() {
			for _, a := range w.record.Incident.Alerts {
				if a.Entry == d.Service && a.Name == d.Alert && !a.Start.Before(d.Began) && (d.Fired.IsZero() || a.Start.Before(d.Fired)) {
					d.Fired = a.Start
				}
			}
		}
		w.moment(d.Began, MomentBegan, d.Service, "", "what "+cmp.Or(w.text(d.Alert), "an alert")+" watches fails")
		if d.Began.Before(w.began) {
			w.began = d.Began
		}
		d.Service, d.Alert, d.Began, d.Fired = w.text(d.Service), w.text(d.Alert), w.at(d.Began), w.at(d.Fired)
		path := place("detections", i)
		switch delay, ok := d.Delay(); {
		case !ok:
			w.find("not-detected", diag.Warning, path, d.Alert, "the alert stayed silent", "see whether its threshold can be reached by such a failure")
		case d.Late():
			w.find("late-detection", diag.Warning, path, d.Alert, "the alert fired after "+lasting(delay)+", "+lasting(d.Predicted)+" was to be expected", "see how its rule is evaluated, and how late its data come")
		}
		w.m.Detections = append(w.m.Detections, d)
	}
	slices.SortStableFunc(w.m.Detections, func(a, b Detection) int { return a.Began.Compare(b.Began) })
}

// lasting is a length of time for people, to the second.
func lasting(d time.Duration) string {
	if d = d.Round(time.Second); d == 0 {
		return "less than a second"
	}
	return prose.Duration(d)
}
