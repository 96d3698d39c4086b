package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// now is the clock of the tests: a Tuesday, two days after Berlin has gone over
// to summer time.
var now = time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)

const catalog = "../quickstart/catalog"

// structured is a spec with its schedule in full.
const structured = `service:
  name: pay
  owner_team: payments
  incident_response:
    oncall_schedule:
      rotation: weekly
      handoff: "Monday 09:00"
      time_zone: Europe/Berlin
      start: 2026-01-05
      members: [ana, ben]
      layers:
        - {name: backup, role: secondary, rotation: daily, handoff: "08:00", members: [cy, dee]}
      overrides:
        - {start: 2026-03-31 12:00, end: 2026-03-31 18:00, member: eve}
`

func specFile(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "service.yaml")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// On 2026-03-30 week 12 begins: the even ones are ana's. On 2026-03-29 it is 83
// days from the start: the odd ones are dee's.
func TestAnswers(t *testing.T) {
	file := specFile(t, structured)
	for _, c := range []struct{ args, want string }{
		{catalog, `bruno
  primary since 2026-03-30T07:00:00Z until 2026-04-06T07:00:00Z, then felix
deniz
  shadow since 2026-03-30T07:00:00Z until 2026-04-13T07:00:00Z, then hiro
`},
		{"-at 2026-01-01T00:00:00Z " + catalog + "/team.yaml", `nobody
  primary at 2026-01-01T00:00:00Z, next is bruno from 2026-01-05T08:00:00Z
`},
		{"-at 1774951200 " + file, `eve
  primary since 2026-03-31T10:00:00Z until 2026-03-31T16:00:00Z, then ana
dee
  secondary since 2026-03-31T06:00:00Z until 2026-04-01T06:00:00Z, then cy
`},
		{"-from 2026-03-29T12:00:00Z -to 2026-03-31T12:00:00+02:00 " + file, `[
  {
    "start": "2026-03-29T12:00:00Z",
    "end": "2026-03-30T07:00:00Z",
    "responder": "ben",
    "role": "primary"
  },
  {
    "start": "2026-03-29T12:00:00Z",
    "end": "2026-03-30T06:00:00Z",
    "responder": "dee",
    "role": "secondary"
  },
  {
    "start": "2026-03-30T06:00:00Z",
    "end": "2026-03-31T06:00:00Z",
    "responder": "cy",
    "role": "secondary"
  },
  {
    "start": "2026-03-30T07:00:00Z",
    "end": "2026-03-31T10:00:00Z",
    "responder": "ana",
    "role": "primary"
  },
  {
    "start": "2026-03-31T06:00:00Z",
    "end": "2026-03-31T10:00:00Z",
    "responder": "dee",
    "role": "secondary"
  }
]
`},
		{"-from 2020-01-01T00:00:00Z -to 2021-01-01T00:00:00Z " + file, "[]\n"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(c.args), now, &stdout, &stderr); code != 0 || stderr.Len() > 0 {
			t.Errorf("oncall %s: exit status %d: %s", c.args, code, stderr.String())
		}
		if diff := cmp.Diff(c.want, stdout.String()); diff != "" {
			t.Errorf("oncall %s (-want +got):\n%s", c.args, diff)
		}
	}
}

// The calendar of one person holds that person's weeks of a year.
func TestCalendar(t *testing.T) {
	for _, c := range []struct {
		args   string
		events int
		want   string
	}{
		{"-ics -person bruno " + catalog, 9, "DTSTART:20260330T070000Z\r\nDTEND:20260406T070000Z\r\nSUMMARY:bruno: primary\\, sre-platform-primary\r\n"},
		{"-ics -layer shadow -from 2026-01-01T00:00:00Z -to 2026-03-01T00:00:00Z " + catalog, 4, "CATEGORIES:shadow\r\n"},
		{"-ics -at 2026-03-31T12:00:00Z " + catalog, 53 + 27, "DTSTAMP:20260331T120000Z\r\n"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(strings.Fields(c.args), now, &stdout, &stderr); code != 0 {
			t.Errorf("oncall %s: exit status %d: %s", c.args, code, stderr.String())
		}
		if n := strings.Count(stdout.String(), "BEGIN:VEVENT\r\n"); n != c.events || !strings.Contains(stdout.String(), c.want) {
			t.Errorf("oncall %s: %d events, want %d, and in them %q:\n%s", c.args, n, c.events, c.want, stdout.String())
		}
	}
}

func TestExitStatus(t *testing.T) {
	file := specFile(t, structured)
	bad := specFile(t, strings.NewReplacer("Monday 09:00", "Mnday 09:00", "Europe/Berlin", "Mars/Base", "end: 2026-03-31 18:00", "end: 2026-03-31 08:00").Replace(structured))
	alone := specFile(t, "service: {name: pay, owner_team: payments, incident_response: {oncall_schedule: weekly}}\n")
	two := specFile(t, "services:\n  - {name: pay, owner_team: a, responsibilities: [{availability: 99%}]}\n  - {name: play, owner_team: a, responsibilities: [{availability: 99%}]}\n")
	for _, c := range []struct {
		args, stderr string
		code         int
	}{
		{"", usage + "\n", 2},
		{file + " " + file, usage + "\n", 2},
		{"-from 2026-01-01T00:00:00Z " + file, usage + "\n", 2},
		{"-to 2026-01-01T00:00:00Z " + file, usage + "\n", 2},
		{"-at 2026-01-01T00:00:00Z -from 2026-01-01T00:00:00Z -to 2026-01-02T00:00:00Z " + file, usage + "\n", 2},
		{"-person ana " + file, usage + "\n", 2},
		{"-at noon " + file, "invalid value \"noon\" for flag -at: no time; write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds (1769860800)\n", 2},
		{"-nonsense", "flag provided but not defined: -nonsense\n", 2},
		{"-h", "Usage of oncall:\n", 0},
		{"none.yaml", "stat none.yaml: no such file or directory\n", 1},
		{"-from 2026-01-02T00:00:00Z -to 2026-01-01T00:00:00Z " + file, "-to 2026-01-01T00:00:00Z is not after -from 2026-01-02T00:00:00Z\n", 1},
		{"-from 2026-01-02T00:00:00Z -to 2226-01-01T00:00:00Z " + file, "-to 2226-01-01T00:00:00Z is more than a hundred years after -from\n", 1},
		{"-ics -layer third " + file, "no schedule: layer: \"third\": the schedule has no layer of that name; write one of backup\n", 1},
		{"-service other " + file, file + ": no service \"other\"; there are pay\n", 1},
		{two, two + ": several services; name one with -service: pay, play\n", 1},
		{alone, alone + `:1:81: service.incident_response.oncall_schedule: "weekly": nobody takes turns: no members are given, and the owner team is not defined here; list members, or define the team` + "\n", 1},
		// Everything at once, each with its key.
		{bad, bad + ":2:3: warning: service.responsibilities: the service promises nothing; add a list such as - availability: 99.9%\n" +
			bad + ":3:15: warning: service.owner_team: \"payments\": no team of that name is defined here; add team: with its name, members and handlers to the catalog\n" +
			bad + ":7:16: service.incident_response.oncall_schedule.handoff: \"Mnday 09:00\": it is no handoff; did you mean Monday 09:00?\n" +
			bad + ":8:18: service.incident_response.oncall_schedule.time_zone: \"Mars/Base\": unknown time zone \"Mars/Base\"; write an IANA name such as Europe/Berlin\n" +
			bad + ":14:42: service.incident_response.oncall_schedule.overrides[0].end: \"2026-03-31 08:00\": it is not after the start; write a later instant\n", 1},
	} {
		var stdout, stderr bytes.Buffer
		code := run(strings.Fields(c.args), now, &stdout, &stderr)
		if code != c.code || !strings.HasPrefix(stderr.String(), c.stderr) || stdout.Len() > 0 {
			t.Errorf("oncall %s: exit status %d, want %d; standard error:\n%swant:\n%s", c.args, code, c.code, stderr.String(), c.stderr)
		}
		if c.code == 1 && stderr.String() != c.stderr {
			t.Errorf("oncall %s: standard error:\n%swant exactly:\n%s", c.args, stderr.String(), c.stderr)
		}
	}
}
