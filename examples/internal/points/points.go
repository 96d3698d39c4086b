// Package points reads what the programs budget and backtest take: CSV with the
// columns timestamp, bad and total, one row for the events since the row
// before.
package points

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/slo"
)

// Error is one defect of an input, with where it stands.
type Error struct {
	Name         string // of the input
	Line, Column int    // from 1; Column counts bytes; 0 where the whole line or input is meant
	Reason       string // with the offending text and the remedy
}

// Error is name:line:column: reason.
func (e *Error) Error() string {
	switch {
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.Name, e.Reason)
	case e.Column == 0:
		return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.Reason)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Reason)
}

var columns = []string{"timestamp", "bad", "total"}

// Read reads all rows, in any order, and returns them in order of time. The
// header names the columns, in any order; others are passed over. Defects are
// reported together, each as an *Error; name says which input it is.
func Read(r io.Reader, name string) ([]slo.Point, error) {
	d := decoder{name: name, seen: map[int64]int{}}
	buffered := bufio.NewReader(r)
	if bom, _ := buffered.Peek(3); string(bom) == "\ufeff" {
		_, _ = buffered.Discard(3)
	}
	d.csv = csv.NewReader(buffered)
	d.csv.FieldsPerRecord = -1
	d.csv.ReuseRecord = true
	at, ok := d.header()
	for ok {
		record, err := d.csv.Read()
		if err == io.EOF {
			break
		}
		ok = d.row(record, err, at)
	}
	if len(d.errs) > 0 {
		return nil, errors.Join(d.errs...)
	}
	return slo.SortPoints(d.points), nil
}

type decoder struct {
	name   string
	csv    *csv.Reader
	points []slo.Point
	seen   map[int64]int // line of each instant
	errs   []error
}

func (d *decoder) fail(line, column int, format string, args ...any) {
	d.errs = append(d.errs, &Error{d.name, line, column, fmt.Sprintf(format, args...)})
}

// syntax reports an error of the CSV itself or of reading; ok says whether rows
// can follow.
func (d *decoder) syntax(err error) (ok bool) {
	var p *csv.ParseError
	if errors.As(err, &p) {
		d.fail(p.Line, p.Column, "%v", p.Err)
		return true
	}
	d.fail(0, 0, "%v", err)
	return false
}

// header finds the columns.
func (d *decoder) header() (at []int, ok bool) {
	record, err := d.csv.Read()
	if err == io.EOF {
		d.fail(0, 0, "no header line; the first line must be timestamp,bad,total")
		return nil, false
	}
	if err != nil {
		_ = d.syntax(err)
		return nil, false
	}
	for _, column := range columns {
		i := slices.IndexFunc(record, func(s string) bool { return strings.TrimSpace(s) == column })
		if i < 0 {
			d.fail(1, 0, "no column %q in the header %q; the first line must be timestamp,bad,total", column, strings.Join(record, ","))
		}
		at = append(at, i)
	}
	return at, len(d.errs) == 0
}

// row reads one record; ok is false if no other can follow.
func (d *decoder) row(record []string, err error, at []int) (ok bool) {
	if err != nil {
		return d.syntax(err)
	}
	line, _ := d.csv.FieldPos(0)
	before := len(d.errs)
	var p slo.Point
	for i, column := range columns {
		if at[i] >= len(record) {
			d.fail(line, 0, "no %s: %d fields where the header has more", column, len(record))
			continue
		}
		text := strings.TrimSpace(record[at[i]])
		_, position := d.csv.FieldPos(at[i])
		var err error
		switch column {
		case "timestamp":
			p.Time, err = ParseTime(text)
		case "bad":
			p.Bad, err = count(text)
		default:
			p.Total, err = count(text)
		}
		if err != nil {
			d.fail(line, position, "%s %q: %v", column, text, err)
		}
	}
	if len(d.errs) > before {
		return true
	}
	if err := p.Validate(); err != nil {
		d.fail(line, 0, "%v", err)
		return true
	}
	if first, twice := d.seen[p.Time.UnixNano()]; twice {
		d.fail(line, 0, "%s stands in line %d already; add the two rows up", p.Time.Format(time.RFC3339Nano), first)
		return true
	}
	d.seen[p.Time.UnixNano()] = line
	d.points = append(d.points, p)
	return true
}

// count reads a number of events.
func count(text string) (float64, error) {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(x >= 0 && x <= math.MaxFloat64) {
		return 0, errors.New("no number of events; write 0 or more, such as 1200")
	}
	return x, nil
}

// ParseTime reads an instant as RFC 3339 or as Unix seconds, with or without a
// fraction, between the years 1678 and 2261.
func ParseTime(text string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		whole, fraction, _ := strings.Cut(text, ".")
		digits := strings.TrimPrefix(whole, "-")
		seconds, err := strconv.ParseInt(whole, 10, 64)
		nanoseconds, err2 := strconv.ParseUint((fraction + "000000000")[:9], 10, 64)
		if err != nil || err2 != nil || len(fraction) > 9 || digits == "" || digits[0] == '+' {
			return time.Time{}, errors.New("no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)")
		}
		if digits != whole {
			nanoseconds = -nanoseconds
		}
		t = time.Unix(seconds, int64(nanoseconds))
	}
	if t = t.UTC(); t.Year() < 1678 || t.Year() > 2261 {
		return time.Time{}, errors.New("not between the years 1678 and 2261; are these milliseconds?")
	}
	return t, nil
}
