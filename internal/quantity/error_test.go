package quantity

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestErrorAs(t *testing.T) {
	_, err := ParseRatio("99.99")
	wrapped := fmt.Errorf("service.yaml:9:15: %w", err)
	var e *Error
	if !errors.As(wrapped, &e) {
		t.Fatalf("got %T, want an *Error inside", wrapped)
	}
	want := Error{Input: "99.99", Offset: 5, Expected: "% after a number above 1", Suggestion: "write 99.99%"}
	if *e != want {
		t.Errorf("got %+v, want %+v", *e, want)
	}
	if got, want := err.Error(), `"99.99" at byte 5: expected % after a number above 1; write 99.99%`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Offsets count bytes of the original string, white space and all.
func TestErrorOffset(t *testing.T) {
	for _, c := range []struct {
		kind, in, at string
	}{
		{"duration", "\u00a0\u00a05 parsecs", "parsecs"},
		{"objective", "  p95 ≤ ≤ 100ms", "≤ 100ms"},
		{"condition", "0.1 ％ error rate for five minutes", "five"},
		{"canary", "1% → 5% → 5％ for 5m", "5％ for"},
		{"schedule", "Mon–Fri 09:00–25:00", "25:00"},
	} {
		_, _, err := parserOf(t, c.kind).parse(c.in)
		var e *Error
		if !errors.As(err, &e) || !strings.HasPrefix(c.in[e.Offset:], c.at) {
			t.Errorf("%s %q: got %v, want an error at %q", c.kind, c.in, err, c.at)
		}
	}
}

// Whatever comes in, each parser answers with an error and nothing else.
func TestHostile(t *testing.T) {
	for _, in := range []string{
		strings.Repeat("9", 1025), strings.Repeat(" ", 1025) + "99%", strings.Repeat("(", 1024), strings.Repeat("1h", 512),
		strings.Repeat("9", 1023) + "%", "0." + strings.Repeat("0", 1000) + "1", strings.Repeat("p1", 500), strings.Repeat("Mon,", 250),
		"\xff", "99\xc3", "5\x80m", "99.9%\x00", "\ufeff99.9%", "99.9\u200b%", "٩٩٪", "５m", "−5m", "ⅴm", "1\u0307m",
		"18446744073709551616ns", "9223372036854775808/9223372036854775809", "99999999999999999999y", "120001mo",
		"p99999999999999999999 < 1s", "1e308", "0x10", "1_000ms", "NaN", "+Inf", "", " ", "\t\n\u2028",
	} {
		for _, p := range parsers {
			v, printed, err := p.parse(in)
			if broken := checkLaws(p, in); broken != nil {
				t.Errorf("%s %.40q: %v", p.kind, in, broken)
			}
			if err == nil {
				t.Errorf("%s %.40q: got %+v (%s), want an error", p.kind, in, v, printed)
			} else if len(err.Error()) > 500 {
				t.Errorf("%s %.40q: message of %d bytes", p.kind, in, len(err.Error()))
			}
		}
	}
}

func TestNearest(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"mintes", "minutes"}, {"huors", "hours"}, {"DAYZ", "days"}, {"weks", "weeks"}, {"parsecs", ""}, {"", ""},
		{"s", ""}, {strings.Repeat("m", 40), ""}, {"nanosecondes", "nanoseconds"},
	} {
		if got := nearest(c.word, unitNames); got != c.want {
			t.Errorf("%q: got %q, want %q", c.word, got, c.want)
		}
	}
}
