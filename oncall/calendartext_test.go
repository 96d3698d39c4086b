package oncall

import (
	"strings"
	"testing"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"pgregory.net/rapid"
)

// hostileNames are what somebody may call a person, a schedule or a layer.
var hostileNames = []string{
	"ana", "", "a, b; c\\d", "two\nlines", "carriage\r\nreturn", "nul\x00byte", "<script>alert(1)</script>", "\u202eevil\u202c",
	"Zoë Ångström-Þórsdóttir", strings.Repeat("長い名前", 40), strings.Repeat("x", 500), "bad\xffbyte", "END:VEVENT", "\r\nEND:VCALENDAR\r\n",
	`"quoted"`, "tab\there", "\u2028line", "a|b", "**bold**", "[link](javascript:x)", "&amp;", "𝔘𝔫𝔦", " ",
}

func TestCalendarTextIsEscaped(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"ana", "ana"},
		{"a, b; c\\d", `a\, b\; c\\d`},
		{"two\nlines", `two\nlines`},
		{"a\r\nEND:VEVENT", `a\nEND:VEVENT`},
		{"nul\x00\x1b[31m\x7f\u0085x", "nul[31m x"},
		{"\u202eevil\u202c\u2066x\u2069", "evilx"},
		{"bad\xffbyte", "bad\ufffdbyte"},
		{"tab\there", "tab here"},
	} {
		if got := string(appendCalendarText(nil, c.in)); got != c.want {
			t.Errorf("%q is written %q, want %q", c.in, got, c.want)
		}
	}
}

// No line has more than 75 bytes or ends within a letter, and joining the
// pieces gives the line (RFC 5545, section 3.1).
func TestCalendarLinesAreFolded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom(hostileNames)).Draw(t, "text")
		var c calendarText
		c.text("SUMMARY", text)
		out := string(c.b)
		if !strings.HasSuffix(out, "\r\n") {
			t.Fatalf("%q does not end with CRLF", out)
		}
		for _, line := range strings.Split(strings.TrimSuffix(out, "\r\n"), "\r\n") {
			if len(line) > maxLine || !utf8.ValidString(line) || strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("line %q of %d bytes", line, len(line))
			}
		}
		want := "SUMMARY:" + string(appendCalendarText(nil, text)) + "\r\n"
		if got := strings.ReplaceAll(out, "\r\n ", ""); got != want {
			t.Fatalf("unfolded it is %q, want %q", got, want)
		}
		stream := ics.NewCalendarStream(strings.NewReader(out))
		line, err := stream.ReadLine()
		if err != nil && line == nil {
			t.Fatal(err)
		}
		property, err := ics.ParseProperty(*line)
		if err != nil {
			t.Fatal(err)
		}
		if property.Value != strings.TrimSuffix(strings.TrimPrefix(want, "SUMMARY:"), "\r\n") && property.Value != ics.FromText(strings.TrimSuffix(strings.TrimPrefix(want, "SUMMARY:"), "\r\n")) {
			t.Fatalf("read back as %q, want %q", property.Value, want)
		}
	})
}

func TestCalendarLineOfExactLength(t *testing.T) {
	for n := 60; n < 160; n++ {
		var c calendarText
		c.line("X", strings.Repeat("y", n))
		lines := strings.Split(strings.TrimSuffix(string(c.b), "\r\n"), "\r\n")
		// The first piece takes 75 bytes, each further one 74 and its space.
		want := 1 + max(0, n+2-75+73)/74
		if len(lines) != want {
			t.Errorf("a line of %d bytes is written in %d pieces, want %d", n+2, len(lines), want)
		}
	}
}
