package canary

import "fmt"

// Verdict is what to do with a canary. Its zero value promotes nothing.
type Verdict uint8

const (
	// Inconclusive means that the data cannot tell: there are none, or the time
	// for more is over. A person decides.
	Inconclusive Verdict = iota
	// Continue means that more traffic will tell.
	Continue
	// Promote means that harm of the tolerated size is excluded for every metric
	// that decides.
	Promote
	// Rollback means that harm is proven, or that data which must be there are not.
	Rollback
)

var verdictNames = [...]string{"inconclusive", "continue", "promote", "rollback"}

// String is inconclusive, continue, promote or rollback.
func (v Verdict) String() string { return nameOf(verdictNames[:], "Verdict", uint8(v)) }

// MarshalText writes what String writes.
func (v Verdict) MarshalText() ([]byte, error) {
	return writeName(verdictNames[:], "verdict", uint8(v))
}

// UnmarshalText reads what String writes.
func (v *Verdict) UnmarshalText(b []byte) error {
	return readName((*uint8)(v), verdictNames[:], "verdict", b)
}

// Direction is the change of a metric that is harm.
type Direction uint8

const (
	Increase Direction = iota // more is worse: errors, latency
	Decrease                  // less is worse: cache hits, orders
	Either                    // any change is
)

var directionNames = [...]string{"increase", "decrease", "either"}

// String is increase, decrease or either.
func (d Direction) String() string { return nameOf(directionNames[:], "Direction", uint8(d)) }

// MarshalText writes what String writes.
func (d Direction) MarshalText() ([]byte, error) {
	return writeName(directionNames[:], "direction", uint8(d))
}

// UnmarshalText reads what String writes; the empty text is increase.
func (d *Direction) UnmarshalText(b []byte) error {
	return readName((*uint8)(d), directionNames[:], "direction", b)
}

// Kind is what a metric's measurements are.
type Kind uint8

const (
	KindCounts    Kind = iota // bad events of all: errors of requests
	KindSamples               // values: latencies, or one number per look
	KindHistogram             // counts by bucket
)

var kindNames = [...]string{"counts", "samples", "histogram"}

// String is counts, samples or histogram.
func (k Kind) String() string { return nameOf(kindNames[:], "Kind", uint8(k)) }

// MarshalText writes what String writes.
func (k Kind) MarshalText() ([]byte, error) { return writeName(kindNames[:], "kind", uint8(k)) }

// UnmarshalText reads what String writes; the empty text is counts.
func (k *Kind) UnmarshalText(b []byte) error {
	return readName((*uint8)(k), kindNames[:], "kind", b)
}

// Mode is how a judge looks.
type Mode uint8

const (
	// Sequential looks at any time, as often as one likes.
	Sequential Mode = iota
	// Fixed looks at times planned beforehand, and is surer at the last of them.
	Fixed
)

var modeNames = [...]string{"sequential", "fixed"}

// String is sequential or fixed.
func (m Mode) String() string { return nameOf(modeNames[:], "Mode", uint8(m)) }

// MarshalText writes what String writes.
func (m Mode) MarshalText() ([]byte, error) { return writeName(modeNames[:], "mode", uint8(m)) }

// UnmarshalText reads what String writes; the empty text is sequential.
func (m *Mode) UnmarshalText(b []byte) error {
	return readName((*uint8)(m), modeNames[:], "mode", b)
}

// Policy is what a look without usable data of a metric means.
type Policy uint8

const (
	// Wait waits for data: such a look says nothing, and without data nothing is
	// promoted.
	Wait Policy = iota
	// Fail takes several such looks in a row for harm.
	Fail
	// Ignore lets the other metrics decide as long as there are none.
	Ignore
)

var policyNames = [...]string{"wait", "fail", "ignore"}

// String is wait, fail or ignore.
func (p Policy) String() string { return nameOf(policyNames[:], "Policy", uint8(p)) }

// MarshalText writes what String writes.
func (p Policy) MarshalText() ([]byte, error) { return writeName(policyNames[:], "policy", uint8(p)) }

// UnmarshalText reads what String writes; the empty text is wait.
func (p *Policy) UnmarshalText(b []byte) error {
	return readName((*uint8)(p), policyNames[:], "policy", b)
}

// Control is how the error of many metrics is held.
type Control uint8

const (
	// MeanEvidence weighs the evidence of all metrics together: the weighted mean
	// of their E is evidence against there being no harm anywhere. It contains the
	// rule that one metric alone decides at its share of the error.
	MeanEvidence Control = iota
	// StepDown is Holm's procedure on the p-values, without weights.
	StepDown
)

var controlNames = [...]string{"mean-evidence", "step-down"}

// String is mean-evidence or step-down.
func (c Control) String() string { return nameOf(controlNames[:], "Control", uint8(c)) }

// MarshalText writes what String writes.
func (c Control) MarshalText() ([]byte, error) {
	return writeName(controlNames[:], "control", uint8(c))
}

// UnmarshalText reads what String writes; the empty text is mean-evidence.
func (c *Control) UnmarshalText(b []byte) error {
	return readName((*uint8)(c), controlNames[:], "control", b)
}

func nameOf(names []string, kind string, v uint8) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("%s(%d)", kind, v)
}

func writeName(names []string, what string, v uint8) ([]byte, error) {
	if int(v) < len(names) {
		return []byte(names[v]), nil
	}
	return nil, problem(what, fmt.Sprint(v), "no such "+what, "use "+oneOf(names))
}

func readName(v *uint8, names []string, what string, b []byte) error {
	for i, n := range names {
		if string(b) == n || i == 0 && len(b) == 0 {
			*v = uint8(i)
			return nil
		}
	}
	return problem(what, fmt.Sprintf("%q", b), "no such "+what, "write "+oneOf(names))
}

func oneOf(names []string) string {
	s := names[0]
	for i, n := range names[1:] {
		if i == len(names)-2 {
			s += " or " + n
		} else {
			s += ", " + n
		}
	}
	return s
}
