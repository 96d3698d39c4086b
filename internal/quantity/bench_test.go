package quantity

import "testing"

// BenchmarkParse reads one typical string of each kind, and one that is refused.
func BenchmarkParse(b *testing.B) {
	run := func(name string, parse func() error, fails bool) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := parse(); (err != nil) != fails {
					b.Fatal(err)
				}
			}
		})
	}
	run("ratio", func() error { _, err := ParseRatio("99.99%"); return err }, false)
	run("duration", func() error { _, err := ParseDuration("1 hour and 30 minutes"); return err }, false)
	run("window", func() error { _, err := ParseWindow("over a rolling 30 day window"); return err }, false)
	run("threshold", func() error { _, err := ParseThreshold("5 errors/min"); return err }, false)
	run("objective", func() error { _, err := ParseObjective("p95 < 100ms over 30d"); return err }, false)
	run("condition", func() error { _, err := ParseCondition("0.1% error rate for 5 mins"); return err }, false)
	run("canary", func() error { _, err := ParseCanary("1% for 10m, 10% for 30m, 50% for 1h, 100%"); return err }, false)
	run("schedule", func() error { _, err := ParseSchedule("weekly on Monday at 09:00 Europe/Berlin"); return err }, false)
	run("refusal", func() error { _, err := ParseDuration("5 mintes"); return err }, true)
}

// BenchmarkPrint prints one value of each kind.
func BenchmarkPrint(b *testing.B) {
	o, _ := ParseObjective("p95 latency < 100ms over 30d")
	c, _ := ParseCondition("0.1% error rate for 5m")
	s, _ := ParseSchedule("weekly on Monday at 09:00 Europe/Berlin")
	for name, print := range map[string]func() string{
		"ratio": Fraction{9999, 10000}.String, "objective": o.String, "condition": c.String, "schedule": s.String,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if print() == "" {
					b.Fatal("empty")
				}
			}
		})
	}
}
