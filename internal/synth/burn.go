package synth

import "time"

// Burn is steady traffic of which a constant share fails for a while: the
// input on which the formulas for an alert's detection and reset times hold
// exactly. All counts are whole, so that counters made of them never seem to
// reset. The zero value has no slots.
type Burn struct {
	// Start is the first slot's first instant.
	Start time.Time
	// Warm is how long everything is well first, Length how long the share
	// ErrorRatio of the requests fails then, Cool how long all is well again.
	// They are cut to whole steps.
	Warm, Length, Cool time.Duration
	// Step is the slot; 0 is 15 seconds.
	Step time.Duration
	// PerSlot is the requests of a slot; 0 is 1000, which ErrorRatio should
	// divide into whole numbers.
	PerSlot int
	// ErrorRatio is the share of bad requests, in [0, 1].
	ErrorRatio float64
}

// Events returns the counts, one a slot. Where ErrorRatio·PerSlot is not
// whole, the roundings even out.
func (b Burn) Events() []Count {
	step, per := b.Step, b.PerSlot
	if step <= 0 {
		step = 15 * time.Second
	}
	if per <= 0 {
		per = 1000
	}
	warm, length, cool := max(0, b.Warm/step), max(0, b.Length/step), max(0, b.Cool/step)
	start, slots := grid(b.Start, b.Start.Add((warm+length+cool)*step), step)
	if slots == 0 {
		return nil
	}
	counts := make([]Count, slots)
	for i := range counts {
		c := Count{Time: instant(start + int64(i+1)*int64(step)), Total: float64(per)}
		if n := int64(i) - int64(warm); n >= 0 && n < int64(length) {
			c.Bad = min(c.Total, dither(float64(per)*clamp(b.ErrorRatio, 0, 1), n))
		}
		counts[i] = c
	}
	return counts
}

// BurnCase is a Burn for which a multi-window burn-rate policy of four pairs
// (1h/5m 14.4, 6h/30m 6: page; 1d/2h 3, 3d/6h 1: ticket; a period of 30 days)
// was evaluated, by formula and by a real Prometheus.
type BurnCase struct {
	// Objective is the target in percent, as a decimal: "99.9".
	Objective string
	// Severity is "page" or "ticket".
	Severity   string
	ErrorRatio float64
	Length     time.Duration
	// Step is that of the evaluation, and the resolution of the seconds that
	// were measured.
	Step time.Duration
	// DetectSeconds is the formula's time from the start of the errors to the
	// alert, ResetSeconds that from their end to the end of the alert.
	DetectSeconds, ResetSeconds float64
	// MeasuredDetectSeconds and MeasuredResetSeconds are Prometheus 3.14's,
	// the latter being the last evaluation at which the alert fired.
	MeasuredDetectSeconds, MeasuredResetSeconds float64
}

// Burn returns the case's input, with all windows warm before (three days) and
// the reset in view after (six and a half hours). 1000 requests a step are
// whole for each error ratio.
func (c BurnCase) Burn(start time.Time) Burn {
	return Burn{Start: start, Warm: 3 * day, Length: c.Length, Cool: 6*time.Hour + 30*time.Minute, Step: c.Step, ErrorRatio: c.ErrorRatio}
}

// BurnCases returns eleven cases, from outages of a minute to a slow burn
// of 37 hours. Prediction and measurement differ by at most two steps.
func BurnCases() []BurnCase {
	const page, ticket = 15 * time.Second, time.Minute
	return []BurnCase{
		{"99.9", "page", 1, time.Minute, page, 51.84, 295.68, 60, 270},
		{"99.9", "page", 1, 10 * time.Minute, page, 51.84, 1789.2, 60, 1770},
		{"99.9", "page", 0.15, 10 * time.Minute, page, 345.6, 271.2, 360, 255},
		{"99.9", "page", 0.02, time.Hour, page, 2592, 84, 2610, 90},
		{"99.9", "page", 0.01, 5 * time.Hour, page, 12960, 720, 12960, 705},
		{"99", "page", 1, time.Hour, page, 518.4, 1692, 525, 1665},
		{"99", "page", 0.2, time.Hour, page, 2592, 84, 2595, 75},
		{"90", "page", 1, 5 * time.Hour, page, 12960, 720, 12975, 720},
		{"99.9", "ticket", 0.004, day, ticket, 64800, 16200, 64860, 16200},
		{"99.9", "ticket", 0.002, 37 * time.Hour, ticket, 129600, 10800, 129600, 10740},
		{"99.9", "ticket", 0.05, 3 * time.Hour, ticket, 5184, 21168, 5220, 21060},
	}
}
