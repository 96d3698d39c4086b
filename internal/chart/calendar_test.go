package chart

import (
	"math"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"
)

// cellsOf returns "tooltip: ink" of every cell of a heat map that has a value.
func cellsOf(svg string) map[string]string {
	cells := map[string]string{}
	for _, m := range regexp.MustCompile(`class="(?:f-(\w+)|s-axis)"[^>]*><title>([^<]*)</title>`).FindAllStringSubmatch(svg, -1) {
		cells[m[2]] = m[1]
	}
	return cells
}

func TestCalendarCells(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	at := func(d, h int) time.Time { return time.Date(2026, 3, d, h, 0, 0, 0, time.UTC) }
	p := Calendar{
		Zone: berlin,
		Samples: []Sample{
			{at(27, 12), 1}, {at(27, 13), 3}, // mean 2
			{at(27, 23), 5},                  // already the 28th in Berlin
			{at(28, 23), 6}, {at(29, 21), 8}, // the short day of 23 hours: mean 7
			{at(29, 22), 20},                    // the 30th: clocks have changed
			{at(31, 3), math.NaN()},             // not measured
			{at(31, 4), math.Inf(1)},            // not measured
			{at(1, 1).AddDate(0, 1, 0), 100},    // 1 April
			{at(1, 1).AddDate(0, 1, 0), 1e301},  // beyond what is drawn
			{at(1, 1).AddDate(0, 1, 0), -1e301}, // beyond what is drawn
		},
		Steps: []float64{2, 7, 50},
	}
	want := map[string]string{
		"Fri 27 Mar 2026: 2":       "h2", // a value at a limit belongs above it
		"Sat 28 Mar 2026: 5":       "h2",
		"Sun 29 Mar 2026: 7":       "h4",
		"Mon 30 Mar 2026: 20":      "h4",
		"Tue 31 Mar 2026: no data": "",
		"Wed 1 Apr 2026: 100":      "h6",
	}
	check := func(name string, p Calendar, want map[string]string) {
		t.Helper()
		got := cellsOf(p.SVG())
		for k, v := range want {
			if g, ok := got[k]; !ok || g != v {
				t.Errorf("%s: cell %q: got ink %q (%v), want %q", name, k, g, ok, v)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: got cells %v, want %v", name, got, want)
		}
	}
	check("mean", p, want)

	p.LowIsStrong = true
	check("low is strong", p, map[string]string{
		"Fri 27 Mar 2026: 2": "h4", "Sat 28 Mar 2026: 5": "h4", "Sun 29 Mar 2026: 7": "h2", "Mon 30 Mar 2026: 20": "h2", "Tue 31 Mar 2026: no data": "", "Wed 1 Apr 2026: 100": "h0",
	})

	p = Calendar{Zone: berlin, Samples: p.Samples[:2], From: at(26, 0), To: at(28, 23), Combine: Sum}
	check("range", p, map[string]string{
		"Thu 26 Mar 2026: no data": "", "Fri 27 Mar 2026: 4": "h3", "Sat 28 Mar 2026: no data": "",
	})
	for combine, want := range map[Combine]string{Mean: "2", Sum: "4", Least: "1", Greatest: "3", Latest: "3"} {
		p.Combine = combine
		if got := cellsOf(p.SVG()); got["Fri 27 Mar 2026: "+want] == "" {
			t.Errorf("%s: got cells %v, want %s", combine, got, want)
		}
	}
}

// Samples need not be in order, and days east and west of Greenwich are told apart.
func TestCalendarUnsorted(t *testing.T) {
	at := func(d, h int) time.Time { return time.Date(2026, 3, d, h, 0, 0, 0, time.UTC) }
	for _, c := range []struct{ zone, want string }{
		{"America/New_York", "Mon 2 Mar 2026: 2, Tue 3 Mar 2026: 1"}, // 02:00 UTC is the evening before
		{"UTC", "Tue 3 Mar 2026: 3"},
		{"Asia/Tokyo", "Tue 3 Mar 2026: 3"},
	} {
		cells := cellsOf(Calendar{Zone: zone(t, c.zone), Combine: Sum, Samples: []Sample{{at(3, 12), 1}, {at(3, 2), 2}}}.SVG())
		var got []string
		for k := range cells {
			got = append(got, k)
		}
		sort.Strings(got)
		if g := strings.Join(got, ", "); g != c.want {
			t.Errorf("%s: got %s, want %s", c.zone, g, c.want)
		}
	}
}

func TestHoursOfWeekAcrossClockChanges(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	var samples []Sample
	for h := 0; h < 25; h++ { // 2026-10-25 has 25 hours in Berlin, 02:00 twice
		samples = append(samples, Sample{time.Date(2026, 10, 24, 22, 30, 0, 0, time.UTC).Add(time.Duration(h) * time.Hour), 1})
	}
	got := cellsOf(Calendar{Zone: berlin, Layout: HoursOfWeek, Combine: Sum, Samples: samples}.SVG())
	for h, want := range map[string]string{"00": "1", "01": "1", "02": "2", "03": "1", "23": "1"} {
		if _, ok := got["Sun "+h+":00: "+want]; !ok {
			t.Errorf("Sunday %s:00: want sum %s, got cells %v", h, want, got)
		}
	}
	if _, ok := got["Mon 00:00: no data"]; !ok {
		t.Error("a sample slipped into Monday")
	}
	if len(got) != 168 {
		t.Errorf("got %d cells, want 168", len(got))
	}
}

func TestRoundLimits(t *testing.T) {
	for _, c := range []struct {
		unit   Unit
		lo, hi float64
		want   []float64
	}{
		{Number, 0, 7, []float64{1, 2, 3, 4, 5, 6}},
		{Number, 63, 1537, []float64{250, 500, 750, 1000, 1250, 1500}},
		{Number, -1, 1, []float64{-0.8, -0.4, 0, 0.4, 0.8}},
		{Count, 0, 3, []float64{1, 2}},
		{Bytes, 0, 4096, []float64{1024, 2048, 3072}},
	} {
		h, ok := Calendar{Unit: c.unit}.scale([]cell{{sum: c.lo, count: 1}, {sum: c.hi, count: 1}})
		if !ok || len(h.limits) > scaleInks-1 || len(h.inks) != len(h.limits)+1 {
			t.Errorf("%v to %v: %+v", c.lo, c.hi, h)
			continue
		}
		for _, l := range h.limits {
			if l <= c.lo || l >= c.hi {
				t.Errorf("%v to %v: limit %v", c.lo, c.hi, l)
			}
		}
		if len(h.limits) != len(c.want) {
			t.Errorf("%v to %v: got %v, want %v", c.lo, c.hi, h.limits, c.want)
			continue
		}
		for i, l := range h.limits {
			if math.Abs(l-c.want[i]) > 1e-9*math.Abs(l) {
				t.Errorf("%v to %v: got %v, want %v", c.lo, c.hi, h.limits, c.want)
				break
			}
		}
	}
}

func TestSundayFirst(t *testing.T) {
	p := Calendar{SundayFirst: true, Samples: []Sample{{time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), 1}, {time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), 2}}}
	row := map[string]float64{}
	for _, e := range elements(t, p.SVG()) {
		if e.name == "rect" && e.text != "" {
			row[e.text[:3]] = e.num("y")
		}
	}
	if !(row["Sun"] < row["Mon"]) {
		t.Errorf("Sunday stands at %v, Monday at %v: want Sunday on top", row["Sun"], row["Mon"])
	}
}

// A year folds into strips at the width of a telephone; no month name is lost at
// the width of a desk.
func TestCalendarFolds(t *testing.T) {
	var samples []Sample
	for i := 0; i < 365; i++ {
		samples = append(samples, Sample{time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC), float64(i)})
	}
	wide := Calendar{Samples: samples, Width: 1200}.SVG()
	narrow := Calendar{Samples: samples, Width: 320}.SVG()
	if got := strings.Count(wide, ">Mon</text>"); got != 1 {
		t.Errorf("wide: got %d strips, want 1", got)
	}
	if got := strings.Count(narrow, ">Mon</text>"); got != 3 {
		t.Errorf("narrow: got %d strips, want 3", got)
	}
	for m := time.January; m <= time.December; m++ {
		name := ">" + m.String()[:3] + "</text>"
		if m == time.January {
			name = ">Jan 2026</text>"
		}
		if !strings.Contains(wide, name) {
			t.Errorf("wide: %s is missing", name)
		}
	}
	for _, svg := range []string{wide, narrow} {
		if got := len(cellsOf(svg)); got != 365 {
			t.Errorf("got %d cells, want 365", got)
		}
	}
}
