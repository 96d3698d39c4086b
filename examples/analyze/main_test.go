package main

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	for _, tt := range []struct{ name, args string }{
		{"999-30d", "-objective 99.9% -errors 1,0.15,0.02,0.01,0.001"},
		{"90-30d", "-objective 90% -window 30d -errors 1,50%"},
		{"9999-28d", "-objective 99.99% -window 28d -errors 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(strings.Fields(tt.args), nil, &stdout, &stderr); code != 0 {
				t.Fatalf("got exit status %d: %s", code, stderr.String())
			}
			for _, f := range []struct{ file, got string }{
				{"testdata/" + tt.name + ".json", stdout.String()},
				{"testdata/" + tt.name + ".stderr", stderr.String()},
			} {
				if *update {
					if err := os.WriteFile(f.file, []byte(f.got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(f.file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), f.got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", f.file, diff)
				}
			}
		})
	}
}

func TestExitStatus(t *testing.T) {
	for _, tt := range []struct {
		args   string
		code   int
		stderr string
	}{
		{"-objective 100% -errors 2,0", 1, "not an objective \"\": target 100% leaves no error budget; write a ratio below 100%, such as 99.99%\n"},
		{"-objective 99.9% -errors 2,0", 1, "not usable options: error ratio 2; it must be above 0 and at most 1\nnot usable options: error ratio 0; it must be above 0 and at most 1\n"},
		{"", 2, "usage: analyze -objective 99.9% [-window 30d] [-errors 1,0.1,0.01]\n"},
		{"-objective 99.9% more", 2, "usage: analyze -objective 99.9% [-window 30d] [-errors 1,0.1,0.01]\n"},
		{"-objective 99.9% -errors x", 2, "invalid value \"x\" for flag -errors: \"x\" is no error ratio; write 0.01 or 1%\n"},
		{"-objective 99,9 -window 1y", 2, "invalid value \"99,9\" for flag -objective: "},
		{"-h", 0, "Usage of analyze:\n"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(tt.args), nil, &stdout, &stderr); code != tt.code || !strings.HasPrefix(stderr.String(), tt.stderr) || stdout.Len() > 0 {
			t.Errorf("analyze %s: got status %d, stderr %q, stdout %q, want %d, %q", tt.args, code, stderr.String(), stdout.String(), tt.code, tt.stderr)
		}
	}
}
