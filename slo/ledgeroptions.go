package slo

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// LedgerOptions are the options of NewLedger. The zero value is good for
// windows of up to 31 days. More fields may be added.
type LedgerOptions struct {
	// Slot is the resolution: whole seconds, from a second to a day. The
	// default of 5 minutes divides every zone's offset from UTC, so that
	// calendar windows begin at slot edges.
	Slot time.Duration
	// Horizon is how far back from a key's newest slot events are kept, at
	// least one and at most 1,048,576 slots, within ten years; it is rounded
	// up to whole slots. The default is 31 days, the longest month.
	Horizon time.Duration
	// Tolerance is how far ahead of the time told to Advance an event may
	// be; it matters only once Advance was called. The default is one Slot.
	Tolerance time.Duration
}

type ledgerOptionsJSON struct {
	Slot      wire.Seconds `json:"slot_seconds"`
	Horizon   wire.Seconds `json:"horizon_seconds"`
	Tolerance wire.Seconds `json:"tolerance_seconds"`
}

// MarshalJSON writes the durations as numbers of seconds.
func (o LedgerOptions) MarshalJSON() ([]byte, error) {
	return json.Marshal(ledgerOptionsJSON{wire.Seconds(o.Slot), wire.Seconds(o.Horizon), wire.Seconds(o.Tolerance)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (o *LedgerOptions) UnmarshalJSON(text []byte) error {
	var v ledgerOptionsJSON
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*o = LedgerOptions{time.Duration(v.Slot), time.Duration(v.Horizon), time.Duration(v.Tolerance)}
	return nil
}

const (
	defaultSlot    = 5 * time.Minute
	defaultHorizon = 31 * 24 * time.Hour
	maxSlot        = 24 * time.Hour
	maxHorizon     = 3660 * 24 * time.Hour
	maxSlots       = 1 << 20
	// maxEvents bounds the good and the bad events of a key within the
	// horizon: their sum is exact as a float64, and in twelfths (see folded)
	// fits 63 bits. It is 1.6 billion events a second for 31 days.
	maxEvents = 1 << 52
	maxName   = 1024 // bytes of a key, a replica, an entry's ID or author
	// The first and last second of the years 1 to 9999, less a slot.
	minSecond = -62135596800 + 86400
	maxSecond = 253402300799 - 86400
)

// Options are the options in effect.
func (l *Ledger) Options() LedgerOptions {
	if l.slot == 0 {
		var zero Ledger
		zero.ready()
		l = &zero
	}
	return LedgerOptions{
		Slot:      time.Duration(l.slot) * time.Second,
		Horizon:   time.Duration(l.horizon*l.slot) * time.Second,
		Tolerance: time.Duration(l.tolerance) * time.Second,
	}
}

func (l *Ledger) configure(o LedgerOptions) error {
	if o.Slot == 0 {
		o.Slot = defaultSlot
	}
	if o.Horizon == 0 {
		o.Horizon = max(defaultHorizon, o.Slot)
	}
	if o.Tolerance == 0 {
		o.Tolerance = o.Slot
	}
	var errs []error
	if o.Slot < time.Second || o.Slot > maxSlot || o.Slot%time.Second != 0 {
		errs = append(errs, fmt.Errorf("%w: slot %v; it must be whole seconds, from 1s to 24h", ErrLedger, o.Slot))
	} else if slots := (o.Horizon-1)/o.Slot + 1; o.Horizon < o.Slot || o.Horizon > maxHorizon || slots > maxSlots {
		errs = append(errs, fmt.Errorf("%w: horizon %v; it must hold 1 to %d slots of %v, and at most ten years", ErrLedger, o.Horizon, maxSlots, o.Slot))
	} else {
		l.slot, l.horizon = int64(o.Slot/time.Second), int64(slots)
	}
	if o.Tolerance < 0 {
		errs = append(errs, fmt.Errorf("%w: tolerance %v is negative", ErrLedger, o.Tolerance))
	}
	l.tolerance = int64(o.Tolerance / time.Second)
	return errors.Join(errs...)
}
