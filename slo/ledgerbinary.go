package slo

import (
	"encoding/binary"
	"hash/crc32"
	"time"
)

// The binary form of a ledger, version 1. Numbers are varints (u: unsigned, s:
// signed), a string is its length (u) and its bytes, lists begin with their
// length (u) and are sorted by key, name or ID.
//
//	"slo ledger\n", version (u)
//	slot in seconds (u), horizon in slots (u)
//	keys: key, replicas, corrections, exclusions, revocations
//	  replica: name, dropped good and bad (u u), reading, runs of slots
//	    reading: 0, or 1 and time, good, bad (u u)
//	    run: its first slot (s; after the first run u: slots left out before it,
//	      less 1), its number of slots less 1 (u), good and bad of each (u u)
//	  correction: ID, start, end, good, bad (s s), reason, author, at
//	  exclusion: ID, start, end, weekly, effect (u), reason, author, at
//	    weekly: 0, or 1 and days as bits from Sunday (u), from, to in seconds
//	      (u u), zone
//	  revocation: ID, reason, author, at
//	  time: seconds since the epoch (s), nanoseconds (u)
//	CRC-32C of all bytes before it, little-endian
//
// Only slots within the horizon that have data are written, so there is one
// form of one state, and the decoder takes no other.
const (
	binaryMagic   = "slo ledger\n"
	binaryVersion = 1
)

// MarshalBinary returns the ledger's state in a compact, versioned form that
// ends in a checksum. One state has one form: equal ledgers give equal bytes
// on every machine. The time told to Advance and the tolerance are no part of
// it. The error is always nil.
func (l *Ledger) MarshalBinary() ([]byte, error) {
	return l.appendBinary(nil), nil
}

func (l *Ledger) appendBinary(data []byte) []byte {
	start := len(data)
	data = l.appendBody(append(data, binaryMagic...))
	return binary.LittleEndian.AppendUint32(data, checksum(data[start:]))
}

func checksum(data []byte) uint32 { return crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) }

func (l *Ledger) appendBody(data []byte) []byte {
	o := l.Options()
	data = binary.AppendUvarint(data, binaryVersion)
	data = binary.AppendUvarint(data, uint64(o.Slot/time.Second))
	data = binary.AppendUvarint(data, uint64(o.Horizon/o.Slot))
	data = binary.AppendUvarint(data, uint64(len(l.accounts)))
	for _, key := range l.Keys() {
		a := l.accounts[key]
		data = appendString(data, key)
		data = binary.AppendUvarint(data, uint64(len(a.replicas)))
		for _, r := range a.replicas {
			data = a.appendReplica(data, r, a.oldest(l))
		}
		data = appendEntries(data, a.corrections)
		data = appendEntries(data, a.exclusions)
		data = appendEntries(data, a.revocations)
	}
	return data
}

func appendEntries[E storedEntry](data []byte, list []E) []byte {
	data = binary.AppendUvarint(data, uint64(len(list)))
	for _, e := range list {
		data = e.append(data)
	}
	return data
}

func (a *account) appendReplica(data []byte, r *replica, oldest int64) []byte {
	data = appendString(data, r.name)
	data = appendTally(data, r.dropped)
	if r.reading.any {
		data = append(data, 1)
		data = appendTime(data, r.reading.time())
		data = appendTally(data, r.reading.counter)
	} else {
		data = append(data, 0)
	}
	runs := a.runs(r, oldest)
	data = binary.AppendUvarint(data, uint64(len(runs)))
	for i, run := range runs {
		if i == 0 {
			data = binary.AppendVarint(data, run.first)
		} else {
			before := runs[i-1]
			data = binary.AppendUvarint(data, uint64(run.first-before.first-before.slots-1))
		}
		data = binary.AppendUvarint(data, uint64(run.slots-1))
		for s := run.first; s < run.first+run.slots; s++ {
			data = appendTally(data, a.replicaAt(r, s))
		}
	}
	return data
}

func (c Correction) append(data []byte) []byte {
	data = appendString(data, c.ID)
	data = appendTime(appendTime(data, c.Start), c.End)
	data = binary.AppendVarint(binary.AppendVarint(data, c.Good), c.Bad)
	return appendSignature(data, c.Reason, c.Author, c.At)
}

func (e Exclusion) append(data []byte) []byte {
	data = appendString(data, e.ID)
	data = appendTime(appendTime(data, e.Start), e.End)
	if w := e.Weekly; w.IsZero() {
		data = append(data, 0)
	} else {
		days := uint64(0)
		for _, d := range w.Days {
			days |= 1 << d
		}
		data = binary.AppendUvarint(append(data, 1), days)
		data = binary.AppendUvarint(data, uint64(w.From/time.Second))
		data = binary.AppendUvarint(data, uint64(w.To/time.Second))
		data = appendString(data, w.location().String())
	}
	data = binary.AppendUvarint(data, uint64(e.Effect))
	return appendSignature(data, e.Reason, e.Author, e.At)
}

func (r Revocation) append(data []byte) []byte {
	return appendSignature(appendString(data, r.ID), r.Reason, r.Author, r.At)
}

func appendSignature(data []byte, reason, author string, at time.Time) []byte {
	return appendTime(appendString(appendString(data, reason), author), at)
}

func appendString(data []byte, s string) []byte {
	return append(binary.AppendUvarint(data, uint64(len(s))), s...)
}

func appendTally(data []byte, t tally) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(data, t.good), t.bad)
}

func appendTime(data []byte, t time.Time) []byte {
	return binary.AppendUvarint(binary.AppendVarint(data, t.Unix()), uint64(t.Nanosecond()))
}
