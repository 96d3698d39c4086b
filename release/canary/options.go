package canary

import (
	"fmt"
	"math"
)

// DefaultLevel is the level of intervals where none is asked for.
const DefaultLevel = 0.95

// Alternative is what a test looks for. It says nothing on what is bad: more
// errors are, more requests served from a cache are not.
type Alternative uint8

const (
	// TwoSided looks for a difference in either direction.
	TwoSided Alternative = iota
	// Greater looks for values, shares or spreads of the canary that are greater
	// than the baseline's.
	Greater
	// Less looks for smaller ones.
	Less
)

var alternativeNames = [...]string{"two-sided", "greater", "less"}

// String is two-sided, greater or less.
func (a Alternative) String() string {
	if int(a) < len(alternativeNames) {
		return alternativeNames[a]
	}
	return fmt.Sprintf("Alternative(%d)", uint8(a))
}

// ParseAlternative reads what String writes; the empty text is two-sided.
func ParseAlternative(s string) (Alternative, error) {
	for i, n := range alternativeNames {
		if s == n {
			return Alternative(i), nil
		}
	}
	if s == "" {
		return TwoSided, nil
	}
	return 0, problem("alternative", fmt.Sprintf("%q", s), "no such alternative", "write two-sided, greater or less")
}

// MarshalText writes what String writes.
func (a Alternative) MarshalText() ([]byte, error) {
	if int(a) >= len(alternativeNames) {
		return nil, problem("alternative", a.String(), "no such alternative", "use TwoSided, Greater or Less")
	}
	return []byte(a.String()), nil
}

// UnmarshalText is ParseAlternative.
func (a *Alternative) UnmarshalText(b []byte) error {
	v, err := ParseAlternative(string(b))
	if err == nil {
		*a = v
	}
	return err
}

// Method chooses between the exact distribution of a statistic and its limit.
type Method uint8

const (
	// Auto is exact where that is cheap: each test says up to which sizes.
	Auto Method = iota
	// Exact is the exact distribution, or an error where it would take too long.
	Exact
	// Asymptotic is the limit for large samples.
	Asymptotic
)

var methodNames = [...]string{"auto", "exact", "asymptotic"}

// String is auto, exact or asymptotic.
func (m Method) String() string {
	if int(m) < len(methodNames) {
		return methodNames[m]
	}
	return fmt.Sprintf("Method(%d)", uint8(m))
}

// MarshalText writes what String writes.
func (m Method) MarshalText() ([]byte, error) {
	if int(m) >= len(methodNames) {
		return nil, problem("method", m.String(), "no such method", "use Auto, Exact or Asymptotic")
	}
	return []byte(m.String()), nil
}

// UnmarshalText reads what String writes; the empty text is auto.
func (m *Method) UnmarshalText(b []byte) error {
	for i, n := range methodNames {
		if string(b) == n || i == 0 && len(b) == 0 {
			*m = Method(i)
			return nil
		}
	}
	return problem("method", fmt.Sprintf("%q", b), "no such method", "write auto, exact or asymptotic")
}

// Options are how a comparison is made. The zero value is a two-sided test of no
// difference with a 95 % interval, exact where that is cheap; that suits a report
// after the fact. A gate names the direction that harms. Fields may be added.
type Options struct {
	Alternative Alternative `json:"alternative,omitempty"`
	// Level is that of intervals, in (0, 1); 0 is DefaultLevel.
	Level float64 `json:"level,omitempty"`
	// Margin moves the null hypothesis from no effect to this one: a difference
	// for differences and shifts, and for ratios the ratio 1 + Margin. With Less,
	// and the margin as the harm that would still be borne, a small p-value is
	// evidence that the canary is not worse by as much: a test of non-inferiority.
	Margin float64 `json:"margin,omitempty"`
	Method Method  `json:"method,omitempty"`
	// NoContinuity leaves out the continuity correction of the normal
	// approximation in rank tests.
	NoContinuity bool `json:"no_continuity,omitempty"`
}

// check reports what is wrong with o, and fills in the default level.
func (o *Options) check(p *problems) {
	if int(o.Alternative) >= len(alternativeNames) {
		p.add("options.alternative", o.Alternative.String(), "no such alternative", "use TwoSided, Greater or Less")
	}
	if int(o.Method) >= len(methodNames) {
		p.add("options.method", o.Method.String(), "no such method", "use Auto, Exact or Asymptotic")
	}
	if o.Level == 0 {
		o.Level = DefaultLevel
	}
	if !(o.Level > 0 && o.Level < 1) {
		p.add("options.level", number(o.Level), "not between 0 and 1", "write 0.95 for 95 %")
	}
	if !(math.Abs(o.Margin) <= maxValue) {
		p.add("options.margin", number(o.Margin), "not a finite number of this size", "give the difference that is still borne")
	}
}

// noMargin reports a margin given to a test that has no use for it.
func (o Options) noMargin(p *problems) {
	if o.Margin != 0 {
		p.add("options.margin", number(o.Margin), "this test has no margin", "leave it 0")
	}
}
