package synth

import (
	"math"
	"slices"
	"testing"
	"time"
)

func minutes(n int) []time.Time {
	times := make([]time.Time, n)
	for i := range times {
		times[i] = monday.Add(time.Duration(i) * time.Minute)
	}
	return times
}

func TestDeliveryByDefaultChangesNothing(t *testing.T) {
	samples := Counter{Traffic: busy(1)}.Samples(monday, monday.Add(time.Hour), time.Minute)
	if got := (Delivery{}).Samples(samples); !slices.Equal(got, samples) {
		t.Errorf("got %v, want the samples as they were", got)
	}
	counts := busy(1).Events(monday, monday.Add(time.Hour), time.Minute)
	if got := (Delivery{Seed: 4}).Counts(counts); !slices.Equal(got, counts) {
		t.Errorf("got %v, want the counts as they were", got)
	}
}

func TestDeliveryHasTheSharesItSays(t *testing.T) {
	const n = 50_000
	times := minutes(n)
	d := Delivery{LossRatio: 0.1, LateRatio: 0.2, Late: 10 * time.Minute, DuplicateRatio: 0.05, Seed: 6}
	arrivals := d.Order(times, 1)
	var first, late, again, disorder float64
	seen := map[int]bool{}
	for i, a := range arrivals {
		delay := a.Arrived.Sub(times[a.Index])
		if delay < 0 || delay > 10*time.Minute {
			t.Fatalf("arrived %v after its time, want 0 to 10m", delay)
		}
		if a.Again {
			again++
		} else {
			first++
			if delay > 0 {
				late++
			}
		}
		if i > 0 {
			if a.Arrived.Before(arrivals[i-1].Arrived) {
				t.Fatalf("arrival %d comes before the one before", i)
			}
			if a.Index < arrivals[i-1].Index {
				disorder++
			}
		}
		seen[a.Index] = true
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"arrived", first / n, 0.9}, {"late", late / first, 0.2}, {"again", again / first, 0.05},
	} {
		if math.Abs(c.got-c.want) > 5*math.Sqrt(c.want*(1-c.want)/n) {
			t.Errorf("%s: share %v, want %v", c.name, c.got, c.want)
		}
	}
	if float64(len(seen)) != first {
		t.Errorf("%d different samples arrived, want %v", len(seen), first)
	}
	if disorder < 0.05*n {
		t.Errorf("%v samples out of order, want many", disorder)
	}
}

func TestGapsTakeTheirReplica(t *testing.T) {
	d := Delivery{Gaps: []Gap{
		{Start: monday.Add(10 * time.Minute), End: monday.Add(20 * time.Minute)},
		{Start: monday.Add(30 * time.Minute), End: monday.Add(35 * time.Minute), Replica: 2},
	}}
	for replica, want := range map[int]int{1: 50, 2: 45} {
		arrivals := d.Order(minutes(60), replica)
		if len(arrivals) != want {
			t.Errorf("replica %d: %d samples, want %d", replica, len(arrivals), want)
		}
		for _, a := range arrivals {
			if a.Index >= 10 && a.Index < 20 {
				t.Errorf("replica %d: sample %d arrived through the gap", replica, a.Index)
			}
		}
	}
}

// What happens to a sample does not depend on the others, nor one setting on
// another.
func TestDeliveryOfASampleIsItsOwn(t *testing.T) {
	times := minutes(500)
	d := Delivery{LossRatio: 0.2, LateRatio: 0.3, Late: time.Hour, DuplicateRatio: 0.2, Seed: 2}
	whole := d.Order(times, 1)
	parts := d.Order(times[:200], 1)
	for _, a := range d.Order(times[200:], 1) {
		a.Index += 200
		parts = append(parts, a)
	}
	if got := inOrder(parts); !slices.Equal(got, whole) {
		t.Errorf("parts arrive otherwise than the whole")
	}
	lost := func(d Delivery) (out []int) {
		arrived := map[int]bool{}
		for _, a := range d.Order(times, 1) {
			arrived[a.Index] = true
		}
		for i := range times {
			if !arrived[i] {
				out = append(out, i)
			}
		}
		return out
	}
	if a, b := lost(d), lost(Delivery{LossRatio: 0.2, Seed: 2}); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("lost %v with delays and %v without", a, b)
	}
	twice := func(d Delivery) (out []int) {
		for _, a := range d.Order(times, 1) {
			if a.Again {
				out = append(out, a.Index)
			}
		}
		slices.Sort(out)
		return out
	}
	if a, b := twice(d), twice(Delivery{LossRatio: 0.2, DuplicateRatio: 0.2, Seed: 2}); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("twice %v with delays and %v without", a, b)
	}
	if slices.Equal(lost(d), lost(Delivery{LossRatio: 0.2, Seed: 3})) {
		t.Error("another seed loses the same samples")
	}
}
