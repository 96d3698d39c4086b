package capacity

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/srekit/ownership/internal/chart"
)

// Headroom says how many units a load needs, so that it still runs at its target when
// failure domains are lost during a rollout, and by when they have to be ordered. The zero
// value of each field but Peak and UnitCapacity asks for nothing extra.
//
// The reasoning is that of intent-based planning (Beyer et al. 2016, Site Reliability
// Engineering, chapter 18): say what must hold, compute the units, show every step.
type Headroom struct {
	// Peak is the load to carry, a high quantile of the maximum over the time that is
	// planned for: Forecast.Peak.Upper. In the unit of the metric, 0 or more.
	Peak float64 `json:"peak"`
	// Growth are multipliers of the peak for what the history does not know: a launch, a
	// campaign. All of them apply at once; Scenarios vary them.
	Growth []Factor `json:"growth,omitempty"`
	// UnitCapacity is the load that one unit carries at full use, above 0.
	UnitCapacity float64 `json:"unit_capacity"`
	// TargetUtilization is the share of its capacity to which a unit may be loaded, in (0, 1];
	// 0 is 1.
	TargetUtilization float64 `json:"target_utilization,omitempty"`
	// Domains are the failure domains (zones, racks) by the share of units that each holds, in
	// any scale: {1, 1, 1} are three equal ones. Empty is one for each unit.
	Domains []float64 `json:"domains,omitempty"`
	// Lost is how many domains may be lost at once without harm, the largest ones: the k of
	// N+k. Fewer than there are Domains.
	Lost int `json:"lost,omitempty"`
	// Unavailable is the share of units that a rollout takes out of service at once, in [0, 1).
	Unavailable float64 `json:"unavailable,omitempty"`
	// Surge is the share of units that a rollout starts in addition, for which there must be
	// room, 0 or more.
	Surge float64 `json:"surge,omitempty"`
	// Have is the number of units there are.
	Have int `json:"have,omitempty"`
	// UnitCost is the price of one unit, in any currency and period; 0 leaves costs out.
	UnitCost float64 `json:"unit_cost,omitempty"`
}

// Factor is a named multiplier of the load, above 0: {"launch", 1.3}.
type Factor struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
}

// Requirement is an answer of Headroom with how it came about.
type Requirement struct {
	// Units are needed in all, and Missing of them beyond Have; negative are spare.
	Units   int `json:"units"`
	Missing int `json:"missing"`
	// Cost is that of all Units, 0 without a UnitCost.
	Cost float64 `json:"cost,omitempty"`
	// Placement is the number of units in each of the Domains, in their order.
	Placement []int `json:"placement,omitempty"`
	// UtilizationAtPeak is the share of the capacity of Units that the peak takes with nothing
	// lost, and UtilizationAtWorst that of what is left in the worst case that is planned for. Both at most
	// TargetUtilization.
	UtilizationAtPeak  float64 `json:"utilization_at_peak"`
	UtilizationAtWorst float64 `json:"utilization_at_worst"`
	// Breakdown is every figure on the way, in order.
	Breakdown []Reckoning `json:"breakdown"`
}

// Reckoning is one line of a breakdown: the value, its unit, and how it came from the lines before.
type Reckoning struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // load, units, ratio, cost
	How   string  `json:"how"`
}

// maxUnits bounds what is planned for, so that counts stay exact: 2⁴⁰, and 2²⁸ where an int
// has 32 bits.
const maxUnits = 1 << (28 + 12*(^uint(0)>>63))

// Check reports every field that is out of range, as one *Error.
func (h Headroom) Check() error {
	var p problems
	in := func(path string, v float64, ok bool, reason, remedy string) {
		if !finite(v) || !ok {
			p.add("headroom."+path, number(v), reason, remedy)
		}
	}
	in("peak", h.Peak, h.Peak >= 0, "not a load", "write 0 or more")
	for i, f := range h.Growth {
		in(fmt.Sprintf("growth[%d]", i), f.Value, f.Value > 0, "not a multiplier", "write 1.3 for 30 % more")
	}
	in("unit_capacity", h.UnitCapacity, h.UnitCapacity > 0, "a unit carries more than nothing", "write the load at which one unit is full")
	in("target_utilization", h.TargetUtilization, h.TargetUtilization >= 0 && h.TargetUtilization <= 1, "not within 0 to 1", "write 0.7 for 70 %")
	for i, d := range h.Domains {
		in(fmt.Sprintf("domains[%d]", i), d, d > 0, "a domain holds a share above 0", "leave it out")
	}
	if h.Lost < 0 || h.Lost > maxUnits || len(h.Domains) > 0 && h.Lost >= len(h.Domains) {
		p.add("headroom.lost", strconv.Itoa(h.Lost), "not fewer than the domains there are ("+strconv.Itoa(len(h.Domains))+")", "name more domains, or lose fewer")
	}
	in("unavailable", h.Unavailable, h.Unavailable >= 0 && h.Unavailable < 1, "not a share below 1", "write 0.25 for a quarter at once")
	in("surge", h.Surge, h.Surge >= 0, "not a share", "write 0.25 for a quarter more")
	in("unit_cost", h.UnitCost, h.UnitCost >= 0, "not a price", "write 0 or more")
	if h.Have < 0 {
		p.add("headroom.have", strconv.Itoa(h.Have), "a negative number of units", "write 0 or more")
	}
	return p.err()
}

// Requirement computes the units. Rounding is always up, and once at each place where units
// are whole. Errors: those of Check, and more than 2⁴⁰ units.
func (h Headroom) Requirement() (Requirement, error) {
	if err := h.Check(); err != nil {
		return Requirement{}, err
	}
	var r Requirement
	note := func(name string, value float64, unit, how string, args ...any) {
		r.Breakdown = append(r.Breakdown, Reckoning{name, value, unit, fmt.Sprintf(how, args...)})
	}
	n := chart.Number.Format
	load := h.Peak
	note("peak", load, "load", "given")
	for _, f := range h.Growth {
		load = clampFinite(load * f.Value)
		note("peak with "+f.Name, load, "load", "times %s", n(f.Value))
	}
	target := h.TargetUtilization
	if target == 0 {
		target = 1
	}
	useful := h.UnitCapacity * target
	note("load of a unit", useful, "load", "%s at full use, loaded to %s", n(h.UnitCapacity), percent(target))
	if !(load/useful <= maxUnits) {
		return Requirement{}, problem("headroom.peak", number(h.Peak), "needs more than 2⁴⁰ units", "check the unit of the load and of the units' capacity")
	}
	serving := wholeUnits(load / useful)
	note("units that serve", float64(serving), "units", "%s / %s, rounded up", n(load), n(useful))
	// The least number of which enough are left after the rollout's share and the lost domains.
	need := serving
	if h.Unavailable > 0 {
		need = leastTotal(serving, 0, func(total int) int { return total - share(total, h.Unavailable) })
		note("units with a rollout under way", float64(need), "units", "%s of them may be out of service at once", percent(h.Unavailable))
	}
	if h.Lost > 0 {
		lossless := need
		need = leastTotal(serving, h.wavering(), h.left)
		if len(h.Domains) == 0 {
			note("units with losses", float64(need), "units", "%d units may be lost as well (N+%d)", h.Lost, h.Lost)
		} else {
			note("units with losses", float64(need), "units", "the largest %d of %d failure domains may be lost as well: %d more", h.Lost, len(h.Domains), need-lossless)
		}
	}
	r.Placement = h.placement(need)
	total := need
	if h.Surge > 0 {
		total += share(need, h.Surge)
		note("room for units with a surge", float64(total), "units", "a rollout starts %s in addition", percent(h.Surge))
	}
	if total > maxUnits {
		return Requirement{}, problem("headroom.peak", number(h.Peak), "needs more than 2⁴⁰ units", "check the unit of the load and of the units' capacity")
	}
	r.Units, r.Missing = total, total-h.Have
	if h.Have > 0 {
		note("missing units", float64(r.Missing), "units", "there are %d", h.Have)
	}
	if h.UnitCost > 0 {
		r.Cost = clampFinite(float64(total) * h.UnitCost)
		note("cost", r.Cost, "cost", "%d times %s", total, n(h.UnitCost))
	}
	if need > 0 {
		r.UtilizationAtPeak = load / (float64(need) * h.UnitCapacity)
		note("utilization at the peak", r.UtilizationAtPeak, "ratio", "%s on %d units", n(load), need)
	}
	if worst := h.left(need); worst > 0 {
		r.UtilizationAtWorst = load / (float64(worst) * h.UnitCapacity)
		note("utilization at worst", r.UtilizationAtWorst, "ratio", "%s on the %d units that are left", n(load), worst)
	}
	return r, nil
}

// wholeUnits rounds up what exceeds a whole number by more than rounding does.
func wholeUnits(x float64) int { return int(math.Ceil(x * (1 - 1e-12))) }

// share is the units that make up a share, rounded up.
func share(total int, ratio float64) int { return wholeUnits(float64(total) * ratio) }

// leastTotal is the least total of which left leaves need, by doubling and bisection. One
// unit more may leave one less, where it moves another between domains; so the totals so much
// below the one that is found are looked at too.
func leastTotal(need, below int, left func(total int) int) int {
	if need == 0 {
		return 0
	}
	high := need
	for left(high) < need && high < 4*maxUnits {
		high *= 2
	}
	low := need - 1
	for high-low > 1 {
		if middle := low + (high-low)/2; left(middle) >= need {
			high = middle
		} else {
			low = middle
		}
	}
	lowest := max(need, high-below)
	for total := high - 1; total >= lowest; total-- {
		if left(total) >= need {
			high = total
		}
	}
	return high
}

// wavering is how many units further on a domain may still have one unit less: twice what it
// takes to give the smallest domain one more. It is held to 10,000, and to fewer with more than
// 100 domains, beyond which the count is enough but may not be the least.
func (h Headroom) wavering() int {
	if len(h.Domains) == 0 {
		return 0
	}
	least, sum := slices.Min(h.Domains), 0.
	for _, d := range h.Domains {
		sum += min(1e4, d/least)
	}
	return int(min(1e4, 1e6/float64(len(h.Domains)), 2*sum+2))
}

// left is how many of so many units serve in the worst case: the largest domains are lost,
// and the rollout's share of what remains is out of service.
func (h Headroom) left(total int) int {
	remain := total - h.Lost
	if len(h.Domains) > 0 {
		placed := slices.Sorted(slices.Values(h.placement(total)))
		remain = 0
		for _, units := range placed[:len(placed)-h.Lost] {
			remain += units
		}
	}
	remain = max(0, remain)
	return remain - share(remain, h.Unavailable)
}

// placement spreads units over the domains in proportion: each has its share rounded down, and
// the rest goes to the largest remainders (Hamilton's method), the first of equals.
func (h Headroom) placement(total int) []int {
	if len(h.Domains) == 0 {
		return nil
	}
	sum := 0.
	greatest := slices.Max(h.Domains)
	for _, d := range h.Domains {
		sum += d / greatest
	}
	placed, order := make([]int, len(h.Domains)), make([]int, len(h.Domains))
	rest, remainder := total, make([]float64, len(h.Domains))
	for i, d := range h.Domains {
		exact := float64(total) * (d / greatest / sum)
		placed[i] = int(exact + 1e-9)
		remainder[i] = exact - float64(placed[i])
		rest -= placed[i]
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case remainder[a] > remainder[b]+1e-9:
			return -1
		case remainder[b] > remainder[a]+1e-9:
			return 1
		}
		return 0
	})
	for k := 0; rest > 0; k++ {
		placed[order[k%len(order)]]++
		rest--
	}
	return placed
}
