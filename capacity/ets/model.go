package ets

import (
	"fmt"
	"math"
	"strings"
)

// Component is how one part of a model, its error, trend or season, enters the
// observation.
type Component uint8

const (
	// None: the part is absent. An error cannot be.
	None Component = iota
	// Additive: the part is added, in the unit of the series.
	Additive
	// Multiplicative: the part is a factor around 1, without unit.
	Multiplicative
)

// letter is the taxonomy's letter, "?" for a value that is no component.
func (c Component) letter() string {
	switch c {
	case None:
		return "N"
	case Additive:
		return "A"
	case Multiplicative:
		return "M"
	}
	return "?"
}

// String gives "none", "additive" or "multiplicative".
func (c Component) String() string {
	switch c {
	case None:
		return "none"
	case Additive:
		return "additive"
	case Multiplicative:
		return "multiplicative"
	}
	return fmt.Sprintf("Component(%d)", uint8(c))
}

// Model is a member of the exponential smoothing family in its state-space
// form with one source of error (Hyndman, Koehler, Ord and Snyder, 2008,
// Forecasting with Exponential Smoothing, table 2.2 and 2.3).
//
// The zero value is no model: an error component must be chosen. Multiplicative
// trends are deliberately absent; they explode, and R does not choose them
// either unless told to.
type Model struct {
	Error  Component // Additive or Multiplicative
	Trend  Component // None or Additive
	Damped bool      // the trend dies out; only with a trend
	Season Component // None, Additive or Multiplicative
	Period int       // season length in steps, at least 2 with a season; ignored without
}

// ParseModel reads the taxonomy's short name: the letters of error, trend and
// season, a "d" behind the trend's when it is damped ("ANN", "AAdA", "MAM").
// The brackets and commas of "ETS(A,Ad,A)" are allowed. The period is set when
// the model has a season and must then be at least 2; otherwise it is ignored.
//
// The error is an [*InputError].
func ParseModel(name string, period int) (Model, error) {
	letters := strings.NewReplacer(",", "", " ", "").Replace(name)
	if inner, ok := strings.CutPrefix(letters, "ETS("); ok {
		letters = strings.TrimSuffix(inner, ")")
	}
	var m Model
	if len(letters) == 4 && letters[2] == 'd' {
		m.Damped = true
		letters = letters[:2] + letters[3:]
	}
	if len(letters) != 3 {
		return Model{}, unreadable(name)
	}
	for i, part := range []*Component{&m.Error, &m.Trend, &m.Season} {
		switch letters[i] {
		case 'N':
			*part = None
		case 'A':
			*part = Additive
		case 'M':
			*part = Multiplicative
		default:
			return Model{}, unreadable(name)
		}
	}
	if m.Season != None {
		m.Period = period
	}
	if err := m.Check(); err != nil {
		return Model{}, err
	}
	return m, nil
}

func unreadable(name string) error {
	return &InputError{
		What:   fmt.Sprintf("model %q", name),
		Reason: "is not a name of the family",
		Remedy: "write error, trend and season, such as ANN, AAdA or MAM",
	}
}

// String gives the short name that [ParseModel] reads, without the period.
func (m Model) String() string {
	trend := m.Trend.letter()
	if m.Damped {
		trend += "d"
	}
	return m.Error.letter() + trend + m.Season.letter()
}

// Check tells whether m is a model that [Filter] can run; the error is an
// [*InputError] and names the first part that is wrong.
func (m Model) Check() error {
	wrong := func(reason, remedy string) error {
		return &InputError{What: "model " + m.String(), Reason: reason, Remedy: remedy}
	}
	switch {
	case m.Error != Additive && m.Error != Multiplicative:
		return wrong("has no error", "choose Additive or Multiplicative")
	case m.Trend != None && m.Trend != Additive:
		return wrong("has a trend that is not supported", "choose None or Additive; Damped bends it")
	case m.Damped && m.Trend == None:
		return wrong("damps a trend it does not have", "set Trend to Additive or Damped to false")
	case m.Season > Multiplicative:
		return wrong("has an unknown season", "choose None, Additive or Multiplicative")
	case m.Season != None && m.Period < 2:
		return wrong(fmt.Sprintf("has a season of %d steps", m.Period), "set Period to at least 2, or Season to None")
	case m.Season != None && m.Period > maxPeriod:
		return wrong(fmt.Sprintf("has a season of %d steps", m.Period), fmt.Sprintf("use a coarser step; at most %d are supported", maxPeriod))
	}
	return nil
}

// maxPeriod bounds the season so that its states are never the larger part of
// a process's memory: a year of minutes fits.
const maxPeriod = 1 << 20

// Stable tells whether the model may be fitted. Additive errors around a
// multiplicative season (ANM, AAM, AAdM) have an infinite forecast variance
// and are left to fixed parameters (Hyndman et al. 2008, section 15.2; Akram,
// Hyndman and Ord, 2009).
func (m Model) Stable() bool {
	return m.Error != Additive || m.Season != Multiplicative
}

// States is the number of initial states that a fit estimates freely: the
// level, the trend's slope, and all seasonal states but the last, which their
// sum determines.
func (m Model) States() int {
	n := 1
	if m.Trend != None {
		n++
	}
	if m.Season != None {
		n += m.Period - 1
	}
	return n
}

// Estimated is the number of parameters that the information criteria count:
// the smoothing parameters, damping included, the free initial states, and the
// variance of the errors.
func (m Model) Estimated() int {
	return m.smoothing() + m.States() + 1
}

// smoothing is the number of smoothing parameters, damping included.
func (m Model) smoothing() int {
	n := 1
	if m.Trend != None {
		n++
	}
	if m.Damped {
		n++
	}
	if m.Season != None {
		n++
	}
	return n
}

// Parameters are the smoothing parameters in the state-space form. With the
// error ε = y − f of a step, the level moves by α·ε, the slope by β·ε and the
// seasonal state by γ·ε (each divided by the seasonal state or the level where
// the season is multiplicative), so β is α·β* and γ is (1−α)·γ* of the
// recursions of Holt and Winters.
//
// A parameter of a part that the model lacks is ignored on the way in and zero
// on the way out; Phi is 1 on the way out unless the trend is damped.
type Parameters struct {
	Alpha float64 // of the level, (0, 1)
	Beta  float64 // of the slope, (0, Alpha)
	Gamma float64 // of the season, (0, 1−Alpha)
	Phi   float64 // damping per step, (0, 1]
}

// State is what the model knows between two observations.
type State struct {
	Level float64 // in the unit of the series
	Trend float64 // slope per step, in the unit of the series; 0 without a trend

	// Season holds one state per step of the season, nil without one.
	// Season[0] is what the next observation uses, Season[1] the one after. In
	// an additive season they have the unit of the series, in a multiplicative
	// one they are factors.
	Season []float64
}

// check tells whether the state fits the model and is finite.
func (s State) check(m Model) error {
	bad := func(what, reason string) error {
		return &InputError{What: "state of " + m.String() + ": " + what, Reason: reason, Remedy: "pass the state of a fit of this model, or estimate one"}
	}
	if !finite(s.Level) {
		return bad("level", "is not finite")
	}
	if m.Trend != None && !finite(s.Trend) {
		return bad("trend", "is not finite")
	}
	if m.Season == None {
		return nil
	}
	if len(s.Season) != m.Period {
		return bad("season", fmt.Sprintf("has %d values for a period of %d", len(s.Season), m.Period))
	}
	for i, v := range s.Season {
		if !finite(v) {
			return bad(fmt.Sprintf("season[%d]", i), "is not finite")
		}
	}
	return nil
}

// check tells whether the parameters are numbers that the recursion can use.
// Values outside the usual region are allowed here: fixed parameters are the
// caller's decision.
func (p Parameters) check(m Model) error {
	named := []struct {
		name  string
		value float64
		used  bool
	}{
		{"alpha", p.Alpha, true},
		{"beta", p.Beta, m.Trend != None},
		{"gamma", p.Gamma, m.Season != None},
		{"phi", p.Phi, m.Damped},
	}
	for _, n := range named {
		if n.used && !finite(n.value) {
			return &InputError{What: "parameter " + n.name + " of " + m.String(), Reason: "is not finite", Remedy: "pass a number, usually between 0 and 1"}
		}
	}
	return nil
}

// of drops the parameters that m does not have.
func (p Parameters) of(m Model) Parameters {
	if m.Trend == None {
		p.Beta = 0
	}
	if !m.Damped {
		p.Phi = 1
	}
	if m.Season == None {
		p.Gamma = 0
	}
	return p
}

func finite(v float64) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0)
}
