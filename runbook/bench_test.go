package runbook_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/text"

	"github.com/srekit/ownership/runbook"
)

// page is an ordinary runbook of about 2.5 KB, with what public ones hold: front
// matter, fences in lists, sessions, links, tables.
const page = "---\ntitle: KubePodStuck\nowner: platform\nseverity: warning\nlast_reviewed: 2026-03-01\n---\n\n# KubePodStuck\n\n" +
	"## Meaning\n\nThe pod of a deployment has been waiting for more than ten minutes, so that a rollout cannot end. See the\n[documentation](https://example.org/pods) and [the dashboard][1].\n\n" +
	"## Impact\n\nThe service runs with fewer replicas than it was given. New versions do not arrive.\n\n" +
	"## Diagnosis\n\n1. Which pods wait?\n\n   ```console\n   $ kubectl -n $NAMESPACE get pods --field-selector=status.phase=Pending\n   NAME     READY   STATUS    AGE\n   web-1    0/1     Pending   12m\n   ```\n\n" +
	"2. What does the scheduler say? Look at the events of `<pod>`:\n\n   ```bash\n   kubectl -n $NAMESPACE describe pod <pod> | tail -n 20\n   ```\n\n   If it lacks memory, go to step 4.\n\n" +
	"3. Is the image there?\n\n   ```promql\n   sum by (namespace, pod) (kube_pod_container_status_waiting_reason{reason=\"ImagePullBackOff\"}) > 0\n   ```\n\n" +
	"4. Compare what is asked for with what is left:\n\n   - CPU: `sum(kube_pod_container_resource_requests)`\n   - memory, see *limits* and **requests**\n     - the sum of both counts\n\n" +
	"## Mitigation\n\n- **An image is missing.** Push it again.\n\n- **A node is full.** Move something:\n\n  ```bash {name=drain approve=1 timeout=10m}\n  kubectl drain <node> --ignore-daemonsets\n  ```\n\n  Undo: `kubectl uncordon <node>`\n\n" +
	"<details>\n<summary>More</summary>\n\nOlder clusters need another flag.\n\n</details>\n\n" +
	"| after | to |\n| --- | --- |\n| 15 min | the platform team |\n| 60 min | the incident commander |\n\n" +
	"## Escalation\n\nWho is on call for platform, by <https://example.org/page>.\n\n[1]: https://example.org/dashboard\n"

// All files of a collection, each once; MB/s include the garbage collection.
// Beside it what goldmark takes for them with its own CommonMark parser. With
// RUNBOOK_CORPUS set to a folder, a real collection is read, too; the page alone
// has three times as many steps per byte as public runbooks.
func BenchmarkParse(b *testing.B) {
	collections := []struct {
		name    string
		sources [][]byte
	}{{name: "prometheus-operator"}, {name: "openshift"}, {"page", [][]byte{[]byte(page)}}}
	for i := range collections[:2] {
		collections[i].sources, _ = generated(b, collections[i].name)
	}
	if folder := os.Getenv("RUNBOOK_CORPUS"); folder != "" {
		collections = append(collections, collections[0])
		collections[3].name, collections[3].sources = "real", realSources(b, folder)
	}
	for _, c := range collections {
		var total int64
		for _, s := range c.sources {
			total += int64(len(s))
		}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(total)
			b.ReportAllocs()
			for b.Loop() {
				for _, source := range c.sources {
					runbook.Parse("KubePodStuck.md", source, runbook.Options{})
				}
			}
		})
		b.Run(c.name+"/goldmark alone", func(b *testing.B) {
			md := goldmark.DefaultParser()
			b.SetBytes(total)
			b.ReportAllocs()
			for b.Loop() {
				for _, source := range c.sources {
					md.Parse(text.NewReader(source))
				}
			}
		})
	}
}

// realSources are the files of Markdown in a folder.
func realSources(b *testing.B, folder string) (sources [][]byte) {
	b.Helper()
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(name, ".md") {
			return err
		}
		source, err := os.ReadFile(filepath.Join(folder, name))
		sources = append(sources, source)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return sources
}

// Linear in size: MB/s stay the same.
func BenchmarkParseLong(b *testing.B) {
	for _, kb := range []int{16, 128, 1024} {
		b.Run(fmt.Sprintf("%dKB", kb), func(b *testing.B) {
			source := []byte(strings.Repeat(page[strings.Index(page, "# Kube"):], kb<<10/len(page)+1))
			b.SetBytes(int64(len(source)))
			b.ReportAllocs()
			for b.Loop() {
				runbook.Parse("long.md", source, runbook.Options{Limits: runbook.Limits{Bytes: 4 << 20, Steps: 1 << 20}})
			}
		})
	}
}

// hostile are texts of ten megabytes that are expensive for parsers of Markdown.
var hostile = []struct{ name, unit string }{
	{"quotes in one line", ">"}, {"quotes and spaces", "> "}, {"list markers in one line", "- "}, {"numbers in one line", "1. "},
	{"list items", "- a\n"}, {"empty items", "-\n"}, {"deeper and deeper", "\x00"}, {"blank lines in a deep list", "\x01"}, {"lazy lines in a deep list", "\x04"},
	{"brackets", "["}, {"closed brackets", "[]"}, {"links without end", "[a]("}, {"link targets", "[a](b"}, {"link titles", "[a](b \""}, {"stars", "*a_ "}, {"backticks", "`"},
	{"growing backticks", "\x02"}, {"fences", "```\n"}, {"fences without end", "```a\nb\n~~~\n"}, {"headings", "# a\n"}, {"setext headings", "a\n=\n"}, {"reference links", "[a]: b\n"}, {"references", "[a][b]"},
	{"tags", "<a "}, {"comments", "<!--"}, {"blocks of HTML", "<div>\n"}, {"entities", "&amp;"}, {"shortcodes", "{{< ref "}, {"templates in code", "    {{ $labels."}, {"placeholders in code", "    <a "},
	{"quotes in code", "    '\n"}, {"prompts", "    $ a <<b\n"}, {"control characters", "\x03\x00\x1b"}, {"invalid UTF-8", "\xff\xfe"}, {"words", "word "}, {"lines", "a\n"}, {"tabs", "\t"}, {"blank lines", "\n"}, {"lazy quotes", "> a\nb\n"},
	{"tables", "|a|b|\n"}, {"front matter", "---\na: b\n"}, {"URLs", "http://"}, {"nested links", "[a](http://b"}, {"returns", "\r"},
}

// hostileText is a text of about n bytes.
func hostileText(unit string, n int) []byte {
	var b strings.Builder
	b.Grow(n + 1000)
	switch unit {
	case "\x00":
		for i := 0; b.Len() < n; i = (i + 1) % 2000 {
			b.WriteString(strings.Repeat("  ", i) + "- a\n")
		}
	case "\x01":
		for i := range 12 {
			b.WriteString(strings.Repeat("  ", i) + "- a\n")
		}
		b.WriteString(strings.Repeat("\n", n-b.Len()))
	case "\x04":
		for i := range 16 {
			b.WriteString(strings.Repeat("  ", i) + "- a\n")
		}
		b.WriteString(strings.Repeat("a\n", n/2))
	case "\x02":
		for i := 1; b.Len() < n; i++ {
			b.WriteString(strings.Repeat("`", i) + "a")
		}
	default:
		b.WriteString(strings.Repeat(unit, n/len(unit)+1))
	}
	return []byte(b.String())[:n]
}

func BenchmarkHostile(b *testing.B) {
	for _, h := range hostile {
		b.Run(strings.ReplaceAll(h.name, " ", "_"), func(b *testing.B) {
			source := hostileText(h.unit, 10<<20)
			b.SetBytes(int64(len(source)))
			b.ReportAllocs()
			for b.Loop() {
				runbook.Parse("hostile.md", source, runbook.Options{})
			}
		})
	}
}
