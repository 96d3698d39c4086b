package ets_test

import (
	"encoding/xml"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/capacity/ets"
)

// flights is R's AirPassengers.
func flights(t testing.TB) []float64 {
	t.Helper()
	var file holtWintersFile
	load(t, "testdata/hw_r.json", &file)
	return file["AirPassengers"].Values
}

func TestPicturesSayWhatTheyShow(t *testing.T) {
	y := flights(t)
	m, _ := ets.ParseModel("MAdM", 12)
	f, err := ets.Estimate(t.Context(), y, nil, m)
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Decompose(y, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.Start, d.Step = time.Date(1949, 1, 15, 0, 0, 0, 0, time.UTC), 730*time.Hour
	forecast, err := f.Forecast(36, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		svg   string
		words []string
	}{
		"decomposition": {d.SVG(), []string{"Series and level, MAdM", "Slope per step", "Season of 12 steps, factor", "Relative error", "1955"}},
		"outlook":       {ets.Outlook{Values: y, Forecast: forecast, Start: d.Start, Step: d.Step}.SVG(), []string{"Forecast of MAdM", "observed", "1962"}},
		"steps":         {ets.Outlook{Title: "a < b", Values: y, Forecast: forecast}.SVG(), []string{"a &lt; b"}},
		"empty":         {ets.Outlook{}.SVG(), []string{"no data"}},
		"nothing":       {ets.Decomposition{}.SVG(), []string{"no data"}},
		"odd":           {ets.Outlook{Values: []float64{1, math.NaN()}, Mask: []bool{true}, Forecast: ets.Forecast{Mean: []float64{1, 2}, Lower: []float64{1}}}.SVG(), nil},
	} {
		d := xml.NewDecoder(strings.NewReader(c.svg))
		for {
			if _, err := d.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s is not XML: %v", name, err)
			}
		}
		for _, w := range c.words {
			if !strings.Contains(c.svg, w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
		if dir := os.Getenv("OWNERSHIP_PICTURES"); dir != "" { // to look at them
			if err := os.WriteFile(filepath.Join(dir, "ets-"+name+".svg"), []byte(c.svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// The parts put together are the forecasts of every step.
func TestDecompositionAddsUp(t *testing.T) {
	y := flights(t)
	for _, name := range []string{"ANN", "AAdA", "MAA", "MAM", "MNM"} {
		m, _ := ets.ParseModel(name, 12)
		f, err := ets.Estimate(t.Context(), y, nil, m)
		if err != nil {
			t.Fatal(err)
		}
		d, err := f.Decompose(y, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range y {
			fitted := d.Level[i]
			switch m.Season {
			case ets.Additive:
				fitted += d.Season[i]
			case ets.Multiplicative:
				fitted *= d.Season[i]
			}
			want := y[i] - d.Error[i]
			if m.Error == ets.Multiplicative {
				want = y[i] / (1 + d.Error[i])
			}
			if !near(fitted, want, 0) {
				t.Fatalf("%s step %d: got %v, want %v", name, i, fitted, want)
			}
		}
		if (d.Trend == nil) != (m.Trend == ets.None) || (d.Season == nil) != (m.Season == ets.None) {
			t.Errorf("%s has parts that it lacks, or lacks parts", name)
		}
	}
}

// What stands under the mask is no value, and no part of what is returned.
func TestGapsHoldNoNumbers(t *testing.T) {
	y := flights(t)
	mask := make([]bool, len(y))
	y[20], mask[20] = math.NaN(), true
	m, _ := ets.ParseModel("AAdA", 12)
	f, err := ets.Estimate(t.Context(), y, mask, m)
	if err != nil {
		t.Fatal(err)
	}
	d, err := f.Decompose(y, mask)
	if err != nil {
		t.Fatal(err)
	}
	if d.Values[20] != 0 || d.Error[20] != 0 {
		t.Errorf("got the value %v and the error %v at a gap", d.Values[20], d.Error[20])
	}
	if d.Values[0] = -1; y[0] == -1 {
		t.Error("the parts share memory with the series")
	}
	s, err := ets.HoltWinters{Alpha: 0.5}.SmoothFrom(y, mask, ets.State{Level: 1, Trend: math.NaN(), Season: []float64{math.NaN()}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if s.Initial.Trend != 0 || s.Initial.Season != nil {
		t.Errorf("a level alone begins with %v", s.Initial)
	}
}
