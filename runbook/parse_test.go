package runbook_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/srekit/ownership/runbook"
)

func corpus(t testing.TB, name string) (runbook.Runbook, []byte) {
	t.Helper()
	source, err := os.ReadFile("testdata/corpus/" + name + ".md")
	if err != nil {
		t.Fatal(err)
	}
	return runbook.Parse(name+".md", source, runbook.Options{}), source
}

// outline is what the parser made of a file, a line a step.
func outline(r runbook.Runbook) string {
	var b strings.Builder
	for _, s := range r.Sections {
		fmt.Fprintf(&b, "## %s %v %d\n", s.Heading, s.Topics, s.Line)
		for _, st := range s.Steps {
			fmt.Fprintf(&b, "%s %s %d", st.ID, st.Kind, st.Line)
			if st.Code != "" {
				fmt.Fprintf(&b, " %q", st.Code)
			}
			if st.Expected != "" {
				fmt.Fprintf(&b, " gives %q", st.Expected)
			}
			for _, ph := range st.Placeholders {
				fmt.Fprintf(&b, " %s=%s", ph.Input, ph.Text)
			}
			if st.Rollback != "" {
				fmt.Fprintf(&b, " undo %q", st.Rollback)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func TestSteps(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"front-matter-yaml", "## Diagnosis [diagnosis] 9\ndiagnosis-1 prose 11\n"},
		{"front-matter-json", "## Diagnosis [diagnosis] 8\ndiagnosis-1 prose 10\n"},
		{"setext-headings", "## Diagnosis [diagnosis] 4\ndiagnosis-1 prose 7\n"},
		{"windows-lines", "## Diagnosis [diagnosis] 7\ndiagnosis-1 command 9 \"uptime\" gives \"up 3 days\"\n"},
		{"tilde-fence", "## Diagnosis [diagnosis] 3\ndiagnosis-1 command 5 \"```\\nkubectl get pods\\n```\"\n"},
		{"long-fence", "## Diagnosis [diagnosis] 3\ndiagnosis-1 prose 5 \"```bash\\nkubectl delete pod web\\n```\"\ndiagnosis-2 prose 11\n"},
		{"fence-in-list", "## Diagnosis [diagnosis] 3\ndiagnosis-1 command 7 \"kubectl get pods\"\ndiagnosis-2 prose 11\ndiagnosis-3 command 14 \"kubectl delete pod web\"\n"},
		{"unclosed-fence", "## Diagnosis [diagnosis] 3\ndiagnosis-1 command 5 \"kubectl get pods\\n\\n## Mitigation\\n\\nThis is code now.\"\n"},
		{"unclosed-fence-in-list", "## Diagnosis [diagnosis] 3\ndiagnosis-1 query 6 \"up == 0\\n``\\nNothing closes the fence.\"\ndiagnosis-2 prose 11\n"},
		{"console-session", "## Diagnosis [diagnosis] 3\ndiagnosis-1 command 5 \"kubectl -n web get pods \\\\\\n--watch=false\\ncat <<EOF\\nhello\\nEOF\" gives \"NAME  READY\\nweb-1 0/1\\nhello\"\n"},
		{"templates-in-code", "## Diagnosis [diagnosis] 3\ndiagnosis-1 command 5 \"kubectl get pods -o go-template='{{range .items}}{{.metadata.name}}{{\\\"\\\\n\\\"}}{{end}}'\\ndocker ps --format '{{ .Names }}'\"\n"},
		{"placeholders", "## Diagnosis [diagnosis] 9\ndiagnosis-1 command 13 \"kubectl -n $NAMESPACE logs <pod> --context ${CLUSTER} --tail=${LINES_OF:-20}\\nNODE=$(kubectl get pod <pod> -o jsonpath='{$.spec.nodeName}')\\nkubectl get node \\\"$NODE\\\" -l zone={{ $labels.zone }} $HOME $1 > <file name>\\nsort <in >out\" NAMESPACE=$NAMESPACE pod=<pod> CLUSTER=${CLUSTER} pod=<pod> zone={{ $labels.zone }} file_name=<file name>\n"},
		{"synonyms", "## 2. Troubleshooting Pointers & Resolution [diagnosis mitigation] 3\ndiagnosis-1 prose 5\n"},
		{"sections-of-level-one", "## Diagnosis [diagnosis] 1\ndiagnosis-1 prose 3\n## Mitigation [mitigation] 5\nmitigation-1 prose 7\n"},
		{"details", "## Diagnosis [diagnosis] 3\ndiagnosis-1 prose 5\ndiagnosis-2 command 8 \"kubectl delete pod web\"\n"},
		{"step-names", "## Diagnosis [diagnosis] 3\na command 5 \"uptime\"\na-1 command 9 \"uptime\" undo \"c\"\nd command 13 \"uptime\"\n"},
	} {
		r, _ := corpus(t, c.name)
		if diff := cmp.Diff(c.want, outline(r)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestAttributes(t *testing.T) {
	r, _ := corpus(t, "fence-attributes")
	got := ""
	for _, s := range r.Steps() {
		got += fmt.Sprintln(s.Language, s.Name, s.Mode, s.Approvals, s.Role, s.Scope, s.Retries, s.Timeout)
	}
	want := "bash one assisted 2 ic 3 2 5m0s\nsh two automated 1  0 0 1m30s\nbash three manual 1  0 0 0s\nbash  manual 0  0 0 0s\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestReferenceLinks(t *testing.T) {
	r, _ := corpus(t, "reference-links")
	want := []runbook.Link{
		{Text: "the dashboard", Target: "https://example.org/d", Line: 5, Column: 5, Offset: 36},
		{Text: "self", Target: "reference-links.md", Line: 5, Column: 42, Offset: 73},
	}
	if diff := cmp.Diff(want, r.Links); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// checkPlaces holds for every text: places lie within the file, in order, and IDs
// are unlike each other.
func checkPlaces(t testing.TB, r runbook.Runbook, source []byte) {
	t.Helper()
	last := 0
	ids := map[string]bool{}
	for _, sec := range r.Sections {
		if sec.Offset < last || sec.End < sec.Offset || sec.End > len(source) {
			t.Fatalf("section %q at %d-%d of %d behind %d", sec.Heading, sec.Offset, sec.End, len(source), last)
		}
		last = sec.Offset
		for _, s := range sec.Steps {
			if s.Offset < sec.Offset || s.End < s.Offset || s.End > len(source) || s.Line < sec.Line || s.EndLine < s.Line || s.Column < 1 {
				t.Fatalf("step %s at %d-%d, lines %d-%d, column %d of section %d-%d, line %d", s.ID, s.Offset, s.End, s.Line, s.EndLine, s.Column, sec.Offset, sec.End, sec.Line)
			}
			if ids[s.ID] || s.ID == "" {
				t.Fatalf("the ID %q stands twice", s.ID)
			}
			ids[s.ID] = true
			for _, ph := range s.Placeholders {
				if s.Code[ph.Start:ph.End] != ph.Text || ph.Input == "" {
					t.Fatalf("placeholder %+v of %q", ph, s.Code)
				}
			}
		}
	}
	for _, f := range r.Findings {
		if f.Line < 1 || f.Reason == "" {
			t.Fatalf("finding %+v", f)
		}
	}
}

func TestPlacesAndJSON(t *testing.T) {
	files, err := os.ReadDir("testdata/corpus")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name, ok := strings.CutSuffix(f.Name(), ".md")
		if !ok {
			continue
		}
		r, source := corpus(t, name)
		checkPlaces(t, r, source)
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back runbook.Runbook
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r, back, cmpopts.IgnoreUnexported(runbook.Step{})); diff != "" {
			t.Errorf("%s after JSON (-want +got)\n%s", name, diff)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := os.ReadDir("testdata/corpus")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range files {
		if strings.HasSuffix(e.Name(), ".md") {
			source, err := os.ReadFile("testdata/corpus/" + e.Name())
			if err != nil {
				f.Fatal(err)
			}
			f.Add(source)
		}
	}
	for _, h := range hostile {
		f.Add(hostileText(h.unit, 2000))
	}
	f.Add([]byte(page))
	f.Fuzz(func(t *testing.T, source []byte) {
		before := string(source)
		r := runbook.Parse("f.md", source, runbook.Options{})
		checkPlaces(t, r, source)
		if string(source) != before {
			t.Fatal("the source was changed")
		}
		r.Lint(nil, runbook.LintOptions{})
		r.Markdown()
	})
}

// Ten megabytes of what is hardest to read stop at a limit that is told.
func TestHostileFiles(t *testing.T) {
	for _, h := range hostile {
		size := 10 << 20
		if testing.Short() {
			size = 2 << 20
		}
		source := hostileText(h.unit, size)
		r := runbook.Parse("hostile.md", source, runbook.Options{Limits: runbook.Limits{Bytes: 64 << 10}})
		told := false
		for _, f := range r.Findings {
			told = told || f.Code == "R023" && f.Line > 0
		}
		if !told || r.Bytes != size {
			t.Errorf("%s: %d bytes, %v; want a finding R023", h.name, r.Bytes, r.Findings)
		}
		if n := len(r.Steps()); n > 10_000 || len(r.Links) > 10_000 {
			t.Errorf("%s: %d steps, %d links", h.name, n, len(r.Links))
		}
	}
}
