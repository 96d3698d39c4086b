package graph

import (
	"math/big"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

func must(t testing.TB, entries []Entry) Graph {
	t.Helper()
	g, err := New(entries)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// on is an entry "a" on single hard dependencies with the targets.
func on(targets ...string) []Entry {
	a := Entry{Name: "a"}
	out := []Entry{}
	for i, t := range targets {
		name := string(rune('b' + i))
		a.DependsOn = append(a.DependsOn, Edge{To: name})
		out = append(out, Entry{Name: name, Target: slo.MustRatio(t)})
	}
	return append([]Entry{a}, out...)
}

func edge(e Edge, target string) []Entry {
	e.To = "b"
	return []Entry{{Name: "a", DependsOn: []Edge{e}}, {Name: "b", Target: slo.MustRatio(target)}}
}

func TestCeiling(t *testing.T) {
	r := slo.MustRatio
	for _, c := range []struct {
		name                     string
		entries                  []Entry
		independent, least, most string
	}{
		{"nothing needed", on(), "1", "1", "1"},
		{"one", on("99.9%"), "0.999", "0.999", "0.999"},
		// 0.999 · 0.9995; Boole 1 - 0.001 - 0.0005.
		{"two", on("0.999", "0.9995"), "0.9985005", "0.9985", "0.999"},
		{"three of three nines", on("0.999", "0.999", "0.999"), "0.997002999", "0.997", "0.999"},
		{"five of three nines", on("0.999", "0.999", "0.999", "0.999", "0.999"), "0.995009990004999", "0.995", "0.999"},
		{"half and half", on("0.5", "0.5", "0.5"), "0.125", "0", "0.5"},
		{"one that is never there", on("0", "1"), "0", "0", "0"},
		{"certain ones", on("1", "1"), "1", "1", "1"},
		// (1 - 10^-18)² = 1 - 2·10^-18 + 10^-36, rounded down.
		{"eighteen nines", on("0.999999999999999999", "0.999999999999999999"), "0.999999999999999998", "0.999999999999999998", "0.999999999999999999"},
		{"soft", edge(Edge{Soft: true}, "0.5"), "1", "1", "1"},
		// 1 - 0.001²; copies that fail together are worth one, and need not fail at once ever.
		{"doubled", edge(Edge{Copies: 2}, "0.999"), "0.999999", "0.999", "1"},
		// 3·0.99²·0.01 + 0.99³; (3·0.99-1)/2 and min(1, 3·0.99/2).
		{"two of three", edge(Edge{Copies: 3, Needed: 2}, "0.99"), "0.999702", "0.985", "1"},
		// 0.2³+3·0.2²·0.8; max(0, (0.6-1)/2) and 0.6/2.
		{"two of three bad ones", edge(Edge{Copies: 3, Needed: 2}, "0.2"), "0.104", "0", "0.3"},
		{"all of three", edge(Edge{Copies: 3, Needed: 3}, "0.999"), "0.997002999", "0.997", "0.999"},
		{"all of a hundred that are never there", edge(Edge{Copies: 100, Needed: 100}, "0"), "0", "0", "0"},
		{"one of a hundred", edge(Edge{Copies: 100}, "0.5"), "0.999999999999999999", "0.5", "1"}, // 1 - 2^-100, rounded down
		{"a dependency without a target passes its ceiling on", []Entry{
			{Name: "a", DependsOn: []Edge{{To: "b"}, {To: "c"}}},
			{Name: "b", DependsOn: []Edge{{To: "c"}, {To: "d"}}},
			{Name: "c", Target: r("0.99")},
			{Name: "d", Target: r("0.999")},
		}, "0.9791199", "0.979", "0.99"}, // 0.99·(0.99·0.999): c counts twice, 1-0.01-0.011
		{"a dependency delivers its ceiling if its target is above", []Entry{
			{Name: "a", DependsOn: []Edge{{To: "b"}}},
			{Name: "b", Target: r("0.9999"), DependsOn: []Edge{{To: "c"}, {To: "d"}}},
			{Name: "c", Target: r("0.999")},
			{Name: "d", Target: r("0.999")},
		}, "0.998001", "0.998", "0.999"},
		{"a dependency delivers its target if its ceiling is above", []Entry{
			{Name: "a", DependsOn: []Edge{{To: "b"}}},
			{Name: "b", Target: r("0.99"), DependsOn: []Edge{{To: "c"}}},
			{Name: "c", Target: r("0.999")},
		}, "0.99", "0.99", "0.99"},
		{"unknown", []Entry{{Name: "a", DependsOn: []Edge{{To: "z"}}}}, "1", "1", "1"},
		{"itself", []Entry{{Name: "a", Target: r("0.9"), DependsOn: []Edge{{To: "a"}, {To: "b"}}}, {Name: "b", Target: r("0.99")}}, "0.99", "0.99", "0.99"},
		{"a circle needs what each member needs, once", []Entry{
			{Name: "a", DependsOn: []Edge{{To: "b"}, {To: "d"}}},
			{Name: "b", DependsOn: []Edge{{To: "a"}, {To: "c"}, {To: "d", Copies: 1, Needed: 1}}},
			{Name: "c", Target: r("0.99")},
			{Name: "d", Target: r("0.9")},
		}, "0.891", "0.89", "0.9"},
		{"a circle needs the most that a member needs", []Entry{
			{Name: "a", DependsOn: []Edge{{To: "b"}, {To: "c"}}},
			{Name: "b", DependsOn: []Edge{{To: "a"}, {To: "c", Copies: 2}}},
			{Name: "c", Target: r("0.9")},
		}, "0.9", "0.9", "0.9"},
		{"a circle promises no more than the least of the others", []Entry{
			{Name: "a", Target: r("0.98"), DependsOn: []Edge{{To: "b"}, {To: "d"}}},
			{Name: "b", Target: r("0.99"), DependsOn: []Edge{{To: "c"}}},
			{Name: "c", Target: r("0.995"), DependsOn: []Edge{{To: "a"}}},
			{Name: "d", Target: r("0.999")},
		}, "0.99", "0.99", "0.99"},
	} {
		got, ok := must(t, c.entries).Ceiling("a")
		want := Availability{r(c.independent), r(c.least), r(c.most)}
		if !ok || got.Availability != want {
			t.Errorf("%s: got %v, want %v", c.name, got.Availability, want)
		}
	}
	if _, ok := must(t, nil).Ceiling("a"); ok {
		t.Error("a graph without entries has a ceiling")
	}
	if _, ok := (Graph{}).Ceiling("a"); ok {
		t.Error("the zero graph has a ceiling")
	}
}

// Three hard dependencies at 99.9 % cap a service at 0.997002999; for 99.95 %
// each would have to deliver 0.9995^(1/3) = 0.99983330554… or 1 - 0.0005/3.
func TestEach(t *testing.T) {
	entries := on("0.999", "0.999", "0.999")
	entries[0].Target = slo.MustRatio("99.95%")
	c, _ := must(t, entries).Ceiling("a")
	independent, bounded := c.Each()
	if got, want := independent.String(), "0.999833305548"; got != want {
		t.Errorf("independent: got %s, want %s", got, want)
	}
	if got, want := bounded.String(), "0.999833333333333334"; got != want {
		t.Errorf("bounded: got %s, want %s", got, want)
	}
	for _, c := range []Ceiling{{}, {Target: slo.MustRatio("0.9")}, {Hard: 2}} {
		if i, b := c.Each(); !i.IsZero() || !b.IsZero() {
			t.Errorf("%+v: got %v and %v, want neither", c, i, b)
		}
	}
	for _, target := range []string{"0", "1", "0.000000000000000001", "0.999999999999999999"} {
		i, b := Ceiling{Target: slo.MustRatio(target), Hard: 7}.Each()
		if i.IsZero() || b.IsZero() || i.Compare(slo.MustRatio(target)) < 0 || b.Compare(slo.MustRatio(target)) < 0 {
			t.Errorf("%s: got %v and %v", target, i, b)
		}
	}
}

func TestAssumed(t *testing.T) {
	c, _ := must(t, []Entry{
		{Name: "a", DependsOn: []Edge{{To: "unknown"}, {To: "bare"}, {To: "soft", Soft: true}, {To: "partly"}, {To: "target"}, {To: "passes"}}},
		{Name: "bare", DependsOn: []Edge{{To: "unknown", Soft: true}}},
		{Name: "partly", DependsOn: []Edge{{To: "target"}, {To: "bare"}}},
		{Name: "target", Target: slo.MustRatio("99%"), DependsOn: []Edge{{To: "bare"}}},
		{Name: "passes", DependsOn: []Edge{{To: "target"}}},
	}).Ceiling("a")
	if want := []string{"unknown", "bare", "partly"}; !reflect.DeepEqual(c.Assumed, want) || c.Hard != 5 {
		t.Errorf("got %v of %d, want %v of 5", c.Assumed, c.Hard, want)
	}
}

// entriesLike draws graphs with circles, unknown names and copies.
func entriesLike(t *rapid.T) []Entry {
	n := rapid.IntRange(1, 7).Draw(t, "entries")
	target := rapid.Custom(func(t *rapid.T) slo.Ratio {
		return rapid.SampledFrom([]slo.Ratio{{}, slo.MustRatio("0"), slo.MustRatio("1"), slo.MustRatio("0.5"), slo.MustRatio("99%"),
			slo.MustRatio("99.9%"), slo.MustRatio("99.95%"), slo.MustRatio("0.123456789123456789")}).Draw(t, "target")
	})
	var out []Entry
	for i := range n {
		e := Entry{Name: string(rune('a' + i)), Target: target.Draw(t, "target")}
		for j := range n + 1 { // one name more than there are entries
			if rapid.IntRange(0, 2).Draw(t, "edge") == 0 {
				copies := rapid.IntRange(0, 4).Draw(t, "copies")
				e.DependsOn = append(e.DependsOn, Edge{To: string(rune('a' + j)), Soft: rapid.Bool().Draw(t, "soft"),
					Copies: copies, Needed: rapid.IntRange(0, max(copies, 1)).Draw(t, "needed")})
			}
		}
		out = append(out, e)
	}
	return out
}

// near allows for rounding, which differs with the order of factors.
func near(a, b Availability) bool {
	d := func(a, b slo.Ratio) bool {
		x, y := fixedOf(a), fixedOf(b)
		return max(x, y)-min(x, y) < 100
	}
	return d(a.Independent, b.Independent) && d(a.Least, b.Least) && d(a.Most, b.Most)
}

// The three forms are in order, nothing is above 1, better dependencies and
// more copies never lower a ceiling, and the order of entries is no matter.
func TestCeilingLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := entriesLike(t)
		g, err := New(entries)
		if err != nil {
			t.Fatal(err)
		}
		all := g.Ceilings()
		for _, c := range all {
			if c.Least.Compare(c.Independent) > 0 || c.Independent.Compare(c.Most) > 0 {
				t.Fatalf("%s: not in order: %+v", c.Entry, c.Availability)
			}
			if c.Least.IsZero() || c.Independent.IsZero() || c.Most.IsZero() {
				t.Fatalf("%s: unset: %+v", c.Entry, c.Availability)
			}
		}
		reversed := make([]Entry, len(entries))
		for i, e := range entries {
			reversed[len(entries)-1-i] = e
		}
		h, _ := New(reversed)
		for _, c := range all {
			if d, _ := h.Ceiling(c.Entry); !near(c.Availability, d.Availability) || !reflect.DeepEqual(c.Assumed, d.Assumed) || c.Circle != d.Circle {
				t.Fatalf("in reverse: got %+v, want %+v", d, c)
			}
		}
		better := g.Entries()
		i := rapid.IntRange(0, len(better)-1).Draw(t, "raised")
		better[i].Target = slo.MustRatio("1")
		for j, d := range better[i].DependsOn {
			better[i].DependsOn[j].Copies = d.copies() + 1
		}
		h, _ = New(better)
		for _, c := range all {
			if d, _ := h.Ceiling(c.Entry); entries[i].Target.Sign() > 0 && d.Independent.Compare(c.Independent) < 0 && !near(c.Availability, d.Availability) {
				t.Fatalf("%s: with more it falls from %v to %v", c.Entry, c.Independent, d.Independent)
			}
		}
	})
}

// Copies against exact fractions: the result is below the truth by less than
// 1e-18 for each step of its computation.
func TestCopiesAgainstFractions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 20).Draw(t, "copies")
		k := rapid.IntRange(1, n).Draw(t, "needed")
		a := fixed(rapid.Uint64Range(0, uint64(one)).Draw(t, "a"))
		got := share{a, a, a}.of(k, n)
		p := big.NewRat(int64(a), int64(one))
		q := new(big.Rat).Sub(big.NewRat(1, 1), p)
		want := new(big.Rat)
		for j := k; j <= n; j++ {
			term := new(big.Rat).SetInt(new(big.Int).Binomial(int64(n), int64(j)))
			for range j {
				term.Mul(term, p)
			}
			for range n - j {
				term.Mul(term, q)
			}
			want.Add(want, term)
		}
		below := new(big.Rat).Sub(want, big.NewRat(int64(got.independent), int64(one)))
		if f, _ := below.Float64(); f < 0 || f > float64(2*n*k+1)*1e-18 {
			t.Fatalf("%d of %d at %d: %v below the truth", k, n, a, f)
		}
		if got.least > got.independent || got.independent > got.most {
			t.Fatalf("%d of %d at %d: %+v", k, n, a, got)
		}
	})
}

func TestEachSuffices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "n")
		target := fixed(rapid.Uint64Range(0, uint64(one)).Draw(t, "target"))
		independent, bounded := each(target, n)
		exactly := func(f fixed) *big.Rat { // f to the n
			p := big.NewRat(1, 1)
			for range n {
				p.Mul(p, big.NewRat(int64(f), int64(one)))
			}
			return p
		}
		want := big.NewRat(int64(target), int64(one))
		if exactly(independent).Cmp(want) < 0 {
			t.Fatalf("%d to the %d is below %d", independent, n, target)
		}
		if independent > 2e6 && exactly(independent-2e6).Cmp(want) >= 0 {
			t.Fatalf("two steps less than %d suffice for %d of %d", independent, n, target)
		}
		if got := one.minus(fixed(n) * (one - bounded)); n <= 18 && got < target {
			t.Fatalf("%d with %d each leaves %d", n, bounded, got)
		}
	})
}

func chain(n int) []Entry {
	entries := make([]Entry, n)
	name := func(i int) string {
		return "service-" + string([]byte{byte('a' + i/676%26), byte('a' + i/26%26), byte('a' + i%26)})
	}
	for i := range entries {
		entries[i] = Entry{Name: name(i), Target: slo.MustRatio("99.9%")}
		for _, step := range []int{1, 7, 61} {
			if i+step < n {
				entries[i].DependsOn = append(entries[i].DependsOn, Edge{To: name(i + step), Copies: 1 + step/7})
			}
		}
	}
	return entries
}

// A chain as long as a catalog neither recurses nor multiplies work.
func TestLongChain(t *testing.T) {
	g := must(t, chain(17_000))
	if got := len(g.Ceilings()); got != 17_000 {
		t.Errorf("got %d ceilings", got)
	}
}

func BenchmarkNew(b *testing.B) {
	for _, n := range []int{100, 1000, 10_000} {
		entries := chain(n)
		b.Run(map[int]string{100: "100", 1000: "1000", 10_000: "10000"}[n], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if g, err := New(entries); err != nil || len(g.Ceilings()) != n {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFindings(b *testing.B) {
	g := must(b, chain(10_000))
	b.ReportAllocs()
	for b.Loop() {
		g.Findings()
	}
}
