package canary

import "fmt"

// Estimate is an effect and how well it is known. All numbers are finite.
type Estimate struct {
	// Name is what the effect is: shift, delta, superiority.
	Name string `json:"name"`
	// Method is how the interval was made: exact or normal.
	Method string  `json:"method"`
	Effect float64 `json:"effect"`
	// Low and High enclose the truth with probability Level in repeated samples,
	// half of the rest on each side. Level is what the interval has, which for exact
	// intervals is more than was asked for, or less where few values cannot give more.
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	Level float64 `json:"level"`
	// N and M are the sizes of canary and baseline.
	N        float64   `json:"n"`
	M        float64   `json:"m"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// String is the estimate in one line.
func (e Estimate) String() string {
	return fmt.Sprintf("%s %.4g [%s, %s] at %.4g %% (%s)", e.Name, e.Effect, end(e.Low), end(e.High), 100*e.Level, e.Method)
}

func (e *Estimate) warn(code, remedy, text string, args ...any) {
	e.Warnings = append(e.Warnings, Warning{code, fmt.Sprintf(text, args...), remedy})
}
