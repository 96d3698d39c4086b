package response

import (
	"cmp"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
)

// stop is the last thing that was done before the recovery.
func (w *writer) stop() {
	end := w.m.Response.Recovered
	if end.IsZero() {
		end = w.m.End
	}
	var last Stop
	note := func(t time.Time, text string) {
		if !t.Before(w.began) && (end.IsZero() || !t.After(end)) && !t.Before(last.At) {
			last = Stop{At: w.at(t), Text: text, Inferred: true}
			if !end.IsZero() {
				last.Before = end.Sub(t)
			}
		}
	}
	for _, a := range w.record.Audit {
		if a.Action == ActionDone && a.Mutating {
			note(a.At, w.step(a)+" was done")
		}
	}
	for _, o := range w.record.Rollouts {
		if o.Decision == RolloutRolledBack {
			note(o.At, w.revision(o)+" of "+w.text(o.Service)+" was rolled back")
		}
	}
	if w.record.Stopped != "" {
		last = Stop{Text: w.text(w.record.Stopped)}
	}
	if end.IsZero() && last.Inferred {
		last = Stop{} // it goes on
	}
	w.m.Stop = last
	if last.IsZero() && !end.IsZero() {
		w.find("nothing-stopped-it", diag.Warning, "stopped", "", "nothing that was done explains the end", "say what stopped it, or that it went away by itself and may come again")
	}
}

// changes are what was altered in the time before, near what alerted.
func (w *writer) changes() {
	near := w.near()
	add := func(t time.Time, service, text string) {
		relation, ok := near[service]
		if t.After(w.began) || t.Before(w.began.Add(-w.lookback)) || !ok && len(w.record.Entries) > 0 {
			return
		}
		w.m.Changes = append(w.m.Changes, Change{w.at(t), w.text(service), text, w.began.Sub(t), relation})
	}
	for _, o := range w.record.Rollouts {
		if o.Decision == RolloutStarted || o.Decision == RolloutPromoted || o.Decision == RolloutCompleted {
			add(o.At, o.Service, w.release(o))
		}
	}
	for _, a := range w.record.Audit {
		if a.Action == ActionDone && a.Mutating {
			add(a.At, a.Service, w.step(a)+" was done")
		}
	}
	slices.SortStableFunc(w.m.Changes, func(a, b Change) int { return b.At.Compare(a.At) })
}

// near is how the entries that alert, that lost budget and that those stand on
// belong to the incident.
func (w *writer) near() map[string]string {
	byName := map[string]Entry{}
	for _, e := range slices.Backward(w.record.Entries) {
		byName[e.Name] = e
	}
	near := map[string]string{}
	var queue []string
	begin := func(service, relation string) {
		if _, ok := near[service]; !ok {
			near[service] = relation
			queue = append(queue, service)
		}
	}
	for _, a := range w.record.Incident.Alerts {
		begin(a.Entry, "alerts itself")
	}
	for _, b := range w.record.Budgets {
		begin(b.Service, "lost budget itself")
	}
	for _, d := range w.record.Detections {
		begin(d.Service, "failed itself")
	}
	slices.Sort(queue)
	for len(queue) > 0 {
		e := byName[queue[0]]
		queue = queue[1:]
		for _, d := range e.DependsOn {
			if _, ok := near[d.Name]; !ok {
				near[d.Name] = w.text(e.Name) + " depends on it"
				queue = append(queue, d.Name)
			}
		}
	}
	return near
}

// luck is what the caller calls luck, and what the record shows of it.
func (w *writer) luck() {
	for _, s := range w.record.Lucky {
		w.m.Lucky = append(w.m.Lucky, w.text(s))
	}
	for _, d := range w.m.Detections {
		if delay, ok := d.Delay(); ok && d.Predicted >= 2*time.Minute && delay < d.Predicted/2 {
			w.m.Lucky = append(w.m.Lucky, cmp.Or(d.Alert, "An alert")+" fired after "+lasting(delay)+"; "+lasting(d.Predicted)+" was to be expected.")
		}
	}
	latest := map[string]RolloutRecord{}
	var services []string
	for _, o := range w.record.Rollouts {
		if o.At.After(w.began) {
			continue
		}
		before, ok := latest[o.Service]
		if !ok {
			services = append(services, o.Service)
		}
		if !ok || !o.At.Before(before.At) {
			latest[o.Service] = o
		}
	}
	near := w.near()
	slices.Sort(services)
	for _, s := range services {
		o := latest[s]
		if _, ok := near[s]; ok && o.Traffic > 0 && o.Traffic < 1 && !o.At.Before(w.began.Add(-w.lookback)) && o.Decision != RolloutRolledBack && o.Decision != RolloutCompleted {
			w.m.Lucky = append(w.m.Lucky, w.revision(o)+" of "+w.text(s)+" had no more than "+prose.Percent(o.Traffic)+" of the traffic when it began.")
		}
	}
	w.hours()
}

// hours tells whether it began while whoever was called was at work: Monday to
// Friday, 9 to 17 o'clock where they live.
func (w *writer) hours() {
	first := w.m.Response.FirstAlert
	if first.IsZero() {
		return
	}
	zones := map[string]string{}
	for _, p := range slices.Backward(w.record.People) {
		zones[p.Name] = p.Zone
	}
	called, atWork := 0, 0
	for _, d := range w.record.Duties {
		if d.Shadow || d.role() != RolePrimary || first.Before(d.Start) || !first.Before(d.End) {
			continue
		}
		called++
		zone, err := time.LoadLocation(zones[d.Person])
		if err != nil || zones[d.Person] == "" || zones[d.Person] == "Local" {
			return
		}
		t := first.In(zone)
		if d := t.Weekday(); d != time.Saturday && d != time.Sunday && t.Hour() >= 9 && t.Hour() < 17 {
			atWork++
		}
	}
	if called > 0 && atWork == called {
		w.m.Lucky = append(w.m.Lucky, "The first alert came in the working hours of everybody who was on call.")
	}
}
