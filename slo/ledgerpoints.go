package slo

import "time"

// Points are the counts of the slots that end in (from, to], with corrections
// and exclusions applied, for what takes points: budgets of time slices,
// backtests, attribution. Slots without data and dropped ones have no point.
// A slot that corrections would leave below nought has a point of nought and
// the rest is taken from the slots after it, then from those before, so that
// the points add up to what Between answers for the same slots. The points of
// an unknown key are empty. Errors are those of Between. Cost is linear in the
// number of slots within the horizon.
func (l *Ledger) Points(key string, from, to time.Time) ([]Point, error) {
	c, err := l.cut(from, to)
	account := l.accounts[key]
	if err != nil || account == nil || !account.any {
		return nil, err
	}
	if c.cutLast {
		c.last--
	}
	after, last := account.clip(l, c.after, c.last)
	if last <= after {
		return nil, nil
	}
	slots := make([]twelfths, 0, last-after)
	points := make([]Point, 0, account.seen.between(after, last))
	for s := after + 1; s <= last; s++ {
		n := account.between(s-1, s)
		if n == (twelfths{}) && (!account.seen.has(s) || account.drops(s)) {
			continue
		}
		slots = append(slots, n)
		points = append(points, Point{Time: l.endOf(s)})
	}
	settle(slots, func(t *twelfths) *int64 { return &t.good })
	settle(slots, func(t *twelfths) *int64 { return &t.bad })
	for i := range points {
		points[i].Counts, _ = slots[i].counts()
	}
	return points, nil
}

// settle takes what is below nought from the numbers after it, then from those
// before it. What no number can give is left out.
func settle(slots []twelfths, number func(*twelfths) *int64) {
	debt := int64(0)
	pay := func(i int) {
		n := number(&slots[i])
		*n -= debt
		debt = max(0, -*n)
		*n = max(0, *n)
	}
	for i := range slots {
		pay(i)
	}
	for i := len(slots) - 1; i >= 0 && debt > 0; i-- {
		pay(i)
	}
}

// Coverage tells for which part of (from, to], widened to slot edges, the
// ledger has data, and where the gaps are. Errors are those of Between. Cost is
// linear in the number of slots within the horizon.
func (l *Ledger) Coverage(key string, from, to time.Time) (Coverage, error) {
	a, err := l.Between(key, from, to)
	c := Coverage{Span: Span{a.Start, a.End}, Ratio: a.Coverage}
	if err != nil || a.Slots == 0 {
		return c, err
	}
	c.Covered = time.Duration(a.Seen) * l.Options().Slot
	covered := c.Start
	if account := l.accounts[key]; account != nil && account.any {
		k, _ := l.cut(from, to)
		after, last := account.clip(l, k.after, k.last)
		for s := after + 1; s <= last; s++ {
			if !account.seen.has(s) {
				continue
			}
			if begin := l.beginTime(s); begin.After(covered) {
				c.Gaps = append(c.Gaps, Span{covered, begin})
			}
			covered = l.endOf(s)
		}
	}
	if c.End.After(covered) {
		c.Gaps = append(c.Gaps, Span{covered, c.End})
	}
	return c, nil
}
