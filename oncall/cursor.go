package oncall

// cursor walks along a part of a layer: who is the slot on duty, until the
// instant until.
type cursor struct {
	who   int32
	slot  int32 // of the turn
	one   int32 // of plan.alone if the slot on duty is one person, else -1
	until int64

	turnEnd   int64 // instants
	windowEnd int64
	edge      int // the next in the part's week; an odd one ends a window

	part      *part
	layer     *layer
	turn      int64
	turnWall  int64 // wall time at which the turn ends
	weekStart int64 // wall time
	rotation  clock
	windows   clock
}

// start puts the cursor on an instant.
func (c *cursor) start(p *part, l *layer, t int64) {
	c.part, c.layer = p, l
	c.rotation, c.windows = l.clock, p.clock
	c.edge, c.windowEnd = 1, forever
	if p.week != nil {
		w := c.windows.reached(t)
		second := mod(w-monday, weekSeconds)
		c.weekStart, c.edge = w-second, p.week.edge(second)
		c.windowEnd = c.windows.instant(c.weekStart + p.week[c.edge])
	}
	c.findTurn(t)
	c.advance(t)
}

// advance moves the cursor to an instant at or after until, and decides who is
// on duty there and until when.
func (c *cursor) advance(t int64) {
	for c.windowEnd <= t {
		week, edge := c.part.week, c.edge+1
		if edge == len(week) {
			edge, c.weekStart = 1, c.weekStart+weekSeconds
		}
		c.edge, c.windowEnd = edge, c.windows.instant(c.weekStart+week[edge])
	}
	c.who, c.one = -1, -1
	switch {
	case t < c.layer.from:
		c.until = c.layer.from
	case t >= c.layer.until:
		c.until = forever
	case c.edge&1 == 0:
		c.until = c.windowEnd
	default:
		if c.turnEnd <= t {
			c.nextTurn(t)
		}
		c.until = min(c.turnEnd, c.windowEnd, c.layer.until)
		if c.who = c.slot; c.who >= 0 {
			c.one = c.part.alone[c.who]
		}
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
	case l.steady && c.slot >= 0:
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
