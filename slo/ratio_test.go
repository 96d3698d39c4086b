package slo

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseRatioText(t *testing.T) {
	for _, c := range []struct{ in, decimal, percent string }{
		{"99.9%", "0.999", "99.9%"},
		{"99.90 %", "0.999", "99.9%"},
		{"0.999", "0.999", "99.9%"},
		{"0.9990", "0.999", "99.9%"},
		{"99.99999999%", "0.9999999999", "99.99999999%"},
		{"100%", "1", "100%"},
		{"50%", "0.5", "50%"},
		{"0.05%", "0.0005", "0.05%"},
		{"0%", "0", "0%"},
		{"5%", "0.05", "5%"},
		{"0.000000000000000001", "0.000000000000000001", "0.0000000000000001%"},
		{"0.999999999999999999", "0.999999999999999999", "99.9999999999999999%"},
	} {
		r, err := ParseRatio(c.in)
		if err != nil {
			t.Errorf("ParseRatio(%q): %v", c.in, err)
			continue
		}
		if got := r.String(); got != c.decimal {
			t.Errorf("ParseRatio(%q).String() = %q, want %q", c.in, got, c.decimal)
		}
		if got := r.Percent(); got != c.percent {
			t.Errorf("ParseRatio(%q).Percent() = %q, want %q", c.in, got, c.percent)
		}
		if back := MustRatio(r.String()); back != r {
			t.Errorf("%q: read back as %v", c.in, back)
		}
		if back := MustRatio(r.Percent()); back != r {
			t.Errorf("%q: read back from percent as %v", c.in, back)
		}
	}
}

func TestParseRatioRefuses(t *testing.T) {
	for _, in := range []string{
		"", " ", "%", "abc", "101%", "1.1", "-1%", "-0.1", "NaN", "Inf", "1e400", "0x1p-1",
		"0.0000000000000000001", // 19 digits
		"1/3",
		"99.9%%", "99,9,9%", strings.Repeat("9", 400), "0." + strings.Repeat("9", 400), "99.9%\x00",
	} {
		r, err := ParseRatio(in)
		if !errors.Is(err, ErrRatio) {
			t.Errorf("ParseRatio(%q) = %v, %v; want an ErrRatio", in, r, err)
		}
		if r != (Ratio{}) {
			t.Errorf("ParseRatio(%q) returned %v beside its error", in, r)
		}
	}
}

// The literals that binary floating point spoils: 1-0.999 is 0.0010000000000000009.
func TestComplementIsExact(t *testing.T) {
	for _, c := range []struct{ target, budget string }{
		{"0.9", "0.1"}, {"0.95", "0.05"}, {"0.99", "0.01"}, {"0.995", "0.005"},
		{"0.999", "0.001"}, {"0.9995", "0.0005"}, {"0.9999", "0.0001"}, {"0.99999", "0.00001"},
		{"0.999999999999999999", "0.000000000000000001"}, {"1", "0"}, {"0", "1"},
	} {
		b := MustRatio(c.target).Complement()
		if b.String() != c.budget {
			t.Errorf("Complement(%s) = %s, want %s", c.target, b, c.budget)
		}
		want, _ := strconv.ParseFloat(c.budget, 64)
		if got := b.Float64(); got != want {
			t.Errorf("Complement(%s).Float64() = %v, want %v", c.target, got, want)
		}
	}
	if got := (Ratio{}).Complement(); got != (Ratio{}) {
		t.Errorf("complement of an unset ratio is %q, want unset", got)
	}
}

func TestRatioOf(t *testing.T) {
	for _, c := range []struct {
		ratio   string
		x, want float64
	}{
		{"0.001", 1000, 1},
		{"0.001", 1e15, 1e12},
		{"0.0005", 2000, 1},
		{"0.001", 7, 0.007},
		{"0.3", 3, 0.9}, // 3*0.3 in binary is 0.8999999999999999
		{"0.001", 0, 0},
		{"1", 12345, 12345},
	} {
		if got := MustRatio(c.ratio).Of(c.x); got != c.want {
			t.Errorf("%s of %v = %v, want %v", c.ratio, c.x, got, c.want)
		}
	}
}

func TestRatioOfDuration(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		budget string
		d      time.Duration
		want   time.Duration
	}{
		{"0.001", 7 * day, 604800 * time.Millisecond},
		{"0.001", 28 * day, 2419200 * time.Millisecond},
		{"0.001", 30 * day, 2592 * time.Second},
		{"0.001", 90 * day, 7776 * time.Second},
		{"0.001", 365 * day, 31536 * time.Second},
		{"0.00001", 30 * day, 25920 * time.Millisecond},
		{"1", math.MaxInt64, math.MaxInt64},
		{"0.999999999999999999", 1, 0},
		{"0.5", 3, 1},
		{"0.001", -day, 0},
		{"0.001", 0, 0},
	} {
		if got := MustRatio(c.budget).OfDuration(c.d); got != c.want {
			t.Errorf("%s of %v = %v, want %v", c.budget, c.d, got, c.want)
		}
	}
	if got := (Ratio{}).OfDuration(day); got != 0 {
		t.Errorf("an unset ratio of a day is %v, want 0", got)
	}
}

func TestRatioUnset(t *testing.T) {
	var unset Ratio
	nought := MustRatio("0")
	if !unset.IsZero() || nought.IsZero() || unset == nought {
		t.Errorf("unset.IsZero() = %v, nought.IsZero() = %v, unset == nought: %v", unset.IsZero(), nought.IsZero(), unset == nought)
	}
	if unset.Sign() != 0 || nought.Sign() != 0 || MustRatio("0.001").Sign() != 1 {
		t.Error("Sign: want 0 for unset and nought, 1 above")
	}
	if unset.Float64() != 0 || unset.String() != "" || unset.Percent() != "" || unset.Rat().Sign() != 0 {
		t.Errorf("unset: Float64 %v, String %q, Percent %q, Rat %v", unset.Float64(), unset, unset.Percent(), unset.Rat())
	}
	if MustRatio("0.990") != MustRatio("99%") {
		t.Error("0.990 and 99% are not ==")
	}
}

func TestRatioJSON(t *testing.T) {
	type doc struct {
		Target Ratio `json:"target"`
	}
	for _, c := range []struct{ in, out string }{
		{`{"target":"99.95%"}`, `{"target":"0.9995"}`},
		{`{"target":"0.99950"}`, `{"target":"0.9995"}`},
		{`{"target":""}`, `{"target":""}`},
		{`{"target":"0"}`, `{"target":"0"}`},
	} {
		var d doc
		if err := json.Unmarshal([]byte(c.in), &d); err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		if out, err := json.Marshal(d); err != nil || string(out) != c.out {
			t.Errorf("%s: written as %s (%v), want %s", c.in, out, err, c.out)
		}
	}
	d := doc{MustRatio("0.9")}
	if err := json.Unmarshal([]byte(`{"target":"120%"}`), &d); !errors.Is(err, ErrRatio) || d.Target != MustRatio("0.9") {
		t.Errorf(`"120%%": error %v, value now %v; want an ErrRatio and the value untouched`, err, d.Target)
	}
}

func TestMustRatioPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("MustRatio(\"200%\") did not panic")
		}
	}()
	MustRatio("200%")
}

// anyRatio draws decimals of up to 18 digits in [0,1].
func anyRatio() *rapid.Generator[Ratio] {
	return rapid.Custom(func(t *rapid.T) Ratio {
		scale := rapid.IntRange(0, maxScale).Draw(t, "scale")
		n := rapid.Uint64Range(0, pow10[scale]).Draw(t, "n")
		return MustRatio(decimal(n, scale))
	})
}

func TestRatioLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := anyRatio().Draw(t, "r"), anyRatio().Draw(t, "s")
		if got := r.Complement().Complement(); got != r {
			t.Fatalf("complement of the complement of %v is %v", r, got)
		}
		if sum := new(big.Rat).Add(r.Rat(), r.Complement().Rat()); sum.Cmp(big.NewRat(1, 1)) != 0 {
			t.Fatalf("%v and its complement add up to %v", r, sum)
		}
		if got, want := r.Compare(s), r.Rat().Cmp(s.Rat()); got != want {
			t.Fatalf("%v.Compare(%v) = %d, want %d", r, s, got, want)
		}
		if (r == s) != (r.Compare(s) == 0) {
			t.Fatalf("%v == %v disagrees with Compare", r, s)
		}
		if want, _ := r.Rat().Float64(); r.Float64() != want {
			t.Fatalf("%v.Float64() = %v, want the nearest %v", r, r.Float64(), want)
		}
		x := float64(rapid.Int64Range(0, 1<<50).Draw(t, "x"))
		want, _ := new(big.Rat).Mul(r.Rat(), new(big.Rat).SetFloat64(x)).Float64()
		if got := r.Of(x); math.Abs(got-want) > 4e-16*want {
			t.Fatalf("%v of %v = %v, want %v", r, x, got, want)
		}
		d := time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "d"))
		exact := new(big.Rat).Mul(r.Rat(), new(big.Rat).SetInt64(int64(d)))
		if got, want := r.OfDuration(d), new(big.Int).Quo(exact.Num(), exact.Denom()).Int64(); int64(got) != want {
			t.Fatalf("%v of %v = %v, want %v", r, d, got, time.Duration(want))
		}
		if got := MustRatio(r.Percent()); got != r {
			t.Fatalf("%v read back from %q as %v", r, r.Percent(), got)
		}
	})
}

func FuzzParseRatio(f *testing.F) {
	for _, s := range []string{"99.9%", "3 nines", "1 in 1000", "10 bps", "0.999", "1/3", "٩٩%", "99.9٪", "-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRatio(s)
		if err != nil {
			if !errors.Is(err, ErrRatio) || r != (Ratio{}) {
				t.Fatalf("ParseRatio(%q) = %v, %v", s, r, err)
			}
			return
		}
		if back, err := ParseRatio(r.String()); err != nil || back != r {
			t.Fatalf("%q gives %v, read back as %v, %v", s, r, back, err)
		}
		if f := r.Float64(); !(f >= 0 && f <= 1) {
			t.Fatalf("%q gives %v", s, f)
		}
	})
}
