package slo

import (
	"slices"
	"strings"
)

// account is one key.
type account struct {
	key      string
	replicas []*replica // sorted by name
	recent   int        // index of the replica that was looked up last
	split    bool       // the replicas have cells of their own
	any      bool       // there are data
	newest   int64      // slot with data of any replica, valid if any
	total    slotSeries // of all replicas
	seen     slotSet    // slots with data of any replica
	entries
	folded
}

// find is the index of the replica, or where it would stand.
func (a *account) find(name string) (int, bool) {
	first, last := 0, len(a.replicas)
	for first < last {
		i := int(uint(first+last) / 2)
		switch order := strings.Compare(a.replicas[i].name, name); {
		case order == 0:
			return i, true
		case order < 0:
			first = i + 1
		default:
			last = i
		}
	}
	return first, false
}

// replica is the replica of that name, nil if there is none. It is mostly the
// one that was looked up last, or the next where all of them report in turn.
func (a *account) replica(name string) *replica {
	for i := a.recent; i < min(a.recent+2, len(a.replicas)); i++ {
		if a.replicas[i].name == name {
			a.recent = i
			return a.replicas[i]
		}
	}
	i, ok := a.find(name)
	if !ok {
		return nil
	}
	a.recent = i
	return a.replicas[i]
}

// open returns the replica, a new one if need be.
func (a *account) open(name string) *replica {
	i, ok := a.find(name)
	if ok {
		return a.replicas[i]
	}
	if len(a.replicas) > 0 {
		a.separate()
	}
	r := &replica{name: name}
	a.replicas = slices.Insert(a.replicas, i, r)
	return r
}

func (a *account) close() {
	for _, r := range a.replicas {
		r.close()
	}
}

// oldest is the first slot within the horizon.
func (a *account) oldest(l *Ledger) int64 { return a.newest - l.horizon + 1 }

// advance makes the slot the newest one and lets go of what is too old.
func (a *account) advance(l *Ledger, slot int64) {
	before, had := a.newest, a.any
	if had && slot <= before {
		return
	}
	a.newest, a.any = slot, true
	if !had {
		before = a.oldest(l) - 1
	}
	oldest := a.oldest(l)
	gone := blockOf(oldest) != blockOf(before-l.horizon+1)
	for _, r := range a.replicas {
		if r.shut(); gone {
			r.cells.expire(oldest)
		}
	}
	if gone {
		a.total.expire(oldest)
		a.seen.expire(oldest)
		a.folded.expire(oldest)
	}
	a.extend(l, before)
	a.leave(l, before-l.horizon+1)
}

func (a *account) prune(l *Ledger) {
	oldest := a.oldest(l)
	a.replicas = slices.DeleteFunc(a.replicas, func(r *replica) bool {
		gone := len(a.runs(r, oldest)) == 0 && r.reading.second < l.beginOf(oldest)
		if gone {
			r.close()
		}
		return gone
	})
	a.entries.prune(l.beginTime(oldest))
}
