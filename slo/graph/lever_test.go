package graph

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/srekit/ownership/slo"
)

func TestLevers(t *testing.T) {
	r := slo.MustRatio
	g := must(t, []Entry{
		{Name: "checkout", DependsOn: []Edge{{To: "payments"}, {To: "ads", Soft: true}, {To: "stock", Copies: 3, Needed: 2}, {To: "bank"}}},
		{Name: "payments", Target: r("99.9%")},
		{Name: "ads", Target: r("90%")},
		{Name: "stock", Target: r("99%")},
	})
	now := Availability{r("0.998702298"), r("0.984"), r("0.999")} // 0.999·0.999702
	want := []Lever{
		{"checkout", "payments", 1, 1, now, Availability{r("0.999702"), r("0.985"), r("1")}, Availability{r("0.999701000298"), r("0.984"), r("1")}},
		// Two of six: 1 - 0.01⁶ - 6·0.99·0.01⁵ = 1 - 5.95e-10; (6·0.99-1)/5 = 0.988.
		{"checkout", "stock", 3, 2, now, Availability{r("0.999"), r("0.999"), r("0.999")}, Availability{r("0.998999999405595"), r("0.987"), r("0.999")}},
		{"checkout", "bank", 1, 1, now, now, now},
	}
	got := g.Levers("checkout")
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	for _, name := range []string{"ads", "nobody"} {
		if got := g.Levers(name); got != nil {
			t.Errorf("%s: got %+v, want none", name, got)
		}
	}
}

// Softening an edge of a circle opens it: b then needs a alone.
func TestLeversInCircle(t *testing.T) {
	r := slo.MustRatio
	g := must(t, []Entry{
		{Name: "a", Target: r("99%"), DependsOn: []Edge{{To: "b"}, {To: "c"}}},
		{Name: "b", Target: r("98%"), DependsOn: []Edge{{To: "a"}}},
		{Name: "c", Target: r("97%")},
	})
	got := g.Levers("a")
	for i, want := range []struct{ to, now, soft, doubled string }{
		{"b", "0.97", "0.97", "0.97"},
		{"c", "0.97", "0.98", "0.98"}, // b alone; 1-0.03² is above b
	} {
		if l := got[i]; l.To != want.to || l.Now.Independent != r(want.now) || l.Soft.Independent != r(want.soft) || l.Doubled.Independent != r(want.doubled) {
			t.Errorf("got %+v, want %+v", l, want)
		}
	}
}

// A lever tells what making the change would give.
func TestLeversAreTheChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		entries := entriesLike(t)
		g, err := New(entries)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range entries {
			k := 0
			levers := g.Levers(e.Name)
			for j, d := range e.DependsOn {
				if d.Soft {
					continue
				}
				with := func(changed Edge) Availability {
					altered := g.Entries()
					altered[i].DependsOn[j] = changed
					h, err := New(altered)
					if err != nil {
						t.Fatal(err)
					}
					c, _ := h.Ceiling(e.Name)
					return c.Availability
				}
				if want := with(Edge{To: d.To, Soft: true}); !near(levers[k].Soft, want) {
					t.Fatalf("%s without %s: got %v, want %v", e.Name, d.To, levers[k].Soft, want)
				}
				if want := with(Edge{To: d.To, Copies: 2 * d.copies(), Needed: d.Needed}); !near(levers[k].Doubled, want) {
					t.Fatalf("%s with twice %s: got %v, want %v", e.Name, d.To, levers[k].Doubled, want)
				}
				k++
			}
			if k != len(levers) {
				t.Fatalf("%s: %d levers for %d edges", e.Name, len(levers), k)
			}
		}
	})
}
