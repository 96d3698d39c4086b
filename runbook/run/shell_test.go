package run

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/runbook"
	"pgregory.net/rapid"
)

// hostile are values that whoever names a pod may choose. Each would make the file pwned
// if a shell read it as code anywhere.
var hostile = []string{
	`$(touch pwned)`, "`touch pwned`", `;touch pwned;`, `|touch pwned|`, `&touch pwned&`, "\ntouch pwned\n", `"; touch pwned; "`, `'; touch pwned; '`,
	`"$(touch pwned)"`, `'$(touch pwned)'`, `\"; touch pwned; #`, `x' "$(touch pwned)" '`, `${x:-$(touch pwned)}`, `a[$(touch pwned)]`, `>pwned`, `x >pwned`, `<(touch pwned)`,
	`$((a[$(touch pwned)]))`, `) ; touch pwned ; (`, `}; touch pwned; {`, "EOF\ntouch pwned\nEOF", `<script>alert(1)</script>`, `a b  c`, `*`, `~`, `!!`, `#x`, `$HOME`, `%s%n`, "\u202e\u2066x", "é\t\x7f\x1b[31m", `\`, `\\`, `"`, `'`,
	`-rf`, `--output=pwned`, "x;touch${IFS}pwned", `{touch,pwned}`, `=touch`,
}

// templates are commands of runbooks with one value, harmless by themselves. For those
// that are taken, got is what they must print for a value.
var templates = []struct {
	code string
	got  func(v string) string
}{
	{`echo <v>`, nil}, // echo of dash reads backslashes
	{`./say <v>`, same},
	{`./say "<v>"`, same},
	{`./say '<v>'`, nil},
	{`./say x<v>y`, func(v string) string { return "x" + v + "y" }},
	{`./say "x <v> y"`, func(v string) string { return "x " + v + " y" }},
	{`./say 'x' "<v>" | cat`, func(v string) string { return "x\n" + v }},
	{`./say --name=<v>`, func(v string) string { return "--name=" + v }},
	{`./say "$(./say <v>)" | cat`, trimmed},
	{`./say "$(./say "<v>")"`, trimmed},
	{`if true; then ./say <v>; fi`, same},
	{`{ ./say <v>; } 2>&1`, same},
	{`(./say <v>)`, same},
	{"./say a # it's <v>\n./say b <v>", func(v string) string { return "a\nb\n" + v }},
	{"true && ./say <v> || ./say no", same},
	{`X=1 ./say <v>`, same},
	{`./say \"<v>\"`, func(v string) string { return `"` + v + `"` }},
	{`./say {{ $labels.v }}`, same},
	{`./say "${v}"`, same},
	{`./say $v`, same},
	{`./say '$v'`, nil},
	{`<v>`, nil},
	{`"<v>"`, nil},
	{`sudo <v>`, nil},
	{`X=<v>; ./say "$X"`, nil},
	{`X=<v>; eval "./say $X"`, nil},
	{`eval ./say <v>`, nil},
	{`sh -c "./say <v>"`, nil},
	{`sh -c './say <v>'`, nil},
	{`sh -c './say "$1"' x <v>`, nil},
	{`./say <v> | sh`, nil},
	{`./say <v> | xargs -n1 sh -c`, nil},
	{"./say `./say <v>`", nil},
	{"cat <<EOF\n<v>\nEOF", nil},
	{"cat <<EOF | sh\n./say <v>\nEOF", nil},
	{"cat <<'EOF'\n<v>\nEOF", nil},
	{`./say $((<v> + 1))`, nil},
	{`./say ${x:-<v>}`, nil},
	{`./say "${x:-<v>}"`, nil},
	{`cat < <v>`, nil},
	{`./say x > <v>`, nil},
	{`./say x 2>><v>`, nil},
	{`case <v> in a) ./say a;; *) ./say b;; esac`, nil},
	{`for i in <v>; do ./say $i; done`, nil},
	{`set -- <v>; ./say $1`, nil},
	{`test <v> -eq 1`, nil},
	{`printf <v>`, nil},
	{`awk 'BEGIN { print "<v>" }'`, nil},
	{`awk "BEGIN { system(\"<v>\") }"`, nil},
	{`find . -name <v> -exec ./say {} \;`, nil},
	{`./say "unclosed <v>`, nil},
	{`./say 'unclosed <v>`, nil},
	{`./say $(./say <v>`, nil},
	{`./say $'<v>'`, nil},
	{`./say \<v>`, nil},
	{`. <v>`, nil},
}

func same(v string) string    { return v }
func trimmed(v string) string { return strings.TrimRight(v, "\n") }

// shellDir is a directory in which programs start: with ./say, which prints its
// arguments, one a line, as they are.
func shellDir(t testing.TB) string {
	t.Helper()
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no /bin/sh")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "say"), []byte("#!/bin/sh\nfor a; do printf '%s\\n' \"$a\"; done\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// step is the one step of a plan for a command with a value.
func oneStep(t testing.TB, code, v string) Step {
	t.Helper()
	b := book(t, "## Mitigation\n\n~~~sh {name=a mode=automated timeout=10s}\n"+code+"\n~~~\n")
	for i := range b.Inputs {
		b.Inputs[i].Declared = true
	}
	p, err := Prepare(b, Request{Requester: "rita", Labels: map[string]string{"v": v}})
	if err != nil {
		t.Fatalf("%s with %q: %v", code, v, err)
	}
	return p.Steps()[0]
}

// Values with the metacharacters of shells and HTML, in a real shell: whatever is taken
// prints them as they are, nothing else happens, and what could not is left to a person.
func TestMetacharactersAreData(t *testing.T) {
	dir := shellDir(t)
	started, left := 0, 0
	for _, c := range templates {
		takes := 0
		for _, v := range hostile {
			step := oneStep(t, c.code, v)
			if strings.Contains(step.Command.Script, "touch") || strings.Contains(step.Command.Script, v) && len(v) > 2 {
				t.Errorf("%s: the value %q is in the script %s", c.code, v, step.Command.Script)
			}
			if step.Mode == runbook.Manual {
				if !step.Command.IsZero() {
					t.Errorf("%s with %q: a manual step has a command", c.code, v)
				}
				left++
				continue
			}
			started++
			takes++
			out, err := Exec{Dir: dir}.Execute(context.Background(), Call{Step: step, Command: step.Command})
			entries, _ := os.ReadDir(dir)
			if len(entries) != 1 {
				t.Fatalf("%s with %q made a file: %v", c.code, v, entries)
			}
			if c.got == nil {
				continue
			}
			if want := c.got(v) + "\n"; err != nil || out.Failed || out.Output != want {
				t.Errorf("%s with %q:\n got %q (exit %d, %v)\nwant %q", c.code, v, out.Output, out.ExitCode, err, want)
			}
		}
		if want := len(hostile) - 2; c.got != nil && takes < want {
			t.Errorf("%s: taken with %d of %d values, want at least %d", c.code, takes, len(hostile), want)
		}
	}
	t.Logf("%d commands started, %d left to a person", started, left)
}

// What a person is shown to paste does no harm either.
func TestAPastedCommandIsHarmless(t *testing.T) {
	dir := shellDir(t)
	for i, c := range templates {
		for j, v := range hostile {
			if (i+j)%3 != 0 {
				continue // each value with a third of the commands
			}
			step := oneStep(t, c.code, v)
			if step.Command.IsZero() || strings.ContainsAny(v, "\x1b\u202e") {
				continue
			}
			paste := Command{Shell: "sh", Script: step.Command.String()}
			out, err := Exec{Dir: dir}.Execute(context.Background(), Call{Command: paste})
			if entries, _ := os.ReadDir(dir); len(entries) != 1 {
				t.Fatalf("%s with %q made a file: %v\n%s", c.code, v, entries, paste.Script)
			}
			if c.got != nil && (err != nil || out.Output != c.got(v)+"\n") {
				t.Errorf("%s with %q:\n got %q (%v)\nwant %q\n%s", c.code, v, out.Output, err, c.got(v), paste.Script)
			}
		}
	}
}

// Scripts put together at random from pieces of shell syntax: wherever the value is
// taken, a real shell runs nothing of it.
func TestNoQuotingMakesAValueCode(t *testing.T) {
	dir := shellDir(t)
	pieces := []string{"<v>", "<v>", `"`, `"`, `'`, `'`, "$(", ")", "`", "${x:-", "}", `\`, " ", " ", "\n", "; ", "# ", "$((", "))", "(", "./say ", "./say ", "x", "=", "$", "$'", "| cat", "&& ", "{ ", "case x in x) ", ";; esac", "x=", "'\\''", "if ", "then ", "fi", "[[ "}
	rapid.Check(t, func(t *rapid.T) {
		code := "./say " + strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 14).Draw(t, "pieces"), "")
		v := rapid.SampledFrom(hostile).Draw(t, "value")
		var spots []spot
		for i := 0; ; {
			n := strings.Index(code[i:], "<v>")
			if n < 0 {
				break
			}
			spots = append(spots, spot{i + n, i + n + 3, "v", "IN_v"})
			i += n + 3
		}
		found := scan(code, spots)
		if len(found.troubles) > 0 || found.reread != "" || slices.Contains(found.begins, true) && strings.HasPrefix(v, "-") {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_, _ = Exec{Dir: dir}.Execute(ctx, Call{Command: Command{Shell: "sh", Script: found.text, Env: []Variable{{Name: "IN_v", Value: v}}}})
		if entries, _ := os.ReadDir(dir); len(entries) != 1 {
			for _, e := range entries {
				if e.Name() != "say" {
					os.Remove(filepath.Join(dir, e.Name()))
				}
			}
			t.Fatalf("%q with %q made a file\n%s", code, v, found.text)
		}
	})
}

// A single command of plain words becomes arguments; all else stays a script.
func TestPlainCommandsNeedNoShell(t *testing.T) {
	for _, c := range []struct {
		code string
		args []string
	}{
		{`kubectl -n <v> get pods`, []string{"kubectl", "-n", "V W", "get", "pods"}},
		{`curl "https://x/<v>?a=b" 'c d'`, []string{"curl", "https://x/V W?a=b", "c d"}},
		{`a "" b`, []string{"a", "", "b"}},
		{`a x<v>y`, []string{"a", "xV Wy"}},
		{`a | b`, nil},
		{`a *`, nil},
		{`a ~`, nil},
		{`a $HOME`, nil},
		{`a "$HOME"`, nil},
		{`a > b`, nil},
		{`a; b`, nil},
		{"a\nb", nil},
		{`cd x`, nil},
		{`A=b c`, nil},
		{`a {b,c}`, nil},
		{`a # b`, nil},
		{`a \b`, nil},
		{`a "b\n"`, nil},
	} {
		s := oneStep(t, c.code, "V W")
		if !slices.Equal(s.Command.Args, c.args) || (s.Command.Script == "") != (c.args != nil) {
			t.Errorf("%s: got %q and script %q, want %q", c.code, s.Command.Args, s.Command.Script, c.args)
		}
	}
}

func TestScanRefuses(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{`a ${x:-<v>}`, "it stands in an expansion of another variable"},
		{`a \<v>`, "it stands behind a backslash"},
		{`a $'<v>'`, "it stands in single quotes, where a shell fills nothing in"},
		{`a $'\'"' <v> '"' \'`, "the script's quotes cannot be told apart"},
		{`a "${x:-'"} <v>`, "the script's quotes cannot be told apart"},
		{"a `b 'c` <v>", "the script's quotes cannot be told apart"},
		{`case x in x) a <v>;; esac`, "the script's quotes cannot be told apart"},
		{`a | b "$(<v> c)"`, "it would name the program"},
	} {
		i := strings.Index(c.code, "<v>")
		found := scan(c.code, []spot{{i, i + 3, "v", "IN_v"}})
		if len(found.troubles) == 0 || found.troubles[0].reason != c.want {
			t.Errorf("%s: got %v, want %s", c.code, found.troubles, c.want)
		}
	}
	if found := scan("a <é>", []spot{{2, 6, "é", "IN_é"}}); len(found.troubles) != 1 || found.troubles[0].reason != "its name is no name of a variable" {
		t.Errorf("got %v", found.troubles)
	}
}

func BenchmarkScan(b *testing.B) {
	code := strings.Repeat(`kubectl -n "$(cat ns)" get pod <v> -o 'x' | grep "a b" # it's`+"\n", 100)
	var spots []spot
	for i := range 100 {
		at := i * len(code) / 100
		n := strings.Index(code[at:], "<v>")
		spots = append(spots, spot{at + n, at + n + 3, "v", "IN_v"})
	}
	b.SetBytes(int64(len(code)))
	b.ReportAllocs()
	for b.Loop() {
		if found := scan(code, spots); len(found.troubles) > 0 {
			b.Fatal(found.troubles)
		}
	}
}
