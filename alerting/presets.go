package alerting

import (
	"time"

	"github.com/srekit/ownership/slo"
)

// Workbook is the multi-window, multi-burn-rate policy of The Site Reliability
// Workbook (table 5-8): pages at 2 % of the budget in 1 h and 5 % in 6 h,
// tickets at 10 % in 1 d and 10 % in 3 d. For 30 days the factors are 14.4, 6,
// 3 and 1.
func Workbook() Policy {
	return Policy{Name: "workbook", Pairs: workbookPairs()}
}

func workbookPairs() []Pair {
	return []Pair{
		{Severity: Page, Long: time.Hour, Short: 5 * time.Minute, Share: slo.MustRatio("2%")},
		{Severity: Page, Long: 6 * time.Hour, Short: 30 * time.Minute, Share: slo.MustRatio("5%")},
		{Severity: Ticket, Long: 24 * time.Hour, Short: 2 * time.Hour, Share: slo.MustRatio("10%")},
		{Severity: Ticket, Long: 72 * time.Hour, Short: 6 * time.Hour, Share: slo.MustRatio("10%")},
	}
}

// Sloth is what Sloth (0.16) generates for periods of 30 and 28 days: the
// workbook's shares. At 28 days the factors are 13.44, 5.6, 2.8 and 14/15;
// Sloth leaves the last below 1, Bind raises it and says so.
func Sloth() Policy {
	return Policy{Name: "sloth", Pairs: workbookPairs()}
}

// SlothWeek is the example of a 7-day period in Sloth's documentation: 8 % of
// the budget in 1 h, 12.5 % in 6 h, 20 % in 1 d, 42 % in 3 d; factors 13.44,
// 3.5, 1.4 and 0.98, of which Bind raises the last.
func SlothWeek() Policy {
	p := Policy{Name: "sloth-7d", Pairs: workbookPairs()}
	for i, share := range []string{"8%", "12.5%", "20%", "42%"} {
		p.Pairs[i].Share = slo.MustRatio(share)
	}
	return p
}

// Pyrra is what Pyrra (0.10) generates for a period: factors of 14, 7, 2 and 1
// whatever the period, windows and holds scaled from those of 28 days and
// rounded to the minute. Below a period of about three days the rounding gives
// windows of 0 s, alerts that can never fire; such a policy is returned as it is
// and refused by Validate and Bind.
func Pyrra(period time.Duration) Policy {
	part := func(n int64) time.Duration { return (period / time.Duration(n)).Round(time.Minute) }
	const days, hours, minutes = 28, 28 * 24, 28 * 24 * 60
	return Policy{Name: "pyrra", Pairs: []Pair{
		{Severity: Page, Long: part(hours), Short: part(minutes / 5), For: part(minutes / 2), Factor: 14},
		{Severity: Page, Long: part(hours / 6), Short: part(minutes / 30), For: part(minutes / 15), Factor: 7},
		{Severity: Ticket, Long: part(days), Short: part(hours / 2), For: part(hours), Factor: 2},
		{Severity: Ticket, Long: part(days / 4), Short: part(hours / 6), For: part(hours / 3), Factor: 1},
	}}
}

// Datadog is what Datadog's documentation suggests for periods of 7, 30 and 90
// days, windows of 1 h, 6 h and 1 d with short ones of a twelfth: factors 16.8,
// 5.6 and 2.8 (10, 20 and 40 % of the budget), 14.4, 6 and 3 (2, 5 and 10 %) or
// 21.6, 10.8 and 4.5 (1, 3 and 5 %). Another period takes the shares of the next
// longer of the three, beyond 90 days those of 90. Datadog leaves severities to
// the reader; here the first two page.
func Datadog(period time.Duration) Policy {
	const day = 24 * time.Hour
	name, shares := "datadog-90d", [3]string{"1%", "3%", "5%"}
	switch {
	case period <= 7*day:
		name, shares = "datadog-7d", [3]string{"10%", "20%", "40%"}
	case period <= 30*day:
		name, shares = "datadog-30d", [3]string{"2%", "5%", "10%"}
	}
	pair := func(severity Severity, long time.Duration, share string) Pair {
		return Pair{Severity: severity, Long: long, Short: long / 12, Share: slo.MustRatio(share)}
	}
	return Policy{Name: name, Pairs: []Pair{
		pair(Page, time.Hour, shares[0]),
		pair(Page, 6*time.Hour, shares[1]),
		pair(Ticket, day, shares[2]),
	}}
}

// SLOLibsonnet is the default of the slo-libsonnet library: the workbook's
// factors, whatever the period, each with a hold.
func SLOLibsonnet() Policy {
	p := Policy{Name: "slo-libsonnet", Pairs: workbookPairs()}
	factors := [...]float64{14.4, 6, 3, 1}
	holds := [...]time.Duration{2 * time.Minute, 15 * time.Minute, time.Hour, 3 * time.Hour}
	for i := range p.Pairs {
		p.Pairs[i].Share, p.Pairs[i].Factor, p.Pairs[i].For = slo.Ratio{}, factors[i], holds[i]
	}
	return p
}

// SLOGenerator is the error-budget policy that google/slo-generator ships: four
// single windows (1 h at 9, 12 h at 3, 7 d at 1.5, 28 d at 1), the first two
// with an alert, the others with consequences that are tickets here. A window
// without a short one stays up as long as the window after an outage.
func SLOGenerator() Policy {
	const day = 24 * time.Hour
	step := func(severity Severity, window time.Duration, factor float64) Pair {
		return Pair{Severity: severity, Long: window, Short: window, Factor: factor}
	}
	return Policy{Name: "slo-generator", Pairs: []Pair{
		step(Page, time.Hour, 9), step(Page, 12*time.Hour, 3), step(Ticket, 7*day, 1.5), step(Ticket, 28*day, 1),
	}}
}

// Presets are all policies of this file for one period, the workbook's first:
// what to compare on one's own history. Those that cannot be used at the period
// are left out.
func Presets(period time.Duration) []Policy {
	var presets []Policy
	for _, p := range []Policy{Workbook(), Sloth(), SlothWeek(), Pyrra(period), Datadog(period), SLOLibsonnet(), SLOGenerator()} {
		if p.Validate() == nil {
			presets = append(presets, p)
		}
	}
	return presets
}
