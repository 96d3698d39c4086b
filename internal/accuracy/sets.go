package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/capacity"
)

// set is one collection of series.
type set struct {
	name    string
	file    string // without _train, _test, _even, _odd and .csv
	step    time.Duration
	horizon int
	period  int
	origins int  // 0: the future stands in a file of its own
	longest int  // steps of history that a forecast sees, the latest; 0: all
	header  bool // a first line of column names
	started bool // columns id, source, start, v1, …; else id, v1, …
}

// sets are the known ones. The published figures of the last three were computed
// from at most eight weeks, four weeks and two years of history.
func sets() []set {
	return []set{
		{name: "m4-hourly", file: "m4_hourly", step: time.Hour, horizon: 48, period: 24, header: true},
		{name: "m4-weekly", file: "m4_weekly", step: 7 * 24 * time.Hour, horizon: 13, period: 1, header: true},
		{name: "ops-hourly", file: "ops_hourly", step: time.Hour, horizon: 24, period: 24, origins: 3, longest: 56 * 24, started: true},
		{name: "ops-5min", file: "ops_5min", step: 5 * time.Minute, horizon: 288, period: 288, origins: 1, longest: 28 * 288, started: true},
		{name: "ops-daily", file: "ops_daily", step: 24 * time.Hour, horizon: 28, period: 7, origins: 3, longest: 730, started: true},
	}
}

func setNames() []string {
	var names []string
	for _, s := range sets() {
		names = append(names, s.name)
	}
	return names
}

// example is one forecast to make: of what came after a history.
type example struct {
	id              string
	number          int // of the series in its file, from 1
	origin          int // 1 is the latest
	history, actual capacity.Series
}

// read is the set's examples, none where its files are not there.
func (s set) read(dir string) ([]example, error) {
	var examples []example
	for _, suffix := range []string{"", "_odd", "_even"} {
		var more []example
		var err error
		if s.origins == 0 {
			more, err = s.pairs(dir, suffix)
		} else {
			more, err = s.rolled(dir, suffix)
		}
		if err != nil {
			return nil, err
		}
		examples = append(examples, more...)
	}
	return examples, nil
}

func (s set) pairs(dir, suffix string) ([]example, error) {
	train, err := s.rows(filepath.Join(dir, s.file+"_train"+suffix+".csv"))
	if err != nil || train == nil {
		return nil, err
	}
	test, err := s.rows(filepath.Join(dir, s.file+"_test"+suffix+".csv"))
	if err != nil {
		return nil, err
	}
	if len(test) != len(train) {
		return nil, fmt.Errorf("%s%s: %d series to learn from and %d to measure", s.file, suffix, len(train), len(test))
	}
	var examples []example
	for i, r := range train {
		if test[i].id != r.id || test[i].series.Len() < s.horizon {
			return nil, fmt.Errorf("%s%s: series %d is %s and then %s with %d values", s.file, suffix, i+1, r.id, test[i].id, test[i].series.Len())
		}
		actual := test[i].series.Slice(0, s.horizon)
		actual.Start = r.series.End()
		examples = append(examples, example{r.id, i + 1, 1, r.series, actual})
	}
	return examples, nil
}

func (s set) rolled(dir, suffix string) ([]example, error) {
	rows, err := s.rows(filepath.Join(dir, s.file+suffix+".csv"))
	if err != nil {
		return nil, err
	}
	var examples []example
	for i, r := range rows {
		for k := s.origins; k >= 1; k-- {
			at := r.series.Len() - k*s.horizon
			if at < 1 {
				return nil, fmt.Errorf("%s%s: series %d (%s) has %d values, too few for %d origins", s.file, suffix, i+1, r.id, r.series.Len(), s.origins)
			}
			from := 0
			if s.longest > 0 {
				from = max(0, at-s.longest)
			}
			examples = append(examples, example{r.id, i + 1, k, r.series.Slice(from, at), r.series.Slice(at, at+s.horizon)})
		}
	}
	return examples, nil
}

type row struct {
	id     string
	series capacity.Series
}

// rows is a file's series, nil where there is no such file. Empty fields, NA and
// NaN within a row are gaps; those after its last number are no values.
func (s set) rows(path string) ([]row, error) {
	file, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<26)
	var rows []row
	for line := 1; scanner.Scan(); line++ {
		text := strings.TrimSpace(scanner.Text())
		if text == "" || line == 1 && (s.header || strings.HasPrefix(text, "id,")) {
			continue
		}
		r, err := s.row(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", filepath.Base(path), line, err)
		}
		rows = append(rows, r)
	}
	if err := scanner.Err(); err != nil {
		return nil, &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return rows, nil
}

func (s set) row(text string) (row, error) {
	fields := strings.Split(text, ",")
	// 5 January 1970 was a Monday.
	r := row{fields[0], capacity.Series{Start: time.Date(1970, 1, 5, 0, 0, 0, 0, time.UTC), Step: s.step}}
	fields = fields[1:]
	if s.started {
		if len(fields) < 2 {
			return row{}, fmt.Errorf("no start")
		}
		var err error
		for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05Z", "2006-01-02"} {
			if r.series.Start, err = time.Parse(layout, fields[1]); err == nil {
				break
			}
		}
		if err != nil {
			return row{}, err
		}
		fields = fields[2:]
	}
	gap := func(f string) bool { return f == "" || f == "NA" || f == "NaN" || f == "nan" }
	for len(fields) > 0 && gap(fields[len(fields)-1]) {
		fields = fields[:len(fields)-1]
	}
	r.series.Values = make([]float64, len(fields))
	for i, f := range fields {
		if gap(f) {
			if r.series.Mask == nil {
				r.series.Mask = make([]bool, len(fields))
			}
			r.series.Mask[i] = true
			continue
		}
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			return row{}, fmt.Errorf("value %d: %w", i+1, err)
		}
		r.series.Values[i] = v
	}
	return r, r.series.Check()
}
