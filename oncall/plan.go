package oncall

import "time"

// plan is a schedule made ready for queries. It never changes.
type plan struct {
	definition Schedule
	zone       *time.Location
	people     []string // entry.person is an index
	posts      []post   // entry.post; DefaultRole, not shadowing, is the first
	names      []string // names of layers; entry.layer
	layers     []layer  // in the order of the definition
	parts      []part   // by priority, the highest first, then in the order of the layers
	alone      []alone  // part.alone
	first      bool     // TieFirst
	absent     AbsencePolicy

	// The timeline is cut at marks, ascending. Between two of them the same
	// changes hold; changes[i] are those before marks[i], nil if there are none.
	marks   []int64
	changes []*changes
}

// layer is a Layer made ready.
type layer struct {
	post     int32
	name     int32
	priority int
	shadow   bool
	from     int64 // instants, [from, until)
	until    int64
	clock    clock // of the rotation
	turns    turns
	slots    [][]member
	epochs   []epoch
	steady   bool // all slots take turns, in their order, always
}

// member is a Member made ready.
type member struct {
	person      int32
	zone        int32 // index into the zones of the layer's parts
	from, until int64
}

func (m *member) holds(t int64) bool { return m.from <= t && t < m.until }

// part is what the members of one zone have of a layer: the layer's turns
// within its windows on their clock.
type part struct {
	layer int32
	zone  int32
	clock clock      // of the windows
	week  week       // and, at its end, the first begin of the next week
	slots [][]member // those of this zone
	// entries are the slots as a query needs them, unless a membership is
	// bounded.
	entries [][]entry
	alone   []int32 // of plan.alone for a slot of one entry, unless bounded; else -1
	bounded bool
}

// alone is somebody who has turns alone, as an entry and as a shift without
// bounds.
type alone struct {
	entry entry
	shift Shift
}

// epoch is a number of turns in which the same slots take turns.
type epoch struct {
	first int64   // the turn with which it begins
	order []int32 // slots
	phase int64   // which of order has the first turn
}

// slot is the index of the slot that has turn n, -1 if none.
func (l *layer) slot(n int64) int32 {
	if len(l.epochs) == 0 {
		return -1
	}
	e := &l.epochs[0]
	for i := len(l.epochs) - 1; i > 0; i-- {
		if l.epochs[i].first <= n {
			e = &l.epochs[i]
			break
		}
	}
	if len(e.order) == 0 {
		return -1
	}
	return e.order[mod(n-e.first+e.phase, int64(len(e.order)))]
}

// reading is what a clock reads at one instant, for several parts that share it.
type reading struct {
	at   int64
	zone *time.Location
	wall int64
}

func (r *reading) of(c *clock) int64 {
	if r.zone != c.zone {
		r.zone, r.wall = c.zone, c.read(r.at)
	}
	return r.wall
}

// at is the index of the slot of a part that is on duty at an instant, -1 if
// none: a few additions and divisions, whatever the age of the rotation.
func (p *part) at(l *layer, r *reading) int32 {
	if r.at < l.from || r.at >= l.until {
		return -1
	}
	if p.week != nil && p.week.edge(mod(r.of(&p.clock)-monday, weekSeconds))&1 == 0 {
		return -1
	}
	return l.slot(l.turns.number(r.of(&l.clock)))
}

// span is the index into changes for an instant.
func (p *plan) span(t int64) int {
	low, high := 0, len(p.marks)
	for low < high {
		if mid := int(uint(low+high) >> 1); p.marks[mid] <= t {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}
