// Package samples reads what the programs forecast and quickstart take: CSV with
// the columns timestamp and value.
package samples

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

	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/examples/internal/points"
)

var columns = []string{"timestamp", "value"}

// Read reads rows of timestamp and value, in any order of rows and columns; rows
// without a value are gaps. All defects are reported, each as a *points.Error.
func Read(r io.Reader, name string) ([]capacity.Sample, error) {
	var errs []error
	fail := func(line, column int, format string, args ...any) {
		errs = append(errs, &points.Error{Name: name, Line: line, Column: column, Reason: fmt.Sprintf(format, args...)})
	}
	rows := csv.NewReader(WithoutMark(r))
	rows.FieldsPerRecord, rows.ReuseRecord = -1, true
	header, err := rows.Read()
	if err == io.EOF {
		return nil, &points.Error{Name: name, Reason: "no header line; the first line must be timestamp,value"}
	} else if err != nil {
		return nil, broken(name, err)
	}
	var at [2]int
	for i, column := range columns {
		if at[i] = slices.IndexFunc(header, func(s string) bool { return strings.TrimSpace(s) == column }); at[i] < 0 {
			fail(1, 0, "no column %q in the header %q; the first line must be timestamp,value", column, strings.Join(header, ","))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	var samples []capacity.Sample
	for {
		record, err := rows.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			errs = append(errs, broken(name, err))
			if p := (*csv.ParseError)(nil); !errors.As(err, &p) {
				break
			}
			continue
		}
		line, _ := rows.FieldPos(0)
		if len(record) <= max(at[0], at[1]) {
			fail(line, 0, "%d fields where the header has more", len(record))
			continue
		}
		time, err := points.ParseTime(strings.TrimSpace(record[at[0]]))
		if err != nil {
			_, column := rows.FieldPos(at[0])
			fail(line, column, "timestamp %q: %v", strings.TrimSpace(record[at[0]]), err)
		}
		text := strings.TrimSpace(record[at[1]])
		if text == "" {
			continue
		}
		value, ok := Number(text)
		if !ok {
			_, column := rows.FieldPos(at[1])
			fail(line, column, "value %q: no finite number; write one such as 12.5, or nothing for a gap", text)
			continue
		}
		if err == nil {
			samples = append(samples, capacity.Sample{Time: time, Value: value})
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return samples, nil
}

// broken is an error of the CSV itself, or of reading.
func broken(name string, err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return &points.Error{Name: name, Line: p.Line, Column: p.Column, Reason: p.Err.Error()}
	}
	return &points.Error{Name: name, Reason: err.Error()}
}

// Number reads a finite number that can be computed with.
func Number(text string) (float64, bool) {
	x, err := strconv.ParseFloat(text, 64)
	return x, err == nil && math.Abs(x) <= 1e300
}

// WithoutMark leaves out a byte order mark.
func WithoutMark(r io.Reader) *bufio.Reader {
	b := bufio.NewReaderSize(r, 1<<16)
	if mark, _ := b.Peek(3); string(mark) == "\ufeff" {
		_, _ = b.Discard(3)
	}
	return b
}
