package canary

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var planned = Power{Ratio: 0.001, PerSecond: 100}

// 10 % of 100 requests/s, for 0.1 against 0.2 %: 9236 requests to the canary with 80 %
// power and 13525 with 90 %, and 18519 at equal arms (TestRequestsAgainstPython).
func TestTimeOfOneLook(t *testing.T) {
	p := planned
	p.Design = OneLook
	for _, c := range []struct {
		share, ratio, power, requests float64
	}{{0.1, 0.002, 0.8, 9236}, {0.1, 0.002, 0.9, 13525}, {0.5, 0.002, 0.8, 18519}, {0.1, 0.0015, 0.8, 32335}, {0.1, 0.005, 0.9, 1525}} {
		d, err := p.Time(c.share, c.ratio, c.power)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Seconds() * 100 * c.share; math.Abs(got-c.requests) > 1 {
			t.Errorf("%+v: got %v requests", c, got)
		}
		power, err := p.At(Exposure{c.share, d}, c.ratio)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "power after that time", power, num(c.power), 1e-9, 0)
		ratio, err := p.Effect(Exposure{c.share, d}, c.power)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "ratio shown in that time", ratio, num(c.ratio), 1e-9, 0)
	}
}

// Jennison and Turnbull (2000, Group Sequential Methods, tables 2.2 and 2.4): at
// two-sided 5 %, 80 % power and five looks the sample is 1.229 times as large with
// Pocock's bounds and 1.028 times with O'Brien and Fleming's. Shares near a half have
// the same variance in both arms, as the tables assume.
func TestPriceOfPlannedLooks(t *testing.T) {
	p := Power{Ratio: 0.5, PerSecond: 100, Alpha: 0.025, Design: PlannedLooks, Looks: 5}
	for _, c := range []struct {
		boundary Boundary
		want     float64
	}{{Pocock, 1.229}, {OBrienFleming, 1.028}} {
		p.Boundary = c.boundary
		got, err := p.Price(0.5, 0.5001, 0.8)
		if err != nil || math.Abs(got-c.want) > 0.001 {
			t.Errorf("%v: got %v, want %v, %v", c.boundary, got, c.want, err)
		}
	}
}

// The bound is where ShareTest begins to raise the alarm.
func TestEventBound(t *testing.T) {
	for _, share := range []float64{0.01, 0.1, 0.5} {
		e := newEventPower(share, 10, 0.05)
		e.extend(400)
		test := ShareTest{Share: share, Alternative: Greater}
		for n := 1; n <= 400; n += 7 {
			for _, x := range []int{e.bound[n] - 1, e.bound[n]} {
				if x > n {
					continue
				}
				r, err := test.Evidence(int64(x), int64(n))
				if err != nil {
					t.Fatal(err)
				}
				if want := x == e.bound[n]; r.Alarm != want {
					t.Errorf("share %v, %d of %d: alarm %v, want %v (log e %v, %v)", share, x, n, r.Alarm, want, r.LogE, e.logE(x, n))
				}
			}
		}
	}
}

// The recursion against all 2^14 ways in which 14 events may fall, and against the
// promise of the evidence: a good canary raises the alarm with at most Alpha ever.
func TestEventPowerByEnumeration(t *testing.T) {
	const n, q = 14, 0.6
	e := newEventPower(0.1, 10, 0.05)
	e.follow(n, q)
	var want float64
	for ways := range 1 << n {
		p, x, alarm := 1.0, 0, false
		for i := range n {
			if ways>>i&1 == 1 {
				x++
				p *= q
			} else {
				p *= 1 - q
			}
			alarm = alarm || x >= e.bound[i+1]
		}
		if alarm {
			want += p
		}
	}
	near(t, "alarm within 14", e.alarm[n], num(want), 1e-12, 0)
	e.follow(5000, 0.1)
	if got := e.alarm[5000]; got > 0.05 || got < 0.01 {
		t.Errorf("false alarms within 5000 events: got %v, want at most 0.05 and not next to nothing", got)
	}
}

// Runs of Poisson traffic by chance: 30 minutes at 10 % of 100 requests/s and twice the
// bad requests.
func TestAnyTimeBySimulation(t *testing.T) {
	want, err := planned.At(Exposure{0.1, 30 * time.Minute}, 0.002)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	e := newEventPower(0.1, 10, 0.05)
	e.extend(1000)
	const runs = 20000
	alarms := 0
	for range runs {
		// Bad requests a second: 0.02 from the canary and 0.09 from the baseline.
		x, n := 0, 0
		for at := r.ExpFloat64() / 0.11; at < 1800; at += r.ExpFloat64() / 0.11 {
			n++
			if r.Float64() < 0.02/0.11 {
				x++
			}
			if x >= e.bound[n] {
				alarms++
				break
			}
		}
	}
	got := float64(alarms) / runs
	if se := math.Sqrt(want * (1 - want) / runs); math.Abs(got-want) > 4*se {
		t.Errorf("simulated %v, computed %v, standard error %v", got, want, se)
	}
}

// Power grows with time, harm and traffic; Time and Effect invert At.
func TestPowerLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Power{
			Ratio:     math.Exp(rapid.Float64Range(-9, -2).Draw(t, "ratio")),
			PerSecond: math.Exp(rapid.Float64Range(-2, 9).Draw(t, "rate")),
			Alpha:     rapid.SampledFrom([]float64{0, 0.01, 0.1}).Draw(t, "alpha"),
			Design:    rapid.SampledFrom([]Design{AnyTime, OneLook, PlannedLooks}).Draw(t, "design"),
			Looks:     2,
		}
		share := rapid.Float64Range(0.01, 0.9).Draw(t, "share")
		ratio := min(1, p.Ratio*rapid.Float64Range(1.3, 6).Draw(t, "times"))
		power := rapid.SampledFrom([]float64{0.3, 0.8, 0.95}).Draw(t, "power")
		d, err := p.Time(share, ratio, power)
		if err != nil {
			t.Skip(err)
		}
		if d < time.Second || p.Design != AnyTime && d.Seconds()*p.PerSecond*share*ratio < 5 {
			t.Skip("too short, or too few bad requests for the normal approximation")
		}
		got, err := p.At(Exposure{share, d}, ratio)
		if err != nil || math.Abs(got-power) > 1e-5 {
			t.Fatalf("power after %v: got %v, want %v, %v", d, got, power, err)
		}
		more, err := p.At(Exposure{share, 2 * d}, ratio)
		if err != nil || more < got {
			t.Fatalf("twice the time: got %v after %v, %v", more, got, err)
		}
		shown, err := p.Effect(Exposure{share, d}, power)
		if err != nil || math.Abs(shown-ratio) > 1e-4*ratio {
			t.Fatalf("effect after %v: got %v, want %v, %v", d, shown, ratio, err)
		}
	})
}

func TestReview(t *testing.T) {
	stages := []Exposure{{0.01, 5 * time.Minute}, {0.1, 30 * time.Minute}, {0.5, 10 * time.Minute}}
	got, err := planned.Review(stages, 0.002)
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, r := range got {
		for _, w := range r.Warnings {
			texts = append(texts, w.String())
		}
	}
	want := []string{
		"blind-stage: 1% for 5m0s at 100 requests/s sees 300 requests; a canary with 0.2% bad, 0.6 of them, raises the alarm with 2.9% probability; nothing below 1.45% bad is seen with 80%; watch it for 4h49m0s, or send more than 1%",
		"weak-stage: 50% for 10m0s at 100 requests/s sees 30000 requests; a canary with 0.2% bad, 60 of them, raises the alarm with 77% probability; nothing below 0.204% bad is seen with 80%; watch it for 11m0s, or send more than 50%",
	}
	if d := cmp.Diff(want, texts); d != "" {
		t.Errorf("warnings (-want +got):\n%s", d)
	}
	for _, r := range got {
		for _, s := range r.Shown {
			if s.Wait == 0 || s.Ratio == 0 {
				t.Errorf("%v shows nothing at %v", r.Exposure, s.Power)
			}
		}
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back []ExposureReview
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, back); d != "" {
		t.Errorf("JSON (-want +got):\n%s", d)
	}
}

// The spec's own strategy: 10 % traffic for 30 mins, 0.1 % error rate for 5 mins, at
// 100 requests/s. The limit's window holds 3000 requests, three of which may be bad.
func TestShows(t *testing.T) {
	e, l := Exposure{0.1, 30 * time.Minute}, Limit{0.001, 5 * time.Minute}
	for _, c := range []struct {
		normal float64
		answer bool
		codes  string
	}{
		{0.0001, true, ""},
		{0.0005, false, "weak-stage limit-trips"},
		{0.001, false, "limit-normal"},
		{0.002, false, "limit-normal"},
	} {
		p := planned
		p.Ratio = c.normal
		r, err := p.Shows(e, l)
		if err != nil {
			t.Fatal(err)
		}
		var codes []string
		for _, w := range r.Warnings {
			codes = append(codes, w.Code)
		}
		if got := strings.Join(codes, " "); r.Answer != c.answer || got != c.codes {
			t.Errorf("normal %v: got %v %q, want %v %q", c.normal, r.Answer, got, c.answer, c.codes)
		}
		// P(X ≥ 4) for Poisson means 3000·normal and 6, summed by hand.
		poisson := func(mu float64) float64 { return 1 - math.Exp(-mu)*(1+mu+mu*mu/2+mu*mu*mu/6) }
		near(t, "good trips", r.GoodTrips, num(poisson(3000*c.normal)), 1e-9, 0)
		near(t, "once", r.GoodTripsOnce, num(1-math.Pow(1-poisson(3000*c.normal), 6)), 1e-9, 0)
		near(t, "double trips", r.DoubleTrips, num(poisson(6)), 1e-9, 0)
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back LimitReview
		if err := json.Unmarshal(b, &back); err != nil || cmp.Diff(r, back) != "" {
			t.Errorf("JSON: %v (-want +got):\n%s", err, cmp.Diff(r, back))
		}
	}
	slow := Power{Ratio: 0.0005, PerSecond: 1}
	r, err := slow.Shows(Exposure{0.1, time.Minute}, l)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, w := range r.Warnings {
		all = append(all, w.String())
	}
	want := []string{
		"blind-stage: 10% for 1m0s at 1 requests/s sees 6 requests; a canary with 0.1% bad, 0.006 of them, raises the alarm with less than 0.1% probability; nothing below 91.9% bad is seen with 80%; watch it for 96h0m0s, or send more than 10%",
		"limit-long: the stage ends after 1m0s, before the limit has seen 5m0s once; make the stage longer than the limit's window",
		"limit-misses: 5m0s holds 30 requests of the canary, and one with 0.2% bad exceeds the limit with 5.8% probability only; use a longer window, or send more traffic",
	}
	if d := cmp.Diff(want, all); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestPowerRefuses(t *testing.T) {
	nan := math.NaN()
	hour := Exposure{0.1, time.Hour}
	for name, err := range map[string]error{
		"no ratio":   failed(Power{PerSecond: 1}.At(hour, 0.1)),
		"no rate":    failed(Power{Ratio: 0.01}.At(hour, 0.1)),
		"rate":       failed(Power{Ratio: 0.01, PerSecond: math.Inf(1)}.At(hour, 0.1)),
		"alpha":      failed(Power{Ratio: 0.01, PerSecond: 1, Alpha: nan}.At(hour, 0.1)),
		"design":     failed(Power{Ratio: 0.01, PerSecond: 1, Design: 7}.At(hour, 0.1)),
		"boundary":   failed(Power{Ratio: 0.01, PerSecond: 1, Design: PlannedLooks, Boundary: 7}.At(hour, 0.1)),
		"looks":      failed(Power{Ratio: 0.01, PerSecond: 1, Design: PlannedLooks, Looks: -1}.At(hour, 0.1)),
		"share":      failed(planned.At(Exposure{1, time.Hour}, 0.1)),
		"duration":   failed(planned.At(Exposure{0.1, 0}, 0.1)),
		"no harm":    failed(planned.At(hour, 0.001)),
		"NaN":        failed(planned.At(hour, nan)),
		"power":      failed(planned.Effect(hour, nan)),
		"low power":  failed(planned.Effect(hour, 0.01)),
		"limit":      failed(planned.Shows(hour, Limit{0, time.Minute})),
		"window":     failed(planned.Shows(hour, Limit{0.1, -1})),
		"stage":      failed(planned.Review([]Exposure{hour, {}}, 0.1)),
		"blind":      failed(Power{Ratio: 0.01, PerSecond: 1e-9}.Effect(hour, 0.8)),
		"too near":   failed(planned.Time(0.1, 0.001001, 0.9)),
		"too far":    failed(Power{Ratio: 0.01, PerSecond: 1e-12, Design: OneLook}.Time(0.1, 0.02, 0.9)),
		"price":      failed(planned.Price(0.1, 0.001001, 0.9)),
		"requests":   failed(SampleSize{}.Requests()),
		"same":       failed(SampleSize{Baseline: 0.1, Canary: 0.1}.Requests()),
		"too many":   failed(SampleSize{Baseline: 0.1, Canary: 0.1 + 1e-12}.Requests()),
		"arms":       failed(SampleSize{Baseline: 0.1, Canary: 0.2, PerCanary: -1}.Requests()),
		"plan power": failed(SampleSize{Baseline: 0.1, Canary: 0.2, Power: 0.01}.Requests()),
		"effect":     failed(MeanSampleSize{Effect: nan}.Values()),
		"no effect":  failed(MeanSampleSize{}.Values()),
	} {
		var e *Error
		if !errors.As(err, &e) || !errors.Is(err, ErrInput) {
			t.Errorf("%s: got %v, want an *Error", name, err)
		}
	}
}

func failed[T any](_ T, err error) error { return err }

func BenchmarkPower(b *testing.B) {
	for _, d := range []Design{AnyTime, OneLook, PlannedLooks} {
		p := planned
		p.Design = d
		b.Run(d.String(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Time(0.1, 0.002, 0.9); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
