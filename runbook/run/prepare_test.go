package run

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/runbook"
)

// Why a step is left to a person: one line a case.
func TestWhereAValueCannotStand(t *testing.T) {
	for _, c := range []struct{ code, value, want string }{
		{`./say <v>`, "a b", ""},
		{`./say <v>`, "-rf", `value-as-option: "-rf": the program would take it for an option; write it behind --name= or --, and check where it comes from`},
		{`./say "<v>"`, "-rf", `value-as-option: "-rf": the program would take it for an option; write it behind --name= or --, and check where it comes from`},
		{`./say ""<v>`, "-rf", `value-as-option: "-rf": the program would take it for an option; write it behind --name= or --, and check where it comes from`},
		{`./say x<v> <v>`, "-rf", `value-as-option: "-rf": the program would take it for an option; write it behind --name= or --, and check where it comes from`},
		{`./say --x=<v>`, "-rf", ""},
		{`./say '<v>'`, "a", `placement: "<v>": it stands in single quotes, where a shell fills nothing in; write the command so that the value is a word, or a part of one, of its own`},
		{`<v> x`, "a", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{"true a\n<v> x", "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{"(<v> x)", "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{"if true; then <v>; fi", "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{"{ <v>; }", "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{"! <v>", "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`true; "<v>" x`, "a", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`sudo <v>`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`sudo "<v>"`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`/usr/bin/sudo nohup <v> x`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`./say a; exec <v>`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`env A=b <v>`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`eval <v>`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`. <v>`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`sudo -- <v>`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`sh -c <v>`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`bash -lc "<v> x"`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`kubectl exec p -- sh -c "<v>"`, "reboot", `placement: "<v>": it would name the program; write the command so that the value is a word, or a part of one, of its own`},
		{`sudo -u <v> ./say`, "reboot", ""},
		{`sudo ./say <v>`, "reboot", ""},
		{`ssh <v> uptime`, "n17", ""},
		{`tar -c <v>`, "a", ""},
		{`./say > <v>`, "a", `placement: "<v>": it would name a file to read or write; write the command so that the value is a word, or a part of one, of its own`},
		{`./say > "<v>"`, "a", `placement: "<v>": it would name a file to read or write; write the command so that the value is a word, or a part of one, of its own`},
		{`./say $((<v>))`, "a", `placement: "<v>": it stands in arithmetic, which a shell reads as code; write the command so that the value is a word, or a part of one, of its own`},
		{"./say `./say <v>`", "a", "placement: \"<v>\": it stands in backquotes; write $( … ); write the command so that the value is a word, or a part of one, of its own"},
		{"cat <<EOF\n<v>\nEOF", "a", `placement: "<v>": it stands behind <<, in text that a program reads as it likes; write the command so that the value is a word, or a part of one, of its own`},
		{`./say "a <v>`, "a", `placement: "<v>": the script's quotes cannot be told apart; write the command so that the value is a word, or a part of one, of its own`},
		{`awk "./say <v>"`, "a.b-c/d", ""},
		{`sh -c "./say <v>"`, "a b", `value-reread: "a b": by "sh" it may be read as code once more; use the value only as an argument of the program that needs it`},
		{`sh -c "./say <v>"`, "-rf", `value-reread: "-rf": by "sh" it may be read as code once more; use the value only as an argument of the program that needs it`},
		{`/bin/sh -c "./say <v>"`, "a b", `value-reread: "a b": by "sh" it may be read as code once more; use the value only as an argument of the program that needs it`},
		{`./say <v> "${x@P}"`, "a b", `value-reread: "a b": by "${…@P}" it may be read as code once more; use the value only as an argument of the program that needs it`},
		{`((x = 1)); ./say <v>`, "a b", `value-reread: "a b": by "((" it may be read as code once more; use the value only as an argument of the program that needs it`},
		{`./say <v> $((x))`, "a b", `value-reread: "a b": by "((" it may be read as code once more; use the value only as an argument of the program that needs it`},
		{`X=<v>; ./say $X`, "a b", `value-reread: "a b": by "=" it may be read as code once more; use the value only as an argument of the program that needs it`},
		{`./say <v>; $CMD`, "a b", `value-reread: "a b": by "$" it may be read as code once more; use the value only as an argument of the program that needs it`},
		{`./say ${v%x}`, "a", `placement: "${v%x}": an expansion with a rule of its own would lose it; write $v`},
	} {
		b := book(t, "## Mitigation\n\n~~~sh {name=a mode=automated timeout=10s}\n"+c.code+"\n~~~\n")
		for i := range b.Inputs {
			b.Inputs[i].Declared = true
		}
		p, err := Prepare(b, Request{Requester: "rita", Labels: map[string]string{"v": c.value}, Environment: []string{"CMD", "x"}, Approval: Quorum{Need: 1}})
		if err != nil {
			t.Errorf("%s: %v", c.code, err)
			continue
		}
		got := ""
		for _, w := range p.Warnings() {
			got += w.Code + strings.TrimPrefix(w.String(), "auth/pod-stuck.md:3: warning: a")
		}
		if got != c.want {
			t.Errorf("%s with %q:\n got %s\nwant %s", c.code, c.value, got, c.want)
		}
		if s := p.Steps()[0]; (s.Mode == runbook.Manual) != (c.want != "") || s.Declared != runbook.Automated {
			t.Errorf("%s with %q: is %s, was declared %s", c.code, c.value, s.Mode, s.Declared)
		}
	}
}

// All that is wrong is told at once.
func TestPrepareErrors(t *testing.T) {
	b := book(t, `---
inputs:
  - name: replicas
    type: integer
  - name: zone
    allowed: [eu, us]
  - name: token
    secret: true
---
## Mitigation

~~~sh {name=scale mode=automated timeout=1m idempotent=maybe pause=soon on-failure=panic approve=2 approvers="rita,Ana"}
kubectl scale --replicas=<replicas> -n <namespace> deploy/<app> --zone <zone> --token <token>
~~~
`)
	_, err := Prepare(b, Request{Inputs: map[string]string{"replicas": "many", "zone": "moon", "token": "x", "nmespace": "auth"}, RunTimeout: -1})
	want := `no run: auth/pod-stuck.md: inputs.replicas: "many": no integer; give one
no run: auth/pod-stuck.md: inputs.zone: "moon": not one of the allowed values; give eu or us
no run: auth/pod-stuck.md: inputs.token: a secret would stand in the plan; give it to Run, in Options.Secrets
no run: auth/pod-stuck.md: inputs.nmespace: the runbook has no such input; did you mean namespace?
no run: auth/pod-stuck.md:12: scale.pause: "soon": no duration; write pause=5m
no run: auth/pod-stuck.md:12: scale.idempotent: "maybe": neither true nor false; write idempotent=true if doing it twice does no harm
no run: auth/pod-stuck.md:12: scale.on-failure: "panic": neither abort nor continue; write on-failure=continue to go on where the step fails
no run: auth/pod-stuck.md:12: inputs.namespace: "<namespace>": the step scale has no value for it; give it as an input or a label
no run: auth/pod-stuck.md:12: inputs.app: "<app>": the step scale has no value for it; give it as an input or a label
no run: auth/pod-stuck.md: requester: nobody asks for the plan; name the person or the program
and 1 more`
	front := regexp.MustCompile(`md:\d: inputs`) // lines of the front matter
	if err == nil || front.ReplaceAllString(err.Error(), "md: inputs") != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	var e *Error
	if !errors.As(err, &e) || !errors.Is(err, ErrInput) {
		t.Error("the error is no *Error")
	}
	_, err = Prepare(runbook.Runbook{Name: "empty"}, Request{Requester: "rita"})
	if want := "no run: steps: there is nothing to do; give a runbook with steps in these sections"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	b = book(t, "## Mitigation\n\n~~~sh {name=a mode=automated timeout=1m approve=2 approvers=\"rita,Ana,ana \"}\nrm x\n~~~\n")
	_, err = Prepare(b, Request{Requester: "Rita"})
	if want := `no run: auth/pod-stuck.md: steps[0].approval.of: "rita, Ana, ana": only 1 of them may approve what Rita asks for; name at least 2 other people`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestWarnings(t *testing.T) {
	p := plan(t, `## Mitigation

~~~sh {name=a mode=automated retry=3}
kubectl delete pod x
~~~

Look around. {#b}

~~~python {name=c mode=automated timeout=1m}
print("<v>")
~~~
`, Request{Labels: map[string]string{"v": "x"}})
	var got []string
	for _, w := range p.Warnings() {
		got = append(got, w.String())
	}
	want := []string{
		`auth/pod-stuck.md:3: warning: a: "3": it does not say that doing it twice does no harm, and is tried once; add idempotent=true, or take the retry out`,
		`auth/pod-stuck.md:3: warning: a: the step may run for ever; give it a timeout, or the request one for all`,
		`auth/pod-stuck.md:3: warning: a: it destroys something and asks nobody; add approve=1, or make it assisted`,
		`auth/pod-stuck.md:9: warning: c: "<v>": values are handed to shells and programs, not spliced into python; read it from an argument or the environment`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if s := p.Steps()[1]; s.Mode != runbook.Manual || s.Declared != runbook.Automated {
		t.Errorf("a value in another language: got %+v", s)
	}
}

// Request's rules are for all steps of the machine that may change something.
func TestRequestRules(t *testing.T) {
	text := `## Mitigation

~~~sh {name=reads mode=automated}
kubectl get pods
~~~

~~~sh {name=deletes mode=automated timeout=2m}
kubectl delete pod x
~~~

~~~sh {name=more mode=assisted approve=3}
kubectl delete pod y
~~~

~~~sh {name=unknown mode=automated}
curl http://x
~~~

~~~sh {name=hand}
kubectl delete pod z
~~~
`
	p := plan(t, text, Request{Approval: Quorum{Need: 1, Of: []string{"ana", "ben", "chi"}, Expiry: time.Minute}, Timeout: time.Minute})
	for i, want := range []struct {
		need    int
		timeout time.Duration
		risk    Risk
	}{{0, time.Minute, RiskReads}, {1, 2 * time.Minute, RiskDestroys}, {3, time.Minute, RiskDestroys}, {1, time.Minute, RiskUnknown}, {0, 0, RiskDestroys}} {
		s := p.Steps()[i]
		if s.Approval.Need != want.need || s.Timeout != want.timeout || s.Risk != want.risk {
			t.Errorf("%s: got %+v, %v, %v, want %+v", s.ID, s.Approval, s.Timeout, s.Risk, want)
		}
		if want.need > 0 && (len(s.Approval.Of) != 3 || s.Approval.Expiry != time.Minute) {
			t.Errorf("%s: got %+v", s.ID, s.Approval)
		}
	}
	if got, want := p.Share(), (Share{Manual: 1, Assisted: 1, Automated: 3}); got != want || got.Ratio() != 0.6 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Values in a query stand in its strings, escaped.
func TestQueries(t *testing.T) {
	for _, c := range []struct{ code, value, want string }{
		{`up{pod="<v>"}`, `a"} or vector(1) #`, `up{pod="a\"} or vector(1) #"}`},
		{`up{pod='<v>'}`, `a'} "\`, `up{pod='a\'} "\\'}`},
		{`up{pod="x\"<v>"}`, `a b`, `up{pod="x\"a b"}`},
		{"up{a=`\\`, pod=\"<v>\"}", `a"b`, "up{a=`\\`, pod=\"a\\\"b\"}"},
		{"up{pod=`<v>`}", "a", "up{pod=`a`}"},
		{"up{pod=`<v>`}", "a b", ""},
		{`sum by (<v>) (up)`, `pod`, `sum by (pod) (up)`},
		{`sum by (<v>) (up)`, `pod) (up) or (x`, ``},
	} {
		p := plan(t, "## Diagnosis\n\n~~~promql {name=q mode=automated timeout=10s}\n"+c.code+"\n~~~\n", Request{Inputs: map[string]string{"v": c.value}})
		s := p.Steps()[0]
		if s.Command.Script != c.want || (s.Mode == runbook.Manual) != (c.want == "") {
			t.Errorf("%s with %q: got %s (%s), want %s", c.code, c.value, s.Command.Script, s.Mode, c.want)
		}
		if c.want != "" && (!s.Repeatable || s.Risk != RiskReads || s.Command.Language != "promql" || s.Command.Shell != "") {
			t.Errorf("%s: got %+v", c.code, s)
		}
	}
}

// Values that are none of their input's type, or that no program can be given.
func TestUnfitValues(t *testing.T) {
	for _, c := range []struct {
		in          runbook.Input
		value, want string
	}{
		{runbook.Input{}, "a b", ""},
		{runbook.Input{}, "a\xff", "no text in UTF-8"},
		{runbook.Input{}, "a\x00", "no program can be given a NUL"},
		{runbook.Input{}, strings.Repeat("a", 64<<10), ""},
		{runbook.Input{}, strings.Repeat("a", 64<<10+1), "longer than 64 KiB"},
		{runbook.Input{Allowed: []string{"eu"}}, "eu", ""},
		{runbook.Input{Allowed: []string{"eu"}}, "EU", "not one of the allowed values"},
		{runbook.Input{Type: "integer"}, "-7", ""},
		{runbook.Input{Type: "integer"}, "7.5", "no integer"},
		{runbook.Input{Type: "number"}, "-7.5e3", ""},
		{runbook.Input{Type: "number"}, "0x10p1", "no number"},
		{runbook.Input{Type: "number"}, "inf", "no number"},
		{runbook.Input{Type: "number"}, "1e", "no number"},
		{runbook.Input{Type: "duration"}, "5m", ""},
		{runbook.Input{Type: "duration"}, "soon", "no duration"},
		{runbook.Input{Type: "label name"}, "pod_1", ""},
		{runbook.Input{Type: "label name"}, "pod) or (x", "no name of a label"},
	} {
		if got, remedy := unfit(c.in, c.value); got != c.want || (remedy == "") != (c.want == "") {
			t.Errorf("%.20q as %+v: got %q, want %q", c.value, c.in, got, c.want)
		}
	}
	for _, code := range []string{"a\x00b", "a\xffb"} {
		b := runbook.Runbook{Sections: []runbook.Section{{Steps: []runbook.Step{{ID: "a", Kind: runbook.Command, Language: "sh", Code: code}}}}}
		_, err := Prepare(b, Request{Requester: "rita"})
		if err == nil || !strings.Contains(err.Error(), "no text in UTF-8 without NUL; repair the file") {
			t.Errorf("code %q: got %v", code, err)
		}
	}
}

// Which value an input has: the request's, else the label's, else the default. A label
// is no variable of the shell unless the runbook declares it, or an alert could set it.
func TestWhereAValueComesFrom(t *testing.T) {
	p := plan(t, "---\ninputs:\n  - name: a\n    default: d\n  - name: b\n    default: d\n  - name: c\n    default: d\n---\n"+steps("name=a mode=automated timeout=1m|./say <a> <b> <c> $TOOL"),
		Request{Inputs: map[string]string{"a": "i"}, Labels: map[string]string{"a": "l", "b": "l", "TOOL": "/evil"}, Environment: []string{"TOOL"}})
	var got []string
	for _, v := range p.Values() {
		got = append(got, v.Name+" "+v.Value+" "+v.Origin)
	}
	wants(t, "values", strings.Join(got, "\n"), "a i input\nb l label\nc d default")
	wants(t, "script", p.Steps()[0].Command.Script, `./say "${IN_a}" "${IN_b}" "${IN_c}" $TOOL`)
	// An empty one is none for the machine; a person sees that it is.
	for mode, want := range map[string]string{"automated": `no run: auth/pod-stuck.md:3: inputs.v: "<v>": its value is empty; give one, or make the step manual`, "manual": "<nil>"} {
		_, err := Prepare(book(t, steps("name=a timeout=1m mode="+mode+"|./say <v>")), Request{Requester: "rita", Labels: map[string]string{"v": ""}})
		wants(t, mode, fmt.Sprint(err), want)
	}
	// A query is no place for a secret.
	p = plan(t, "---\ninputs:\n  - name: key\n    secret: true\n---\n## Diagnosis\n\n~~~promql {name=q mode=automated timeout=1m}\nup{a=\"<key>\"}\n~~~\n", Request{Labels: map[string]string{"key": "x"}})
	if s := p.Steps()[0]; s.Mode != runbook.Manual || !s.Command.IsZero() || len(p.Warnings()) != 1 || p.Warnings()[0].Reason != "a query is no place for a secret" {
		t.Errorf("got %+v, %v", s, p.Warnings())
	}
}

// What may be done twice: what says so, and queries that do not say otherwise.
func TestWhatIsRepeatable(t *testing.T) {
	for _, c := range []struct {
		language, attributes string
		want                 bool
	}{
		{"sh", "", false},
		{"sh", "idempotent", true},
		{"sh", "idempotent=true", true},
		{"sh", "idempotent=false", false},
		{"promql", "", true},
		{"promql", "idempotent=true", true},
		{"promql", "idempotent=false", false},
	} {
		s := plan(t, "## Diagnosis\n\n~~~"+c.language+" {name=a mode=automated timeout=1m retry=2 "+c.attributes+"}\nup\n~~~\n", Request{}).Steps()[0]
		if s.Repeatable != c.want || (s.Attempts == 3) != c.want {
			t.Errorf("%s {%s}: repeatable %t with %d attempts, want %t", c.language, c.attributes, s.Repeatable, s.Attempts, c.want)
		}
	}
}

// A plan is the same read back, and does not change.
func TestPlanIsTheSameReadBack(t *testing.T) {
	p := plan(t, threeSteps, Request{Labels: threeLabels, RunTimeout: time.Hour})
	digest := p.Digest()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var again Plan
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if again.Digest() != digest || len(digest) != 64 {
		t.Errorf("digest %s, read back %s", digest, again.Digest())
	}
	steps := p.Steps()
	steps[0].Command.Args[0] = "rm"
	steps[1].Approval.Of[0] = "eve"
	p.Values()[0].Value = "x"
	if p.Digest() != digest {
		t.Error("a plan was changed by what it gave away")
	}
	if plan(t, threeSteps, Request{Labels: threeLabels, RunTimeout: time.Hour}).Digest() != digest {
		t.Error("the same request gives another plan")
	}
	for _, c := range []struct{ from, to, want string }{
		{`"version":1`, `"version":2`, `no run: version: "2": not version 1; give what MarshalJSON wrote`},
		{`"expiry_seconds":600},"attempts":1`, `"expiry_seconds":600},"attempts":2`, `no run: steps[1].attempts: "2": the step may be done once only; declare idempotent=true if doing it twice does no harm, or do not retry it`},
		{`"id":"look"`, `"id":"delete"`, `no run: steps[1].id: "delete": not a name of its own; give each step another name`},
	} {
		changed := strings.Replace(string(text), c.from, c.to, 1)
		if changed == string(text) {
			t.Fatalf("%s is not in %s", c.from, text)
		}
		if err := json.Unmarshal([]byte(changed), &again); err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.to, err, c.want)
		}
	}
}

// A plan that was changed where it was kept is none.
func TestNoPlanHas(t *testing.T) {
	p := plan(t, steps("name=a mode=automated timeout=1m|./say <v> | cat"), Request{Labels: map[string]string{"v": "x"}})
	for _, c := range []struct {
		change func(*Step)
		want   string
	}{
		{func(*Step) {}, ""},
		{func(s *Step) { s.Command.Env[0].Name = "PATH" }, "no variable of an input"},
		{func(s *Step) { s.Command.Env[0].Name = "IN_a=b" }, "no variable of an input"},
		{func(s *Step) { s.Command.Env[0].Secret = true }, "no variable of an input"},
		{func(s *Step) { s.Command.Env[0].Value = "a\x00b" }, "neither one command nor one script"},
		{func(s *Step) { s.Command.Script = "a\x00b" }, "neither one command nor one script"},
		{func(s *Step) { s.Command.Args = []string{"rm"} }, "neither one command nor one script"},
		{func(s *Step) { s.Command.Script, s.Command.Args = "", []string{"", "x"} }, "neither one command nor one script"},
		{func(s *Step) { s.Command = Command{} }, "there is no command that a machine could run"},
		{func(s *Step) { s.Approval.Need = -1 }, "not from 0 to 100"},
		{func(s *Step) { s.Approval = Quorum{Need: 1, Of: []string{"Rita"}} }, "only 0 of them may approve what rita asks for"},
		{func(s *Step) { s.Timeout = -1 }, "not from 0 to 31 days"},
		{func(s *Step) { s.Pause = maxTime + 1 }, "not from 0 to 31 days"},
		{func(s *Step) { s.Attempts = 0 }, "not from 1 to 101"},
		{func(s *Step) { s.Scope = -1 }, "below 0"},
	} {
		core := p.core.clone()
		c.change(&core.Steps[0])
		var ps problems
		core.check(&ps)
		got := ""
		for _, f := range ps.Findings {
			got += f.Reason
		}
		if got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestJSONRoundTrips(t *testing.T) {
	r := Request{Requester: "rita", Labels: map[string]string{"a": "b"}, Approval: Quorum{Need: 2, Expiry: 90 * time.Second}, Timeout: 1500 * time.Millisecond, RunTimeout: time.Hour}
	text, err := json.Marshal(r)
	want := `{"requester":"rita","labels":{"a":"b"},"approval":{"need":2,"expiry_seconds":90},"timeout_seconds":1.5,"run_timeout_seconds":3600}`
	if err != nil || string(text) != want {
		t.Errorf("got %s (%v)\nwant %s", text, err, want)
	}
	var again Request
	if err := json.Unmarshal(text, &again); err != nil || again.Timeout != r.Timeout || again.RunTimeout != r.RunTimeout || again.Approval.Expiry != r.Approval.Expiry {
		t.Errorf("read back %+v (%v)", again, err)
	}
	a := Answer{Request: "x", By: Actor{Name: "ana", Roles: []string{"op"}, Scope: 2}, Word: SayAgain, Took: time.Minute}
	text, err = json.Marshal(a)
	want = `{"request":"x","by":{"name":"ana","roles":["op"],"scope":2},"word":"again","took_seconds":60}`
	if err != nil || string(text) != want {
		t.Errorf("got %s (%v)\nwant %s", text, err, want)
	}
	var answer Answer
	if err := json.Unmarshal(text, &answer); err != nil || answer.Took != time.Minute || answer.Word != SayAgain {
		t.Errorf("read back %+v (%v)", answer, err)
	}
	var w Word
	if err := w.UnmarshalText([]byte("maybe")); err == nil || err.Error() != `no run: word: "maybe": no such word; write nothing, done, failed, skip, go, again or abort` {
		t.Errorf("got %v", err)
	}
	if _, err := json.Marshal(State(99)); err == nil || State(99).String() != "state(99)" {
		t.Errorf("an unknown state: %v, %s", err, State(99))
	}
}
