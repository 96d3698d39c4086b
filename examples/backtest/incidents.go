package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/examples/internal/points"
)

// readIncidents reads a CSV file with the columns start and end, in any order,
// others passed over. Defects are reported together. The list is never nil: a
// file without rows says that there was no incident.
func readIncidents(name string) ([]alerting.Incident, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return parseIncidents(file, name)
}

func parseIncidents(r io.Reader, name string) ([]alerting.Incident, error) {
	var errs []error
	fail := func(line, column int, format string, args ...any) {
		errs = append(errs, &points.Error{Name: name, Line: line, Column: column, Reason: fmt.Sprintf(format, args...)})
	}
	reader := csv.NewReader(r)
	reader.FieldsPerRecord = -1
	incidents := []alerting.Incident{}
	var at [2]int
	columns := [2]string{"start", "end"}
	for header := true; ; {
		record, err := reader.Read()
		if err == io.EOF {
			if header {
				fail(0, 0, "no header line; the first line must be start,end")
			}
			break
		}
		var syntax *csv.ParseError
		if errors.As(err, &syntax) {
			fail(syntax.Line, syntax.Column, "%v", syntax.Err)
			if header {
				break
			}
			continue
		}
		if err != nil {
			fail(0, 0, "%v", err)
			break
		}
		line, _ := reader.FieldPos(0)
		if header {
			header = false
			for i, column := range columns {
				at[i] = slices.IndexFunc(record, func(s string) bool { return strings.TrimSpace(strings.TrimPrefix(s, "\ufeff")) == column })
				if at[i] < 0 {
					fail(line, 0, "no column %q in the header %q; the first line must be start,end", column, strings.Join(record, ","))
				}
			}
			if len(errs) > 0 {
				break
			}
			continue
		}
		var times [2]time.Time
		before := len(errs)
		for i, column := range columns {
			if at[i] >= len(record) {
				fail(line, 0, "no %s: %d fields where the header has more", column, len(record))
				continue
			}
			field := strings.TrimSpace(record[at[i]])
			if times[i], err = points.ParseTime(field); err != nil {
				_, position := reader.FieldPos(at[i])
				fail(line, position, "%s %q: %v", column, field, err)
			}
		}
		switch {
		case len(errs) > before:
		case !times[1].After(times[0]):
			fail(line, 0, "the incident ends at %s, not after its start at %s", times[1].Format(time.RFC3339), times[0].Format(time.RFC3339))
		default:
			incidents = append(incidents, alerting.Incident{Start: times[0], End: times[1]})
		}
	}
	return incidents, errors.Join(errs...)
}
