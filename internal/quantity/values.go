package quantity

import "time"

// Fraction is an exact non-negative fraction in lowest terms with a positive
// denominator. The zero value is not a fraction (Den is 0): it means unset.
type Fraction struct {
	Num, Den int64
}

// Duration is a length of time: whole calendar months (a quarter is 3, a year
// 12) plus a fixed part in which a day is 24 h and a week 168 h. Most strings
// fill one of the two. The zero value means unset.
type Duration struct {
	Months int
	Fixed  time.Duration
}

// Comparator is the relation of a measured value to a threshold, as printed:
// "<", "<=", ">", ">=" or "=". The empty string means that none was written.
type Comparator string

// The comparators, in canonical spelling.
const (
	Less         Comparator = "<"
	LessEqual    Comparator = "<="
	Greater      Comparator = ">"
	GreaterEqual Comparator = ">="
	Equal        Comparator = "="
)

// ThresholdKind tells which field of a Threshold is set.
type ThresholdKind int

// The kinds of threshold.
const (
	NoThreshold       ThresholdKind = iota
	DurationThreshold               // 100ms
	RatioThreshold                  // 0.05%
	RateThreshold                   // 5 errors/min, 200 rps
	NumberThreshold                 // 14.4 (a burn rate)
)

// Threshold is the right-hand side of a comparison.
type Threshold struct {
	Kind     ThresholdKind
	Duration time.Duration // DurationThreshold
	Value    Fraction      // RatioThreshold in [0,1], NumberThreshold, or the count of a RateThreshold
	Per      time.Duration // RateThreshold: Value events per Per
	Noun     string        // RateThreshold: what is counted ("errors"), may be empty
}

// Window is the time over which an objective is held.
type Window struct {
	Length   Duration
	Calendar bool // aligned to the calendar ("per month"); otherwise rolling
}

// Objective is a promise in one string: a target ratio ("99.9% over 30d"), a
// quantile of a metric under a threshold ("p95 < 100ms", "95% of requests <
// 100ms"), or a plain bound ("error rate < 0.01%").
type Objective struct {
	Metric     string   // words that name the metric, in lower case (ASCII letters), spaces kept single: "error rate"
	Target     Fraction // set when the objective is a plain ratio: at least that, or above it if Comparator is ">"
	Quantile   Fraction // 19/20 for p95
	Aggregate  string   // "mean" or "max" instead of a quantile
	Comparator Comparator
	Threshold  Threshold
	For        Fraction // share of slices for which it must hold ("for 99%")
	Window     Window
}

// Condition is an alert or rollback condition: "0.1% error rate for 5m".
type Condition struct {
	Metric     string   // canonical identifier: error_rate, burn_rate, latency, …
	Quantile   Fraction // 19/20 for p95
	Aggregate  string   // "mean" or "max" instead of a quantile
	Comparator Comparator
	Implicit   bool // no comparator was written; ">" is meant
	Threshold  Threshold
	Hold       Duration // zero: no hold given
}

// Stage is one step of a canary deployment.
type Stage struct {
	Traffic Fraction // share of traffic in (0,1]
	Hold    Duration // zero: not held (a final 100 %)
}

// Schedule is a recurring on-call rhythm in one string.
type Schedule struct {
	Unit         string         // hour, day, week or month
	Every        int            // every that many units
	Weekday      time.Weekday   // handoff day, valid if HasDay
	HasDay       bool           //
	At           string         // handoff clock "09:00", or empty
	Zone         string         // IANA zone, or empty
	Days         []time.Weekday // days of coverage ("Mon-Fri"), in week order from Monday
	From, To     string         // clocks of coverage ("09:00", "17:00")
	Always       bool           // 24x7
	FollowTheSun bool           // follow-the-sun
	URL          string         // a link to a schedule kept elsewhere
	Warnings     []string       // what was ambiguous and how it was read
}

// Overnight reports whether the hours of coverage cross midnight.
func (s Schedule) Overnight() bool { return s.From != "" && s.To != "" && s.To <= s.From }
