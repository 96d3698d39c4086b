package canary

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// num is a number of a reference file, which may be NaN, Inf or missing.
type num float64

func (n *num) UnmarshalJSON(b []byte) error {
	switch s := string(b); s {
	case `"NaN"`, `"NA"`, `"nan"`, "null":
		*n = num(math.NaN())
	case `"Inf"`, `"inf"`:
		*n = num(math.Inf(1))
	case `"-Inf"`, `"-inf"`:
		*n = num(math.Inf(-1))
	default:
		v, err := strconv.ParseFloat(s, 64)
		*n = num(v)
		return err
	}
	return nil
}

// ends is an interval of a reference file, nil where it holds an error message.
type ends []num

func (e *ends) UnmarshalJSON(b []byte) error {
	*e = nil
	if len(b) > 0 && b[0] != '[' {
		return nil
	}
	return json.Unmarshal(b, (*[]num)(e))
}

// golden reads the cases of a reference file.
func golden[T any](t testing.TB, name string) []T {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var f struct{ Cases []T }
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(name, err)
	}
	if len(f.Cases) == 0 {
		t.Fatal(name, "holds no cases")
	}
	return f.Cases
}

type sample struct{ X, Y []float64 }

// samples reads the data sets by name.
func samples(t testing.TB) map[string]sample {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "datasets.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s map[string]sample
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// near reports where got is not want to the relative tolerance, or absolutely
// below floor.
func near(t testing.TB, what string, got float64, want num, tolerance, floor float64) {
	t.Helper()
	w := float64(want)
	if math.IsInf(w, 0) {
		w = math.Copysign(math.MaxFloat64, w)
	}
	if got == w {
		return
	}
	if !(math.Abs(got-w) <= tolerance*math.Abs(w) || math.Abs(got-w) <= floor) {
		t.Errorf("%s: got %.17g, want %.17g (relative %.2g)", what, got, w, math.Abs(got-w)/math.Abs(w))
	}
}

// rAlternative is R's name of an alternative.
func rAlternative(t testing.TB, s string) Alternative {
	t.Helper()
	switch s {
	case "greater":
		return Greater
	case "less":
		return Less
	case "two.sided", "two-sided":
		return TwoSided
	}
	t.Fatalf("alternative %q", s)
	return 0
}
