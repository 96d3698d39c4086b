package slo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"
	"unicode/utf8"
)

// UnmarshalBinary replaces the ledger's state by what MarshalBinary wrote. The
// zero Ledger takes over the slot and horizon of the data, any other wants its
// own (ErrMismatch); the tolerance and the time told to Advance stay. Handles
// of l go on to work, see Handle. It loads the zones of weekly exclusions from
// the system's time-zone data.
//
// An error, which wraps ErrSnapshot, tells the byte offset and changes nothing:
// a checksum that does not match, a later version, numbers out of range, data
// cut short, a form that MarshalBinary does not write.
//
// Decoding takes memory in proportion to the data: slots that are far apart
// take some 300 bytes for each byte of data, and entries up to some KiB with a
// horizon of 31 days at 5 minutes. Bound what you read from strangers, and
// read it into a ledger with options of your own.
func (l *Ledger) UnmarshalBinary(data []byte) error {
	n := len(data) - 4
	if n < len(binaryMagic) || string(data[:len(binaryMagic)]) != binaryMagic {
		return fmt.Errorf("%w: it does not begin with %q and a version", ErrSnapshot, binaryMagic)
	}
	if want, got := binary.LittleEndian.Uint32(data[n:]), checksum(data[:n]); want != got {
		return fmt.Errorf("%w: the checksum is %08x, that of the data %08x; it was cut short or changed", ErrSnapshot, want, got)
	}
	d := decoder{data: data[:n], at: len(binaryMagic)}
	fresh := d.ledger(l)
	if d.err == nil && d.at != len(d.data) {
		d.fail("%d bytes are left over", len(d.data)-d.at)
	}
	if d.err != nil {
		return d.err
	}
	l.replace(fresh)
	return nil
}

// replace makes the state of fresh, which has the same options unless l is the
// zero Ledger, that of l.
func (l *Ledger) replace(fresh *Ledger) {
	if l.slot == 0 {
		l.slot, l.horizon, l.tolerance = fresh.slot, fresh.horizon, fresh.slot
	}
	for _, a := range l.accounts {
		a.close()
	}
	l.accounts = fresh.accounts
}

// decoder reads the binary form. After an error every read gives nought.
type decoder struct {
	data []byte
	at   int
	err  error
}

func (d *decoder) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: byte %d: "+format, append([]any{ErrSnapshot, d.at}, args...)...)
	}
}

// wrap makes an error about a value that was read one about the data.
func (d *decoder) wrap(err error) {
	if err != nil {
		d.fail("%w", err)
	}
}

func (d *decoder) uvarint(what string, most uint64) uint64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Uvarint(d.data[d.at:])
	switch {
	case n == 0:
		d.fail("%s is cut short", what)
		return 0
	case n < 0 || v > most:
		d.fail("%s is more than %d", what, most)
		return 0
	case n > 1 && d.data[d.at+n-1] == 0:
		d.fail("%s is not written in the shortest form", what)
		return 0
	}
	d.at += n
	return v
}

func (d *decoder) varint(what string) int64 {
	u := d.uvarint(what, 1<<64-1)
	return int64(u>>1) ^ -int64(u&1)
}

// length is the length of a list whose elements take at least size bytes.
func (d *decoder) length(what string, size int) int {
	return int(d.uvarint("the number of "+what, uint64(len(d.data)-d.at)/uint64(size)))
}

func (d *decoder) string(what string, most int) string {
	n := int(d.uvarint(what, uint64(most)))
	if d.err == nil && n > len(d.data)-d.at {
		d.fail("%s is cut short", what)
	}
	if d.err != nil {
		return ""
	}
	s := string(d.data[d.at : d.at+n])
	if !utf8.ValidString(s) {
		d.fail("%s %q is not UTF-8", what, s)
	}
	d.at += n
	return s
}

func (d *decoder) tally(what string, most uint64) tally {
	good := d.uvarint(what, most)
	return tally{good, d.uvarint(what, most)}
}

func (d *decoder) time(what string) time.Time {
	second := d.varint(what)
	nanos := d.uvarint(what, 1e9-1)
	if d.err == nil && (second < (time.Time{}).Unix() || second > maxSecond) {
		d.fail("%s is outside the years 1 to 9999", what)
	}
	return time.Unix(second, int64(nanos)).UTC()
}

// ledger reads a ledger that is to replace into.
func (d *decoder) ledger(into *Ledger) *Ledger {
	if v := d.uvarint("the version", 1<<64-1); v != binaryVersion {
		d.fail("version %d; this program reads version %d", v, binaryVersion)
	}
	slot := d.uvarint("the slot", uint64(maxSlot/time.Second))
	horizon := d.uvarint("the horizon", maxSlots)
	if d.err == nil && (slot == 0 || horizon == 0 || slot*horizon > uint64(maxHorizon/time.Second+maxSlot/time.Second)) {
		d.fail("a horizon of %d slots of %d s", horizon, slot)
	}
	l := &Ledger{slot: int64(slot), horizon: int64(horizon), accounts: make(map[string]*account)}
	if d.err == nil && into.slot != 0 {
		d.wrap(into.alike(l))
	}
	last := ""
	for range d.length("keys", 6) {
		key := d.string("a key", maxName)
		if d.err == nil && key <= last {
			d.fail("key %q after %q; keys are sorted and not empty", key, last)
		}
		last = key
		a := d.account(l, key)
		if d.err != nil {
			return nil
		}
		l.accounts[key] = a
	}
	return l
}

func (d *decoder) account(l *Ledger, key string) *account {
	a := &account{key: key}
	left := tally{maxEvents, maxEvents}
	oldest := int64(math.MaxInt64) // slot of all
	replicas := d.length("replicas", 5)
	a.split = replicas > 1
	for i := range replicas {
		name := d.string("a replica", maxName)
		if d.err == nil && i > 0 && name <= a.replicas[i-1].name {
			d.fail("replica %q after %q; replicas are sorted", name, a.replicas[i-1].name)
		}
		if d.err != nil {
			return a
		}
		r := d.replica(name)
		a.replicas = append(a.replicas, r)
		d.slots(l, a, r, &left, &oldest)
	}
	a.total.mend()
	if a.any && oldest < a.oldest(l) {
		d.fail("%q has slots before the horizon", key)
	}
	a.corrections = decodeEntries(d, "corrections", 14, d.correction)
	a.exclusions = decodeEntries(d, "exclusions", 14, d.exclusion)
	a.revocations = decodeEntries(d, "revocations", 8, d.revocation)
	if d.err != nil {
		return a
	}
	for _, c := range a.corrections {
		d.wrap(l.fitsCorrection(c))
	}
	for _, x := range a.exclusions {
		d.wrap(l.fitsExclusion(x))
	}
	if a.correctedSum() > maxCorrected {
		d.fail("the corrections of %q exceed %d events", key, uint64(maxCorrected))
	}
	if d.err == nil {
		a.refold(l)
	}
	return a
}

func (d *decoder) replica(name string) *replica {
	r := &replica{name: name, dropped: d.tally("a replica, dropped", 1<<64-1)}
	if d.uvarint("a reading", 1) == 1 {
		t := d.time("a reading")
		r.reading = reading{any: true, second: t.Unix(), nanos: int64(t.Nanosecond()), counter: d.tally("a reading", 1<<64-1)}
		if _, err := secondOf(t); err != nil {
			d.wrap(err)
		}
	}
	return r
}

// slots reads the slots of a replica into it and the key's sums. left is how
// many events the key may still count, oldest its oldest slot so far.
func (d *decoder) slots(l *Ledger, a *account, r *replica, left *tally, oldest *int64) {
	var counts [blockSlots]tally
	block := cellBlock{number: math.MinInt64}
	flush := func() {
		if block.seen == 0 {
			return
		}
		if a.split {
			own := r.cells.open(block.number)
			for marks := block.seen; marks != 0; marks &= marks - 1 {
				o := bits.TrailingZeros64(marks)
				own.set(o, counts[o])
			}
		}
		a.total.raise(block.number, block.seen, &counts)
		a.seen.mark(block.number, block.seen)
		counts, block.seen = [blockSlots]tally{}, 0
	}
	lowest, highest := ceilDiv(minSecond, l.slot), ceilDiv(maxSecond, l.slot)
	slot, first := int64(0), int64(0)
	for i := range d.length("runs of slots", 4) {
		if i == 0 {
			slot = d.varint("a slot")
			first = slot
		} else {
			slot += int64(d.uvarint("a gap between slots", maxSlots)) + 1
		}
		for range d.length("slots", 2) + 1 {
			n := d.tally("a slot", maxEvents)
			if d.err == nil && (slot < lowest || slot > highest) {
				d.fail("slot %d is outside the years 1 to 9999", slot)
			}
			if d.err == nil && slot-first >= l.horizon {
				d.fail("replica %q has slots beyond one horizon", r.name)
			}
			if d.err == nil && !n.atMost(*left) {
				d.fail("%q counts more than %d events", a.key, uint64(maxEvents))
			}
			if d.err != nil {
				return
			}
			*left = left.minus(n)
			if blockOf(slot) != block.number {
				flush()
				block.number = blockOf(slot)
			}
			block.seen |= 1 << slotInBlock(slot)
			counts[slotInBlock(slot)] = n
			if !a.any || slot > a.newest {
				a.any, a.newest = true, slot
			}
			*oldest = min(*oldest, slot)
			slot++
		}
	}
	flush()
}

func decodeEntries[E storedEntry](d *decoder, what string, size int, one func() E) []E {
	var list []E
	for range d.length(what, size) {
		e := one()
		if n := len(list); d.err == nil && n > 0 && e.id() <= list[n-1].id() {
			d.fail("%q after %q; %s are sorted by ID", e.id(), list[n-1].id(), what)
		}
		if d.err != nil {
			return nil
		}
		list = append(list, e)
	}
	return list
}

func (d *decoder) correction() Correction {
	c := Correction{ID: d.string("an ID", maxName), Start: d.time("a start"), End: d.time("an end"), Good: d.varint("good events"), Bad: d.varint("bad events")}
	c.Reason, c.Author, c.At = d.string("a reason", maxReason), d.string("an author", maxName), d.time("an instant")
	if d.err == nil {
		d.wrap(c.Validate())
	}
	return c
}

func (d *decoder) exclusion() Exclusion {
	e := Exclusion{ID: d.string("an ID", maxName), Start: d.time("a start"), End: d.time("an end")}
	if d.uvarint("a weekly exclusion", 1) == 1 {
		days := d.uvarint("days", 1<<7-1)
		for day := time.Sunday; day <= time.Saturday; day++ {
			if days>>day&1 == 1 {
				e.Weekly.Days = append(e.Weekly.Days, day)
			}
		}
		e.Weekly.From = time.Duration(d.uvarint("from", 86400)) * time.Second
		e.Weekly.To = time.Duration(d.uvarint("to", 86400)) * time.Second
		zone := d.string("a zone", maxName)
		if d.err != nil {
			return e
		}
		var err error
		e.Weekly.Location, err = loadZone(zone)
		d.wrap(err)
	}
	e.Effect = ExclusionEffect(d.uvarint("an effect", uint64(CountExpected)))
	e.Reason, e.Author, e.At = d.string("a reason", maxReason), d.string("an author", maxName), d.time("an instant")
	if d.err != nil {
		return e
	}
	d.wrap(e.Validate())
	n := e.normal()
	if !slices.Equal(n.append(nil), e.append(nil)) {
		d.wrap(errors.New("a weekly exclusion is not written in its one form"))
	}
	return n
}

func (d *decoder) revocation() Revocation {
	r := Revocation{ID: d.string("an ID", maxName)}
	r.Reason, r.Author, r.At = d.string("a reason", maxReason), d.string("an author", maxName), d.time("an instant")
	if d.err == nil {
		d.wrap(r.Validate())
	}
	return r
}
