package slo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// jsonVersion is the version of the JSON form.
const jsonVersion = 1

type ledgerJSON struct {
	Version int           `json:"version"`
	Slot    wire.Seconds  `json:"slot_seconds"`
	Horizon wire.Seconds  `json:"horizon_seconds"`
	Keys    []accountJSON `json:"keys"`
	// Checksum is that of the binary form: it holds for the state, however
	// the text is laid out.
	Checksum string `json:"checksum"`
}

type accountJSON struct {
	Key         string        `json:"key"`
	Replicas    []replicaJSON `json:"replicas"`
	Corrections []Correction  `json:"corrections,omitempty"`
	Exclusions  []Exclusion   `json:"exclusions,omitempty"`
	Revocations []Revocation  `json:"revocations,omitempty"`
}

type replicaJSON struct {
	Replica string       `json:"replica"`
	Dropped *tallyJSON   `json:"dropped,omitempty"`
	Reading *readingJSON `json:"reading,omitempty"`
	Slots   []runJSON    `json:"slots"`
}

type tallyJSON struct {
	Good uint64 `json:"good"`
	Bad  uint64 `json:"bad"`
}

type readingJSON struct {
	Time time.Time `json:"time"`
	tallyJSON
}

// runJSON is consecutive slots with data; End is the end of the first.
type runJSON struct {
	End  time.Time `json:"end"`
	Good []uint64  `json:"good"`
	Bad  []uint64  `json:"bad"`
}

// MarshalJSON returns the ledger's state in a form that people can read and
// other programs write: versioned, with the checksum of the binary form. Equal
// ledgers give equal text. The error is always nil.
func (l *Ledger) MarshalJSON() ([]byte, error) {
	o := l.Options()
	v := ledgerJSON{
		Version:  jsonVersion,
		Slot:     wire.Seconds(o.Slot),
		Horizon:  wire.Seconds(o.Horizon),
		Keys:     make([]accountJSON, 0, len(l.accounts)),
		Checksum: stateChecksum(l),
	}
	for _, key := range l.Keys() {
		a := l.accounts[key]
		k := accountJSON{Key: key, Replicas: make([]replicaJSON, 0, len(a.replicas)),
			Corrections: a.corrections, Exclusions: a.exclusions, Revocations: a.revocations}
		for _, r := range a.replicas {
			k.Replicas = append(k.Replicas, a.replicaJSON(l, r))
		}
		v.Keys = append(v.Keys, k)
	}
	return json.Marshal(v)
}

func stateChecksum(l *Ledger) string {
	return fmt.Sprintf("crc32c:%08x", checksum(l.appendBody([]byte(binaryMagic))))
}

func (a *account) replicaJSON(l *Ledger, r *replica) replicaJSON {
	v := replicaJSON{Replica: r.name, Slots: []runJSON{}}
	if r.dropped != (tally{}) {
		v.Dropped = &tallyJSON{r.dropped.good, r.dropped.bad}
	}
	if r.reading.any {
		v.Reading = &readingJSON{r.reading.time(), tallyJSON{r.reading.counter.good, r.reading.counter.bad}}
	}
	for _, run := range a.runs(r, a.oldest(l)) {
		j := runJSON{End: l.endOf(run.first), Good: make([]uint64, run.slots), Bad: make([]uint64, run.slots)}
		for i := range run.slots {
			n := a.replicaAt(r, run.first+i)
			j.Good[i], j.Bad[i] = n.good, n.bad
		}
		v.Slots = append(v.Slots, j)
	}
	return v
}

// UnmarshalJSON replaces the ledger's state by what MarshalJSON wrote, laid out
// in any way, under the rules of UnmarshalBinary. The checksum may be left out
// of text that was written by hand. An error wraps ErrSnapshot, or is one of
// encoding/json, and changes nothing.
func (l *Ledger) UnmarshalJSON(text []byte) error {
	var v ledgerJSON
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: text is left over after the ledger", ErrSnapshot)
	}
	if v.Version != jsonVersion {
		return fmt.Errorf("%w: version %d; this program reads version %d", ErrSnapshot, v.Version, jsonVersion)
	}
	fresh := &Ledger{accounts: make(map[string]*account)}
	if v.Slot <= 0 || v.Horizon <= 0 {
		return fmt.Errorf("%w: slot_seconds and horizon_seconds must be positive", ErrSnapshot)
	}
	if err := fresh.configure(LedgerOptions{Slot: time.Duration(v.Slot), Horizon: time.Duration(v.Horizon)}); err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if l.slot != 0 {
		if err := l.alike(fresh); err != nil {
			return fmt.Errorf("%w: %w", ErrSnapshot, err)
		}
	}
	for _, k := range v.Keys {
		if fresh.accounts[k.Key] != nil {
			return fmt.Errorf("%w: key %q comes twice", ErrSnapshot, k.Key)
		}
		if err := fresh.restore(k); err != nil {
			return fmt.Errorf("%w: key %q: %w", ErrSnapshot, k.Key, err)
		}
	}
	if got := stateChecksum(fresh); v.Checksum != "" && v.Checksum != got {
		return fmt.Errorf("%w: the checksum is %s, that of the state %s; it was changed", ErrSnapshot, v.Checksum, got)
	}
	l.replace(fresh)
	return nil
}

// restore fills an account that the ledger does not have yet.
func (l *Ledger) restore(k accountJSON) error {
	a, err := l.account(k.Key)
	if err != nil {
		return err
	}
	for _, r := range k.Replicas {
		if a.replica(r.Replica) != nil {
			return fmt.Errorf("replica %q comes twice", r.Replica)
		}
		h := l.Handle(k.Key, r.Replica)
		if h.err != nil {
			return h.err
		}
		if r.Dropped != nil {
			h.r.dropped = tally{r.Dropped.Good, r.Dropped.Bad}
		}
		if r.Reading != nil {
			if _, err := secondOf(r.Reading.Time); err != nil {
				return fmt.Errorf("replica %q: reading: %w", r.Replica, err)
			}
			h.r.reading = reading{any: true, second: r.Reading.Time.Unix(), nanos: int64(r.Reading.Time.Nanosecond()),
				counter: tally{r.Reading.Good, r.Reading.Bad}}
		}
	}
	// All replicas' newest slot first: what is before the horizon is an error.
	for _, newest := range []bool{true, false} {
		for _, r := range k.Replicas {
			for _, run := range r.Slots {
				if err := l.restoreRun(l.Handle(k.Key, r.Replica), run, newest); err != nil {
					return fmt.Errorf("replica %q: slots from %s: %w", r.Replica, run.End.Format(time.RFC3339), err)
				}
			}
		}
	}
	return l.restoreEntries(a, k)
}

func (l *Ledger) restoreEntries(a *account, k accountJSON) error {
	var errs []error
	for _, c := range k.Corrections {
		if err := c.Validate(); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, l.fitsCorrection(c))
		a.corrections = append(a.corrections, c.normal())
	}
	for _, x := range k.Exclusions {
		if err := x.Validate(); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, l.fitsExclusion(x))
		a.exclusions = append(a.exclusions, x.normal())
	}
	for _, r := range k.Revocations {
		errs = append(errs, r.Validate())
		a.revocations = append(a.revocations, r.normal())
	}
	errs = append(errs, sortByID(a.corrections), sortByID(a.exclusions), sortByID(a.revocations))
	if a.correctedSum() > maxCorrected {
		errs = append(errs, fmt.Errorf("%w: the corrections exceed %d events", ErrEntry, uint64(maxCorrected)))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	a.refold(l)
	return nil
}

func sortByID[E storedEntry](list []E) error {
	slices.SortFunc(list, func(a, b E) int { return strings.Compare(a.id(), b.id()) })
	for i := 1; i < len(list); i++ {
		if list[i].id() == list[i-1].id() {
			return fmt.Errorf("%w: ID %q comes twice", ErrEntry, list[i].id())
		}
	}
	return nil
}

func (l *Ledger) restoreRun(h Handle, run runJSON, newestOnly bool) error {
	if len(run.Good) != len(run.Bad) || len(run.Good) == 0 {
		return fmt.Errorf("%d numbers of good events and %d of bad ones", len(run.Good), len(run.Bad))
	}
	second, err := secondOf(run.End)
	if err != nil {
		return err
	}
	first := l.slotOf(second)
	if !run.End.Equal(l.endOf(first)) {
		return fmt.Errorf("no slot ends there; %s is the end of one", l.endOf(first).Format(time.RFC3339))
	}
	if int64(len(run.Good)) > l.horizon {
		return fmt.Errorf("%d slots are more than the horizon's %d", len(run.Good), l.horizon)
	}
	for i := range run.Good {
		if newestOnly {
			i = len(run.Good) - 1
		}
		if err := h.Report(l.endOf(first+int64(i)), run.Good[i], run.Bad[i]); err != nil {
			return err
		}
		if newestOnly {
			break
		}
	}
	return nil
}
