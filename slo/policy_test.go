package slo

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestPolicyNext(t *testing.T) {
	p := BudgetPolicy{Caution: 0.25, Freeze: 0.125, Recover: 0.0625} // exact in binary
	for _, c := range []struct {
		from      BudgetState
		remaining float64
		want      BudgetState
	}{
		{BudgetUnknown, 1, BudgetOK},
		{BudgetUnknown, 0.26, BudgetOK}, // no state to recover from
		{BudgetOK, 0.2501, BudgetOK},
		{BudgetOK, 0.25, BudgetCaution},
		{BudgetOK, 0.125, BudgetFreeze},
		{BudgetOK, 0, BudgetFreeze},
		{BudgetOK, -0.001, BudgetBreach},
		{BudgetCaution, 0.3125, BudgetCaution}, // not above 0.25 + 0.0625
		{BudgetCaution, 0.3126, BudgetOK},
		{BudgetFreeze, 0.1875, BudgetFreeze},
		{BudgetFreeze, 0.1876, BudgetCaution},
		{BudgetFreeze, 0.9, BudgetOK}, // two at once
		{BudgetBreach, 0.0624, BudgetBreach},
		{BudgetBreach, 0.0625, BudgetFreeze},
		{BudgetBreach, 0.2, BudgetCaution},
		{BudgetBreach, 1, BudgetOK},
	} {
		if got := p.Next(c.from, c.remaining); got != c.want {
			t.Errorf("%v with %v left: %v, want %v", c.from, c.remaining, got, c.want)
		}
	}
	if got := (BudgetPolicy{}).Next(BudgetOK, 0.2); got != BudgetCaution {
		t.Errorf("the zero policy at 20 %%: %v, want the default's caution", got)
	}
}

// A constant share never changes the state twice, and a share that moves within
// a band narrower than Recover may worsen the state or ease it, never both.
func TestPolicyNeverFlaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := BudgetPolicy{
			Caution: rapid.Float64Range(0.2, 0.6).Draw(t, "caution"),
			Freeze:  rapid.Float64Range(0, 0.2).Draw(t, "freeze"),
			Recover: rapid.Float64Range(0.01, 0.3).Draw(t, "recover"),
		}
		center := rapid.Float64Range(-1, 1).Draw(t, "remaining")
		state := BudgetState(rapid.IntRange(int(BudgetUnknown), int(BudgetBreach)).Draw(t, "state"))
		constant := p.Next(state, center)
		if again := p.Next(constant, center); again != constant {
			t.Fatalf("%v at %v: %v, then %v", state, center, constant, again)
		}
		states := []BudgetState{state}
		worse, better := false, false
		for range 20 {
			jitter := rapid.Float64Range(-0.49, 0.49).Draw(t, "jitter")
			next := p.Next(state, center+jitter*p.Recover)
			worse = worse || state != BudgetUnknown && next > state
			better = better || next < state
			state = next
			states = append(states, state)
		}
		if worse && better {
			t.Fatalf("around %v: %v", center, states)
		}
	})
}

func TestPolicyValidate(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	nan := math.NaN()
	for _, c := range []struct {
		p    BudgetPolicy
		want string
	}{
		{BudgetPolicy{}, ""},
		{DefaultBudgetPolicy(), ""},
		{BudgetPolicy{Caution: 0.5}, ""},
		{BudgetPolicy{Caution: 1}, "not a budget policy: caution at 1 of the budget; write a share from 0 up to, not including, 1\nnot a budget policy: recover 0; write a share of 0 or more that leaves caution at 1 a way back below 1"},
		{BudgetPolicy{Caution: 0.1, Freeze: 0.2}, "not a budget policy: freeze at 0.2 of the budget; write a share from 0 to that of caution, 0.1"},
		{BudgetPolicy{Caution: 0.5, Recover: 0.5}, "not a budget policy: recover 0.5; write a share of 0 or more that leaves caution at 0.5 a way back below 1"},
		{BudgetPolicy{Actions: []StateAction{{State: BudgetOK}, {State: BudgetOK}, {State: 9}}},
			"not a budget policy: two actions for the state ok\nnot a budget policy: action for the unknown state 9"},
		{BudgetPolicy{Overrides: []Override{{From: t0, Until: t0}}},
			"not a budget policy: override 1 ends at 2026-01-01T00:00:00Z, not after its start at 2026-01-01T00:00:00Z\nnot a budget policy: override 1 does not say who gave it and why; fill By and Reason"},
	} {
		err := c.p.Validate()
		if d := cmp.Diff(c.want, text(err)); d != "" || (err != nil) != errors.Is(err, ErrBudgetPolicy) {
			t.Errorf("%+v (-want +got):\n%s", c.p, d)
		}
	}
	if err := (BudgetPolicy{nan, nan, nan, nil, nil}).Validate(); strings.Count(text(err), ErrBudgetPolicy.Error()) != 3 {
		t.Errorf("NaN: %v", err)
	}
	_, err := BudgetPolicy{Caution: 2}.Decide(Objective{}, []Point{{t0, Counts{2, 1}}}, t0)
	if !errors.Is(err, ErrBudgetPolicy) || !errors.Is(err, ErrObjective) || !errors.Is(err, ErrCounts) {
		t.Errorf("three defects: %v", err)
	}
}

// 30 days of 1,000 an hour, 720 bad allowed; one outage of 680 ten days ago
// leaves 5.6 %: freeze, until it rolls off in twenty days.
func TestDecide(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	outage := func(bad float64) []Point {
		return hourly(now, 1440, func(age int) float64 {
			if age == 240 {
				return bad
			}
			return 0
		})
	}
	rollOff := now.Add(-240 * time.Hour).Add(30 * day)
	for _, c := range []struct {
		bad    float64
		allow  bool
		reason string
		until  time.Time
	}{
		{0, true, "ok: 100 % of the error budget is left; release as usual", time.Time{}},
		{540, true, "caution: 25 % of the error budget is left; release small and reversible changes", time.Time{}},
		{680, false, "freeze: 5.556 % of the error budget is left; release only what makes the service more reliable", rollOff},
		{800, false, "breach: -11.11 % of the error budget is left; the objective is missed: restore reliability first", rollOff},
	} {
		d, err := BudgetPolicy{}.Decide(o, outage(c.bad), now)
		if err != nil || d.Allow != c.allow || d.Reason != c.reason || !d.Until.Equal(c.until) {
			t.Errorf("%v bad: %+v, %v\nwant %v, %q, %v", c.bad, d, err, c.allow, c.reason, c.until)
		}
		want := map[string]float64{"slo_bad_events": c.bad, "slo_events": 720000, "slo_coverage_ratio": 1, "slo_budget_remaining_ratio": 1 - c.bad/720}
		for _, m := range d.Evidence {
			if w, ok := want[m.Name]; ok && !near(m.Value, w, 1e-12) {
				t.Errorf("%v bad: %v, want %v", c.bad, m, w)
			}
			delete(want, m.Name)
		}
		if len(want) > 0 {
			t.Errorf("%v bad: evidence lacks %v", c.bad, want)
		}
	}
	d, err := BudgetPolicy{}.Decide(o, nil, now)
	if err != nil || d.Allow || d.Reason != "unknown: measure first: no data in the window" || len(d.Evidence) != 4 {
		t.Errorf("no data: %+v, %v", d, err)
	}
	own := BudgetPolicy{Actions: []StateAction{{BudgetUnknown, true, "go"}}}
	if d, err = own.Decide(o, nil, now); err != nil || !d.Allow || d.Reason != "unknown: go" {
		t.Errorf("no data, allowed: %+v, %v", d, err)
	}
}

// A rolling window with a day of history is judged by that day, not by a month
// like it: 24 bad of 24,000 are the whole budget.
func TestDecideOnAShortHistory(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	d, err := BudgetPolicy{}.Decide(o, hourly(now, 24, func(int) float64 { return 1 }), now)
	if err != nil || d.Allow || !strings.HasPrefix(d.Reason, "freeze: 0 % of the error budget is left") {
		t.Errorf("%+v, %v; want a freeze at 0 %%", d, err)
	}
}

// An outage that rolled off leaves a freeze behind until the budget has
// recovered by the margin, and the replay remembers it without being asked in
// between.
func TestDecideRemembers(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 1440, func(age int) float64 {
		switch age {
		case 730: // 300 of 720: rolled off ten hours ago
			return 300
		case 600: // 620: 13.9 % would be caution, but not on the way up from a breach
			return 620
		}
		return 0
	})
	p := DefaultBudgetPolicy()
	d, err := p.Decide(o, points, now)
	if err != nil || d.Allow || !strings.HasPrefix(d.Reason, "freeze: 13.89 %") {
		t.Errorf("%+v, %v; want freeze, held by hysteresis", d, err)
	}
	p.Recover = 0.01
	if d, err = p.Decide(o, points, now); err != nil || !d.Allow || !strings.HasPrefix(d.Reason, "caution: 13.89 %") {
		t.Errorf("with less hysteresis: %+v, %v; want caution", d, err)
	}
	p = DefaultBudgetPolicy()
	changes, err := p.States(o, points, now)
	var states []BudgetState
	for _, c := range changes {
		states = append(states, c.State)
	}
	if d := cmp.Diff([]BudgetState{BudgetOK, BudgetBreach, BudgetFreeze}, states); err != nil || d != "" {
		t.Errorf("%v, states (-want +got):\n%s", err, d)
	}
	if !changes[1].Time.Equal(now.Add(-600*time.Hour)) || !changes[2].Time.Equal(now.Add(-10*time.Hour)) {
		t.Errorf("changes at %v and %v, want 600 and 10 hours ago", changes[1].Time, changes[2].Time)
	}
}

// In a month the budget is the whole month's: 20 bad on the second day are
// twice what the traffic so far allows and a fifteenth of the month's.
func TestDecideInACalendarMonth(t *testing.T) {
	o := Objective{Target: MustRatio("99%"), Window: MustWindow("month")}
	start := at(t, "2026-04-01T00:00:00Z")
	var points []Point
	for d := -30; d <= 2; d++ {
		c := Counts{0, 500}
		if d == 0 || d == 2 { // the last of March, and 2 April
			c.Bad = 20
		}
		points = append(points, Point{start.AddDate(0, 0, d), c})
	}
	points[30].Bad = 400 // March ends in a breach: 155 of its events were allowed
	now := start.AddDate(0, 0, 2)
	d, err := BudgetPolicy{}.Decide(o, points, now)
	if err != nil || !d.Allow || !strings.HasPrefix(d.Reason, "ok: 86.67 %") || !d.Until.IsZero() {
		t.Errorf("2 April: %+v, %v; want ok with 1 - 20/150", d, err)
	}
	// The last instant of March is April already, and nothing is known of it.
	if d, err = (BudgetPolicy{}).Decide(o, points, start); err != nil || d.Allow || !strings.HasPrefix(d.Reason, "unknown") || !d.Until.Equal(at(t, "2026-05-01T00:00:00Z")) {
		t.Errorf("midnight: %+v, %v; want unknown", d, err)
	}
	// A breach lasts until the month ends.
	points[32].Bad = 200
	if d, err = (BudgetPolicy{}).Decide(o, points, now); err != nil || d.Allow || !strings.HasPrefix(d.Reason, "breach") || !d.Until.Equal(at(t, "2026-05-01T00:00:00Z")) {
		t.Errorf("200 bad: %+v, %v; want a breach until May", d, err)
	}
	changes, err := BudgetPolicy{}.States(o, points, now)
	if err != nil || len(changes) == 0 || changes[len(changes)-1].State != BudgetBreach {
		t.Errorf("changes %v, %v", changes, err)
	}
}

func TestOverrides(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 720, func(age int) float64 {
		if age == 10 {
			return 800
		}
		return 0
	})
	give := func(allow bool, from, until int, reason string) Override {
		return Override{allow, now.Add(time.Duration(from) * time.Hour), now.Add(time.Duration(until) * time.Hour), "ana", reason}
	}
	for _, c := range []struct {
		name      string
		overrides []Override
		allow     bool
		until     int // hours from now
		reason    string
	}{
		{"holds", []Override{give(true, -1, 1, "fix")}, true, 1, "overridden by ana until 2026-01-31T01:00:00Z: fix (breach: "},
		{"ends now", []Override{give(true, -1, 0, "fix")}, false, 710, "breach: "},
		{"begins now", []Override{give(true, 0, 1, "fix")}, true, 1, "overridden by ana"},
		{"begins later: the decision lasts until then", []Override{give(true, 5, 6, "fix")}, false, 5, "breach: "},
		{"the later one decides", []Override{give(false, -1, 3, "event"), give(true, -2, 2, "fix")}, false, 3, "overridden by ana until 2026-01-31T03:00:00Z: event ("},
		{"of equal ones the last", []Override{give(false, -1, 3, "event"), give(true, -1, 2, "fix")}, true, 2, "overridden by ana until 2026-01-31T02:00:00Z: fix ("},
		{"one holds, another begins", []Override{give(true, -1, 3, "fix"), give(false, 1, 2, "event")}, true, 1, "overridden by ana"},
	} {
		d, err := BudgetPolicy{Overrides: c.overrides}.Decide(o, points, now)
		if err != nil || d.Allow != c.allow || d.Until.Sub(now) != time.Duration(c.until)*time.Hour || !strings.HasPrefix(d.Reason, c.reason) {
			t.Errorf("%s: %v until %v h, %q, %v; want %v until %v h, %q", c.name, d.Allow, d.Until.Sub(now).Hours(), d.Reason, err, c.allow, c.until, c.reason)
		}
	}
}

// The decision is a function of the points and the instant, in any order, and
// agrees with the budget that BudgetAt counts.
func TestDecideLaws(t *testing.T) {
	now := at(t, "2026-01-31T00:30:00Z")
	rapid.Check(t, func(t *rapid.T) {
		o := Objective{Target: MustRatio("99%"), Window: rapid.SampledFrom([]Window{Rolling(12 * time.Hour), {Calendar: Day}}).Draw(t, "window")}
		bads := rapid.SliceOfN(rapid.IntRange(0, 60), 30, 30).Draw(t, "bad")
		points := hourly(now.Truncate(time.Hour), 30, func(age int) float64 { return float64(bads[age]) })
		d, err := BudgetPolicy{}.Decide(o, points, now)
		if err != nil {
			t.Fatal(err)
		}
		shuffled := rapid.Permutation(points).Draw(t, "order")
		e, err := BudgetPolicy{}.Decide(o, shuffled, now)
		if diff := cmp.Diff(d, e); err != nil || diff != "" {
			t.Fatalf("%v (-ordered +shuffled):\n%s", err, diff)
		}
		b, err := o.BudgetAt(points, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range d.Evidence {
			switch m.Name {
			case "slo_bad_events":
				if m.Value != b.Counts.Bad {
					t.Fatalf("%v bad, BudgetAt counts %v", m.Value, b.Counts.Bad)
				}
			case "slo_budget_remaining_ratio":
				want := b.Remaining
				if o.Window.Calendar != NoCalendar {
					want = b.Period.Remaining
				}
				if o.Window.Calendar == NoCalendar && math.Abs(m.Value-want) > 1e-9 {
					t.Fatalf("%v left, BudgetAt says %v", m.Value, want)
				}
			}
		}
	})
}

func TestBudgetStateText(t *testing.T) {
	for s, name := range map[BudgetState]string{BudgetUnknown: "unknown", BudgetOK: "ok", BudgetCaution: "caution", BudgetFreeze: "freeze", BudgetBreach: "breach"} {
		out, err := json.Marshal(s)
		var back BudgetState = 9
		if err := errors.Join(err, json.Unmarshal(out, &back)); err != nil || back != s || string(out) != `"`+name+`"` {
			t.Errorf("%d is written %s, read %v, %v", int(s), out, back, err)
		}
	}
	var s BudgetState
	if err := s.UnmarshalText([]byte("green")); text(err) != `unknown state "green" of a budget; write unknown, ok, caution, freeze or breach` {
		t.Errorf("green: %v", err)
	}
	if got := BudgetState(5).String() + BudgetState(-1).String(); got != "BudgetState(5)BudgetState(-1)" {
		t.Errorf("unknown states are written %q", got)
	}
}

func TestPolicyJSON(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	p := DefaultBudgetPolicy()
	p.Overrides = []Override{{true, t0, t0.Add(time.Hour), "ana", "fix"}}
	out, err := json.Marshal(p)
	var back BudgetPolicy
	if err := errors.Join(err, json.Unmarshal(out, &back)); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(p, back); d != "" {
		t.Errorf("read back (-want +got):\n%s", d)
	}
	if !strings.Contains(string(out), `"caution":0.25,"freeze":0.1,"recover":0.05,"actions":[{"state":"unknown","allow":false,`) {
		t.Errorf("written %s", out)
	}
}

func TestDecisionJSON(t *testing.T) {
	t0 := at(t, "2026-01-01T00:00:00Z")
	d := Decision{Allow: true, Reason: "calm", Evidence: []Metric{{Name: "x", Labels: []Label{{"a", "b"}}, Value: 0.5, Unit: "ratio", Help: "X."}}, Until: t0}
	for _, c := range []struct {
		d    Decision
		want string
		log  string
	}{
		{d, `{"allow":true,"reason":"calm","evidence":[{"name":"x","labels":[{"name":"a","value":"b"}],"value":0.5,"unit":"ratio","help":"X."}],"until":"2026-01-01T00:00:00Z"}`,
			"d.allow=true d.reason=calm d.x=0.5 d.until=2026-01-01T00:00:00.000Z"},
		{Decision{Evidence: []Metric{}}, `{"allow":false,"reason":"","evidence":[],"until":null}`, `d.allow=false d.reason=""`},
	} {
		out, err := json.Marshal(c.d)
		if err != nil || string(out) != c.want {
			t.Errorf("written %s, %v; want %s", out, err, c.want)
		}
		var back Decision
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.d, back); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		if got := logged("d", c.d); got != c.log {
			t.Errorf("logged %q, want %q", got, c.log)
		}
	}
	if out, _ := json.Marshal(Decision{}); !strings.Contains(string(out), `"evidence":[]`) {
		t.Errorf("no evidence is written %s", out)
	}
}
