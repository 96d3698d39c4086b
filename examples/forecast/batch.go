package main

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/srekit/ownership/capacity"
	"github.com/srekit/ownership/examples/internal/points"
	"github.com/srekit/ownership/examples/internal/samples"
)

const (
	inputName   = "standard input"
	longestLine = 64 << 20 // bytes
)

// line is one line of the input.
type line struct {
	number int // from 1
	text   string
}

type batchOutput struct {
	ID        string    `json:"id"`
	Model     string    `json:"model"`
	Mean      []float64 `json:"mean"`
	Lower     []float64 `json:"lower"`
	Upper     []float64 `json:"upper"`
	PeakUpper float64   `json:"peak_upper"`
}

// batch forecasts each line on one of the cores and prints its forecast as soon
// as it is there. It holds a few lines for each core at a time. A line that is
// wrong is reported, and the others are forecast all the same.
func batch(o settings, stdin io.Reader, stdout io.Writer) error {
	horizon, err1 := o.horizon.steps(o.step)
	periods, err2 := o.seasons.steps(o.step)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	b := batcher{
		forecaster: methods[o.method](periods, o.level, o.seed),
		step:       o.step,
		horizon:    horizon,
		out:        bufio.NewWriterSize(stdout, 1<<16),
	}
	if o.level != capacity.DefaultLevel { // the peak's line is at 97.5 % whatever the level
		b.peak = methods[o.method](periods, capacity.DefaultLevel, o.seed)
	}
	// Little lives longer than a forecast: collect what is left of them less often.
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	lines := make(chan line, 2*runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for l := range lines {
				b.forecast(l)
			}
		}()
	}
	err := b.split(stdin, lines)
	close(lines)
	workers.Wait()
	if flush := b.out.Flush(); flush != nil {
		err = errors.Join(err, fmt.Errorf("standard output: %w", flush))
	}
	return errors.Join(b.err(), err)
}

type batcher struct {
	forecaster capacity.Forecaster
	peak       capacity.Forecaster // nil: as forecaster
	step       time.Duration
	horizon    int

	mutex sync.Mutex // of what follows
	out   *bufio.Writer
	errs  []*points.Error
	more  int
}

// split sends the lines of the input that hold something.
func (b *batcher) split(stdin io.Reader, lines chan<- line) error {
	in := bufio.NewScanner(samples.WithoutMark(stdin))
	in.Buffer(make([]byte, 1<<16), longestLine)
	n := 1
	for ; in.Scan(); n++ {
		if text := in.Text(); strings.TrimSpace(text) != "" {
			lines <- line{n, text}
		}
	}
	if err := in.Err(); errors.Is(err, bufio.ErrTooLong) {
		return &points.Error{Name: inputName, Line: n, Reason: fmt.Sprintf("longer than %d MiB; the lines from here on were not read", longestLine>>20)}
	} else if err != nil {
		return &points.Error{Name: inputName, Line: n, Reason: err.Error()}
	}
	return nil
}

// fail notes what is wrong with a line, of a thousand at most.
func (b *batcher) fail(line, column int, err error) {
	if err == nil {
		return
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	if len(b.errs) == 1000 {
		b.more++
		return
	}
	b.errs = append(b.errs, &points.Error{Name: inputName, Line: line, Column: column, Reason: err.Error()})
}

// err is all that went wrong, by line.
func (b *batcher) err() error {
	slices.SortStableFunc(b.errs, func(x, y *points.Error) int {
		if x.Line != y.Line {
			return x.Line - y.Line
		}
		return x.Column - y.Column
	})
	var errs []error
	for _, e := range b.errs {
		errs = append(errs, e)
	}
	if b.more > 0 {
		errs = append(errs, fmt.Errorf("and %d more", b.more))
	}
	return errors.Join(errs...)
}

// forecast reads a line, forecasts it and prints the forecast.
func (b *batcher) forecast(l line) {
	id, s, ok := b.series(l)
	if !ok {
		return
	}
	f, err := b.forecaster.Forecast(context.Background(), s, b.horizon)
	if err != nil {
		b.fail(l.number, 0, fmt.Errorf("%s: %w", id, err))
		return
	}
	peak := f.Peak.Upper
	if b.peak != nil {
		g, err := b.peak.Forecast(context.Background(), s, b.horizon)
		if err != nil {
			b.fail(l.number, 0, fmt.Errorf("%s: %w", id, err))
			return
		}
		peak = g.Peak.Upper
	}
	text, err := json.Marshal(batchOutput{id, f.Model, f.Mean, f.Lower, f.Upper, peak})
	if err != nil {
		b.fail(l.number, 0, err)
		return
	}
	b.mutex.Lock()
	defer b.mutex.Unlock()
	_, _ = b.out.Write(append(text, '\n')) // an error stays and is reported by Flush
}

// series reads id,value,value,… with empty fields for gaps. A first line of
// words is a header.
func (b *batcher) series(l line) (id string, s capacity.Series, ok bool) {
	row := csv.NewReader(strings.NewReader(l.text))
	row.FieldsPerRecord = -1
	fields, err := row.Read()
	if err != nil {
		var p *csv.ParseError
		if errors.As(err, &p) {
			b.fail(l.number, p.Column, p.Err)
		} else {
			b.fail(l.number, 0, err)
		}
		return "", s, false
	}
	id = strings.TrimSpace(fields[0])
	ok = true
	if id == "" {
		b.fail(l.number, 1, errors.New("no id; a line is id,value,value,…"))
		ok = false
	}
	values := fields[1:]
	if l.number == 1 && strings.EqualFold(id, "id") && !slices.ContainsFunc(values, func(v string) bool { _, numeric := samples.Number(strings.TrimSpace(v)); return numeric }) {
		return "", s, false
	}
	// Where the series begins decides nothing: its steps are the only times that are told.
	s = capacity.Series{Start: time.Unix(0, 0).UTC(), Step: b.step, Values: make([]float64, len(values))}
	for i, v := range values {
		if v = strings.TrimSpace(v); v == "" {
			if s.Mask == nil {
				s.Mask = make([]bool, len(values))
			}
			s.Mask[i] = true
			continue
		}
		x, numeric := samples.Number(v)
		if !numeric {
			_, column := row.FieldPos(i + 1)
			b.fail(l.number, column, fmt.Errorf("%s: value %d %q: no finite number; write one such as 12.5, or nothing for a gap", id, i+1, v))
			ok = false
		}
		s.Values[i] = x
	}
	return id, s, ok
}
