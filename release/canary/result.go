package canary

import (
	"fmt"
	"log/slog"
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// Result is the outcome of a test at one look: how surprising the difference is
// if there were none, how large it is, and how well that is known. All numbers
// are finite; an end of an interval that the data leave open is ±math.MaxFloat64.
type Result struct {
	// Test is what was asked: mann-whitney, welch, fisher.
	Test string `json:"test"`
	// Method is how the p-value was computed: exact, normal, student and the like.
	Method      string      `json:"method"`
	Alternative Alternative `json:"alternative"`
	// N and M are the sizes of canary and baseline: values, or requests.
	N float64 `json:"n"`
	M float64 `json:"m"`
	// Statistic is that of the test; its documentation says which. It is
	// ±math.MaxFloat64 where an estimate of variance is 0.
	Statistic float64 `json:"statistic"`
	// Freedom is the degrees of freedom where the method has them, otherwise 0.
	Freedom float64 `json:"degrees_of_freedom,omitempty"`
	// PValue is the probability, in [0, 1], of a result at least as far in the
	// direction of Alternative if the null hypothesis holds. LogP is its natural
	// logarithm, which still tells one from another where PValue is 0.
	PValue float64 `json:"p_value"`
	LogP   float64 `json:"log_p"`
	// Effect is the estimate of what EffectName names: shift, superiority,
	// difference, ratio.
	Effect     float64 `json:"effect"`
	EffectName string  `json:"effect_name"`
	// Low and High enclose the effect with probability Level in repeated
	// samples, half of the rest on each side. Level is what the interval has,
	// which for exact intervals is more than was asked for, or less where few
	// values cannot give more. Level 0 means that no interval was made.
	Low      float64   `json:"low"`
	High     float64   `json:"high"`
	Level    float64   `json:"level"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// Warning is a weakness of an answer that is valid all the same.
type Warning struct {
	Code   string `json:"code"` // stable, such as few-values
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

// String is code: text; remedy.
func (w Warning) String() string { return w.Code + ": " + w.Text + "; " + w.Remedy }

// String is the result in one line.
func (r Result) String() string {
	s := fmt.Sprintf("%s (%s, %s): p = %.3g, %s %.4g", r.Test, r.Method, r.Alternative, r.PValue, r.EffectName, r.Effect)
	if r.Level == 0 {
		return s
	}
	return s + fmt.Sprintf(" [%s, %s] at %.4g %%", end(r.Low), end(r.High), 100*r.Level)
}

// end prints an end of an interval.
func end(v float64) string {
	switch v {
	case math.MaxFloat64:
		return "∞"
	case -math.MaxFloat64:
		return "−∞"
	}
	return fmt.Sprintf("%.4g", v)
}

// LogValue is the result in a few attributes, for structured logs.
func (r Result) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("test", r.Test), slog.String("method", r.Method), slog.Float64("p_value", r.PValue),
		slog.Float64("effect", r.Effect), slog.Float64("low", r.Low), slog.Float64("high", r.High), slog.Float64("level", r.Level))
}

func (r *Result) warn(code, remedy, text string, args ...any) {
	r.Warnings = append(r.Warnings, Warning{code, fmt.Sprintf(text, args...), remedy})
}

// bounded is v, or ±math.MaxFloat64 for ±Inf.
func bounded(v float64) float64 {
	return max(-math.MaxFloat64, min(math.MaxFloat64, v))
}

// setTails sets the p-value from the logarithms of P(T ≤ t) and P(T ≥ t) of a
// statistic that is large where the canary is greater; two-sided is twice the
// smaller.
func (r *Result) setTails(lower, upper float64) {
	switch r.Alternative {
	case Greater:
		r.setLogP(upper)
	case Less:
		r.setLogP(lower)
	default:
		r.setLogP(math.Min(lower, upper) + math.Ln2)
	}
}

func (r *Result) setLogP(l float64) {
	r.LogP = max(-math.MaxFloat64, min(0, l))
	r.PValue = math.Exp(r.LogP)
}

// setP sets the p-value from itself.
func (r *Result) setP(p float64) {
	r.PValue = max(0, min(1, p))
	r.LogP = max(-math.MaxFloat64, math.Log(r.PValue))
}

// setInterval sets an interval that was asked for at level.
func (r *Result) setInterval(low, high, level float64) {
	r.Low, r.High, r.Level = bounded(low), bounded(high), level
}

// normalReach is the z that a standard normal variable exceeds in absolute value
// with probability 1 − level.
func normalReach(level float64) float64 { return -stat.NormalQuantile((1 - level) / 2) }
