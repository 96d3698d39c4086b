package markdown

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	for _, c := range [][2]string{
		{"plain", "plain"},
		{"a  b\n\tc", "a b c"},
		{"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
		{"a|b*c_d`e[f](g)", "a\\|b\\*c\\_d\\`e\\[f\\](g)"},
		{"# head", `\# head`},
		{"@everyone", "&#64;everyone"},
		{"![x](y)", `\!\[x\](y)`},
		{"a\u202eb\x00c", `a\\u202eb\\x00c`},
		{"\xff", "\uFFFD"},
		{"&amp;", "&amp;amp;"},
	} {
		if got := Text(c[0]); got != c[1] {
			t.Errorf("%q: got %q, want %q", c[0], got, c[1])
		}
	}
}

func TestCodeCannotBeLeft(t *testing.T) {
	got := Code("sh", "a\n````\nb\x1b[0m\n\n")
	want := "`````sh\na\n````\nb\\x1b[0m\n`````\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTable(t *testing.T) {
	got := Table([][]string{{"name", "n"}, {Text("a|b"), "1"}}, Left, Right)
	want := "| name | n |\n| --- | ---: |\n| a\\|b | 1 |\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Figures([][]string{{"name", "n"}, {Text("a|b"), "1"}}); got != want {
		t.Errorf("figures: got %q, want %q", got, want)
	}
	if got := Figures(nil) + Table(nil); got != "" {
		t.Errorf("no rows: got %q, want nothing", got)
	}
	for _, line := range strings.Split(strings.TrimSpace(Table([][]string{{"a", "b", "c"}, {"1", "2", "3"}})), "\n") {
		if n := strings.Count(line, "|"); n != 4 {
			t.Errorf("%q has %d bars, want 4", line, n)
		}
	}
}
