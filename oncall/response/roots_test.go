package response

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func mustGraph(t testing.TB, entries []Entry) Graph {
	t.Helper()
	g, err := NewGraph(entries)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// entriesOf makes entries of "web: auth cart" lines.
func entriesOf(lines ...string) []Entry {
	var out []Entry
	for _, line := range lines {
		name, needs, _ := strings.Cut(line, ":")
		e := Entry{Name: strings.TrimSpace(name)}
		for _, n := range strings.Fields(needs) {
			e.DependsOn = append(e.DependsOn, Edge{Name: strings.TrimSuffix(n, "?"), Soft: strings.HasSuffix(n, "?")})
		}
		out = append(out, e)
	}
	return out
}

func TestRootsOfReferenceCases(t *testing.T) {
	data, err := os.ReadFile("testdata/incident_roots.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		DependsOn map[string][]string `json:"depends_on"`
		Cases     []struct {
			ID       string
			Alerting []string
			Ranking  []struct {
				Service   string
				F1        float64
				Recall    float64
				Precision float64
				Blast     []string `json:"blast_radius"`
			}
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	var entries []Entry
	for name, needs := range file.DependsOn {
		e := Entry{Name: name}
		for _, n := range needs {
			e.DependsOn = append(e.DependsOn, Edge{Name: n})
		}
		entries = append(entries, e)
	}
	g := mustGraph(t, entries)
	if len(file.Cases) != 5 {
		t.Fatalf("got %d cases, want 5", len(file.Cases))
	}
	for _, c := range file.Cases {
		got := g.Roots(c.Alerting, len(c.Ranking)).Roots // the file holds the best four
		if len(got) != len(c.Ranking) {
			t.Errorf("%s: got %d roots, want %d", c.ID, len(got), len(c.Ranking))
			continue
		}
		for i, want := range c.Ranking {
			r := got[i]
			near := func(a, b float64) bool { return math.Abs(a-b) <= 5e-7 }
			if r.Service != want.Service || !near(r.Score, want.F1) || !near(r.Recall, want.Recall) || !near(r.Precision, want.Precision) || !slices.Equal(r.BlastRadius, want.Blast) {
				t.Errorf("%s, place %d: got %s %.6f %.6f %.6f %v, want %s %.6f %.6f %.6f %v", c.ID, i+1,
					r.Service, r.Score, r.Recall, r.Precision, r.BlastRadius, want.Service, want.F1, want.Recall, want.Precision, want.Blast)
			}
		}
	}
}

func TestRootsExplainThemselves(t *testing.T) {
	g := mustGraph(t, entriesOf("web: auth cart", "mobile-api: auth", "cart: db", "auth: db cache", "db:", "cache:"))
	rank := g.Roots([]string{"web", "auth", "mobile-api", "auth", "ghost"}, 0)
	var got []string
	for _, r := range rank.Roots {
		got = append(got, fmt.Sprintf("%s %.3f: %s", r.Service, r.Score, r.Reason))
	}
	want := []string{
		"auth 1.000: if auth failed, 2 others could fail with it: that explains 3 of 3 alerting (auth, mobile-api and web); nothing that it would take along is silent",
		"cache 0.857: if cache failed, 3 others could fail with it: that explains 3 of 3 alerting (auth, mobile-api and web); cache is silent",
		"db 0.750: if db failed, 4 others could fail with it: that explains 3 of 3 alerting (auth, mobile-api and web); cart and db are silent",
		"mobile-api 0.500: nothing depends on mobile-api; it explains 1 of 3 alerting, not auth and web; nothing that it would take along is silent",
		"web 0.500: nothing depends on web; it explains 1 of 3 alerting, not auth and mobile-api; nothing that it would take along is silent",
		"cart 0.400: if cart failed, 1 other could fail with it: that explains 1 of 3 alerting (web), not auth and mobile-api; cart is silent",
	}
	if d := gocmp.Diff(want, got); d != "" {
		t.Errorf("reasons (-want +got):\n%s", d)
	}
	if rank.Candidates != 6 || !slices.Equal(rank.Unknown, []string{"ghost"}) {
		t.Errorf("got %d candidates and unknown %v, want 6 and ghost", rank.Candidates, rank.Unknown)
	}
	if got := rank.Roots[0].Dependents(); !slices.Equal(got, []string{"mobile-api", "web"}) {
		t.Errorf("dependents of auth: got %v", got)
	}
}

func TestRootsInACycle(t *testing.T) {
	// a and b need each other: what hits one hits both, and c above them.
	g := mustGraph(t, entriesOf("a: b", "b: a d", "c: a", "d:"))
	rank := g.Roots([]string{"a", "b", "c"}, 0)
	var got []string
	for _, r := range rank.Roots {
		got = append(got, fmt.Sprintf("%s %.3f %v", r.Service, r.Score, r.Cycle))
	}
	want := []string{"a 1.000 [b]", "b 1.000 [a]", "d 0.857 []", "c 0.500 []"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if r := rank.Roots[0].Reason; !strings.Contains(r, "it cannot be told from b") {
		t.Errorf("the reason does not tell of the circle: %s", r)
	}
	// One circle of everything: every entry is as likely.
	var lines []string
	for i := range 300 {
		lines = append(lines, fmt.Sprintf("n%03d: n%03d", i, (i+1)%300))
	}
	rank = mustGraph(t, entriesOf(lines...)).Roots([]string{"n007"}, 3)
	if got := rank.Roots; len(got) != 3 || got[0].Service != "n000" || got[2].Service != "n002" || got[0].Score != 2./301 || rank.Candidates != 300 {
		t.Errorf("a circle of 300: got %v of %d", got, rank.Candidates)
	}
}

func TestRootsOfNothing(t *testing.T) {
	for _, g := range []Graph{{}, mustGraph(t, entriesOf("a:"))} {
		r := g.Roots([]string{"ghost"}, 0)
		if len(r.Roots) != 0 || r.Candidates != 0 || !slices.Equal(r.Unknown, []string{"ghost"}) || len(r.Top(0)) != 0 {
			t.Errorf("got %+v, want nothing but the unknown name", r)
		}
	}
}

func TestTopRoots(t *testing.T) {
	rank := func(scores ...float64) (r Ranking) {
		for i, s := range scores {
			r.Roots = append(r.Roots, Root{Service: string(rune('a' + i)), Score: s})
		}
		return r
	}
	for _, c := range []struct {
		r     Ranking
		share float64
		want  int
	}{
		{rank(1, .857, .75), 0, 1},
		{rank(.889, .857, .75), 0, 2},
		{rank(.4, .4, .3), 0, 3},
		{rank(.2, .1), 0, 2},
		{rank(1), .5, 1},
		{rank(.5, .5), math.NaN(), 2},
		{rank(), 0, 0},
	} {
		if got := len(c.r.Top(c.share)); got != c.want {
			t.Errorf("Top(%v) of %v: got %d, want %d", c.share, c.r.Roots, got, c.want)
		}
	}
}

// plainRoots ranks by definition: a search from each entry.
func plainRoots(entries []Entry, alerting []string) []string {
	users := map[string][]string{}
	for _, e := range entries {
		for _, d := range e.DependsOn {
			users[d.Name] = append(users[d.Name], e.Name)
		}
	}
	type root struct {
		name    string
		hits, b int
	}
	var roots []root
	for _, e := range entries {
		seen := map[string]bool{}
		var visit func(string)
		visit = func(s string) {
			if !seen[s] {
				seen[s] = true
				for _, u := range users[s] {
					visit(u)
				}
			}
		}
		visit(e.Name)
		hits := 0
		for _, a := range alerting {
			if seen[a] {
				hits++
			}
		}
		if hits > 0 {
			roots = append(roots, root{e.Name, hits, len(seen)})
		}
	}
	a := len(alerting)
	slices.SortFunc(roots, func(x, y root) int {
		return cmp.Or(cmp.Compare(y.hits*(x.b+a), x.hits*(y.b+a)), cmp.Compare(x.name, y.name))
	})
	out := make([]string, len(roots))
	for i, r := range roots {
		out[i] = fmt.Sprintf("%s %.9f", r.name, 2*float64(r.hits)/float64(r.b+a))
	}
	return out
}

func TestRootsAreThoseOfTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		if rapid.IntRange(0, 20).Draw(t, "large") == 0 {
			n = rapid.IntRange(257, 700).Draw(t, "more")
		}
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		cyclic := rapid.Bool().Draw(t, "cyclic")
		density := rapid.IntRange(0, 3).Draw(t, "density")
		name := func(i int) string { return fmt.Sprintf("e%03d", i) }
		var entries []Entry
		for i := range n {
			e := Entry{Name: name(i)}
			for range density {
				if j := rng.IntN(n); cyclic || j > i {
					e.DependsOn = append(e.DependsOn, Edge{Name: name(j), Soft: rng.IntN(2) == 0})
				}
			}
			entries = append(entries, e)
		}
		var alerting []string
		for i := range n {
			if rng.IntN(5) == 0 || i == 0 {
				alerting = append(alerting, name(i))
			}
		}
		limit := rapid.SampledFrom([]int{-1, 1, 3, 10}).Draw(t, "limit")
		shuffled := slices.Clone(entries)
		rng.Shuffle(n, func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		g, err := NewGraph(shuffled)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		rank := g.Roots(alerting, limit)
		for _, r := range rank.Roots {
			got = append(got, fmt.Sprintf("%s %.9f", r.Service, r.Score))
		}
		want := plainRoots(entries, alerting)
		if rank.Candidates != len(want) {
			t.Fatalf("got %d candidates, want %d", rank.Candidates, len(want))
		}
		if limit > 0 && len(want) > limit {
			want = want[:limit]
		}
		if d := gocmp.Diff(want, got); d != "" {
			t.Fatalf("roots (-want +got):\n%s", d)
		}
	})
}

// Candidates beyond the first 256 are left out only where they cannot reach the
// limit.
func TestRootsOfManyCandidates(t *testing.T) {
	for seed := range uint64(4) {
		rng := rand.New(rand.NewPCG(seed, 9))
		var entries []Entry
		var alerting []string
		const n = 900
		for i := range n {
			e := Entry{Name: fmt.Sprintf("e%03d", (i*7)%n)}
			for range 1 + rng.IntN(3) {
				if i+1 < n {
					e.DependsOn = append(e.DependsOn, Edge{Name: fmt.Sprintf("e%03d", (i+1+rng.IntN(min(n-i-1, 60)))*7%n)})
				}
			}
			entries = append(entries, e)
			if rng.IntN(30) == 0 {
				alerting = append(alerting, e.Name)
			}
		}
		want := plainRoots(entries, alerting)
		if len(want) <= 300 {
			t.Fatalf("only %d candidates", len(want))
		}
		var got []string
		for _, r := range mustGraph(t, entries).Roots(alerting, 25).Roots {
			got = append(got, fmt.Sprintf("%s %.9f", r.Service, r.Score))
		}
		if d := gocmp.Diff(want[:25], got); d != "" {
			t.Errorf("seed %d (-want +got):\n%s", seed, d)
		}
	}
}

// layered is a catalog of n entries in layers, three dependencies each on
// entries of lower layers.
func layered(n int) []Entry {
	rng := rand.New(rand.NewPCG(1, 2))
	out := make([]Entry, n)
	for i := range out {
		out[i] = Entry{Name: fmt.Sprintf("entry-%05d", i), Team: fmt.Sprintf("team-%03d", i/40), Area: fmt.Sprintf("area-%d", i/1000)}
		for range 3 {
			if i >= 20 {
				out[i].DependsOn = append(out[i].DependsOn, Edge{Name: fmt.Sprintf("entry-%05d", rng.IntN(i*3/4+1))})
			}
		}
	}
	return out
}

func BenchmarkRoots(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := mustGraph(b, layered(n))
		for _, a := range []int{5, 200} {
			var alerting []string
			for i := range a {
				alerting = append(alerting, fmt.Sprintf("entry-%05d", n-1-i*n/(3*a)))
			}
			b.Run(fmt.Sprintf("entries=%d/edges=%d/alerting=%d", n, len(g.needs.to), a), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					g.Roots(alerting, 0)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(g.needs.to)), "ns/edge")
			})
		}
	}
}

func BenchmarkNewGraph(b *testing.B) {
	entries := layered(10_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := NewGraph(entries); err != nil {
			b.Fatal(err)
		}
	}
}
