package ownership

import (
	"fmt"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// longHorizon is how far ahead a forecast may look without a season: a
// quarter. Beyond it a trend alone says little.
const longHorizon = 13 * 7 * 24 * time.Hour

// capacity checks what is forecast.
func (c *checker) capacity() {
	p := c.s.Capacity
	for i, m := range p.Metrics {
		at := item("capacity_planning.metrics", i)
		if first := slices.IndexFunc(p.Metrics[:i], func(b Metric) bool { return b.Name == m.Name }); first >= 0 && m.Name != "" {
			c.add("duplicate", diag.Error, at, "the metric is listed twice", "keep one of them")
		} else if m.Name != "" && m.KindOf() == UnknownMetric {
			c.add("unknown-kind", diag.Warning, at, "the name does not tell whether it is a saturation or a demand", "write {name: "+m.Name+", kind: saturation} or kind: demand")
		}
		if m.KindOf() == Saturation && m.Capacity > 1 {
			c.add("value", diag.Warning, at+".capacity", "a saturation is a share in [0,1], and its capacity is above 1", "write at most 1, or kind: demand")
		}
	}
	if p.Horizon > longHorizon && len(p.Season) == 0 {
		c.add("horizon-without-season", diag.Warning, "capacity_planning.forecast_horizon", "a forecast of more than 13 weeks needs to know the year's rhythm", "add season: [1w, 52w], or look at most 13 weeks ahead")
	}
	for i, season := range p.Season {
		if season <= 0 || p.Horizon < 0 {
			c.add("value", diag.Error, item("capacity_planning.season", i), "the length is not positive", "write a duration such as 1w")
		}
	}
}

// release checks the stages and the rollback threshold.
func (c *checker) release() {
	r := c.s.Release
	const strategy, rollback = "release_management.canary_deployment_strategy", "release_management.rollback_threshold"
	stage := func(i int) string {
		if at := item(strategy+".stages", i); c.s.origin == nil || c.has(at) {
			return at
		}
		return strategy
	}
	last := slo.Ratio{}
	for i, s := range r.Stages {
		if s.Traffic.Sign() <= 0 {
			if c.s.origin == nil {
				c.add("value", diag.Error, stage(i), "a stage without traffic shows nothing", "write a share above 0%")
			}
			continue
		}
		if !last.IsZero() && s.Traffic.Compare(last) <= 0 {
			c.add("stages", diag.Error, stage(i), "a stage of "+s.Traffic.Percent()+" follows one of "+last.Percent(), "put the stages in rising order")
		}
		last = s.Traffic
		if s.Hold == 0 && s.Traffic.Complement().Sign() > 0 {
			c.add("stage-without-hold", diag.Warning, stage(i), "the stage of "+s.Traffic.Percent()+" is not held, so nothing is learned from it", "write for how long: "+s.Traffic.Percent()+" for 30m")
		}
	}
	back := r.Rollback
	if len(r.Stages) > 0 && back.IsZero() {
		if c.s.origin == nil || !c.has(rollback) {
			c.add("canary-without-rollback", diag.Warning, strategy, "nothing says when the release is taken back", "add rollback_threshold: 0.1% error rate for 5m")
		}
	}
	if back.IsZero() {
		return
	}
	hold := back.Hold
	if hold == 0 {
		hold = DefaultHold
		c.add("default-hold", diag.Info, rollback, "no hold is given, so "+short(DefaultHold)+" counts", "write it: "+back.Threshold.String()+" error rate for "+short(DefaultHold))
	}
	for i, s := range r.Stages {
		if s.Hold > 0 && s.Hold < hold {
			c.add("rollback-after-stage", diag.Warning, rollback, "it must hold for "+short(hold)+", longer than the stage "+s.String()+" lasts", "shorten the hold or lengthen the stage")
			break
		}
		traffic := s.Traffic.Of(c.s.Traffic.PerSecond()) * hold.Seconds()
		if ratio := back.Threshold.Ratio; traffic > 0 && ratio.Sign() > 0 && ratio.Of(traffic) < 1 {
			c.add("canary-too-small", diag.Warning, stage(i), fmt.Sprintf("at %s of %s the release sees about %s events in %s, so one error already exceeds %s", s.Traffic.Percent(), c.s.Traffic, number(round(traffic)), quantity.Duration{Fixed: hold}.String(), ratio.Percent()), "give it more traffic, or a longer hold")
			break
		}
	}
}
