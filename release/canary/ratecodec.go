package canary

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// stateVersion is that of the binary and JSON forms of evidence.
const stateVersion = 1

// MarshalBinary is the state in a versioned form of fixed length that does not
// depend on the machine.
func (e RateEvidence) MarshalBinary() ([]byte, error) { return e.AppendBinary(nil) }

// AppendBinary appends what MarshalBinary returns to b.
func (e RateEvidence) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, 'R', stateVersion)
	for _, v := range []int64{e.canary.Bad, e.canary.Total, e.baseline.Bad, e.baseline.Total, e.looks} {
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
	if e.test.Plain {
		flags |= 4
	}
	return append(b, flags, byte(e.bet)), nil
}

// floats are the numbers of the state in the order of the binary form.
func (e *RateEvidence) floats() []*float64 {
	f := []*float64{&e.test.Margin, &e.test.Tolerance, &e.test.FalseAlarm, &e.tolerated, &e.above, &e.below, &e.boost, &e.peak, &e.peakSafe}
	for j := range e.logL {
		f = append(f, &e.logL[j], &e.slope[j])
	}
	return f
}

// UnmarshalBinary replaces the state by what MarshalBinary wrote. Errors are
// *Error; e stays as it was then.
func (e *RateEvidence) UnmarshalBinary(b []byte) error {
	var d RateEvidence
	fields := d.floats()
	if want := 2 + 8*(5+len(fields)) + 2; len(b) != want || b[0] != 'R' || b[1] != stateVersion {
		return problem("evidence", fmt.Sprintf("%d bytes", len(b)), fmt.Sprintf("not evidence of version %d in %d bytes", stateVersion, want), "give what MarshalBinary wrote")
	}
	b = b[2:]
	for _, v := range []*int64{&d.canary.Bad, &d.canary.Total, &d.baseline.Bad, &d.baseline.Total, &d.looks} {
		*v = int64(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	for _, v := range fields {
		*v = math.Float64frombits(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	if b[0] > 7 {
		return problem("evidence", fmt.Sprintf("flags %d", b[0]), "no flags of this version", "give what MarshalBinary wrote")
	}
	d.harmful, d.harmless, d.test.Plain, d.bet = b[0]&1 != 0, b[0]&2 != 0, b[0]&4 != 0, bet(b[1])
	if err := d.check(); err != nil {
		return err
	}
	*e = d
	return nil
}

// check reports a state that Update and Merge cannot have made.
func (e *RateEvidence) check() error {
	var p problems
	t := e.test
	t.complete(&p)
	if t != e.test {
		p.add("evidence.test", fmt.Sprintf("%+v", e.test), "a test with defaults left out", "give what was written")
	}
	e.canary.check(&p, "evidence.canary")
	e.baseline.check(&p, "evidence.baseline")
	if e.looks < 0 || e.looks == 0 && (e.canary.Total > 0 || e.baseline.Total > 0) {
		p.add("evidence.looks", fmt.Sprint(e.looks), "not the number of looks of these counts", "give what was written")
	}
	for _, v := range e.floats() {
		if !(math.Abs(*v) <= 1e18) {
			p.add("evidence", number(*v), "no number that evidence holds", "give what was written")
		}
	}
	if e.bet > onMuch || e.bet == undecided && e.above+e.below > 0 || e.test.Plain && e.bet != undecided && e.bet != onSeveral {
		p.add("evidence.bet", fmt.Sprint(e.bet), "not the weights of this test", "give what was written")
	}
	if e.above < 0 || e.below < 0 || e.boost < 0 || e.peak < 0 || e.peakSafe < 0 || e.logL[sides] != 0 {
		p.add("evidence", "negative sums", "no state of evidence", "give what was written")
	}
	return p.err()
}

type rateJSON struct {
	Version       int       `json:"version"`
	Test          RateTest  `json:"test"`
	Canary        Arm       `json:"canary"`
	Baseline      Arm       `json:"baseline"`
	Looks         int64     `json:"looks"`
	LogLikelihood []float64 `json:"log_likelihood"`
	Slope         []float64 `json:"slope"`
	Tolerated     float64   `json:"log_likelihood_tolerated"`
	Above         float64   `json:"weighted_canary"`
	Below         float64   `json:"weighted_baseline"`
	LogRaise      float64   `json:"log_raise"`
	Peak          float64   `json:"log_e_peak"`
	PeakSafe      float64   `json:"log_e_safe_peak"`
	Harm          bool      `json:"harm"`
	Safe          bool      `json:"safe"`
	Bet           uint8     `json:"bet"`
}

// MarshalJSON is the state in a versioned form.
func (e RateEvidence) MarshalJSON() ([]byte, error) {
	return json.Marshal(rateJSON{stateVersion, e.test, e.canary, e.baseline, e.looks, e.logL[:], e.slope[:], e.tolerated,
		e.above, e.below, e.boost, e.peak, e.peakSafe, e.harmful, e.harmless, uint8(e.bet)})
}

// UnmarshalJSON replaces the state by what MarshalJSON wrote, to the bit. Errors
// about the state are *Error; e stays as it was then.
func (e *RateEvidence) UnmarshalJSON(b []byte) error {
	var j rateJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	if j.Version != stateVersion || len(j.LogLikelihood) != rateNodes || len(j.Slope) != rateNodes {
		return problem("evidence", fmt.Sprintf("version %d with %d and %d nodes", j.Version, len(j.LogLikelihood), len(j.Slope)),
			fmt.Sprintf("not evidence of version %d with %d nodes", stateVersion, rateNodes), "give what MarshalJSON wrote")
	}
	d := RateEvidence{test: j.Test, canary: j.Canary, baseline: j.Baseline, looks: j.Looks, tolerated: j.Tolerated, above: j.Above, below: j.Below,
		boost: j.LogRaise, peak: j.Peak, peakSafe: j.PeakSafe, harmful: j.Harm, harmless: j.Safe, bet: bet(j.Bet)}
	copy(d.logL[:], j.LogLikelihood)
	copy(d.slope[:], j.Slope)
	if err := d.check(); err != nil {
		return err
	}
	*e = d
	return nil
}
