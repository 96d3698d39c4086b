package promyaml

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		d    time.Duration
		want string
	}{
		{0, "0s"}, {-time.Second, "0s"}, {time.Microsecond, "0s"}, {1500 * time.Millisecond, "1s500ms"}, {90 * time.Second, "1m30s"},
		{time.Hour, "1h"}, {36 * time.Hour, "1d12h"}, {30 * 24 * time.Hour, "30d"}, {59*time.Minute + 30*time.Second, "59m30s"},
	} {
		if got := Duration(c.d); got != c.want {
			t.Errorf("%v is %s, want %s", c.d, got, c.want)
		}
	}
}

func TestStringStyles(t *testing.T) {
	for _, c := range []struct{ s, want string }{
		{"checkout", "checkout"}, {"slo:events:rate2m", "slo:events:rate2m"}, {"https://x/y.md", "https://x/y.md"},
		{"", "''"}, {"true", "'true'"}, {"No", "'No'"}, {"null", "'null'"}, {"1e3", "'1e3'"}, {"-x", "'-x'"}, {"a:", "'a:'"}, {"a b", "'a b'"},
		{"it's", "'it''s'"}, {"a\nb", `"a\nb"`}, {"\x00\x7f\u2028", `"\x00\x7F\u2028"`}, {"\xff", `"\uFFFD"`},
	} {
		if got := string(AppendString(nil, c.s)); got != c.want {
			t.Errorf("%q is written %s, want %s", c.s, got, c.want)
		}
	}
}

// FuzzGroups holds that whatever is put into a rule file is read back, and
// stays where it was put.
func FuzzGroups(f *testing.F) {
	for _, s := range []string{"", "a", "a: b", "- x", "'", "\"", "a\nb", " a\n b", "a\n", "\ta", "# c", "{{ x }}", "---\na", "...", "\u2028", "é", "\x00", "\xff\xfe", "a\r\nb", "|-\n x", "&a *a !t %d @ `"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) || !utf8.ValidString(b) {
			return // callers refuse it: YAML cannot hold it
		}
		dst := AppendHeader(nil, a)
		dst = append(dst, "groups:\n"...)
		dst = AppendGroups(dst, []Group{{Name: a, Interval: time.Minute, Limit: 3, QueryOffset: time.Second, Rules: []Rule{
			{Record: "r", Expr: b, Labels: []Label{{"x", a}}},
			{Alert: b, Expr: a, For: time.Hour, KeepFiringFor: time.Minute, Labels: []Label{{"x", b}}, Annotations: []Label{{"y", a + "\n" + b}}},
		}}}, 2)
		var got struct {
			Groups []struct {
				Name  string
				Limit int
				Rules []struct {
					Record, Alert, Expr string
					Labels, Annotations map[string]string
				}
			}
		}
		if err := yaml.Unmarshal(dst, &got); err != nil {
			t.Fatalf("%v\n%s", err, dst)
		}
		if len(got.Groups) != 1 || len(got.Groups[0].Rules) != 2 {
			t.Fatalf("%+v\n%s", got, dst)
		}
		g := got.Groups[0]
		for _, p := range [][2]string{
			{g.Name, a}, {g.Rules[0].Expr, b}, {g.Rules[0].Labels["x"], a},
			{g.Rules[1].Alert, b}, {g.Rules[1].Expr, a}, {g.Rules[1].Labels["x"], b}, {g.Rules[1].Annotations["y"], a + "\n" + b},
		} {
			if p[0] != p[1] {
				t.Fatalf("%q reads back as %q\n%s", p[1], p[0], dst)
			}
		}
	})
}

func TestHeaderIsCommentsOnly(t *testing.T) {
	got := string(AppendHeader(nil, "one\ntwo\rgroups: x\u2028y\x00\n"))
	for _, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
		if line != "" && !strings.HasPrefix(line, "# ") || strings.ContainsAny(line, "\r\x00") {
			t.Errorf("the line %q is no comment", line)
		}
	}
}
