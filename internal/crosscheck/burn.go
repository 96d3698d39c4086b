package crosscheck

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	promrules "github.com/prometheus/prometheus/rules"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/internal/synth"
	"github.com/srekit/ownership/slo"
)

// Burn is an outage under steady traffic: a constant share of the requests
// fails for a while. Alerts on it have exact instants, which Reaction predicts
// and a Server measures.
type Burn struct {
	Name       string
	Target     string // of the objective, over 30 days
	Policy     alerting.Policy
	Severity   alerting.Severity // of the alert that is looked at
	ErrorRatio float64
	Length     time.Duration
	Options    rules.Options
	// Warm is the time with traffic before the outage; 0 is a quarter of an
	// hour. Time without data counts as time without errors, so it makes next
	// to no difference.
	Warm      time.Duration
	Replicas  int     // that share the traffic; each is scraped at an instant of its own
	PerSecond float64 // requests of all replicas together
	// Start is when the outage begins, PagePhase and TicketPhase when the
	// groups are evaluated, beside the multiples of their intervals.
	Start, PagePhase, TicketPhase time.Duration
}

// Outcome is what a Burn was predicted to do and what it did, in time since the
// outage's start (Detection) or end (Reset). A prediction that does not fire
// has no times.
type Outcome struct {
	Fires            bool
	Detection, Reset time.Duration // predicted
	Fired            bool
	Detected, Silent time.Duration // first evaluation that fires, first one after the last that does
	Episodes         int           // times that the alert went off
	Step             time.Duration // between evaluations of the alert
	Evaluations      int
}

// Late is by how many steps the alert came later than predicted.
func (o Outcome) Late() float64 { return float64(o.Detected-o.Detection) / float64(o.Step) }

// Lingered is by how many steps the alert ended later than predicted.
func (o Outcome) Lingered() float64 { return float64(o.Silent-o.Reset) / float64(o.Step) }

var epoch = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func (b Burn) objective() slo.Objective {
	return slo.Objective{Service: "shop", Name: "availability", Target: slo.MustRatio(b.Target)}
}

// Predict is the closed form.
func (b Burn) Predict() (alerting.Reaction, error) {
	bound, err := b.Policy.Bind(b.objective())
	if err != nil {
		return alerting.Reaction{}, err
	}
	a, err := alerting.Analyse(bound, alerting.AnalyserOptions{ErrorRatios: []float64{b.ErrorRatio}, Outage: b.Length})
	if err != nil {
		return alerting.Reaction{}, err
	}
	return a.Reaction(b.Severity, b.ErrorRatio), nil
}

// Run lets the outage happen on a server whose data lies in dir.
func (b Burn) Run(dir string) (Outcome, error) {
	predicted, err := b.Predict()
	if err != nil {
		return Outcome{}, err
	}
	set, err := rules.Compile([]rules.SLO{{
		Objective: b.objective(), Policy: b.Policy, Indicator: rules.Indicator{Selector: `job="shop"`},
	}}, b.Options)
	if err != nil {
		return Outcome{}, err
	}
	server, err := NewServer(dir, set.YAML())
	if err != nil {
		return Outcome{}, err
	}
	defer server.Close()

	warm := b.Warm
	if warm == 0 {
		warm = 15 * time.Minute
	}
	start := epoch.Add(warm + b.Start)
	end := start.Add(b.Length)
	o := Outcome{Fires: predicted.Fires, Detection: predicted.Detection, Reset: predicted.Reset}
	firing := false
	server.Watch = func(g *promrules.Group, at time.Time) {
		// Pairs with different holds are alerts of their own.
		var now, mine bool
		for _, r := range g.AlertingRules() {
			if r.Name() == rules.AlertBurn && r.Labels().Get("severity") == b.Severity.String() {
				mine = true
				now = now || r.State() == promrules.StateFiring
			}
		}
		if !mine {
			return
		}
		o.Step = g.Interval()
		o.Evaluations++
		switch {
		case now && !firing:
			if firing = true; !o.Fired {
				o.Fired, o.Detected = true, at.Sub(start)
			}
			o.Episodes++
		case !now && firing:
			firing = false
			o.Silent = at.Sub(end)
		}
	}
	targets := b.targets(epoch, start, end)
	const after = 10 * time.Minute // of silence, to see whether it lasts
	last := end.Add(predicted.Reset + after)
	if err := server.Run(epoch, last, b.phase, targets.scrape); err != nil {
		return o, err
	}
	if firing { // later than predicted
		err = server.Run(last.Add(time.Nanosecond), last.Add(8*time.Hour), b.phase, targets.scrape)
	}
	return o, err
}

func (b Burn) phase(group string) time.Duration {
	if strings.HasSuffix(group, "/ticket") {
		return b.TicketPhase
	}
	return b.PagePhase
}

// targets are replicas with a pair of whole counters each.
type targets []target

type target struct {
	good, bad  labels.Labels
	perSecond  float64
	ratio      float64
	born       time.Time // when its counters were 0
	start, end time.Time // of the outage
	every      time.Duration
	next       time.Time // scrape
}

func (b Burn) every() time.Duration {
	return cmp.Or(b.Options.ScrapeInterval, 30*time.Second)
}

func (b Burn) targets(born, start, end time.Time) targets {
	every := b.every()
	replicas := max(b.Replicas, 1)
	list := make(targets, replicas)
	for i := range list {
		series := func(code string) labels.Labels {
			return labels.FromStrings("__name__", "http_requests_total", "job", "shop", "instance", "replica-"+strconv.Itoa(i+1), "code", code)
		}
		list[i] = target{
			good: series("200"), bad: series("500"), perSecond: b.PerSecond / float64(replicas), ratio: b.ErrorRatio,
			born: born, start: start, end: end, every: every,
			next: born.Add(every * time.Duration(i) / time.Duration(replicas)),
		}
	}
	return list
}

// scrape is what the targets show up to an instant.
func (ts targets) scrape(upTo time.Time) []Point {
	var points []Point
	for i := range ts {
		t := &ts[i]
		for ; !t.next.After(upTo); t.next = t.next.Add(t.every) {
			total := math.Floor(t.perSecond * t.next.Sub(t.born).Seconds())
			burning := min(max(t.next.Sub(t.start), 0), t.end.Sub(t.start))
			bad := math.Floor(t.perSecond * t.ratio * burning.Seconds())
			points = append(points, Point{t.next, t.good, total - bad}, Point{t.next, t.bad, bad})
		}
	}
	return points
}

// Burns are synth's cases, at the default intervals and at 15 s, outages that must
// not alert, other policies, and random ones. Before pages, windows are warm.
func Burns() []Burn {
	var all []Burn
	for _, every := range []time.Duration{30 * time.Second, 15 * time.Second} {
		for _, c := range synth.BurnCases() {
			b := Burn{
				Name: "case", Target: c.Objective + "%", Policy: alerting.Workbook(), Severity: severity(c.Severity), ErrorRatio: c.ErrorRatio, Length: c.Length,
				Options: rules.Options{ScrapeInterval: every, Interval: every}, Replicas: 3, PerSecond: 300,
			}
			if b.Severity == alerting.Page {
				b.Warm = warm
			}
			all = append(all, b)
		}
	}
	for _, quiet := range []struct {
		target string
		ratio  float64
		length time.Duration
	}{
		{"99.9%", 0.0057, 8 * time.Hour},                // below the threshold of 0.006
		{"90%", 1, 3*time.Hour + 34*time.Minute},        // fires after 3.6 h
		{"99.99%", 0.002, 42*time.Minute + time.Second}, // fires after 43.2 min
	} {
		all = append(all, Burn{Name: "silent", Target: quiet.target, Policy: alerting.Workbook(), Severity: alerting.Page, ErrorRatio: quiet.ratio,
			Length: quiet.length, Replicas: 2, PerSecond: 500, Warm: warm})
	}
	for _, p := range []alerting.Policy{alerting.SLOLibsonnet(), alerting.Pyrra(30 * 24 * time.Hour), alerting.Datadog(30 * 24 * time.Hour)} {
		all = append(all, Burn{Name: p.Name, Target: "99.9%", Policy: p, Severity: alerting.Page, ErrorRatio: 0.15, Length: 31 * time.Minute,
			Replicas: 2, PerSecond: 400, Warm: warm})
	}
	return append(all, RandomBurns(20, 7)...)
}

// warm is longer than the longest window of a page.
const warm = 6*time.Hour + 10*time.Minute

func severity(name string) alerting.Severity {
	s, _ := alerting.ParseSeverity(name)
	return s
}

// RandomBurns are n outages of random objectives: targets from 90 to 99.999 %,
// error ratios from just above the threshold to everything, from as long as it takes to
// fire to several times that, beginning at no round instant, with groups
// evaluated at any phase.
func RandomBurns(n int, seed uint64) []Burn {
	r := rand.New(rand.NewPCG(seed, seed))
	var all []Burn
	for len(all) < n {
		nines := math.Pow(10, -1-4*r.Float64())
		target, err := slo.ParseRatio(strconv.FormatFloat(1-nines, 'f', 5, 64))
		if err != nil {
			continue
		}
		b := Burn{
			Name: "random", Target: target.Percent(), Policy: alerting.Workbook(), Severity: alerting.Page,
			Replicas: 1 + r.IntN(5), PerSecond: float64(50 + r.IntN(1000)),
			Start:     time.Duration(r.IntN(120)) * time.Second,
			PagePhase: time.Duration(r.IntN(30)) * time.Second, TicketPhase: time.Duration(r.IntN(60)) * time.Second,
			Warm: warm,
		}
		if r.IntN(4) == 0 {
			b.Severity, b.Warm = alerting.Ticket, 0
		}
		bound, err := b.Policy.Bind(b.objective())
		if err != nil {
			continue
		}
		least := 1.0
		for _, p := range bound.Reachable() {
			if p.Severity == b.Severity {
				least = min(least, p.Threshold)
			}
		}
		// Between 1.2 times the threshold and everything, evenly on a logarithmic scale.
		low := 1.2 * least
		b.ErrorRatio, _ = strconv.ParseFloat(fmt.Sprintf("%.3g", low*math.Pow(1/low, r.Float64())), 64)
		if !(b.ErrorRatio <= 1) {
			continue
		}
		reaction, err := b.Predict()
		if err != nil || !reaction.Fires {
			continue
		}
		b.Length = (reaction.Detection + 2*time.Minute + time.Duration(r.Float64()*float64(max(reaction.Detection, 20*time.Minute)))).Round(time.Second)
		if b.Length > 20*time.Hour {
			continue
		}
		all = append(all, b)
	}
	return all
}
