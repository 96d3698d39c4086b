package oncall

import "slices"

// entry is somebody who is on call: indices into the plan's people, posts and
// names, and the index of the layer that it came from.
type entry struct{ person, post, name, layer int32 }

// post is what somebody is on call as.
type post struct {
	role   string
	shadow bool
}

// same reports whether two entries look alike in a Shift, so that one continues
// the other.
func (e *entry) same(o *entry) bool {
	return e.person == o.person && e.post == o.post && e.name == o.name
}

// changes are what applies to the layers' turns between two marks, as indices
// into what the plan holds, each list in its order.
type changes struct {
	off       []int32 // layers that have a holiday
	absent    []int32 // people
	layers    []change
	temporary bool
	plan      int32   // which temporary schedule holds
	fixed     []entry // its people
	overrides []change
	swaps     []change
}

// change is an Override or a part of a Swap, made ready.
type change struct {
	kind             OverrideKind
	layer            int32 // index into plan.layers
	person, replaces int32 // -1: none
	post             int32
	source           int32 // index into the schedule's overrides or swaps
}

// collect appends to set who is on call at an instant. who holds the slot on
// duty of each part, ch the changes of the instant, nil for none.
func (p *plan) collect(set []entry, who []int32, t int64, ch *changes) []entry {
	if ch == nil {
		return p.layered(set, who, t)
	}
	if ch.temporary {
		set = append(set, ch.fixed...)
	} else {
		for i := 0; i < len(p.parts); {
			number, begin := p.parts[i].layer, len(set)
			l := &p.layers[number]
			off := slices.Contains(ch.off, number)
			for ; i < len(p.parts) && p.parts[i].layer == number; i++ {
				if who[i] >= 0 && !off {
					set = p.members(set, begin, &p.parts[i], l, who[i], t, ch)
				}
			}
			for _, c := range ch.layers {
				if c.layer == number {
					set = c.apply(set, begin, entry{c.person, l.post, l.name, number})
				}
			}
			set = p.settle(set, begin, number)
		}
	}
	for _, c := range ch.overrides {
		set = c.apply(set, 0, entry{person: c.person, post: c.post})
	}
	for _, c := range ch.swaps {
		set = c.apply(set, 0, entry{})
	}
	return set
}

// layered is collect where nothing changes what the layers say.
func (p *plan) layered(set []entry, who []int32, t int64) []entry {
	for i, slot := range who {
		if slot < 0 {
			continue
		}
		part, begin := &p.parts[i], len(set)
		if part.bounded {
			set = p.members(set, begin, part, &p.layers[part.layer], slot, t, nil)
		} else if e := part.entries[slot]; len(e) == 1 {
			set = append(set, e[0])
		} else {
			set = append(set, e...)
		}
		if begin > 0 {
			set = p.settle(set, begin, part.layer)
		}
	}
	return set
}

// members appends the people of a slot who are on duty in a part at an instant.
// begin is where the layer's people begin in set.
func (p *plan) members(set []entry, begin int, part *part, l *layer, slot int32, t int64, ch *changes) []entry {
	if ch == nil || len(ch.absent) == 0 {
		for i := range part.slots[slot] {
			if m := &part.slots[slot][i]; m.holds(t) {
				set = enter(set, begin, entry{m.person, l.post, l.name, part.layer})
			}
		}
		return set
	}
	// Who stands in may be of another zone, and each stands in for one, so that
	// the whole turn is settled before the part's people are picked.
	var buffer [8]member
	present := buffer[:0]
	missing := 0
	for _, m := range l.slots[slot] {
		if !m.holds(t) {
			continue
		}
		if slices.Contains(ch.absent, m.person) {
			missing++
			continue
		}
		present = append(present, m)
	}
	for next := 1; p.absent == AbsenceReplace && missing > 0 && next < len(l.slots); next++ {
		for _, m := range l.slots[(int(slot)+next)%len(l.slots)] {
			same := func(o member) bool { return o.person == m.person }
			if missing > 0 && m.holds(t) && !slices.Contains(ch.absent, m.person) && !slices.ContainsFunc(present, same) {
				present = append(present, m)
				missing--
			}
		}
	}
	for _, m := range present {
		if m.zone == part.zone {
			set = enter(set, begin, entry{m.person, l.post, l.name, part.layer})
		}
	}
	return set
}

// settle holds people of a layer, set[begin:], against those before them, who
// are of the same layer or of layers with no lower priority.
func (p *plan) settle(set []entry, begin int, number int32) []entry {
	l := &p.layers[number]
	if !l.shadow {
		for _, e := range set[:begin] {
			if e.post != l.post || e.layer == number {
				continue
			}
			if o := p.layers[e.layer].priority; o > l.priority || p.first {
				return set[:begin]
			}
		}
	}
	kept := set[:begin]
	for _, e := range set[begin:] {
		kept = enter(kept, 0, e)
	}
	return kept
}

// enter appends somebody to set[begin:], unless they are in it on that post.
func enter(set []entry, begin int, e entry) []entry {
	for _, o := range set[begin:] {
		if o.person == e.person && o.post == e.post {
			return set
		}
	}
	return append(set, e)
}

// apply changes set[begin:], the people of one layer or all. added is what Add
// and ReplaceAll put in.
func (c change) apply(set []entry, begin int, added entry) []entry {
	kept := set[:begin]
	switch c.kind {
	case Add:
		return enter(set, begin, added)
	case Remove:
		for _, e := range set[begin:] {
			if e.person != c.person {
				kept = append(kept, e)
			}
		}
	case Replace:
		for _, e := range set[begin:] {
			if e.person == c.replaces {
				e.person = c.person
			}
			kept = enter(kept, begin, e)
		}
	case ReplaceAll:
		for _, e := range set[begin:] {
			if e.post != added.post {
				kept = append(kept, e)
			}
		}
		if c.person >= 0 {
			kept = enter(kept, begin, added)
		}
	}
	return kept
}
