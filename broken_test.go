package ownership_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership"
)

// broken is everything that Read tells about each file of testdata/broken, in
// full: these lines are what people see.
var broken = map[string][]string{
	"alias.yaml": {
		`alias.yaml:1:10: "&": anchors and aliases are not read; write the value out; if it begins with & or *, put it in quotes`,
	},
	"colon.yaml": {
		`colon.yaml:2:3: warning: service.responsibilities: the service promises nothing; add a list such as - availability: 99.9%`,
		`colon.yaml:3:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`colon.yaml:4:16: "payments: cards and transfers": a second ": " stands on this line, and YAML takes it for another key; put the value in quotes: "payments: cards and transfers"`,
	},
	"contradictions.yaml": {
		`contradictions.yaml:4:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`contradictions.yaml:9:19: warning: service.responsibilities[2].error_rate: "p99 < 0.05%": errors up to 0.05% are fine here, but availability of 99.9% leaves a budget of 0.1%; make them agree: 0.1% here, or availability: 99.95%`,
		`contradictions.yaml:9:19: warning: service.responsibilities[2].error_rate: "p99 < 0.05%": a slice of 5m holds about 600 events at 2 requests/s, so one error already exceeds 0.05%; lengthen the slice to 16m40s or more`,
		`contradictions.yaml:12:16: warning: service.monitoring.alerts[0].name: "HighErrorRateAlert": no runbook has the alert's name; add runbooks: - path: …/high-error-rate.md, or name one by the alert's key runbook`,
		`contradictions.yaml:12:47: warning: service.monitoring.alerts[0].threshold: "1%": the alert needs more than 1% but a release is taken back above 0.1%, so after its promotion the same failure would page nobody; lower the alert's threshold to 0.1% or less`,
		`contradictions.yaml:12:47: info: service.monitoring.alerts[0].threshold: "1%": the alert needs more than 1%, 20 times the 0.05% that error-rate-p99 promises; between the two only the burn-rate alerts tell; nothing, if the burn-rate alerts are in use`,
		`contradictions.yaml:12:90: warning: service.monitoring.alerts[0].handler: "slack": the alert must wake somebody, and slack does not; use a handler that pages, such as pagerduty, or severity: warning`,
		`contradictions.yaml:13:45: info: service.monitoring.alerts[1].threshold: "50ms": the alert fires above 50ms, while latency-p95 still keeps its promise of 100ms; raise it to 100ms, unless an early warning is meant`,
		`contradictions.yaml:16:15: warning: service.incident_response.runbooks[0].path: "/runbooks/high-eror-rate.md": no alert has the runbook's name; did you mean high-error-rate.md?`,
		`contradictions.yaml:19:32: warning: service.capacity_planning.metrics[1]: "happiness": the name does not tell whether it is a saturation or a demand; write {name: happiness, kind: saturation} or kind: demand`,
		`contradictions.yaml:20:23: warning: service.capacity_planning.forecast_horizon: "26 weeks": a forecast of more than 13 weeks needs to know the year's rhythm; add season: [1w, 52w], or look at most 13 weeks ahead`,
		`contradictions.yaml:22:33: warning: service.release_management.canary_deployment_strategy: "1% for 2m, 50%": the stage of 50% is not held, so nothing is learned from it; write for how long: 50% for 30m`,
		`contradictions.yaml:23:25: warning: service.release_management.rollback_threshold: "0.1% error rate for 5m": it must hold for 5m, longer than the stage 1% for 2m lasts; shorten the hold or lengthen the stage`,
	},
	"dangling.yaml": {
		`dangling.yaml:8:16: warning: service.monitoring.alerts[0].name: "Failing": no runbook has the alert's name; add runbooks: - path: …/failing.md, or name one by the alert's key runbook`,
		`dangling.yaml:8:36: service.monitoring.alerts[0].objective: "availabilty": the service has no objective of that name; did you mean availability?`,
		`dangling.yaml:8:83: warning: service.monitoring.alerts[0].handler: "pagerdty": the team payments has no handler of that name; did you mean pagerduty?`,
		`dangling.yaml:13:63: service.incident_response.oncall_schedule.overrides[0].layer: "frist": the schedule has no layer of that name; did you mean first?`,
		`dangling.yaml:15:47: service.incident_response.runbooks[0].alerts[0]: "Faling": the service has no alert of that name; did you mean Failing?`,
	},
	"duplicates.yaml": {
		`duplicates.yaml:3:3: service: "name": the key stands on line 2 already; keep one of them`,
		`duplicates.yaml:4:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`duplicates.yaml:5:20: service.depends_on[1]: "db": the service depends on db twice; keep one of them`,
		`duplicates.yaml:5:24: service.depends_on[2]: "pay": the service depends on itself; remove it`,
		`duplicates.yaml:8:21: service.responsibilities[1].availability: "99.99%": two objectives are named availability; the other is responsibilities[0].availability; give one a name of its own: availability: {name: …, target: 99.99%}`,
		`duplicates.yaml:13:33: info: service.monitoring.alerts[0].threshold: "200ms": the alert needs more than 200ms, 2 times the 100ms that latency-p95 promises; between the two only the burn-rate alerts tell; nothing, if the burn-rate alerts are in use`,
		`duplicates.yaml:14:16: service.monitoring.alerts[1].name: "Slow": two alerts have that name; the other is monitoring.alerts[0]; rename one of them`,
		`duplicates.yaml:14:33: info: service.monitoring.alerts[1].threshold: "300ms": the alert needs more than 300ms, 3 times the 100ms that latency-p95 promises; between the two only the burn-rate alerts tell; nothing, if the burn-rate alerts are in use`,
		`duplicates.yaml:16:16: warning: service.incident_response.runbooks[0]: "/runbooks/slow.md": the alert Slow names another runbook; remove this one, or the alert's key runbook`,
		`duplicates.yaml:16:35: service.incident_response.runbooks[1]: "/runbooks/slow.md": the runbook is listed twice; keep one of them`,
		`duplicates.yaml:18:32: service.capacity_planning.metrics[1]: "cpu_utilization": the metric is listed twice; keep one of them`,
	},
	"alerting.yaml": {
		`alerting.yaml:3:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`alerting.yaml:5:47: service.responsibilities[0].availability.alerting: "slth": no alert policy has that name; did you mean sloth?`,
		`alerting.yaml:6:63: service.responsibilities[1].latency.alerting.policy: "nothing-like-it": no alert policy has that name; write workbook, sloth, sloth-7d, pyrra, datadog, slo-libsonnet or slo-generator, or pairs of your own`,
		`alerting.yaml:7:66: service.responsibilities[2].latency.alerting: "pyrra": the policy "pyrra" has no pairs for a period of 1d; choose another, or a longer window`,
		`alerting.yaml:8:82: service.responsibilities[3].latency.alerting.confidence: "95%": the low-traffic mode needs a rolling window for its fallback; write one (30d) or leave the mode out`,
		`alerting.yaml:13:28: service.responsibilities[4].latency.alerting.max_error_ratio: "0%": a cap of 0% lets no pair fire; write a share above 0%, such as 90%`,
		`alerting.yaml:15:26: service.responsibilities[4].latency.alerting.pairs[0].severity: "loud": unknown severity "loud"; write critical (page), warning (ticket) or info`,
		`alerting.yaml:16:72: service.responsibilities[4].latency.alerting.pairs[1].factor: "14.4": share is given as well; keep one of them: the other follows`,
		`alerting.yaml:17:15: service.responsibilities[4].latency.alerting.pairs[2].share: the key is missing; give share (2%) or factor (14.4)`,
		`alerting.yaml:18:49: service.responsibilities[4].latency.alerting.pairs[3].short: "1h": the short window is longer than the long one, 5m; swap them`,
		`alerting.yaml:18:61: service.responsibilities[4].latency.alerting.pairs[3].factor: "0": it is no number above 0; write a plain number such as 4000`,
		`alerting.yaml:19:69: service.responsibilities[5].error_rate.alerting.confidence: "95%": the low-traffic mode counts events, and time slices weigh every slice alike; leave it out`,
	},
	"indentation.yaml": {
		`indentation.yaml:3:2: the indentation of this line fits no line above it; give it as many spaces as the lines that it belongs to`,
	},
	"no-units.yaml": {
		`no-units.yaml:3:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`no-units.yaml:5:25: service.responsibilities[0].availability: "99.9": expected % after a number above 1; write 99.9%`,
		`no-units.yaml:6:25: service.responsibilities[1].latency: "p95 < 100": no unit; write 100ms or 100s`,
		`no-units.yaml:7:26: service.responsibilities[2].error_rate: "p99 < 5": no unit; write 5%`,
		`no-units.yaml:10:42: service.monitoring.alerts[0].threshold: "p95 > 200": no unit; write 200ms or 200s`,
		`no-units.yaml:12:24: service.capacity_planning.forecast_horizon: "4": expected a unit of time after the number; write 4m or 4s`,
		`no-units.yaml:14:35: service.release_management.canary_deployment_strategy: "10 for 30m": expected % after a number above 1, found "for"; write 10%`,
		`no-units.yaml:15:46: service.release_management.rollback_threshold: "0.1% error rate for 5": expected a unit of time after the number; write 5m or 5s`,
	},
	"quoting.yaml": {
		`quoting.yaml:3:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`quoting.yaml:5:21: ">= 99.9%": YAML reads a value that begins with > as a block of text; put the value in quotes: ">= 99.9%"`,
		`quoting.yaml:6:19: "> 1%": YAML reads a value that begins with > as a block of text; put the value in quotes: "> 1%"`,
		`quoting.yaml:6:19: service.responsibilities[1].error_rate: "> 1%": an error rate with > promises errors; write < 1%`,
		`quoting.yaml:7:25: service.responsibilities[2].latency: "p95 < 100": no unit; write 100ms or 100s`,
	},
	"schedule.yaml": {
		`schedule.yaml:3:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`schedule.yaml:8:17: service.incident_response.oncall_schedule.rotation: "weekyl": expected a rotation, days, 24x7, follow-the-sun or a link, found "weekyl"; did you mean "weekly"?`,
		`schedule.yaml:9:16: service.incident_response.oncall_schedule.handoff: "Mnday 09:00": it is no handoff; did you mean Monday 09:00?`,
		`schedule.yaml:10:18: service.incident_response.oncall_schedule.time_zone: "Europe/Berln": unknown time zone "Europe/Berln"; write an IANA name such as Europe/Berlin`,
		`schedule.yaml:11:14: service.incident_response.oncall_schedule.start: "5 January 2026": it is no day; write year, month and day: 2026-01-05`,
		`schedule.yaml:13:22: service.incident_response.oncall_schedule.members[1]: "ana": the name is in the list already; keep one of them`,
		`schedule.yaml:15:36: service.incident_response.oncall_schedule.overrides[0].end: "2026-01-05": it is not after the start; write a later instant`,
		`schedule.yaml:16:11: service.incident_response.oncall_schedule.overrides[1].end: the key is missing; add it, such as end: 2026-01-06 09:00`,
		`schedule.yaml:16:19: service.incident_response.oncall_schedule.overrides[1].start: "tomorrow": it is no instant; write 2026-01-05 09:00 for the schedule's clock, or 2026-01-05T09:00:00Z`,
	},
	"secrets.yaml": {
		`secrets.yaml:3:32: team.members[0].level: "9": it is no level; write 1 to 5, or associate, mid, senior, staff or principal`,
		`secrets.yaml:3:44: team.members[0].tracks: "incidents": it is no track; did you mean incident?`,
		`secrets.yaml:3:64: team.members[1].name: "ana": two members have that name; rename one of them`,
		`secrets.yaml:3:80: team.members[1].time_zone: "Mars/Base": unknown time zone "Mars/Base"; write an IANA name such as Europe/Berlin`,
		`secrets.yaml:5:42: warning: team.handlers[0].channel: the value looks like a secret, and a spec is read by many; put it in a file, name the file by a key that ends in _file, and revoke the secret`,
		`secrets.yaml:6:14: team.handlers[1].name: "chat": two handlers have that name; rename one of them`,
		`secrets.yaml:6:26: warning: team.handlers[1].type: "slak": no handler of type "slak" is known, so it is taken to page nobody; did you mean slack?`,
		`secrets.yaml:7:14: warning: team.handlers[2].name: "bell": no handler of type "bell" is known, so it is taken to page nobody; add type: and what is behind it, or pages: true`,
		`secrets.yaml:7:20: team.handlers[2]: "routing_key": no key of that name belongs here; the keys here are name, type, pages, channel, to, routing_key_file, api_key_file, api_url_file, url_file`,
		`secrets.yaml:7:33: warning: team.handlers[2].routing_key: the value looks like a secret, and a spec is read by many; put it in a file, name the file by a key that ends in _file, and revoke the secret`,
	},
	"structured.yaml": {
		`structured.yaml:3:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`structured.yaml:5:16: service.responsibilities[0].latency.below: the key is missing; give below or at_most`,
		`structured.yaml:6:53: service.responsibilities[1].latency.at_most: "200ms": below is given as well; keep one of them`,
		`structured.yaml:7:16: service.responsibilities[2].latency.target: the key is missing; add it, such as target: 95%`,
		`structured.yaml:8:40: service.responsibilities[3].error_rate.slice: "5m": without a target the bound holds over the window, not in slices; add target: 99%, or remove the key`,
		`structured.yaml:9:60: service.responsibilities[4].error_rate.empty_slices: "ignored": no value of empty_slices; write good, excluded or bad`,
		`structured.yaml:9:77: service.responsibilities[4].error_rate.window: "1 month": "1mo" has no fixed length; write days for a rolling window (30d) or "monthly" for the calendar`,
		`structured.yaml:10:48: service.responsibilities[5].availability.indicator: unknown preset "promtheus-http"; did you mean prometheus-http?`,
		`structured.yaml:11:7: service.responsibilities[6]: the item is empty; write availability, latency or error_rate`,
		`structured.yaml:14:30: service.monitoring.alerts[0].metric: "error_rate": an error rate is a share, the threshold 200ms is a time; write metric: latency, or a threshold such as 0.1%`,
		`structured.yaml:14:53: info: service.monitoring.alerts[0].threshold: "200ms": no hold is given, so 5m counts; write hold: 5m or another`,
		`structured.yaml:15:65: service.monitoring.alerts[1].quantile: "p95": the threshold says p99 already; keep one of them`,
		`structured.yaml:15:76: service.monitoring.alerts[1].hold: "10m": the threshold says for 5m already; keep one of them`,
		`structured.yaml:17:33: warning: service.release_management.canary_deployment_strategy: nothing says when the release is taken back; add rollback_threshold: 0.1% error rate for 5m`,
		`structured.yaml:17:69: service.release_management.canary_deployment_strategy.stages[1]: a stage of 5% follows one of 10%; put the stages in rising order`,
		`structured.yaml:17:94: service.release_management.canary_deployment_strategy.stages[2].traffic: the key is missing; add it, such as traffic: 10%`,
		`structured.yaml:17:116: service.release_management.canary_deployment_strategy.stages[3].traffic: "0%": a stage without traffic shows nothing; write a share above 0%`,
	},
	"tabs.yaml": {
		`tabs.yaml:2:1: a tab indents this line, and YAML allows only spaces there; use two spaces a level`,
		`tabs.yaml:3:1: a tab indents this line, and YAML allows only spaces there; use two spaces a level`,
	},
	"unknown-keys.yaml": {
		`unknown-keys.yaml:3:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`unknown-keys.yaml:4:3: service: "teir": no key of that name belongs here; did you mean tier?`,
		`unknown-keys.yaml:5:3: service: "alerts": no key of that name belongs here; it belongs one level deeper, below monitoring`,
		`unknown-keys.yaml:7:7: service.responsibilities[0]: "avalability": no key of that name belongs here; did you mean availability?`,
		`unknown-keys.yaml:8:7: service.responsibilities[1]: "uptime_percentage": no key of that name belongs here; the keys here are availability, latency, error_rate`,
		`unknown-keys.yaml:12:9: service.monitoring.alerts[0]: "treshold": no key of that name belongs here; did you mean threshold?`,
		`unknown-keys.yaml:13:20: info: service.monitoring.alerts[0].threshold: "200ms": no hold is given, so 5m counts; write hold: 5m or another`,
	},
	"version.yaml": {
		`version.yaml:1:10: version: "2": the file is of version 2 of the format, and this release reads version 1 only; use a newer release of the library, or write version 1`,
	},
	"wrong-direction.yaml": {
		`wrong-direction.yaml:3:15: warning: service.owner_team: "payments": no team of that name is defined here; add team: with its name, members and handlers to the catalog`,
		`wrong-direction.yaml:5:21: service.responsibilities[0].availability: "< 99.9%": availability is a least share of good events; write it without the comparator: 99.9%`,
		`wrong-direction.yaml:6:16: service.responsibilities[1].latency: "p95 > 100ms": a latency with > promises slowness; write p95 < 100ms`,
		`wrong-direction.yaml:7:19: service.responsibilities[2].error_rate: "p99 > 0.01%": an error rate with > promises errors; write p99 < 0.01%`,
		`wrong-direction.yaml:8:19: service.responsibilities[3].error_rate: "99.9%": more than half of all events may fail; write the share that may fail (0.1%), or availability: 99.9%`,
		`wrong-direction.yaml:9:16: service.responsibilities[4].latency: "mean < 100ms": a mean cannot be summed over instances and time; promise a share: p95 < 100ms`,
		`wrong-direction.yaml:10:16: service.responsibilities[5].latency: "< 100ms": it is not said for which share of the requests; write p95 < 100ms`,
		`wrong-direction.yaml:11:21: service.responsibilities[6].availability: "100%": a target of 100% leaves no error budget to spend or to measure; write a share below 100%, such as 99.99%`,
		`wrong-direction.yaml:12:21: service.responsibilities[7].availability: "p99 < 100ms": availability is a least share of good events; a bound on time belongs to latency: p95 < 100ms`,
	},
	"wrong-types.yaml": {
		`wrong-types.yaml:2:9: service.name: a list stands here instead of a value; write one value behind the colon`,
		`wrong-types.yaml:3:15: service.owner_team: a mapping stands here instead of a value; write one value behind the colon; if it holds a colon itself, put it in quotes`,
		`wrong-types.yaml:4:9: service.tier: "high": no value of tier; write 0, 1, 2 or 3`,
		`wrong-types.yaml:5:9: service.kind: "servcie": no value of kind; did you mean service?`,
		`wrong-types.yaml:6:20: service.customer_facing: "sometimes": neither true nor false stands here; write true or false`,
		`wrong-types.yaml:7:15: service.depends_on: "user-db": a value stands here instead of a list; write each item on a line of its own that begins with "- "`,
		`wrong-types.yaml:8:12: service.traffic: "5%": it is no rate; write events over time: 200 rps, 5000/min`,
		`wrong-types.yaml:10:5: service.responsibilities: a mapping stands here instead of a list; write each item on a line of its own that begins with "- "`,
		`wrong-types.yaml:11:15: service.monitoring: "slack": a value stands here instead of a mapping; write keys below it: alerts`,
		`wrong-types.yaml:14:9: service.incident_response.runbooks[0].path: the key has no value; write one, or remove the key`,
		`wrong-types.yaml:15:8: service.incident_response.runbooks[1]: the item is empty; write one, or remove the dash`,
		`wrong-types.yaml:17:15: warning: service.capacity_planning.metrics[0]: the name does not tell whether it is a saturation or a demand; write {name: queue, kind: saturation} or kind: demand`,
		`wrong-types.yaml:17:39: service.capacity_planning.metrics[0].capacity: "many": it is no number above 0; write a plain number such as 4000`,
	},
}

func TestBrokenSpecs(t *testing.T) {
	files, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(files) != len(broken) {
		t.Fatalf("got %d files (%v), want %d", len(files), err, len(broken))
	}
	for name, want := range broken {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", "broken", name))
			if err != nil {
				t.Fatal(err)
			}
			svc, err := ownership.Read(name, data)
			findings := svc.Findings
			var spec *ownership.SpecError
			if errors.As(err, &spec) {
				findings = spec.Findings
				if got := err.Error(); got != strings.Join(want, "\n") {
					t.Errorf("Error() (-want +got)\n%s", cmp.Diff(want, strings.Split(got, "\n")))
				}
			}
			if wantErr := name != "contradictions.yaml"; (err != nil) != wantErr {
				t.Errorf("error %v, want one: %t", err, wantErr)
			}
			var got []string
			for _, f := range findings {
				got = append(got, f.String())
				if f.Code == "" || f.Line < 1 || f.Column < 1 || f.Source != name {
					t.Errorf("finding without code or position: %+v", f)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
