package canary

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/srekit/ownership/internal/stat"
)

// Design is how a canary is looked at, which decides what it can show in a given time.
type Design uint8

const (
	// AnyTime looks at every event, with evidence that is valid at any time: that of
	// ShareTest, one-sided.
	AnyTime Design = iota
	// OneLook is a single test at the end.
	OneLook
	// PlannedLooks stops at the bounds of a group-sequential plan.
	PlannedLooks
)

var designNames = [...]string{"any-time", "one-look", "planned-looks"}

// String is any-time, one-look or planned-looks.
func (d Design) String() string {
	if int(d) < len(designNames) {
		return designNames[d]
	}
	return fmt.Sprintf("Design(%d)", uint8(d))
}

// MarshalText writes what String writes.
func (d Design) MarshalText() ([]byte, error) {
	if int(d) >= len(designNames) {
		return nil, problem("design", d.String(), "no such design", "use AnyTime, OneLook or PlannedLooks")
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what String writes; the empty text is any-time.
func (d *Design) UnmarshalText(text []byte) error {
	for i, n := range designNames {
		if string(text) == n || i == 0 && len(text) == 0 {
			*d = Design(i)
			return nil
		}
	}
	return problem("design", fmt.Sprintf("%q", text), "no such design", "write any-time, one-look or planned-looks")
}

// Power is the question before a rollout: what share of bad requests of the canary will
// be told from that of a good release, and after how long. All answers are computed for
// requests that are bad independently of one another; where they come in bursts, or
// the arms differ for other reasons, it takes longer.
//
// OneLook and PlannedLooks take the normal approximation of SampleSize. AnyTime is
// exact for Poisson traffic: the probability that the evidence has reached 1/Alpha
// after each number of bad requests, by recursion over all ways they may have fallen
// on the arms, averaged over that number.
type Power struct {
	Ratio     float64 `json:"ratio"`           // share of bad requests of a good release, in (0, 1)
	PerSecond float64 `json:"per_second"`      // requests to both arms together, above 0
	Alpha     float64 `json:"alpha,omitempty"` // false alarms, in (0, 0.5]; 0 is 0.05
	Design    Design  `json:"design,omitempty"`
	// Boundary and Looks are those of PlannedLooks; 0 looks are 5.
	Boundary Boundary `json:"boundary,omitempty"`
	Looks    int      `json:"looks,omitempty"`
	// Concentration is that of ShareTest for AnyTime; 0 is 10.
	Concentration float64 `json:"concentration,omitempty"`
}

// Exposure is a part of the traffic for a time: what a stage of a rollout gives the
// canary.
type Exposure struct {
	Share    float64       // of all requests, in (0, 1)
	Duration time.Duration // above 0
}

type exposureJSON struct {
	Share   float64 `json:"share"`
	Seconds float64 `json:"duration_seconds"`
}

// String is 10% for 30m0s.
func (e Exposure) String() string { return percent(e.Share) + " for " + e.Duration.String() }

// MarshalJSON writes the duration in seconds.
func (e Exposure) MarshalJSON() ([]byte, error) {
	return json.Marshal(exposureJSON{e.Share, e.Duration.Seconds()})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Exposure) UnmarshalJSON(b []byte) error {
	var j exposureJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	d, err := duration(j.Seconds)
	if err != nil {
		return err
	}
	*e = Exposure{j.Share, d}
	return nil
}

// duration is seconds as a Duration.
func duration(seconds float64) (time.Duration, error) {
	ns := seconds * float64(time.Second)
	if !(math.Abs(ns) < math.MaxInt64) {
		return 0, problem("duration_seconds", number(seconds), "longer than 292 years", "write seconds")
	}
	return time.Duration(math.Round(ns)), nil
}

// At returns the probability, in [0, 1], that a canary whose share of bad requests is
// ratio raises the alarm by the end of the exposure. ratio is above Ratio and at most 1.
// Errors are *Error. Microseconds for OneLook, otherwise up to a tenth of a second.
func (p Power) At(e Exposure, ratio float64) (float64, error) {
	m, err := p.model(e.Share, ratio)
	if err != nil {
		return 0, err
	}
	if err := e.check("exposure"); err != nil {
		return 0, err
	}
	return m.at(e.Duration.Seconds()), nil
}

// Time returns how long a canary with this share of the traffic must be watched until
// one whose share of bad requests is ratio raises the alarm with probability power, in
// (Alpha, 1). Errors are *Error; one of them is that it would take more than
// 280 years, or with AnyTime more than thirty thousand bad requests of both arms. Up to
// a tenth of a second.
func (p Power) Time(share, ratio, power float64) (time.Duration, error) {
	m, err := p.model(share, ratio)
	if err != nil {
		return 0, err
	}
	if !(power > m.alpha && power < 1) {
		return 0, problem("power", number(power), "not between alpha and 1", "write 0.9 for 90 %")
	}
	s, ok := m.time(power)
	if !ok {
		return 0, tooLong(ratio)
	}
	return duration(s)
}

func tooLong(ratio float64) error {
	return problem("ratio", number(ratio), "too near to that of a good release to be told apart in any useful time", "ask for a greater harm, or give the canary more traffic")
}

// Effect returns the smallest share of bad requests of the canary that raises the alarm
// with probability power by the end of the exposure: what the stage can show. Errors
// are *Error; one of them is that even a canary whose requests are all bad is not
// seen. Up to a tenth of a second, and some tenths for AnyTime
// with ten thousand bad requests; with more than thirty thousand it answers for so
// many.
func (p Power) Effect(e Exposure, power float64) (float64, error) {
	m, err := p.model(e.Share, 1)
	if err != nil {
		return 0, err
	}
	if err := e.check("exposure"); err != nil {
		return 0, err
	}
	if !(power > m.alpha && power < 1) {
		return 0, problem("power", number(power), "not between alpha and 1", "write 0.9 for 90 %")
	}
	r, ok := m.effect(e.Duration.Seconds(), power)
	if !ok {
		return 0, problem("exposure", e.String(), "shows nothing, not even a canary whose requests are all bad", "give it more traffic or time")
	}
	return r, nil
}

// Price returns how many times as long this design needs as OneLook for the same share,
// ratio and power: what it costs to look more than once. For PlannedLooks it is at the
// last look, for AnyTime with looks at every event; both end earlier on average. Errors
// and cost are those of Time.
func (p Power) Price(share, ratio, power float64) (float64, error) {
	mine, err := p.Time(share, ratio, power)
	if err != nil {
		return 0, err
	}
	p.Design = OneLook
	one, err := p.Time(share, ratio, power)
	if err != nil {
		return 0, err
	}
	return mine.Seconds() / one.Seconds(), nil
}

func (e Exposure) check(path string) error {
	var p problems
	checkShare(&p, path+".share", e.Share)
	if e.Duration <= 0 {
		p.add(path+".duration", e.Duration.String(), "not positive", "give the length of the stage")
	}
	return p.err()
}

func checkShare(p *problems, path string, share float64) {
	if !(share > 0 && share < 1) {
		p.add(path, number(share), "not between 0 and 1", "write 0.1 for 10 % of the traffic, and leave some for the baseline")
	}
}

// model checks a question and fills in defaults.
func (p Power) model(share, ratio float64) (*powerModel, error) {
	m := &powerModel{
		good: p.Ratio, bad: ratio, share: share, perSecond: p.PerSecond,
		alpha: p.Alpha, design: p.Design, plan: GroupSequential{Boundary: p.Boundary, Looks: p.Looks, Alternative: Greater},
	}
	var e problems
	if m.alpha == 0 {
		m.alpha = 0.05
	}
	if m.plan.Looks == 0 {
		m.plan.Looks = 5
	}
	m.plan.Alpha = m.alpha
	if p.Concentration == 0 {
		p.Concentration = 10
	}
	if !(p.Ratio > 0 && p.Ratio < 1) {
		e.add("ratio", number(p.Ratio), "not between 0 and 1", "give the share of bad requests of a good release, 0.001 for 0.1 %")
	}
	if !(p.PerSecond > 0 && p.PerSecond <= 1e12) {
		e.add("per_second", number(p.PerSecond), "no rate of requests", "give the requests a second of both arms together")
	}
	if !(m.alpha >= 1e-12 && m.alpha <= 0.5) {
		e.add("alpha", number(m.alpha), "not between 1e-12 and 0.5", "write 0.05 for 5 %")
	}
	if int(p.Design) >= len(designNames) {
		e.add("design", p.Design.String(), "no such design", "use AnyTime, OneLook or PlannedLooks")
	}
	if !(p.Concentration >= 1e-6 && p.Concentration <= 1e12) {
		e.add("concentration", number(p.Concentration), "not between 1e-6 and 1e12", "leave it 0 for 10")
	}
	checkShare(&e, "share", share)
	if !(ratio > p.Ratio && ratio <= 1) {
		e.add("ratio", number(ratio), "not above that of a good release, "+number(p.Ratio), "give the share of bad requests that must be seen")
	}
	if err := e.err(); err != nil {
		return nil, err
	}
	switch p.Design {
	case AnyTime:
		m.events = newEventPower(share, p.Concentration, m.alpha)
	case PlannedLooks:
		b, err := m.plan.Bounds()
		if err != nil {
			return nil, err
		}
		m.bounds = b
		if err := m.plan.complete(); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// powerModel answers for one share and ratio.
type powerModel struct {
	good, bad, share, perSecond, alpha float64

	design Design
	plan   GroupSequential
	bounds []float64
	events *eventPower
}

// at is the power after so many seconds.
func (m *powerModel) at(seconds float64) float64 {
	requests := m.perSecond * seconds
	if m.design == AnyTime {
		canary, baseline := m.share*m.bad, (1-m.share)*m.good
		return m.events.after(requests*(canary+baseline), canary/(canary+baseline))
	}
	n, k := requests*m.share, requests*(1-m.share)
	pooled := m.share*m.bad + (1-m.share)*m.good
	null := math.Sqrt(pooled * (1 - pooled) * (1/n + 1/k))
	own := math.Sqrt(m.bad*(1-m.bad)/n + m.good*(1-m.good)/k)
	drift := (m.bad - m.good) / own
	if m.design == OneLook {
		upper, _ := stat.NormalCDF(drift - zTail(m.alpha, false)*null/own)
		return upper
	}
	if drift > 60 {
		return 1
	}
	bounds := make([]float64, len(m.bounds))
	for i, b := range m.bounds {
		bounds[i] = b * null / own
	}
	return math.Min(1, sum(crossings(bounds, m.plan.Fractions, drift, false)))
}

// time is when the power is reached, not ok where that takes too long.
func (m *powerModel) time(power float64) (seconds float64, ok bool) {
	if m.design == OneLook {
		k := (1 - m.share) / m.share
		s := SampleSize{Baseline: m.good, Canary: m.bad, PerCanary: k, Alpha: m.alpha, Power: power}
		if m.bad == 1 {
			s.Canary = math.Nextafter(1, 0)
		}
		n, err := s.Requests()
		seconds = n / m.share / m.perSecond
		return seconds, err == nil && seconds < 9e9
	}
	// From the time of one request to 280 years.
	low := math.Log(1 / m.perSecond)
	if m.events != nil {
		m.events.full = false
	}
	lack := func(t float64) float64 { return m.at(math.Exp(t)) - power }
	if lack(low) >= 0 {
		return math.Exp(low), true
	}
	high := low + 1
	for lack(high) < 0 {
		if high++; high > math.Log(9e9) || m.events != nil && m.events.full {
			return 0, false
		}
	}
	return math.Exp(rootOf(lack, high-1, high)), true
}

// effect is the smallest ratio that is shown, not ok where none is.
func (m *powerModel) effect(seconds, power float64) (ratio float64, ok bool) {
	lack := func(t float64) float64 {
		m.bad = m.good * math.Exp(t)
		return m.at(seconds) - power
	}
	most := -math.Log(m.good)
	if lack(most) < 0 {
		return 1, false
	}
	// From above, as great ratios take the least to follow.
	high := most
	low := high / 1.5
	for lack(low) >= 0 {
		if low < 1e-9 {
			return m.good * math.Exp(low), true
		}
		high, low = low, low/1.5
	}
	return math.Min(1, m.good*math.Exp(rootOf(lack, low, high))), true
}

// percent prints a share: 10%, 0.1%.
func percent(share float64) string { return number(100*share) + "%" }
