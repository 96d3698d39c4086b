package runbook_test

import (
	"fmt"
	"math/rand"
	"os"
	"strings"
	"testing"
)

// generated is a collection of runbooks as large as a public one: each file has
// the bytes and the blocks of code that a file there has, and text of ours. The
// lines are as long and the lists as frequent as in openshift/runbooks.
func generated(t testing.TB, collection string) (sources [][]byte, total int) {
	t.Helper()
	text, err := os.ReadFile("testdata/sizes.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, rows, found := strings.Cut(string(text), "# "+collection)
	if !found {
		t.Fatalf("no collection %s", collection)
	}
	_, rows, _ = strings.Cut(rows, "\n")
	rows, _, _ = strings.Cut(rows, "#")
	rnd := rand.New(rand.NewSource(1))
	for row := range strings.FieldsSeq(rows) {
		var size, blocks int
		if _, err := fmt.Sscanf(row, "%d/%d", &size, &blocks); err != nil {
			t.Fatal(err)
		}
		w := &writer{Rand: rnd, size: size}
		if collection == "prometheus-operator" {
			w.WriteString("---\ntitle: KubePodStuck\nweight: 20\n---\n\n")
		}
		w.runbook(blocks)
		sources = append(sources, []byte(w.String()))
		total += size
	}
	return sources, total
}

// writer writes one runbook of a size.
type writer struct {
	*rand.Rand
	strings.Builder
	size int
}

// runbook writes the four usual sections.
func (w *writer) runbook(blocks int) {
	w.WriteString("# KubePodStuck\n\n")
	for _, s := range []struct {
		heading      string
		upto, blocks int // per cent
	}{{"Meaning", 15, 0}, {"Impact", 25, 0}, {"Diagnosis", 65, 60}, {"Mitigation", 100, 100}} {
		w.WriteString("## " + s.heading + "\n\n")
		n := blocks * s.blocks / 100
		blocks -= n
		for i := 1; n > 0 || w.Len() < w.size*s.upto/100; i++ {
			// A block of code takes some 250 bytes, which prose must leave.
			room := w.size - w.Len() - 250*(n+blocks)
			switch {
			case n > 0 && (room < 200 || w.Intn(2) == 0):
				n--
				w.code(i)
			case w.Intn(3) > 0:
				w.paragraph("")
			default:
				for range 1 + w.Intn(3) {
					w.WriteString("- ")
					w.paragraph("  ")
				}
			}
		}
	}
	text := strings.TrimRight(w.String()[:min(w.Len(), w.size-1)], "# \n-")
	w.Reset()
	w.WriteString(text + strings.Repeat(".", max(0, w.size-len(text)-1)) + "\n")
}

// paragraph writes lines of up to 80 bytes.
func (w *writer) paragraph(indent string) {
	column := 0
	for range 1 + w.Intn(3) {
		for word := range strings.FieldsSeq(sentences[w.Intn(len(sentences))]) {
			if column += len(word) + 1; column > 80-len(indent) {
				column = len(word) + 1
				w.WriteString("\n" + indent)
			}
			w.WriteString(word + " ")
		}
	}
	w.WriteString("\n\n")
}

// code writes a block of code, every other one in a list.
func (w *writer) code(number int) {
	indent := ""
	if w.Intn(2) == 0 {
		indent = "   "
		fmt.Fprintf(w, "%d. ", number)
	}
	w.WriteString("Look at what it says:\n\n")
	block := blocksOfCode[w.Intn(len(blocksOfCode))]
	for line := range strings.Lines(block) {
		w.WriteString(indent + line)
	}
	w.WriteString("\n")
}

var sentences = []string{
	"The pod of a deployment has been waiting for more than ten minutes, so that a rollout cannot end.",
	"Look at the events of the namespace first; they say which node refused it and why.",
	"See the [documentation of the scheduler](https://example.org/scheduler/reasons) before anything is moved.",
	"The service runs with fewer replicas than it was given.",
	"If requests are larger than what any node has left, go to step 4.",
	"Check that `kube_pod_status_phase` of `<pod>` has been `Pending` for as long as the alert says.",
	"**Nobody** should delete the claim: its data would be gone.",
	"New versions do not arrive, and what is running may be lost with the next restart.",
	"Older clusters need another flag, which the release notes name.",
	"Is the image there, and may the account pull it?",
	"Verify on the dashboard that the queue becomes shorter.",
	"When the quota is used up, ask its owner for more.",
}

var blocksOfCode = []string{
	"```console\n$ kubectl -n $NAMESPACE get pods --field-selector=status.phase=Pending\nNAME     READY   STATUS    AGE\nweb-1    0/1     Pending   12m\n```\n",
	"```bash\nkubectl -n $NAMESPACE describe pod <pod> | tail -n 20\n```\n",
	"```promql\nsum by (namespace, pod) (kube_pod_container_status_waiting_reason{reason=\"ImagePullBackOff\"}) > 0\n```\n",
	"```shell\nNODE=$(kubectl -n $NAMESPACE get pod <pod> -o jsonpath='{.spec.nodeName}')\nkubectl get node \"$NODE\" -o yaml | grep -A5 conditions\nkubectl cordon \"$NODE\"\n```\n",
	"```yaml\nresources:\n  requests:\n    cpu: 100m\n    memory: 256Mi\n  limits:\n    memory: 512Mi\n```\n",
}

func TestGeneratedSizes(t *testing.T) {
	for _, c := range []struct {
		name                string
		files, bytes, least int
	}{{"prometheus-operator", 108, 110_772, 60}, {"openshift", 272, 658_503, 900}} {
		sources, total := generated(t, c.name)
		bytes, fences := 0, 0
		for _, s := range sources {
			bytes += len(s)
			fences += strings.Count(string(s), "```") / 2
		}
		if len(sources) != c.files || bytes != c.bytes || total != c.bytes || fences < c.least {
			t.Errorf("%s: got %d files, %d bytes, %d blocks of code; want %d, %d and at least %d", c.name, len(sources), bytes, fences, c.files, c.bytes, c.least)
		}
	}
}
