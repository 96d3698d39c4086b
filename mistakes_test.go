package ownership_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall/response"
)

// One mistake at a time, and all that is said about it.
func TestSingleMistakes(t *testing.T) {
	tests := []struct{ body, want string }{
		{"description: true", `service.description: "true": YAML reads this as true or false, not as text; put it in quotes if it is a name: "true"`},
		{"description: ''", `service.description: the value is empty; write one, or remove the key`},
		{"area: \"a\\u2028b\u2028\"", `a control character stands here, which YAML does not allow; remove it`},
		{"area: \"a\\nb\"", `service.area: "a\nb": a name is one line of at most 200 characters; shorten it`},
		{"traffic: 0 rps", `service.traffic: "0 rps": a rate of nought says nothing; write the usual traffic, or remove the key`},
		{"traffic: 200", `service.traffic: "200": it is no rate; write events over time: 200 rps, 5000/min`},
		{"depends_on: [{strength: soft}]", `service.depends_on[0].name: the key is missing; add it, such as name: user-db`},
		{"responsibilities: [{availability: x}]", `service.responsibilities[0].availability: "x": expected a share; write 99.9%`},
		{"responsibilities: [{error_rate: x}]", `service.responsibilities[0].error_rate: "x": expected a share; write < 0.1%, or p99 < 0.1% for slices of time`},
		{"responsibilities: [{latency: x}]", `service.responsibilities[0].latency: "x": expected a comparator; write p95 < 100ms`},
		{"responsibilities: [{availability: 100%}]", `service.responsibilities[0].availability: "100%": a target of 100% leaves no error budget to spend or to measure; write a share below 100%, such as 99.99%`},
		{"responsibilities: [{availability: 0%}]", `service.responsibilities[0].availability: "0%": a target of 0% promises nothing; write a share between 0% and 100%, such as 99.9%`},
		{"responsibilities: [{error_rate: 0%}]", `service.responsibilities[0].error_rate: "0%": an error rate of 0% leaves no error budget to spend or to measure; write a bound above 0%, such as 0.01%`},
		{"responsibilities: [{error_rate: p99 < 0%}]", `service.responsibilities[0].error_rate: "p99 < 0%": no ratio is below 0%, so no slice could be good; write <= 0%, or a bound above it`},
		{"responsibilities: [{error_rate: p99 < 60%}]", `service.responsibilities[0].error_rate: "p99 < 60%": more than half of all events may fail in a good slice; write the share that may fail: 40%`},
		{"responsibilities: [{error_rate: p99 < 1% for 99%}]", `service.responsibilities[0].error_rate: "p99 < 1% for 99%": two shares of slices are given; write one: p99 < 1%`},
		{"responsibilities: [{latency: p95 < 1s for 99%}]", `service.responsibilities[0].latency: "p95 < 1s for 99%": a latency is promised for a share of requests, not of slices; leave out "for 99%"`},
		{"responsibilities: [{latency: 99.9%}]", `service.responsibilities[0].latency: "99.9%": a latency is promised as a share of requests below a time; write p95 < 100ms`},
		{"responsibilities: [{availability: 1 in 3}]", `service.responsibilities[0].availability: "1 in 3": the share is no decimal of at most 18 digits; write a percentage such as 99.9%`},
		{"responsibilities: [{availability: latency < 5ms}]", `service.responsibilities[0].availability: "latency < 5ms": the line is about availability, the value about latency; leave latency out, or put the value under the key that fits`},
		{"responsibilities: [{error_rate: {target: 99%, below: 1%, slice: 2d, window: 1d}}]", `service.responsibilities[0].error_rate: a slice of 2d is longer than the window 1d; shorten the slice or lengthen the window`},
		{"responsibilities: [{latency: p95 < 1s, window: 7d}]", `service.responsibilities[0]: "window": no key of that name belongs here; it belongs one level deeper, below latency`},
		{"responsibilities: [{availability: {target: 99%, window: month in Mars/Base}}]", `service.responsibilities[0].availability.window: "month in Mars/Base": unknown time zone "Mars/Base"; write an IANA name such as Europe/Berlin`},
		{"indicator: {bad: 'rate(x[5m])', total: 'rate(y[$window])'}", `service.indicator: bad "rate(x[5m])": no $window; write it where the range of the rate belongs: rate(x[$window])`},
		{"monitoring: {alerts: [{name: A, metric: latency, threshold: 1%, hold: 5m, handler: slack, runbook: 'https://x.org'}]}", `service.monitoring.alerts[0].metric: "latency": a latency is a time, the threshold 1% is a share; write metric: error_rate, or a threshold such as 200ms`},
		{"monitoring: {alerts: [{name: A, threshold: {ratio: 1%}, handler: slack, runbook: 'https://x.org'}]}", `service.monitoring.alerts[0].threshold: a mapping stands here instead of a value; write metric, quantile, threshold and hold side by side`},
		{"monitoring: {alerts: [{name: A, threshold: 5ms, quantile: fast, hold: 5m, handler: slack, runbook: 'https://x.org'}]}", `service.monitoring.alerts[0].quantile: "fast": it is no quantile; write one such as p95, or median, mean or max`},
		{"incident_response: {oncall_schedule: {rotation: Mon-Fri}}", `service.incident_response.oncall_schedule.rotation: "Mon-Fri": it is no rotation; write how often the turn passes on: daily, weekly, every 2 weeks; days and hours belong to coverage`},
		{"incident_response: {oncall_schedule: {rotation: daily, handoff: Monday 09:00}}", `service.incident_response.oncall_schedule.handoff: "Monday 09:00": a weekday fits only a rotation in weeks, this one is daily; write the time alone, such as 09:00`},
		{"incident_response: {oncall_schedule: {rotation: weekly on Monday, handoff: Tuesday}}", `service.incident_response.oncall_schedule.handoff: "Tuesday": the rotation says Monday already; keep one of them`},
		{"incident_response: {oncall_schedule: {rotation: daily at 09:00 UTC, time_zone: Europe/Berlin}}", `service.incident_response.oncall_schedule.time_zone: "Europe/Berlin": the rotation says UTC already; keep one of them`},
		{"incident_response: {oncall_schedule: {coverage: follow-the-sun}}", `service.incident_response.oncall_schedule.coverage: "follow-the-sun": it says no days or hours; write Mon-Fri 09:00-17:00, weekends, daily 20:00-08:00 or 24x7`},
		{"incident_response: {oncall_schedule: {coverage: 'Mon-Fri 09:00-17:00 UTC'}}", `service.incident_response.oncall_schedule.coverage: "Mon-Fri 09:00-17:00 UTC": coverage has no zone of its own; give time_zone beside it`},
		{"incident_response: {oncall_schedule: {layers: [{rotation: follow-the-sun}]}}", `service.incident_response.oncall_schedule.layers[0].rotation: "follow-the-sun": a layer has a rhythm of its own; write daily or weekly, with the layer's own time_zone and coverage`},
		{"incident_response: {oncall_schedule: {time_zone: Local}}", `service.incident_response.oncall_schedule.time_zone: "Local": the zone depends on the machine; write an IANA name such as Europe/Berlin`},
		{"incident_response: {oncall_schedule: {handoff: 25:00}}", `service.incident_response.oncall_schedule.handoff: "25:00": it is no handoff; write a weekday and a time (Monday 09:00), or a time alone (09:00)`},
		{"capacity_planning: {metrics: [{name: a, kind: demand, capacity: -1}]}", `service.capacity_planning.metrics[0].capacity: "-1": it is no number above 0; write a plain number such as 4000`},
		{"capacity_planning: {season: 1 month}", `service.capacity_planning.season: "1 month": months have no fixed length; write days or weeks: 4 weeks, 30d, 90d`},
		{"release_management: {canary_deployment_strategy: 1 in 3 for 5m, rollback_threshold: 1% for 5m}", `service.release_management.canary_deployment_strategy: "1 in 3 for 5m": the share 1/3 is no decimal of at most 18 digits; write a percentage such as 10%`},
	}
	for _, tt := range tests {
		// What a misuse of one key drags along is no part of the case.
		head := "service:\n  name: a\n  owner_team: t\n  " + tt.body + "\n"
		if !strings.HasPrefix(tt.body, "responsibilities") {
			head += "  responsibilities: [{availability: 90%}]\n"
		}
		_, err := ownership.Read("x.yaml", []byte(head+"---\nteam: {name: t}\n"))
		if err == nil {
			t.Errorf("%s: no error, want %s", tt.body, tt.want)
			continue
		}
		var got []string
		for _, line := range strings.Split(err.Error(), "\n") {
			_, text, _ := strings.Cut(line, ": ")
			if !strings.HasPrefix(text, "info: ") && !strings.HasPrefix(text, "warning: ") {
				got = append(got, text)
			}
		}
		if diff := cmp.Diff([]string{tt.want}, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.body, diff)
		}
	}
}

func TestValidateTeamLiteral(t *testing.T) {
	c := ownership.Catalog{Teams: []ownership.Team{{Members: []response.Person{{Name: "ana", Level: 6}, {Name: "ana"}}}}}
	want := []string{
		"team.members[0].level: level 6 is out of range; write 1 to 5",
		"team.members[1]: two members have that name; rename one of them",
		"team.name: the key is missing; add it",
	}
	if diff := cmp.Diff(want, lines(c.Validate())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
