package runbook_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/runbook"
)

var march = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// findings are the messages of one rule about one file in a folder, with the lines.
func findings(t *testing.T, code, name, source string, answers ...runbook.Alert) []string {
	t.Helper()
	library, err := runbook.ReadFolder(fstest.MapFS{name: {Data: []byte(source)}}, runbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range library.Lint(answers, runbook.LintOptions{Cover: runbook.CoverOptions{Review: runbook.Review{Now: march}}}) {
		if f.Code == code {
			got = append(got, f.String())
		}
	}
	return got
}

func TestWhatFindingsSay(t *testing.T) {
	alert := func(name, severity string) runbook.Alert {
		return runbook.Alert{Name: name, Severity: severity, Annotations: map[string]string{"runbook_url": "a.md"}}
	}
	reviewed := func(date string) string { return "---\nlast_reviewed: " + date + "\nreview_every: 1d\n---\n" }
	for _, c := range []struct {
		code, name, source string
		answers            []runbook.Alert
		want               []string
	}{
		// Footnotes are text, also where their first word would be a target, and the
		// links in them are links.
		{"R014", "a.md", "Slow.[^1] [^2] [gone]\n\n[^1]: see the notes\n[^2]: notes\n\n[x](b.md).\n\n[^3]: and [y](c.md)\n\n[gone]: d.md 'Title'\n", nil, []string{
			`a.md:1:16: warning: "d.md": the folder has no such file; mend the link or take it out`,
			`a.md:6:1: warning: "b.md": the folder has no such file; mend the link or take it out`,
			`a.md:8:11: warning: "c.md": the folder has no such file; mend the link or take it out`}},
		{"R014", "a.md", "[note]\n\n[note]: this is a sentence\n", nil, nil},
		// A review is due from the very instant on; its first day is no day yet.
		{"R009", "a.md", reviewed("2026-02-28"), nil, []string{"a.md:1: warning: a review is due since 2026-03-01; review it, and move last_reviewed"}},
		{"R009", "a.md", reviewed("2026-02-27"), nil, []string{"a.md:1: warning: a review has been due for 1 day, since 2026-02-28; review it, and move last_reviewed"}},
		{"R009", "a.md", reviewed("2026-02-20"), nil, []string{"a.md:1: warning: a review has been due for 8 days, since 2026-02-21; review it, and move last_reviewed"}},
		{"R009", "a.md", reviewed("2026-02-28T00:00:00.000000001Z"), nil, nil},
		// Severities stand beside the alerts that have them.
		{"R019", "a.md", "---\nseverity: critical\n---\n", []runbook.Alert{alert("A", "warning"), alert("B", "info"), alert("A", "warning")}, []string{
			`a.md:1: warning: "critical": its alert "A" has the severity warning and "B" has the severity info; write the alert's severity, or leave it out here`}},
		{"R019", "a.md", "---\nseverity: critical\n---\n", []runbook.Alert{alert("A", "warning"), alert("B", "page")}, nil},
		{"R003", "a.md", "# Title\n", nil, []string{`a.md:1: warning: "Title": the title is not the name "a", by which people search; write # a`}},
		// All lines with secrets are told, and none of the secrets.
		{"R013", "a.md", "```bash\nexport PASSWORD=abc12345XYZ\ncurl -H 'Authorization: bearer abcdefghij0123456789klmn' x\n```\n\ntext\nwith token: abcd1234efgh5678\n", nil, []string{
			"a.md:2: there is what looks like a password; revoke it, and write how to get one instead",
			"a.md:3: there is what looks like a bearer token; revoke it, and write how to get one instead",
			"a.md:7: there is what looks like a secret; revoke it, and write how to get one instead"}},
	} {
		if diff := cmp.Diff(c.want, findings(t, c.code, c.name, c.source, c.answers...)); diff != "" {
			t.Errorf("%s %q (-want +got)\n%s", c.code, c.source, diff)
		}
	}
}

// Where file names do not count, nobody is told that there is none.
func TestNamesThatDoNotCount(t *testing.T) {
	library, err := runbook.ReadFolder(fstest.MapFS{"a.md": {Data: []byte("# A\n")}}, runbook.Options{})
	if err != nil {
		t.Fatal(err)
	}
	opt := runbook.CoverOptions{Resolver: runbook.Resolver{NoNames: true}}
	alerts := []runbook.Alert{{Name: "A"}}
	if got, want := library.Cover(alerts, opt).Alerts[0].Reason, "no link, and file names do not count"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, f := range library.Lint(alerts, runbook.LintOptions{Cover: opt}) {
		if want := "its name leads to a.md: link to it"; f.Code == "R006" && f.Remedy != want {
			t.Errorf("got %q, want %q", f.Remedy, want)
		}
	}
}

// A file without a name has none to be called by.
func TestNoTitleFromNoName(t *testing.T) {
	for _, f := range runbook.Parse(".md", []byte("# Title\n"), runbook.Options{}).Lint(nil, runbook.LintOptions{}) {
		if f.Code == "R003" {
			t.Errorf("got %v", f)
		}
	}
}

// What stands in a footnote is read as what it is.
func TestFootnotesAreText(t *testing.T) {
	r := runbook.Parse("a.md", []byte("## Diagnosis\n\n[^1]: see the notes\n\n[n]: b.md \"Title\"\n[n]\n"), runbook.Options{})
	var got []string
	for _, s := range r.Steps() {
		got = append(got, s.Text)
	}
	if diff := cmp.Diff([]string{"[^1]: see the notes", "[n]"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(r.Links) != 1 || r.Links[0].Target != "b.md" || strings.Contains(r.Links[0].Text, "^") {
		t.Errorf("got links %+v", r.Links)
	}
}

// A review that is said to be in the future makes nothing fresh, but for a day that has
// begun elsewhere.
func TestFutureReviewIsNotFresh(t *testing.T) {
	for _, c := range []struct {
		date string
		want int
	}{{"2026-03-03", 0}, {"2026-03-02", 1}, {"2026-02-28", 1}, {"2025-02-28", 0}} {
		for _, source := range []string{"---\nlast_reviewed: " + c.date + "\n---\n# A\n", "# A\n"} {
			library, err := runbook.ReadFolder(fstest.MapFS{"a.md": {Data: []byte(source)}}, runbook.Options{})
			if err != nil {
				t.Fatal(err)
			}
			date, err := time.Parse(time.DateOnly, c.date)
			if err != nil {
				t.Fatal(err)
			}
			review := runbook.Review{Now: march, Reviewed: map[string]time.Time{"a.md": date}}
			opt := runbook.CoverOptions{Review: review}
			if got := library.Cover([]runbook.Alert{{Name: "A"}}, opt).Counts.Fresh; got != c.want {
				t.Errorf("%s in %q: got %d fresh, want %d", c.date, source, got, c.want)
			}
			told := 0
			for _, f := range library.Lint([]runbook.Alert{{Name: "A"}}, runbook.LintOptions{Cover: opt}) {
				if f.Code == "R009" {
					told++
				}
			}
			if told != 1-c.want {
				t.Errorf("%s in %q: got %d findings", c.date, source, told)
			}
		}
	}
}
