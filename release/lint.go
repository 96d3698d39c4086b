package release

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/stat"
)

// Lint tells what is wrong or weak about r for a service, worst first:
//
//	no-rule               error    nothing takes the release back
//	rule-never-trips      error    the rule needs longer than the whole rollout
//	rule-after-stage      warning  the rule cannot trip before the stage is over
//	blind-stage           warning  the stage shows too little to tell a bad release
//	spends-before-rule    warning  the stage costs too much of the budget before a rule can react
//	looser-than-page      warning  the release stays at an error ratio that wakes somebody
//	looser-than-objective warning  the release stays at an error ratio that misses the objective
//	noisy-rule            warning  the rule takes back more than one good release in twenty
//	one-error             warning  a single bad request makes a look bad
//	starved               warning  the stage cannot have as many requests as are asked for
//	deadline-too-short    warning  a deadline passes before its stage, or the rollout, can be over
//	stage-without-hold    warning  the stage shows nothing
//	no-watch              info     nothing is judged once the release has all traffic
//	no-deadline           info     a rollout that is stuck stays so
//
// Errors are *Error about r or s, and canary's.
func (r Rollout) Lint(s Setting) ([]Finding, error) {
	s, err := s.complete()
	var p problems
	p.join("rollout.", r.Validate())
	p.join("setting.", err)
	if err := p.err(); err != nil {
		return nil, err
	}
	l := linter{r: r, s: s}
	for i, rule := range r.Rules {
		l.rule(place("rules", i), rule)
	}
	for i, stage := range r.Stages {
		if err := l.stage(place("stages", i), stage, i == len(r.Stages)-1); err != nil {
			return nil, err
		}
	}
	l.noisy()
	l.whole()
	var ordered []Finding
	for _, level := range []string{diag.Error, diag.Warning, diag.Info} {
		for _, f := range l.found {
			if f.Level == level {
				ordered = append(ordered, f)
			}
		}
	}
	return ordered, nil
}

// linter gathers findings.
type linter struct {
	r     Rollout
	s     Setting
	found []Finding
}

func (l *linter) add(code, level, path, text, reason, remedy string) {
	l.found = append(l.found, Finding{Code: code, Level: level, Path: path, Text: text, Reason: reason, Remedy: remedy})
}

// whole looks at the rollout as a whole.
func (l *linter) whole() {
	decides := false
	for _, rule := range l.r.Rules {
		decides = decides || !rule.Advisory
	}
	if !decides {
		l.add("no-rule", diag.Error, "rules", "", "nothing takes the release back", "add a rule such as 0.1% error rate for 5m")
	}
	length := l.r.Length()
	if d := l.r.Deadline; d > 0 && d < length {
		l.add("deadline-too-short", diag.Warning, "deadline_seconds", prose.Duration(d), "the rollout takes "+prose.Duration(length)+" if nothing stands against it", "write more, "+prose.Duration(2*length)+" say")
	}
	last := l.r.Stages[len(l.r.Stages)-1]
	if l.r.Watch == 0 && (last.Traffic.Complement().Sign() > 0 || last.Hold == 0) {
		l.add("no-watch", diag.Info, "watch_seconds", "", "nothing is judged once the release has all traffic", "watch it for as long as the longest stage")
	}
	open := l.r.Capacity || !l.r.Gates.IsZero()
	for _, stage := range l.r.Stages {
		open = open || stage.Exit == ExitHold
	}
	if l.r.Deadline == 0 && open {
		l.add("no-deadline", diag.Info, "deadline_seconds", "", "a rollout that waits for a gate, instances or a person waits for ever", "give it a deadline")
	}
}

// rule looks at a rule by itself.
func (l *linter) rule(path string, rule Rule) {
	if rule.Advisory || rule.Quantity != BadRatio {
		return
	}
	if rule.Compare == Absolute && !rule.Below {
		for _, a := range l.s.Alerts {
			if a.Page && rule.Threshold > a.Ratio {
				name := a.Name
				if name == "" {
					name = "an alert"
				}
				l.add("looser-than-page", diag.Warning, path, rule.String(), "a release with between "+prose.Percent(a.Ratio)+" and "+prose.Percent(rule.Threshold)+
					" errors gets all traffic, and then "+name+" pages", "take it back at "+prose.Percent(a.Ratio)+" or less")
				break
			}
		}
		if budget := l.s.Objective.Budget().Float64(); rule.Threshold > budget {
			l.add("looser-than-objective", diag.Warning, path, rule.String(), "a release with between "+prose.Percent(budget)+" and "+prose.Percent(rule.Threshold)+
				" errors gets all traffic, and misses the objective of "+l.s.Objective.Target.Percent(), "add a judge, which compares with the baseline, or a lower threshold over a longer time")
		}
	}
	if t, ok := rule.Reaction(0, 1, l.r.Stages[0].interval()); ok && t > l.r.Length() {
		l.add("rule-never-trips", diag.Error, path, rule.String(), "it needs "+prose.Duration(t)+" of bad looks, and the whole rollout takes "+prose.Duration(l.r.Length()), "shorten it, or the rollout is over before")
	}
}

// stage looks at a stage and at the rules within it.
func (l *linter) stage(path string, stage Stage, last bool) error {
	length := stage.length()
	if length == 0 {
		if !last || stage.Traffic.Complement().Sign() > 0 {
			l.add("stage-without-hold", diag.Warning, path, stage.String(), "the stage is not held, so nothing is learned from it", "write for how long: "+stage.Traffic.Percent()+" for 30m")
		}
		return nil
	}
	if d := stage.Deadline; d > 0 && d < length {
		l.add("deadline-too-short", diag.Warning, path+".deadline_seconds", prose.Duration(d), "the stage takes "+prose.Duration(length), "write more, "+prose.Duration(2*length)+" say")
	}
	bad := l.s.Bad
	if bad == 0 {
		bad = 1
	}
	reaction, reacts := length, false
	for i, rule := range l.r.Rules {
		t, ok := rule.Reaction(l.s.Good, bad, stage.interval())
		if ok && t <= reaction {
			reaction, reacts = t, true
		}
		if t, ok := rule.Reaction(0, 1, stage.interval()); ok && t > length {
			l.add("rule-after-stage", diag.Warning, place("rules", i), rule.String(), "it needs "+prose.Duration(t)+" of bad looks, longer than the stage "+stage.String()+" lasts", "shorten it, or lengthen the stage")
		}
	}
	if cost := l.s.impact().spend(stage.Traffic.Float64(), reaction); cost.Share > l.s.Spend.Float64() {
		what := "nothing reacts, and all of it costs "
		if reacts {
			what = "a rule can react after " + prose.Duration(reaction) + ", which cost "
		}
		remedy := "give it at most " + prose.Percent(l.s.impact().traffic(reaction, l.s.Spend.Float64())) + " of the traffic"
		if t, ok := l.s.impact().time(stage.Traffic.Float64(), l.s.Spend.Float64()); ok && t >= time.Second {
			remedy += ", or a rule that reacts within " + prose.Duration(t.Truncate(time.Second))
		}
		l.add("spends-before-rule", diag.Warning, path, stage.String(), what+prose.Percent(cost.Share)+" of the error budget if "+prose.Percent(bad)+" of its requests fail", remedy)
	}
	return l.sees(path, stage)
}

// sees looks at what the stage's traffic allows.
func (l *linter) sees(path string, stage Stage) error {
	if l.s.PerSecond == 0 {
		return nil
	}
	requests := stage.Traffic.Of(l.s.PerSecond * stage.Hold.Seconds())
	if stage.MinRequests > requests && stage.Hold > 0 {
		l.add("starved", diag.Warning, path+".min_requests", figure(stage.MinRequests), "in "+prose.Duration(stage.Hold)+" the stage has about "+figure(requests)+" requests", "lengthen it, or give it more traffic")
	}
	for i, rule := range l.r.Rules {
		if rule.Quantity != BadRatio || rule.Advisory {
			continue
		}
		if rule.MinRequests > requests && stage.Hold > 0 {
			l.add("starved", diag.Warning, place("rules", i)+".min_requests", figure(rule.MinRequests), "in "+prose.Duration(stage.Hold)+" the stage "+stage.String()+" has about "+figure(requests)+" requests", "ask for fewer, or give it more traffic")
		}
		served := stage.Traffic.Of(l.s.PerSecond * stage.interval().Seconds())
		least := max(rule.MinRequests, 1)
		look := max(served, least)
		if rule.Compare == Absolute && !rule.Below && rule.Threshold > 0 && rule.MinBad <= 1 && look*rule.Threshold < 1 {
			has := " has about " + figure(served) + " requests"
			if served < least {
				has += ", pooled until there are " + figure(least)
			}
			l.add("one-error", diag.Warning, place("rules", i), rule.String(), "a look of "+prose.Duration(stage.interval())+" at "+stage.Traffic.Percent()+has+", so one error already exceeds "+prose.Percent(rule.Threshold),
				"write min_requests of "+strconv.Itoa(int(min(5/rule.Threshold, 1e9)))+" or more, which pools looks")
		}
	}
	if stage.Hold == 0 || stage.Traffic.Complement().Sign() == 0 {
		return nil
	}
	v, err := l.s.sight(stage)
	if err != nil || v.Power >= l.s.Power {
		return err
	}
	remedy := "give it more traffic"
	if v.Possible {
		remedy += ", or " + prose.Duration(v.Needs.Round(time.Minute)+time.Minute)
	}
	text := v.String()
	if i := strings.LastIndex(text, "; "); i >= 0 && v.Possible {
		text = text[:i]
	}
	l.add("blind-stage", diag.Warning, path, stage.String(), text, remedy)
	return nil
}

// noisy looks for rules that take back good releases by chance: of looks that are bad
// with probability p, independently, a run of k comes within n with a probability that
// follows by recursion over the looks (Feller 1968, An Introduction to Probability
// Theory, XIII.7).
func (l *linter) noisy() {
	if l.s.PerSecond == 0 {
		return
	}
	for i, rule := range l.r.Rules {
		if rule.Quantity != BadRatio || rule.Compare != Absolute || rule.Below || rule.Advisory || rule.Group != "" || rule.MinBad > 1 {
			continue
		}
		quiet, worst, most := 1.0, "", 0.0
		for _, stage := range l.r.course() {
			interval := stage.interval()
			requests := stage.Traffic.Of(l.s.PerSecond * interval.Seconds())
			pooled := math.Ceil(max(1, rule.MinRequests, requests) / max(requests, 1e-9)) // looks that make one
			n := int(min(1e5, stage.length().Seconds()/interval.Seconds()/pooled))
			k := rule.Consecutive
			if h := rule.hold(); h > 0 {
				if byHold := int(math.Ceil(h.Seconds() / interval.Seconds() / pooled)); k == 0 || byHold < k {
					k = byHold
				}
			}
			total := math.Round(requests * pooled)
			if k == 0 || n == 0 || total < 1 || total > maxCount {
				continue
			}
			// The few events that bring the ratio above the threshold.
			least := math.Floor(total*rule.Threshold) + 1
			if least > total {
				continue
			}
			_, bad := stat.BinomialCDF(uint64(least-1), uint64(total), l.s.Good)
			p := runWithin(bad, k, n)
			if p > most {
				most, worst = p, stage.String()
			}
			quiet *= 1 - p
		}
		if alarm := 1 - quiet; alarm > 0.05 {
			l.add("noisy-rule", diag.Warning, place("rules", i), rule.String(), "with the usual "+prose.Percent(l.s.Good)+" errors it takes back "+prose.Percent(alarm)+" of good releases by chance, most often at "+worst,
				"compare with the baseline (a judge), or raise the threshold or min_requests")
		}
	}
}

// runWithin is the probability of k in a row within n, each with probability p.
func runWithin(p float64, k, n int) float64 {
	switch {
	case k <= 0:
		return 1
	case n < k:
		return 0
	}
	// none[i] is the probability of no such run within i.
	none := make([]float64, n+1)
	run := math.Pow(p, float64(k))
	for i := range none {
		switch {
		case i < k:
			none[i] = 1
		case i == k:
			none[i] = 1 - run
		default:
			none[i] = none[i-1] - none[i-k-1]*(1-p)*run
		}
	}
	return math.Min(1, math.Max(0, 1-none[n]))
}
