package slo

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// checkSVG parses a picture, and returns all of its text.
func checkSVG(t *testing.T, name, svg string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	d.Strict = true
	var all strings.Builder
	for depth := 0; ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if depth == 0 && e.Name.Local != "svg" || e.Name.Local == "script" {
				t.Errorf("%s: element %s", name, e.Name.Local)
			}
			depth++
		case xml.EndElement:
			depth--
		case xml.CharData:
			all.WriteString(string(e) + " ")
		}
	}
	for _, bad := range []string{"NaN", "Inf"} {
		if strings.Contains(svg, bad) {
			t.Errorf("%s holds %s", name, bad)
		}
	}
	return all.String()
}

func TestPictures(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Service: `a<b>&"c"`, Name: "up|time", Target: MustRatio("99.9%")}
	points := hourly(now, 1440, func(age int) float64 {
		switch {
		case age >= 300 && age < 303:
			return 100
		case age < 24:
			return 2
		}
		return 0
	})
	down, err1 := o.BurnDownAt(points, now, Lookahead{}, BudgetPolicy{})
	burns, err2 := o.BurnChartAt(points, now, time.Hour, 6*time.Hour)
	burns.Factors = []float64{14.4}
	days, err3 := o.DaysAt(points, now, nil)
	incidents, err4 := o.AttributeIncidents(points, now)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, svg string
		holds     []string
	}{
		{"burn-down", down.SVG(), []string{`Error budget left: a<b>&"c" up|time`, "99.9%", "left", "90 % of futures", "freeze", "caution", "objective missed", "now", "exhausted", "41.67 %"}},
		{"burn rates", burns.SVG(), []string{"Burn rate: a<b>", "1h", "6h", "14.4×"}},
		{"days", days.SVG(), []string{"Error budget spent each day"}},
		{"incidents", incidents.SVG(), []string{"Error budget spent, by incident", "2026-01-18T09:00:00Z", "rest"}},
	} {
		if c.name == "incidents" {
			c.holds = c.holds[:2] // all of the spend is in incidents
		}
		text := checkSVG(t, c.name, c.svg)
		for _, want := range c.holds {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", c.name, want)
			}
		}
	}
	if again, err := o.BurnDownAt(points, now, Lookahead{}, BudgetPolicy{}); err != nil || again.SVG() != down.SVG() {
		t.Errorf("the same burn-down draws another picture (%v)", err)
	}
}

// The zero value of each picture draws and speaks, and so does one of no data.
func TestPicturesOfNothing(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	down, err1 := o.BurnDownAt(nil, now, Lookahead{}, BudgetPolicy{})
	burns, err2 := o.BurnChartAt(nil, now, time.Hour)
	days, err3 := o.DaysAt(nil, now, nil)
	incidents, err4 := o.AttributeIncidents(nil, now)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]interface {
		SVG() string
		Markdown() string
	}{
		"zero burn-down": BurnDown{}, "zero burn rates": BurnChart{}, "zero days": Days{}, "zero attribution": Attribution{},
		"burn-down": down, "burn rates": burns, "days": days, "incidents": incidents,
	} {
		checkSVG(t, name, p.SVG())
		if p.Markdown() == "" {
			t.Errorf("%s says nothing", name)
		}
		if out, err := json.Marshal(p); err != nil || strings.Contains(string(out), `"history":null`) {
			t.Errorf("%s: %s, %v", name, out, err)
		}
	}
	if len(down.Ahead) != 0 || !down.Outcome.NoData || !down.History[0].NoData {
		t.Errorf("no data: %+v", down)
	}
}

func TestPictureErrors(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	bad := []Point{{now, Counts{2, 1}}}
	if _, err := o.BurnDownAt(nil, now, Lookahead{}, BudgetPolicy{Caution: 2}); !errors.Is(err, ErrBudgetPolicy) {
		t.Errorf("a bad policy: %v", err)
	}
	if _, err := o.BurnDownAt(nil, now, Lookahead{Paths: -1}, BudgetPolicy{}); !errors.Is(err, ErrLookahead) {
		t.Errorf("a bad look ahead: %v", err)
	}
	if _, err := o.BurnDownAt(bad, now, Lookahead{}, BudgetPolicy{}); !errors.Is(err, ErrCounts) {
		t.Errorf("bad points: %v", err)
	}
	if _, err := o.BurnChartAt(bad, now, -1); !errors.Is(err, ErrCounts) || !errors.Is(err, ErrWindow) {
		t.Errorf("burn rates of bad points: %v", err)
	}
	if _, err := o.DaysAt(bad, now, nil); !errors.Is(err, ErrCounts) {
		t.Errorf("days of bad points: %v", err)
	}
	if _, err := o.DaysAt(nil, now, time.Local); !errors.Is(err, ErrWindow) {
		t.Errorf("days of the machine: %v", err)
	}
}

// Each instant of a rolling burn-down is the budget of the window that ended
// there; of a calendar one, what was left of the period's budget.
func TestBurnDownHistory(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 1440, func(age int) float64 { return float64(age%3) * 0.5 })
	d, err := o.BurnDownAt(points, now, Lookahead{Paths: 10}, BudgetPolicy{Caution: 0.5, Freeze: 0.25})
	if err != nil || len(d.History) != historySteps+1 || d.Caution != 0.5 || d.Freeze != 0.25 {
		t.Fatalf("%d instants, %v", len(d.History), err)
	}
	for _, i := range []int{0, 1, 57, 150, 299, 300} {
		b, err := o.BudgetAt(points, d.History[i].Time)
		if err != nil || math.Abs(b.Remaining-d.History[i].Remaining) > 1e-9 {
			t.Errorf("instant %d: %v left, want %v (%v)", i, d.History[i].Remaining, b.Remaining, err)
		}
	}
	if !d.History[300].Time.Equal(now) || !d.History[0].Time.Equal(now.Add(-30*day)) {
		t.Errorf("from %v to %v", d.History[0].Time, d.History[300].Time)
	}
	o.Window = MustWindow("month")
	april := at(t, "2026-04-16T00:00:00Z") // half of the month, 360,000 events of 720,000
	d, err = o.BurnDownAt(hourly(april, 360, func(age int) float64 {
		if age == 180 {
			return 72 // a tenth of the month's 720
		}
		return 0
	}), april, Lookahead{Paths: 10}, BudgetPolicy{})
	if err != nil || d.History[0].Remaining != 1 || math.Abs(d.History[300].Remaining-0.9) > 1e-9 || d.History[140].Remaining != 1 {
		t.Errorf("a month: %v, %v, %v left, %v; want 1, 1 and 0.9", d.History[0], d.History[140], d.History[300], err)
	}
}

// The median ahead crosses nought where the simulated paths exhaust the
// budget, and the band holds nine of ten.
func TestBurnDownAhead(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 720, func(age int) float64 {
		if age == 29*24-1 {
			return 432
		}
		return 0
	})
	l := Lookahead{Rate: ConstantRate{BadPerSecond: 2. / 3600, TotalPerSecond: 1000. / 3600}}
	d, err := o.BurnDownAt(points, now, l, BudgetPolicy{})
	if err != nil {
		t.Fatal(err)
	}
	crossing := func(f func(LeftBand) float64) float64 {
		for _, a := range d.Ahead {
			if f(a) < 0 {
				return a.Time.Sub(now).Hours() / 24
			}
		}
		return math.Inf(1)
	}
	for i, f := range []func(LeftBand) float64{
		func(a LeftBand) float64 { return a.Low },
		func(a LeftBand) float64 { return a.Median },
		func(a LeftBand) float64 { return a.High },
	} {
		want := d.Outcome.Quantiles[i].Time.Sub(now).Hours() / 24
		if got := crossing(f); math.Abs(got-want) > 0.5 {
			t.Errorf("quantile %d crosses on day %v, paths on day %v", i, got, want)
		}
	}
	first, last := d.Ahead[0], d.Ahead[len(d.Ahead)-1]
	if !first.Time.Equal(now) || math.Abs(first.Median-0.4) > 1e-12 || first.Low != first.High || !last.Time.Equal(d.Outcome.End) {
		t.Errorf("from %+v to %+v", first, last)
	}
	l.Observed = 4 // an uncertain rate widens the band
	wide, err := o.BurnDownAt(points, now, l, BudgetPolicy{})
	if err != nil || wide.Ahead[60].High-wide.Ahead[60].Low < 3*(d.Ahead[60].High-d.Ahead[60].Low) {
		t.Errorf("band %+v, with an uncertain rate %+v (%v)", d.Ahead[60], wide.Ahead[60], err)
	}
}

func TestBurnChart(t *testing.T) {
	now := at(t, "2026-01-31T00:00:00Z")
	o := Objective{Target: MustRatio("99.9%")}
	points := hourly(now, 900, func(age int) float64 { return float64(age % 7) })
	c, err := o.BurnChartAt(points, now, time.Hour, 3*day, 10*day)
	if err != nil || len(c.Lines) != 3 || c.Lines[0].Name != "1h" {
		t.Fatalf("%+v, %v", c, err)
	}
	for _, line := range c.Lines {
		for _, i := range []int{0, 100, 299, 300} {
			b := line.Burns[i]
			want, err := o.BurnsAt(points, b.End, b.Length)
			if err != nil {
				t.Fatal(err)
			}
			if !near(b.Rate, want[0].Rate, 1e-9) || b.Counts != want[0].Counts || b.NoData != want[0].NoData || math.Abs(b.Coverage-want[0].Coverage) > 1e-9 || b.Short != want[0].Short {
				t.Errorf("%s at %v: %+v, want %+v", line.Name, b.End, b, want[0])
			}
		}
	}
	if got, want := (BurnChart{Lines: []BurnLine{{"1h", []Burn{{Rate: 2, End: now}, {Rate: 5, End: now}, {Rate: 1, End: now}}}, {"6h", []Burn{{NoData: true}}}}}).Markdown(),
		"| burn rate over | greatest | at | now |\n| --- | ---: | ---: | ---: |\n| 1h | 5 | 2026-01-31 00:00 UTC | 1 |\n| 6h | no data |  | no data |\n"; got != want {
		t.Errorf("Markdown\n%swant\n%s", got, want)
	}
}

// Days of the zone, one of them 23 hours long; together they are the budget's
// consumption.
func TestDays(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, berlin)
	o := Objective{Target: MustRatio("99%"), Window: Rolling(4 * day)}
	points := hourly(now, 96, func(age int) float64 { return float64(age%5) * 10 })
	d, err := o.DaysAt(points, now, berlin)
	if err != nil || len(d.Days) != 5 {
		t.Fatalf("%d days, %v", len(d.Days), err)
	}
	b, _ := o.BudgetAt(points, now)
	var sum float64
	var hours []float64
	for _, s := range d.Days {
		sum += s.Consumed
		hours = append(hours, s.Length().Hours())
	}
	// From Friday 11:00 winter time; Sunday the 29th has 23 hours.
	if diff := cmp.Diff([]float64{13, 24, 23, 24, 12}, hours); diff != "" || !near(sum, b.Consumed, 1e-12) {
		t.Errorf("consumed %v of %v, hours (-want +got):\n%s", sum, b.Consumed, diff)
	}
	if md := d.Markdown(); !strings.Contains(md, "| Sat 2026-03-28 |") || strings.Count(md, "\n") != 7 {
		t.Errorf("Markdown\n%s", md)
	}
	o.Window = MustWindow("month in Europe/Berlin")
	if d, err = o.DaysAt(points, now, nil); err != nil || d.Zone != o.Window.Location || len(d.Days) != 31 || !d.Days[0].NoData || d.Days[30].NoData {
		t.Errorf("the zone of the window: %v, %d days, %v", d.Zone, len(d.Days), err)
	}
}
