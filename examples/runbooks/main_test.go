package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden file")

func TestRunbooks(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{"-rules", "testdata/rules.yaml", "testdata/folder"}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	if *update {
		if err := os.WriteFile("testdata/folder.json", stdout.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/folder.json")
	if err != nil || stdout.String() != string(want) {
		t.Errorf("%v, got\n%s\nwant\n%s", err, stdout.String(), want)
	}
	if strings.Contains(stdout.String(), "abcdef0123") {
		t.Error("the secret is repeated")
	}
}

func TestWithoutRules(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := run([]string{t.TempDir()}, &stdout, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	var got map[string]any
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if findings, ok := got["findings"].([]any); !ok || len(findings) != 0 || got["runbooks"] != 0.0 || got["alerts"] != 0.0 || got["covered"] != 0.0 {
		t.Errorf("got %v, want nothing at all", got)
	}
}

func TestExitStatus(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("groups:\n- name: a\n  rules:\n  - alert: A\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	none := filepath.Join(t.TempDir(), "none")
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "usage: runbooks [-rules FILE] DIR"},
		{[]string{"a", "b"}, 2, "usage"},
		{[]string{"-nonsense"}, 2, "nonsense"},
		{[]string{none}, 1, none},
		{[]string{"-rules", none, "testdata/folder"}, 1, none},
		{[]string{"-rules", bad, "testdata/folder"}, 1, bad + `:4:5: "alert": the rule "A" has no expression; add expr:`},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(c.args, &stdout, &stderr); code != c.code || !strings.Contains(stderr.String(), c.want) || stdout.Len() > 0 {
			t.Errorf("%v: exit %d, %q %q; want %d and %q", c.args, code, stdout.String(), stderr.String(), c.code, c.want)
		}
	}
}
