package canary

import (
	"fmt"
	"math"
)

// RateTest asks whether a canary's requests go wrong at a higher rate than the
// baseline's, and whether it has been shown that they do not, from counts that
// may be looked at whenever and as often as one likes. Two hypotheses are tested
// at once about the rate ratio RR = canary/baseline, each with an error of at most
// FalseAlarm over all looks for all time:
//
//   - harm: RR ≤ 1 + Margin is rejected;
//   - safe: RR ≥ 1 + Tolerance is rejected, that is, harm of that size is excluded.
//
// For harm that consists in fewer events (cache hits, orders) swap the arms.
//
// The evidence is a mixture of likelihood ratios over a grid of rate ratios. Of
// Nᵢ bad events at look i, xᵢ fell on the canary. At RR = 1 + Margin each does so
// with probability θᵢ, the odds of which are 1 + Margin times those of the exposure
// that was observed, and at the ratio ρⱼ(1 + Margin) with qᵢⱼ = ρⱼθᵢ/(ρⱼθᵢ + 1 − θᵢ):
//
//	E = Σⱼ wⱼ Πᵢ (qᵢⱼ/θᵢ)^xᵢ ((1−qᵢⱼ)/(1−θᵢ))^(Nᵢ−xᵢ)
//
// (Robbins 1970, Annals of Mathematical Statistics 41; Lindon and Malek 2022,
// NeurIPS 35, with shares that change). E is a supermartingale where the counts of
// a look are Poisson or each request fails on its own, whatever the common rate
// does from look to look, so traffic may be shifted between looks and the evidence
// of all stages of a rollout adds up; P(E ever ≥ 1/α) ≤ α (Ville 1939).
//
// The weights w are chosen before the first bad event, by the canary's share of the
// first look: mostly on twice the rate, below 3 % of the traffic on more.
//
// Because one stops at 1/α, what E would have beyond it is wasted. At Margin 0 and
// up to 64 bad events a look, E is therefore raised before each look by the factor
// at which min(E, 1/FalseAlarm) still has the expected value that it should, the
// smaller one of binomial and hypergeometric chances (Fischer and Ramdas 2024,
// arXiv 2410.16076). The alarm follows this process. Its error is nearly all of
// FalseAlarm instead of half of it, and its power so much higher.
//
// The bound supposes that arms differ in nothing but the release. Arms that drift
// apart by themselves break it; give a Margin above the drift, or judge blocks.
type RateTest struct {
	// Margin is the harm that is borne: 0.25 tests RR ≤ 1.25. In [0, 1000].
	Margin float64 `json:"margin"`
	// Tolerance is the harm that must be excluded before one calls the canary
	// safe; at least Margin, at most 1000. 0 is the larger one of 1 (twice the
	// rate) and Margin.
	Tolerance float64 `json:"tolerance"`
	// FalseAlarm is the probability of ever calling a harmless canary harmful, and
	// of ever calling safe what is as bad as Tolerance. In [1e-12, 0.5]; 0 is 0.05.
	FalseAlarm float64 `json:"false_alarm"`
	// Plain leaves E as it is in the formula: about half of the false alarms, and
	// no bound above, so that evidence of several metrics adds up in their mean.
	Plain bool `json:"plain,omitempty"`
}

// The grid of rate ratios: ρⱼ and 1/ρⱼ around 1.
const (
	sides     = 12
	rateNodes = 2*sides + 1
)

var gridRatio = [sides]float64{1.02, 1.05, 1.1, 1.2, 1.4, 1.7, 2, 2.6, 4, 7, 12, 25}

// bet is a choice of the weights of the grid. It is made before the first bad event
// is seen, from the test and the traffic alone, so that it costs no error.
type bet uint8

const (
	undecided bet = iota
	// onTwice is the rule: two thirds of the weight on twice the rate, the harm
	// that a canary of some thousand requests shows late. More harm is seen soon
	// anyway, and what less harm costs is the logarithm of its weight.
	onTwice
	// onSeveral is for plain evidence of one metric among others, which has further
	// to go: it is as good on five times the rate as on twice.
	onSeveral
	// onMuch is for a canary that starts with so little traffic that only much
	// more harm can show in its first minutes, when each of them counts.
	onMuch
)

// smallShare is the share of the traffic at the first look below which the bet is
// onMuch.
const smallShare = 0.03

var gridWeight = [...][sides]float64{
	onTwice:   {0.003, 0.003, 0.004, 0.005, 0.02, 0.04, 0.66, 0.06, 0.10, 0.05, 0.03, 0.025},
	onSeveral: {0.003, 0.003, 0.003, 0.003, 0.004, 0.004, 0.35, 0.01, 0.30, 0.30, 0.01, 0.01},
	onMuch:    {0.001, 0.001, 0.001, 0.001, 0.001, 0.005, 0.28, 0.01, 0.02, 0.09, 0.295, 0.295},
}

// node is ρ of a place in the grid, from 1/25 over 1 at sides to 25.
func node(i int) float64 {
	switch {
	case i < sides:
		return 1 / gridRatio[sides-1-i]
	case i > sides:
		return gridRatio[i-sides-1]
	}
	return 1
}

var gridNodes, gridLogs = func() (nodes, logs [rateNodes]float64) {
	for i := range nodes {
		nodes[i] = node(i)
		logs[i] = math.Log(nodes[i])
	}
	return
}()

// complete fills in defaults and reports what is wrong.
func (t *RateTest) complete(p *problems) {
	if t.FalseAlarm == 0 {
		t.FalseAlarm = 0.05
	}
	checkFalseAlarm(p, "false_alarm", t.FalseAlarm)
	if !(t.Margin >= 0 && t.Margin <= 1000) {
		p.add("margin", number(t.Margin), "not between 0 and 1000", "write 0.25 for a quarter more bad events")
	}
	if t.Tolerance == 0 {
		t.Tolerance = max(1, t.Margin)
	}
	if !(t.Tolerance >= t.Margin && t.Tolerance <= 1000) {
		p.add("tolerance", number(t.Tolerance), "not between the margin and 1000", "write the harm that must be excluded before promotion, 1 for twice the rate")
	}
}

func checkFalseAlarm(p *problems, path string, alpha float64) {
	if !(alpha >= 1e-12 && alpha <= 0.5) {
		p.add(path, number(alpha), "not between 1e-12 and 0.5", "write 0.05 for one false alarm in twenty releases")
	}
}

// Start is evidence without a look. Its error is an *Error.
func (t RateTest) Start() (RateEvidence, error) {
	var p problems
	if t.complete(&p); p.err() != nil {
		return RateEvidence{}, p.err()
	}
	return RateEvidence{test: t}, nil
}

// RateEvidence is what the looks so far say: some fifty numbers, whatever the
// number of looks. It is a value that can be copied, stored and merged; the zero
// value is not usable, RateTest.Start makes one. A value may be read concurrently,
// and updated by one goroutine at a time.
type RateEvidence struct {
	test             RateTest
	canary, baseline Arm
	looks            int64
	// logL and slope are, for each node ρ of the grid, the log-likelihood of the
	// rate ratio ρ(1+Margin) less that of 1+Margin, and its derivative by ln ρ;
	// tolerated is the former for 1+Tolerance.
	logL, slope  [rateNodes]float64
	tolerated    float64
	above, below float64 // Mantel and Haenszel's sums
	// boost is the logarithm of all factors by which E was raised.
	boost             float64
	peak, peakSafe    float64 // largest ln E so far
	bet               bet
	harmful, harmless bool // decided; stays
}

// Test is the test that the evidence is for, with its defaults filled in.
func (e RateEvidence) Test() RateTest { return e.test }

// Update adds a look: what both arms did since the look before, not since the
// start. A look without bad events, or in which one arm had no requests, changes
// nothing but the totals. Errors are *Error, about counts that cannot be; e stays as
// it was. Less than a microsecond, no allocation.
func (e *RateEvidence) Update(canary, baseline Arm) error {
	if err := e.checkLook(canary, baseline); err != nil {
		return err
	}
	e.canary.Bad += canary.Bad
	e.canary.Total += canary.Total
	e.baseline.Bad += baseline.Bad
	e.baseline.Total += baseline.Total
	e.looks++
	if canary.Total == 0 || baseline.Total == 0 || canary.Bad+baseline.Bad == 0 {
		return nil
	}
	x, y := float64(canary.Bad), float64(baseline.Bad)
	n := x + y
	nc, nb := float64(canary.Total), float64(baseline.Total)
	e.above += x * (nb / (nc + nb))
	e.below += y * (nc / (nc + nb))
	if e.bet == undecided {
		e.choose(nc / (nc + nb))
	}
	odds := (1 + e.test.Margin) * nc
	share := odds / (odds + nb)
	var decay, part [rateNodes]float64 // −ln((1−q)/(1−θ)) = ln(1 + θ(ρ−1)), and q
	for j, rho := range &gridNodes {
		d := 1 + share*(rho-1)
		decay[j], part[j] = math.Log(d), rho*share/d
	}
	if !e.harmful && !e.test.Plain && e.test.Margin == 0 && n <= maxBoosted {
		e.boost += e.raise(int(n), share, nc, nb, &decay)
	}
	for j := range &gridNodes {
		e.logL[j] += x*gridLogs[j] - n*decay[j]
		e.slope[j] += x - n*part[j]
	}
	rho := (1 + e.test.Tolerance) / (1 + e.test.Margin)
	e.tolerated += x*math.Log(rho) - n*math.Log1p(share*(rho-1))
	e.decide()
	return nil
}

// choose sets the bet for a canary with this share of the requests.
func (e *RateEvidence) choose(share float64) {
	switch {
	case e.test.Plain:
		e.bet = onSeveral
	case share < smallShare:
		e.bet = onMuch
	default:
		e.bet = onTwice
	}
}

func (e *RateEvidence) checkLook(canary, baseline Arm) error {
	if e.looks == 0 && e.test == (RateTest{}) {
		return problem("evidence", "zero value", "made for no test", "start with RateTest.Start")
	}
	if canary.Bad >= 0 && canary.Bad <= canary.Total && baseline.Bad >= 0 && baseline.Bad <= baseline.Total &&
		canary.Total <= maxCount-e.canary.Total && baseline.Total <= maxCount-e.baseline.Total {
		return nil
	}
	var p problems
	canary.check(&p, "canary")
	baseline.check(&p, "baseline")
	if p.err() == nil {
		p.add("look", fmt.Sprintf("%v and %v", canary, baseline), "more than 2⁵³ events since the start", "start again")
	}
	return p.err()
}

// decide follows the two processes after a look.
func (e *RateEvidence) decide() {
	limit := -math.Log(e.test.FalseAlarm)
	above, below := math.Inf(-1), math.Inf(-1) // no mixture is larger than its largest part
	for j, l := range &e.logL {
		if j > sides {
			above = max(above, l)
		} else {
			below = max(below, l)
		}
	}
	if above > e.peak || !e.harmful && above+e.boost >= limit-1e-9 {
		harm := e.logHarm()
		e.peak = max(e.peak, harm)
		e.harmful = e.harmful || harm+e.boost >= limit-1e-9
	}
	if max(above, below)-e.tolerated > e.peakSafe {
		safe := e.logSafe()
		e.peakSafe = max(e.peakSafe, safe)
		e.harmless = e.harmless || safe >= limit
	}
}

// logHarm is ln E against RR ≤ 1+Margin, not raised.
func (e *RateEvidence) logHarm() float64 {
	weights := &gridWeight[e.bet]
	top := e.logL[sides+1]
	for _, l := range e.logL[sides+1:] {
		top = max(top, l)
	}
	var sum float64
	for j, l := range e.logL[sides+1:] {
		if l > top-50 {
			sum += weights[j] * math.Exp(l-top)
		}
	}
	return top + math.Log(sum)
}

// logSafe is ln E against RR ≥ 1+Tolerance: half of the weight on 1+Margin, the
// rest on the other nodes of the grid that are smaller than 1+Tolerance.
func (e *RateEvidence) logSafe() float64 {
	limit := (1 + e.test.Tolerance) / (1 + e.test.Margin) * (1 - 1e-9)
	top, n := math.Inf(-1), 0
	for j, rho := range &gridNodes {
		if rho < limit {
			top = max(top, e.logL[j])
			n++
		}
	}
	var sum float64
	for j, rho := range &gridNodes {
		if rho >= limit {
			break
		}
		w := 0.5 / float64(n)
		if j == sides {
			w += 0.5
		} else if limit <= 1 { // the middle is not among them
			w *= 2
		}
		if e.logL[j] > top-50 {
			sum += w * math.Exp(e.logL[j]-top)
		}
	}
	return top + math.Log(sum) - e.tolerated
}

// maxBoosted is the number of bad events in a look up to which E is raised; above
// it a look says so much that the cost is not worth it.
const maxBoosted = 64

// raise is the logarithm of the largest b ≥ 1 with Σₓ P(x) min(b·E(x), A) ≤ E,
// A = 1/FalseAlarm and E(x) what E becomes if x of the n bad events of this look
// are the canary's, for binomial and for hypergeometric P. E(x) rises with x, so a
// smaller rate ratio makes the left side smaller still, and the bound holds for
// all of them.
func (e *RateEvidence) raise(n int, share, nc, nb float64, decay *[rateNodes]float64) float64 {
	limit := 1 / e.test.FalseAlarm
	var weight [sides]float64
	var now float64
	for j, w := range &gridWeight[e.bet] {
		if l := e.logL[sides+1+j] + e.boost; l > -40 {
			weight[j] = w * math.Exp(l)
			now += weight[j]
		}
	}
	if now < limit/400 || nb < float64(n) { // too far away for the factor to matter
		return 0
	}
	var value [maxBoosted + 1]float64
	for j, w := range &weight {
		if w == 0 {
			continue
		}
		w *= math.Exp(-float64(n) * decay[sides+1+j])
		for x := range value[:n+1] {
			value[x] += w
			w *= gridRatio[j]
		}
	}
	if value[n] <= limit {
		return 0
	}
	free := math.Exp(float64(n) * math.Log1p(-share))
	drawn := 1.0
	for i := range n {
		drawn *= (nb - float64(i)) / (nc + nb - float64(i))
	}
	if free < 1e-250 || drawn < 1e-250 {
		return 0
	}
	var binomial, hypergeometric [maxBoosted + 1]float64
	for x := 0; x <= n; x++ {
		binomial[x], hypergeometric[x] = free, drawn
		step := float64(n-x) / float64(x+1)
		free *= step * share / (1 - share)
		drawn *= step * max(0, nc-float64(x)) / (nb - float64(n-x-1))
	}
	b := min(stretch(value[:n+1], binomial[:n+1], now, limit), stretch(value[:n+1], hypergeometric[:n+1], now, limit))
	return math.Log(max(1, b*(1-1e-9)))
}

// stretch solves Σ chance·min(b·value, limit) = now for b; value rises.
func stretch(value, chance []float64, now, limit float64) float64 {
	var below, above float64 // sums over what stays below the limit and what does not
	for x, v := range value {
		below += chance[x] * v
	}
	if below <= 0 {
		return 1
	}
	b := now / below
	for x := len(value) - 1; x >= 0 && b*value[x] > limit; x-- {
		above += chance[x]
		below -= chance[x] * value[x]
		if below <= 1e-12*now {
			break
		}
		b = max(b, (now-limit*above)/below)
	}
	return b
}

// Merge adds the looks of o, which must be others than those of e: another region,
// another hour. Both must be of the same test. What E was raised by is lost, and
// harm and safety are decided anew by the sum, unless one of them has no look.
// Merge is associative and commutative up to rounding.
func (e *RateEvidence) Merge(o RateEvidence) error {
	switch {
	case e.test != o.test:
		return problem("evidence", fmt.Sprintf("%+v and %+v", e.test, o.test), "evidence for different tests", "merge what was started with the same RateTest")
	case e.canary.Total > maxCount-o.canary.Total || e.baseline.Total > maxCount-o.baseline.Total:
		return problem("evidence", "totals", "more than 2⁵³ events since the start", "start again")
	case o.looks == 0:
		return nil
	case e.looks == 0:
		*e = o
		return nil
	}
	e.canary = Arm{e.canary.Bad + o.canary.Bad, e.canary.Total + o.canary.Total}
	e.baseline = Arm{e.baseline.Bad + o.baseline.Bad, e.baseline.Total + o.baseline.Total}
	e.looks += o.looks
	for j := range e.logL {
		e.logL[j] += o.logL[j]
		e.slope[j] += o.slope[j]
	}
	e.tolerated += o.tolerated
	e.above += o.above
	e.below += o.below
	e.boost, e.peak, e.peakSafe, e.harmful, e.harmless = 0, 0, 0, false, false
	e.bet = max(e.bet, o.bet)
	if e.bet != undecided {
		e.decide()
	}
	return nil
}
