package synth

import (
	"math"
	"strconv"
	"testing"
	"time"
)

// pairs are the windows and factors that the cases were evaluated with.
var pairs = map[string][]struct {
	long, short time.Duration
	factor      float64
}{
	"page":   {{time.Hour, 5 * time.Minute, 14.4}, {6 * time.Hour, 30 * time.Minute, 6}},
	"ticket": {{day, 2 * time.Hour, 3}, {3 * day, 6 * time.Hour, 1}},
}

// Each case, evaluated on exact sums over its windows, detects and resets at
// the formula's time, within a step.
func TestBurnCasesDetectAndResetAsTheFormulasSay(t *testing.T) {
	for _, c := range BurnCases() {
		objective, err := strconv.ParseFloat(c.Objective, 64)
		if err != nil {
			t.Fatal(err)
		}
		budget := (100 - objective) / 100
		counts := c.Burn(monday).Events()
		bad, total := make([]float64, len(counts)+1), make([]float64, len(counts)+1)
		for i, n := range counts {
			if n.Bad != c.ErrorRatio*1000 && n.Bad != 0 {
				t.Fatalf("%+v: %v bad of %v", c, n.Bad, n.Total)
			}
			bad[i+1], total[i+1] = bad[i]+n.Bad, total[i]+n.Total
		}
		ratio := func(i int, window time.Duration) float64 {
			j := i - int(window/c.Step)
			return (bad[i] - bad[j]) / (total[i] - total[j])
		}
		start := monday.Add(3 * day)
		first, last := math.Inf(1), 0.0
		for i := int(3 * day / c.Step); i < len(bad); i++ {
			for _, p := range pairs[c.Severity] {
				limit := p.factor * budget * (1 + 1e-9)
				if ratio(i, p.long) > limit && ratio(i, p.short) > limit {
					after := counts[i-1].Time.Sub(start).Seconds()
					first, last = min(first, after), max(last, after)
				}
			}
		}
		reset := last - c.Length.Seconds()
		if step := c.Step.Seconds(); first < c.DetectSeconds || first > c.DetectSeconds+step+1e-9 || reset > c.ResetSeconds+1e-9 || reset < c.ResetSeconds-step-1e-9 {
			t.Errorf("%s %s at %v: detected after %v s and last firing %v s after the end, want %v and %v within a step", c.Objective, c.Severity, c.ErrorRatio, first, reset, c.DetectSeconds, c.ResetSeconds)
		}
		// Prometheus agrees within two steps.
		if d, r := c.MeasuredDetectSeconds-c.DetectSeconds, c.MeasuredResetSeconds-c.ResetSeconds; math.Abs(d) > 2*c.Step.Seconds() || math.Abs(r) > 2*c.Step.Seconds() {
			t.Errorf("%s %s at %v: measured %v and %v s off", c.Objective, c.Severity, c.ErrorRatio, d, r)
		}
	}
}

func TestBurnByDefault(t *testing.T) {
	if got := (Burn{}).Events(); got != nil {
		t.Errorf("the zero burn has %v", got)
	}
	counts := Burn{Start: monday, Warm: time.Minute, Length: 30 * time.Second, Cool: 20 * time.Second, ErrorRatio: 0.0125}.Events()
	var got []float64
	for _, c := range counts {
		if c.Total != 1000 {
			t.Errorf("%v requests, want 1000", c.Total)
		}
		got = append(got, c.Bad)
	}
	if len(got) != 7 || got[3] != 0 || got[4]+got[5] != 25 || got[6] != 0 || !counts[0].Time.Equal(monday.Add(15*time.Second)) {
		t.Errorf("bad events %v, want four times 0, then 25 in two slots, then 0", got)
	}
}
