package quantity

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGrammar writes 10,000 strings by the grammar together with the values
// they stand for, computed with math/big and independently of the parsers, and
// checks value, print and re-read of each. The seed is fixed.
func TestGrammar(t *testing.T) {
	w := writer{rand.New(rand.NewPCG(20, 26))}
	kinds := map[string]func() (string, any){
		"ratio":     func() (string, any) { s, v := w.ratio(); return s, v },
		"duration":  func() (string, any) { s, v := w.duration(true); return s, v },
		"window":    func() (string, any) { s, v := w.window(); return s, v },
		"threshold": func() (string, any) { s, v := w.threshold(); return s, v },
		"objective": func() (string, any) { s, v := w.objective(); return s, v },
		"condition": func() (string, any) { s, v := w.condition(); return s, v },
		"canary":    func() (string, any) { s, v := w.canary(); return s, v },
		"schedule":  func() (string, any) { s, v := w.schedule(); return s, v },
	}
	distinct := map[string]bool{}
	for i := range 10_000 {
		p := parsers[i%len(parsers)]
		in, want := kinds[p.kind]()
		in = w.decorate(p.kind, in)
		distinct[p.kind+in] = true
		got, _, err := p.parse(in)
		if err != nil {
			t.Errorf("%s %q: got error %v, want %+v", p.kind, in, err, want)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %q: (-want +got)\n%s", p.kind, in, diff)
		} else if err := checkLaws(p, in); err != nil {
			t.Errorf("%s %q: %v", p.kind, in, err)
		}
		if t.Failed() && i > 2000 {
			t.FailNow()
		}
	}
	if len(distinct) < 8000 {
		t.Errorf("got %d distinct strings of 10000, want 8000 or more", len(distinct))
	}
}

// decorate makes use of what the grammar leaves free: white space of any kind
// and letter case, but for links, zones and the letter m.
func (w writer) decorate(kind, s string) string {
	if strings.Contains(s, "://") {
		return s
	}
	upper := kind != "schedule" && w.IntN(4) == 0
	var b strings.Builder
	b.WriteString(w.one("", "", "", " ", "\t", "\u00a0"))
	for _, r := range s {
		switch {
		case r == 0:
			b.WriteByte('_')
		case r == '_' && w.IntN(2) == 0:
		case r == '_', r == ' ':
			b.WriteString(w.one(" ", " ", " ", " ", "  ", "\t", "\n", "\u00a0", "\u202f", "\u3000"))
		case r == '%':
			b.WriteString(w.one("%", "%", "%", "％"))
		case upper && r >= 'a' && r <= 'z' && r != 'm' && w.IntN(2) == 0:
			b.WriteRune(r - 'a' + 'A')
		default:
			b.WriteRune(r)
		}
	}
	b.WriteString(w.one("", "", "", " ", "\r\n", "\u2007"))
	return b.String()
}
