package chart

import (
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain", "plain"},
		{"Größe µ 日本", "Größe µ 日本"},
		{"a\nb\tc\r\nd", "a b c  d"},
		{"a\u2028b\u2029c\u0085d", "a b c d"},
		{"nul\x00 esc\x1b del\x7f c1\u0080", "nul esc del c1"},
		{"\xff", "\ufffd"},
		{"a\xc3(", "a\ufffd("},
		{"\ufffe\uffff\ufdd0\U0001fffe", ""},
		{"\u202eabc\u202c\u2066d\u2069", "abcd"},
		{"keep\u200dme", "keep\u200dme"},
		{"a\u200eb\u200fc\u061cd", "abcd"},
	} {
		if got := clean(c.in); got != c.want {
			t.Errorf("clean(%q): got %q, want %q", c.in, got, c.want)
		}
	}
}

func TestShortened(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"", 3, ""}, {"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"日本語", 3, "日本語"}, {"日本語文", 3, "日本…"}, {"\xff\xff\xff\xff", 3, "\xff\xff…"},
	} {
		if got := shortened(c.in, c.n); got != c.want {
			t.Errorf("shortened(%q, %d): got %q, want %q", c.in, c.n, got, c.want)
		}
	}
	long := strings.Repeat("name ", 5000)
	svg := Graph{Title: long, Nodes: []Node{{ID: long}, {ID: long + "2"}}, Edges: []Edge{{From: long, To: long + "2", Label: long}}}.SVG()
	if len(svg) > 20_000 {
		t.Errorf("names of 25 kB make a picture of %d bytes", len(svg))
	}
}

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`<a href="x">'&'</a>`, "&lt;a href=&#34;x&#34;&gt;&#39;&amp;&#39;&lt;/a&gt;"},
		{"]]>", "]]&gt;"},
		{"&amp;", "&amp;amp;"},
	} {
		if got := string(appendEscaped(nil, c.in)); got != c.want {
			t.Errorf("escape %q: got %q, want %q", c.in, got, c.want)
		}
	}
}

// What an XML reader gets back is the cleaned label, in text and in attributes.
func TestEscapeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "label")
		doc := `<x a="` + string(appendEscaped(nil, in)) + `">` + string(appendEscaped(nil, in)) + `</x>`
		var got struct {
			A string `xml:"a,attr"`
			T string `xml:",chardata"`
		}
		if err := xml.Unmarshal([]byte(doc), &got); err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		if want := clean(in); got.A != want || got.T != want {
			t.Fatalf("label %q: got attribute %q and text %q, want %q", in, got.A, got.T, want)
		}
	})
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in    string
		width float64
		want  string
	}{
		{"short", 100, "short"},
		{"service", 40, "serv…"},
		{"user-auth-service", 50, "user…"},
		{"anything", 5, ""},
		{"", 5, ""},
		{"日本語のサービス", 50, "日本語…"},
	} {
		if got := fit(c.in, 12, c.width); got != c.want {
			t.Errorf("fit(%q, 12, %v): got %q, want %q", c.in, c.width, got, c.want)
		}
	}
}

func TestFitLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "label")
		width := rapid.Float64Range(0, 300).Draw(t, "width")
		got := fit(in, 12, width)
		if w := textWidth(got, 12); w > width {
			t.Fatalf("fit(%q, 12, %v): got %q, which is %v wide", in, width, got, w)
		}
		if !utf8.ValidString(got) {
			t.Fatalf("fit(%q, 12, %v): got invalid %q", in, width, got)
		}
	})
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in    string
		width float64
		lines int
		want  string
	}{
		{"one two three", 200, 2, "one two three"},
		{"one two three", 60, 2, "one two|three"},
		{"user-auth-service", 70, 2, "user-auth-|service"},
		{"user-auth-service", 70, 1, "user-auth…"},
		{"unbreakable", 40, 2, "unbr…"},
		{"a b c d e f g h", 20, 3, "a b|c d|e…"},
		{"", 40, 2, ""},
		{"trailing-", 40, 2, "traili…"},
	} {
		if got := strings.Join(wrap(c.in, 12, c.width, c.lines), "|"); got != c.want {
			t.Errorf("wrap(%q, 12, %v, %d): got %q, want %q", c.in, c.width, c.lines, got, c.want)
		}
	}
}

func TestWrapLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.StringMatching(`[a-z /.-]{0,40}`).Draw(t, "label")
		width := rapid.Float64Range(0, 200).Draw(t, "width")
		lines := rapid.IntRange(1, 4).Draw(t, "lines")
		got := wrap(in, 12, width, lines)
		if len(got) < 1 || len(got) > lines {
			t.Fatalf("wrap(%q, 12, %v, %d): got %d lines", in, width, lines, len(got))
		}
		for _, l := range got {
			if textWidth(l, 12) > width {
				t.Fatalf("wrap(%q, 12, %v, %d): line %q is too wide", in, width, lines, l)
			}
		}
	})
}
