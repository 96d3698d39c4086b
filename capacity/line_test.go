package capacity

import (
	"math"
	"strings"
	"testing"
)

// The regression of testdata/decomposition/first_passage.json runs over steps 1 … 60.
func TestCrossingReference(t *testing.T) {
	var all passages
	readReference(t, "first_passage.json", &all)
	o := all.OLS
	l, err := FitLine(hours(o.X))
	if err != nil {
		t.Fatal(err)
	}
	c, err := l.Crossing(o.Limit, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		what      string
		got, want float64
	}{
		{"intercept", l.Intercept, o.Intercept + o.Slope}, {"slope", l.Slope, o.Slope}, {"sigma", l.Sigma, o.Sigma},
		{"crossing", c.At + 1, o.Cross}, {"low", c.Low + 1, o.Low}, {"high", c.High + 1, o.High},
	} {
		if math.Abs(x.got-x.want) > 1e-9*math.Abs(x.want) {
			t.Errorf("%s: %v, want %v", x.what, x.got, x.want)
		}
	}
	if !c.Bounded || c.Level != 0.95 {
		t.Errorf("bounded %v at %v, want true at 0.95", c.Bounded, c.Level)
	}
}

func TestCrossingWithoutAnswer(t *testing.T) {
	flat, err := FitLine(hours([]float64{1, 3, 1, 3, 2, 2.1}))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := flat.Crossing(10, 0.95); err != nil || c.Bounded || c.Low != 0 || c.High != 0 {
		t.Errorf("a slope that may be 0: %+v, %v; want unbounded", c, err)
	}
	two, err := FitLine(hours([]float64{1, 2}))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := two.Crossing(10, 0.95); err != nil || c.Bounded || c.At != 9 {
		t.Errorf("two points: %+v, %v; want 9, unbounded", c, err)
	}
	for _, c := range []struct {
		l            Line
		value, level float64
		want         string
	}{
		{Line{}, 1, 0.9, "slope: 0: a level line crosses nothing; wait until the series has a trend"},
		{two, math.NaN(), 0.9, "value: NaN: not a finite number; write the limit"},
		{two, 1, 1, "level: 1: not between 0 and 1; write 0.95 for 95 %"},
	} {
		if _, err := c.l.Crossing(c.value, c.level); err == nil || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("crossing of %v at %v: error %v, want %q", c.value, c.level, err, c.want)
		}
	}
}
