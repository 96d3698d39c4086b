package release

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/slo"
)

// Rule says when a release is taken back: a look is bad if its value is beyond
// Threshold, and the rule trips when bad looks last for Hold, come Consecutive in a
// row, are K among the last Of, or Total altogether, whichever comes first. With
// none of the four set, DefaultHold counts: one noisy look takes nothing back.
//
// Looks with too little traffic are pooled until there is enough, and looks without
// data do what NoData says; neither burns a failure unless it says so.
type Rule struct {
	// Metric names the measurements that the rule reads: error_rate, p95_latency.
	Metric   string   `json:"metric"`
	Quantity Quantity `json:"quantity,omitzero"`
	Compare  Compare  `json:"compare,omitzero"`
	// Threshold is a share of requests, a value in the metric's own unit (seconds for
	// a latency), a factor of the baseline or a difference to it. Judgements have none.
	Threshold float64 `json:"threshold,omitzero"`
	// Below makes values below the threshold bad, instead of those above: cache hits.
	Below bool `json:"below,omitempty"`

	// Hold is the time covered by bad looks without a good one between them.
	Hold        time.Duration `json:"hold_seconds,omitzero"`
	Consecutive int           `json:"consecutive,omitzero"`
	K           int           `json:"k,omitzero"`
	Of          int           `json:"of,omitzero"` // at most 64
	Total       int           `json:"total,omitzero"`

	// MinRequests is how many the new revision must have served for a look to count
	// (and the old one, where it is compared with); 0 is 1.
	MinRequests float64 `json:"min_requests,omitzero"`
	// MinBad is the number of bad requests below which a look is not bad, whatever
	// its ratio.
	MinBad float64 `json:"min_bad,omitzero"`
	// NoData is what a look without usable data means.
	NoData NoData `json:"no_data,omitzero"`
	// Delay is how late the metric's measurements come.
	Delay time.Duration `json:"delay_seconds,omitzero"`
	// Group, if not empty, holds rules that take the release back only together:
	// when all of them have tripped and are still bad.
	Group string `json:"group,omitempty"`
	// Advisory rules are reported and never decide.
	Advisory bool `json:"advisory,omitempty"`
}

// DefaultHold is how long a rule must find bad looks if it does not say.
const DefaultHold = 5 * time.Minute

// Quantity is what a rule reads of a measurement.
type Quantity uint8

const (
	BadRatio  Quantity = iota // bad requests of all
	Value                     // a number in the metric's own unit
	Judgement                 // the verdict of a canary.Judge: Rollback trips at once
)

var quantityNames = [...]string{"bad_ratio", "value", "judgement"}

// String is bad_ratio, value or judgement.
func (q Quantity) String() string { return nameOf(quantityNames[:], "Quantity", uint8(q)) }

// MarshalText writes what String writes.
func (q Quantity) MarshalText() ([]byte, error) {
	return writeName(quantityNames[:], "quantity", uint8(q))
}

// UnmarshalText reads what String writes; the empty text is bad_ratio.
func (q *Quantity) UnmarshalText(text []byte) error {
	i, err := readName(quantityNames[:], "quantity", text)
	if err == nil {
		*q = Quantity(i)
	}
	return err
}

// Compare is what a rule holds a value against.
type Compare uint8

const (
	Absolute Compare = iota // the threshold itself
	Times                   // the threshold times the baseline's value
	Plus                    // the threshold more than the baseline's value (Below: less)
)

var compareNames = [...]string{"absolute", "times", "plus"}

// String is absolute, times or plus.
func (c Compare) String() string { return nameOf(compareNames[:], "Compare", uint8(c)) }

// MarshalText writes what String writes.
func (c Compare) MarshalText() ([]byte, error) {
	return writeName(compareNames[:], "compare", uint8(c))
}

// UnmarshalText reads what String writes; the empty text is absolute.
func (c *Compare) UnmarshalText(text []byte) error {
	i, err := readName(compareNames[:], "compare", text)
	if err == nil {
		*c = Compare(i)
	}
	return err
}

// NoData is what a look means whose measurement is missing, failed, or is no finite
// number. A look without traffic is not one of them: it waits.
type NoData uint8

const (
	// NoDataInconclusive keeps the stage from being left until there are data.
	NoDataInconclusive NoData = iota
	// NoDataWait takes it for a lack of traffic: the wait for traffic has its own
	// deadline.
	NoDataWait
	// NoDataFail counts it as a bad look.
	NoDataFail
	// NoDataPass counts a missing measurement as a good look. One that failed or is
	// no number is still inconclusive: an error is never a success.
	NoDataPass
)

var noDataNames = [...]string{"inconclusive", "wait", "fail", "pass"}

// String is inconclusive, wait, fail or pass.
func (n NoData) String() string { return nameOf(noDataNames[:], "NoData", uint8(n)) }

// MarshalText writes what String writes.
func (n NoData) MarshalText() ([]byte, error) { return writeName(noDataNames[:], "no_data", uint8(n)) }

// UnmarshalText reads what String writes; the empty text is inconclusive.
func (n *NoData) UnmarshalText(text []byte) error {
	i, err := readName(noDataNames[:], "no_data", text)
	if err == nil {
		*n = NoData(i)
	}
	return err
}

// maxCount bounds counts, so that sums of them are exact.
const maxCount = 1 << 53

// ParseRule reads a rollback threshold as a spec has it: "0.1% error rate for 5
// mins", "p95 latency > 200ms for 10m". A share becomes BadRatio; a time becomes a
// Value in seconds, a rate one per second, both named by metric and quantile
// (p95_latency). Comparisons other than < and > are refused. Without a hold,
// DefaultHold counts. Errors are *Error.
func ParseRule(s string) (Rule, error) {
	var p problems
	c, err := quantity.ParseCondition(s)
	if err != nil {
		var e *quantity.Error
		if errors.As(err, &e) {
			p.Add("syntax", "", s, "at byte "+strconv.Itoa(e.Offset)+": expected "+e.Expected, e.Suggestion)
			return Rule{}, p.err()
		}
		return Rule{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	r := Rule{Metric: c.Metric}
	switch t := c.Threshold; t.Kind {
	case quantity.RatioThreshold:
		r.Threshold = t.Value.Float64()
		if exact, err := slo.ParseRatio(t.Value.String()); err == nil {
			r.Threshold = exact.Float64()
		}
		if r.Metric == "" {
			r.Metric = "error_rate"
		}
	case quantity.DurationThreshold:
		r.Quantity, r.Threshold = Value, t.Duration.Seconds()
		if r.Metric == "" {
			r.Metric = "latency"
		}
	case quantity.RateThreshold:
		r.Quantity, r.Threshold = Value, t.Value.Float64()/t.Per.Seconds()
		if r.Metric == "" {
			r.Metric = strings.ReplaceAll(t.Noun, " ", "_")
		}
	default:
		r.Quantity, r.Threshold = Value, t.Value.Float64()
	}
	if c.Quantile.IsSet() {
		r.Metric = "p" + strconv.FormatFloat(100*c.Quantile.Float64(), 'g', 6, 64) + "_" + r.Metric
	} else if c.Aggregate != "" {
		r.Metric = c.Aggregate + "_" + r.Metric
	}
	switch c.Comparator {
	case quantity.Greater:
	case quantity.Less:
		r.Below = true
	default:
		p.Add("syntax", "", s, "a rule that trips at equality trips by rounding", "write > or <")
		return Rule{}, p.err()
	}
	r.Hold, _ = c.Hold.AsFixed()
	if err := r.Validate(); err != nil {
		return Rule{}, err
	}
	return r, nil
}

// MustRule is ParseRule for rules that stand in the code; it panics on an error.
func MustRule(s string) Rule {
	r, err := ParseRule(s)
	if err != nil {
		panic(err)
	}
	return r
}

// Validate returns everything that is wrong with r as an *Error.
func (r Rule) Validate() error {
	var p problems
	if r.Metric == "" {
		p.Add("name", "metric", "", "empty", "name the measurements that the rule reads")
	}
	for _, v := range []struct {
		name  string
		value uint8
		names []string
	}{{"quantity", uint8(r.Quantity), quantityNames[:]}, {"compare", uint8(r.Compare), compareNames[:]}, {"no_data", uint8(r.NoData), noDataNames[:]}} {
		if int(v.value) >= len(v.names) {
			p.Add("name", v.name, strconv.Itoa(int(v.value)), "no such "+v.name, "write "+prose.Or(v.names))
		}
	}
	switch {
	case math.IsNaN(r.Threshold) || math.IsInf(r.Threshold, 0):
		p.Add("value", "threshold", number(r.Threshold), "no finite number", "write the value beyond which a look is bad")
	case r.Quantity == BadRatio && r.Compare == Absolute && !(r.Threshold >= 0 && r.Threshold <= 1):
		p.Add("value", "threshold", number(r.Threshold), "no share of requests", "write 0.001 for 0.1 %")
	case r.Compare == Times && !(r.Threshold > 0):
		p.Add("value", "threshold", number(r.Threshold), "no factor", "write 2 for twice the baseline")
	case r.Quantity == Judgement && (r.Threshold != 0 || r.Compare != Absolute || r.Below):
		p.Add("value", "threshold", number(r.Threshold), "a judgement is not compared", "leave threshold, compare and below out")
	}
	duration(&p, "hold_seconds", r.Hold)
	duration(&p, "delay_seconds", r.Delay)
	for _, v := range []struct {
		name  string
		value int
	}{{"consecutive", r.Consecutive}, {"total", r.Total}} {
		if v.value < 0 || v.value > 1e6 {
			p.Add("value", v.name, strconv.Itoa(v.value), "not between 0 and 1000000", "write a number of looks")
		}
	}
	if r.K < 0 || r.K > r.Of || r.Of > 64 || r.K == 0 && r.Of != 0 {
		p.Add("value", "k", fmt.Sprintf("%d of %d", r.K, r.Of), "not 1 ≤ k ≤ of ≤ 64", "write 3 of 5, or leave both out")
	}
	if !(r.MinRequests >= 0 && r.MinRequests <= maxCount) {
		p.Add("value", "min_requests", number(r.MinRequests), "no number of requests", "write 0 for one")
	}
	if !(r.MinBad >= 0 && r.MinBad <= maxCount) {
		p.Add("value", "min_bad", number(r.MinBad), "no number of requests", "write 0 for none")
	}
	return p.err()
}

// hold is Hold, or DefaultHold where nothing says when the rule trips.
func (r Rule) hold() time.Duration {
	if r.Hold == 0 && r.Consecutive == 0 && r.K == 0 && r.Total == 0 {
		return DefaultHold
	}
	return r.Hold
}

// String is the rule in one line: 0.1% error_rate for 5m; error_rate > 2 × baseline,
// 3 in a row.
func (r Rule) String() string {
	if r.Quantity == Judgement {
		return r.Metric + " says rollback"
	}
	sign := " > "
	if r.Below {
		sign = " < "
	}
	value := prose.Figure(r.Threshold, -1)
	if r.Quantity == BadRatio && r.Compare != Times {
		percent := roundTo(100 * r.Threshold)
		value = prose.Figure(percent, -1) + "%"
	}
	var line string
	switch r.Compare {
	case Times:
		line = r.Metric + sign + value + " × baseline"
	case Plus:
		if r.Below {
			line = r.Metric + sign + "baseline − " + value
		} else {
			line = r.Metric + sign + "baseline + " + value
		}
	default:
		line = r.Metric + sign + value
		if r.Quantity == BadRatio && !r.Below {
			line = value + " " + r.Metric
		}
	}
	var when []string
	if h := r.hold(); h > 0 {
		when = append(when, "for "+prose.Duration(h))
	}
	if r.Consecutive > 0 {
		when = append(when, strconv.Itoa(r.Consecutive)+" in a row")
	}
	if r.K > 0 {
		when = append(when, fmt.Sprintf("%d of %d", r.K, r.Of))
	}
	if r.Total > 0 {
		when = append(when, strconv.Itoa(r.Total)+" in all")
	}
	return line + " " + strings.Join(when, " or ")
}

// roundTo takes off what multiplication by 100 adds in the sixteenth digit.
func roundTo(v float64) float64 {
	w, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		return v
	}
	return w
}

// beyond reports whether a value is bad, given the baseline's.
func (r *Rule) beyond(value, baseline float64) bool {
	limit := r.Threshold
	switch r.Compare {
	case Times:
		limit *= baseline
	case Plus:
		if limit = baseline + r.Threshold; r.Below {
			limit = baseline - r.Threshold
		}
	}
	if r.Below {
		return value < limit
	}
	return value > limit
}

// Reaction is the least time in which the rule can trip on a release whose share of
// bad requests is bad while the baseline's is good, with looks at every interval,
// each of them bad. ok is false if it never trips on it, and for rules that read no
// BadRatio: what they do depends on more than the ratio.
func (r Rule) Reaction(good, bad float64, interval time.Duration) (d time.Duration, ok bool) {
	if r.Quantity != BadRatio || r.Advisory || interval <= 0 || !r.beyond(bad, good) {
		return 0, false
	}
	looks := math.MaxInt
	if h := r.hold(); h > 0 {
		looks = int((h + interval - 1) / interval)
	}
	for _, n := range []int{r.Consecutive, r.K, r.Total} {
		if n > 0 {
			looks = min(looks, n)
		}
	}
	if int64(looks) > int64(maxLength/interval) {
		return 0, false
	}
	return time.Duration(looks)*interval + r.Delay, true
}

type ruleAlias Rule

type ruleJSON struct {
	*ruleAlias
	Hold  wire.Seconds `json:"hold_seconds,omitzero"`
	Delay wire.Seconds `json:"delay_seconds,omitzero"`
}

// MarshalJSON writes durations as numbers of seconds.
func (r Rule) MarshalJSON() ([]byte, error) {
	a := ruleAlias(r)
	return json.Marshal(ruleJSON{&a, wire.Seconds(r.Hold), wire.Seconds(r.Delay)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Rule) UnmarshalJSON(text []byte) error {
	var a ruleAlias
	v := ruleJSON{ruleAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*r = Rule(a)
	r.Hold, r.Delay = time.Duration(v.Hold), time.Duration(v.Delay)
	return nil
}
