package release

import (
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/slo"
)

// Numbers stand in sentences without exponents, and a probability is neither 0 nor 1.
func TestNumbersInSentences(t *testing.T) {
	sight := func(perSecond float64) string {
		v := must(MustRollout("10% for 30m").Sights(Setting{Objective: slo.Objective{Target: slo.MustRatio("0.999")}, PerSecond: perSecond}))(t)
		return v[0].String()
	}
	for _, c := range []struct{ got, want string }{
		{figure(999.7), "1000"},
		{figure(0.00006), "0.00006"},
		{figure(-0.25), "-0.25"},
		{figure(1234567.5), "1234568"},
		{chance(1e-6), "less than 0.001 %"},
		{chance(0.9999999), "more than 99.999 %"},
		{chance(0.25), "25 %"},
		{MustRule("0.00001% error rate for 5m").String(), "0.00001% error_rate for 5m"},
		{Rule{Metric: "memory", Quantity: Value, Threshold: 1.5e9, Consecutive: 3}.String(), "memory > 1500000000 3 in a row"},
		{sight(0.001), "10% for 30m at 0.001 rps sees 0.18 requests, 0.00018 of them bad in a good release; 2 times as many errors are noticed with less than 0.001 %; 80 % need 1991d7h57m"},
		{sight(100000), "10% for 30m at 100000 rps sees 18000000 requests, 18000 of them bad in a good release; 2 times as many errors are noticed with more than 99.999 %"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	small := MustRule("0.00001% error rate for 5m")
	if back := must(ParseRule(small.String()))(t); back != small {
		t.Errorf("got %+v, want %+v", back, small)
	}
}

// What took a release back, and what is known of one that stays, is told as it was.
func TestTransitionsSayWhatWas(t *testing.T) {
	rules := func(r ...Rule) Rollout {
		return Rollout{Stages: []Stage{{Traffic: slo.MustRatio("0.1"), Hold: 10 * time.Minute}}, Rules: r}
	}
	bad := []Observation{idle(0), minute(1, 1, 10), minute(2, 0, 10), minute(3, 1, 10)}
	acknowledged := rules(MustRule("1% error rate for 5m"))
	acknowledged.Stages = []Stage{{Traffic: all(), Hold: 10 * time.Minute, Deadline: 10 * time.Minute, Exit: ExitPromote}}
	returned := must(rules(MustRule("1% error rate for 5m")).StartReturn(t0.Add(-time.Hour), t0))(t)
	for _, c := range []struct {
		state *State
		o     []Observation
		want  string
	}{
		{start(t, rules(Rule{Metric: "error_rate", Threshold: 0.01, K: 2, Of: 3})), bad, "2 of 3: 10 %, 2 bad looks among the last 3"},
		{start(t, rules(Rule{Metric: "error_rate", Threshold: 0.01, Total: 2})), bad, "2 in all: 10 %, 2 bad looks in all"},
		{start(t, rules(Rule{Metric: "error_rate", Threshold: 0.01, Consecutive: 1})), bad, "1 in a row: 10 %, 1 bad look in a row over 1m"},
		{start(t, rules()), []Observation{idle(0), idle(10), idle(11)}, "the release has all traffic; no rule has judged it"},
		{start(t, acknowledged), []Observation{idle(0), idle(10), idle(20)}, "the release has all traffic; in its last stage what was not known was acknowledged"},
		{&returned, []Observation{idle(0), idle(1)}, "the revision known to be good has all traffic"},
		{start(t, rules(MustRule("1% error rate for 5m"))), append([]Observation{idle(0)}, looks(1, 12, 0)...), "the release has all traffic and is good"},
	} {
		var all []string
		for _, o := range c.o {
			for _, tr := range must(c.state.Step(o))(t) {
				all = append(all, tr.Text)
			}
		}
		if got := strings.Join(all, "\n"); !strings.Contains(got, c.want) {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}

// A rule that waits for the others of its group is not short of time.
func TestGroupSaysWhatIsMissing(t *testing.T) {
	r := MustRollout("10% for 5m")
	r.Rules = []Rule{{Metric: "error_rate", Threshold: 0.01, Consecutive: 1, Group: "both"}, {Metric: "cpu", Quantity: Value, Threshold: 1, Consecutive: 1, Group: "both"}}
	s := start(t, r)
	for i := range 7 {
		must(s.Step(minute(i, 10, 100).with(func(o *Observation) {
			o.Measurements = append(o.Measurements, Measurement{Metric: "cpu", Value: 0.5})
		})))(t)
	}
	if got, want := s.Status().Text, "error_rate is bad: 10 %, but not all of the group both are (1% error_rate 1 in a row)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Wake is no later than what time alone does: a measurement becomes too old while
// traffic is awaited, a reading of the budget while instances are.
func TestWakeBeforeWhatAges(t *testing.T) {
	r := MustRollout("10% for 5m")
	r.Rules = []Rule{MustRule("1% error rate for 5m")}
	r.Stages[0].TrafficDeadline = 10 * time.Hour
	s := start(t, r)
	feed(t, s, all2([]Observation{idle(0)}, []Observation{minute(1, 0, 0), minute(6, 0, 0)})...)
	if st := s.Status(); st.Phase != AwaitingTraffic || !st.Wake.Equal(t0.Add(9*time.Minute+1)) {
		t.Errorf("awaiting traffic: got %v, %v", st.Phase, st.Wake)
	}
	if got := feed(t, s, Observation{At: s.Status().Wake}); len(got) != 1 || !strings.Contains(got[0], "undecided") {
		t.Errorf("got %q", got)
	}

	r = MustRollout("10% for 5m")
	r.Capacity, r.Gates.Budget = true, DefaultBudgetGate()
	s = start(t, r)
	feed(t, s, idle(0).with(func(o *Observation) { o.Budget = BudgetReading{At: t0, Remaining: 1} }))
	if st := s.Status(); st.Phase != Moving || !st.Wake.Equal(t0.Add(time.Hour+1)) {
		t.Errorf("moving: got %v, %v", st.Phase, st.Wake)
	}
}

// A look that is pooled has fewer requests of its own, and an alert may have no name.
func TestLintSaysWhatIs(t *testing.T) {
	r := MustRollout("1% for 10m")
	r.Rules = []Rule{MustRule("0.1% error rate for 5m")}
	s := setting()
	s.PerSecond, s.Alerts = 0.01, []Alert{{Page: true, Ratio: 0.0005}}
	var text string
	for _, f := range must(r.Lint(s))(t) {
		text += f.String() + "\n"
	}
	for _, want := range []string{"a look of 1m at 1% has about 0.006 requests, pooled until there are 1, so one error already exceeds 0.1 %", "and then an alert pages"} {
		if !strings.Contains(text, want) {
			t.Errorf("got %s\nwant %s", text, want)
		}
	}
}
