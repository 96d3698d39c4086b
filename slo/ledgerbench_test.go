package slo

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

var benchStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

func mustLedger(t testing.TB, o LedgerOptions) *Ledger {
	t.Helper()
	l, err := NewLedger(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// filled is a ledger with a month of one key, counted by the replicas.
func filledLedger(t testing.TB, o LedgerOptions, replicas ...string) *Ledger {
	t.Helper()
	l := mustLedger(t, o)
	slots := int(l.Options().Horizon / l.Options().Slot)
	for i, name := range replicas {
		h := l.Handle("checkout", name)
		for s := range slots {
			if err := h.Add(benchStart.Add(time.Duration(s+1)*l.Options().Slot), uint64(900+s%100+i), uint64(s%3)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return l
}

// Events in order of time, at a steady rate. The loop's own cost is taken out
// as far as it can be: the instants are made in batches, off the clock.
func BenchmarkLedgerAdd(b *testing.B) {
	for _, replicas := range []int{1, 10} {
		for _, step := range []time.Duration{time.Millisecond, time.Second, time.Minute} {
			b.Run(fmt.Sprintf("replicas=%d/every=%v", replicas, step), func(b *testing.B) {
				l := mustLedger(b, LedgerOptions{})
				for r := range replicas {
					l.Handle("checkout", fmt.Sprint("replica-", r))
				}
				h := l.Handle("checkout", "replica-0")
				at, instants := benchStart, make([]time.Time, 4096)
				b.ReportAllocs()
				b.ResetTimer()
				for n := 0; n < b.N; n += len(instants) {
					b.StopTimer()
					for i := range instants {
						at = at.Add(step)
						instants[i] = at
					}
					b.StartTimer()
					for _, at := range instants[:min(len(instants), b.N-n)] {
						if err := h.Add(at, 10, 1); err != nil {
							b.Fatal(err)
						}
					}
				}
			})
		}
	}
}

func BenchmarkLedgerAddLate(b *testing.B) {
	for _, slot := range []time.Duration{5 * time.Minute, time.Minute} {
		b.Run("slot="+slot.String(), func(b *testing.B) {
			l := filledLedger(b, LedgerOptions{Slot: slot}, "a")
			h := l.Handle("checkout", "a")
			i := 0
			b.ReportAllocs()
			for b.Loop() {
				i = (i + 7919) % (31 * 24 * 60)
				if err := h.Add(benchStart.Add(time.Duration(i+1)*time.Minute), 10, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The oldest slot of all, which every running sum after it holds.
func BenchmarkLedgerAddLatest(b *testing.B) {
	for _, slot := range []time.Duration{5 * time.Minute, time.Minute} {
		b.Run("slot="+slot.String(), func(b *testing.B) {
			l := filledLedger(b, LedgerOptions{Slot: slot}, "a")
			h := l.Handle("checkout", "a")
			b.ReportAllocs()
			for b.Loop() {
				if err := h.Add(benchStart.Add(slot), 10, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkLedgerWindow(b *testing.B) {
	now := benchStart.Add(31 * 24 * time.Hour)
	for _, replicas := range []int{1, 10, 100} {
		names := make([]string, replicas)
		for i := range names {
			names[i] = fmt.Sprint("replica-", i)
		}
		l := filledLedger(b, LedgerOptions{}, names...)
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			b.Fatal(err)
		}
		for _, w := range []Window{Rolling(time.Hour), Rolling(24 * time.Hour), Rolling(30 * 24 * time.Hour), {Calendar: Month, Location: berlin}} {
			b.Run(fmt.Sprintf("replicas=%d/%v", replicas, w.String()), func(b *testing.B) {
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					i++
					if a, err := l.Window("checkout", w, now.Add(-time.Duration(i%300)*time.Second)); err != nil || a.NoData {
						b.Fatal(a, err)
					}
				}
			})
		}
	}
}

func BenchmarkShardedAdd(b *testing.B) {
	keys := make([]string, 100)
	for i := range keys {
		keys[i] = fmt.Sprintf("service-%d/availability", i)
	}
	for _, replicas := range []int{1, 10} {
		b.Run(fmt.Sprint("replicas=", replicas), func(b *testing.B) {
			s, err := NewSharded(LedgerOptions{}, 16)
			if err != nil {
				b.Fatal(err)
			}
			names := make([]string, replicas)
			for i := range names {
				names[i] = fmt.Sprint("replica-", i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; n += len(keys) {
				at, name := benchStart.Add(time.Duration(n)*time.Millisecond), names[n/len(keys)%replicas]
				for _, key := range keys[:min(len(keys), b.N-n)] {
					if err := s.Add(key, name, at, 10, 1); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}

// A thousand ledgers of one key, each the month of one of ten replicas, each a
// little further than the one before.
func BenchmarkLedgerMerge(b *testing.B) {
	const n = 1000
	ledgers := make([]*Ledger, n)
	for i := range ledgers {
		if i < 10 {
			ledgers[i] = filledLedger(b, LedgerOptions{}, fmt.Sprint("replica-", i))
			continue
		}
		ledgers[i] = ledgers[i-10].Clone()
		h := ledgers[i].Handle("checkout", fmt.Sprint("replica-", i%10))
		for k := range 5 { // new events, some late
			if err := h.Add(benchStart.Add(31*24*time.Hour-time.Duration(k*i)*5*time.Minute), 1, 1); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		all := mustLedger(b, LedgerOptions{})
		for _, l := range ledgers {
			if err := all.Merge(l); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// As above where no two states have a block in common.
func BenchmarkLedgerMergeUnlike(b *testing.B) {
	const n = 1000
	ledgers := make([]*Ledger, n)
	for i := range ledgers {
		ledgers[i] = mustLedger(b, LedgerOptions{})
		h := ledgers[i].Handle("checkout", fmt.Sprint("replica-", i%10))
		for s := range 31 * 24 * 12 {
			if err := h.Add(benchStart.Add(time.Duration(s)*5*time.Minute), uint64(1000+i+s%7), uint64(s+i)%3); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		all := mustLedger(b, LedgerOptions{})
		for _, l := range ledgers {
			if err := all.Merge(l); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// 30 days at a minute for 1,000 objectives, one after the other, in slots of a
// minute; after every minute the last hour and the last 30 days are asked for.
func BenchmarkLedgerReplay(b *testing.B) {
	for _, ask := range []bool{false, true} {
		b.Run(fmt.Sprint("queries=", ask), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for range 1000 {
					l := mustLedger(b, LedgerOptions{Slot: time.Minute, Horizon: 30 * 24 * time.Hour})
					h := l.Handle("checkout", "")
					for m := range 30 * 24 * 60 {
						at := benchStart.Add(time.Duration(m) * time.Minute)
						if err := h.Add(at, 100, uint64(m)&1); err != nil {
							b.Fatal(err)
						}
						if ask {
							if _, err := l.Between("checkout", at.Add(-time.Hour), at); err != nil {
								b.Fatal(err)
							}
						}
					}
				}
			}
		})
	}
}

func BenchmarkLedgerMemory(b *testing.B) {
	for _, replicas := range []int{1, 10} {
		b.Run(fmt.Sprint("replicas=", replicas), func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(ledgerBytes(b, LedgerOptions{}, 20, replicas)/1024, "KiB/replica")
			}
		})
	}
}

// ledgerBytes is the memory of full ledgers for each key and replica, with
// everything that a ledger keeps.
func ledgerBytes(t testing.TB, o LedgerOptions, keys, replicas int) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := mustLedger(t, o)
	for k := range keys {
		handles := make([]Handle, replicas)
		for r := range handles {
			handles[r] = l.Handle(fmt.Sprintf("service-%d/availability", k), fmt.Sprint("replica-", r))
		}
		slots := int(l.Options().Horizon / l.Options().Slot)
		for s := range slots * 3 / 2 { // on into the time when slots expire
			for _, h := range handles {
				if err := h.Add(benchStart.Add(time.Duration(s)*l.Options().Slot), 1000, 1); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(l)
	return float64(after.HeapAlloc-before.HeapAlloc) / float64(keys*replicas)
}

func BenchmarkLedgerBinary(b *testing.B) {
	l := filledLedger(b, LedgerOptions{}, "a")
	data, err := l.MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("marshal", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := l.MarshalBinary(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var m Ledger
			if err := m.UnmarshalBinary(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
