package slo

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// topKVersion is the first byte of the binary form.
const topKVersion = 1

// MarshalBinary writes the whole state: a version byte, the capacity, the
// total, the number of keys and the keys with their numbers, the greatest
// first. Equal states give equal bytes.
func (t *TopK) MarshalBinary() ([]byte, error) {
	entries := slices.Clone(t.entries)
	slices.SortFunc(entries, byBad)
	data := binary.AppendUvarint([]byte{topKVersion}, uint64(t.Capacity()))
	data = binary.BigEndian.AppendUint64(data, math.Float64bits(t.total))
	data = binary.AppendUvarint(data, uint64(len(entries)))
	for _, e := range entries {
		data = binary.AppendUvarint(data, uint64(len(e.Key)))
		data = append(data, e.Key...)
		data = binary.BigEndian.AppendUint64(data, math.Float64bits(e.Bad))
		data = binary.BigEndian.AppendUint64(data, math.Float64bits(e.Error))
	}
	return data, nil
}

// UnmarshalBinary reads what MarshalBinary writes, with the checks of
// UnmarshalJSON. Memory is bounded by the length of data. Errors wrap ErrTopK.
func (t *TopK) UnmarshalBinary(data []byte) error {
	broken := func(what string) error {
		return fmt.Errorf("%w: the binary form is cut or broken at its %s", ErrTopK, what)
	}
	if len(data) == 0 || data[0] != topKVersion {
		return fmt.Errorf("%w: the binary form begins with no known version", ErrTopK)
	}
	data = data[1:]
	uvarint := func() (uint64, bool) {
		n, size := binary.Uvarint(data)
		if size <= 0 {
			return 0, false
		}
		data = data[size:]
		return n, true
	}
	float := func() (float64, bool) {
		if len(data) < 8 {
			return 0, false
		}
		x := math.Float64frombits(binary.BigEndian.Uint64(data))
		data = data[8:]
		return x, true
	}
	var v topKJSON
	capacity, ok := uvarint()
	if !ok || capacity > math.MaxInt32 {
		return broken("capacity")
	}
	v.Capacity = int(capacity)
	if v.Total, ok = float(); !ok {
		return broken("total")
	}
	n, ok := uvarint()
	if !ok || n > uint64(len(data)) {
		return broken("number of keys")
	}
	for range n {
		size, ok := uvarint()
		if !ok || size > uint64(len(data)) {
			return broken("keys")
		}
		e := spender{Key: string(data[:size])}
		data = data[size:]
		bad, ok1 := float()
		tooMany, ok2 := float()
		if !ok1 || !ok2 {
			return broken("keys")
		}
		e.Bad, e.Error = bad, tooMany
		v.Entries = append(v.Entries, e)
	}
	if len(data) > 0 {
		return broken("end")
	}
	return t.restore(v)
}
