package peers

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/aclements/go-moremath/stats"

	"github.com/srekit/ownership/release/canary"
)

func lognormal(r *rand.Rand, n int, scale float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = scale * math.Exp(0.7*r.NormFloat64())
	}
	return x
}

// BenchmarkMannWhitneyRatio times both U tests in turns on the same fresh data, of
// which there is so much that no branch predictor learns it, and reports the median
// of the ratios.
func BenchmarkMannWhitneyRatio(b *testing.B) {
	for _, c := range []struct{ n, sets, rounds int }{{20, 400, 25}, {49, 200, 5}, {60, 400, 25}, {60, 1, 20000}, {1000, 40, 5}, {100000, 9, 1}, {1000000, 5, 1}} {
		b.Run(fmt.Sprintf("%dx%d", c.n, c.sets), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, uint64(c.n)))
			x, y := make([][]float64, c.sets), make([][]float64, c.sets)
			for i := range x {
				x[i], y[i] = lognormal(r, c.n, 102), lognormal(r, c.n, 100)
			}
			var ours, theirs, ratios []float64
			for b.Loop() {
				for range c.rounds {
					begin := time.Now()
					for i := range x {
						if _, err := canary.MannWhitney(x[i], y[i], canary.Options{}); err != nil {
							b.Fatal(err)
						}
					}
					middle := time.Now()
					for i := range x {
						if _, err := stats.MannWhitneyUTest(x[i], y[i], stats.LocationDiffers); err != nil {
							b.Fatal(err)
						}
					}
					o, t := float64(middle.Sub(begin)), float64(time.Since(middle))
					ours, theirs, ratios = append(ours, o/float64(c.sets)), append(theirs, t/float64(c.sets)), append(ratios, o/t)
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(ours), "ours-ns")
			b.ReportMetric(median(theirs), "theirs-ns")
			b.ReportMetric(median(ratios), "ratio")
		})
	}
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}

// Without ties both libraries have the same exact and normal p-values, and with
// ties the same normal ones.
func TestMannWhitneyAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, c := range []struct {
		n, m  int
		grain float64
	}{{5, 9, 0}, {20, 30, 0}, {49, 49, 0}, {60, 80, 0}, {300, 200, 0}, {60, 80, 10}, {300, 200, 10}} {
		x, y := lognormal(r, c.n, 110), lognormal(r, c.m, 100)
		if c.grain > 0 {
			for _, v := range [][]float64{x, y} {
				for i := range v {
					v[i] = math.Round(v[i]/c.grain) * c.grain
				}
			}
		}
		want, err := stats.MannWhitneyUTest(x, y, stats.LocationDiffers)
		if err != nil {
			t.Fatal(err)
		}
		got, err := canary.MannWhitney(x, y, canary.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if got.Statistic != want.U || math.Abs(got.PValue-want.P) > 1e-9*want.P {
			t.Errorf("n %d, m %d, grain %g: got U = %v, p = %.12g (%s), want %v, %.12g", c.n, c.m, c.grain, got.Statistic, got.PValue, got.Method, want.U, want.P)
		}
	}
}

// With ties and arms of different sizes the exact distribution of U is not
// symmetric. go-moremath looks up the U of the other arm in it, which here gives a
// p-value of 0; the sum over all 225,792,840 arrangements gives 0.0749.
func TestMannWhitneyWithTies(t *testing.T) {
	x := []float64{1, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	y := append([]float64{1}, make([]float64, 19)...)
	got, err := canary.MannWhitney(x, y, canary.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := 0.0749443826; math.Abs(got.PValue-want) > 1e-9 || got.Method != "exact" {
		t.Errorf("got p = %.10f (%s), want %.10f (exact)", got.PValue, got.Method, want)
	}
	theirs, err := stats.MannWhitneyUTest(x, y, stats.LocationDiffers)
	if err != nil {
		t.Fatal(err)
	}
	if theirs.P != 0 {
		t.Logf("go-moremath now says %v", theirs.P)
	}
}
