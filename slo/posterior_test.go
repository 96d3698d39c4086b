package slo

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestProbabilityMeeting(t *testing.T) {
	for _, c := range []struct {
		counts    Counts
		target    string
		want, tol float64
	}{
		{Counts{7, 7200}, "99.9%", 1 - .495382, 5e-7},
		{Counts{0, 0}, "50%", 0.5, 1e-12},   // the prior is symmetric
		{Counts{5, 10}, "50%", 0.5, 1e-12},  // and so is this posterior
		{Counts{0, 1e6}, "99.9%", 1, 1e-12}, // beyond doubt
		{Counts{1e6, 1e6}, "99.9%", 0, 0},
	} {
		p, err := c.counts.ProbabilityMeeting(MustRatio(c.target))
		if err != nil || math.Abs(p-c.want) > c.tol {
			t.Errorf("%v at %s: %.9g, %v; want %v", c.counts, c.target, p, err, c.want)
		}
	}
	if _, err := (Counts{2, 1}).ProbabilityMeeting(Ratio{}); !errors.Is(err, ErrCounts) || !errors.Is(err, ErrRatio) {
		t.Errorf("two defects: %v", err)
	}
}

// References from the same recurrence in decimal arithmetic of 60 digits.
func TestBetaBinomialCDF(t *testing.T) {
	for _, c := range []struct{ k, m, a, b, want float64 }{
		{0, 10, 0.5, 10.5, 0.71153680606523162},
		{3, 10, 0.5, 0.5, 0.4080352783203125},
		{5, 100, 3.5, 100, 0.81868767673778897},
		{2, 7200, 7.5, 7193.5, 0.070196478343636834},
		{100, 100000, 100.5, 99900.5, 0.51408540003240033},
		{0, 1, 0.5, 0.5, 0.5},
		{49, 100000, 0.5, 1000.5, 0.68039503803227286},
		{1000, 20000, 1.5, 18.5, 0.41179367702032565},
	} {
		if got := betaBinomialCDF(c.k, c.m, c.a, c.b); !near(got, c.want, 1e-12) {
			t.Errorf("P(X ≤ %v | m=%v, a=%v, b=%v) = %.17g, want %.17g", c.k, c.m, c.a, c.b, got, c.want)
		}
	}
}

// Where the sum would be too long a beta distribution takes over. The cases
// are just beyond the seam, where it is worst: 40 standard deviations of more
// than two million.
func TestBetaBinomialLimit(t *testing.T) {
	for _, c := range []struct{ a, b, m float64 }{
		{0.5, 1000.5, 1e8},  // one clean thousand, then a hundred million
		{10.5, 1000.5, 2e7}, // ten bad
		{200.5, 2e4, 8e7},   // well known, far more to come
		{3e9, 1e12, 1e12},   // as much to come as was seen
	} {
		for _, q := range []float64{0.2, 0.99, 1, 1.01, 3} {
			k := math.Floor(q * c.m * c.a / (c.a + c.b))
			sum, limit := betaBinomialSum(k, c.m, c.a, c.b), betaBinomialLimit(k, c.m, c.a, c.b)
			if math.Abs(sum-limit) > 1e-4 {
				t.Errorf("a=%v b=%v m=%v k=%v: sum %.9g, limit %.9g", c.a, c.b, c.m, k, sum, limit)
			}
			if got := betaBinomialCDF(k, c.m, c.a, c.b); got != limit {
				t.Errorf("a=%v b=%v m=%v k=%v: %.9g, want the limit %.9g", c.a, c.b, c.m, k, got, limit)
			}
		}
	}
}

func TestProbabilityMet(t *testing.T) {
	o := Objective{Target: MustRatio("99%")}
	for _, c := range []struct {
		counts Counts
		future float64
		want   float64
		tol    float64
	}{
		{Counts{1, 100}, 0, 1, 0}, // exactly on budget is met
		{Counts{2, 100}, 0, 0, 0},
		{Counts{}, 0, 1, 0},         // nothing happened: nothing was broken
		{Counts{20, 100}, 50, 0, 0}, // 1 allowed of 150
		{Counts{0, 100}, 0, 1, 0},   // nothing to come
		{Counts{0, 9990}, 10, 1, 0}, // even ten failures are within 100
		// 10 allowed of 1,000, 9 spent: at most 1 of 100 to come.
		// P(X = 0) + P(X = 1), X ~ BetaBin(100, 9.5, 891.5).
		{Counts{9, 900}, 100, 0.7168070795482289, 1e-12},
		// At most 0 of 10: P = Π (b+i)/(a+b+i), a = .5, b = 10.5.
		{Counts{0, 10}, 10, 0.71153680606523162, 1e-12},
	} {
		p, err := o.ProbabilityMet(c.counts, c.future)
		if err != nil || math.Abs(p-c.want) > c.tol {
			t.Errorf("%v and %v more: %.9g, %v; want %v", c.counts, c.future, p, err, c.want)
		}
	}
	_, err := Objective{}.ProbabilityMet(Counts{2, 1}, math.NaN())
	if !errors.Is(err, ErrObjective) || !errors.Is(err, ErrCounts) {
		t.Errorf("three defects: %v", err)
	}
}

// More bad events never raise the probabilities, more good ones never lower
// them; both stay in [0,1].
func TestPosteriorLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Objective{Target: rapid.SampledFrom([]Ratio{MustRatio("90%"), MustRatio("99%"), MustRatio("99.9%")}).Draw(t, "target")}
		total := rapid.IntRange(1, 20000).Draw(t, "total")
		bad := rapid.IntRange(0, min(total-1, 60)).Draw(t, "bad")
		future := float64(rapid.IntRange(0, 20000).Draw(t, "future"))
		c := Counts{float64(bad), float64(total)}
		worse := Counts{c.Bad + 1, c.Total}
		p, err1 := c.ProbabilityMeeting(o.Target)
		q, err2 := worse.ProbabilityMeeting(o.Target)
		if err := errors.Join(err1, err2); err != nil || !(0 <= q && q <= p && p <= 1) {
			t.Fatalf("%v: %v, with one more bad event %v (%v)", c, p, q, err)
		}
		p, err1 = o.ProbabilityMet(c, future)
		q, err2 = o.ProbabilityMet(worse, future)
		if err := errors.Join(err1, err2); err != nil || !(0 <= q && q <= p+1e-12 && p <= 1) {
			t.Fatalf("%v and %v more: %v, with one more bad event %v (%v)", c, future, p, q, err)
		}
	})
}

func TestOutlookAt(t *testing.T) {
	o := Objective{Target: MustRatio("99%"), Window: MustWindow("month")}
	start := at(t, "2026-04-01T00:00:00Z")
	var points []Point
	for d := 1; d <= 15; d++ {
		points = append(points, Point{start.AddDate(0, 0, d), Counts{1, 100}})
	}
	l, err := o.OutlookAt(points, start.AddDate(0, 0, 15), JeffreysInterval, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	wantRatio, _ := (Counts{15, 1500}).RatioInterval(JeffreysInterval, 0.9)
	wantRemaining, _ := o.RemainingInterval(Counts{15, 1500}, JeffreysInterval, 0.9)
	wantMet, _ := o.ProbabilityMet(Counts{15, 1500}, 1500)
	wantMeeting, _ := (Counts{15, 1500}).ProbabilityMeeting(o.Target)
	if l.Ratio != wantRatio || l.Remaining != wantRemaining || l.Met != wantMet || l.Meeting != wantMeeting || l.Future != 1500 || l.Budget.Coverage != 1 {
		t.Errorf("%+v", l)
	}
	if !(l.Met > 0.4 && l.Met < 0.7) {
		t.Errorf("half the month exactly on budget: met with %v", l.Met)
	}
	out, err := json.Marshal(l)
	var back Outlook
	if err := errors.Join(err, json.Unmarshal(out, &back)); err != nil || !back.Budget.At.Equal(l.Budget.At) || back.Met != l.Met || back.Ratio != l.Ratio || back.Method != l.Method {
		t.Errorf("%s read back %+v, %v", out, back, err)
	}
	// A rolling window ends now: its outcome is known.
	o.Window = Rolling(15 * 24 * time.Hour)
	if l, err := o.OutlookAt(points, start.AddDate(0, 0, 15), WilsonInterval, 0.9); err != nil || l.Future != 0 || l.Met != 1 {
		t.Errorf("rolling: future %v, met %v, %v; want 0 and 1", l.Future, l.Met, err)
	}
	if l, err := o.OutlookAt(nil, start, WilsonInterval, 0.9); err != nil || !l.Budget.NoData || l.Ratio != (Interval{0, 1, 0.9}) {
		t.Errorf("no data: %+v, %v", l, err)
	}
	if _, err := (Objective{}).OutlookAt(nil, start, WilsonInterval, 9); !errors.Is(err, ErrObjective) || !errors.Is(err, ErrLevel) {
		t.Errorf("two defects: %v", err)
	}
	if _, err := o.OutlookAt(nil, start, 9, 0.9); err == nil {
		t.Error("method 9 gave an outlook")
	}
}

func BenchmarkProbabilityMet(b *testing.B) {
	o := Objective{Target: MustRatio("99.9%")}
	for _, c := range []struct {
		name   string
		counts Counts
		future float64
	}{
		{"quiet", Counts{7, 7200}, 7200},
		{"busy", Counts{1e5, 1e8}, 1e8},
		{"little known", Counts{1, 1000}, 1e6},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := o.ProbabilityMet(c.counts, c.future); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
