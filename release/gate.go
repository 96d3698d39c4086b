package release

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/slo"
)

// Gates stand before every stage and keep a rollout from going on; a release that is
// taken back passes no gate. The zero value is always open.
type Gates struct {
	Budget BudgetGate `json:"budget,omitzero"`
	// Hours are the times of the week at which a stage may begin; none is always.
	Hours []Hours `json:"hours,omitempty"`
	// Freezes are times at which none may.
	Freezes []Freeze `json:"freezes,omitempty"`
	// Zone is the one whose clock Hours follow; nil is UTC. In JSON it is its name.
	Zone *time.Location `json:"-"`
}

// Hours is a part of the days of a week, by the clock on the wall: from From to
// Until after midnight. Until at or before From is on the next day, and the day is
// that of From.
type Hours struct {
	Days  []time.Weekday `json:"days,omitempty"` // Sunday is 0; none is every day
	From  time.Duration  `json:"from_seconds"`   // in [0, 24 h)
	Until time.Duration  `json:"until_seconds"`  // in [0, 24 h]
}

// Freeze is a time at which no stage begins: holidays, a big sale, an incident.
type Freeze struct {
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"` // exclusive
	Reason string    `json:"reason"`
}

// BudgetGate holds a rollout by its service's error budget. Each level is set by
// a remaining share of the budget, at or below which it begins, or by a burn rate, at
// or above which it does; the worse one counts. 0 leaves a level out; the zero value
// does not ask for a budget at all. DefaultBudgetGate has levels that argue for
// themselves.
type BudgetGate struct {
	Warn   float64 `json:"warn,omitzero"`   // noted
	Slow   float64 `json:"slow,omitzero"`   // stages take SlowFactor as long
	Freeze float64 `json:"freeze,omitzero"` // nothing goes on

	WarnBurn   float64 `json:"warn_burn,omitzero"`
	SlowBurn   float64 `json:"slow_burn,omitzero"`
	FreezeBurn float64 `json:"freeze_burn,omitzero"`

	SlowFactor float64 `json:"slow_factor,omitzero"` // in [1, 100]; 0 is 2
	// MaxAge is how old a reading may be; older ones, and none, freeze. 0 is an hour.
	MaxAge time.Duration `json:"max_age_seconds,omitzero"`
}

// DefaultBudgetGate freezes at a tenth of the budget, as slo.DefaultBudgetPolicy
// does, and at a burn rate of 6, which pages; it slows at a quarter and at 3, and
// warns at a half and at 1, at which the budget lasts just as long as its window.
func DefaultBudgetGate() BudgetGate {
	return BudgetGate{Warn: 0.5, Slow: 0.25, Freeze: 0.1, WarnBurn: 1, SlowBurn: 3, FreezeBurn: 6}
}

// BudgetReading is what is known of an error budget at an instant.
type BudgetReading struct {
	At        time.Time `json:"at"`
	Remaining float64   `json:"remaining"` // share of the budget; negative when overspent
	Burn      float64   `json:"burn_rate"`
	NoData    bool      `json:"no_data,omitempty"` // the numbers mean nothing then
	// Denied is set where a slo.BudgetPolicy forbids releases; Reason is its own.
	Denied bool   `json:"denied,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// ReadBudget reads the budget of o at now: the remaining share of its period, the burn
// rate of the last lookback (0 is an hour), and what the policy says, whose zero
// value is slo.DefaultBudgetPolicy. Errors are those of slo.
func ReadBudget(o slo.Objective, points []slo.Point, now time.Time, lookback time.Duration, policy slo.BudgetPolicy) (BudgetReading, error) {
	if lookback == 0 {
		lookback = time.Hour
	}
	b, err := o.BudgetAt(points, now)
	if err != nil {
		return BudgetReading{}, err
	}
	burns, err := o.BurnsAt(points, now, lookback)
	if err != nil {
		return BudgetReading{}, err
	}
	d, err := policy.Decide(o, points, now)
	if err != nil {
		return BudgetReading{}, err
	}
	r := BudgetReading{At: now, Burn: burns[0].Rate, NoData: b.NoData, Denied: !d.Allow, Reason: d.Reason}
	if !b.NoData {
		r.Remaining = b.Period.Remaining
	}
	return r, nil
}

// GateLevel is how far a gate is open.
type GateLevel uint8

const (
	GateOpen GateLevel = iota
	GateWarn
	GateSlow
	GateFreeze
)

var levelNames = [...]string{"open", "warn", "slow", "freeze"}

// String is open, warn, slow or freeze.
func (l GateLevel) String() string { return nameOf(levelNames[:], "GateLevel", uint8(l)) }

// MarshalText writes what String writes.
func (l GateLevel) MarshalText() ([]byte, error) { return writeName(levelNames[:], "level", uint8(l)) }

// UnmarshalText reads what String writes; the empty text is open.
func (l *GateLevel) UnmarshalText(text []byte) error {
	i, err := readName(levelNames[:], "level", text)
	if err == nil {
		*l = GateLevel(i)
	}
	return err
}

// enabled reports whether the gate asks for a budget.
func (g BudgetGate) enabled() bool { return g != BudgetGate{} }

// maxAge is MaxAge with its default.
func (g BudgetGate) maxAge() time.Duration {
	if g.MaxAge == 0 {
		return time.Hour
	}
	return g.MaxAge
}

// Level is the level of a reading at now. A reading with numbers that are not finite,
// without data, from after now, too old, or denied by a policy freezes. A gate
// that is not set is open.
func (g BudgetGate) Level(b BudgetReading, now time.Time) GateLevel {
	switch {
	case !g.enabled():
		return GateOpen
	case b.At.IsZero() || b.NoData || b.Denied || b.At.After(now) || now.Sub(b.At) > g.maxAge() ||
		math.IsNaN(b.Remaining-b.Remaining) || math.IsNaN(b.Burn-b.Burn):
		return GateFreeze
	case b.Remaining <= g.Freeze && g.Freeze > 0 || b.Burn >= g.FreezeBurn && g.FreezeBurn > 0 || b.Remaining < 0:
		return GateFreeze
	case b.Remaining <= g.Slow && g.Slow > 0 || b.Burn >= g.SlowBurn && g.SlowBurn > 0:
		return GateSlow
	case b.Remaining <= g.Warn && g.Warn > 0 || b.Burn >= g.WarnBurn && g.WarnBurn > 0:
		return GateWarn
	}
	return GateOpen
}

// reason says why the level is what it is.
func (g BudgetGate) reason(b BudgetReading, now time.Time) string {
	switch {
	case !g.enabled():
		return "no budget is asked for"
	case b.At.IsZero():
		return "nothing is known of the error budget"
	case b.At.After(now) || now.Sub(b.At) > g.maxAge():
		return "the error budget was last read at " + prose.Second(b.At) + ", which is not within " + prose.Duration(g.maxAge())
	case b.NoData:
		return "the error budget has no data"
	case b.Denied:
		return "the budget policy forbids it: " + b.Reason
	case math.IsNaN(b.Remaining-b.Remaining) || math.IsNaN(b.Burn-b.Burn):
		return "the error budget is no number"
	}
	return prose.Percent(b.Remaining) + " of the error budget is left, at a burn rate of " + figure(b.Burn)
}

// slowFactor is SlowFactor with its default.
func (g BudgetGate) slowFactor() float64 {
	if g.SlowFactor == 0 {
		return 2
	}
	return g.SlowFactor
}

// Decide says whether a stage may begin at now, with the last reading of the budget.
// An override that holds at now decides alone; of several the latest. Until is
// the first instant at which hours, freezes, overrides or the age of the reading may
// change the answer.
func (g Gates) Decide(b BudgetReading, overrides []slo.Override, now time.Time) slo.Decision {
	d := slo.Decision{Allow: true, Reason: "open", Until: g.next(overrides, now)}
	level := g.Budget.Level(b, now)
	if g.Budget.enabled() && !b.At.IsZero() && !b.NoData && !math.IsNaN(b.Remaining-b.Remaining) && !math.IsNaN(b.Burn-b.Burn) {
		d.Evidence = []slo.Metric{
			{Name: "slo_budget_remaining_ratio", Value: b.Remaining, Unit: "ratio", Help: "Share of the error budget that is left."},
			{Name: "slo_burn_rate", Value: b.Burn, Help: "Error ratio divided by the error budget."},
		}
		if age := b.At.Add(g.Budget.maxAge() + 1); level < GateFreeze && (d.Until.IsZero() || age.Before(d.Until)) {
			d.Until = age
		}
	}
	f := g.freeze(now)
	switch {
	case f != nil:
		d.Allow, d.Reason = false, "freeze until "+prose.Second(f.Until)+": "+f.Reason
	case !g.open(now):
		d.Allow, d.Reason = false, "outside the hours of releases"
	case level == GateFreeze:
		d.Allow, d.Reason = false, "freeze: "+g.Budget.reason(b, now)
	case level != GateOpen:
		d.Reason = level.String() + ": " + g.Budget.reason(b, now)
	}
	if o := overriding(overrides, now); o != nil {
		d.Reason = "overridden by " + o.By + " until " + prose.Second(o.Until) + ": " + o.Reason + " (" + d.Reason + ")"
		d.Allow = o.Allow
	}
	return d
}

// closed is Decide without words.
func (g *Gates) closed(b BudgetReading, overrides []slo.Override, now time.Time) bool {
	if o := overriding(overrides, now); o != nil {
		return !o.Allow
	}
	return g.freeze(now) != nil || !g.open(now) || g.Budget.Level(b, now) == GateFreeze
}

// overriding is the override that decides at now, nil if none does.
func overriding(overrides []slo.Override, now time.Time) *slo.Override {
	var best *slo.Override
	for i := range overrides {
		o := &overrides[i]
		if !o.From.After(now) && now.Before(o.Until) && (best == nil || !o.From.Before(best.From)) {
			best = o
		}
	}
	return best
}

// freeze is the one that holds at now, nil if none does.
func (g *Gates) freeze(now time.Time) *Freeze {
	for i := range g.Freezes {
		if f := &g.Freezes[i]; !f.From.After(now) && now.Before(f.Until) {
			return f
		}
	}
	return nil
}

// location is Zone, or UTC.
func (g *Gates) location() *time.Location {
	if g.Zone == nil {
		return time.UTC
	}
	return g.Zone
}

// open reports whether now is within the hours.
func (g *Gates) open(now time.Time) bool {
	if len(g.Hours) == 0 {
		return true
	}
	t := now.In(g.location())
	for i := range g.Hours {
		h := &g.Hours[i]
		for back := 0; back <= 1; back++ { // hours that began yesterday too
			if from, until, ok := h.on(t, -back); ok && !now.Before(from) && now.Before(until) {
				return true
			}
		}
	}
	return false
}

// on is the hours of the day that many days from t's.
func (h *Hours) on(t time.Time, days int) (from, until time.Time, ok bool) {
	y, m, d := t.Date()
	midnight := time.Date(y, m, d+days, 12, 0, 0, 0, t.Location()) // noon knows its weekday
	if len(h.Days) > 0 && !slices.Contains(h.Days, midnight.Weekday()) {
		return from, until, false
	}
	next := 0
	if h.Until <= h.From {
		next = 1
	}
	wall := func(day int, after time.Duration) time.Time {
		return time.Date(y, m, d+day, 0, 0, int(after/time.Second), int(after%time.Second), t.Location())
	}
	return wall(days, h.From), wall(days+next, h.Until), true
}

// next is the first instant after now at which hours, freezes or overrides begin or
// end, zero if none does.
func (g *Gates) next(overrides []slo.Override, now time.Time) time.Time {
	var first time.Time
	try := func(t time.Time) {
		if t.After(now) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for _, f := range g.Freezes {
		try(f.From)
		try(f.Until)
	}
	for _, o := range overrides {
		try(o.From)
		try(o.Until)
	}
	t := now.In(g.location())
	for i := range g.Hours {
		for day := -1; day <= 7; day++ {
			if from, until, ok := g.Hours[i].on(t, day); ok {
				try(from)
				try(until)
			}
		}
	}
	return first
}

// Validate returns everything that is wrong with g as an *Error.
func (g Gates) Validate() error {
	var p problems
	b := g.Budget
	for _, v := range []struct {
		name              string
		warn, slow, freez float64
		falls             bool
	}{{"", b.Warn, b.Slow, b.Freeze, true}, {"_burn", b.WarnBurn, b.SlowBurn, b.FreezeBurn, false}} {
		last := math.NaN()
		for i, x := range []float64{v.warn, v.slow, v.freez} {
			path := "budget." + levelNames[i+1] + v.name
			switch {
			case !(x >= 0) || v.falls && x >= 1 || math.IsInf(x, 0):
				p.Add("value", path, number(x), "out of range", "write a share of the budget below 1, or a burn rate")
			case x == 0:
			case v.falls && x > last || !v.falls && x < last:
				p.Add("order", path, number(x), "milder than the level before it", "warn comes before slow, and slow before freeze")
			default:
				last = x
			}
		}
	}
	if !(b.SlowFactor == 0 || b.SlowFactor >= 1 && b.SlowFactor <= 100) {
		p.Add("value", "budget.slow_factor", number(b.SlowFactor), "not between 1 and 100", "write 2 for twice the time")
	}
	duration(&p, "budget.max_age_seconds", b.MaxAge)
	if len(g.Hours) > 100 || len(g.Freezes) > 1000 {
		p.Add("value", "hours", strconv.Itoa(len(g.Hours))+" hours, "+strconv.Itoa(len(g.Freezes))+" freezes", "more than 100 hours or 1000 freezes", "leave out what is over")
	}
	for i, h := range g.Hours {
		if h.From < 0 || h.From >= 24*time.Hour || h.Until < 0 || h.Until > 24*time.Hour || h.From == h.Until {
			p.Add("value", place("hours", i), fmt.Sprintf("from %v until %v", h.From, h.Until), "no hours of a day", "write times after midnight, from below 24h, and not the same")
		}
		for _, d := range h.Days {
			if d < time.Sunday || d > time.Saturday {
				p.Add("value", place("hours", i)+".days", strconv.Itoa(int(d)), "no day of the week", "write 0 for Sunday to 6 for Saturday")
			}
		}
	}
	for i, f := range g.Freezes {
		if !f.Until.After(f.From) {
			p.Add("value", place("freezes", i), prose.Second(f.From)+" until "+prose.Second(f.Until), "ends before it begins", "write an end after its start")
		}
	}
	return p.err()
}

// IsZero reports whether g is always open.
func (g Gates) IsZero() bool {
	return !g.Budget.enabled() && len(g.Hours) == 0 && len(g.Freezes) == 0 && g.Zone == nil
}

func (g Gates) clone() Gates {
	g.Hours = slices.Clone(g.Hours)
	for i := range g.Hours {
		g.Hours[i].Days = slices.Clone(g.Hours[i].Days)
	}
	g.Freezes = slices.Clone(g.Freezes)
	return g
}
