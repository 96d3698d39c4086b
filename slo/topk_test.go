package slo

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTopKByHand(t *testing.T) {
	top, err := NewTopK(2)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []struct {
		key string
		bad float64
	}{{"a", 5}, {"b", 3}, {"a", 1}, {"c", 2}} { // c takes the place of b, the least, with its 3
		if err := top.Add(e.key, e.bad); err != nil {
			t.Fatal(err)
		}
	}
	want := []Part{{Key: "a", Counts: Counts{6, 6}, Share: 6. / 11}, {Key: "c", Counts: Counts{5, 5}, Share: 5. / 11, Error: 3}}
	if d := cmp.Diff(want, top.Top(-1)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(want[:1], top.Top(1)); d != "" {
		t.Errorf("the first (-want +got):\n%s", d)
	}
	if top.Total() != 11 || top.Capacity() != 2 {
		t.Errorf("total %v of capacity %v", top.Total(), top.Capacity())
	}
	var zero TopK
	if err := zero.Add("x", 1); err != nil || zero.Capacity() != 1000 || len(zero.Top(5)) != 1 {
		t.Errorf("the zero value: %v, %+v", err, zero.Top(5))
	}
}

func TestTopKErrors(t *testing.T) {
	for _, capacity := range []int{0, -1, 1_000_001} {
		if _, err := NewTopK(capacity); !errors.Is(err, ErrTopK) {
			t.Errorf("capacity %d: %v", capacity, err)
		}
	}
	var top TopK
	for _, bad := range []float64{-1, math.NaN(), math.Inf(1)} {
		if err := top.Add("x", bad); !errors.Is(err, ErrTopK) || top.Total() != 0 {
			t.Errorf("%v bad: %v, total %v", bad, err, top.Total())
		}
	}
	if err := top.Add("x", 0); err != nil || len(top.Top(-1)) != 0 {
		t.Errorf("0 bad: %v, %v", err, top.Top(-1))
	}
	small, _ := NewTopK(3)
	if err := top.Merge(small); text(err) != "not a list of top spenders: capacities 1000 and 3 differ" {
		t.Errorf("merge of another capacity: %v", err)
	}
	var huge TopK
	if err := errors.Join(top.Add("x", math.MaxFloat64), huge.Add("x", math.MaxFloat64)); err != nil {
		t.Fatal(err)
	}
	if err := top.Merge(&huge); !errors.Is(err, ErrTopK) {
		t.Errorf("a sum beyond the largest number: %v", err)
	}
}

// checkTopK holds the promises of a sketch against the true counts.
func checkTopK(t *rapid.T, top *TopK, truth map[string]float64) {
	t.Helper()
	var total float64
	for _, n := range truth {
		total += n
	}
	bound := total / float64(top.Capacity())
	held := make(map[string]bool)
	parts := top.Top(-1)
	for i, p := range parts {
		held[p.Key] = true
		if p.Error > bound+1e-9 || p.Counts.Bad < truth[p.Key] || p.Counts.Bad-p.Error > truth[p.Key] {
			t.Fatalf("%q: %+v, truly %v, bound %v", p.Key, p, truth[p.Key], bound)
		}
		if len(truth) <= top.Capacity() && p.Error != 0 {
			t.Fatalf("%q: %+v is not exact with %d keys", p.Key, p, len(truth))
		}
		if i > 0 && p.Counts.Bad > parts[i-1].Counts.Bad {
			t.Fatalf("order: %+v", parts)
		}
	}
	for key, n := range truth {
		if n > bound && !held[key] {
			t.Fatalf("%q with %v of %v is missing (capacity %d)", key, n, total, top.Capacity())
		}
	}
	if top.Total() != total || len(parts) > top.Capacity() {
		t.Fatalf("total %v, want %v; %d keys of %d", top.Total(), total, len(parts), top.Capacity())
	}
}

// One sketch, and the merge of several in any order, keep their promises, also
// through both stored forms.
func TestTopKLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		capacity := rapid.IntRange(1, 12).Draw(t, "capacity")
		var all *TopK
		truth := make(map[string]float64)
		for range rapid.IntRange(1, 4).Draw(t, "shards") {
			shard, err := NewTopK(capacity)
			if err != nil {
				t.Fatal(err)
			}
			own := make(map[string]float64)
			for _, k := range rapid.SliceOfN(rapid.IntRange(0, 30), 0, 80).Draw(t, "keys") {
				key, bad := fmt.Sprint("k", k*k/30), float64(1+k%3)
				if err := shard.Add(key, bad); err != nil {
					t.Fatal(err)
				}
				own[key] += bad
				truth[key] += bad
			}
			checkTopK(t, shard, own)
			text, err1 := json.Marshal(shard)
			data, err2 := shard.MarshalBinary()
			var fromText, fromData TopK
			if err := errors.Join(err1, err2, json.Unmarshal(text, &fromText), fromData.UnmarshalBinary(data)); err != nil {
				t.Fatal(err)
			}
			again, err := json.Marshal(&fromData)
			if d := cmp.Diff(shard.Top(-1), fromText.Top(-1)); d != "" || err != nil || string(again) != string(text) {
				t.Fatalf("%s\n%s (%v)\n%s", text, again, err, d)
			}
			if all == nil {
				all = &fromText
				continue
			}
			ab, ba := *all, fromData
			if err := errors.Join(ab.Merge(&fromData), ba.Merge(all)); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(ab.Top(-1), ba.Top(-1)); d != "" {
				t.Fatalf("merging is not commutative:\n%s", d)
			}
			all = &ab
			checkTopK(t, all, truth)
		}
	})
}

func TestTopKRefusesBrokenState(t *testing.T) {
	for _, c := range []string{
		`[]`, `{}`, `{"capacity":0}`, `{"capacity":1,"total":-1}`,
		`{"capacity":1,"total":2,"entries":[{"key":"a","bad":1},{"key":"b","bad":1}]}`,
		`{"capacity":3,"total":2,"entries":[{"key":"a","bad":1},{"key":"a","bad":1}]}`,
		`{"capacity":3,"total":2,"entries":[{"key":"a","bad":3}]}`,
		`{"capacity":3,"total":2,"entries":[{"key":"a","bad":0}]}`,
		`{"capacity":3,"total":2,"entries":[{"key":"a","bad":1,"error":1}]}`,
		`{"capacity":3,"total":2,"entries":[{"key":"a","bad":1,"error":-1}]}`,
	} {
		top, _ := NewTopK(7)
		if err := json.Unmarshal([]byte(c), top); !errors.Is(err, ErrTopK) || top.Capacity() != 7 {
			t.Errorf("%s: %v, capacity now %d", c, err, top.Capacity())
		}
	}
	good, _ := NewTopK(3)
	if err := errors.Join(good.Add("a", 1), good.Add("bc", 2)); err != nil {
		t.Fatal(err)
	}
	data, err := good.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var back TopK
	for i := range data {
		if err := back.UnmarshalBinary(data[:i]); !errors.Is(err, ErrTopK) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	if err := back.UnmarshalBinary(append(data, 0)); text(err) != "not a list of top spenders: the binary form is cut or broken at its end" {
		t.Errorf("one byte more: %v", err)
	}
	data[0] = 9
	if err := back.UnmarshalBinary(data); !strings.Contains(text(err), "no known version") {
		t.Errorf("version 9: %v", err)
	}
	if err := back.UnmarshalBinary([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}); !errors.Is(err, ErrTopK) {
		t.Errorf("a capacity beyond all: %v", err)
	}
}

func FuzzTopKBinary(f *testing.F) {
	top, _ := NewTopK(3)
	_ = top.Add("a", 1)
	_ = top.Add("bc", 2.5)
	data, _ := top.MarshalBinary()
	f.Add(data)
	f.Add([]byte{1, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		var top TopK
		if err := top.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, ErrTopK) {
				t.Fatalf("%v is no ErrTopK", err)
			}
			return
		}
		again, err := top.MarshalBinary()
		var back TopK
		if err := errors.Join(err, back.UnmarshalBinary(again)); err != nil || !cmp.Equal(top.Top(-1), back.Top(-1)) {
			t.Fatalf("%x read back %x, %v", data, again, err)
		}
	})
}

func BenchmarkTopKAdd(b *testing.B) {
	top, _ := NewTopK(1000)
	keys := make([]string, 100_000)
	for i := range keys {
		keys[i] = fmt.Sprint("key", i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		i = (i*1103515245 + 12345) & 0x7fffffff
		if err := top.Add(keys[i%len(keys)], 1); err != nil {
			b.Fatal(err)
		}
	}
}
