package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrLog is what errors about logs wrap.
var ErrLog = errors.New("no unbroken log")

// LogError is why a log cannot be trusted. It wraps ErrLog.
type LogError struct {
	Line   int    // 1-based; 0: the log as a whole
	Reason string //

	// Behind is set where the log is unbroken and goes on behind the head: its writer
	// stopped between a record and the head's keeper, or somebody appended to it. It is
	// the number of records behind.
	Behind int
}

// Error is the reason with the line.
func (e *LogError) Error() string {
	if e.Line == 0 {
		return ErrLog.Error() + ": " + e.Reason
	}
	return fmt.Sprintf("%v: line %d: %s", ErrLog, e.Line, e.Reason)
}

// Unwrap is ErrLog.
func (e *LogError) Unwrap() error { return ErrLog }

// Read reads a log: JSON lines as MarshalJSON of Record writes them, each ended by a line
// break. It checks every byte, the numbers and the chain of digests, and so finds
// whatever was changed, taken out or put in a different order within the log.
//
// What it cannot find is what is missing at the end, or a log written anew from a
// certain line on: the lines that are left are an unbroken log. For that the digest of
// the last record has to be kept where whoever can write the log cannot: use Verify.
//
// A last line without a line break was never finished, and is an error like any other;
// no step began after a record that was not finished, so it may be cut off.
//
// Errors are *LogError. The time is linear in the size.
func Read(log []byte) ([]Record, error) {
	var records []Record
	previous, run := "", ""
	for line := 1; len(log) > 0; line++ {
		text, rest, ended := bytes.Cut(log, []byte("\n"))
		if !ended {
			return nil, &LogError{Line: line, Reason: "the line was not finished"}
		}
		log = rest
		var r Record
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, &LogError{Line: line, Reason: "no record: " + visible(err.Error(), false)}
		}
		again, err := r.MarshalJSON()
		switch {
		case err != nil || !bytes.Equal(text, again):
			return nil, &LogError{Line: line, Reason: "not written as a record is"}
		case r.Seq != line:
			return nil, &LogError{Line: line, Reason: fmt.Sprintf("it is record %d", r.Seq)}
		case r.Previous != previous:
			return nil, &LogError{Line: line, Reason: "the record before is not the one that it follows"}
		case line > 1 && r.Run != run:
			return nil, &LogError{Line: line, Reason: "it is of another run"}
		}
		run, previous = r.Run, digest(text)
		records = append(records, r)
	}
	return records, nil
}

// Verify is Read, and checks that the log ends with the record whose digest is head. With
// the head held by the caller every change of a log is found: of a byte, of the order,
// and of what is missing, at the end too. Without it a log that was cut short, or
// written anew, cannot be told from a whole one; so a log with records and an empty head
// is an error.
//
// A log that goes on behind the head is an error as well, with LogError.Behind saying
// how far: the caller decides whether its head was late.
func Verify(log []byte, head string) ([]Record, error) {
	records, err := Read(log)
	if err != nil {
		return nil, err
	}
	last := Head(records)
	switch {
	case last == head:
		return records, nil
	case head == "":
		return nil, &LogError{Reason: "no head is given, so nobody can tell whether records are missing at the end"}
	}
	for i := range records {
		if i+1 < len(records) && records[i+1].Previous == head {
			return nil, &LogError{Line: i + 2, Reason: "the log goes on behind the head", Behind: len(records) - 1 - i}
		}
	}
	return nil, &LogError{Reason: "its last record is not the head: records are missing at the end, or the log was written anew"}
}

// Head is the digest of the last record, empty where there is none. Keep it apart from
// the log.
func Head(records []Record) string {
	if len(records) == 0 {
		return ""
	}
	return records[len(records)-1].Digest()
}

// AppendLog appends records to a log as Read reads it. Records that have no JSON are left
// out, which Read then finds.
func AppendLog(log []byte, records ...Record) []byte {
	for _, r := range records {
		if line, err := r.MarshalJSON(); err == nil {
			log = append(append(log, line...), '\n')
		}
	}
	return log
}
