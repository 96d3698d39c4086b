package rules_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	stdslices "slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/alerting/rules"
)

func TestCompileToWritesWhatCompileGives(t *testing.T) {
	unreachable := availability("90%")
	unreachable.Objective.Name = "unreachable"
	for _, slos := range [][]rules.SLO{nil, {availability("99.9%")}, append(everyKind(), unreachable)} {
		set, err := rules.Compile(slos, everyOptions)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		findings, err := rules.CompileTo(&b, stdslices.Values(slos), everyOptions)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(set.YAML()), b.String()); diff != "" {
			t.Errorf("%d objectives (-YAML +streamed):\n%.2000s", len(slos), diff)
		}
		if diff := cmp.Diff(set.Findings, findings); diff != "" {
			t.Errorf("findings (-Compile +CompileTo):\n%s", diff)
		}
	}
}

func TestCompileToReportsEveryDefect(t *testing.T) {
	bad := availability("99.9%")
	bad.Indicator.Preset = "istoi"
	slos := []rules.SLO{availability("100%"), latency(0), availability("99.9%"), bad}
	_, want := rules.Compile(slos, rules.Options{})
	_, got := rules.CompileTo(io.Discard, stdslices.Values(slos), rules.Options{})
	if want == nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	if _, err := rules.CompileTo(io.Discard, stdslices.Values(slos), rules.Options{Server: "x"}); !errors.Is(err, rules.ErrOptions) {
		t.Errorf("options: got %v, want %v", err, rules.ErrOptions)
	}
}

// full is a disk that takes some bytes and no more.
type full struct{ left int }

var errFull = errors.New("disk full")

func (f *full) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return 0, errFull
	}
	f.left -= len(p)
	return len(p), nil
}

func TestWritersThatFail(t *testing.T) {
	slos := everyKind()
	set := compile(t, everyOptions, slos...)
	for _, left := range []int{0, 1000, 30_000} {
		if _, err := rules.CompileTo(&full{left}, stdslices.Values(slos), everyOptions); !errors.Is(err, errFull) {
			t.Errorf("CompileTo after %d bytes: got %v, want %v", left, err, errFull)
		}
		if n, err := set.WriteTo(&full{left}); !errors.Is(err, errFull) || n > int64(left) {
			t.Errorf("WriteTo after %d bytes: wrote %d, %v, want %v", left, n, err, errFull)
		}
	}
	if _, err := rules.CompileTo(&full{}, stdslices.Values[[]rules.SLO](nil), rules.Options{}); !errors.Is(err, errFull) {
		t.Errorf("an empty file: got %v, want %v", err, errFull)
	}
	if n, err := (rules.RuleSet{}).WriteTo(&full{}); !errors.Is(err, errFull) || n != 0 {
		t.Errorf("an empty set: wrote %d, %v, want %v", n, err, errFull)
	}
}

// many yields n objectives and reports how much memory was live in between, at most.
func many(n int, live *uint64) func(yield func(rules.SLO) bool) {
	return func(yield func(rules.SLO) bool) {
		s := availability("99.9%")
		for i := range n {
			s.Objective.Service = fmt.Sprintf("service-%d", i)
			if !yield(s) {
				return
			}
			if live != nil && i%(n/8) == n/8-1 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				*live = max(*live, m.HeapAlloc)
			}
		}
	}
}

// Eight times as many objectives need no more memory than the 16 bytes each, in a
// map, by which duplicates are found. The rules of one take 20 KB.
func TestMemoryDoesNotGrowWithTheNumberOfObjectives(t *testing.T) {
	measure := func(n int) (live uint64) {
		if _, err := rules.CompileTo(io.Discard, many(n, &live), rules.Options{}); err != nil {
			t.Fatal(err)
		}
		return live
	}
	measure(100)
	few, more := measure(100), measure(800)
	const perObjective = 200
	if more > few+700*perObjective {
		t.Errorf("%d bytes are live with 100 objectives, %d with 800; want at most %d for each further one", few, more, perObjective)
	}
	slos := stdslices.Collect(many(800, nil))
	set, err := rules.Compile(slos, rules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc < few+700*perObjective {
		t.Errorf("%d bytes are live with %d groups in memory: the measure does not see them", m.HeapAlloc, len(set.Groups))
	}
	runtime.KeepAlive(set)
}

// BenchmarkCompileTo is the same objectives as of BenchmarkCompile, streamed.
func BenchmarkCompileTo(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			var live uint64
			for b.Loop() {
				live = 0
				if _, err := rules.CompileTo(io.Discard, many(n, &live), rules.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/objective")
			b.ReportMetric(float64(live)/(1<<20), "MiB-live")
		})
	}
}
