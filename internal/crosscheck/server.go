package crosscheck

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

// Server is Prometheus without its clock and network: a database, the query
// engine and the groups of one rule file, which Run evaluates at their own
// intervals over a time that passes as fast as the machine can.
type Server struct {
	// Watch is called after each evaluation of a group.
	Watch func(group *rules.Group, at time.Time)

	db      *tsdb.DB
	engine  *promql.Engine
	manager *rules.Manager
	groups  []*rules.Group
	refs    map[string]storage.SeriesRef
	cost    map[string]Cost
	failed  error
}

// Cost is what an expression has cost in all of its evaluations.
type Cost struct {
	Evaluations int
	Samples     int64 // read, as the engine counts them
}

// NewServer opens a database in dir and loads a rule file (which may be nil).
// Close it.
func NewServer(dir string, ruleFile []byte) (*Server, error) {
	opt := tsdb.DefaultOptions()
	opt.WALSegmentSize = -1
	opt.RetentionDuration = 0
	opt.MinBlockDuration = (100 * 24 * time.Hour).Milliseconds() // all in memory
	opt.MaxBlockDuration = opt.MinBlockDuration
	db, err := tsdb.Open(filepath.Join(dir, "data"), nil, nil, opt, tsdb.NewDBStats())
	if err != nil {
		return nil, err
	}
	s := &Server{db: db, refs: make(map[string]storage.SeriesRef), cost: make(map[string]Cost)}
	s.engine = promql.NewEngine(promql.EngineOpts{
		MaxSamples: 50e6, Timeout: 2 * time.Minute, LookbackDelta: 5 * time.Minute,
		EnableAtModifier: true, EnableNegativeOffset: true,
		Parser: parser.NewParser(parser.Options{}),
	})
	s.manager = rules.NewManager(managerOptions(db, s.query))
	if ruleFile == nil {
		return s, nil
	}
	name := filepath.Join(dir, "rules.yaml")
	if err := os.WriteFile(name, ruleFile, 0o644); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	groups, errs := s.manager.LoadGroups(time.Minute, labels.EmptyLabels(), "", nil, false, name)
	if len(errs) > 0 {
		return nil, errors.Join(append(errs, db.Close())...)
	}
	// The manager's map has lost the order of the file.
	s.groups = slices.SortedFunc(maps.Values(groups), func(a, b *rules.Group) int { return compareNames(a.Name(), b.Name()) })
	return s, nil
}

// compareNames keeps the groups of one objective in the order in which records
// depend on each other: slices, page, ticket, period.
func compareNames(a, b string) int {
	rank := func(name string) int {
		return slices.Index([]string{"slices", "page", "ticket", "period"}, filepath.Base(name))
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	if a < b {
		return -1
	}
	return 1
}

// Close ends the database.
func (s *Server) Close() error { return s.db.Close() }

// query is how rules ask the engine. It counts what they read, and holds every
// recorded result to be a finite number.
func (s *Server) query(ctx context.Context, expr string, at time.Time) (promql.Vector, error) {
	q, err := s.engine.NewInstantQuery(ctx, s.db, nil, expr, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	result := q.Exec(ctx)
	if result.Err != nil {
		return nil, result.Err
	}
	for _, w := range result.Warnings {
		s.fail(fmt.Errorf("%s: %w", expr, w))
	}
	c := s.cost[expr]
	c.Evaluations++
	c.Samples += q.Stats().Samples.TotalSamples
	s.cost[expr] = c
	var v promql.Vector
	switch r := result.Value.(type) {
	case promql.Vector:
		v = r
	case promql.Scalar:
		v = promql.Vector{{T: r.T, F: r.V, Metric: labels.EmptyLabels()}}
	default:
		return nil, fmt.Errorf("%s: the result is a %s", expr, r.Type())
	}
	for _, sample := range v {
		if math.IsNaN(sample.F) || math.IsInf(sample.F, 0) {
			s.fail(fmt.Errorf("at %s: %v is %v of\n%s", at.UTC().Format(time.DateTime), sample.Metric, sample.F, expr))
		}
	}
	return v, nil
}

func (s *Server) fail(err error) {
	if s.failed == nil {
		s.failed = err
	}
}

// Query is the instant vector of an expression.
func (s *Server) Query(expr string, at time.Time) (promql.Vector, error) {
	return s.query(context.Background(), expr, at)
}

// Value is the single number that an expression gives at a time; ok is false if
// it gives none, and an error if it gives several.
func (s *Server) Value(expr string, at time.Time) (value float64, ok bool, err error) {
	v, err := s.Query(expr, at)
	if err != nil || len(v) == 0 {
		return 0, false, err
	}
	if len(v) > 1 {
		return 0, false, fmt.Errorf("%s: %d results", expr, len(v))
	}
	return v[0].F, true, nil
}

// Costs is what each expression has cost so far.
func (s *Server) Costs() map[string]Cost { return maps.Clone(s.cost) }

// Fill stores a counter or a gauge from from on, until to (exclusive), every step: its value grows
// by slope a second.
func (s *Server) Fill(from, to time.Time, step time.Duration, slope float64, series ...labels.Labels) error {
	refs := make([]storage.SeriesRef, len(series))
	const batch = 2000
	for at := from; at.Before(to); {
		app := s.db.Appender(context.Background())
		for i := 0; i < batch && at.Before(to); i++ {
			for j, l := range series {
				ref, err := app.Append(refs[j], l, at.UnixMilli(), 1+slope*at.Sub(from).Seconds())
				if err != nil {
					return errors.Join(err, app.Rollback())
				}
				refs[j] = ref
			}
			at = at.Add(step)
		}
		if err := app.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// Groups are the groups of the rule file.
func (s *Server) Groups() []*rules.Group { return s.groups }

// Point is one sample of a series.
type Point struct {
	Time   time.Time
	Labels labels.Labels
	Value  float64
}

// Stale is the value that a server stores when a target has vanished.
var Stale = math.Float64frombits(value.StaleNaN)

// Append stores points. Those of one series must come in order of time.
func (s *Server) Append(points ...Point) error {
	app := s.db.Appender(context.Background())
	for _, p := range points {
		key := p.Labels.String()
		ref, err := app.Append(s.refs[key], p.Labels, p.Time.UnixMilli(), p.Value)
		if err != nil {
			return errors.Join(fmt.Errorf("%s at %v: %w", key, p.Time, err), app.Rollback())
		}
		s.refs[key] = ref
	}
	return app.Commit()
}

// Run evaluates every group at each multiple of its interval, plus the group's
// phase, in [from, to]. Before each evaluation, scrape is asked for the points
// since its last call: what the targets show up to that time. The first thing
// that goes wrong is returned: a rule that fails, a warning, a number that is
// not finite.
func (s *Server) Run(from, to time.Time, phase func(group string) time.Duration, scrape func(upTo time.Time) []Point) error {
	next := make([]time.Time, len(s.groups))
	for i, g := range s.groups {
		next[i] = from.Truncate(g.Interval()).Add(phase(g.Name()) % g.Interval())
		if next[i].Before(from) {
			next[i] = next[i].Add(g.Interval())
		}
	}
	for len(next) > 0 {
		i := 0 // the group that is due first, of those due together the first in the file
		for j := range next {
			if next[j].Before(next[i]) {
				i = j
			}
		}
		at, g := next[i], s.groups[i]
		if at.After(to) {
			break
		}
		next[i] = at.Add(g.Interval())
		if err := s.Append(scrape(at)...); err != nil {
			return err
		}
		g.Eval(context.Background(), at)
		for _, r := range g.Rules() {
			if err := r.LastError(); err != nil {
				return fmt.Errorf("at %s: group %s, rule %s: %w", at, g.Name(), r.Name(), err)
			}
		}
		if s.Watch != nil {
			s.Watch(g, at)
		}
		if s.failed != nil {
			return s.failed
		}
	}
	return nil
}

// InStep is the phase of groups that are all evaluated at multiples of their intervals.
func InStep(string) time.Duration { return 0 }
