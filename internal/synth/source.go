package synth

import (
	"math"
	"math/bits"
	"math/rand/v2"
)

// A purpose keeps apart the draws that one seed and one slot are used for.
type purpose uint64

const (
	forTotal purpose = iota + 1
	forBad
	forErrorWander
	forWander
	forReplica
	forRestart
	forLoss
	forDelivery
	forJitter
	forBuckets
	forLatency
	forBaseline
	forCanary
	forBaselineDrift
	forCanaryDrift
	forCommonMode
	forLoad
	forLoadWander
)

// source is the stream of random words of one slot. Its generator is
// math/rand/v2's PCG (O'Neill's PCG-DXSM, 128 bits of state).
type source struct{ pcg rand.PCG }

// at points s at the stream of a slot.
func (s *source) at(seed uint64, p purpose, start, step int64) {
	hi := mix(seed + uint64(p)*0x9E3779B97F4A7C15)
	lo := mix(uint64(start) ^ bits.RotateLeft64(mix(uint64(step)), 32) ^ bits.RotateLeft64(hi, 17))
	s.pcg.Seed(hi, lo)
}

// mix is the finaliser of SplitMix64 (Steele, Lea & Flood 2014, figure 15): a
// bijection of 64-bit words in which every input bit moves every output bit.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// uniform returns a number in the open interval (0, 1).
func (s *source) uniform() float64 {
	return (float64(s.pcg.Uint64()>>12) + 0.5) / (1 << 52)
}

// dither rounds x >= 0 to a whole number such that over consecutive slots with
// the same x the sum of the roundings stays within a few units of the sum of
// the numbers, and with a changing x close to it: the offset is the fractional part of index times the golden section, the most
// even of all such sequences. A number within 1e-9 of a whole one is that.
func dither(x float64, index int64) float64 {
	x = float64(x) // rounded, wherever it comes from
	if r := math.Floor(x + 0.5); math.Abs(x-r) <= float64(1e-9*max(1, x)) {
		return r
	}
	u := float64(float64((uint64(index)*0x9E3779B97F4A7C15)>>11) / (1 << 53))
	return math.Floor(x + u)
}

// clamp returns x limited to [lo, hi], and lo for NaN.
func clamp(x, lo, hi float64) float64 {
	if !(x > lo) {
		return lo
	}
	return min(x, hi)
}
