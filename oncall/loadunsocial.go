package oncall

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Unsocial says which hours on call weigh more than others. The zero value has
// nights from 22:00 to 06:00, weekends from Saturday 00:00 to Monday 00:00, no
// holidays, and the clock of UTC.
type Unsocial struct {
	// Zone is by whose clock people live who have none of their own; empty means
	// UTC.
	Zone string `json:"time_zone,omitempty"`
	// Nights and Weekends are parts of every week; none means those of the zero
	// value. Where the weekend is Friday and Saturday write Days Fri,Sat.
	Nights   []Window `json:"nights,omitempty"`
	Weekends []Window `json:"weekends,omitempty"`
	// Holidays last from midnight to midnight by the clock of those who have them:
	// the participants of the same Site.
	Holidays []Holiday `json:"holidays,omitempty"`
}

// zoneOf is by whose clock a participant lives.
func (u Unsocial) zoneOf(q Participant) string {
	if q.Zone != "" {
		return q.Zone
	}
	return zoneName(u.Zone)
}

// check adds what is wrong with u.
func (u Unsocial) check(c *compiler, path string) {
	c.zone(path+".time_zone", u.Zone)
	for i, w := range u.Nights {
		w.check(&c.problems, place(path+".nights", i))
	}
	for i, w := range u.Weekends {
		w.check(&c.problems, place(path+".weekends", i))
	}
	for i, h := range u.Holidays {
		if _, err := time.Parse(time.DateOnly, h.Date); err != nil {
			c.problems.Add("value", place(path+".holidays", i)+".date", h.Date, "it is no date", "write 2026-12-25")
		}
	}
	for _, n := range []struct {
		list string
		n    int
	}{{"nights", len(u.Nights)}, {"weekends", len(u.Weekends)}, {"holidays", len(u.Holidays)}} {
		if limit := maxEntries; n.n > limit {
			c.problems.Add("limit", path+"."+n.list, strconv.Itoa(n.n), "too many", "give at most "+strconv.Itoa(limit))
		}
	}
}

// kind is what an hour is: any of a night's, a weekend's and a holiday's.
type kind uint8

const (
	isNight kind = 1 << iota
	isWeekend
	isHoliday
	kinds
)

// amounts is time by kind.
type amounts [kinds]time.Duration

func (a *amounts) add(b amounts) {
	for k := range a {
		a[k] += b[k]
	}
}

// of is the time of all kinds that have one of the bits.
func (a amounts) of(bits kind) time.Duration {
	var sum time.Duration
	for k, d := range a {
		if kind(k)&bits != 0 {
			sum += d
		}
	}
	return sum
}

func (a amounts) total() time.Duration { return a[0] + a.of(isNight|isWeekend|isHoliday) }

// apart is the time with every hour told once.
func (a amounts) apart() LoadKinds {
	return LoadKinds{Day: a[0], Night: a[isNight], Weekend: a[isWeekend] + a[isWeekend|isNight], Holiday: a.of(isHoliday)}
}

// kindTable tells the kind of every hour of a window, for the people of one zone
// and site. Between two edges the kind is the same.
type kindTable struct {
	edges []time.Duration // ascending, the first is 0
	kinds []kind          // from edge i on
	sums  []amounts       // until edge i
}

// until is the time by kind from the window's start.
func (t *kindTable) until(d time.Duration) amounts {
	i, found := slices.BinarySearch(t.edges, d)
	if !found {
		i--
	}
	a := t.sums[i]
	a[t.kinds[i]] += d - t.edges[i]
	return a
}

// within is the time by kind of a span of the window.
func (t *kindTable) within(s span) amounts {
	a, b := t.until(s.start), t.until(s.end)
	for k := range b {
		b[k] -= a[k]
	}
	return b
}

// kindTables makes the tables of a window, each once.
type kindTables struct {
	Unsocial
	from, to time.Time
	zones    *compiler
	known    map[[2]string]*kindTable
}

// of is the table for a participant, whose zone has been checked.
func (k *kindTables) of(q Participant) *kindTable {
	key := [2]string{k.zoneOf(q), q.Site}
	t := k.known[key]
	if t == nil {
		t = k.table(key[0], key[1])
		if k.known == nil {
			k.known = map[[2]string]*kindTable{}
		}
		k.known[key] = t
	}
	return t
}

func (k *kindTables) table(zone, site string) *kindTable {
	clock, _ := k.zones.zone("", zone)
	base, length := k.from.Unix(), k.to.Sub(k.from)
	offset := time.Duration(k.from.Nanosecond())
	type edge struct {
		at  time.Duration
		bit kind
	}
	var edges []edge
	add := func(bit kind, begin, end int64) { // wall times
		from := min(max(time.Duration(clock.instant(begin)-base)*time.Second-offset, 0), length)
		to := min(max(time.Duration(clock.instant(end)-base)*time.Second-offset, 0), length)
		if from < to {
			edges = append(edges, edge{from, bit}, edge{to, bit})
		}
	}
	first, last := clock.reached(base), clock.reached(base+int64(length/time.Second)+1)
	weekly := func(bit kind, windows []Window) {
		w := weekOf(windows)
		if w == nil {
			w = week{0, weekSeconds}
		}
		for n := floor(first-monday, weekSeconds) - 1; n <= floor(last-monday, weekSeconds); n++ {
			begin := monday + n*weekSeconds
			for i := 0; i < len(w); i += 2 {
				add(bit, begin+w[i], begin+w[i+1])
			}
		}
	}
	nights, weekends := k.Nights, k.Weekends
	if len(nights) == 0 {
		nights = []Window{{From: "22:00", To: "06:00"}}
	}
	if len(weekends) == 0 {
		weekends = []Window{{Days: Weekend}}
	}
	weekly(isNight, nights)
	weekly(isWeekend, weekends)
	var days []int64
	for _, h := range k.Holidays {
		if h.Site == site {
			if day, err := time.Parse(time.DateOnly, h.Date); err == nil {
				days = append(days, day.Unix())
			}
		}
	}
	slices.Sort(days)
	for _, day := range slices.Compact(days) {
		if day > first-2*daySeconds && day <= last {
			add(isHoliday, day, day+daySeconds)
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	// Each edge begins or ends its kind; those of one kind do not overlap, so an
	// end and a begin at one instant cancel out.
	t := &kindTable{edges: []time.Duration{0}, kinds: []kind{0}, sums: []amounts{{}}}
	for _, e := range edges {
		n := len(t.edges) - 1
		if e.at > t.edges[n] {
			sum := t.sums[n]
			sum[t.kinds[n]] += e.at - t.edges[n]
			t.edges, t.kinds, t.sums = append(t.edges, e.at), append(t.kinds, t.kinds[n]), append(t.sums, sum)
			n++
		}
		t.kinds[n] ^= e.bit
	}
	return t
}
