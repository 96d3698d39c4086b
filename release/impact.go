package release

import (
	"math"
	"time"

	"github.com/srekit/ownership/internal/stat"
	"github.com/srekit/ownership/slo"
)

// Impact is a bad release as an error budget sees it. All arithmetic supposes that
// traffic is even over the window: a stage at the busiest hour costs more, by the
// ratio of that hour's traffic to the mean.
type Impact struct {
	Objective slo.Objective `json:"objective"`  // of kind Events or Latency
	Good      float64       `json:"good_ratio"` // share of bad requests without the release, in [0,1)
	Bad       float64       `json:"bad_ratio"`  // of the requests that it serves, above Good; 0 is 1: all of them
}

// Spending is what a share of the traffic costs for a while.
type Spending struct {
	// Budget is the budget of the whole window as time of total failure in seconds:
	// 43.2 min for 99.9 % in 30 days.
	Budget float64 `json:"budget_seconds"`
	// Excess is the failure that the release adds, in the same unit: (Bad − Good) ·
	// traffic · time.
	Excess float64 `json:"excess_seconds"`
	// Share is Excess of Budget.
	Share float64 `json:"budget_share"`
	// Ratio is the error ratio of all traffic meanwhile, Burn the burn rate.
	Ratio float64 `json:"error_ratio"`
	Burn  float64 `json:"burn_rate"`
}

// Validate returns everything that is wrong with i as an *Error.
func (i Impact) Validate() error {
	var p problems
	p.join("objective", i.Objective.Validate())
	if k := i.Objective.Kind; k != slo.Events && k != slo.Latency {
		p.Add("value", "objective.kind", k.String(), "a budget of slices is not spent in proportion to errors", "use an objective on events")
	}
	if !(i.Good >= 0 && i.Good < 1) {
		p.Add("value", "good_ratio", number(i.Good), "not in [0,1)", "write the usual share of bad requests, 0.0005 for 0.05 %")
	}
	if !(i.Bad >= 0 && i.Bad <= 1) || i.Bad != 0 && !(i.Bad > i.Good) {
		p.Add("value", "bad_ratio", number(i.Bad), "not above good_ratio and at most 1", "leave it out for a release that fails every request")
	}
	return p.err()
}

// excess is how much worse the release is.
func (i Impact) excess() float64 {
	if i.Bad == 0 {
		return 1 - i.Good
	}
	return i.Bad - i.Good
}

// budget is the window's budget as seconds of total failure. Of a calendar period
// the shortest counts.
func (i Impact) budget() float64 {
	return i.Objective.Budget().Of(i.Objective.Period().ShortestLength().Seconds())
}

// Spend returns what the release costs that serves traffic, in [0,1], for d. Errors
// are *Error.
func (i Impact) Spend(traffic float64, d time.Duration) (Spending, error) {
	if err := i.check(traffic, d, 0); err != nil {
		return Spending{}, err
	}
	return i.spend(traffic, d), nil
}

func (i Impact) spend(traffic float64, d time.Duration) Spending {
	s := Spending{Budget: i.budget(), Excess: i.excess() * traffic * d.Seconds()}
	s.Share = s.Excess / s.Budget
	s.Ratio = i.Good + i.excess()*traffic
	s.Burn = s.Ratio / i.Objective.Budget().Float64()
	return s
}

// Time returns how long the release may serve traffic until it has spent share of the
// budget. ok is false where it takes longer than 292 years, as without traffic.
// Errors are *Error.
func (i Impact) Time(traffic, share float64) (d time.Duration, ok bool, err error) {
	if err := i.check(traffic, 0, share); err != nil {
		return 0, false, err
	}
	d, ok = i.time(traffic, share)
	return d, ok, nil
}

func (i Impact) time(traffic, share float64) (time.Duration, bool) {
	ns := share * i.budget() / (i.excess() * traffic) * 1e9
	if !(ns < math.MaxInt64) {
		return 0, false
	}
	return time.Duration(ns), true
}

// Traffic returns the largest share of the traffic that the release may serve for d
// without spending more than share of the budget, at most 1. Errors are *Error.
func (i Impact) Traffic(d time.Duration, share float64) (float64, error) {
	if err := i.check(0, d, share); err != nil {
		return 0, err
	}
	return i.traffic(d, share), nil
}

func (i Impact) traffic(d time.Duration, share float64) float64 {
	if d == 0 {
		return 1
	}
	return math.Min(1, share*i.budget()/(i.excess()*d.Seconds()))
}

func (i Impact) check(traffic float64, d time.Duration, share float64) error {
	var p problems
	p.join("", i.Validate())
	if !(traffic >= 0 && traffic <= 1) {
		p.Add("value", "traffic", number(traffic), "not between 0 and 1", "write 0.1 for 10 % of the traffic")
	}
	if d < 0 {
		p.Add("value", "duration", d.String(), "negative", "write a length of time")
	}
	if !(share >= 0 && share <= 1e6) {
		p.Add("value", "share", number(share), "no share of a budget", "write 0.01 for 1 %")
	}
	return p.err()
}

// StageCost is what a bad release costs in one stage.
type StageCost struct {
	Stage string        `json:"stage"`
	Begin time.Duration `json:"begin_seconds"` // since the start of the rollout, if nothing stands against it
	// Whole is the cost if nobody notices for all of the stage; Reaction that until
	// the earliest rule can trip, whose time ReactionTime is, if one can within the
	// stage: both are that of Whole otherwise.
	Whole        Spending      `json:"whole"`
	Reaction     Spending      `json:"reaction"`
	ReactionTime time.Duration `json:"reaction_time_seconds"`
	Reacts       bool          `json:"reacts"`
	// Total is the share of the budget spent at the end of the stage, with all
	// stages before it unnoticed.
	Total float64 `json:"total_share"`
}

// Costs returns what a release of this impact costs stage by stage, with the time in
// which a rule can react to it (see Rule.Reaction). The watch after the last
// stage is one more stage, with all traffic. Errors are *Error about r or i.
func (r Rollout) Costs(i Impact) ([]StageCost, error) {
	var p problems
	p.join("rollout.", r.Validate())
	p.join("impact.", i.Validate())
	if err := p.err(); err != nil {
		return nil, err
	}
	bad := i.Bad
	if bad == 0 {
		bad = 1
	}
	var costs []StageCost
	var begin time.Duration
	var total stat.Sum
	for _, s := range r.course() {
		d := s.length()
		if d == 0 {
			continue
		}
		share := s.Traffic.Float64()
		c := StageCost{Stage: s.String(), Begin: begin, Whole: i.spend(share, d), ReactionTime: d}
		for _, rule := range r.Rules {
			if t, ok := rule.Reaction(i.Good, bad, s.interval()); ok && t <= c.ReactionTime {
				c.ReactionTime, c.Reacts = t, true
			}
		}
		c.Reaction = i.spend(share, c.ReactionTime)
		total = total.Add(c.Whole.Share)
		c.Total = total.Value()
		costs = append(costs, c)
		begin += d
	}
	return costs, nil
}

// course is the stages with that of all traffic, which the watch belongs to.
func (r Rollout) course() []Stage {
	stages := make([]Stage, len(r.Stages), len(r.Stages)+1)
	copy(stages, r.Stages)
	last := &stages[len(stages)-1]
	if last.Traffic.Complement().Sign() > 0 {
		full := Stage{Traffic: last.Traffic, Hold: r.Watch, Interval: last.Interval, Exit: last.Exit, Extensions: last.Extensions}
		full.Traffic = all()
		return append(stages, full)
	}
	last.Bake += r.Watch
	return stages
}

// all is 100 %.
func all() slo.Ratio { return slo.MustRatio("1") }
