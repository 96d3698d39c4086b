package crosscheck

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/srekit/ownership/capacity"
)

// TestLinesAreTheEnginesToTheLastBit compares predict_linear and
// double_exponential_smoothing on random series: jittered scrapes, missing
// samples, constants, and magnitudes at which sums cancel.
func TestLinesAreTheEnginesToTheLastBit(t *testing.T) {
	s, err := NewServer(t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: 50e6, Timeout: time.Minute, LookbackDelta: 5 * time.Minute,
		Parser: parser.NewParser(parser.Options{EnableExperimentalFunctions: true}),
	})
	value := func(expr string, at time.Time) (float64, bool) {
		t.Helper()
		q, err := engine.NewInstantQuery(context.Background(), s.db, nil, expr, at)
		if err != nil {
			t.Fatal(err)
		}
		defer q.Close()
		v, err := q.Exec(context.Background()).Vector()
		if err != nil {
			t.Fatal(err)
		}
		if len(v) == 0 {
			return 0, false
		}
		return v[0].F, true
	}
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	const window = time.Hour
	some := 0
	for i := range 150 {
		var samples []capacity.Sample
		level, noise := math.Exp(40*random.Float64()-10), math.Exp(20*random.Float64()-15)
		slope := (random.Float64() - 0.5) * math.Exp(-10*random.Float64())
		constant := i%10 == 0
		keep := 0.02 + 0.98*random.Float64()
		for at := 15 * time.Second; at < window; at += 15 * time.Second {
			if random.Float64() > keep {
				continue
			}
			v := level * (1 + slope*at.Seconds() + noise*random.NormFloat64())
			if constant {
				v = level
			}
			samples = append(samples, capacity.Sample{Time: start.Add(at + time.Duration(random.IntN(1000))*time.Millisecond), Value: v})
		}
		name := fmt.Sprintf("series_%03d", i)
		points := make([]Point, len(samples))
		for j, p := range samples {
			points[j] = Point{p.Time, labels.FromStrings("__name__", name), p.Value}
		}
		if err := s.Append(points...); err != nil {
			t.Fatal(err)
		}
		now := start.Add(window + time.Duration(random.IntN(2000)-1000)*time.Millisecond)
		for len(samples) > 0 && samples[len(samples)-1].Time.After(now) {
			samples = samples[:len(samples)-1]
		}
		for len(samples) > 0 && !samples[0].Time.After(now.Add(-window)) {
			samples = samples[1:]
		}
		ahead := time.Duration(random.IntN(100_000_000)) * time.Millisecond
		want, ok := value(fmt.Sprintf("predict_linear(%s[1h], %v)", name, ahead.Seconds()), now)
		got, err := capacity.PredictLinear(samples, now, ahead)
		if ok != (err == nil) || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("predict_linear of %d samples, %v ahead: got %x (%v), want %x (%v)", len(samples), ahead, got, err, want, ok)
		}
		sf, tf := 0.001+0.998*random.Float64(), 0.001+0.998*random.Float64()
		want, ok = value(fmt.Sprintf("double_exponential_smoothing(%s[1h], %v, %v)", name, sf, tf), now)
		got, err = capacity.DoubleExponentialSmoothing(samples, sf, tf)
		if ok != (err == nil) || math.Float64bits(got) != math.Float64bits(want) {
			t.Errorf("double_exponential_smoothing of %d samples, factors %v and %v: got %x (%v), want %x (%v)", len(samples), sf, tf, got, err, want, ok)
		}
		if ok {
			some++
		}
	}
	if some < 100 {
		t.Errorf("only %d of 150 series have a result", some)
	}
}
