package main

import (
	"math"
	"strings"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"github.com/srekit/ownership/internal/synth"
	"github.com/srekit/ownership/slo"
)

// material is what pictures are drawn of.
type material struct {
	title, about string
	now          time.Time
	zone         *time.Location
	names        []string    // of services, people, alerts: six
	points       []slo.Point // events, oldest first
	load         []float64   // on a grid of step that ends now
	mask         []bool      // gaps of load
	step         time.Duration
}

// start is when the load begins.
func (m material) start() time.Time { return m.now.Add(-time.Duration(len(m.load)) * m.step) }

// objective is what the service promises.
func (m material) objective() slo.Objective {
	return slo.Objective{Service: m.names[0], Name: "availability", Target: slo.MustRatio("99.9%")}
}

// materials are the six that every picture is drawn of.
func materials() []material {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		berlin = time.UTC
	}
	now := time.Date(2026, time.April, 9, 0, 0, 0, 0, berlin) // the clocks changed on 29 March
	month := 30 * 24 * time.Hour
	plain := []string{"checkout", "user-auth", "search", "billing", "mail", "notification-dispatcher"}
	draw := func(title, about string, names []string, length, step time.Duration) material {
		m := material{title: title, about: about, now: now, zone: berlin, names: names, step: step}
		traffic := synth.Traffic{
			Zone: berlin, BasePerSecond: 20,
			Daily: synth.Daily{PeakHour: 14, Swing: 0.6}, Weekly: synth.Weekend(0.6),
			Noise: synth.Noise{Kind: synth.NegativeBinomial, Dispersion: 0.01}, Errors: synth.Errors{Ratio: 0.0002},
			Outages: []synth.Outage{
				{Start: now.Add(-20 * 24 * time.Hour), End: now.Add(-20*24*time.Hour + 5*time.Hour), ErrorRatio: 0.04},
				{Start: now.Add(-3 * 24 * time.Hour), End: now.Add(-3*24*time.Hour + 3*time.Hour), ErrorRatio: 0.02},
			},
			Seed: 7,
		}
		for _, c := range traffic.Events(now.Add(-length), now, step) {
			m.points = append(m.points, slo.Point{Time: c.Time, Counts: slo.Counts{Bad: c.Bad, Total: c.Total}})
		}
		load := synth.Load{Zone: berlin, Base: 400, Origin: now.Add(-length), Growth: synth.Growth{PerDay: 0.004},
			Daily: synth.Daily{PeakHour: 14, Swing: 0.5}, Weekly: synth.Weekend(0.6), NoiseRatio: 0.03, Seed: 8}
		for _, v := range load.Values(now.Add(-length), now, step) {
			m.load = append(m.load, v.Value)
		}
		return m
	}
	few := 28 * 24 * time.Hour
	gaps := draw("Gaps", "A month of hours in which days, hours and single values were not measured.", plain, month, time.Hour)
	gaps.mask = make([]bool, len(gaps.load))
	kept := gaps.points[:0:0]
	for i := range gaps.load {
		if i > 100 && i < 172 || i > 400 && i < 406 || i%97 == 0 {
			gaps.mask[i], gaps.load[i] = true, 0
			continue
		}
		kept = append(kept, gaps.points[i])
	}
	gaps.points = kept
	one := draw("One point", "A service that was measured once.", plain, time.Hour, time.Hour)
	long := []string{
		strings.Repeat("a-service-whose-name-somebody-generated-", 8),
		"Dr. Maximiliane Freifrau von Württemberg-Hohenzollern und zu Sigmaringen, Donaueschingen",
		strings.Repeat("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch ", 4),
		"東京都千代田区霞が関二丁目一番一号中央合同庁舎第二号館認証基盤利用状況監視サービス",
		"billing", "a",
	}
	hostile := []string{
		`<script>alert("x")</script>`, "a\"b'c&d<e>f", "right\u202eto\u2066left\u200f", "line\nbreak\r\n\ttab",
		"nul\x00bell\x07escape\x1b[31mred\xff", strings.Repeat("10 kB ", 1700),
	}
	return []material{
		draw("An ordinary month", "Thirty days of hours with a daily and a weekly rhythm, two outages, and the change of clocks in Europe.", plain, month, time.Hour),
		one,
		draw("100,000 points", "The same month in steps of 26 seconds.", plain, 100_000*26*time.Second, 26*time.Second),
		gaps,
		draw("Long names", "Names of up to 320 letters, in scripts with wide letters too.", long, few, time.Hour),
		draw("Hostile names", "Names with markup, quotes, control characters, marks that turn the direction of writing, and one of 10 kB.", hostile, few, time.Hour),
	}
}

// gap is the load with its gaps as no numbers.
func (m material) gap(scale float64) []float64 {
	out := append([]float64(nil), m.load...)
	for i := range out {
		out[i] *= scale
		if i < len(m.mask) && m.mask[i] {
			out[i] = math.NaN()
		}
	}
	return out
}
