package ownership_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/slo"
)

func TestReleaseAsRollout(t *testing.T) {
	for _, c := range []struct{ release, want, rule, err string }{
		{release: "canary_deployment_strategy: 10% traffic for 30 mins, rollback_threshold: 0.1% error rate for 5 mins", want: "10% for 30m", rule: "0.1% error_rate for 5m"},
		{release: "canary_deployment_strategy: '1% for 10m, 10% for 1h', rollback_threshold: p95 latency > 300ms for 10m", want: "1% for 10m, 10% for 1h", rule: "p95_latency > 0.3 for 10m"},
		{release: "canary_deployment_strategy: 10% for 30m, rollback_threshold: 0.1%", want: "10% for 30m", rule: "0.1% error_rate for 5m"},
		{release: "canary_deployment_strategy: 10% for 30m", want: "10% for 30m"},
		{release: "rollback_threshold: 0.1% error rate for 5 mins", err: "release_management has no canary_deployment_strategy; write one such as 10% traffic for 30 mins"},
	} {
		s, err := ownership.Read("x.yaml", []byte("service: {name: a, owner_team: b, release_management: {"+c.release+"}}"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := s.Release.Rollout()
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s: got %v, want %s", c.release, err, c.err)
			}
			continue
		}
		if err != nil || r.String() != c.want {
			t.Errorf("%s: got %q, %v, want %q", c.release, r.String(), err, c.want)
			continue
		}
		rule := ""
		if len(r.Rules) > 0 {
			rule = r.Rules[0].String()
		}
		if rule != c.rule {
			t.Errorf("%s: rule %q, want %q", c.release, rule, c.rule)
		}
	}
}

func TestReviewRollout(t *testing.T) {
	const doc = "service: {name: a, owner_team: b, traffic: 50 rps, responsibilities: [{latency: p95 < 1s}, {availability: 99.99%}], release_management: {canary_deployment_strategy: 10% for 30m, rollback_threshold: 0.1% error rate for 5m}}"
	s, err := ownership.Read("x.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	planned, err := s.ReviewRollout(nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	// 10 % of 30 min is 3 min of total failure, of 4.32 min that 99.99 % allow in 30 d.
	if got, want := planned.Costs[0].Whole.Share, (1-0.0001)*3/4.32; math.Abs(got-want) > 1e-9 {
		t.Errorf("cost %v of the budget, want %v", got, want)
	}
	if planned.Setting.PerSecond != 50 || planned.Gate != nil || len(planned.Sights) != 1 || planned.Sights[0].Requests != 9000 {
		t.Errorf("by the spec alone: got %+v", planned)
	}
	// Thirty days at 20 rps with half the budget spent.
	at := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	var points []slo.Point
	for i := range 720 {
		points = append(points, slo.Point{Time: at.Add(time.Duration(i-719) * time.Hour), Counts: slo.Counts{Bad: 3.6, Total: 72000}})
	}
	measured, err := s.ReviewRollout(points, at)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(measured.Setting.PerSecond-20) > 1e-9 || math.Abs(measured.Setting.Good-0.00005) > 1e-12 {
		t.Errorf("traffic %v and errors %v, want 20 and 0.00005", measured.Setting.PerSecond, measured.Setting.Good)
	}
	if measured.Gate == nil || !measured.Gate.Allow || !strings.Contains(measured.String(), "a release may begin: ") {
		t.Errorf("half the budget left: got %+v", measured.Gate)
	}
	for i := range points {
		points[i].Counts.Bad = 8
	}
	spent, err := s.ReviewRollout(points, at)
	if err != nil {
		t.Fatal(err)
	}
	if spent.Gate.Allow || !strings.Contains(spent.String(), "a release has to wait: ") {
		t.Errorf("a budget overspent: got %+v", spent.Gate)
	}
	without, err := ownership.Read("x.yaml", []byte("service: {name: a, owner_team: b, responsibilities: [{latency: p95 < 1s}], release_management: {canary_deployment_strategy: 10% for 30m}}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := without.ReviewRollout(nil, time.Time{}); err == nil || !strings.Contains(err.Error(), "no objective that counts events") {
		t.Errorf("got %v", err)
	}
}
