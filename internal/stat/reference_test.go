package stat

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// readJSON decodes a file of testdata; see testdata/README.md for the origins.
func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// logError returns the error of a logarithm of a probability: the relative error of the
// probability down to e⁻⁷⁰⁰, where doubles end; below, relative to the logarithm itself. Logarithms next
// to zero, of probabilities next to one, count relatively.
func logError(got, want float64) float64 {
	if got == want {
		return 0
	}
	e := math.Abs(got - want)
	if want < -700 {
		return e / -want * 700
	}
	if want > -1 {
		return e / -want
	}
	return e
}

func relError(got, want float64) float64 {
	if got == want {
		return 0
	}
	return math.Abs(got-want) / math.Abs(want)
}
