package oncall

// cursor walks along a part of a layer: who is the slot on duty, until the
// instant until.
type cursor struct {
	layer *layer
	who   int32
	until int64

	rotation clock
	turn     int64
	slot     int32
	turnWall int64 // wall time at which the turn ends
	turnEnd  int64 // that as an instant

	windows   clock
	week      week
	weekStart int64 // wall time
	edge      int   // the next in week; an odd one ends a window
	windowEnd int64 // instant
}

// start puts the cursor on an instant.
func (c *cursor) start(p *part, l *layer, t int64) {
	c.layer = l
	c.rotation, c.windows = l.clock, p.clock
	c.edge, c.windowEnd = 1, forever
	if c.week = p.week; c.week != nil {
		w := c.windows.reached(t)
		second := mod(w-monday, weekSeconds)
		c.weekStart, c.edge = w-second, c.week.edge(second)
		c.windowEnd = c.windows.instant(c.weekStart + c.week[c.edge])
	}
	c.findTurn(t)
	c.settle(t)
}

// advance moves the cursor to an instant at or after until.
func (c *cursor) advance(t int64) {
	for c.windowEnd <= t {
		if c.edge++; c.edge == len(c.week) {
			c.edge, c.weekStart = 1, c.weekStart+weekSeconds
		}
		c.windowEnd = c.windows.instant(c.weekStart + c.week[c.edge])
	}
	c.settle(t)
}

// settle decides who is on duty at an instant and until when.
func (c *cursor) settle(t int64) {
	l := c.layer
	switch {
	case t < l.from:
		c.who, c.until = -1, l.from
	case t >= l.until:
		c.who, c.until = -1, forever
	case c.edge&1 == 0:
		c.who, c.until = -1, min(c.windowEnd, l.until)
	default:
		if c.turnEnd <= t {
			c.nextTurn(t)
		}
		c.who, c.until = c.slot, min(c.turnEnd, c.windowEnd, l.until)
	}
}

// nextTurn goes to the turn that holds an instant, most often the next one.
func (c *cursor) nextTurn(t int64) {
	l := c.layer
	c.turn++
	if l.turns.step > 0 {
		c.turnWall += l.turns.step
	} else {
		c.turnWall = l.turns.bound(c.turn + 1)
	}
	c.turnEnd = c.rotation.instant(c.turnWall)
	switch {
	case c.turnEnd <= t:
		c.findTurn(t)
	case len(l.epochs) == 1 && c.slot >= 0: // all slots, in their order
		if c.slot++; int(c.slot) == len(l.slots) {
			c.slot = 0
		}
	default:
		c.slot = l.slot(c.turn)
	}
}

func (c *cursor) findTurn(t int64) {
	l := c.layer
	c.turn = l.turns.number(c.rotation.reached(t))
	c.slot = l.slot(c.turn)
	c.turnWall = l.turns.bound(c.turn + 1)
	c.turnEnd = c.rotation.instant(c.turnWall)
}
