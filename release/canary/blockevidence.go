package canary

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// BlockTest asks whether a quantity of the canary (a latency quantile, a cost, a
// depth of a queue) is larger than the baseline's, from pairs of values of the same
// minute or block of time. Looks may be taken at any time. As in RateTest two
// hypotheses are tested about the ratio canary/baseline: harm rejects that it is at
// most 1 + Margin, safe that it is at least 1 + Tolerance.
//
// The evidence is on d = ln(canary/baseline) of each block, so that what both arms
// share (a busy hour, a slow database) cancels, and requests within a block may
// depend on one another. With s = Σ(d − ln(1+Margin))/σ̂ and t blocks,
//
//	ln E = ½ln(4ρ/(t+ρ)) + s²/(2(t+ρ)) + ln Φ(s/√(t+ρ)),
//
// the one-sided normal mixture (Howard, Ramdas, McAuliffe and Sekhon 2021, Annals of
// Statistics 49, section 3.2) with the sample's standard deviation σ̂: an asymptotic
// test (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, Annals of Statistics
// 52), which is why the first blocks decide nothing. σ̂ is at least 0.005, so that
// values which are rounded do not prove anything by their rounding.
//
// Blocks of one arm that depend on one another (an arm that drifts) break the
// bound: at a lag-one correlation of 0.8, arms that wander by 3 % raise the alarm in
// 14 % of all releases without a margin, and in 3 % with one of 3 %. See Drift.
type BlockTest struct {
	Margin float64 `json:"margin"` // in [0, 1000]
	// Tolerance is the harm to be excluded; 0 is the larger one of 0.1 and Margin.
	Tolerance  float64 `json:"tolerance"`
	FalseAlarm float64 `json:"false_alarm"` // as in RateTest; 0 is 0.05
	// Least is the number of blocks before which nothing is decided, at least 3; 0
	// is 6.
	Least int64 `json:"least"`
	// Plan is the number of blocks at which the test is most sensitive; 0 is 10.
	Plan int64 `json:"plan"`
}

func (t *BlockTest) complete(p *problems) {
	r := RateTest{Margin: t.Margin, Tolerance: t.Tolerance, FalseAlarm: t.FalseAlarm}
	if r.Tolerance == 0 {
		r.Tolerance = max(0.1, t.Margin)
	}
	r.complete(p)
	t.Tolerance, t.FalseAlarm = r.Tolerance, r.FalseAlarm
	if t.Least == 0 {
		t.Least = 6
	}
	if t.Plan == 0 {
		t.Plan = 10
	}
	if t.Least < 3 || t.Least > maxCount {
		p.add("least", fmt.Sprint(t.Least), "not 3 or more", "leave it 0 for 6 blocks")
	}
	if t.Plan < 1 || t.Plan > maxCount {
		p.add("plan", fmt.Sprint(t.Plan), "not 1 or more", "give the number of blocks of the rollout")
	}
}

// Start is evidence without a block. Its error is an *Error.
func (t BlockTest) Start() (BlockEvidence, error) {
	var p problems
	if t.complete(&p); p.err() != nil {
		return BlockEvidence{}, p.err()
	}
	return BlockEvidence{test: t}, nil
}

// BlockEvidence is what the blocks so far say, in constant space. It is a value that can
// be copied, stored and merged; BlockTest.Start makes one. A value may be read
// concurrently, and updated by one goroutine at a time.
type BlockEvidence struct {
	test              BlockTest
	n                 int64
	mean, squares     float64 // of d; Σ(d − mean)²
	peak, peakSafe    float64
	harmful, harmless bool
}

// BlockResult is what BlockEvidence says.
type BlockResult struct {
	Test   BlockTest `json:"test"`
	Blocks int64     `json:"blocks"`
	// Ratio is the estimated ratio canary/baseline: e to the mean of d. 1 without
	// blocks.
	Ratio float64 `json:"ratio"`
	// Spread is the standard deviation of d among blocks, 0 below two.
	Spread float64 `json:"spread"`
	// Low and High enclose the true ratio at all looks from the first decision on,
	// each end with an error of FalseAlarm: Level is 1 − 2·FalseAlarm. Before, they
	// are 0 and math.MaxFloat64.
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Level      float64 `json:"level"`
	LogE       float64 `json:"log_e"`
	PValue     float64 `json:"p_value"` // 1/E at its largest, at most 1
	Harm       bool    `json:"harm"`    // stays
	LogESafe   float64 `json:"log_e_safe"`
	PValueSafe float64 `json:"p_value_safe"`
	Safe       bool    `json:"safe"` // stays
}

// Update adds the values of one block, both positive and finite; otherwise an
// *Error is returned and e stays as it was. No allocation.
func (e *BlockEvidence) Update(canary, baseline float64) error {
	if e.test.Least == 0 {
		return problem("evidence", "zero value", "made for no test", "start with BlockTest.Start")
	}
	if !(canary > 0 && canary <= maxValue && baseline > 0 && baseline <= maxValue) {
		var p problems
		for _, v := range []struct {
			name  string
			value float64
		}{{"canary", canary}, {"baseline", baseline}} {
			if !(v.value > 0 && v.value <= maxValue) {
				p.add(v.name, number(v.value), "not a positive finite number", "leave out blocks without a measurement")
			}
		}
		return p.err()
	}
	e.n++
	d := math.Log(canary) - math.Log(baseline)
	gap := d - e.mean
	e.mean += gap / float64(e.n)
	e.squares += gap * (d - e.mean)
	e.decide()
	return nil
}

func (e *BlockEvidence) decide() {
	if e.n < e.test.Least {
		return
	}
	limit := -math.Log(e.test.FalseAlarm)
	harm, safe := e.logE(math.Log1p(e.test.Margin), 1), e.logE(math.Log1p(e.test.Tolerance), -1)
	e.peak, e.peakSafe = max(e.peak, harm), max(e.peakSafe, safe)
	e.harmful = e.harmful || harm >= limit
	e.harmless = e.harmless || safe >= limit
}

// leastSpread is a standard deviation of log ratios that no data are trusted to
// stay below.
const leastSpread = 0.005

// deviation is σ̂.
func (e *BlockEvidence) deviation() float64 {
	if e.n < 2 {
		return leastSpread
	}
	return max(leastSpread, math.Sqrt(e.squares/float64(e.n-1)))
}

// logE is ln E against a mean of d up to null (sign 1) or from null on (−1).
func (e *BlockEvidence) logE(null, sign float64) float64 {
	t := float64(e.n)
	s := sign * t * (e.mean - null) / e.deviation()
	return normalMixture(s, t, oneSidedRho(float64(e.test.Plan), e.test.FalseAlarm))
}

// normalMixture is the one-sided mixture at sum s and variance v.
func normalMixture(s, v, rho float64) float64 {
	below, _ := stat.LogNormalCDF(s / math.Sqrt(v+rho))
	return 0.5*math.Log(4*rho/(v+rho)) + s*s/(2*(v+rho)) + below
}

// twoSidedRho is the ρ at which the two-sided mixture has nearly its tightest
// bound at variance v (Howard et al. 2021, proposition 3).
func twoSidedRho(v, alpha float64) float64 {
	l := 2 * math.Log(1/alpha)
	return v / (l + math.Log1p(l))
}

func oneSidedRho(v, alpha float64) float64 { return twoSidedRho(v, 2*min(alpha, 0.25)) }

// asymptoticReach is the half-width of the two-sided confidence sequence at t
// observations with a standard deviation of 1, ρ² being 1/rho (Waudby-Smith et al.
// 2024, equation 16).
func asymptoticReach(t, rho, alpha float64) float64 {
	return math.Sqrt(2 * (t + rho) / (t * t) * math.Log(math.Sqrt((t+rho)/rho)/alpha))
}

// Result is the state of the evidence. No allocation.
func (e BlockEvidence) Result() BlockResult {
	r := BlockResult{Test: e.test, Blocks: e.n, Ratio: bounded(math.Exp(e.mean)), High: math.MaxFloat64, Level: 1 - 2*min(e.test.FalseAlarm, 0.49),
		PValue: math.Exp(-e.peak), PValueSafe: math.Exp(-e.peakSafe), Harm: e.harmful, Safe: e.harmless}
	if e.n > 1 {
		r.Spread = math.Sqrt(e.squares / float64(e.n-1))
	}
	if e.n < e.test.Least || e.n == 0 {
		return r
	}
	r.LogE, r.LogESafe = bounded(e.logE(math.Log1p(e.test.Margin), 1)), bounded(e.logE(math.Log1p(e.test.Tolerance), -1))
	reach := e.deviation() * asymptoticReach(float64(e.n), oneSidedRho(float64(e.test.Plan), e.test.FalseAlarm), 1-r.Level)
	r.Low, r.High = math.Exp(e.mean-reach), bounded(math.Exp(e.mean+reach))
	return r
}

// Merge adds the blocks of o, which must be others than those of e, by the formula of
// Chan, Golub and LeVeque (1983). Both must be of the same test. What is
// harmful and safe is decided anew by the sum, unless one of them has no block. Merge
// is associative and commutative up to rounding.
func (e *BlockEvidence) Merge(o BlockEvidence) error {
	switch {
	case e.test != o.test:
		return problem("evidence", fmt.Sprintf("%+v and %+v", e.test, o.test), "evidence for different tests", "merge what was started with the same BlockTest")
	case e.n > maxCount-o.n:
		return problem("evidence", "blocks", "more than 2⁵³", "start again")
	case o.n == 0:
		return nil
	case e.n == 0:
		*e = o
		return nil
	}
	n, m := float64(e.n), float64(o.n)
	gap := o.mean - e.mean
	e.mean += gap * (m / (n + m))
	e.squares += o.squares + gap*gap*(n*m/(n+m))
	e.n += o.n
	e.peak, e.peakSafe, e.harmful, e.harmless = 0, 0, false, false
	e.decide()
	return nil
}

type blockJSON struct {
	Version  int       `json:"version"`
	Test     BlockTest `json:"test"`
	Blocks   int64     `json:"blocks"`
	Mean     float64   `json:"mean"`
	Squares  float64   `json:"squares"`
	Peak     float64   `json:"log_e_peak"`
	PeakSafe float64   `json:"log_e_safe_peak"`
	Harm     bool      `json:"harm"`
	Safe     bool      `json:"safe"`
}

// MarshalJSON is the state in a versioned form.
func (e BlockEvidence) MarshalJSON() ([]byte, error) {
	return json.Marshal(blockJSON{stateVersion, e.test, e.n, e.mean, e.squares, e.peak, e.peakSafe, e.harmful, e.harmless})
}

// UnmarshalJSON replaces the state by what MarshalJSON wrote, to the bit. Errors
// about the state are *Error; e stays as it was then.
func (e *BlockEvidence) UnmarshalJSON(b []byte) error {
	var j blockJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	if j.Version != stateVersion {
		return problem("evidence", fmt.Sprintf("version %d", j.Version), fmt.Sprintf("not version %d", stateVersion), "give what MarshalJSON wrote")
	}
	d := BlockEvidence{j.Test, j.Blocks, j.Mean, j.Squares, j.Peak, j.PeakSafe, j.Harm, j.Safe}
	if err := d.check(); err != nil {
		return err
	}
	*e = d
	return nil
}

// MarshalBinary is the state in a versioned form of fixed length that does not
// depend on the machine.
func (e BlockEvidence) MarshalBinary() ([]byte, error) {
	b := []byte{'B', stateVersion}
	for _, v := range []int64{e.n, e.test.Least, e.test.Plan} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	for _, v := range e.floats() {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(*v))
	}
	var flags byte
	if e.harmful {
		flags |= 1
	}
	if e.harmless {
		flags |= 2
	}
	return append(b, flags), nil
}

func (e *BlockEvidence) floats() [7]*float64 {
	return [...]*float64{&e.test.Margin, &e.test.Tolerance, &e.test.FalseAlarm, &e.mean, &e.squares, &e.peak, &e.peakSafe}
}

// UnmarshalBinary replaces the state by what MarshalBinary wrote. Errors are
// *Error; e stays as it was then.
func (e *BlockEvidence) UnmarshalBinary(b []byte) error {
	var d BlockEvidence
	if want := 2 + 8*(3+7) + 1; len(b) != want || b[0] != 'B' || b[1] != stateVersion || b[want-1] > 3 {
		return problem("evidence", fmt.Sprintf("%d bytes", len(b)), fmt.Sprintf("not evidence of version %d in %d bytes", stateVersion, want), "give what MarshalBinary wrote")
	}
	b = b[2:]
	for _, v := range []*int64{&d.n, &d.test.Least, &d.test.Plan} {
		*v = int64(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	for _, v := range d.floats() {
		*v = math.Float64frombits(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	d.harmful, d.harmless = b[0]&1 != 0, b[0]&2 != 0
	if err := d.check(); err != nil {
		return err
	}
	*e = d
	return nil
}

// check reports a state that Update and Merge cannot have made.
func (e *BlockEvidence) check() error {
	var p problems
	t := e.test
	t.complete(&p)
	if t != e.test {
		p.add("evidence.test", fmt.Sprintf("%+v", e.test), "a test with defaults left out", "give what was written")
	}
	if e.n < 0 || e.n > maxCount || !(math.Abs(e.mean) <= 2000) || !(e.squares >= 0 && e.squares <= 1e24) || !(e.peak >= 0 && e.peak <= 1e300) || !(e.peakSafe >= 0 && e.peakSafe <= 1e300) {
		p.add("evidence", "its numbers", "no state of evidence", "give what was written")
	}
	return p.err()
}
