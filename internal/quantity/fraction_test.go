package quantity

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestFractionMethods(t *testing.T) {
	const huge = math.MaxInt64
	for _, c := range []struct {
		f          Fraction
		text       string
		float      float64
		complement Fraction
		coef       uint64
		scale      int
		exact      bool
	}{
		{Fraction{}, "", 0, Fraction{}, 0, 0, false},
		{Fraction{1, -2}, "", 0, Fraction{}, 0, 0, false},
		{Fraction{-1, 2}, "", 0, Fraction{}, 0, 0, false},
		{Fraction{0, 1}, "0%", 0, Fraction{1, 1}, 0, 0, true},
		{Fraction{0, 7}, "0%", 0, Fraction{1, 1}, 0, 0, true},
		{Fraction{1, 1}, "100%", 1, Fraction{0, 1}, 1, 0, true},
		{Fraction{9999, 10000}, "99.99%", 0.9999, Fraction{1, 10000}, 9999, 4, true},
		{Fraction{1, 2}, "50%", 0.5, Fraction{1, 2}, 5, 1, true},
		{Fraction{2, 4}, "50%", 0.5, Fraction{1, 2}, 5, 1, true},
		{Fraction{1, 3}, "1/3", 1.0 / 3, Fraction{2, 3}, 0, 0, false},
		{Fraction{2, 6}, "1/3", 1.0 / 3, Fraction{2, 3}, 0, 0, false},
		{Fraction{72, 5}, "72/5", 14.4, Fraction{}, 144, 1, true},
		{Fraction{1, 1 << 20}, "0.000095367431640625%", 1.0 / (1 << 20), Fraction{1<<20 - 1, 1 << 20}, 95367431640625, 20, true},
		// 5^62 does not fit: no decimal form in 64 bits.
		{Fraction{1, 1 << 62}, "1/4611686018427387904", 1.0 / (1 << 62), Fraction{1<<62 - 1, 1 << 62}, 0, 0, false},
		{Fraction{huge, huge}, "100%", 1, Fraction{0, 1}, 1, 0, true},
		{Fraction{huge - 1, huge}, "9223372036854775806/9223372036854775807", 1, Fraction{1, huge}, 0, 0, false},
	} {
		coef, scale, exact := c.f.Decimal()
		if coef != c.coef || scale != c.scale || exact != c.exact {
			t.Errorf("%#v.Decimal(): got %d, %d, %v, want %d, %d, %v", c.f, coef, scale, exact, c.coef, c.scale, c.exact)
		}
		if got := c.f.String(); got != c.text {
			t.Errorf("%#v.String(): got %q, want %q", c.f, got, c.text)
		}
		if got := c.f.Float64(); got != c.float {
			t.Errorf("%#v.Float64(): got %v, want %v", c.f, got, c.float)
		}
		if got := c.f.Complement(); got != c.complement {
			t.Errorf("%#v.Complement(): got %v, want %v", c.f, got, c.complement)
		}
	}
}

func TestFractionCmp(t *testing.T) {
	const huge = math.MaxInt64
	for _, c := range []struct {
		f, g Fraction
		want int
	}{
		{Fraction{1, 2}, Fraction{2, 4}, 0},
		{Fraction{1, 2}, Fraction{1, 3}, 1},
		{Fraction{huge - 1, huge}, Fraction{huge - 2, huge - 1}, 1}, // equal as float64
		{Fraction{0, 5}, Fraction{0, 1}, 0},
		{Fraction{}, Fraction{}, 0},
		{Fraction{}, Fraction{0, 1}, -1},
		{Fraction{-1, 1}, Fraction{0, 1}, -1},
	} {
		if got := c.f.Cmp(c.g); got != c.want {
			t.Errorf("%v.Cmp(%v): got %d, want %d", c.f, c.g, got, c.want)
		}
		if got := c.g.Cmp(c.f); got != -c.want {
			t.Errorf("%v.Cmp(%v): got %d, want %d", c.g, c.f, got, -c.want)
		}
	}
}

// Every fraction in [0,1] survives its print; Cmp, Complement and Decimal agree
// with math/big.
func TestFractionLaws(t *testing.T) {
	draw := func(t *rapid.T, name string) Fraction {
		den := rapid.Int64Range(1, math.MaxInt64).Draw(t, name+" den")
		if rapid.Bool().Draw(t, name+" decimal") {
			den = []int64{1, 10, 1000, 1_000_000, 1_000_000_000_000_000_000, 1 << 40, 30517578125}[rapid.IntRange(0, 6).Draw(t, name+" power")]
		}
		return Fraction{rapid.Int64Range(0, den).Draw(t, name+" num"), den}.reduced()
	}
	rat := func(f Fraction) *big.Rat { return big.NewRat(f.Num, f.Den) }
	rapid.Check(t, func(t *rapid.T) {
		f, g := draw(t, "f"), draw(t, "g")
		if got, err := ParseRatio(f.String()); err != nil || got != f {
			t.Fatalf("%d/%d prints as %s, read back as %v, %v", f.Num, f.Den, f, got, err)
		}
		if got, want := f.Cmp(g), rat(f).Cmp(rat(g)); got != want {
			t.Fatalf("%v.Cmp(%v): got %d, want %d", f, g, got, want)
		}
		if got, want := rat(f.Complement()), new(big.Rat).Sub(big.NewRat(1, 1), rat(f)); got.Cmp(want) != 0 {
			t.Fatalf("%v.Complement(): got %v, want %v", f, got, want)
		}
		if f.Complement().Complement() != f {
			t.Fatalf("%v: the complement of the complement is %v", f, f.Complement().Complement())
		}
		if coef, scale, exact := f.Decimal(); exact {
			pow := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
			if got := new(big.Rat).SetFrac(new(big.Int).SetUint64(coef), pow); got.Cmp(rat(f)) != 0 {
				t.Fatalf("%v.Decimal(): got %d, %d", f, coef, scale)
			}
			if scale > 0 && coef%10 == 0 {
				t.Fatalf("%v.Decimal(): scale %d of %d is not the least", f, scale, coef)
			}
		}
	})
}
