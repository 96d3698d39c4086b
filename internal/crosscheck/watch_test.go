package crosscheck

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	promrules "github.com/prometheus/prometheus/rules"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

// episode is when one alert, as told by its labels, fired.
type episode struct {
	first, last time.Duration // since the epoch: the first and the last evaluation that fires
	times       int           // that it went off
	firing      bool
}

// world is a server with its rules on which time passes.
type world struct {
	*Server
	t      *testing.T
	alerts map[string]*episode // by name, severity, objective and the labels grouped by
}

// newWorld compiles objectives and loads the rules.
func newWorld(t *testing.T, opt rules.Options, slos ...rules.SLO) *world {
	t.Helper()
	set, err := rules.Compile(slos, opt)
	if err != nil {
		t.Fatal(err)
	}
	server, err := NewServer(t.TempDir(), set.YAML())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	w := &world{Server: server, t: t, alerts: make(map[string]*episode)}
	server.Watch = func(g *promrules.Group, at time.Time) {
		for _, r := range g.AlertingRules() {
			now := make(map[string]bool)
			for _, a := range r.ActiveAlerts() {
				if a.State == promrules.StateFiring {
					now[name(a.Labels)] = true
				}
			}
			for key := range now {
				e := w.alerts[key]
				if e == nil {
					e = &episode{first: at.Sub(epoch)}
					w.alerts[key] = e
				}
				if !e.firing {
					e.times++
				}
				e.firing, e.last = true, at.Sub(epoch)
			}
			// Only this rule's own alerts can have ended.
			for key, e := range w.alerts {
				if !now[key] && strings.HasPrefix(key, r.Name()+" "+r.Labels().Get("severity")+" "+r.Labels().Get("slo")) {
					e.firing = false
				}
			}
		}
	}
	return w
}

// name tells an alert from others: "ErrorBudgetBurn page availability eu".
func name(l labels.Labels) string {
	parts := []string{l.Get("alertname"), l.Get("severity"), l.Get("slo")}
	if region := l.Get("region"); region != "" {
		parts = append(parts, region)
	}
	return strings.Join(parts, " ")
}

// pass lets time pass from the epoch on, with groups evaluated at odd phases.
func (w *world) pass(length time.Duration, points []Point) {
	w.t.Helper()
	phase := func(group string) time.Duration {
		return time.Duration(1+slices.Index([]string{"slices", "page", "ticket", "period"}, group[strings.LastIndexByte(group, '/')+1:])) * 107 * time.Second
	}
	if err := w.Run(epoch, epoch.Add(length), phase, feed(points)); err != nil {
		w.t.Fatal(err)
	}
}

// fired is the names of all alerts that ever fired, in order.
func (w *world) fired() []string { return slices.Sorted(maps.Keys(w.alerts)) }

// wantFired holds that these alerts fired and no others.
func (w *world) wantFired(names ...string) {
	w.t.Helper()
	slices.Sort(names)
	if got := w.fired(); !slices.Equal(got, names) {
		w.t.Errorf("alerts %q fired, want %q", got, names)
	}
}

// value is the single value of an expression after a time; ok tells whether there is one.
func (w *world) value(expr string, after time.Duration) (value float64, ok bool) {
	w.t.Helper()
	value, ok, err := w.Value(expr, epoch.Add(after))
	if err != nil {
		w.t.Fatal(err)
	}
	return value, ok
}

// shop is an objective of the service whose counters flow writes.
func shop(name, target string) rules.SLO {
	return rules.SLO{
		Objective: slo.Objective{Service: "shop", Name: name, Target: slo.MustRatio(target), Window: slo.Rolling(24 * time.Hour)},
		Policy:    pagesOnly(), Indicator: rules.Indicator{Selector: `job="shop"`},
	}
}

// pagesOnly are the two pages of the workbook, as factors.
func pagesOnly() alerting.Policy {
	return alerting.Policy{Name: "pages", Pairs: []alerting.Pair{
		{Severity: alerting.Page, Long: time.Hour, Short: 5 * time.Minute, Factor: 14.4},
		{Severity: alerting.Page, Long: 6 * time.Hour, Short: 30 * time.Minute, Factor: 6},
	}}
}

// flow is a metric that grows while it exists.
type flow struct {
	labels   []string // pairs, __name__ among them
	from, to time.Duration
	first    float64                           // value of the first sample
	rate     func(after time.Duration) float64 // per second
	gauge    bool                              // the value is the rate itself
}

// points are the samples of flows, each scraped every given time. A series that
// ends before the end is marked stale, as a server does when a target is gone.
func points(every, end time.Duration, flows ...flow) []Point {
	var all []Point
	for _, f := range flows {
		l := labels.FromStrings(f.labels...)
		sum := f.first
		for after := f.from; after <= end; after += every {
			if f.to > 0 && after > f.to {
				all = append(all, Point{epoch.Add(after), l, Stale})
				break
			}
			v := sum
			if f.gauge {
				v = f.rate(after)
			}
			all = append(all, Point{epoch.Add(after), l, v})
			sum += f.rate(after) * every.Seconds()
		}
	}
	return all
}

func steadily(perSecond float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return perSecond }
}

// between is a rate in [from, to), 0 otherwise.
func between(from, to time.Duration, perSecond float64) func(time.Duration) float64 {
	return func(after time.Duration) float64 {
		if after >= from && after < to {
			return perSecond
		}
		return 0
	}
}

func requests(code string, more ...string) []string {
	return append([]string{"__name__", "http_requests_total", "job", "shop", "code", code}, more...)
}
