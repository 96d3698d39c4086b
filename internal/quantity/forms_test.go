package quantity

import "testing"

// A form is an input and its canonical form.
type form struct{ in, want string }

// A refusal is an input and the full text of its error, which is API.
type refusal struct{ in, want string }

func parserOf(t *testing.T, kind string) parser {
	t.Helper()
	for _, p := range parsers {
		if p.kind == kind {
			return p
		}
	}
	t.Fatalf("no parser of kind %q", kind)
	return parser{}
}

func checkForms(t *testing.T, kind string, forms []form) {
	t.Helper()
	p := parserOf(t, kind)
	for _, f := range forms {
		_, got, err := p.parse(f.in)
		if err != nil || got != f.want {
			t.Errorf("%s %q: got %q, %v, want %q", kind, f.in, got, err, f.want)
		}
		if err := checkLaws(p, f.in); err != nil {
			t.Errorf("%s %q: %v", kind, f.in, err)
		}
	}
}

func checkRefusals(t *testing.T, kind string, refusals []refusal) {
	t.Helper()
	p := parserOf(t, kind)
	for _, r := range refusals {
		_, got, err := p.parse(r.in)
		if err == nil {
			t.Errorf("%s %q: got %q, want error %s", kind, r.in, got, r.want)
		} else if err.Error() != r.want {
			t.Errorf("%s %q:\n got %s\nwant %s", kind, r.in, err, r.want)
		}
		if err := checkLaws(p, r.in); err != nil {
			t.Errorf("%s %q: %v", kind, r.in, err)
		}
	}
}
