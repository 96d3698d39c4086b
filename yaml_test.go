package ownership_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/slo"
)

// Every line of the format, as a shorthand and in its structured form, means
// the same and survives printing and reading.
func TestShorthandAndStructureAgree(t *testing.T) {
	const head = "service:\n  name: auth\n  owner_team: sre\n"
	tests := []struct{ name, short, long string }{
		{"availability",
			"  responsibilities:\n    - availability: 99.9% over 28d\n",
			"  responsibilities:\n    - availability: {target: 99.9%, window: 28d}\n"},
		{"availability per month",
			"  responsibilities:\n    - availability: 99.9% per month\n",
			"  responsibilities:\n    - availability: {target: 0.999, window: month}\n"},
		{"latency",
			"  responsibilities:\n    - latency: p95 < 100ms\n",
			"  responsibilities:\n    - latency: {target: 95%, below: 100ms}\n"},
		{"latency, inclusive",
			"  responsibilities:\n    - latency: p99.9 <= 1.5s over 7d\n",
			"  responsibilities:\n    - latency: {target: 99.9%, at_most: 1500ms, window: 1w}\n"},
		{"error rate in slices",
			"  responsibilities:\n    - error_rate: p99 < 0.01%\n",
			"  responsibilities:\n    - error_rate: {target: 99%, below: 0.01%, slice: 5m, empty_slices: good}\n"},
		{"error rate",
			"  responsibilities:\n    - error_rate: < 0.01%\n",
			"  responsibilities:\n    - error_rate: {at_most: 0.01%}\n"},
		{"alert",
			"  monitoring:\n    alerts:\n      - {name: A, threshold: p99 latency > 200ms for 10m}\n",
			"  monitoring:\n    alerts:\n      - {name: A, metric: latency, quantile: p99, threshold: 200ms, hold: 10m}\n"},
		{"burn rate",
			"  monitoring:\n    alerts:\n      - {name: A, threshold: burn_rate > 14.4 for 1h}\n",
			"  monitoring:\n    alerts:\n      - {name: A, metric: burn_rate, threshold: 14.4, hold: 1h}\n"},
		{"burn rate, inclusive",
			"  monitoring:\n    alerts:\n      - {name: A, threshold: burn_rate >= 14.4}\n",
			"  monitoring:\n    alerts:\n      - {name: A, metric: burn rate, threshold: \">= 14.4\"}\n"},
		{"schedule",
			"  incident_response:\n    oncall_schedule: weekly on Monday at 09:00 Europe/Berlin\n",
			"  incident_response:\n    oncall_schedule: {rotation: weekly, handoff: Monday 09:00, time_zone: Europe/Berlin}\n"},
		{"coverage",
			"  incident_response:\n    oncall_schedule: Mon-Fri 09:00-17:00\n",
			"  incident_response:\n    oncall_schedule: {rotation: weekly, coverage: Mon-Fri 09:00-17:00}\n"},
		{"runbook",
			"  incident_response:\n    runbooks: [/runbooks/a.md]\n",
			"  incident_response:\n    runbooks:\n      - path: /runbooks/a.md\n"},
		{"dependency",
			"  depends_on: [db]\n",
			"  depends_on: [{name: db, strength: hard}]\n"},
		{"metric",
			"  capacity_planning: {metrics: [cpu_utilization], season: 1w}\n",
			"  capacity_planning: {metrics: [{name: cpu_utilization}], season: [1w]}\n"},
		{"canary",
			"  release_management:\n    canary_deployment_strategy: 1% for 10m, 10% traffic for 30 mins, 50%\n",
			"  release_management:\n    canary_deployment_strategy:\n      stages:\n        - {traffic: 1%, hold: 10m}\n        - {traffic: 10%, hold: 30m}\n        - traffic: 50%\n"},
		{"rollback",
			"  release_management:\n    rollback_threshold: 0.1% error rate for 5 mins\n",
			"  release_management:\n    rollback_threshold: {metric: error_rate, threshold: 0.1%, hold: 5m}\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			short, err := ownership.Read("short.yaml", []byte(head+tt.short))
			if err != nil {
				t.Fatal(err)
			}
			long, err := ownership.Read("long.yaml", []byte(head+tt.long))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(short, long, plainly); diff != "" {
				t.Errorf("the forms differ (-shorthand +structured)\n%s", diff)
			}
			again, err := ownership.Read("again.yaml", short.YAML())
			if err != nil {
				t.Fatalf("%v\n%s", err, short.YAML())
			}
			if diff := cmp.Diff(short, again, plainly); diff != "" {
				t.Errorf("printing and reading (-before +after)\n%s\n%s", diff, short.YAML())
			}
		})
	}
}

// What only the structured form can say survives as well.
func TestStructuredFormsSurvive(t *testing.T) {
	data, err := os.ReadFile("testdata/everything.yaml")
	if err != nil {
		t.Fatal(err)
	}
	first, err := ownership.Read("auth.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, o := range first.Objectives() {
		names = append(names, o.Name)
	}
	if got, want := fmt.Sprint(names), "[logins login-latency error-rate-p99]"; got != want {
		t.Errorf("objectives: got %s, want %s", got, want)
	}
	again, err := ownership.Read("auth.yaml", first.YAML())
	if err != nil {
		t.Fatalf("%v\n%s", err, first.YAML())
	}
	if diff := cmp.Diff(first, again, plainly); diff != "" {
		t.Errorf("(-before +after)\n%s\n%s", diff, first.YAML())
	}
	if first.Tier != ownership.Tier0 || first.Alerts[0].Severity != alerting.Page || first.Release.Rollback.Comparator != ">=" {
		t.Errorf("tier %v, severity %v, comparator %q: not what the document says", first.Tier, first.Alerts[0].Severity, first.Release.Rollback.Comparator)
	}
}

// drawService is any service that the format can express.
func drawService(t *rapid.T) ownership.Service {
	name := rapid.OneOf(
		rapid.StringMatching(`[a-z]{1,8}(-[a-z0-9]{1,4})?`),
		rapid.SampledFrom([]string{"true", "null", "1e3", "0x10", "12", "- a", "a: b", "a #b", "é", "“q”", `"x"`, "it's", "%a", "@x", "*", "&a", "!t", "{x}", "[y]", "a,b", "a\\b", "2026-01-05", "~", "12:30"}),
	)
	text := rapid.OneOf(name, rapid.SampledFrom([]string{"two\nlines", "tab\there", "a: b: c", "end:", "nul\u0085x"}), rapid.Just(""))
	percent := rapid.SampledFrom([]string{"0.01%", "0.1%", "0.05%", "1%", "5%", "12.345%", "50%"})
	ratio := rapid.Custom(func(t *rapid.T) slo.Ratio { return slo.MustRatio(percent.Draw(t, "percent")) })
	target := rapid.Custom(func(t *rapid.T) slo.Ratio { return ratio.Draw(t, "budget").Complement() })
	length := rapid.SampledFrom([]time.Duration{time.Millisecond, 100 * time.Millisecond, 1500 * time.Millisecond, 5 * time.Minute, 90 * time.Minute, 24 * time.Hour, 28 * 24 * time.Hour})
	maybe := func(label string) bool { return rapid.Bool().Draw(t, label) }
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	window := rapid.SampledFrom([]slo.Window{{}, slo.Rolling(28 * 24 * time.Hour), slo.Rolling(36 * time.Hour), {Calendar: slo.Month}, {Calendar: slo.Quarter, Location: berlin}})

	condition := func() ownership.Condition {
		c := ownership.Condition{Comparator: rapid.SampledFrom([]string{"", ">=", "<"}).Draw(t, "comparator")}
		switch rapid.IntRange(0, 3).Draw(t, "threshold") {
		case 0:
			c.Threshold.Ratio = ratio.Draw(t, "ratio")
			c.Metric = rapid.SampledFrom([]string{"", "error_rate", "cpu_utilization"}).Draw(t, "metric")
		case 1:
			c.Threshold.Duration = length.Draw(t, "duration")
			c.Metric = rapid.SampledFrom([]string{"", "latency"}).Draw(t, "metric")
			c.Quantile = rapid.SampledFrom([]slo.Ratio{{}, slo.MustRatio("0.5"), slo.MustRatio("0.999")}).Draw(t, "quantile")
			if c.Quantile.IsZero() && maybe("aggregate") {
				c.Aggregate = "max"
			}
		case 2:
			c.Threshold.Number = rapid.SampledFrom([]float64{14.4, 2, 1000}).Draw(t, "number")
			c.Metric = "burn_rate"
		case 3:
			c.Threshold.Rate = ownership.Rate{Count: rapid.SampledFrom([]float64{5, 0.5, 200}).Draw(t, "count"), Per: time.Minute, Noun: "requests"}
			c.Metric = rapid.SampledFrom([]string{"", "traffic"}).Draw(t, "metric")
		}
		if maybe("hold") {
			c.Hold = length.Draw(t, "hold")
		}
		return c
	}
	s := ownership.Service{
		Name: name.Draw(t, "name"), OwnerTeam: name.Draw(t, "team"), Description: strings.TrimSpace(text.Draw(t, "description")),
		Kind: ownership.Kind(rapid.IntRange(0, 2).Draw(t, "kind")), Tier: ownership.Tier(rapid.IntRange(0, 4).Draw(t, "tier")),
		CustomerFacing: maybe("customers"), Version: rapid.IntRange(0, 1).Draw(t, "version"),
	}
	if maybe("traffic") {
		s.Traffic = ownership.Rate{Count: 200, Per: time.Second, Noun: "requests"}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "responsibilities") {
		r := ownership.Responsibility{Objective: slo.Objective{Service: s.Name, Name: fmt.Sprintf("o%d", i), Window: window.Draw(t, "window")}}
		if maybe("described") {
			r.Objective.Description = strings.TrimSpace(text.Draw(t, "description"))
		}
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			r.Key, r.Objective.Target = "availability", target.Draw(t, "target")
		case 1:
			r.Key, r.Objective.Target = "error_rate", target.Draw(t, "target")
		case 2:
			r.Key, r.Objective.Target, r.Objective.Kind = "latency", target.Draw(t, "target"), slo.Latency
			r.Objective.Latency = slo.LatencyBound{Threshold: length.Draw(t, "bound"), Inclusive: maybe("inclusive")}
		case 3:
			r.Key, r.Objective.Target, r.Objective.Kind = "error_rate", target.Draw(t, "target"), slo.TimeSlices
			r.Objective.Slice = slo.SliceRule{Length: rapid.SampledFrom([]time.Duration{time.Minute, 5 * time.Minute}).Draw(t, "slice"), Bound: ratio.Draw(t, "bound"), Inclusive: maybe("inclusive"), Empty: slo.EmptySlice(rapid.IntRange(0, 2).Draw(t, "empty"))}
		}
		if maybe("indicator") {
			r.Indicator = rules.Indicator{NativeHistogram: maybe("native"), Preset: "istio", Selector: `a="b",c!~"d|e"`, GroupBy: []string{"region"}, Buckets: []float64{0.05, 0.1, 2.5}}
		}
		switch rapid.IntRange(0, 3).Draw(t, "alerting") {
		case 1:
			r.Alerting.Policy.Name = rapid.SampledFrom([]string{"workbook", "sloth", "slo-libsonnet"}).Draw(t, "policy")
		case 2:
			r.Alerting.Policy = alerting.Policy{Name: strings.TrimSpace(text.Draw(t, "policy")), MaxErrorRatio: ratio.Draw(t, "cap"), Pairs: []alerting.Pair{
				{Severity: alerting.Page, Long: time.Hour, Short: 5 * time.Minute, Share: ratio.Draw(t, "share")},
				{Severity: alerting.Info, Long: 6 * time.Hour, Short: time.Hour, Factor: 2.5, For: 90 * time.Second},
			}}
			r.Revision = strings.TrimSpace(text.Draw(t, "revision"))
		case 3:
			if r.Objective.Kind != slo.TimeSlices && r.Objective.Window.Calendar == slo.NoCalendar {
				r.Alerting.Confidence = ratio.Draw(t, "confidence")
			}
		}
		s.Responsibilities = append(s.Responsibilities, r)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "alerts") {
		s.Alerts = append(s.Alerts, ownership.Alert{
			Name: fmt.Sprintf("A%d", i), Condition: condition(), Severity: alerting.Severity(rapid.IntRange(0, 3).Draw(t, "severity")),
			Handler: rapid.SampledFrom([]string{"", "pagerduty", "slack"}).Draw(t, "handler"),
		})
	}
	for i, n := 0, rapid.IntRange(0, 2).Draw(t, "stages"); i < n; i++ {
		stage := ownership.Stage{Traffic: slo.MustRatio([]string{"1%", "12.5%"}[i])}
		if i == 0 || maybe("held") {
			stage.Hold = length.Draw(t, "hold")
		}
		s.Release.Stages = append(s.Release.Stages, stage)
	}
	if maybe("rollback") {
		s.Release.Rollback = condition()
	}
	switch rapid.IntRange(0, 3).Draw(t, "schedule") {
	case 1:
		s.Schedule = ownership.Schedule{Ref: "sre-primary"}
	case 2:
		s.Schedule = ownership.Schedule{Rotation: ownership.Rotation{Every: rapid.IntRange(1, 3).Draw(t, "every"), Unit: rapid.SampledFrom([]string{"hour", "day", "week", "month"}).Draw(t, "unit")}}
		if s.Schedule.Rotation.Unit == "week" {
			s.Schedule.Handoff = ownership.DefaultHandoff()
		}
	case 3:
		s.Schedule = ownership.Schedule{Rotation: ownership.Rotation{Every: 1, Unit: "week"}, Members: []string{name.Draw(t, "member")}, TimeZone: "Europe/Berlin"}
	}
	return s
}

func TestYAMLRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawService(t)
		for _, f := range want.Validate() {
			if f.Level == "error" {
				t.Skip("not a service that can be used: ", f)
			}
		}
		got, err := ownership.Read("x.yaml", want.YAML())
		if err != nil {
			t.Fatalf("%v\n%s", err, want.YAML())
		}
		if diff := cmp.Diff(want, got, plainly); diff != "" {
			t.Fatalf("(-want +got)\n%s\n%s", diff, want.YAML())
		}
	})
}

func TestTeamYAMLRoundTrip(t *testing.T) {
	want := ownership.Team{
		Version: 1, Name: "sre", Description: "Keeps it up", Area: "identity", TimeZone: "Europe/Berlin",
		Members: []response.Person{
			{Name: "ana", Level: 5, Tracks: []string{"incident", "architect"}, Zone: "Asia/Tokyo", Certificates: []string{"commander", "deputy"},
				Qualifications: []response.Qualification{{Service: "user-db", Shadowed: 2, ReverseShadowed: 1, SoloShifts: 6, LastOnCall: time.Date(2026, 9, 14, 7, 0, 0, 0, time.UTC)}, {Service: "auth"}}},
			{Name: "ben"},
		},
		Handlers: []ownership.Handler{
			{Name: "pagerduty"},
			{Name: "bell", Type: "webhook", Pages: true, URLFile: "/etc/bell.url"},
			{Name: "chat", Type: "slack", Channel: "#sre", APIURLFile: "/etc/slack.url"},
			{Name: "post", Type: "email", To: "sre@example.org"},
			{Name: "other", Type: "opsgenie", APIKeyFile: "/etc/og.key", RoutingKeyFile: "/etc/r.key"},
		},
		Schedule: ownership.Schedule{Name: "primary", Rotation: ownership.Rotation{Every: 1, Unit: "week"}, Members: []string{"ana", "ben"}},
	}
	c, err := ownership.ReadCatalog(fstest.MapFS{"team.yaml": {Data: want.YAML()}}, ownership.CatalogOptions{Strict: true})
	if err != nil {
		t.Fatalf("%v\n%s", err, want.YAML())
	}
	got, ok := c.Team("sre")
	if !ok {
		t.Fatal("no such team")
	}
	if diff := cmp.Diff(want, got, plainly); diff != "" {
		t.Errorf("(-want +got)\n%s\n%s", diff, want.YAML())
	}
}
