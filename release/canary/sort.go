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
	radixFrom = 2000 // below, merging is faster
	digitBits = 11
	digits    = 1 << digitBits
)

// sortUint sorts k and returns it, or other with the same content. Long slices take a
// radix sort from the least significant digit, six passes at most, fewer where all keys
// share a digit; short ones a merge sort without unpredictable branches.
func sortUint(k, other []uint64) []uint64 {
	switch {
	case slices.IsSorted(k):
		return k
	case len(k) < radixFrom:
		mergeSort(k, other, false)
		return k
	case len(k) > math.MaxInt32:
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

// mergeSort sorts k by way of other, of the same length; the result is in other if
// there is set.
func mergeSort(k, other []uint64, there bool) {
	if len(k) <= 4 {
		sortFour(k)
		if there {
			copy(other, k)
		}
		return
	}
	h := (len(k) + 1) / 2
	mergeSort(k[:h], other[:h], !there)
	mergeSort(k[h:], other[h:], !there)
	if there {
		k, other = other, k
	}
	mergeHalves(k, other[:h], other[h:])
}

// sortFour sorts at most four keys by a network.
func sortFour(k []uint64) {
	switch len(k) {
	case 2:
		k[0], k[1] = min(k[0], k[1]), max(k[0], k[1])
	case 3:
		a, b, c := k[0], k[1], k[2]
		a, b = min(a, b), max(a, b)
		b, c = min(b, c), max(b, c)
		k[0], k[1], k[2] = min(a, b), max(a, b), c
	case 4:
		a, b, c, d := k[0], k[1], k[2], k[3]
		a, b = min(a, b), max(a, b)
		c, d = min(c, d), max(c, d)
		a, c = min(a, c), max(a, c)
		b, d = min(b, d), max(b, d)
		k[0], k[1], k[2], k[3] = a, min(b, c), max(b, c), d
	}
}

// mergeHalves merges a and b, which is as long or one shorter, into out: half of it from
// the front and half from the back, so that neither runs out.
func mergeHalves(out, a, b []uint64) {
	i, j, front := 0, 0, 0
	p, q, back := len(a)-1, len(b)-1, len(out)-1
	for range len(out) / 2 {
		x, y := a[i], b[j]
		out[front] = min(x, y)
		front++
		_, less := bits.Sub64(y, x, 0) // 1 if y < x, without a branch
		j += int(less)
		i += 1 - int(less)

		x, y = a[p], b[q]
		out[back] = max(x, y)
		back--
		_, less = bits.Sub64(y, x, 0)
		p -= int(less)
		q -= 1 - int(less)
	}
	if front == back {
		if i <= p {
			out[front] = a[i]
		} else {
			out[front] = b[j]
		}
	}
}
