package capacity

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/stat"
	"github.com/srekit/ownership/internal/wire"
)

// Saturation is when a limit is reached for the first time: the distribution of a step, of
// which the part beyond the horizon is unknown.
type Saturation struct {
	Limit Limit
	Start time.Time // of the first step
	Step  time.Duration
	// Probability is that the limit is reached within the horizon, in [0, 1].
	Probability float64
	// StandardError is that of Probability from the number of paths; 0 where none were drawn.
	StandardError float64
	// Reached holds, for each step, the probability that the limit has been reached by its
	// end: rising, the last is Probability.
	Reached []float64
	// Earliest, Median and Latest are the ends of the steps by which the limit has been
	// reached with a probability of 5, 50 and 95 %; the zero time if not within the horizon.
	Earliest, Median, Latest time.Time
	// Paths is how many futures were counted, 0 if the distribution was computed.
	Paths    int
	Warnings []Warning
}

// Saturation is when the forecast value reaches a limit, read from the joint paths: step i is
// the first that counts if the path is at or beyond the limit there and never was before.
// What a path does within a step is not seen.
//
// It is worth what the forecast is. For fill levels, which grow for months, compare Default with a
// forecaster that extrapolates growth alone, such as Drift, ETS or TheilSen.
//
// Without paths the steps are taken as independent normal values between Lower and Upper.
// Values that stay high together reach a limit less often than that, so the probability is a bound from above where they do,
// and the warning independent-steps says so; few-paths warns of fewer than 100.
//
// A load that never was negative has, with Default, no futures below 0, and those that fall slacken
// before it: of free space that falls to a floor of 0 the probability is far too small, and the
// warning levels-off says so.
//
// Errors: a limit that is not finite, a forecast without steps, paths of another length, NaN. The
// cost is linear in the number of path values.
func (f Forecast) Saturation(l Limit) (Saturation, error) {
	if err := l.Check(); err != nil {
		return Saturation{}, err
	}
	horizon := len(f.Mean)
	if horizon == 0 || f.Step <= 0 {
		return Saturation{}, problem("forecast", fmt.Sprintf("%d steps of %v", horizon, f.Step), "nothing was forecast", "forecast at least one step")
	}
	s := newSaturation(l, f.Start, f.Step, horizon)
	limits := l.during(f.Start, f.Step, horizon)
	if len(f.Paths) == 0 {
		if err := s.independent(f, limits); err != nil {
			return Saturation{}, err
		}
		s.settle()
		return s, nil
	}
	counts := make([]int, horizon)
	for i, path := range f.Paths {
		if len(path) != horizon {
			return Saturation{}, problem(fmt.Sprintf("paths[%d]", i), fmt.Sprintf("%d values", len(path)), fmt.Sprintf("the forecast has %d steps", horizon), "give each path a value for each step")
		}
		if t := slices.IndexFunc(path, math.IsNaN); t >= 0 {
			return Saturation{}, problem(fmt.Sprintf("paths[%d][%d]", i, t), "NaN", "nobody knows whether it reaches the limit", "give each path a number for each step")
		}
		for t, v := range path {
			if l.reachedBy(v, limits[t]) {
				counts[t]++
				break
			}
		}
	}
	n, sum := float64(len(f.Paths)), 0
	for t, c := range counts {
		sum += c
		s.Reached[t] = float64(sum) / n
	}
	s.Paths = len(f.Paths)
	s.settle()
	s.StandardError = math.Sqrt(s.Probability * (1 - s.Probability) / n)
	if s.Paths < 100 {
		s.Warnings = append(s.Warnings, Warning{"few-paths", fmt.Sprintf("%d futures were counted; probabilities are right to %.0f percentage points", s.Paths, 100/math.Sqrt(n)), "draw 1000 paths"})
	}
	if s.levelsOff(f, limits) {
		s.Warnings = append(s.Warnings, Warning{"levels-off", "the futures come close to 0 and none goes below it, as if the fall slackened there; the limit may be reached sooner and more surely", "compare with Drift, ETS or TheilSen, which go on falling"})
	}
	return s, nil
}

// levelsOff tells whether a floor of 0 or less may be out of reach only because the futures of
// a load that never was negative are kept above 0.
func (s Saturation) levelsOff(f Forecast, limits []float64) bool {
	if !s.Limit.Floor || limits[len(limits)-1] > 0 || s.Probability >= 0.95 {
		return false
	}
	least := math.Inf(1)
	for _, path := range f.Paths {
		least = min(least, slices.Min(path))
	}
	return least >= 0 && least < 0.05*f.Mean[0]
}

// independent fills Reached from the intervals of single steps.
func (s *Saturation) independent(f Forecast, limits []float64) error {
	if len(f.Lower) != len(f.Mean) || len(f.Upper) != len(f.Mean) || !(f.Level > 0 && f.Level < 1) {
		return problem("forecast", fmt.Sprintf("level %v", f.Level), "neither paths nor intervals", "use a forecaster that gives one of them")
	}
	for t, mean := range f.Mean {
		if math.IsNaN(mean) || math.IsNaN(f.Lower[t]) || math.IsNaN(f.Upper[t]) {
			return problem(fmt.Sprintf("forecast step %d", t), fmt.Sprintf("%v in [%v, %v]", mean, f.Lower[t], f.Upper[t]), "nobody knows whether it reaches the limit", "give each step a mean and an interval")
		}
	}
	z, logStay := stat.NormalQuantile((1+f.Level)/2), 0.
	for t, mean := range f.Mean {
		distance, sd := limits[t]-mean, (f.Upper[t]-mean)/z
		if distance < 0 {
			sd = (mean - f.Lower[t]) / z
		}
		if s.Limit.Floor {
			distance, sd = -distance, (mean-f.Lower[t])/z
			if distance < 0 {
				sd = (f.Upper[t] - mean) / z
			}
		}
		switch {
		case sd > 0:
			stay, _ := stat.LogNormalCDF(distance / sd)
			logStay += stay
		case distance <= nearLimit*math.Abs(limits[t]):
			logStay = math.Inf(-1)
		}
		s.Reached[t] = 0 - math.Expm1(logStay) // and not −0
	}
	s.Warnings = append(s.Warnings, Warning{"independent-steps", "the forecast has no joint paths; its steps were taken as independent, which overstates how soon a limit is reached", "use a forecaster that draws paths"})
	return nil
}

func newSaturation(l Limit, start time.Time, step time.Duration, horizon int) Saturation {
	return Saturation{Limit: l, Start: start, Step: step, Reached: make([]float64, horizon)}
}

// settle sets what follows from Reached.
func (s *Saturation) settle() {
	s.Probability = s.Reached[len(s.Reached)-1]
	s.Earliest, _ = s.Quantile(0.05)
	s.Median, _ = s.Quantile(0.5)
	s.Latest, _ = s.Quantile(0.95)
}

// Quantile is the end of the first step by which the limit has been reached with probability
// p, in (0, 1]; ok is false if that is not within the horizon, or p is out of range.
func (s Saturation) Quantile(p float64) (at time.Time, ok bool) {
	if i := s.quantileStep(p); i >= 0 {
		return s.Start.Add(time.Duration(i+1) * s.Step), true
	}
	return time.Time{}, false
}

func (s Saturation) quantileStep(p float64) int {
	if !(p > 0 && p <= 1) {
		return -1
	}
	for i, r := range s.Reached {
		if r >= p {
			return i
		}
	}
	return -1
}

// By is the probability that the limit has been reached by an instant: that of the last step
// that ended by then, 0 before the end of the first, and Probability beyond the horizon, which is a
// bound from below there.
func (s Saturation) By(at time.Time) float64 {
	if s.Step <= 0 || len(s.Reached) == 0 {
		return 0
	}
	i := min(int64(len(s.Reached)), int64(at.Sub(s.Start)/s.Step))
	if i < 1 {
		return 0
	}
	return s.Reached[i-1]
}

// End is the end of the horizon.
func (s Saturation) End() time.Time {
	return s.Start.Add(time.Duration(len(s.Reached)) * s.Step)
}

// String is one sentence for a person.
func (s Saturation) String() string {
	text := fmt.Sprintf("%s probability to %s by %s", s.chance(), s.target(), stamp(s.End()))
	switch {
	case !s.Median.IsZero():
		text += fmt.Sprintf("; half by %s, 5 %% by %s", stamp(s.Median), stamp(s.Earliest))
	case !s.Earliest.IsZero():
		text += fmt.Sprintf("; 5 %% by %s", stamp(s.Earliest))
	}
	return text
}

// target says what happens to the value: "reach 80".
func (s Saturation) target() string {
	verb, limit := "reach ", chart.Number.Format(s.Limit.At(s.Start))
	if s.Limit.Floor {
		verb = "fall to "
	}
	for _, c := range s.Limit.Changes {
		if c.At.After(s.Start) && c.At.Before(s.End()) {
			return verb + "the limit"
		}
	}
	return verb + limit
}

// limits is the limit at the start and its changes within the horizon, oldest first.
func (s Saturation) limits() string {
	text := chart.Number.Format(s.Limit.At(s.Start))
	changes := slices.Clone(s.Limit.Changes)
	slices.SortStableFunc(changes, func(a, b LimitChange) int { return a.At.Compare(b.At) })
	for _, c := range changes {
		if c.At.After(s.Start) && c.At.Before(s.End()) {
			text += fmt.Sprintf(", %s from %s", chart.Number.Format(c.Value), stamp(c.At))
		}
	}
	return text
}

// chance writes a probability; one that is not certain never looks so.
func (s Saturation) chance() string {
	least := 0.001
	if s.Paths > 0 {
		least = max(least, 1/float64(s.Paths))
	}
	switch p := s.Probability; {
	case p < least:
		return fmt.Sprintf("< %.3g %%", 100*least)
	case p > 1-least:
		return fmt.Sprintf("> %.3g %%", 100*(1-least))
	}
	return fmt.Sprintf("%.3g %%", 100*s.Probability)
}

// stamp is an instant to the minute, or to what tells it from that.
func stamp(t time.Time) string {
	if t.IsZero() {
		return "not within the horizon"
	}
	if t.Nanosecond() != 0 {
		return t.UTC().Format("2006-01-02 15:04:05.999999999Z")
	}
	if t.Second() != 0 {
		return t.UTC().Format("2006-01-02 15:04:05Z")
	}
	return t.UTC().Format("2006-01-02 15:04Z")
}

// Markdown is a small table of the distribution, with the planned changes of the limit.
func (s Saturation) Markdown() string {
	text := "| limit | probability | by 5 % | by 50 % | by 95 % | horizon |\n| --- | --- | --- | --- | --- | --- |\n"
	text += fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", s.limits(), s.chance(), stamp(s.Earliest), stamp(s.Median), stamp(s.Latest), stamp(s.End()))
	for _, w := range s.Warnings {
		text += "\n" + w.String() + "\n"
	}
	return text
}

type saturationJSON struct {
	Limit       Limit        `json:"limit"`
	Start       time.Time    `json:"start"`
	Step        wire.Seconds `json:"step_seconds"`
	Probability float64      `json:"probability"`
	Error       float64      `json:"standard_error"`
	Earliest    *time.Time   `json:"earliest"`
	Median      *time.Time   `json:"median"`
	Latest      *time.Time   `json:"latest"`
	Reached     []float64    `json:"reached"`
	Paths       int          `json:"paths"`
	Warnings    []Warning    `json:"warnings"`
}

// MarshalJSON writes {"limit","start","step_seconds","probability","standard_error",
// "earliest","median","latest","reached","paths","warnings"}; instants that are not within
// the horizon are null.
func (s Saturation) MarshalJSON() ([]byte, error) {
	instant := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = t.UTC()
		return &t
	}
	j := saturationJSON{s.Limit, s.Start.UTC(), wire.Seconds(s.Step), s.Probability, s.StandardError, instant(s.Earliest), instant(s.Median), instant(s.Latest), s.Reached, s.Paths, s.Warnings}
	if j.Warnings == nil {
		j.Warnings = []Warning{}
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Saturation) UnmarshalJSON(text []byte) error {
	var j saturationJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*s = Saturation{Limit: j.Limit, Start: j.Start, Step: time.Duration(j.Step), Probability: j.Probability, StandardError: j.Error, Reached: j.Reached, Paths: j.Paths}
	for _, c := range []struct {
		to   *time.Time
		from *time.Time
	}{{&s.Earliest, j.Earliest}, {&s.Median, j.Median}, {&s.Latest, j.Latest}} {
		if c.from != nil {
			*c.to = *c.from
		}
	}
	if len(j.Warnings) > 0 {
		s.Warnings = j.Warnings
	}
	return nil
}
