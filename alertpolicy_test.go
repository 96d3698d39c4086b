package ownership_test

import (
	"strings"
	"testing"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/slo"
)

// What the spec says of an objective's alerts reaches the rules; what it leaves
// open comes from the options.
func TestAlertsOfAnObjectiveFollowTheSpec(t *testing.T) {
	const doc = `
service:
  name: pay
  owner_team: payments
  responsibilities:
    - availability: {target: 99.9%, name: plain}
    - availability: {target: 99.9%, name: named, alerting: datadog, revision: "7"}
    - availability:
        target: 99.9%
        name: own
        alerting: {confidence: 95%, pairs: [{severity: critical, long: 2h, short: 10m, factor: 12, hold: 4m}]}
    - latency: {target: 95%, below: 123ms, name: native, indicator: {native_histogram: true}}
`
	s, err := ownership.Read("pay.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	opt := ownership.CompileOptions{Policy: alerting.SLOLibsonnet(), Window: slo.Rolling(7 * 24 * 60 * 60 * 1e9)}
	opt.Rules.Server = "3.5"
	a, err := s.Compile(opt)
	if err != nil {
		t.Fatal(err)
	}
	yaml := string(a.RulesYAML())
	of := func(name string) (text string) { // the rules of one objective
		for _, rule := range strings.Split(yaml, "- record: ") {
			for _, rule := range strings.Split(rule, "- alert: ") {
				if strings.Contains(rule, "slo: "+name) {
					text += rule
				}
			}
		}
		return text
	}
	for _, c := range []struct{ slo, has, hasNot string }{
		{"plain", "for: 3h", ""},                             // a hold of slo-libsonnet's
		{"named", "burn rate 16.8", "for: 3h"},               // Datadog's for a period of 7 d
		{"named", "revision: '7'", "revision: '1'"},          // identity
		{"own", "for: 4m", "for: 3h"},                        //
		{"own", "slo:events_bad:count2h", "for: 3h"},         // low-traffic counts
		{"native", "histogram_fraction(0, 0.123", "_bucket"}, // no classic buckets
	} {
		text := of(c.slo)
		if !strings.Contains(text, c.has) || c.hasNot != "" && strings.Contains(text, c.hasNot) {
			t.Errorf("rules of %q: want %q and not %q in\n%s", c.slo, c.has, c.hasNot, text)
		}
	}
}

// The window that tells which pairs a preset has may come from the options.
func TestPolicyWithoutPairsForThePeriod(t *testing.T) {
	s, err := ownership.Read("pay.yaml", []byte("service: {name: pay, owner_team: payments, responsibilities: [{availability: {target: 99.9%, alerting: pyrra}}]}"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Compile(ownership.CompileOptions{Window: slo.Rolling(24 * 60 * 60 * 1e9)})
	const want = `service "pay": objective "availability": the policy "pyrra" has no pairs for a period of 1d; choose another, or a longer window`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestReviewShowsThePolicyOfEachObjective(t *testing.T) {
	s, err := ownership.Read("pay.yaml", []byte("service: {name: pay, owner_team: payments, responsibilities: [{availability: {target: 99.9%, alerting: {policy: datadog, confidence: 95%}}}, {latency: p95 < 1s over 7d}]}"))
	if err != nil {
		t.Fatal(err)
	}
	text := ownership.Review{Service: s, Policy: alerting.Sloth()}.String()
	for _, want := range []string{"  availability, burn-rate policy \"datadog-30d\":\n", "at 95% confidence alert, two at least.\n", "  latency-p95, burn-rate policy \"sloth\":\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("want %q in\n%s", want, text)
		}
	}
}
