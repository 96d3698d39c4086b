package canary

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// R's greater means that the distribution function of the first sample lies above:
// smaller values. Left out or taken with a tolerance are oddities of R 4.2.2:
//   - D of rounding size where it is 0;
//   - the exact p-value of less with ties, which for small_ties is .805 where counting
//     all 43 758 arrangements gives .7692 (TestExactByEnumeration);
//   - small p-values as one minus the rest, right to about 1e-13 absolutely;
//   - the limit of the two-sided statistic, whose series is cut at 3e-5.
func TestKolmogorovSmirnovAgainstR(t *testing.T) {
	data := samples(t)
	for _, c := range golden[struct {
		Data, Alternative string
		Exact             bool
		D, P              num
		Error             *string
	}](t, "r_ks") {
		name := fmt.Sprintf("%s exact=%v %s", c.Data, c.Exact, c.Alternative)
		o := Options{Method: Asymptotic}
		if c.Exact {
			o.Method = Exact
		}
		switch c.Alternative {
		case "greater":
			o.Alternative = Less
		case "less":
			o.Alternative = Greater
		}
		r, err := KolmogorovSmirnov(data[c.Data].X, data[c.Data].Y, o)
		if err != nil {
			t.Error(name, err)
			continue
		}
		near(t, name+" D", r.Statistic, c.D, 1e-9, 2e-16)
		if c.Exact && c.Alternative == "less" && (c.Data == "small_ties" || c.Data == "zero_inflated_12_20") {
			continue
		}
		floor := 1e-13
		if !c.Exact && o.Alternative == TwoSided {
			floor = 3e-5
		}
		near(t, name+" p", r.PValue, c.P, 1e-9, floor)
	}
}

// Both series of Kolmogorov's limit hold everywhere, and they meet where one takes
// over.
func TestKolmogorovLimit(t *testing.T) {
	// 200 terms of the first series at 30 digits.
	for z, want := range map[float64]num{
		0.2: 0.9999999999994945, 0.5: 0.963945243664875094385913896282, 1: 0.269999671677354521204900645585,
		2: 0.000670925255779695346544589900223, 5: 3.85749969592783556603468563305e-22,
	} {
		near(t, fmt.Sprint(z), math.Exp(logKolmogorov(z)), want, 1e-13, 0)
	}
	below, at := logKolmogorov(math.Nextafter(1, 0)), logKolmogorov(1)
	near(t, "at 1", below, num(at), 1e-13, 0)
	if got := logKolmogorov(30); got != math.Ln2-1800 {
		t.Errorf("far tail: got %v, want %v", got, math.Ln2-1800)
	}
}

// subsets calls f with every way to choose k of n.
func subsets(n, k int, f func(chosen []bool)) {
	chosen := make([]bool, n)
	var choose func(i, left int)
	choose = func(i, left int) {
		if left == 0 {
			f(chosen)
			return
		}
		if n-i < left {
			return
		}
		chosen[i] = true
		choose(i+1, left-1)
		chosen[i] = false
		choose(i+1, left)
	}
	choose(0, k)
}

// The exact p-values of Mann-Whitney and Kolmogorov-Smirnov are shares of all ways to
// deal the pooled values, ties or not.
func TestExactByEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.IntRange(1, 12).Draw(t, "values")
		draw := func(name string) []float64 {
			return rapid.SliceOfN(rapid.Map(rapid.IntRange(1, values), func(i int) float64 { return float64(i) }), 1, 6).Draw(t, name)
		}
		x, y := draw("x"), draw("y")
		n, m := len(x), len(y)
		pool := slices.Concat(x, y)
		// twice U, and the largest differences times nm, of a deal.
		of := func(x, y []float64) (u, up, down int) {
			for _, a := range x {
				for _, b := range y {
					u += 1 + cmp.Compare(a, b)
				}
			}
			for _, v := range pool {
				d := 0
				for _, a := range x {
					if a <= v {
						d -= m
					}
				}
				for _, b := range y {
					if b <= v {
						d += n
					}
				}
				up, down = max(up, d), max(down, -d)
			}
			return u, up, down
		}
		u, up, down := of(x, y)
		var all, more, less, far, out, high, low float64
		subsets(n+m, n, func(chosen []bool) {
			var a, b []float64
			for i, v := range pool {
				if chosen[i] {
					a = append(a, v)
				} else {
					b = append(b, v)
				}
			}
			v, p, q := of(a, b)
			all++
			count := func(to *float64, is bool) {
				if is {
					*to++
				}
			}
			count(&more, v >= u)
			count(&less, v <= u)
			count(&far, max(v-n*m, n*m-v) >= max(u-n*m, n*m-u))
			count(&out, max(p, q) >= max(up, down))
			count(&high, p >= up)
			count(&low, q >= down)
		})
		for _, w := range []struct {
			alternative Alternative
			u, d        float64
		}{{Greater, more, high}, {Less, less, low}, {TwoSided, far, out}} {
			o := Options{Alternative: w.alternative}
			r, err := MannWhitney(x, y, o)
			if err != nil || r.Method != "exact" || math.Abs(r.PValue-w.u/all) > 1e-13 {
				t.Fatalf("Mann-Whitney %v: got %v (%s), want %v, %v", w.alternative, r.PValue, r.Method, w.u/all, err)
			}
			r, err = KolmogorovSmirnov(x, y, o)
			if err != nil || r.Method != "exact" || math.Abs(r.PValue-w.d/all) > 1e-13 {
				t.Fatalf("Kolmogorov-Smirnov %v: got %v (%s), want %v, %v", w.alternative, r.PValue, r.Method, w.d/all, err)
			}
		}
	})
}
