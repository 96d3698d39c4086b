package oncall

import (
	"cmp"
	"slices"
)

// week is when a layer is on duty: seconds of a week that begins on Monday,
// ranges that are sorted and do not touch, as begin, end, begin, end, …. A
// range over the week's end is two. A nil week is always on duty.
type week []int64

// weekOf joins windows of which everything has been checked.
func weekOf(windows []Window) week {
	if len(windows) == 0 {
		return nil
	}
	type span struct{ from, to int64 }
	var spans []span
	add := func(from, to int64) {
		if to > weekSeconds {
			spans = append(spans, span{0, to - weekSeconds})
			to = weekSeconds
		}
		spans = append(spans, span{from, to})
	}
	for _, w := range windows {
		from, to := w.bounds()
		for i, d := range weekdays {
			if w.Days != 0 && !w.Days.Has(d) {
				continue
			}
			length := to - from
			if w.ToDay != 0 {
				for j, last := range weekdays {
					if w.ToDay.Has(last) {
						length += int64(mod(int64(j-i), 7)) * daySeconds
					}
				}
				if length <= 0 {
					length += weekSeconds
				}
				length = min(length, weekSeconds)
			} else if length <= 0 {
				length += daySeconds
			}
			begin := int64(i)*daySeconds + from
			add(begin, begin+length)
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	all := week{}
	for _, s := range spans {
		if n := len(all); n > 0 && s.from <= all[n-1] {
			all[n-1] = max(all[n-1], s.to)
			continue
		}
		all = append(all, s.from, s.to)
	}
	if len(all) == 2 && all[0] == 0 && all[1] == weekSeconds {
		return nil
	}
	return all
}

// edge is the number of begins and ends until a second of the week, that one
// included; odd means on duty.
func (w week) edge(second int64) int {
	if len(w) > 16 {
		i, found := slices.BinarySearch(w, second)
		if found {
			i++
		}
		return i
	}
	for i, e := range w {
		if second < e {
			return i
		}
	}
	return len(w)
}
