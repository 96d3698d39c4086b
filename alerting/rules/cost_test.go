package rules_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

func cost(t *testing.T, opt rules.Options, s rules.SLO) rules.Cost {
	t.Helper()
	set := compile(t, opt, s)
	c, err := set.Cost(opt)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(allRules(set)); c.Rules != n {
		t.Errorf("%d rules counted, want %d", c.Rules, n)
	}
	return c
}

// Raw series: 2 min of scrapes every 30 s are 4 samples, of all, and of bad with
// its default, 120 times an hour.
func TestCost(t *testing.T) {
	s := availability("99.9%")
	full := cost(t, rules.Options{}, s)
	if want := 3 * 4 * 120.; full.RawPerHour != want {
		t.Errorf("%v raw samples an hour, want %v", full.RawPerHour, want)
	}
	without := cost(t, rules.Options{WithoutPeriod: true}, s)
	// Twice 30 d in steps of 4.5 min and twice 4.5 min in steps of 30 s, and what
	// remains; every 4.5 min.
	if got, want := full.RecordedPerHour-without.RecordedPerHour, 60/4.5*(2*30*24*60/4.5+2*9+1); math.Abs(got-want) > 1e-6*want {
		t.Errorf("the period costs %v samples an hour, want %v", got, want)
	}
	if fast := cost(t, rules.Options{ScrapeInterval: 15 * time.Second}, s); fast.RawPerHour != full.RawPerHour {
		t.Errorf("%v raw samples an hour at half the scrape interval and half the base window, want %v", fast.RawPerHour, full.RawPerHour)
	}
	if _, err := (rules.RuleSet{}).Cost(rules.Options{Limit: -1}); !errors.Is(err, rules.ErrOptions) {
		t.Errorf("got %v, want %v", err, rules.ErrOptions)
	}
	if _, err := (rules.RuleSet{Groups: []rules.Group{{Interval: time.Minute, Rules: []rules.Rule{{Record: "x", Expr: "("}}}}}).Cost(rules.Options{}); err == nil {
		t.Error("an expression that does not parse has a cost")
	}
}

func TestThePeriodCanBeLeftOut(t *testing.T) {
	s := availability("99.9%")
	for _, r := range allRules(compile(t, rules.Options{WithoutPeriod: true}, s)) {
		if strings.Contains(r.Expr, "[30d]") || r.Record == "slo:error_budget:remaining" || r.Record == "slo:error_ratio:period" {
			t.Errorf("%s: %s", r.Name(), r.Expr)
		}
	}
	s.LowTraffic.Confidence = slo.MustRatio("0.95")
	if _, err := rules.Compile([]rules.SLO{s}, rules.Options{WithoutPeriod: true}); !errors.Is(err, rules.ErrOptions) || !strings.Contains(err.Error(), "leave WithoutPeriod unset") {
		t.Errorf("the low-traffic mode without the period: got %v", err)
	}
}
