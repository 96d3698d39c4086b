package ownership_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
)

// Files that no person wrote, or that an editor spoilt, end in one clear line.
func TestHostileFiles(t *testing.T) {
	const head = "service:\n  name: pay\n  owner_team: payments\n  responsibilities:\n    - availability: 99.9%\n"
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	tests := []struct{ name, data, want string }{
		{"empty", "", "x.yaml:1:1: the file holds no document; begin with service: and its name, owner_team and responsibilities"},
		{"comments only", "# nothing\n", "x.yaml:1:1: the file holds no document; begin with service: and its name, owner_team and responsibilities"},
		{"separators only", "---\n---\n", "x.yaml:1:1: the file holds no document; begin with service: and its name, owner_team and responsibilities"},
		{"a list", "- a\n- b\n", "x.yaml:1:1: a list stands here instead of a mapping; write keys below it: version, service, services, team"},
		{"a word", "hello\n", `x.yaml:1:1: "hello": a value stands here instead of a mapping; write keys below it: version, service, services, team`},
		{"another document", "apiVersion: v1\nkind: Pod\n", `x.yaml:1:1: "apiVersion": no key of that name belongs here; did you mean version?` + "\n" + `x.yaml:2:1: "kind": no key of that name belongs here; it belongs one level deeper, below service`},
		{"version alone", "version: 1\n", "x.yaml:1:1: service: the document holds neither a service nor a team; begin with service: and its name, owner_team and responsibilities"},
		{"a team alone", "team:\n  name: sre\n", "x.yaml:1:1: service: the file holds a team and no service; read the folder as a catalog"},
		{"alias bomb", bomb, `x.yaml:1:4: "&": anchors and aliases are not read; write the value out; if it begins with & or *, put it in quotes`},
		{"merge key", "service:\n  <<: {name: a}\n", `x.yaml:2:3: "<<": merge keys are not read; write the keys out`},
		{"tag", "service: !!binary aGk=\n", `x.yaml:1:10: "!!binary": tags are not read; leave the tag out; if the value begins with !, put it in quotes`},
		{"deep flow", strings.Repeat("[", 100_000), `x.yaml:1:64: "[": lists and mappings are nested more than 64 deep; a spec needs ten levels at most`},
		{"deep list", strings.Repeat("- ", 100_000) + "a", `x.yaml:1:129: "-": lists and mappings are nested more than 64 deep; a spec needs ten levels at most`},
		{"deep complex keys", strings.Repeat("? ", 100_000) + "a", `x.yaml:1:129: "?": lists and mappings are nested more than 64 deep; a spec needs ten levels at most`},
		{"too large", head + strings.Repeat("# filler\n", 1<<17), "x.yaml: the file has 1179738 bytes, more than the 1048576 that a spec may have; split it into one file a service"},
		{"invalid UTF-8", "service:\n  name: p\xe4y\n", "x.yaml:2:10: the file is not UTF-8 here; save it as UTF-8"},
		{"UTF-16", "\xff\xfes\x00e\x00", "x.yaml:1:1: the file is not UTF-8 here; save it as UTF-8"},
		{"NUL", "service:\n  name: a\x00b\n", "x.yaml:2:10: a control character stands here, which YAML does not allow; remove it"},
		{"escape sequence", "service:\n  name: \x1b[31mred\n", "x.yaml:2:9: a control character stands here, which YAML does not allow; remove it"},
		{"terminal codes in a quoted value", "service:\n  name: a\n  owner_team: b\n  tier: \"\\e[31m\"\n", "x.yaml:2:3: warning: service.responsibilities: the service promises nothing; add a list such as - availability: 99.9%\n" + `x.yaml:3:15: warning: service.owner_team: "b": no team of that name is defined here; add team: with its name, members and handlers to the catalog` + "\n" + `x.yaml:4:9: service.tier: "\x1b[31m": no value of tier; write 0, 1, 2 or 3`},
		{"two services", head + "---\n" + strings.Replace(head, "pay", "play", 1), `x.yaml:3:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog` + "\n" + `x.yaml:8:3: service: the file holds 2 services, and one is asked for; read the folder as a catalog, or split the file`},
		{"unclosed quote", "service:\n  name: \"pay\n  owner_team: b\n", "x.yaml:2:9: the quote that opens here is never closed; close it on the same line"},
		{"unclosed bracket", "service:\n  depends_on: [a, b\n", "x.yaml:2:15: the bracket that opens here is never closed; close it, or write the list as lines that begin with \"- \""},
		{"reserved", "service:\n  name: @pay\n", "x.yaml:2:3: service.owner_team: the key is missing; add it, such as owner_team: sre-platform\nx.yaml:2:3: warning: service.responsibilities: the service promises nothing; add a list such as - availability: 99.9%\n" + `x.yaml:2:9: "@pay": YAML reserves @ at the beginning of a value; put the value in quotes: "@pay"`},
		{"null service", "service:\n", "x.yaml:1:1: service: the key has no value; write one, or remove the key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ownership.Read("x.yaml", []byte(tt.data))
			var spec *ownership.SpecError
			if !errors.As(err, &spec) {
				t.Fatalf("got %v, want a SpecError", err)
			}
			if diff := cmp.Diff(strings.Split(tt.want, "\n"), strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A large file is read in time that grows with its length, however it is
// filled: each of these would take minutes if anything in it were quadratic.
func TestLargeFiles(t *testing.T) {
	const head = "service:\n  name: pay\n  owner_team: payments\n"
	const size = ownership.MaxBytes / 8
	fill := func(prefix, unit string) string {
		return prefix + strings.Repeat(unit, (size-len(prefix))/len(unit))
	}
	number := func(prefix, format string) string {
		var b strings.Builder
		b.WriteString(prefix)
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, data := range map[string]string{
		"unknown keys":     number(head, "  k%d: 1\n"),
		"one key":          fill(head, "  tier: 1\n"),
		"dependencies":     number(head+"  depends_on:\n", "    - d%d\n"),
		"responsibilities": number(head+"  responsibilities:\n", "    - latency: p95 < %dms\n"),
		"alerts":           number(head+"  monitoring:\n    alerts:\n", "      - {name: A%d, threshold: 1%%}\n"),
		"flow":             number(head+"  depends_on: [", "d%d, "),
		"documents":        fill(head, "---\nservice: {}\n"),
		"services":         number("services:\n", "  - {name: s%d, owner_team: t}\n"),
		"one string":       fill(head+"  description: ", "x"),
		"quotes":           fill(head+"  description: ", "'' "),
		"brackets":         fill("", "[]"),
		"colons":           fill(head+"  ", "a: "),
		"question marks":   fill(head, "? a\n"),
		"comments":         fill(head, "# c\n"),
		"blank":            fill(head, "\n"),
		"block text":       fill(head+"  description: |\n", "    text\n"),
		"traps":            fill(head, "  tier: > 1\n"),
		"secrets":          number("team:\n  name: t\n  handlers:\n", "    - {name: h%d, type: slack, channel: xoxb-1}\n"),
	} {
		svc, err := ownership.Read("x.yaml", []byte(data))
		if n := len(found(svc, err)); n > 1000 {
			t.Errorf("%s: %d findings", name, n)
		}
		if err == nil && name != "comments" && name != "blank" {
			t.Errorf("%s: no error", name)
		}
	}
}

// What editors and other systems add does no harm.
func TestHarmlessVariants(t *testing.T) {
	plain := bundledSpec(t)
	want, err := ownership.Read("x.yaml", plain)
	if err != nil {
		t.Fatal(err)
	}
	variants := map[string][]byte{
		"byte order mark":     append([]byte("\xef\xbb\xbf"), plain...),
		"CRLF":                bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n")),
		"no newline at end":   bytes.TrimRight(plain, "\n"),
		"document separators": append([]byte("---\n"), append(bytes.Clone(plain), "...\n"...)...),
		"YAML directive":      append([]byte("%YAML 1.2\n---\n"), plain...),
		"trailing spaces":     bytes.ReplaceAll(plain, []byte("\n"), []byte("  \n")),
		"comments":            bytes.ReplaceAll(plain, []byte("\n"), []byte(" # why\n")),
		"blank lines":         bytes.ReplaceAll(plain, []byte("\n"), []byte("\n\n")),
		"folded value":        bytes.ReplaceAll(plain, []byte("99.99%"), []byte(">-\n        99.99%")),
	}
	for name, data := range variants {
		got, err := ownership.Read("x.yaml", data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(want, got, plainly); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// JSON is YAML, so a spec may be written by a program.
func TestReadJSON(t *testing.T) {
	const doc = `{"version": 1, "service": {"name": "pay", "owner_team": "payments",
		"responsibilities": [{"availability": "99.9%"}, {"latency": {"target": "95%", "below": "100ms"}}],
		"tier": 1, "customer_facing": true}}`
	svc, err := ownership.Read("pay.json", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if svc.Name != "pay" || svc.Tier != ownership.Tier1 || !svc.CustomerFacing || len(svc.Responsibilities) != 2 {
		t.Errorf("got %+v", svc)
	}
}

// A file with more mistakes than anybody mends in one go is cut short.
func TestFindingsAreBounded(t *testing.T) {
	data := "service:\n  name: pay\n  owner_team: payments\n  responsibilities:\n" + strings.Repeat("    - availability: x\n", 900)
	_, err := ownership.Read("x.yaml", []byte(data))
	var spec *ownership.SpecError
	if !errors.As(err, &spec) {
		t.Fatal(err)
	}
	if n := len(spec.Findings); n != 202 {
		t.Errorf("got %d findings, want 200, the warning about the team and the one that counts the rest", n)
	}
	const want = "x.yaml: of 900 findings the last 700 are left out; mend these first"
	if got := spec.Findings[0].String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
