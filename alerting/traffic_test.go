package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

// poisson is P(X = k), by the definition.
func poisson(k int, mean float64) float64 {
	if mean == 0 {
		if k == 0 {
			return 1
		}
		return 0
	}
	g, _ := math.Lgamma(float64(k) + 1)
	return math.Exp(float64(k)*math.Log(mean) - mean - g)
}

func TestBothAtLeastLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SampledFrom([]float64{0, 0.01, 1, 7, 40}).Draw(t, "short")
		r := rapid.SampledFrom([]float64{0, 0.01, 2, 30, 90}).Draw(t, "rest")
		k, l := rapid.IntRange(0, 80).Draw(t, "k"), rapid.IntRange(0, 150).Draw(t, "l")
		var rest [300]float64
		for j := range rest {
			rest[j] = poisson(j, r)
		}
		want := 0.0
		for i := k; i < 200; i++ {
			tail := 0.0
			for j := max(l-i, 0); j < len(rest); j++ {
				tail += rest[j]
			}
			want += poisson(i, s) * tail
		}
		if got := bothAtLeast(uint64(k), uint64(l), s, r); math.Abs(got-want) > 1e-11+1e-9*want {
			t.Fatalf("P(S >= %d, S+R >= %d) with means %v, %v: got %v, want %v", k, l, s, r, got, want)
		}
	})
}

// With very many errors the sum is taken in strides; a normal approximation
// tells whether it is about right.
func TestBothAtLeastOfMany(t *testing.T) {
	// S ~ (1e8, 1e4²), S+R ~ (4e8, 2e4²): each a standard deviation above its mean,
	// correlation 1/2. P(X > 1, Y > 1) for a bivariate normal of that correlation is
	// 0.06251 (Drezner's quadrature).
	got := bothAtLeast(1e8+1e4, 4e8+2e4, 1e8, 3e8)
	if math.Abs(got-0.0625) > 0.0003 {
		t.Errorf("got %v, want 0.0625", got)
	}
}

// A service exactly on its budget with 50 requests an hour: any error trips 1h at
// 14.4, so the condition begins with each error that finds no other in the last
// 5 minutes: 36 · exp(-0.05/12) times a month, about the 35 hours of 720 in which
// there is one (0.0488).
func TestFalseAlarmsOfLittleTraffic(t *testing.T) {
	b := bind(t, Workbook(), objective("99.9%", 30*day))
	for _, tt := range []struct {
		pair      int
		perHour   float64
		ratio     float64
		want, tol float64
	}{
		{0, 50, 0.001, 36 * math.Exp(-0.05/12), 1e-9},
		{0, 10, 0.001, 7.2 * math.Exp(-0.01/12), 1e-9},
		{0, 1000, 0.001, 0, 1e-8}, // 14 of 1000 where 1 is expected
		{0, 50, 0, 0, 0},          // nothing fails
		{1, 10, 0.001, 7.2 * math.Exp(-0.005), 1e-9},
	} {
		got, err := b.Pairs[tt.pair].FalseAlarms(EvenTraffic(tt.perHour/3600), tt.ratio)
		if err != nil || math.Abs(got-tt.want) > tt.tol {
			t.Errorf("%s at %v requests an hour: got %v, %v, want %v", b.Pairs[tt.pair].name(), tt.perHour, got, err, tt.want)
		}
	}
}

// simulate counts how often the condition begins in so many months.
func simulate(p BoundPair, traffic Traffic, ratio float64, months int, random *rand.Rand) float64 {
	c := traffic.cumulate()
	long, short := p.Long.Seconds(), p.Short.Seconds()
	var errs []float64
	begins, tripped := 0, false
	end := float64(months) * FalseAlarmMonth.Seconds()
	// Errors by time change; the condition is looked at whenever an error comes or
	// leaves, and every 20 s in between for the traffic.
	requests := 0.0
	next := math.Inf(1)
	advance := func() {
		requests += random.ExpFloat64() / ratio
		cycles := math.Floor(requests / c.upTo[len(c.upTo)-1])
		rest := requests - cycles*c.upTo[len(c.upTo)-1]
		i := 0
		for i < len(c.upTo)-2 && c.upTo[i+1] <= rest {
			i++
		}
		next = cycles*c.length() + c.step*(float64(i)+(rest-c.upTo[i])/(c.upTo[i+1]-c.upTo[i]))
	}
	advance()
	look := func(now float64) {
		inLong, inShort := 0, 0
		for _, e := range errs {
			if e > now-long {
				inLong++
			}
			if e > now-short {
				inShort++
			}
		}
		is := float64(inLong) > p.Threshold*(c.at(now)-c.at(now-long)) && float64(inShort) > p.Threshold*(c.at(now)-c.at(now-short))
		if is && !tripped {
			begins++
		}
		tripped = is
	}
	for now := 20.0; now < end; now += 20 {
		for next <= now {
			errs = append(errs, next)
			look(next)
			advance()
		}
		for len(errs) > 0 && errs[0] <= now-long {
			errs = errs[1:]
		}
		look(now)
	}
	return float64(begins) / float64(months)
}

func TestFalseAlarmsAgainstSimulation(t *testing.T) {
	day := Traffic{Step: 3 * time.Hour, Requests: []float64{300, 100, 100, 600, 1500, 2400, 1800, 900}}
	bursts := Traffic{Step: 10 * time.Minute, Requests: make([]float64, 24)}
	for i := range bursts.Requests {
		bursts.Requests[i] = 5
		if i < 6 {
			bursts.Requests[i] = 100
		}
	}
	for _, tt := range []struct {
		name    string
		pair    int
		traffic Traffic
		ratio   float64
		months  int
		within  float64 // relative
	}{
		{"even", 0, EvenTraffic(300. / 3600), 0.002, 20, 0.03},
		{"even, slow pair", 1, EvenTraffic(200. / 3600), 0.002, 20, 0.03},
		{"by time of day", 0, day, 0.002, 20, 0.10},
		// Errors of the busy hour weigh more once it is over.
		{"bursts", 2, bursts, 0.002, 20, 0.05},
	} {
		pairs := append(Workbook().Pairs[:2:2], single(time.Hour, time.Hour, 0, 3).Pairs...)
		p := bind(t, Policy{Name: "p", Pairs: pairs}, objective("99.9%", 720*time.Hour)).Pairs[tt.pair]
		got, err := p.FalseAlarms(tt.traffic, tt.ratio)
		if err != nil {
			t.Fatal(err)
		}
		want := simulate(p, tt.traffic, tt.ratio, tt.months, rand.New(rand.NewPCG(1, 2)))
		// Three standard errors of the simulation, counts being about Poisson.
		if tol := tt.within*want + 3*math.Sqrt(want/float64(tt.months)); math.Abs(got-want) > tol {
			t.Errorf("%s: got %v a month, simulation %v", tt.name, got, want)
			t.Logf("tolerance %v", tol)
		}
	}
}

func TestWeeklyTraffic(t *testing.T) {
	// Two weeks from Monday in steps of 15 minutes, as many requests as the hour of
	// the week says, twice as many in the second.
	points := series(epoch, 15*time.Minute, 2*7*24*4, 1, func(int) float64 { return 0 })
	for i := range points {
		points[i].Total = float64(i / 4 % 168)
		if i >= 168*4 {
			points[i].Total *= 2
		}
	}
	got, err := WeeklyTraffic(context.Background(), points)
	if err != nil {
		t.Fatal(err)
	}
	want := Traffic{Step: time.Hour, Requests: make([]float64, 168)}
	for i := range want.Requests {
		want.Requests[i] = 6 * float64(i) // 4 · 1.5
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Half a day at 60 an hour, in one interval of 6 hours and one that begins at
	// half past: the other hours get the mean.
	got, err = WeeklyTraffic(context.Background(), []slo.Point{
		{Time: epoch.Add(6*time.Hour + 30*time.Minute), Counts: slo.Counts{Total: 360}},
		{Time: epoch.Add(12*time.Hour + 30*time.Minute), Counts: slo.Counts{Total: 360}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range got.Requests {
		if math.Abs(r-60) > 1e-9 {
			t.Errorf("hour %d: got %v requests, want 60", i, r)
		}
	}
	if _, err := WeeklyTraffic(context.Background(), nil); !errors.Is(err, ErrHistory) {
		t.Errorf("got %v, want an error that wraps ErrHistory", err)
	}
}

func TestTrafficErrors(t *testing.T) {
	p := bind(t, Workbook(), objective("99.9%", 30*day)).Pairs[0]
	_, err := p.FalseAlarms(Traffic{Requests: []float64{1, -1, math.NaN()}}, 2)
	want := `not usable options: traffic of 3 steps of 0s; both must be positive
not usable options: -1 requests in step 2; it must be between 0 and 1e15
not usable options: NaN requests in step 3; it must be between 0 and 1e15
not usable options: error ratio 2; it must be between 0 and 1`
	if err == nil || err.Error() != want || !errors.Is(err, ErrOptions) {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if _, err := p.FalseAlarms(Traffic{Step: 1, Requests: make([]float64, maxSteps+1)}, 0); err == nil {
		t.Error("a cycle that is too long was taken")
	}
	if got, err := p.FalseAlarms(Traffic{Step: time.Hour, Requests: []float64{0}}, 0.5); got != 0 || err != nil {
		t.Errorf("without traffic: got %v, %v, want 0", got, err)
	}
}

func TestTrafficJSON(t *testing.T) {
	want := Traffic{Step: 90 * time.Second, Requests: []float64{1, 2.5}}
	data, err := json.Marshal(want)
	if err != nil || string(data) != `{"step_seconds":90,"requests":[1,2.5]}` {
		t.Errorf("got %s, %v", data, err)
	}
	var got Traffic
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func BenchmarkFalseAlarms(b *testing.B) {
	p := bind(b, Workbook(), objective("99.9%", 30*day)).Pairs[2]
	week := Traffic{Step: time.Hour, Requests: make([]float64, 168)}
	for i := range week.Requests {
		week.Requests[i] = 1e5 * (1.5 + math.Sin(float64(i)/24*2*math.Pi))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.FalseAlarms(week, 0.0025); err != nil {
			b.Fatal(err)
		}
	}
}
