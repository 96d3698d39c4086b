package response

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/oncall"
)

// monday is 2026-01-05 09:00 UTC, a Monday.
var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func minutes(n float64) time.Duration { return time.Duration(n * float64(time.Minute)) }

func TestEscalationReferenceCases(t *testing.T) {
	data, err := os.ReadFile("testdata/escalation.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			ID    string
			Steps []struct {
				Delay   float64 `json:"delay_min"`
				Targets []string
			}
			Repeat        int
			Empty         string   `json:"empty_step"`
			Ack           *float64 `json:"ack_at_min"`
			Notifications []struct {
				T       float64 `json:"t_min"`
				Step    int
				Loop    int
				Targets []string
			}
			Exhausted *float64 `json:"exhausted_at_min"`
		}
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) != 7 {
		t.Fatalf("got %d cases, want 7", len(file.Cases))
	}
	for _, c := range file.Cases {
		e := Escalation{Repeat: c.Repeat, Empty: c.Empty}
		for _, s := range c.Steps {
			step := EscalationStep{Wait: minutes(s.Delay)}
			for _, name := range s.Targets {
				step.Targets = append(step.Targets, Target{Person: name})
			}
			e.Steps = append(e.Steps, step)
		}
		set := EscalationSetting{Start: monday}
		if c.Ack != nil {
			set.Acknowledged = monday.Add(minutes(*c.Ack))
		}
		line, err := e.Timeline(set)
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		var got, want []string
		for _, n := range line.Notifications {
			got = append(got, fmt.Sprintf("%v: step %d, pass %d, %s", n.After, n.Step, n.Loop, strings.Join(n.Names(), " ")))
			if n.At != monday.Add(n.After) {
				t.Errorf("%s: a notification at %v after %v", c.ID, n.At, n.After)
			}
		}
		for _, n := range c.Notifications {
			want = append(want, fmt.Sprintf("%v: step %d, pass %d, %s", minutes(n.T), n.Step, n.Loop, strings.Join(n.Targets, " ")))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: notifications (-want +got):\n%s", c.ID, d)
		}
		var exhausted time.Time
		if c.Exhausted != nil {
			exhausted = monday.Add(minutes(*c.Exhausted))
		}
		if !line.Exhausted.Equal(exhausted) {
			t.Errorf("%s: exhausted at %v, want %v", c.ID, line.Exhausted, exhausted)
		}
		codes := ""
		for _, f := range line.Findings {
			codes += f.Level + " " + f.Code + "; "
		}
		// Nobody notified must be an error and no silence.
		if want := map[string]string{"esc-04": "warning empty-step; ", "esc-05": "warning empty-step; ", "esc-07": "warning empty-step; warning empty-step; error nobody; "}[c.ID]; codes != want {
			t.Errorf("%s: got findings %q, want %q", c.ID, codes, want)
		}
	}
}

// shift is hours from monday on.
func shift(person, role string, from, to float64) oncall.Shift {
	at := func(h float64) time.Time { return monday.Add(time.Duration(h * float64(time.Hour))) }
	return oncall.Shift{Start: at(from), End: at(to), Person: person, Role: role}
}

func told(line Timeline) []string {
	var out []string
	for _, n := range line.Notifications {
		s := fmt.Sprintf("%v %s", n.After, strings.Join(n.Names(), "+"))
		if !n.Queued.IsZero() {
			s += " held back since " + n.Queued.Format("15:04")
		}
		if len(n.Missing) > 0 {
			s += " (" + strings.Join(n.Missing, "; ") + ")"
		}
		out = append(out, s)
	}
	for _, f := range line.Findings {
		out = append(out, f.Level+" "+f.Code)
	}
	switch {
	case !line.Acknowledged.IsZero():
		out = append(out, "acknowledged")
	case line.Cut:
		out = append(out, "cut")
	case !line.Exhausted.IsZero():
		out = append(out, "over "+line.Exhausted.Sub(line.Start).String())
	}
	return out
}

func TestEscalationOverSchedules(t *testing.T) {
	// ana hands over to ben 7 minutes after the alert; cleo is secondary all day.
	day := ShiftList{shift("ana", "primary", 0, .2), shift("ben", "primary", .2, 12), shift("cleo", "secondary", 0, 24), shift("dora", "shadow", 0, 24)}
	office := ShiftList{shift("eve", "", 15, 23)}
	schedules := map[string]Watch{"day": day, "office": office, "empty": ShiftList{}}
	start := monday.Add(5 * time.Minute)
	staff, err := NewStaff([]Person{{Name: "tom", Zone: "Asia/Tokyo"}, {Name: "lee", Zone: "America/New_York"}}, nil, nil, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	step := func(wait float64, targets ...Target) EscalationStep {
		return EscalationStep{Wait: minutes(wait), Targets: targets}
	}
	queue := func(s EscalationStep) EscalationStep { s.Queue = true; return s }
	hours := []oncall.Window{{Days: oncall.Workdays, From: "09:00", To: "17:00"}}
	for _, c := range []struct {
		name string
		e    Escalation
		ack  float64 // minutes, 0: never
		want []string
	}{
		{"resolved at the instant of each step", // 09:05 is ana's, 09:15 is ben's, whose shift began at 09:12
			Escalation{Steps: []EscalationStep{step(10, Target{Schedule: "day"}), step(5, Target{Schedule: "day"})}}, 0,
			[]string{"0s ana", "10m0s ben", "over 15m0s"}},
		{"several targets, a person once",
			Escalation{Steps: []EscalationStep{step(5, Target{Schedule: "day"}, Target{Person: "ana"}, Target{Schedule: "day", Role: "secondary"})}}, 0,
			[]string{"0s ana+cleo", "over 5m0s"}},
		{"shadows are not called",
			Escalation{Steps: []EscalationStep{step(5, Target{Schedule: "day", Role: "shadow"})}}, 0,
			[]string{"0s  (nobody is shadow of day)", "warning empty-step", "error nobody", "over 5m0s"}},
		{"a schedule that is not given",
			Escalation{Steps: []EscalationStep{step(5, Target{Schedule: "dya"}), step(5, Target{Person: "tom"})}}, 0,
			[]string{"0s  (there is no schedule dya)", "5m0s tom", "warning undefined", "warning empty-step", "over 10m0s"}},
		{"queued to the next shift", // office begins at 24:00, 14 h 55 min after 09:05
			Escalation{Steps: []EscalationStep{queue(step(5, Target{Schedule: "office"})), step(5, Target{Schedule: "day", Role: "secondary"})}}, 0,
			[]string{"14h55m0s eve held back since 09:05 (nobody is primary of office)", "15h0m0s cleo", "over 15h5m0s"}},
		{"a queue that nobody will serve is empty",
			Escalation{Steps: []EscalationStep{queue(step(5, Target{Schedule: "empty"})), step(5, Target{Person: "tom"})}}, 0,
			[]string{"0s  (nobody is primary of empty)", "5m0s tom", "warning empty-step", "over 10m0s"}},
		{"answered while held back",
			Escalation{Steps: []EscalationStep{queue(step(5, Target{Schedule: "office"}))}}, 30,
			[]string{"acknowledged"}},
		{"a person's hours", // 18:05 in Tokyo, 04:05 in New York
			Escalation{Empty: EmptySkip, Steps: []EscalationStep{step(5, Target{Person: "tom", Hours: hours}), step(5, Target{Person: "lee", Hours: hours}), step(5, Target{Schedule: "day"})}}, 0,
			[]string{"0s ana", "warning empty-step", "warning empty-step", "over 5m0s"}},
		{"queued to the hours of whoever has them first", // New York opens at 14:00 UTC, 4 h 55 min later
			Escalation{Steps: []EscalationStep{queue(step(5, Target{Person: "tom", Hours: hours}, Target{Person: "lee", Hours: hours}))}}, 0,
			[]string{"4h55m0s lee held back since 09:05 (outside the hours of tom, where it is Mon 18:05 JST; outside the hours of lee, where it is Mon 04:05 EST)", "over 5h0m0s"}},
		{"acknowledged before the start",
			Escalation{Steps: []EscalationStep{step(5, Target{Person: "tom"})}}, -1, []string{"acknowledged"}},
		{"acknowledged when the last wait ends",
			Escalation{Steps: []EscalationStep{step(5, Target{Person: "tom"})}}, 5, []string{"0s tom", "acknowledged"}},
		{"acknowledged too late",
			Escalation{Steps: []EscalationStep{step(5, Target{Person: "tom"})}}, 6, []string{"0s tom", "over 5m0s"}},
		{"without end, and nobody there",
			Escalation{Repeat: -1, Empty: EmptySkip, Steps: []EscalationStep{step(5, Target{Schedule: "empty"})}}, 0,
			[]string{"warning empty-step", "error nobody", "over 0s"}},
	} {
		set := EscalationSetting{Start: start, Schedules: schedules, Staff: staff}
		if c.ack != 0 {
			set.Acknowledged = start.Add(minutes(c.ack))
		}
		line, err := c.e.Timeline(set)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if d := cmp.Diff(c.want, told(line)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

func TestEscalationWithoutEnd(t *testing.T) {
	e := Escalation{Repeat: -1, Steps: []EscalationStep{{Wait: time.Hour, Targets: []Target{{Person: "ana"}}}}}
	line, err := e.Timeline(EscalationSetting{Start: monday, Horizon: 3 * time.Hour})
	if err != nil || len(line.Notifications) != 4 || !line.Cut || !line.Exhausted.IsZero() {
		t.Errorf("got %v, %v, want the steps at 0, 1, 2 and 3 hours, cut", told(line), err)
	}
	e = Escalation{Repeat: 1 << 40, Steps: []EscalationStep{{Wait: 0, Targets: []Target{{Person: "ana"}}}}}
	if line, err := e.Timeline(EscalationSetting{Start: monday}); err != nil || len(line.Notifications) != MaxNotifications || !line.Cut {
		t.Errorf("got %d notifications, %v, want %d and a cut", len(line.Notifications), err, MaxNotifications)
	}
	// Skipped steps take no time: passes end although there is no end of them.
	e = Escalation{Repeat: 1 << 40, Empty: EmptySkip, Steps: []EscalationStep{{Wait: 0}}}
	if line, err := e.Timeline(EscalationSetting{Start: monday}); err != nil || len(line.Notifications) != 0 {
		t.Errorf("got %v, %v", told(line), err)
	}
}

// TestEscalationClock: a step that is held back until somebody's hours begin is
// told by the clock of the start, like all others.
func TestEscalationClock(t *testing.T) {
	staff, err := NewStaff([]Person{{Name: "ana", Zone: "America/Havana"}}, nil, nil, Rules{})
	if err != nil {
		t.Fatal(err)
	}
	e := Escalation{Steps: []EscalationStep{{Wait: time.Minute, Queue: true, Targets: []Target{{Person: "ana", Hours: []oncall.Window{{From: "09:00", To: "17:00"}}}}}}}
	line, err := e.Timeline(EscalationSetting{Start: monday, Staff: staff})
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2026, 1, 5, 14, 0, 0, 0, time.UTC)
	if got := line.Notifications[0].At; got != want || line.Exhausted != want.Add(time.Minute) {
		t.Errorf("got %v, over at %v, want %v and a minute later", got, line.Exhausted, want)
	}
}

// TestEscalationStandsStill: a pass that skips all that waits takes no time, and
// is the last: the next one would call the same people at the same instant.
func TestEscalationStandsStill(t *testing.T) {
	e := Escalation{Repeat: -1, Empty: EmptySkip, Steps: []EscalationStep{
		{Targets: []Target{{Person: "ana"}}},
		{Wait: 5 * time.Minute, Targets: []Target{{Schedule: "empty"}}},
	}}
	line, err := e.Timeline(EscalationSetting{Start: monday, Schedules: map[string]Watch{"empty": ShiftList{}}})
	if err != nil {
		t.Fatal(err)
	}
	if len(line.Notifications) != 1 || line.Cut || !line.Exhausted.Equal(monday) {
		t.Errorf("got %d notifications, cut %v, over at %v, want ana called once", len(line.Notifications), line.Cut, line.Exhausted)
	}
	// A number of passes that somebody asked for is kept.
	e.Repeat = 2
	if line, err = e.Timeline(EscalationSetting{Start: monday}); err != nil || len(line.Notifications) != 3 {
		t.Errorf("got %d notifications and %v, want 3", len(line.Notifications), err)
	}
}

func TestEscalationByScope(t *testing.T) {
	g := mustGraph(t, []Entry{
		{Name: "checkout", Team: "shop", Area: "retail", DependsOn: []Edge{{Name: "cart"}, {Name: "logs", Soft: true}}},
		{Name: "cart", Team: "shop", Area: "retail", DependsOn: []Edge{{Name: "db"}}},
		{Name: "db", Kind: KindPlatform, Team: "data", Area: "core", DependsOn: []Edge{{Name: "disk"}}},
		{Name: "disk", Kind: KindPlatform, Team: "metal", Area: "core"},
		{Name: "logs", Kind: KindConcern, Team: "data", Schedule: "logs-rota", Area: "core"},
		{Name: "orphan"},
	})
	one := func(name string) Watch { return ShiftList{shift(name, "primary", 0, 24)} }
	schedules := map[string]Watch{"shop": one("sam"), "data": one("dan"), "logs-rota": one("lou"), "metal": one("mia"), "retail": one("rob"), "organisation": one("oz"), "custom": one("cy")}
	for _, c := range []struct {
		entry  string
		owners []Owner
		want   []string
	}{
		// cart is no platform, so the way from checkout goes on to db; disk lies
		// below db and is not nearest. The secondary step has nobody and is skipped.
		{"checkout", nil, []string{"0s sam", "5m0s dan+lou", "15m0s rob", "30m0s oz"}},
		{"db", nil, []string{"0s dan", "5m0s dan", "15m0s oz"}}, // nobody answers for the area core
		{"db", []Owner{{Area, "core", "custom"}}, []string{"0s dan", "5m0s dan", "15m0s cy", "30m0s oz"}},
		{"checkout", []Owner{{Platform, "", "custom"}, {Platform, "db", "metal"}}, []string{"0s sam", "5m0s mia+cy", "15m0s rob", "30m0s oz"}},
		{"orphan", nil, []string{"0s oz"}},
		{"ghost", nil, []string{"0s oz"}},
	} {
		e := DefaultEscalation()
		e.Repeat = 0
		line, err := e.Timeline(EscalationSetting{Start: monday, Entry: c.entry, Graph: g, Owners: c.owners, Schedules: schedules})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range line.Notifications {
			got = append(got, fmt.Sprintf("%v %s", n.After, strings.Join(n.Names(), "+")))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s %v (-want +got):\n%s", c.entry, c.owners, d)
		}
		if c.entry == "orphan" {
			want := "warning: steps[0]: the step reaches nobody at 2026-01-05 09:00 UTC: orphan has neither a schedule nor a team; give it somebody, or let it queue"
			if got := line.Findings[0].String(); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
		}
	}
}

func TestEscalationErrors(t *testing.T) {
	e := Escalation{Repeat: -2, Empty: "panic", Steps: []EscalationStep{
		{Wait: -1, Targets: []Target{{}, {Person: "a", Schedule: "b"}}},
		{Wait: 31 * 24 * time.Hour, Targets: []Target{{Scope: 9}, {Person: "a", Hours: []oncall.Window{{From: "25:00"}}}}},
	}}
	_, err := e.Timeline(EscalationSetting{Horizon: -1})
	want := `no response: repeat: "-2": it is no number of passes; write 0 or more, or -1 for passes without end
no response: empty_step: "panic": it is no policy for empty steps; write wait or skip
no response: steps[0].wait_seconds: "-1ns": it is not between 0 and 30 days; write how long to wait for an answer, such as 5 minutes
no response: steps[0].targets[0]: the target must be one of a schedule, a person and a scope; set exactly one of them
no response: steps[0].targets[1]: the target must be one of a schedule, a person and a scope; set exactly one of them
no response: steps[1].wait_seconds: "744h0m0s": it is not between 0 and 30 days; write how long to wait for an answer, such as 5 minutes
no response: steps[1].targets[0].scope: "Scope(9)": it is no scope; write task, service, platform, area or organisation
no response: steps[1].targets[1].hours[0].from: "25:00": it is no time of day; write 09:00
no response: start: the escalation has no start; say when the alert began
no response: horizon: "-1ns": it is negative; leave it out for a week`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
	if err := (Escalation{Repeat: -1, Steps: []EscalationStep{{}}}).Validate(); err == nil {
		t.Error("an escalation without end and without a wait is right")
	}
	if err := (Escalation{}).Validate(); err == nil {
		t.Error("an escalation without steps is right")
	}
	if err := DefaultEscalation().Validate(); err != nil {
		t.Error(err)
	}
}

func TestEscalationJSON(t *testing.T) {
	e := DefaultEscalation()
	e.Steps[0].Queue = true
	e.Steps[1].Targets[0].Hours = []oncall.Window{{From: "09:00", To: "17:00"}}
	data, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	var back Escalation
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(e, back); d != "" {
		t.Errorf("round trip (-want +got):\n%s", d)
	}
	line, err := e.Timeline(EscalationSetting{Start: monday, Schedules: map[string]Watch{"organisation": ShiftList{shift("oz", "", 0, 24)}}})
	if err != nil {
		t.Fatal(err)
	}
	if data, err = json.Marshal(line); err != nil {
		t.Fatal(err)
	}
	var again Timeline
	if err := json.Unmarshal(data, &again); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(line, again); d != "" {
		t.Errorf("round trip of %s (-want +got):\n%s", data, d)
	}
	if !strings.Contains(string(data), `"after_seconds":0`) {
		t.Errorf("no seconds in %s", data)
	}
}
