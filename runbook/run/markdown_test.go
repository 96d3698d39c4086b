package run

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/srekit/ownership/runbook"
)

func TestMarkdown(t *testing.T) {
	p := plan(t, threeSteps, Request{Labels: threeLabels})
	got := strings.Replace(p.Markdown(), p.Digest()[:12], "DIGEST", 1)
	wants(t, "plan", got, `**PodStuck** asked for by rita, plan `+"`DIGEST`"+`

3 steps: 0 manual, 1 assisted, 2 automated (67 %)

| input | value | from |
| --- | --- | --- |
| namespace | auth | label |
| node | n'1 | label |
| pod | auth-1 | label |

1. **look** (automated, command): at most 10s

`+"```"+`
kubectl -n auth get pod auth-1
`+"```"+`

2. **delete** (automated, command): risk: destroys; approval: 2 of ana, ben, chi within 10m0s; at most 1m0s

Tell the team.

`+"```"+`
kubectl -n auth delete pod auth-1
`+"```"+`

3. **uncordon** (assisted, command): needs the role "operator" and scope 2; at most 1m0s

`+"```"+`
IN_node='n'\''1'
kubectl get nodes | grep "${IN_node}"
`+"```"+`
`)
	w := newWorld(t, p, ok)
	r := w.run()
	got = strings.Replace(r.Markdown(), p.Digest()[:12], "DIGEST", 1)
	wants(t, "report", got, `**Run r1**: open, plan `+"`DIGEST`"+`

| step | mode | state | attempts | agreed |
| --- | --- | --- | --- | --- |
| look | automated | done | 1 |  |
| delete | automated | awaiting-approval | 0 |  |
| uncordon | assisted | pending | 0 |  |

Waits at delete: 2 of ana, ben, chi; 0 agreed so far, until 2026-11-23T09:10:07Z
`)
	var lines []string
	for _, rec := range r.Records {
		lines = append(lines, strings.Replace(rec.Markdown(), p.Digest()[:12], "DIGEST", 1))
	}
	wants(t, "records", strings.Join(lines, ""), `1. 2026-11-23T09:00:02Z **otto** began the run r1 of pod-stuck, plan `+"`DIGEST`"+`: rita
2. 2026-11-23T09:00:03Z **otto** started look: pending → running, attempt 1
3. 2026-11-23T09:00:06Z **otto** finished look: running → done, attempt 1, took 1s
4. 2026-11-23T09:00:07Z **otto** asked delete: pending → awaiting-approval: 2 of ana, ben, chi within 10m0s
`)
	rec := Record{Seq: 9, Event: Finished, Actor: "a", Step: "s", Before: Running, After: Failed, ExitCode: 2, Output: "```\n<b>\n```"}
	wants(t, "output", rec.Markdown(), "9. 0001-01-01T00:00:00Z **a** finished s: running → failed, exit status 2\n\n````\n```\n<b>\n```\n````\n")
}

// Names, labels, texts and outputs that would like to be markup, code or commands to a
// terminal are none.
func TestHostileTextsAreHarmless(t *testing.T) {
	evil := []string{`<script>alert(1)</script>`, "`x`", "```\n# out", "a\n# heading", "[x](javascript:alert(1))", "![x](http://e/x.png)", "| a |", "\x1b[31mred", "\u202eevil\u2066", "nul\x00", "**b**", "@channel <!channel>", strings.Repeat("é", 9000), "\xff\xfe"}
	for _, e := range evil {
		b := runbook.Runbook{Path: e, Name: e, Title: e, Sections: []runbook.Section{{Heading: e, Steps: []runbook.Step{
			{ID: "i" + e, Text: e, URL: e, Kind: runbook.Prose},
			{ID: "j" + e, Text: e, Kind: runbook.Command, Code: strings.ToValidUTF8(strings.ReplaceAll(e, "\x00", ""), "?"), Language: "sh", Role: e},
		}}}, Inputs: []runbook.Input{{Name: "v"}}}
		p, err := Prepare(b, Request{Requester: "r" + e, Labels: map[string]string{"v": strings.ToValidUTF8(strings.ReplaceAll(e, "\x00", ""), "?")}})
		if err != nil {
			t.Fatalf("%q: %v", e, err)
		}
		w := newWorld(t, p, nil)
		w.o.Run, w.o.Actor.Name = "run"+e, "a"+e
		r := w.run()
		a := say(r, "p"+e, SayDone)
		a.Note = e
		r = w.run(a, say(r, "p"+e, SayGo))
		texts := map[string]string{"plan": p.Markdown(), "report": r.Markdown()}
		for _, rec := range r.Records {
			rec.Output = e
			texts["record "+rec.Event.String()] = rec.Markdown()
		}
		for name, text := range texts {
			fence, lines := "", strings.Split(text, "\n")
			for _, line := range lines {
				mark := line[:len(line)-len(strings.TrimLeft(line, "`"))]
				switch {
				case fence == "" && len(mark) >= 3:
					fence = mark
					continue
				case fence != "" && line == fence:
					fence = ""
					continue
				case fence != "":
					continue
				}
				for _, bad := range []string{"<script", "<!", "](", "# heading", "# out", "**b**"} {
					if at := strings.Index(line, bad); at >= 0 && (at == 0 || line[at-1] != '\\') {
						t.Errorf("%s of %q has %s in %q", name, e, bad, line)
					}
				}
			}
			if fence != "" {
				t.Errorf("%s of %q: a code block does not end", name, e)
			}
			if i := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && r != ' ' && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%s of %q has %q", name, e, text[i:min(len(text), i+8)])
			}
		}
		if _, err := Verify(w.sink.Log(), r.Head); err != nil {
			t.Errorf("%q: %v", e, err)
		}
		if log := w.sink.Log(); strings.Contains(string(log), "<script") {
			t.Errorf("%q: the log has markup", e)
		}
	}
}

func TestTally(t *testing.T) {
	text := steps("name=look mode=automated timeout=1m idempotent=true retry=1|kubectl get pods", "name=fix|kubectl delete pod x")
	p := plan(t, text, Request{})
	var logs [][]Record
	for i := range 3 {
		fail := i == 0
		w := newWorld(t, p, ExecutorFunc(func(context.Context, Call) (Outcome, error) {
			f := fail
			fail = false
			return Outcome{Failed: f}, nil
		}))
		r := w.run()
		a := say(r, "per", SayDone)
		a.Took = time.Duration(i+1) * time.Minute
		if i == 2 {
			a.Word = SaySkip
		}
		logs = append(logs, w.run(a).Records)
	}
	byHand := newWorld(t, p, nil)
	r := byHand.run()
	a := say(r, "per", SayDone)
	a.Took = 10 * time.Minute
	logs = append(logs, byHand.run(a).Records)
	got := Tally(logs...)
	want := []Execution{
		{Runbook: "pod-stuck", Step: "fix", Done: Share{Manual: 2}, Skipped: 1, ByHand: 3 * time.Minute},
		{Runbook: "pod-stuck", Step: "look", Done: Share{Manual: 1, Automated: 3}, Failed: 1, ByHand: 10 * time.Minute, ByMachine: 4 * time.Second},
	}
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
	if m := got[0].MeanByHand(); m != 90*time.Second {
		t.Errorf("mean %v, want 90 s", m)
	}
	if (Execution{}).MeanByHand() != 0 || len(Tally()) != 0 || len(Tally(nil, []Record{{Event: Asked}})) != 0 {
		t.Error("nothing counts as something")
	}
	text2, err := got[1].MarshalJSON()
	wants(t, "JSON", string(text2), `{"runbook":"pod-stuck","step":"look","done":{"manual":1,"assisted":0,"automated":3},"failed":1,"skipped":0,"by_hand_seconds":600,"by_machine_seconds":4}`)
	var again Execution
	if err != nil || again.UnmarshalJSON(text2) != nil || again != got[1] {
		t.Errorf("read back %+v", again)
	}
}
