package ets_test

import (
	"bufio"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/srekit/ownership/capacity/ets"
)

type referenceFit struct {
	Series, Model                  string
	LogLik, AIC, AICc, BIC, Sigma2 float64
	NPar, N                        int
}

type referenceFits struct {
	Series map[string]struct {
		Period int
		Values []float64
	}
	Fits []referenceFit
	Auto []struct {
		Series, Model string
		Additive      bool
		AICc          float64
	}
}

func model(t testing.TB, name string, period int) ets.Model {
	t.Helper()
	m, err := ets.ParseModel(name, period)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// No fit is worse than R's, on any series with any model; and the criteria
// count as R's do.
func TestEstimateIsNoWorseThanR(t *testing.T) {
	var file referenceFits
	load(t, "testdata/fits.json", &file)
	if len(file.Fits) != 72 {
		t.Fatalf("got %d reference fits, want 72", len(file.Fits))
	}
	for _, want := range file.Fits {
		series := file.Series[want.Series]
		m := model(t, want.Model, series.Period)
		got, err := ets.Estimate(t.Context(), series.Values, nil, m)
		if err != nil {
			t.Errorf("%s %s: %v", want.Series, want.Model, err)
			continue
		}
		if got.LogLik < want.LogLik-1e-3 {
			t.Errorf("%s %s: got log-likelihood %v, want at least %v", want.Series, want.Model, got.LogLik, want.LogLik)
		}
		if m.Estimated() != want.NPar || got.N != want.N {
			t.Errorf("%s %s: got %d estimated of %d, want %d of %d", want.Series, want.Model, m.Estimated(), got.N, want.NPar, want.N)
		}
		// The criteria less twice the log-likelihood depend on the counts alone.
		for _, c := range []struct {
			name      string
			got, want float64
		}{{"AIC", got.AIC + 2*got.LogLik, want.AIC + 2*want.LogLik}, {"AICc", got.AICc + 2*got.LogLik, want.AICc + 2*want.LogLik}, {"BIC", got.BIC + 2*got.LogLik, want.BIC + 2*want.LogLik}} {
			if math.Abs(c.got-c.want) > 1e-8 {
				t.Errorf("%s %s: got penalty %v of %s, want %v", want.Series, want.Model, c.got, c.name, c.want)
			}
		}
		if df := got.SSE / got.Sigma2; math.Abs(df-float64(want.N-want.NPar+1)) > 1e-9*df {
			t.Errorf("%s %s: got %v degrees of freedom, want %d", want.Series, want.Model, df, want.N-want.NPar+1)
		}
		sum, total := 0.0, 0.0
		for _, v := range got.Initial.Season {
			sum += v
			total += math.Abs(v)
		}
		if m.Season == ets.Multiplicative {
			sum -= float64(m.Period)
		}
		if math.Abs(sum) > 1e-12*total {
			t.Errorf("%s %s: the initial season sums to %v too much", want.Series, want.Model, sum)
		}
		again, err := ets.Filter(series.Values, nil, m, got.Parameters, got.Initial)
		if err != nil {
			t.Errorf("%s %s: the fit does not run: %v", want.Series, want.Model, err)
		} else if !near(again.LogLik, got.LogLik, 0) || !near(again.SSE, got.SSE, 0) || !near(again.Final.Level, got.Final.Level, 0) {
			t.Errorf("%s %s: run again: log-likelihood %v, SSE %v, level %v; fit said %v, %v, %v", want.Series, want.Model,
				again.LogLik, again.SSE, again.Final.Level, got.LogLik, got.SSE, got.Final.Level)
		}
	}
}

func TestSelectIsNoWorseThanR(t *testing.T) {
	var file referenceFits
	load(t, "testdata/fits.json", &file)
	if len(file.Auto) != 12 {
		t.Fatalf("got %d automatic choices, want 12", len(file.Auto))
	}
	for _, want := range file.Auto {
		series := file.Series[want.Series]
		got, err := ets.Select(t.Context(), series.Values, nil, ets.Options{Period: series.Period, AdditiveOnly: want.Additive})
		if err != nil {
			t.Errorf("%s: %v", want.Series, err)
			continue
		}
		if got.AICc > want.AICc+1e-3 {
			t.Errorf("%s, additive only %v: got %s with AICc %v, want at most R's %s with %v", want.Series, want.Additive, got.Model, got.AICc, want.Model, want.AICc)
		}
	}
}

// seriesOf reads a file of rows "id,v1,v2,…".
func seriesOf(t testing.TB, path string) map[string][]float64 {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out := map[string][]float64{}
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		cells := strings.Split(lines.Text(), ",")
		var values []float64
		for _, cell := range cells[1:] {
			if v, err := strconv.ParseFloat(cell, 64); err == nil {
				values = append(values, v)
			}
		}
		if len(values) > 0 { // not the heading
			out[cells[0]] = values
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// The same on hourly series of the M4 competition, where R's search stops
// early: at least 80 % of the fits must be better by half a unit.
func TestEstimateOnHourlySeries(t *testing.T) {
	folder := os.Getenv("OWNERSHIP_DATA")
	if folder == "" {
		t.Skip("OWNERSHIP_DATA names no folder of series")
	}
	all := seriesOf(t, filepath.Join(folder, "m4_hourly_train_even.csv"))
	file, err := os.Open("testdata/m4_hourly_ref_loglik.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	better := 0
	for _, row := range rows[1:] {
		values := all[row[0]]
		if strconv.Itoa(len(values)) != row[1] {
			t.Fatalf("%s: got %d values, want %s", row[0], len(values), row[1])
		}
		want, err := strconv.ParseFloat(row[7], 64)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ets.Estimate(t.Context(), values, nil, model(t, row[2], 24))
		if err != nil {
			t.Errorf("%s %s: %v", row[0], row[2], err)
			continue
		}
		if got.LogLik < want-1e-3 {
			t.Errorf("%s %s: got log-likelihood %v, want at least %v", row[0], row[2], got.LogLik, want)
		}
		if got.LogLik > want+0.5 {
			better++
		}
	}
	if n := len(rows) - 1; n < 50 || 5*better < 4*n {
		t.Errorf("got %d of %d better by 0.5, want at least 80 %%", better, n)
	} else {
		t.Logf("%d of %d better by 0.5", better, n)
	}
}
