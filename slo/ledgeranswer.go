package slo

import (
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

// Answer is what a ledger holds of one key in one window.
type Answer struct {
	Key string `json:"key"`
	// Start and End are the window (Start, End] widened to slot edges, which
	// is what Counts and the slots below speak of. A window with edges of
	// slots is not widened.
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// Counts are the events of all slots that overlap the window, with the
	// corrections and exclusions applied.
	Counts Counts `json:"counts"`
	// Low and High bound what the window itself holds, each number apart: they
	// differ by the slots that its edges cut, at most one at either end. At
	// slot edges both equal Counts. The window's end cuts off nothing when it
	// is now and no event was counted ahead of time.
	Low  Counts `json:"low"`
	High Counts `json:"high"`
	// Slots are the slots that overlap the window; of these, Seen have data
	// and Excluded are covered by an exclusion.
	Slots    int `json:"slots"`
	Seen     int `json:"seen"`
	Excluded int `json:"excluded"`
	// Coverage is Seen of Slots, in [0,1]; 0 for an empty window.
	Coverage float64 `json:"coverage"`
	// NoData is set when no event is counted in the window: with Coverage
	// above 0 it was idle (or all excluded), otherwise nothing is known.
	NoData bool `json:"no_data"`
	// Truncated is set when the window begins before the horizon: what was
	// there is no longer known and not covered.
	Truncated bool `json:"truncated"`
	// Overcorrected is set when corrections took more events away than there
	// were; the number is then 0.
	Overcorrected bool `json:"overcorrected"`
}

// ErrorRatioBounds are the least and the greatest ratio of bad events that the
// window itself may have, given which slots its edges cut; both are the ratio
// of Counts where they cut none. ok is false when no event is counted.
func (a Answer) ErrorRatioBounds() (low, high float64, ok bool) {
	if a.NoData {
		return 0, 0, false
	}
	low, _ = Counts{Bad: a.Low.Bad, Total: a.Low.Bad + a.High.Good()}.ErrorRatio()
	high, _ = Counts{Bad: a.High.Bad, Total: a.High.Bad + a.Low.Good()}.ErrorRatio()
	return low, high, true
}

// LogValue is the answer as a group of attributes for log/slog.
func (a Answer) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("key", a.Key),
		slog.Time("start", a.Start),
		slog.Time("end", a.End),
		slog.Float64("bad", a.Counts.Bad),
		slog.Float64("total", a.Counts.Total),
		slog.Float64("coverage", a.Coverage),
		slog.Bool("no_data", a.NoData),
	)
}

// Window answers for the window w at the instant now, up to now: of a calendar
// window the part that has passed. An unknown key is answered with NoData.
// Errors wrap ErrWindow, or ErrLedger for an instant outside the years 1 to
// 9999. Cost does not depend on the length of the window.
func (l *Ledger) Window(key string, w Window, now time.Time) (Answer, error) {
	if w.Calendar == NoCalendar && w.Length > 0 {
		return l.Between(key, now.Add(-w.Length), now)
	}
	if err := w.Validate(); err != nil {
		return Answer{Key: key, NoData: true}, err
	}
	return l.Between(key, l.periods.start(w, now), now)
}

// periods remembers the latest period of each calendar unit that was asked
// for: its bounds cost more than the counts in it. It may be used by several
// goroutines.
type periods [Year + 1]atomic.Pointer[period]

type period struct {
	window     Window
	start, end time.Time
}

// start is the beginning of the period that holds now.
func (p *periods) start(w Window, now time.Time) time.Time {
	if p != nil {
		if last := p[w.Calendar].Load(); last != nil && last.window == w && !now.Before(last.start) && now.Before(last.end) {
			return last.start
		}
	}
	start, end := w.Bounds(now)
	if p != nil {
		p[w.Calendar].Store(&period{w, start, end})
	}
	return start
}

// Between answers for the window (from, to]. An unknown key is answered with
// NoData, an empty window as well. An error, which wraps ErrLedger, means that
// to is before from or a time is outside the years 1 to 9999. Cost does not
// depend on the length of the window.
func (l *Ledger) Between(key string, from, to time.Time) (Answer, error) {
	c, err := l.cut(from, to)
	if err != nil || c.last <= c.after {
		return Answer{Key: key, Start: from, End: to, NoData: true}, err
	}
	a := Answer{
		Key:   key,
		Start: time.Unix(c.after*c.slot, 0).UTC(),
		End:   time.Unix(c.last*c.slot, 0).UTC(),
		Slots: int(c.last - c.after),
	}
	account := l.accounts[key]
	if account == nil || !account.any {
		a.NoData = true
		return a, nil
	}
	a.Truncated = c.after < account.oldest(l)-1
	after, last := account.clip(l, c.after, c.last)
	if last > after {
		a.Seen = account.seen.between(after, last)
		a.Coverage = float64(a.Seen) / float64(a.Slots)
		a.Excluded = account.excludedBetween(after, last)
		sum := account.between(after, last)
		a.Counts, a.Overcorrected = sum.counts()
		a.Low, a.High = a.Counts, a.Counts
		if c.cutFirst || c.cutLast {
			low, high := sum, sum
			if c.cutFirst {
				low, high = account.edge(l, c.after+1, low, high)
			}
			if c.cutLast && !(c.cutFirst && c.last == c.after+1) {
				low, high = account.edge(l, c.last, low, high)
			}
			a.Low, _ = low.counts()
			if high != sum {
				a.High, _ = high.counts()
			}
		}
	}
	a.NoData = a.Counts.Total == 0
	return a, nil
}

// Budget is the error budget that the ledger's counts leave for the objective
// at now; for the slice kinds the slots are first folded into slices, so their
// length should be a multiple of the ledger's slot. Errors wrap ErrObjective
// and ErrLedger.
func (l *Ledger) Budget(key string, o Objective, now time.Time) (Budget, error) {
	if err := o.Validate(); err != nil {
		return Budget{}, err
	}
	a, err := l.Window(key, o.Period(), now)
	if err != nil {
		return Budget{}, err
	}
	c := a.Counts
	if o.Kind != Events && o.Kind != Latency {
		start, _ := o.Period().Bounds(now)
		points, err := l.Points(key, start, now)
		if err != nil {
			return Budget{}, err
		}
		c = o.Count(points, start, now)
	}
	return o.budget(c, now, a.Coverage), nil
}

// slotCut is a window in slots: those after "after" up to "last" overlap it,
// and its edges cut the first or the last of them or not.
type slotCut struct {
	slot              int64 // seconds
	after, last       int64
	cutFirst, cutLast bool
}

func (l *Ledger) cut(from, to time.Time) (slotCut, error) {
	begin, err := secondOf(from)
	if err != nil {
		return slotCut{}, err
	}
	end, err := secondOf(to)
	if err != nil {
		return slotCut{}, err
	}
	if !to.After(from) {
		if to.Equal(from) {
			return slotCut{}, nil
		}
		return slotCut{}, fmt.Errorf("%w: the window ends %s, before it begins, %s", ErrLedger,
			to.UTC().Format(time.RFC3339), from.UTC().Format(time.RFC3339))
	}
	c := slotCut{slot: l.slot}
	if c.slot == 0 {
		c.slot = int64(defaultSlot / time.Second)
	}
	c.after, c.last = ceilDiv(begin, c.slot), ceilDiv(end, c.slot)
	c.cutFirst = begin != c.after*c.slot || from.Nanosecond() != 0
	if c.cutFirst {
		c.after-- // begin rounded up: the instant lies in the slot before
	}
	c.cutLast = end != c.last*c.slot || to.Nanosecond() != 0
	return c, nil
}

// clip is the part of the slots that the horizon keeps.
func (a *account) clip(l *Ledger, after, last int64) (int64, int64) {
	return max(after, a.oldest(l)-1), min(last, a.newest)
}

// twelfths are signed numbers of events in twelfths, see entries.
type twelfths struct{ good, bad int64 }

func (t twelfths) plus(u twelfths) twelfths  { return twelfths{t.good + u.good, t.bad + u.bad} }
func (t twelfths) minus(u twelfths) twelfths { return twelfths{t.good - u.good, t.bad - u.bad} }

// counts are the events as they are answered: never below nought, which it
// reports.
func (t twelfths) counts() (c Counts, below bool) {
	if t.good < 0 || t.bad < 0 {
		below = true
		t.good, t.bad = max(0, t.good), max(0, t.bad)
	}
	return t.plain(), below
}

// plain is t in events, with its sign.
func (t twelfths) plain() Counts { return Counts{Bad: events(t.bad), Total: events(t.good + t.bad)} }

// events is n/12, rounded once (twice above 2^53).
func events(n int64) float64 {
	if n < 1<<53 && n > -1<<53 {
		return float64(n) / 12
	}
	return float64(n/12) + float64(n%12)/12
}

// between is what the slots after "after" up to "last" count, within the
// horizon.
func (a *account) between(after, last int64) twelfths {
	n := a.measured(after, last)
	if a.shift != nil {
		d := a.shift.between(after, last)
		n = n.plus(twelfths{int64(d.good), int64(d.bad)})
	}
	return n
}

// measured is what the replicas counted in them.
func (a *account) measured(after, last int64) twelfths {
	sum := a.total.between(after, last).times(12)
	return twelfths{int64(sum.good), int64(sum.bad)}
}

// edge lowers low by what a slot cut by the window's edge may add to it, and
// raises high by what it may take away.
func (a *account) edge(l *Ledger, slot int64, low, high twelfths) (twelfths, twelfths) {
	if slot > a.newest || slot < a.oldest(l) {
		return low, high
	}
	n := a.between(slot-1, slot)
	return low.minus(twelfths{max(0, n.good), max(0, n.bad)}), high.minus(twelfths{min(0, n.good), min(0, n.bad)})
}
