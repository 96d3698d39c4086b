package canary

import (
	"math"
	"math/bits"
	"slices"
)

// sortKey maps finite v to an integer of the same order; −0 is 0.
func sortKey(v float64) uint64 {
	b := math.Float64bits(v + 0)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// keyValue is the inverse of sortKey.
func keyValue(k uint64) float64 {
	return math.Float64frombits(k ^ (uint64(int64(^k)>>63) | 1<<63))
}

// sortedKeys returns the keys of x − margin in ascending order, in one of the two
// scratch slices, which are at least as long as x.
func sortedKeys(x []float64, margin float64, scratch, other []uint64) []uint64 {
	scratch = scratch[:len(x)]
	if margin == 0 {
		for i, v := range x {
			scratch[i] = sortKey(v)
		}
	} else {
		for i, v := range x {
			scratch[i] = sortKey(v - margin)
		}
	}
	return sortUint(scratch, other[:len(x)])
}

// sortedValues returns x in ascending order, leaving x alone.
func sortedValues(x []float64) []float64 {
	scratch := make([]uint64, 2*len(x))
	keys := sortedKeys(x, 0, scratch[:len(x)], scratch[len(x):])
	sorted := make([]float64, len(x))
	for i, k := range keys {
		sorted[i] = keyValue(k)
	}
	return sorted
}

const (
	radixFrom = 400 // below, comparisons are faster
	digitBits = 11
	digits    = 1 << digitBits
	passes    = (64 + digitBits - 1) / digitBits
)

// sortUint sorts k and returns it, or other with the same content: a radix sort
// from the least significant digit, six passes at most, fewer where all keys
// share a digit.
func sortUint(k, other []uint64) []uint64 {
	if len(k) < radixFrom || len(k) > math.MaxInt32 || slices.IsSorted(k) {
		slices.Sort(k)
		return k
	}
	all, any := k[0], k[0]
	for _, v := range k {
		all &= v
		any |= v
	}
	differ := all ^ any
	var counts [digits]int32
	// Digits begin at the lowest bit in which keys differ, as rounded values share
	// their last bits.
	for low := bits.TrailingZeros64(differ); low < 64 && differ>>low != 0; low += digitBits {
		if differ>>low&(digits-1) == 0 {
			continue
		}
		clear(counts[:])
		for _, v := range k {
			counts[v>>low&(digits-1)]++
		}
		var at int32
		for d, c := range counts {
			counts[d] = at
			at += c
		}
		for _, v := range k {
			d := v >> low & (digits - 1)
			other[counts[d]] = v
			counts[d]++
		}
		k, other = other, k
	}
	return k
}
