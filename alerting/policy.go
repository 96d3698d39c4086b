package alerting

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// Pair is one multi-window condition: it fires while the burn rate over both
// windows is above the factor.
type Pair struct {
	Severity Severity      `json:"severity"`
	Long     time.Duration `json:"long_seconds"`
	Short    time.Duration `json:"short_seconds"` // positive, at most Long
	// Share is the share of the period's budget that is spent when the long
	// window trips after a steady burn; Factor the burn rate. Set one: the other follows
	// (Factor = Share · period / Long). With both, Share counts, because it
	// keeps its meaning when the period changes.
	Share  slo.Ratio `json:"share,omitzero"`
	Factor float64   `json:"factor,omitzero"` // read as its shortest decimal, so 14.4 is exactly 14.4
	// For is how long the condition must hold before the alert fires. It
	// spends budget that no window accounts for; the short window does its
	// work better, so presets of our own leave it zero.
	For time.Duration `json:"for_seconds,omitzero"`
}

// Policy is a set of pairs, each with its severity. It is data: build your own
// as a literal or begin with a preset.
type Policy struct {
	Name  string `json:"name"`
	Pairs []Pair `json:"pairs"`
	// MaxErrorRatio caps the error ratio that a pair may need before it fires;
	// unset means that anything below 1 will do. A pair above the cap
	// stays in force, with a warning.
	MaxErrorRatio slo.Ratio `json:"max_error_ratio,omitzero"`
}

// BoundPair is a pair with its numbers for one objective.
type BoundPair struct {
	Pair
	Factor        float64 `json:"factor"`         // burn rate above which the pair fires, nearest float64
	FactorText    string  `json:"factor_text"`    // the same, an exact decimal where one exists
	Threshold     float64 `json:"threshold"`      // error ratio above which the pair fires: Factor · budget
	ThresholdText string  `json:"threshold_text"` // the same, an exact decimal where one exists: "0.0144"
	BudgetShare   float64 `json:"budget_share"`   // share of the budget spent at the moment that the long window trips
	Reachable     bool    `json:"reachable"`      // Threshold < 1; an error ratio cannot exceed 1
	Raised        bool    `json:"raised"`         // the factor was below 1 and is 1 now
}

// Bound is a policy with its numbers for one objective.
type Bound struct {
	Policy    string        `json:"policy"`
	Objective slo.Objective `json:"objective"`
	Period    time.Duration `json:"period_seconds"` // from which the factors derive
	Pairs     []BoundPair   `json:"pairs"`          // as in the policy, the unreachable ones included
	Findings  []Finding     `json:"findings"`
}

// ErrPolicy is what every error about a policy wraps.
var ErrPolicy = errors.New("not an alert policy")

// maxWindow bounds windows and holds, so that sums of them and of instants stay
// within what a duration holds.
const maxWindow = 3653 * 24 * time.Hour

// Validate returns every defect of the policy joined into one error.
func (p Policy) Validate() error {
	var errs []error
	add := func(i int, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: pair %d of %s: %s", ErrPolicy, i+1, called(p.Name), fmt.Sprintf(format, args...)))
	}
	if len(p.Pairs) == 0 {
		errs = append(errs, fmt.Errorf("%w: %s has no pairs", ErrPolicy, called(p.Name)))
	}
	for i, pair := range p.Pairs {
		if pair.Severity < Info || pair.Severity > Page {
			add(i, "no severity; set Page, Ticket or Info")
		}
		if pair.Long <= 0 || pair.Short <= 0 || pair.Short > pair.Long {
			add(i, "windows %v and %v; both must be positive and the short one not longer", pair.Long, pair.Short)
		}
		if pair.Long%time.Second != 0 || pair.Short%time.Second != 0 || pair.For%time.Second != 0 {
			add(i, "windows %v and %v, for %v; whole seconds are needed", pair.Long, pair.Short, pair.For)
		}
		if pair.For < 0 {
			add(i, "for %v is negative", pair.For)
		}
		if longest := max(pair.Long, pair.For); longest > maxWindow {
			add(i, "%s is longer than 10 years", text(longest))
		}
		switch {
		case pair.Share.IsZero() && pair.Factor == 0:
			add(i, "neither a share of the budget nor a factor; set one")
		case pair.Share.IsZero() && !(pair.Factor >= 1e-9 && pair.Factor <= 1e9):
			add(i, "factor %v; it must be between 1e-9 and 1e9", pair.Factor)
		case !pair.Share.IsZero() && pair.Share.Sign() == 0:
			add(i, "a share of 0%% of the budget fires on anything; set a share above 0%%")
		}
	}
	return errors.Join(errs...)
}

// Bind computes the policy's exact numbers for an objective. Errors (which wrap
// ErrPolicy, slo.ErrObjective) name every defect at once; a pair that cannot
// fire, a factor raised to 1 and factors of a calendar period are findings.
func (p Policy) Bind(o slo.Objective) (Bound, error) {
	if err := errors.Join(p.Validate(), o.Validate()); err != nil {
		return Bound{}, err
	}
	window := o.Period()
	b := Bound{Policy: p.Name, Objective: o, Period: window.ShortestLength(), Pairs: make([]BoundPair, 0, len(p.Pairs))}
	find := func(code, level, text, reason, remedy string) {
		b.Findings = append(b.Findings, Finding{Code: code, Level: level, Path: o.Name, Text: text, Reason: reason, Remedy: remedy})
	}
	if window.Calendar != slo.NoCalendar {
		find("calendar-period", "info", window.String(),
			"alert factors of a calendar period derive from its shortest length, "+quantity.Duration{Fixed: b.Period}.String(), "")
	}
	budget := o.Budget().Rat()
	one := big.NewRat(1, 1)
	for _, pair := range p.Pairs {
		factor := pair.factor(b.Period)
		name := pair.name()
		bp := BoundPair{Pair: pair}
		if factor.Cmp(one) < 0 {
			find("factor-raised", "warning", name,
				"the factor "+decimal(factor)+" is below 1 and would alert while the objective is met; it is raised to 1",
				"choose a longer period, a larger share of the budget or a shorter window")
			factor, bp.Raised = one, true
		}
		threshold := new(big.Rat).Mul(factor, budget)
		bp.Factor, bp.FactorText = float(factor), decimal(factor)
		bp.Threshold, bp.ThresholdText = float(threshold), decimal(threshold)
		bp.BudgetShare = bp.Factor * float64(pair.Long) / float64(b.Period)
		bp.Reachable = threshold.Cmp(one) < 0
		switch {
		case !bp.Reachable:
			find("unreachable", "warning", name,
				fmt.Sprintf("the pair can never fire for the target %s: it needs an error ratio above %s, and no ratio exceeds 1", o.Target.Percent(), bp.ThresholdText),
				"tighten the target, lower the share of the budget or lengthen the window")
		case !p.MaxErrorRatio.IsZero() && threshold.Cmp(p.MaxErrorRatio.Rat()) > 0:
			find("error-ratio-cap", "warning", name,
				fmt.Sprintf("the pair fires only above an error ratio of %s, and the policy wants at most %s", bp.ThresholdText, p.MaxErrorRatio),
				"tighten the target, lower the share of the budget or lengthen the window")
		}
		b.Pairs = append(b.Pairs, bp)
	}
	if len(b.Reachable()) == 0 {
		find("policy-unreachable", "error", p.Name,
			"no pair of the policy can ever fire for the target "+o.Target.Percent(),
			"retune the policy for this target, or tighten the target")
	}
	return b, nil
}

// called is a policy in a sentence: policy "workbook", or the policy.
func called(name string) string {
	if name == "" {
		return "the policy"
	}
	return "policy" + quoted(name)
}

// quoted is a name behind a word; nothing where there is none.
func quoted(name string) string {
	if name == "" {
		return ""
	}
	return " " + strconv.Quote(name)
}

// titled is the name of a policy in a heading.
func titled(name string) string { return cmp.Or(name, "unnamed policy") }

// check tells what keeps a bound policy that was made by hand, or read, from
// being computed with.
func (b Bound) check() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format+"; make it by Policy.Bind", append([]any{ErrPolicy}, args...)...))
	}
	name := "the bound policy" + quoted(b.Policy)
	if b.Period <= 0 {
		fail("%s has a period of %v", name, b.Period)
	}
	if b.Objective.Target.Complement().Sign() <= 0 {
		fail("%s has no target below 100%%", name)
	}
	for i, p := range b.Pairs {
		if p.Short <= 0 || p.Short > p.Long || p.Long > maxWindow || p.For < 0 || p.For > maxWindow || !(p.Threshold > 0 && p.Threshold <= math.MaxFloat64) {
			fail("pair %d of %s has the windows %v and %v, the hold %v and the threshold %v", i+1, name, p.Long, p.Short, p.For, p.Threshold)
		}
		if f := p.Pair.Factor; math.IsNaN(f) || math.IsInf(f, 0) {
			fail("pair %d of %s has the factor %v", i+1, name, f)
		}
	}
	return errors.Join(errs...)
}

// Reachable is the pairs that can fire, in the policy's order.
func (b Bound) Reachable() []BoundPair {
	var pairs []BoundPair
	for _, p := range b.Pairs {
		if p.Reachable {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

func (p Pair) factor(period time.Duration) *big.Rat {
	if p.Share.IsZero() {
		f, _ := new(big.Rat).SetString(strconv.FormatFloat(p.Factor, 'g', -1, 64))
		return f
	}
	f := big.NewRat(int64(period), int64(p.Long))
	return f.Mul(f, p.Share.Rat())
}

// name is how findings, alerts and tables call the pair: "page 1h/5m".
func (p Pair) name() string {
	return p.Severity.String() + " " + quantity.Duration{Fixed: p.Long}.String() + "/" + quantity.Duration{Fixed: p.Short}.String()
}

func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}

// decimal prints r exactly when it is a decimal of at most 40 digits after the
// point, otherwise as the shortest decimal of the nearest float64, without an
// exponent.
func decimal(r *big.Rat) string {
	if n, exact := r.FloatPrec(); exact && n <= 40 {
		return r.FloatString(n)
	}
	s := strconv.FormatFloat(float(r), 'f', -1, 64)
	if strings.Contains(s, "Inf") {
		return strconv.FormatFloat(math.MaxFloat64, 'g', -1, 64)
	}
	return s
}
