package slo

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBurnsAt(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	// Six hours; the last one burns at 14.4, the one before at 1.
	points := hourly(now, 6, func(age int) float64 { return []float64{14.4, 1, 0, 0, 0, 0}[age] })
	burns, err := o.BurnsAt(points, now, time.Hour, 2*time.Hour, 6*time.Hour, 6*time.Hour+1)
	if err != nil {
		t.Fatal(err)
	}
	want := []Burn{
		{Length: time.Hour, Counts: Counts{14.4, 1000}, Rate: 14.4, Coverage: 1},
		{Length: 2 * time.Hour, Counts: Counts{15.4, 2000}, Rate: 7.7, Coverage: 1},
		{Length: 6 * time.Hour, Counts: Counts{15.4, 6000}, Rate: 15.4 / 6, Coverage: 1}, // filled exactly
		{Length: 6*time.Hour + 1, Counts: Counts{15.4, 6000}, Rate: 15.4 / 6, Coverage: 1, Short: true},
	}
	for i := range want {
		want[i].End = now
		if !near(burns[i].Rate, want[i].Rate, 1e-15) || !near(burns[i].Coverage, want[i].Coverage, 1e-12) {
			t.Errorf("%v: rate %v, coverage %v; want %v, %v", want[i].Length, burns[i].Rate, burns[i].Coverage, want[i].Rate, want[i].Coverage)
		}
		want[i].Rate, want[i].Coverage = burns[i].Rate, burns[i].Coverage
	}
	if d := cmp.Diff(want, burns); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for i, known := range []bool{true, true, true, false} {
		if burns[i].Known() != known {
			t.Errorf("%v is known: %v", burns[i].Length, burns[i].Known())
		}
	}
	// Later, when no traffic came for an hour.
	burns, err = o.BurnsAt(points, now.Add(time.Hour), time.Hour)
	if err != nil || !burns[0].NoData || burns[0].Known() || burns[0].Coverage != 0 {
		t.Errorf("without traffic: %+v, %v", burns, err)
	}
	// One point has no length, so it fills no time.
	if burns, err = o.BurnsAt(points[5:], now, time.Minute); err != nil || !burns[0].Short || burns[0].Rate != 14.4 {
		t.Errorf("one point: %+v, %v", burns, err)
	}
	if burns, err = o.BurnsAt(nil, now, time.Minute); err != nil || !burns[0].Short || !burns[0].NoData {
		t.Errorf("no points: %+v, %v", burns, err)
	}
	_, err = Objective{}.BurnsAt([]Point{{now, Counts{2, 1}}}, now, 0, -time.Hour)
	if !errors.Is(err, ErrObjective) || !errors.Is(err, ErrCounts) || strings.Count(text(err), "of a burn rate is not positive") != 2 {
		t.Errorf("four defects: %v", err)
	}
}

func TestBurnJSON(t *testing.T) {
	b := Burn{Length: 90 * time.Minute, End: at(t, "2026-01-01T00:00:00Z"), Counts: Counts{1, 10}, Rate: 100, Coverage: 0.5, Short: true}
	for _, c := range []struct {
		burn Burn
		want string
		log  string
	}{
		{b, `{"end":"2026-01-01T00:00:00Z","counts":{"bad":1,"total":10},"short":true,"no_data":false,"coverage":0.5,"length_seconds":5400,"rate":100}`,
			"burn.length=1h30m0s burn.coverage=0.5 burn.rate=100 burn.short=true"},
		{Burn{Length: time.Hour, End: b.End, NoData: true}, `{"end":"2026-01-01T00:00:00Z","counts":{"bad":0,"total":0},"short":false,"no_data":true,"coverage":0,"length_seconds":3600,"rate":null}`,
			"burn.length=1h0m0s burn.coverage=0 burn.no_data=true"},
	} {
		out, err := json.Marshal(c.burn)
		if err != nil || string(out) != c.want {
			t.Errorf("written %s, %v\nwant %s", out, err, c.want)
		}
		var back Burn
		if err := json.Unmarshal(out, &back); err != nil || back != c.burn {
			t.Errorf("read back %+v, %v", back, err)
		}
		if got := logged("burn", c.burn); got != c.log {
			t.Errorf("logged %q, want %q", got, c.log)
		}
	}
}
