// Package synth makes data that look like real operations: requests with a
// local daily and weekly rhythm, errors and outages, counters that restart,
// latency histograms, canary rollouts and machines that fill up. Tests,
// examples, cross-checks and benchmarks draw from it, so it returns plain
// numbers and times and imports nothing but the standard library.
//
// Every generator is a plain struct written as a literal. The zero value of a
// field switches its effect off: Traffic{BasePerSecond: 50} is steady traffic
// of exactly 50 requests a second, without noise or errors, in UTC. Numbers
// out of range (negative rates, ratios above 1, NaN) are clamped to the
// nearest meaning; a range that is empty, has no positive step, lies outside
// the years 1678 to 2261 or has more than 2^28 slots yields nil. Nothing here
// panics or returns NaN or an infinity. All types are values without shared
// state: use them from any number of goroutines.
//
// # Randomness
//
// Randomness is counter-based: what happens in a slot is drawn from a PCG
// generator (math/rand/v2, whose outputs Go fixes) that is seeded with a hash
// of the generator's Seed, the purpose of the draw, and the slot's first
// instant and length. No state passes from slot to slot. Hence
//
//   - the same input gives the same output, also on other architectures: the
//     package has its own exponential, logarithm and cosine, whose products are
//     rounded before they are added (no fused multiply-add), and uses from
//     package math only what IEEE 754 fixes (Sqrt, Floor, Frexp, Ldexp);
//   - a range may be split: for b on the grid of a and step, generating
//     [a, b) and [b, c) gives the same values as generating [a, c);
//   - changing one outage or one holiday changes the slots it touches and
//     leaves the others as they were.
//
// Local rhythms need the same edition of the time zone database as well. A
// different step is a different draw. To see the same events at a coarser
// step, add them up with Rebin.
//
// # Time
//
// Slots are left-closed: slot i of a range is [from+i·step, from+(i+1)·step).
// Only whole slots are made. The Time of a result is the end of its slot, as
// in a row of the programs' CSV, and is in UTC. Rhythms follow the wall clock
// of the given zone, so that a peak at noon stays at noon when clocks change.
//
//	traffic := synth.Traffic{
//		Zone:          madrid,
//		BasePerSecond: 40,
//		Daily:         synth.Daily{PeakHour: 12, Swing: 0.8},
//		Weekly:        synth.Weekend(0.4),
//		Noise:         synth.Noise{Kind: synth.NegativeBinomial, Dispersion: 0.01},
//		Errors:        synth.Errors{Ratio: 0.0004},
//		Outages:       []synth.Outage{{Start: t1, End: t2, ErrorRatio: 0.3}},
//		Seed:          7,
//	}
//	counts := traffic.Events(from, to, time.Minute)
//	err := synth.WriteCSV(os.Stdout, counts)
package synth
