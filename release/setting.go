package release

import (
	"errors"
	"math"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

// Setting is what is known of the service that a rollout is planned for.
type Setting struct {
	Objective slo.Objective `json:"objective"`
	PerSecond float64       `json:"per_second"` // requests of the whole service; 0 is unknown
	// Good is the usual share of bad requests; 0 is the objective's budget, that of a
	// service which just meets it.
	Good float64 `json:"good_ratio,omitzero"`
	// Factor is how many times as many errors a stage should show, above 1; 0 is 2.
	Factor float64 `json:"factor,omitzero"`
	// Power is with which probability; 0 is 0.8.
	Power float64 `json:"power,omitzero"`
	// Spend is the share of the error budget that a stage may cost before a rule can
	// react; unset is 2 %, what the workbook's first page alert lets go.
	Spend slo.Ratio `json:"spend,omitzero"`
	// Bad is the share of bad requests of the release that is reckoned with; 0 is all.
	Bad    float64 `json:"bad_ratio,omitzero"`
	Alerts []Alert `json:"alerts,omitempty"`
}

// Alert is an alert of the service: that its share of bad requests is above Ratio.
type Alert struct {
	Name  string  `json:"name"`
	Page  bool    `json:"page"` // it wakes somebody
	Ratio float64 `json:"ratio"`
}

// complete is the setting with its defaults, and what is wrong with it.
func (s Setting) complete() (Setting, error) {
	var p problems
	if s.Good == 0 {
		s.Good = s.Objective.Budget().Float64()
	}
	if s.Factor == 0 {
		s.Factor = 2
	}
	if s.Power == 0 {
		s.Power = 0.8
	}
	if s.Spend.IsZero() {
		s.Spend = slo.MustRatio("0.02")
	}
	p.join("", s.impact().Validate())
	if !(s.PerSecond >= 0 && s.PerSecond <= 1e12) {
		p.Add("value", "per_second", number(s.PerSecond), "no rate of requests", "write 0 if it is not known")
	}
	if !(s.Factor > 1 && s.Factor <= 1e9) {
		p.Add("value", "factor", number(s.Factor), "not above 1", "write 2 for twice as many errors")
	}
	if !(s.Power > 0.05 && s.Power < 1) {
		p.Add("value", "power", number(s.Power), "not between 0.05 and 1", "write 0.8 for 80 %")
	}
	for i, a := range s.Alerts {
		if !(a.Ratio >= 0 && a.Ratio <= 1) {
			p.Add("value", place("alerts", i)+".ratio", number(a.Ratio), "no share of requests", "write 0.01 for 1 %")
		}
	}
	return s, p.err()
}

func (s Setting) impact() Impact { return Impact{Objective: s.Objective, Good: s.Good, Bad: s.Bad} }

// harm is the share of bad requests that a stage should show.
func (s Setting) harm(factor float64) float64 { return math.Min(1, s.Good*factor) }

func (s Setting) power() canary.Power { return canary.Power{Ratio: s.Good, PerSecond: s.PerSecond} }

// noticed is the probability that a release with this share of bad requests is noticed
// within the exposure. What even one look at an error of 1e-6 does not miss need not be
// followed event by event: evidence that may be looked at at any time asks for less
// than that (z = 4.75) below a hundred million bad requests.
func (s Setting) noticed(e canary.Exposure, harm float64) (float64, error) {
	plain := s.power()
	plain.Design, plain.Alpha = canary.OneLook, 1e-6
	if v, err := plain.At(e, harm); err == nil && v > 1-1e-6 {
		return v, nil
	}
	return s.power().At(e, harm)
}

// Sight is what one stage can show by itself, judged by evidence that may be looked at
// at any time (canary.AnyTime). A judge that carries its evidence on from stage to stage
// sees more in the later ones.
type Sight struct {
	Stage    string        `json:"stage"`
	Hold     time.Duration `json:"hold_seconds"`
	Requests float64       `json:"requests"` // of the new revision
	Bad      float64       `json:"bad"`      // of these, in a good release
	Factor   float64       `json:"factor"`   // how many times as many errors are asked for
	Power    float64       `json:"power"`    // with which probability these are seen
	Wanted   float64       `json:"wanted"`   // the probability asked for
	// Needs is how long the stage must be for it; Possible is false where no useful
	// time is enough.
	Needs    time.Duration `json:"needs_seconds"`
	Possible bool          `json:"possible"`
}

// String says it in a sentence: 1% for 5m at 100 rps sees 300 requests, …
func (s Sight) String() string {
	text := s.Stage + " sees " + figure(s.Requests) + " requests, " + figure(s.Bad) + " of them bad in a good release; " +
		figure(s.Factor) + " times as many errors are noticed with " + chance(s.Power)
	if s.Power >= s.Wanted {
		return text
	}
	if !s.Possible {
		return text + ", and no useful time is enough for " + prose.Percent(s.Wanted)
	}
	return text + "; " + prose.Percent(s.Wanted) + " need " + prose.Duration(s.Needs.Round(time.Minute)+time.Minute)
}

// Sights is what each stage with a hold and less than all traffic can show: with all
// traffic there is no baseline. PerSecond is needed. Errors are *Error. Some tenths of
// a second a stage with tens of thousands of bad requests, microseconds with few.
func (r Rollout) Sights(s Setting) ([]Sight, error) {
	s, err := s.complete()
	var p problems
	p.join("rollout.", r.Validate())
	p.join("setting.", err)
	if s.PerSecond == 0 {
		p.Add("value", "setting.per_second", "0", "without it nothing can be said", "write the requests a second of the whole service")
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	var sights []Sight
	for _, stage := range r.Stages {
		if stage.Hold == 0 || stage.Traffic.Complement().Sign() == 0 {
			continue
		}
		v, err := s.sight(stage)
		if err != nil {
			return nil, err
		}
		sights = append(sights, v)
	}
	return sights, nil
}

func (s Setting) sight(stage Stage) (Sight, error) {
	share := stage.Traffic.Float64()
	v := Sight{Stage: stage.String() + " at " + figure(s.PerSecond) + " rps", Hold: stage.Hold, Factor: s.Factor, Wanted: s.Power, Needs: stage.Hold, Possible: true}
	v.Requests = stage.Traffic.Of(s.PerSecond * stage.Hold.Seconds())
	v.Bad = v.Requests * s.Good
	harm := s.harm(s.Factor)
	if !(harm > s.Good) {
		return v, nil
	}
	var err error
	if v.Power, err = s.noticed(canary.Exposure{Share: share, Duration: stage.Hold}, harm); err != nil {
		return v, err
	}
	if v.Power < s.Power {
		if v.Needs, err = s.power().Time(share, harm, s.Power); err != nil {
			var e *canary.Error
			if !errors.As(err, &e) {
				return v, err
			}
			v.Needs, v.Possible = 0, false
		}
	}
	return v, nil
}
