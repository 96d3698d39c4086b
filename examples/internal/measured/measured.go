// Package measured reads what the example catalogs hold beside their specs: a
// folder of measurements, each file optional.
//
//	requests.csv    timestamp,bad,total: the events of objectives that count them
//	METRIC.csv      timestamp,value: a metric of capacity_planning
//	alerts.csv      name,severity,start,end: alerts that fired
//	releases.csv    name,start,end,verdict,evidence
//	work.csv        person,service,kind,start,seconds
//	run-NAME.jsonl  the log of a runbook's run
package measured

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/examples/internal/points"
	"github.com/srekit/ownership/examples/internal/samples"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/runbook/run"
	"github.com/srekit/ownership/slo"
)

// Read reads the measurements of a service from a folder of fsys, and the runbooks
// from its root. The instant is that of the last counted events, zero without any.
func Read(fsys fs.FS, folder string, service ownership.Service) (ownership.Measurements, error) {
	var m ownership.Measurements
	library, err := runbook.ReadFolder(fsys, runbook.Options{})
	if err != nil {
		return m, err
	}
	m.Runbooks = &library
	rows, err := open(fsys, path.Join(folder, "requests.csv"), points.Read)
	if err != nil {
		return m, err
	}
	if len(rows) > 0 {
		m.Points = []ownership.ObjectivePoints{{Points: rows}}
		m.At = rows[len(rows)-1].Time
		// The window of the objectives, or as much of it as there is.
		for _, o := range service.Objectives() {
			m.From = m.At.Add(-o.Period().ShortestLength())
		}
		m.From = slices.MaxFunc([]time.Time{m.From, rows[0].Time}, time.Time.Compare)
	}
	for _, metric := range service.Capacity.Metrics {
		values, err := open(fsys, path.Join(folder, metric.Name+".csv"), samples.Read)
		if err != nil {
			return m, err
		}
		if len(values) == 0 {
			continue
		}
		grid, err := capacity.Grid(context.Background(), values, capacity.GridOptions{Ends: true})
		if err != nil {
			return m, fmt.Errorf("%s: %w", metric.Name, err)
		}
		m.Metrics = append(m.Metrics, ownership.MetricHistory{Metric: metric.Name, Series: grid.Series})
	}
	if m.Fired, err = open(fsys, path.Join(folder, "alerts.csv"), table(4, func(f []string) (a ownership.FiredAlert, err error) {
		a.Name = f[0]
		if a.Severity, err = alerting.ParseSeverity(f[1]); err != nil {
			return a, err
		}
		if a.Start, err = instant(f[2]); err != nil {
			return a, err
		}
		a.End, err = instant(f[3])
		return a, err
	})); err != nil {
		return m, err
	}
	if m.Releases, err = open(fsys, path.Join(folder, "releases.csv"), table(5, func(f []string) (r ownership.ReleaseRecord, err error) {
		r.Name, r.Verdict, r.Evidence = f[0], f[3], f[4]
		if r.Start, err = instant(f[1]); err != nil {
			return r, err
		}
		r.End, err = instant(f[2])
		return r, err
	})); err != nil {
		return m, err
	}
	if m.Work, err = open(fsys, path.Join(folder, "work.csv"), table(5, func(f []string) (w response.Work, err error) {
		w.Person, w.Service, w.Kind = f[0], f[1], f[2]
		if w.Start, err = instant(f[3]); err != nil {
			return w, err
		}
		seconds, err := strconv.ParseFloat(f[4], 64)
		w.Duration = time.Duration(seconds * float64(time.Second))
		return w, err
	})); err != nil {
		return m, err
	}
	logs, err := fs.Glob(fsys, path.Join(folder, "run-*.jsonl"))
	if err != nil {
		return m, err
	}
	for _, name := range logs {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return m, err
		}
		records, err := run.Read(data)
		if err != nil {
			return m, fmt.Errorf("%s: %w", name, err)
		}
		m.Logs = append(m.Logs, records)
	}
	return m, nil
}

// Points are the counted events of a folder alone.
func Points(fsys fs.FS, folder string) ([]slo.Point, error) {
	return open(fsys, path.Join(folder, "requests.csv"), points.Read)
}

// open reads a file that may be missing.
func open[T any](fsys fs.FS, name string, read func(io.Reader, string) ([]T, error)) ([]T, error) {
	f, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	return read(f, name)
}

// table reads CSV with a header and a fixed number of columns.
func table[T any](columns int, row func([]string) (T, error)) func(io.Reader, string) ([]T, error) {
	return func(r io.Reader, name string) ([]T, error) {
		rows := csv.NewReader(r)
		rows.FieldsPerRecord = columns
		out := []T{}
		for first := true; ; first = false {
			fields, err := rows.Read()
			if err == io.EOF {
				return out, nil
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if first {
				continue
			}
			v, err := row(fields)
			if err != nil {
				line, _ := rows.FieldPos(0)
				return nil, fmt.Errorf("%s:%d: %w", name, line, err)
			}
			out = append(out, v)
		}
	}
}

// instant reads RFC 3339; empty text is no instant.
func instant(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(time.RFC3339, s)
}
