package ownership

import (
	"strings"
	"time"

	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// Release is how a release goes out and when it is taken back.
type Release struct {
	Stages   []Stage   // with rising traffic; all traffic follows after the last
	Rollback Condition // zero means that none is given
}

// Stage is a part of a release: a share of the traffic, for a while.
type Stage struct {
	Traffic slo.Ratio     // in (0,1]
	Hold    time.Duration // at least that long; 0 means that the stage is not held
}

// String is the form in which a spec writes the stage: "10% for 30m".
func (s Stage) String() string {
	if s.Hold == 0 {
		return s.Traffic.Percent()
	}
	return s.Traffic.Percent() + " for " + quantity.Duration{Fixed: s.Hold}.String()
}

// Strategy is the form in which a spec writes the stages in one line:
// "1% for 10m, 10% for 30m".
func (r Release) Strategy() string {
	parts := make([]string, len(r.Stages))
	for i, s := range r.Stages {
		parts[i] = s.String()
	}
	return strings.Join(parts, ", ")
}

func (d *decoder) release(n *node, path string) Release {
	f, ok := d.fields(n, path, releaseSection)
	if !ok {
		return Release{}
	}
	var r Release
	if n := f.get("canary_deployment_strategy"); n != nil {
		r.Stages = d.stages(n, f.at("canary_deployment_strategy"))
	}
	if n := f.get("rollback_threshold"); n != nil {
		r.Rollback = d.condition(n, f.at("rollback_threshold"))
	}
	return r
}

func (d *decoder) stages(n *node, path string) []Stage {
	if n.kind == mappingNode {
		f, ok := d.fields(n, path, canarySection)
		if !ok {
			return nil
		}
		var stages []Stage
		f.list("stages", false, func(n *node, path string) {
			stages = append(stages, d.stage(n, path))
		})
		return stages
	}
	s, ok := d.scalar(n, path)
	if !ok {
		return nil
	}
	q, err := quantity.ParseCanary(s)
	if err != nil {
		d.bad(n, path, err)
		return nil
	}
	d.ambiguous(n, path)
	var stages []Stage
	for _, stage := range q {
		traffic, ok := exact(stage.Traffic)
		if !ok {
			d.fail(n, path, "value", "the share "+stage.Traffic.String()+" is no decimal of at most 18 digits", "write a percentage such as 10%")
			continue
		}
		hold, ok := time.Duration(0), true
		if stage.Hold.IsSet() {
			hold, ok = d.fixed(n, path, stage.Hold)
		}
		if ok {
			stages = append(stages, Stage{traffic, hold})
		}
	}
	return stages
}

func (d *decoder) stage(n *node, path string) Stage {
	f, ok := d.fields(n, path, stageSection)
	if !ok {
		return Stage{}
	}
	var s Stage
	s.Traffic, ok = f.ratio("traffic")
	if ok && s.Traffic.Sign() == 0 {
		d.fail(f.get("traffic"), f.at("traffic"), "value", "a stage without traffic shows nothing", "write a share above 0%")
	}
	s.Hold, _ = f.duration("hold")
	return s
}
