package slo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"
)

// modelLedger counts one key the plain way: it keeps what each replica counted
// in each slot for ever, and every answer is a recount of all of it. It shares
// no code with Ledger.
type modelLedger struct {
	slot, horizon int64 // seconds, slots
	any           bool
	newest        int64
	slots         map[int64]*[3]modelCount // by replica
	corrections   []Correction
	exclusions    []Exclusion
	revoked       map[string]bool
	// What the entries make of a slot, until there is another entry.
	deltas  map[int64][2]int64
	effects map[int64]ExclusionEffect
}

type modelCount struct {
	seen      bool
	good, bad int64
}

func newModel(o LedgerOptions) *modelLedger {
	m := &modelLedger{slot: int64(o.Slot / time.Second), horizon: int64(o.Horizon / o.Slot),
		slots: map[int64]*[3]modelCount{}, revoked: map[string]bool{}}
	m.entered()
	return m
}

func (m *modelLedger) entered() {
	m.deltas, m.effects = map[int64][2]int64{}, map[int64]ExclusionEffect{}
}

// slotOf is the slot (begin, end] that holds t; slots are named by their end.
func (m *modelLedger) slotOf(t time.Time) int64 {
	ns, length := t.UnixNano(), m.slot*1e9
	s := ns / length
	for s*length < ns {
		s++
	}
	for (s-1)*length >= ns {
		s--
	}
	return s
}

func (m *modelLedger) late(s int64) bool { return m.any && s <= m.newest-m.horizon }

func (m *modelLedger) count(replica string, s int64) *modelCount {
	if m.slots[s] == nil {
		m.slots[s] = new([3]modelCount)
	}
	return &m.slots[s][replica[0]-'a']
}

func (m *modelLedger) add(replica string, s int64, good, bad int64) {
	c := m.count(replica, s)
	*c = modelCount{true, c.good + good, c.bad + bad}
	if !m.any || s > m.newest {
		m.any, m.newest = true, s
	}
}

func (m *modelLedger) report(replica string, s int64, good, bad int64) {
	c := m.count(replica, s)
	m.add(replica, s, max(0, good-c.good), max(0, bad-c.bad))
}

func (m *modelLedger) known(s int64) bool { return m.any && s <= m.newest && !m.late(s) }

func (m *modelLedger) seen(s int64) bool {
	c := m.slots[s]
	return c != nil && m.known(s) && (c[0].seen || c[1].seen || c[2].seen)
}

// corrected is what was measured in a slot with the corrections, in events.
func (m *modelLedger) corrected(s int64) [2]int64 {
	c := m.delta(s)
	if slot := m.slots[s]; slot != nil {
		for _, n := range slot {
			c[0], c[1] = c[0]+n.good, c[1]+n.bad
		}
	}
	return c
}

func (m *modelLedger) delta(s int64) [2]int64 {
	if c, ok := m.deltas[s]; ok {
		return c
	}
	var c [2]int64
	for _, x := range m.corrections {
		first, last := m.slotOf(x.Start.Add(1)), m.slotOf(x.End)
		if s < first || s > last || m.revoked[x.ID] {
			continue
		}
		n := last - first + 1
		part := func(d int64) int64 { // the difference of two roundings towards nought
			return d*(s-first+1)/n - d*(s-first)/n
		}
		c[0], c[1] = c[0]+part(x.Good), c[1]+part(x.Bad)
	}
	m.deltas[s] = c
	return c
}

// effect is that of the exclusions that hold a slot, -1 if there is none.
func (m *modelLedger) effect(s int64) ExclusionEffect {
	if e, ok := m.effects[s]; ok {
		return e
	}
	best := ExclusionEffect(-1)
	begin, end := time.Unix((s-1)*m.slot, 0).UTC(), time.Unix(s*m.slot, 0).UTC()
	for _, x := range m.exclusions {
		in := !begin.Before(x.Start) && (x.End.IsZero() || !end.After(x.End)) && !m.revoked[x.ID]
		if !x.Weekly.IsZero() { // in UTC, of whole slots, not over midnight
			clock := begin.Sub(begin.Truncate(24 * time.Hour))
			day := len(x.Weekly.Days) == 0 || slices.Contains(x.Weekly.Days, begin.Weekday())
			in = in && day && clock >= x.Weekly.From && clock+time.Duration(m.slot)*time.Second <= x.Weekly.To
		}
		if in && (best < 0 || x.Effect < best) {
			best = x.Effect
		}
	}
	m.effects[s] = best
	return best
}

// answer is what a slot counts, in twelfths of an event.
func (m *modelLedger) answer(s int64) [2]int64 {
	c := m.corrected(s)
	switch m.effect(s) {
	case Drop:
		return [2]int64{}
	case CountGood:
		return [2]int64{12 * (c[0] + c[1]), 0}
	case CountExpected:
		week := 7 * 24 * 3600 / m.slot
		var sum [2]int64
		n := int64(0)
		for k := int64(1); k*week < m.horizon; k++ {
			for _, other := range []int64{s - k*week, s + k*week} {
				if n < 4 && m.seen(other) && m.effect(other) < 0 {
					c := m.corrected(other)
					sum[0], sum[1] = sum[0]+c[0], sum[1]+c[1]
					n++
				}
			}
		}
		if n == 0 {
			return [2]int64{}
		}
		return [2]int64{12 / n * sum[0], 12 / n * sum[1]}
	}
	return [2]int64{12 * c[0], 12 * c[1]}
}

// between is the answer for (from, to].
func (m *modelLedger) between(from, to time.Time) Answer {
	first, last := m.slotOf(from.Add(1)), m.slotOf(to)
	a := Answer{Key: "k", Slots: int(last - first + 1),
		Start: time.Unix((first-1)*m.slot, 0).UTC(), End: time.Unix(last*m.slot, 0).UTC()}
	var sum, low, high [2]int64
	for s := first; s <= last; s++ {
		if !m.known(s) {
			continue
		}
		if m.seen(s) {
			a.Seen++
		}
		if m.effect(s) >= 0 {
			a.Excluded++
		}
		inside := (s > first || (s-1)*m.slot*1e9 >= from.UnixNano()) && (s < last || s*m.slot*1e9 <= to.UnixNano())
		for i, n := range m.answer(s) {
			sum[i] += n
			if inside {
				low[i], high[i] = low[i]+n, high[i]+n
			} else {
				low[i], high[i] = low[i]+min(0, n), high[i]+max(0, n)
			}
		}
	}
	counts := func(n [2]int64) Counts {
		good, bad := max(0, n[0]), max(0, n[1])
		return Counts{Bad: float64(bad) / 12, Total: float64(good+bad) / 12}
	}
	a.Counts, a.Low, a.High = counts(sum), counts(low), counts(high)
	a.Overcorrected = sum[0] < 0 || sum[1] < 0
	a.Coverage = float64(a.Seen) / float64(a.Slots)
	a.NoData = a.Counts.Total == 0
	a.Truncated = m.late(first)
	return a
}

// Every window equals a recount from scratch at every instant of a long random
// history of events in and out of order, reports, corrections, exclusions of
// every kind, revocations, merges and snapshots.
func TestLedgerEqualsRecount(t *testing.T) {
	operations := 100_000
	if testing.Short() {
		operations = 10_000
	}
	// 35 days of slots of 3 h: several weeks for the expected counts, several
	// blocks, and a recount of some hundred slots.
	o := LedgerOptions{Slot: 3 * time.Hour, Horizon: 35 * 24 * time.Hour}
	random := rand.New(rand.NewPCG(1, 2))
	l, m := mustLedger(t, o), newModel(o)
	restart := func() { l, m = mustLedger(t, o), newModel(o) }
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	signed := func() (string, string, time.Time) { return "test", "somebody", now }
	entries := 0
	var history []string
	note := func(format string, args ...any) {
		history = append(history, fmt.Sprintf(format, args...))
		history = history[max(0, len(history)-12):]
	}
	for i := range operations {
		if i%5000 == 4999 { // entries pile up: begin anew, at times before 1970
			restart()
			entries = 0
			if now = now.Add(-30 * 365 * 24 * time.Hour); now.Year() < 1920 {
				now = now.AddDate(110, 0, 0)
			}
		}
		if random.IntN(4) == 0 {
			now = now.Add(time.Duration(random.Int64N(int64(5 * time.Hour))))
		}
		if random.IntN(400) == 0 { // a pause
			now = now.Add(time.Duration(random.Int64N(int64(40 * 24 * time.Hour))))
		}
		at := now
		if random.IntN(3) == 0 {
			at = now.Add(-time.Duration(random.Int64N(int64(38 * 24 * time.Hour))))
		}
		if random.IntN(3) == 0 { // at an edge
			at = time.Unix(m.slotOf(at)*m.slot, 0)
		}
		replica := string(rune('a' + random.IntN(3)))
		good, bad := random.Int64N(50), random.Int64N(4)
		if random.IntN(1000) == 0 {
			good = random.Int64N(1 << 36) // needs more than 32 bits
		}
		day := now.Truncate(24 * time.Hour)
		switch op := random.IntN(1000); {
		case op < 600:
			note("add %s %v %d %d", replica, at, good, bad)
			err := l.Handle("k", replica).Add(at, uint64(good), uint64(bad))
			if late := m.late(m.slotOf(at)); late != (err != nil) {
				t.Fatalf("operation %d: %v: got %v, want late: %v", i, at, err, late)
			} else if !late {
				m.add(replica, m.slotOf(at), good, bad)
			}
		case op < 800:
			note("report %s %v %d %d", replica, at, good, bad)
			for range 1 + random.IntN(2) { // once or twice
				if err := l.Handle("k", replica).Report(at, uint64(good), uint64(bad)); m.late(m.slotOf(at)) != (err != nil) {
					t.Fatalf("operation %d: %v: got %v", i, at, err)
				}
			}
			if !m.late(m.slotOf(at)) {
				m.report(replica, m.slotOf(at), good, bad)
			}
		case op < 804 && entries < 40:
			entries++
			c := Correction{ID: "c" + strconv.Itoa(i), Start: at, End: at.Add(time.Duration(1 + random.Int64N(int64(60*time.Hour)))),
				Good: random.Int64N(200) - 100, Bad: random.Int64N(41) - 20}
			c.Reason, c.Author, c.At = signed()
			if c.Good == 0 && c.Bad == 0 {
				c.Bad = 1
			}
			note("correct %+v", c)
			if err := l.Correct("k", c); err != nil {
				t.Fatal(err)
			}
			m.corrections = append(m.corrections, c)
			m.entered()
		case op < 808 && entries < 40:
			entries++
			x := Exclusion{ID: "x" + strconv.Itoa(i), Effect: ExclusionEffect(random.IntN(3))}
			x.Reason, x.Author, x.At = signed()
			x.Start = at.Add(time.Duration(random.Int64N(int64(24 * time.Hour))))
			x.End = x.Start.Add(6*time.Hour + time.Duration(random.Int64N(int64(72*time.Hour))))
			if random.IntN(3) == 0 {
				from := time.Duration(random.IntN(6)) * 3 * time.Hour
				x.Weekly = Weekly{From: from, To: from + time.Duration(1+random.IntN(2))*3*time.Hour, Days: []time.Weekday{time.Weekday(random.IntN(7))}}
				x.Start, x.End = day.AddDate(0, 0, -random.IntN(30)), day.AddDate(0, 0, random.IntN(30)+1)
				if random.IntN(2) == 0 {
					x.Start, x.End = time.Time{}, time.Time{}
				}
			}
			note("exclude %+v", x)
			if err := l.Exclude("k", x); err != nil {
				t.Fatal(err)
			}
			m.exclusions = append(m.exclusions, x)
			m.entered()
		case op < 810 && entries > 0:
			list := l.Entries("k")
			id := list[random.IntN(len(list))].ID()
			if m.revoked[id] {
				break
			}
			note("revoke %s", id)
			if err := l.Revoke("k", Revocation{ID: id, Reason: "mistake", Author: "somebody", At: now}); err != nil {
				t.Fatal(err)
			}
			m.revoked[id] = true
			m.entered()
		case op < 812:
			note("snapshot")
			l = restored(t, l, random.IntN(2) == 0)
		case op < 814:
			note("merge")
			other := l.Clone()
			if !m.late(m.slotOf(at)) {
				if err := other.Handle("k", replica).Add(at, uint64(good), uint64(bad)); err != nil {
					t.Fatal(err)
				}
				m.add(replica, m.slotOf(at), good, bad)
			}
			if err := l.Merge(other); err != nil {
				t.Fatal(err)
			}
		}
		if !m.any {
			continue
		}
		from := now.Add(-time.Duration(random.Int64N(int64(40 * 24 * time.Hour))))
		to := from.Add(time.Duration(1 + random.Int64N(int64(10*24*time.Hour))))
		if random.IntN(2) == 0 {
			from, to = time.Unix(m.slotOf(from)*m.slot, 0), time.Unix(m.slotOf(to)*m.slot, 0)
		}
		if i%500 == 0 {
			from, to = now.Add(-40*24*time.Hour), now.Add(24*time.Hour)
		}
		if !to.After(from) {
			continue
		}
		got, err := l.Between("k", from, to)
		if want := m.between(from, to); err != nil || got != want {
			t.Fatalf("operation %d, (%v, %v]:\n got %+v, %v\nwant %+v\nafter %q", i, from, to, got, err, want, history)
		}
		if i%50 == 0 {
			points, err := l.Points("k", got.Start, got.End)
			if err != nil {
				t.Fatal(err)
			}
			if sum := Sum(points, got.Start, got.End); !sameEvents(sum.Bad, got.Counts.Bad) || !sameEvents(sum.Total, got.Counts.Total) {
				t.Fatalf("operation %d, (%v, %v]: points add up to %v, the answer is %v", i, got.Start, got.End, sum, got.Counts)
			}
			for _, p := range points {
				if err := p.Validate(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func sameEvents(a, b float64) bool { return a-b <= 1e-12*max(1, a) && b-a <= 1e-12*max(1, a) }

// restored is l after a round trip through one of its forms.
func restored(t testing.TB, l *Ledger, binary bool) *Ledger {
	t.Helper()
	var back Ledger
	if binary {
		data, err := l.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := back.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		return &back
	}
	text, err := l.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := back.UnmarshalJSON(text); err != nil {
		t.Fatal(err)
	}
	return &back
}
