package chart

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
	_ "time/tzdata" // zones do not depend on the machine
)

var update = flag.Bool("update", false, "write the golden files in testdata")

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// sample is one picture of the gallery: the same data at a width and in a theme.
type sample struct {
	name string
	draw func(width int, theme Theme) string
}

// gallery holds one picture of every kind, with the data of a plausible service.
func gallery(t testing.TB) []sample {
	berlin := zone(t, "Europe/Berlin")
	rng := rand.New(rand.NewPCG(1, 2))
	day := func(y int, m time.Month, d, h, min int) time.Time { return time.Date(y, m, d, h, min, 0, 0, berlin) }

	// Error budget left over thirty days across the spring change of the clocks.
	start := day(2026, time.March, 10, 0, 0)
	n := 30 * 24
	budget, payments := make([]float64, n), make([]float64, n)
	low, high := make([]float64, n), make([]float64, n)
	a, b := 1.0, 1.0
	for i := range budget {
		a -= 0.0009 * rng.Float64() * 1.2
		b -= 0.0006 * rng.Float64()
		if i > 300 && i < 312 {
			a -= 0.03
		}
		if i > 520 && i < 530 {
			b -= 0.02
		}
		budget[i], payments[i] = a, b
		w := 0.02 + 0.06*float64(i)/float64(n)
		low[i], high[i] = a-w, math.Min(a+w, 1)
		if i > 400 && i < 430 {
			budget[i] = math.NaN()
		}
	}

	// Burn rate every minute of a day: many samples, steps below.
	minutes := 24 * 60
	burn, slow, third := make([]float64, minutes), make([]float64, minutes), make([]float64, minutes)
	for i := range burn {
		burn[i] = math.Exp(rng.NormFloat64()*0.5 - 0.3)
		slow[i] = 0.5 + 0.2*math.Sin(float64(i)/200)
		third[i] = 2 + math.Sin(float64(i)/90)
		if i > 600 && i < 640 {
			burn[i] *= 25
		}
		if i > 600 && i < 900 {
			slow[i] += 3 * math.Exp(-float64(i-600)/120)
		}
	}

	// Twelve weeks of load and a forecast.
	weeks := 12 * 7
	load := make([]float64, weeks)
	for i := range load {
		load[i] = 4.2e6 + 25e3*float64(i) + 5e5*math.Sin(float64(i)*2*math.Pi/7) + 1e5*rng.NormFloat64()
	}
	levels := []float64{0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975}
	z := []float64{-1.96, -1.28, -0.67, 0, 0.67, 1.28, 1.96}
	fan := make([][]float64, len(levels))
	for k := range fan {
		for i := 0; i < 42; i++ {
			m := 4.2e6 + 25e3*float64(weeks+i) + 5e5*math.Sin(float64(weeks+i)*2*math.Pi/7)
			fan[k] = append(fan[k], m+z[k]*1.2e5*math.Sqrt(1+float64(i)))
		}
	}
	loadStart := day(2026, time.January, 5, 0, 0)

	// A year of daily availability and hourly traffic.
	var days, hours []Sample
	for i := 0; i < 365; i++ {
		v := 1 - 0.002*math.Pow(rng.Float64(), 6) - 0.0001*rng.Float64()
		if i%97 == 13 {
			v -= 0.004
		}
		if i > 200 && i < 206 {
			continue
		}
		days = append(days, Sample{day(2025, time.October, 6+i, 12, 0), v})
	}
	for i := 0; i < 8*7*24; i++ {
		at := start.Add(time.Duration(i) * time.Hour)
		l := at.In(berlin)
		v := 800 + 700*math.Sin((float64(l.Hour())-8)/24*2*math.Pi) + 60*rng.NormFloat64()
		if l.Weekday() == time.Saturday || l.Weekday() == time.Sunday {
			v *= 0.55
		}
		hours = append(hours, Sample{at, math.Max(v, 20)})
	}

	shift := func(d, h, dd, hh int, who string) Span {
		return Span{From: day(2026, time.March, d, h, 0), To: day(2026, time.March, dd, hh, 0), Group: who}
	}
	var cloud, cloud2 Series
	cloud.Name, cloud2.Name = "baseline", "canary"
	cloud.Style, cloud2.Style = Points, Points
	for i := 0; i < 180; i++ {
		cloud.X = append(cloud.X, 200+600*rng.Float64())
		cloud.Y = append(cloud.Y, 0.05+0.0001*cloud.X[i]+0.02*rng.ExpFloat64())
		cloud2.X = append(cloud2.X, 200+600*rng.Float64())
		cloud2.Y = append(cloud2.Y, 0.06+0.00013*cloud2.X[i]+0.02*rng.ExpFloat64())
	}

	return []sample{
		{"budget", func(w int, th Theme) string {
			return Plot{
				Title: "Error budget left", Subtitle: "user-auth-service, availability 99.9 % over 30 days", Width: w, Theme: th,
				X: Axis{Zone: berlin}, Y: Axis{Unit: Percent, Zero: true, Label: "budget left"},
				Series: []Series{
					{Name: "login", Start: start, Step: time.Hour, Y: budget, Area: true},
					{Name: "token refresh", Start: start, Step: time.Hour, Y: payments},
				},
				Bands:      []Band{{Name: "95 % interval", Start: start, Step: time.Hour, Low: low, High: high}},
				Thresholds: []Threshold{{Value: 0.25, Label: "slow down", State: Warning}, {Value: 0.1, Label: "freeze", State: Critical}},
				Events: []Event{
					{At: day(2026, time.March, 22, 12, 0), Until: day(2026, time.March, 23, 2, 0), Label: "outage", State: Critical},
					{At: day(2026, time.March, 29, 3, 0), Label: "clocks change"},
					{At: day(2026, time.April, 1, 14, 0), Label: "deploy v2.3.1", State: Info},
				},
			}.SVG()
		}},
		{"burn", func(w int, th Theme) string {
			at := day(2026, time.March, 29, 0, 0)
			return Plot{
				Title: "Burn rate", Width: w, Theme: th,
				X: Axis{Zone: berlin}, Y: Axis{Unit: Factor, Log: true, Label: "times the sustainable rate"},
				Series: []Series{
					{Name: "5 minutes", Start: at, Step: time.Minute, Y: burn},
					{Name: "1 hour", Start: at, Step: time.Minute, Y: slow, Style: Step},
					{Name: "6 hours", Start: at, Step: time.Minute, Y: third},
				},
				Thresholds: []Threshold{{Value: 14.4, Label: "page at 14.4×", State: Critical}, {Value: 6, Label: "page at 6×", State: Warning}, {Value: 1}},
				Events: []Event{
					{At: at.Add(600 * time.Minute), Label: "config push to all regions at once", State: Critical},
					{At: at.Add(610 * time.Minute), Label: "page to primary"},
					{At: at.Add(622 * time.Minute), Label: "acknowledged by primary"},
					{At: at.Add(640 * time.Minute), Label: "rolled back", State: OK},
				},
			}.SVG()
		}},
		{"fan", func(w int, th Theme) string {
			return Plot{
				Title: "Requests per day and forecast", Width: w, Theme: th,
				X: Axis{Zone: berlin}, Y: Axis{Zero: true, Label: "requests"},
				Series:     []Series{{Name: "measured", Start: loadStart, Step: 24 * time.Hour, Y: load}},
				Fans:       []Fan{{Name: "forecast", Start: loadStart.AddDate(0, 0, weeks), Step: 24 * time.Hour, Quantiles: levels, Values: fan}},
				Thresholds: []Threshold{{Value: 8.5e6, Label: "capacity", State: Critical}},
			}.SVG()
		}},
		{"scatter", func(w int, th Theme) string {
			return Plot{
				Title: "Latency against load", Width: w, Theme: th,
				X:      Axis{Label: "requests per second"},
				Y:      Axis{Unit: Seconds, Label: "p95 latency", Zero: true},
				Series: []Series{cloud, cloud2, {Name: "model", X: []float64{200, 800}, Y: []float64{0.09, 0.17}, Dash: Dashed}},
			}.SVG()
		}},
		{"steps", func(w int, th Theme) string {
			return Plot{
				Title: "Replicas", Width: w, Theme: th,
				X: Axis{Zone: zone(t, "America/New_York")}, Y: Axis{Unit: Count, Zero: true},
				Series: []Series{
					{Name: "wanted", Style: Step, Start: time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC), Step: time.Hour, Y: []float64{3, 3, 4, 4, 6, 6, 6, 9, 9, 5, 5, 3}},
					{Name: "ready", Style: Step, Start: time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC), Step: time.Hour, Y: []float64{3, 3, 3, 4, 5, 6, 6, 7, 9, 7, 5, 3}},
				},
			}.SVG()
		}},
		{"bars", func(w int, th Theme) string {
			return Bars{
				Title: "Budget spent by service", Width: w, Theme: th, Y: Axis{Unit: Percent},
				Categories: []string{"api-gateway", "user-auth", "checkout", "search", "notification-dispatcher", "billing"},
				Series: []BarSeries{{Values: []float64{0.42, 0.86, 1.31, 0.12, 0.65, math.NaN()}, Low: []float64{0.37, 0.7, 1.1, 0.1, 0.5}, High: []float64{0.47, 1.02, 1.52, 0.14, 0.8},
					States: []State{OK, Warning, Critical, OK, OK, Unknown}}},
				Thresholds: []Threshold{{Value: 1, Label: "whole budget", State: Critical}},
			}.SVG()
		}},
		{"stacked", func(w int, th Theme) string {
			return Bars{
				Title: "Toil by kind", Width: w, Theme: th, Stacked: true, Y: Axis{Unit: Seconds, Label: "time spent"},
				Categories: []string{"January", "February", "March", "April", "May", "June"},
				Series: []BarSeries{
					{Name: "tickets", Values: []float64{36000, 42000, 39000, 28000, 24000, 20000}},
					{Name: "pages", Values: []float64{12000, 18000, 9000, 8000, 4000, 6000}},
					{Name: "manual deploys", Values: []float64{20000, 20000, 18000, 6000, 0, 0}},
					{Name: "capacity", Values: []float64{4000, 4000, 4000, 9000, 4000, 4000}},
				},
			}.SVG()
		}},
		{"horizontal", func(w int, th Theme) string {
			return Bars{
				Title: "Pages per engineer", Subtitle: "last quarter", Width: w, Theme: th, Horizontal: true, Y: Axis{Unit: Count},
				Categories: []string{"Amélie", "Björn", "Chidi", "Dörte Müller-Lüdenscheidt", "李 明"},
				Series: []BarSeries{
					{Name: "day", Values: []float64{8, 11, 4, 9, 7}},
					{Name: "night", Values: []float64{2, 7, 1, 3, 2}},
				},
				Thresholds: []Threshold{{Value: 10, Label: "limit", State: Warning}},
			}.SVG()
		}},
		{"calendar", func(w int, th Theme) string {
			return Calendar{
				Title: "Availability by day", Width: w, Theme: th, Zone: berlin, Samples: days,
				Unit: Percent, LowIsStrong: true, Steps: []float64{0.995, 0.998, 0.999, 0.9995}, Label: "availability",
			}.SVG()
		}},
		{"hours", func(w int, th Theme) string {
			return Calendar{
				Title: "Traffic by hour of the week", Width: w, Theme: th, Zone: berlin, Samples: hours,
				Layout: HoursOfWeek, Label: "requests per second",
			}.SVG()
		}},
		{"diverging", func(w int, th Theme) string {
			var s []Sample
			for i := 0; i < 90; i++ {
				s = append(s, Sample{day(2026, time.January, 1+i, 9, 0), math.Sin(float64(i)/8) * 30})
			}
			return Calendar{Title: "Deviation from forecast", Width: w, Theme: th, Zone: berlin, Samples: s, Diverging: true, Steps: []float64{-20, -10, -3, 3, 10, 20}}.SVG()
		}},
		{"timeline", func(w int, th Theme) string {
			return Timeline{
				Title: "On call, last week of March", Width: w, Theme: th, X: Axis{Zone: berlin},
				Rows: []Row{
					{Name: "primary", Spans: []Span{shift(23, 9, 26, 9, "Amélie"), shift(26, 9, 27, 18, "Björn"), shift(27, 18, 30, 9, "Chidi"), shift(30, 9, 31, 9, "Amélie")}},
					{Name: "secondary", Spans: []Span{shift(23, 9, 28, 9, "Chidi"), shift(28, 9, 31, 9, "Dörte"), {From: day(2026, 3, 29, 1, 0), To: day(2026, 3, 29, 9, 0), Group: "Amélie", Soft: true, Label: "swap?"}}},
					{Name: "alerts", Spans: []Span{
						{From: day(2026, 3, 24, 2, 10), To: day(2026, 3, 24, 5, 40), Label: "HighErrorBudgetBurn", State: Critical},
						{From: day(2026, 3, 25, 12, 0), To: day(2026, 3, 26, 15, 0), Label: "DiskFillingUp", State: Warning},
						{From: day(2026, 3, 25, 18, 0), To: day(2026, 3, 25, 19, 0), Label: "LatencyHigh", State: Warning},
						{From: day(2026, 3, 30, 20, 0), Label: "CertificateExpiresSoon", State: Info},
					}},
				},
				Events: []Event{{At: day(2026, 3, 29, 3, 0), Label: "clocks change"}, {At: day(2026, 3, 30, 22, 0), Label: "now"}},
			}.SVG()
		}},
		{"graph", func(w int, th Theme) string {
			return Graph{
				Title: "What checkout depends on", Subtitle: "availability over 30 days", Width: w, Theme: th,
				Nodes: []Node{
					{ID: "web", Label: "web-frontend", Detail: "99.91 %", State: OK},
					{ID: "app", Label: "mobile-gateway", Detail: "99.95 %", State: OK},
					{ID: "checkout", Label: "checkout", Detail: "99.82 %", State: Critical},
					{ID: "auth", Label: "user-auth-service", Detail: "99.97 %", State: OK},
					{ID: "cart", Label: "cart", Detail: "99.93 %", State: OK},
					{ID: "pay", Label: "payment-provider", Detail: "99.85 %", State: Warning},
					{ID: "fraud", Label: "fraud-detection", Detail: "99.99 %", State: OK},
					{ID: "mail", Label: "mail", Detail: "not measured", State: Unknown},
					{ID: "db", Label: "postgres-primary", Detail: "99.99 %", State: OK},
					{ID: "cache", Label: "redis", Detail: "99.9 %", State: OK},
					{ID: "dns", Label: "DNS", Detail: "100 %", State: OK},
				},
				Edges: []Edge{
					{From: "web", To: "checkout"}, {From: "app", To: "checkout"}, {From: "web", To: "auth"}, {From: "app", To: "auth"},
					{From: "checkout", To: "cart"}, {From: "checkout", To: "pay", State: Warning}, {From: "checkout", To: "mail", Soft: true}, {From: "checkout", To: "auth"},
					{From: "pay", To: "fraud", Soft: true}, {From: "cart", To: "cache", Soft: true}, {From: "cart", To: "db"}, {From: "auth", To: "db"}, {From: "auth", To: "cache", Soft: true},
					{From: "fraud", To: "db"}, {From: "web", To: "dns"}, {From: "db", To: "dns"},
				},
			}.SVG()
		}},
		{"rollout", func(w int, th Theme) string {
			return Graph{
				Title: "Rollout", Width: w, Theme: th, Direction: TopDown,
				Nodes: []Node{{ID: "build", State: OK}, {ID: "canary", Detail: "10 %", State: OK}, {ID: "half", Detail: "50 %", State: Info}, {ID: "all", Detail: "100 %"}, {ID: "rollback"}},
				Edges: []Edge{
					{From: "build", To: "canary"}, {From: "canary", To: "half", Label: "promote"}, {From: "half", To: "all", Label: "promote"},
					{From: "canary", To: "rollback", Label: "burn > 14.4", State: Critical}, {From: "half", To: "rollback", State: Critical}, {From: "rollback", To: "build", Label: "fix", Soft: true}, {From: "canary", To: "canary", Label: "wait"},
				},
			}.SVG()
		}},
		{"empty", func(w int, th Theme) string {
			return Plot{Title: "Latency of a service that nobody called", Width: w, Theme: th}.SVG()
		}},
	}
}

func golden(t *testing.T, path string, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal([]byte(got), want) {
		i := 0
		for i < len(got) && i < len(want) && got[i] == want[i] {
			i++
		}
		from := max(i-60, 0)
		t.Errorf("%s: differs at byte %d:\n got …%.120q\nwant …%.120q\n(-update writes it anew)", path, i, got[from:], want[from:])
	}
}

func TestGallery(t *testing.T) {
	for _, s := range gallery(t) {
		for _, w := range []int{320, 1200} {
			golden(t, filepath.Join("testdata", fmt.Sprintf("%s-%d.svg", s.name, w)), s.draw(w, Auto))
		}
	}
}

// TestPage keeps a page that shows every kind in light and dark, at the width of
// a telephone and of a desk.
func TestPage(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Pictures</title>\n" +
		"<style>body{margin:0;font:14px sans-serif;background:#fff}section{padding:16px}section[data-theme=dark]{background:#0b0e12;color:#eee}figure{display:inline-block;vertical-align:top;margin:0 16px 16px 0}</style></head><body>\n")
	for _, theme := range []string{"light", "dark"} {
		fmt.Fprintf(&b, "<section data-theme=\"%s\">\n", theme)
		for _, s := range gallery(t) {
			for _, w := range []int{320, 1200} {
				fmt.Fprintf(&b, "<figure>\n%s</figure>\n", s.draw(w, map[string]Theme{"light": Auto, "dark": Dark}[theme]))
			}
		}
		b.WriteString("</section>\n")
	}
	b.WriteString("</body></html>\n")
	golden(t, filepath.Join("testdata", "page.html"), b.String())
}
