package release

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

// Fitting chooses stages for a service so that a bad release costs no more than Loss of
// its error budget before all traffic follows, and as short as the wanted sight allows.
//
// With a rule that reacts to a release as bad as Setting.Bad, only the stage in which
// it turns bad costs anything, for as long as the rule needs: that bounds the traffic of
// each stage, and its hold is free. Without one every stage costs its whole hold, and
// each may cost an equal part of Loss. A release that is bad, but not bad enough for
// the rule, is not in the bound; see Rollout.Costs with its ratio.
type Fitting struct {
	Setting  Setting       `json:"setting"`
	Loss     slo.Ratio     `json:"loss,omitzero"` // unset is Setting.Spend
	Shares   []slo.Ratio   `json:"shares"`        // of the stages, rising; none is 1, 5, 25 and 50 %
	Rule     Rule          `json:"rule,omitzero"` // without a metric there is none
	Shortest time.Duration `json:"shortest_seconds,omitzero"`
	Longest  time.Duration `json:"longest_seconds,omitzero"` // of a stage's hold; 0 is 4 h, and Shortest 5 m
}

// Rollout returns the stages, with the rule, and findings about what had to give:
//
//	share-lowered  info     a stage gets less traffic than was asked for, for the budget
//	stage-dropped  info     and as much as the one before it then, so that it is left out
//	blind-stage    warning  its hold is shorter than the wanted sight needs
//
// Errors are *Error; one of them is that no stage fits.
func (f Fitting) Rollout() (Rollout, []Finding, error) {
	s, err := f.Setting.complete()
	var p problems
	p.join("setting.", err)
	loss := f.Loss
	if loss.IsZero() {
		loss = s.Spend
	}
	if loss.Sign() <= 0 {
		p.Add("value", "loss", loss.String(), "nothing may be spent", "write a share of the budget above 0")
	}
	shares := f.Shares
	if shares == nil {
		for _, text := range []string{"0.01", "0.05", "0.25", "0.5"} {
			shares = append(shares, slo.MustRatio(text))
		}
	}
	wanted := Rollout{}
	for _, share := range shares {
		wanted.Stages = append(wanted.Stages, Stage{Traffic: share})
	}
	if f.Rule.Metric != "" {
		wanted.Rules = []Rule{f.Rule}
	}
	p.join("", wanted.Validate())
	shortest, longest := f.Shortest, f.Longest
	if shortest == 0 {
		shortest = 5 * time.Minute
	}
	if longest == 0 {
		longest = max(4*time.Hour, shortest)
	}
	if shortest < 0 || longest < shortest || longest > maxLength {
		p.Add("value", "longest_seconds", longest.String(), "not between the shortest hold and a year", "write 4h")
	}
	if err := p.err(); err != nil {
		return Rollout{}, nil, err
	}
	bad := s.Bad
	if bad == 0 {
		bad = 1
	}
	impact, part := s.impact(), loss.Float64()
	reaction, reacts := time.Duration(0), false
	if len(wanted.Rules) > 0 {
		reaction, reacts = f.Rule.Reaction(s.Good, bad, DefaultInterval)
	}
	if reacts {
		shortest = max(shortest, reaction)
		longest = max(longest, shortest)
	} else {
		part /= float64(len(shares))
		reaction = shortest
	}
	limit := impact.traffic(reaction, part)
	var found []Finding
	add := func(code, level string, i int, text, reason, remedy string) {
		found = append(found, Finding{Code: code, Level: level, Path: place("shares", i), Text: text, Reason: reason, Remedy: remedy})
	}
	r := Rollout{Rules: wanted.Rules}
	for i, share := range shares {
		stage := Stage{Traffic: share}
		if share.Float64() > limit {
			if stage.Traffic = floor(limit); stage.Traffic.Sign() <= 0 {
				p.Add("value", place("shares", i), share.Percent(), "even 0.01% for "+prose.Duration(reaction)+" costs more than "+prose.Percent(part)+" of the budget", "allow more loss, or a rule that reacts sooner")
				return Rollout{}, nil, p.err()
			}
			add("share-lowered", diag.Info, i, share.Percent(), "for "+prose.Duration(reaction)+" it may have "+stage.Traffic.Percent()+" at most", "allow more loss, or a rule that reacts sooner")
		}
		if n := len(r.Stages); n > 0 && stage.Traffic.Compare(r.Stages[n-1].Traffic) <= 0 {
			add("stage-dropped", diag.Info, i, share.Percent(), "it would have no more traffic than the stage before it", "")
			continue
		}
		most := longest
		if !reacts {
			if t, ok := impact.time(stage.Traffic.Float64(), part); ok {
				most = min(most, t)
			}
		}
		need, err := s.needs(stage.Traffic.Float64(), most)
		if err != nil {
			return Rollout{}, nil, err
		}
		if stage.Hold = wholeMinutes(min(max(need, shortest), most), most); need > stage.Hold {
			add("blind-stage", diag.Warning, i, stage.String(), fmt.Sprintf("%s times as many errors would be noticed with %s only after %s", figure(s.Factor), prose.Percent(s.Power), prose.Duration(need.Round(time.Minute))), "give it more traffic, or ask for less")
		}
		r.Stages = append(r.Stages, stage)
	}
	return r, found, nil
}

// needs is how long a share of the traffic needs for the wanted sight; without a rate,
// or with all traffic, as long as it may.
func (s Setting) needs(share float64, most time.Duration) (time.Duration, error) {
	harm := s.harm(s.Factor)
	if s.PerSecond == 0 || share >= 1 || !(harm > s.Good) {
		return most, nil
	}
	t, err := s.power().Time(share, harm, s.Power)
	var e *canary.Error
	if errors.As(err, &e) {
		return maxLength, nil
	}
	return t, err
}

// wholeMinutes rounds d up to whole minutes, or down where that is more than most.
func wholeMinutes(d, most time.Duration) time.Duration {
	up := d.Truncate(time.Minute)
	if up < d {
		up += time.Minute
	}
	if up <= most {
		return up
	}
	if most < time.Minute {
		return most
	}
	return most.Truncate(time.Minute)
}

// floor is a share rounded down to a hundredth of a percent.
func floor(share float64) slo.Ratio {
	text := fmt.Sprintf("%.4f", math.Floor(share*1e4)/1e4)
	r, err := slo.ParseRatio(text)
	if err != nil {
		return slo.Ratio{}
	}
	return r
}
