package slo

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

// TopK keeps the keys with the most bad events of a stream of any number of
// keys, in room for Capacity of them (Metwally, Agrawal and El Abbadi 2005,
// "Efficient computation of frequent and top-k elements in data streams",
// space-saving). Each count is at most Error too great, never too small, and
// Error is at most Total/Capacity: every key with more bad events than that is
// kept. As long as Capacity keys are not exceeded all counts are exact.
//
// Sketches of shards merge into one of all their events with the same bound
// (Agarwal et al. 2012, "Mergeable summaries", theorem 2). The zero value is
// empty, with the capacity 1000. A TopK must not be used concurrently.
type TopK struct {
	capacity int
	total    float64
	at       map[string]int // index in entries
	entries  []spender      // a heap, the least count first
}

// spender is one key of a TopK.
type spender struct {
	Key   string  `json:"key"`
	Bad   float64 `json:"bad"`
	Error float64 `json:"error"`
}

// ErrTopK is what errors about a TopK wrap.
var ErrTopK = errors.New("not a list of top spenders")

const defaultCapacity = 1000

// NewTopK is an empty TopK with room for capacity keys, from 1 to a million.
func NewTopK(capacity int) (*TopK, error) {
	if capacity < 1 || capacity > 1_000_000 {
		return nil, fmt.Errorf("%w: capacity %d; take 1 to 1000000", ErrTopK, capacity)
	}
	return &TopK{capacity: capacity}, nil
}

// Capacity is how many keys t has room for.
func (t *TopK) Capacity() int {
	if t.capacity == 0 {
		return defaultCapacity
	}
	return t.capacity
}

// Total is the bad events of all keys, exactly.
func (t *TopK) Total() float64 { return t.total }

// Add counts bad events of a key; 0 of them change nothing. The error wraps
// ErrTopK and tells of a number that is negative, infinite or none. Cost is
// logarithmic in the capacity.
func (t *TopK) Add(key string, bad float64) error {
	if !(bad >= 0) || math.IsInf(t.total+bad, 0) {
		return fmt.Errorf("%w: %v bad events of %q; it must be a number of events, 0 or more", ErrTopK, bad, key)
	}
	if bad > 0 {
		t.total += bad
		t.add(spender{Key: key, Bad: bad})
	}
	return nil
}

func (t *TopK) add(e spender) {
	if t.at == nil {
		t.at = make(map[string]int)
	}
	if i, ok := t.at[e.Key]; ok {
		t.entries[i].Bad += e.Bad
		t.entries[i].Error += e.Error
		heap.Fix((*topHeap)(t), i)
		return
	}
	if len(t.entries) < t.Capacity() {
		heap.Push((*topHeap)(t), e)
		return
	}
	// The least key makes room, and the new one inherits its count.
	least := t.entries[0]
	delete(t.at, least.Key)
	t.at[e.Key] = 0
	t.entries[0] = spender{Key: e.Key, Bad: e.Bad + least.Bad, Error: e.Error + least.Bad}
	heap.Fix((*topHeap)(t), 0)
}

// least is how many bad events a key may have had that t does not hold.
func (t *TopK) least() float64 {
	if len(t.entries) < t.Capacity() {
		return 0
	}
	return t.entries[0].Bad
}

// Merge adds the events of other, which is not changed. Capacities must be
// equal; the error wraps ErrTopK.
func (t *TopK) Merge(other *TopK) error {
	if t.Capacity() != other.Capacity() {
		return fmt.Errorf("%w: capacities %d and %d differ", ErrTopK, t.Capacity(), other.Capacity())
	}
	if math.IsInf(t.total+other.total, 0) {
		return fmt.Errorf("%w: the sum of %v and %v bad events is too great", ErrTopK, t.total, other.total)
	}
	mine, theirs := t.least(), other.least()
	merged := make([]spender, 0, len(t.entries)+len(other.entries))
	for _, e := range t.entries {
		if i, ok := other.at[e.Key]; ok {
			e.Bad, e.Error = e.Bad+other.entries[i].Bad, e.Error+other.entries[i].Error
		} else {
			e.Bad, e.Error = e.Bad+theirs, e.Error+theirs
		}
		merged = append(merged, e)
	}
	for _, e := range other.entries {
		if _, ok := t.at[e.Key]; !ok {
			merged = append(merged, spender{e.Key, e.Bad + mine, e.Error + mine})
		}
	}
	slices.SortFunc(merged, byBad)
	t.replace(t.capacity, t.total+other.total, merged[:min(len(merged), t.Capacity())])
	return nil
}

// byBad orders the greatest first, of equal ones by key.
func byBad(a, b spender) int { return cmp.Or(cmp.Compare(b.Bad, a.Bad), cmp.Compare(a.Key, b.Key)) }

func (t *TopK) replace(capacity int, total float64, entries []spender) {
	*t = TopK{capacity: capacity, total: total, at: make(map[string]int, len(entries)), entries: slices.Clone(entries)}
	for i, e := range t.entries {
		t.at[e.Key] = i
	}
	heap.Init((*topHeap)(t))
}

// Top is the n keys with the most bad events, the greatest first; all that are
// held if n is negative or greater than their number. Share and Error are set,
// Consumed is not, for t does not know the traffic. Of keys whose errors
// overlap, the order is not certain.
func (t *TopK) Top(n int) []Part {
	entries := slices.Clone(t.entries)
	slices.SortFunc(entries, byBad)
	if n >= 0 && n < len(entries) {
		entries = entries[:n]
	}
	parts := make([]Part, len(entries))
	for i, e := range entries {
		parts[i] = Part{Key: e.Key, Counts: Counts{Bad: e.Bad, Total: e.Bad}, Share: e.Bad / t.total, Error: e.Error}
	}
	return parts
}

type topKJSON struct {
	Capacity int       `json:"capacity"`
	Total    float64   `json:"total"`
	Entries  []spender `json:"entries"`
}

// MarshalJSON writes the whole state, the greatest keys first.
func (t *TopK) MarshalJSON() ([]byte, error) {
	entries := append([]spender{}, t.entries...)
	slices.SortFunc(entries, byBad)
	return json.Marshal(topKJSON{t.Capacity(), t.total, entries})
}

// UnmarshalJSON reads what MarshalJSON writes, and nothing that Add and Merge
// could not have made. Errors wrap ErrTopK.
func (t *TopK) UnmarshalJSON(text []byte) error {
	var v topKJSON
	if err := json.Unmarshal(text, &v); err != nil {
		return fmt.Errorf("%w: %w", ErrTopK, err)
	}
	return t.restore(v)
}

// restore takes a checked state over.
func (t *TopK) restore(v topKJSON) error {
	if _, err := NewTopK(v.Capacity); err != nil {
		return err
	}
	if len(v.Entries) > v.Capacity || !(v.Total >= 0 && v.Total <= math.MaxFloat64) {
		return fmt.Errorf("%w: %d keys of at most %d, %v bad events", ErrTopK, len(v.Entries), v.Capacity, v.Total)
	}
	seen := make(map[string]bool, len(v.Entries))
	for _, e := range v.Entries {
		if seen[e.Key] || !(e.Error >= 0 && e.Error < e.Bad) || !(e.Bad-e.Error <= v.Total*(1+slack)) {
			return fmt.Errorf("%w: key %q stands twice, or has %v bad events of which %v may be too many of %v", ErrTopK, e.Key, e.Bad, e.Error, v.Total)
		}
		seen[e.Key] = true
	}
	t.replace(v.Capacity, v.Total, v.Entries)
	return nil
}

// topHeap is a TopK as a heap.
type topHeap TopK

func (h *topHeap) Len() int           { return len(h.entries) }
func (h *topHeap) Less(i, j int) bool { return byBad(h.entries[i], h.entries[j]) > 0 }
func (h *topHeap) Swap(i, j int) {
	h.entries[i], h.entries[j] = h.entries[j], h.entries[i]
	h.at[h.entries[i].Key], h.at[h.entries[j].Key] = i, j
}

func (h *topHeap) Push(x any) {
	e := x.(spender)
	h.at[e.Key] = len(h.entries)
	h.entries = append(h.entries, e)
}

func (h *topHeap) Pop() any { return nil } // keys are replaced, never taken
