package release

import (
	"encoding/json"
	"time"

	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/release/canary"
	"github.com/srekit/ownership/slo"
)

// Observation is what has become known by an instant of the caller's clock. It may
// hold nothing but the instant: time alone moves a rollout too.
//
// Time does not run backwards: an observation from before the last one is taken at
// the instant of that one, so that an order or a rollback is never lost to a clock that
// was set back. Measurements have their own instants.
type Observation struct {
	At           time.Time     `json:"at"`
	Measurements []Measurement `json:"measurements,omitempty"`
	// Budget is a new reading of the error budget; an older one than the last is not
	// taken.
	Budget BudgetReading `json:"budget,omitzero"`
	// Capacity is what the revisions can carry now; what is unset is as before.
	Capacity Capacity `json:"capacity,omitzero"`
	Orders   []Order  `json:"orders,omitempty"`
}

// Measurement is one metric of one look. Each rule takes the measurements of its
// metric in the order of their instants: one at the instant of the last is a duplicate
// and not taken, one before it (or from before the start) is late and not taken,
// one from after the observation's instant is not taken. State.Status counts them. So
// what is sent twice, or late, changes nothing.
type Measurement struct {
	Metric string `json:"metric"`
	// At is the end of the time that it covers; zero is the observation's instant.
	At time.Time `json:"at,omitzero"`
	// Length is the time that it covers; 0 is the stage's interval. Where it reaches
	// back before the measurement before it, the rest counts, so that windows which
	// overlap count no time twice.
	Length time.Duration `json:"length_seconds,omitzero"`
	// Canary and Baseline are the requests of the new and the old revision.
	Canary   slo.Counts `json:"canary,omitzero"`
	Baseline slo.Counts `json:"baseline,omitzero"`
	// Value and BaselineValue are for rules on a Value, in the metric's own unit.
	Value         float64 `json:"value,omitzero"`
	BaselineValue float64 `json:"baseline_value,omitzero"`
	// Verdict is for rules on a Judgement.
	Verdict canary.Verdict `json:"verdict,omitzero"`
	// Missing tells that there was no answer or an empty one, Error what went wrong.
	// Counts and values that are negative, infinite or no number count as an error.
	Missing bool   `json:"missing,omitempty"`
	Error   string `json:"error,omitempty"`
}

// Judged is the verdict of a judge's report as a measurement for a rule on a
// Judgement of this metric.
func Judged(metric string, at time.Time, report canary.Report) Measurement {
	return Measurement{Metric: metric, At: at, Verdict: report.Verdict}
}

type measurementAlias Measurement

type measurementJSON struct {
	*measurementAlias
	Length wire.Seconds `json:"length_seconds,omitzero"`
}

// MarshalJSON writes the length as a number of seconds. Numbers that are not finite
// have no JSON form and are an error: set Missing or Error instead.
func (m Measurement) MarshalJSON() ([]byte, error) {
	a := measurementAlias(m)
	return json.Marshal(measurementJSON{&a, wire.Seconds(m.Length)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (m *Measurement) UnmarshalJSON(text []byte) error {
	var a measurementAlias
	v := measurementJSON{measurementAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*m = Measurement(a)
	m.Length = time.Duration(v.Length)
	return nil
}

// Capacity is which share of all traffic the instances that are ready can carry: of
// the new revision and of the old one. An unset share is not known.
type Capacity struct {
	New slo.Ratio `json:"new,omitzero"`
	Old slo.Ratio `json:"old,omitzero"`
}

// Order is what a person wants. By and Reason are required, but for OrderAbort,
// which is always obeyed.
type Order struct {
	Kind   OrderKind `json:"kind"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	// Stage is the one that OrderGoOn speaks of, from 0. Elsewhere the order is not
	// taken, so that what is sent twice does not skip two stages.
	Stage int `json:"stage,omitempty"`
	// Until is the end of OrderOpen and OrderClose, exclusive.
	Until time.Time `json:"until,omitzero"`
}

// OrderKind is the kind of an order.
type OrderKind uint8

const (
	// OrderHold keeps the rollout where it is; its rules go on watching.
	OrderHold OrderKind = iota
	// OrderResume ends a hold; the time on hold does not count for the stage. After
	// ExitHold it gives the stage its time once more. It is not taken at the instant
	// at which the hold begins, for which it cannot have been meant.
	OrderResume
	// OrderGoOn leaves the stage without further measuring, for its bake if it has
	// one, or while it bakes for the next. What is not known is acknowledged once and
	// not asked again in this stage. Gates still hold.
	OrderGoOn
	// OrderAbort takes the release back.
	OrderAbort
	// OrderOpen overrides the gates until Until, OrderClose closes them: stop the line.
	OrderOpen
	OrderClose
)

var orderNames = [...]string{"hold", "resume", "go_on", "abort", "open", "close"}

// String is hold, resume, go_on, abort, open or close.
func (k OrderKind) String() string { return nameOf(orderNames[:], "OrderKind", uint8(k)) }

// MarshalText writes what String writes.
func (k OrderKind) MarshalText() ([]byte, error) {
	return writeName(orderNames[:], "order", uint8(k))
}

// UnmarshalText reads what String writes; the empty text is hold.
func (k *OrderKind) UnmarshalText(text []byte) error {
	i, err := readName(orderNames[:], "order", text)
	if err == nil {
		*k = OrderKind(i)
	}
	return err
}
