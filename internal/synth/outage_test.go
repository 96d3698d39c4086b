package synth

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func anyOutage(t *rapid.T) Outage {
	start := monday.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "start")))
	return Outage{
		Start:  start,
		End:    start.Add(time.Duration(rapid.Int64Range(int64(time.Minute), int64(10*time.Hour)).Draw(t, "length"))),
		Shape:  Shape(rapid.IntRange(int(Flat), int(Flapping)).Draw(t, "shape")),
		Ramp:   rapid.SampledFrom([]time.Duration{0, time.Second, time.Hour, 3 * time.Hour, 12 * time.Hour}).Draw(t, "ramp"),
		Period: time.Duration(rapid.Int64Range(0, int64(2*time.Hour)).Draw(t, "period")),
		Duty:   rapid.Float64Range(0, 1).Draw(t, "duty"),
	}
}

func TestMeanOfAnOutageIsTheMeanOfItsIntensity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := anyOutage(t)
		if o.Shape == Flapping { // so that 10,000 points see each pulse
			o.Period = max(o.Period, o.End.Sub(o.Start)/50)
			o.Duty = max(o.Duty, 0.05)
		}
		// Windows that begin and end before, in and after the outage, in steps of a tenth.
		length := o.End.Sub(o.Start)
		from := o.Start.Add(length / 10 * time.Duration(rapid.IntRange(-5, 9).Draw(t, "from")))
		to := from.Add(length / 10 * time.Duration(rapid.IntRange(1, 15).Draw(t, "span")))
		const n = 10_000
		sum := 0.0
		for i := range n {
			x := o.Intensity(from.Add(to.Sub(from) / n * time.Duration(i)))
			if !(x >= 0 && x <= 1) {
				t.Fatalf("intensity %v", x)
			}
			sum += x
		}
		if got, want := o.Mean(from, to), sum/n; math.Abs(got-want) > 0.012 {
			t.Errorf("%+v: mean over [%v, %v) is %v, want %v", o, from, to, got, want)
		}
		// The means of two parts, weighted by their lengths, are that of the whole.
		middle := from.Add(to.Sub(from) / 3)
		w := float64(middle.Sub(from)) / float64(to.Sub(from))
		if got, want := w*o.Mean(from, middle)+(1-w)*o.Mean(middle, to), o.Mean(from, to); math.Abs(got-want) > 1e-9 {
			t.Errorf("%+v: the parts' mean is %v, the whole's %v", o, got, want)
		}
	})
}

func TestShapesOfOutages(t *testing.T) {
	const h = time.Hour
	for _, c := range []struct {
		name   string
		outage Outage
		at     [5]float64 // intensity after 0, 3, 6, 9 and 12 hours of 12
		mean   float64
	}{
		{"flat", Outage{}, [5]float64{1, 1, 1, 1, 0}, 1},
		{"ramp up", Outage{Shape: RampUp}, [5]float64{0, 0.25, 0.5, 0.75, 0}, 0.5},
		{"short ramp up", Outage{Shape: RampUp, Ramp: 6 * h}, [5]float64{0, 0.5, 1, 1, 0}, 0.75},
		{"ramp down", Outage{Shape: RampDown}, [5]float64{1, 0.75, 0.5, 0.25, 0}, 0.5},
		{"short ramp down", Outage{Shape: RampDown, Ramp: 6 * h}, [5]float64{1, 1, 1, 0.5, 0}, 0.75},
		{"plateau", Outage{Shape: Plateau}, [5]float64{0, 0.75, 1, 0.75, 0}, 2. / 3},
		{"triangle", Outage{Shape: Plateau, Ramp: 99 * h}, [5]float64{0, 0.5, 1, 0.5, 0}, 0.5},
		{"slow burn", Outage{Shape: SlowBurn}, [5]float64{0, 1. / 16, 0.25, 9. / 16, 0}, 1. / 3},
		{"spike", Outage{Shape: Spike}, [5]float64{1, 9. / 16, 0.25, 1. / 16, 0}, 1. / 3},
		{"flapping", Outage{Shape: Flapping, Period: 4 * h}, [5]float64{1, 0, 0, 1, 0}, 0.5},
		{"mostly up", Outage{Shape: Flapping, Period: 4 * h, Duty: 0.75}, [5]float64{1, 0, 1, 1, 0}, 0.75},
		{"unknown", Outage{Shape: 99}, [5]float64{1, 1, 1, 1, 0}, 1},
	} {
		c.outage.Start, c.outage.End = monday, monday.Add(12*h)
		for i, want := range c.at {
			if got := c.outage.Intensity(monday.Add(time.Duration(3*i) * h)); math.Abs(got-want) > 1e-12 {
				t.Errorf("%s after %d h: got %v, want %v", c.name, 3*i, got, want)
			}
		}
		if got := c.outage.Mean(monday, monday.Add(12*h)); math.Abs(got-c.mean) > 1e-12 {
			t.Errorf("%s: mean %v, want %v", c.name, got, c.mean)
		}
		if got := c.outage.Intensity(monday.Add(-1)); got != 0 {
			t.Errorf("%s before its start: %v, want 0", c.name, got)
		}
	}
	if got := (Outage{}).Mean(monday, monday.Add(h)); got != 0 {
		t.Errorf("the zero outage has mean %v, want 0", got)
	}
}

func TestBadShareOfAnOutage(t *testing.T) {
	start, end := monday.Add(10*time.Minute), monday.Add(40*time.Minute)
	for _, c := range []struct {
		name    string
		outages []Outage
		bad     float64 // of the 60 minutes of 600 requests each
		total   float64
	}{
		{"none", nil, 0.01 * 36000, 36000},
		{"full", []Outage{{Start: start, End: end, ErrorRatio: 1}}, 30*600 + 0.01*18000, 36000},
		{"partial", []Outage{{Start: start, End: end, ErrorRatio: 0.2}}, (1-0.99*0.8)*18000 + 0.01*18000, 36000},
		{"within a minute", []Outage{{Start: start.Add(15 * time.Second), End: start.Add(45 * time.Second), ErrorRatio: 1}}, 300 + 0.01*35700, 36000},
		{"two at once", []Outage{{Start: start, End: end, ErrorRatio: 0.5}, {Start: start, End: end, ErrorRatio: 0.5}}, (1-0.99*0.25)*18000 + 0.01*18000, 36000},
		{"requests vanish", []Outage{{Start: start, End: end, Traffic: -1}}, 0.01 * 18000, 18000},
		{"retries", []Outage{{Start: start, End: end, Traffic: 0.5}}, 0.01 * 45000, 45000},
		{"in any order", []Outage{{Start: end, End: end.Add(time.Minute), ErrorRatio: 1}, {Start: start, End: start.Add(time.Minute), ErrorRatio: 1}}, 2*600 + 0.01*34800, 36000},
	} {
		traffic := Traffic{BasePerSecond: 10, Errors: Errors{Ratio: 0.01}, Outages: c.outages}
		bad, total := Sum(traffic.Events(monday, monday.Add(time.Hour), time.Minute))
		if math.Abs(bad-c.bad) > 3 || math.Abs(total-c.total) > 3 {
			t.Errorf("%s: %v bad of %v, want %v of %v", c.name, bad, total, c.bad, c.total)
		}
		bad, total = traffic.Expected(monday, monday.Add(time.Hour))
		if math.Abs(bad-c.bad) > 1e-6 || math.Abs(total-c.total) > 1e-6 {
			t.Errorf("%s: expected %v bad of %v, want %v of %v", c.name, bad, total, c.bad, c.total)
		}
		for i, o := range c.outages {
			if i > 0 && c.outages[0].Start == end && o.Start != start {
				t.Errorf("%s: the argument was reordered", c.name)
			}
		}
	}
}

// A later outage leaves the slots before it as they were.
func TestAnOutageChangesOnlyItsSlots(t *testing.T) {
	with, without := busy(4), busy(4)
	o := Outage{Start: monday.Add(8 * time.Hour), End: monday.Add(9 * time.Hour), ErrorRatio: 0.9, Traffic: 1}
	with.Outages = append(with.Outages[:len(with.Outages):len(with.Outages)], o)
	a, b := with.Events(monday, monday.Add(day), time.Minute), without.Events(monday, monday.Add(day), time.Minute)
	same := 0
	for i := range a {
		inside := a[i].Time.After(o.Start) && !a[i].Time.After(o.End)
		if a[i] == b[i] {
			same++
		} else if !inside {
			t.Fatalf("%v changed from %+v to %+v", a[i].Time, b[i], a[i])
		}
	}
	if same != 23*60 {
		t.Errorf("%d slots are the same, want all but 60 of 1440", same)
	}
}
