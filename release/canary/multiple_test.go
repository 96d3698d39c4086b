package canary

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
)

// Bonferroni, Hochberg, Hommel and Benjamini-Yekutieli are in the references and not
// in this package.
func TestAdjustmentAgainstReferences(t *testing.T) {
	for _, c := range golden[struct {
		P, Holm, BH list
	}](t, "r_p_adjust") {
		checkAdjusted(t, c.P, c.Holm, c.BH)
	}
	for _, c := range golden[struct {
		P, Holm []float64
		BH      []float64 `json:"fdr_bh"`
	}](t, "py_multitest") {
		checkAdjusted(t, c.P, c.Holm, c.BH)
	}
}

func checkAdjusted(t *testing.T, p, holm, bh []float64) {
	t.Helper()
	h, err := Holm(p)
	if err != nil {
		t.Fatal(err)
	}
	b, err := BenjaminiHochberg(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(holm) != len(p) || len(bh) != len(p) {
		t.Fatalf("%d and %d references for %d values", len(holm), len(bh), len(p))
	}
	for i := range p {
		near(t, "Holm", h[i], num(holm[i]), 1e-12, 0)
		near(t, "Benjamini-Hochberg", b[i], num(bh[i]), 1e-12, 0)
	}
}

func TestAdjustmentRefuses(t *testing.T) {
	for _, f := range []func([]float64) ([]float64, error){Holm, BenjaminiHochberg} {
		if got, err := f(nil); err != nil || len(got) != 0 {
			t.Errorf("nothing: got %v, %v", got, err)
		}
		_, err := f([]float64{0.1, math.NaN(), -0.1, 1.5})
		var e *Error
		if !errors.As(err, &e) || len(e.Problems) != 3 || !errors.Is(err, ErrInput) {
			t.Errorf("got %v, want three problems", err)
		}
	}
}

// list is numbers, of which R writes one without brackets.
type list []float64

func (l *list) UnmarshalJSON(b []byte) error {
	if b[0] != '[' {
		b = append(append([]byte{'['}, b...), ']')
	}
	return json.Unmarshal(b, (*[]float64)(l))
}
