package alerting

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/srekit/ownership/slo"
)

// Bounds are what the alerts of one severity must keep.
type Bounds struct {
	Severity Severity `json:"severity"`
	// Detect says which outages must be found, and how soon. At least one is needed.
	Detect []DetectBound `json:"detect"`
	// BudgetShare is the most of the period's budget that may be spent when an
	// alert fires; zero: no bound.
	BudgetShare float64 `json:"budget_share"`
	// Reset is the longest that an alert may stay after an outage; zero: no bound.
	Reset time.Duration `json:"reset_seconds"`
	// FalseAlarms is the most that may be expected in a month of 30 days, at the
	// traffic and the healthy error ratio of the options, counted as by
	// BoundPair.FalseAlarms; zero: no bound.
	FalseAlarms float64 `json:"false_alarms"`
}

// DetectBound says that an outage with an error ratio of ErrorRatio or more is
// found within Within.
type DetectBound struct {
	ErrorRatio float64       `json:"error_ratio"` // above the budget, at most 1
	Within     time.Duration `json:"within_seconds"`
}

// SynthesisOptions are the circumstances of a synthesis. The zero value knows no
// traffic, so that false alarms cannot be bounded, and takes the pipeline for
// instantaneous.
type SynthesisOptions struct {
	Traffic Traffic `json:"traffic,omitzero"`
	// Healthy is the error ratio at which false alarms are counted; zero: the
	// budget, a service that just meets its objective.
	Healthy float64 `json:"healthy"`
	// Delays count into the time to detection, and no window is shorter than four
	// scrapes or two evaluations of them: zeros allow any window, also one that a
	// history of points a minute apart cannot show.
	Delays Delays `json:"delays"`
	// Pairs is the most pairs of a severity; zero means 4.
	Pairs int `json:"pairs"`
}

// Synthesis is the smallest policy that keeps all bounds, or the proof that
// there is none.
type Synthesis struct {
	Feasible bool   `json:"feasible"`
	Policy   Policy `json:"policy"` // without pairs when infeasible
	Bound    Bound  `json:"bound"`
	// FalseAlarms are those expected in a month, by severity of the bounds; 0
	// where no traffic is known.
	FalseAlarms []float64 `json:"false_alarms"`
	// Clashes are, for each severity that cannot be had, bounds that cannot be
	// kept together although without any one of them the others could.
	Clashes []Clash `json:"clashes"`
}

// Clash is a smallest set of bounds that exclude each other: without any one of
// them the others can be kept.
type Clash struct {
	Severity Severity        `json:"severity"`
	Bounds   []ClashingBound `json:"bounds"`
}

// ClashingBound is one of the bounds of a clash.
type ClashingBound struct {
	Kind  string  `json:"kind"` // detection, budget_share, reset or false_alarms
	Text  string  `json:"text"` // in words
	Given float64 `json:"given"`
	// Possible is what the bound would have to be for all bounds of the severity
	// to be kept, the others unchanged, to half a percent: in seconds, as a share
	// or alarms a month, as Given. It is 0 where changing this bound alone does
	// not help.
	Possible float64 `json:"possible"`
}

// String is the clash in words.
func (c Clash) String() string {
	s := c.Severity.String() + ": no pairs of windows keep all of these: "
	for i, b := range c.Bounds {
		if i > 0 {
			s += "; "
		}
		s += b.Text
		switch {
		case b.Possible == 0:
		case b.Kind == "detection" || b.Kind == "reset":
			s += " (possible beside the others: " + text(seconds(math.Ceil(b.Possible))) + ")"
		default:
			s += " (possible beside the others: " + raised(b.Possible) + ")"
		}
	}
	return s
}

// synthesisWindows are the windows to choose from, in minutes.
var synthesisWindows = [...]time.Duration{
	1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 45, 60, 75, 90, 105, 120, 150, 180, 210, 240, 300, 360, 480, 600, 720, 960, 1080,
	1440, 1920, 2160, 2880, 3600, 4320, 5760, 7200, 8640, 10080, 14400, 20160, 28800, 40320,
}

// Synthesise looks for the policy with the fewest pairs that keeps the bounds of
// every severity, and of those for one with few false alarms. A pair of a long
// window W and threshold θ finds every error ratio e above θ after W·θ/e, having
// spent W·θ of the budget, and is silent w·(1-θ) after a total outage at the
// latest. So every pair covers the detections with error ratios above its θ and
// products Within·ErrorRatio of W·θ at least; what is left to choose is W, from a
// list of round windows between 1 minute and 4 weeks, and the short window.
// Factors are at least 1, so that no alert fires while the objective is met, and
// have three digits. Windows hold four scrapes and two evaluations.
//
// Within these choices the search is complete: a clash is a proof. Errors wrap
// ErrOptions and slo.ErrObjective and are all told at once, or are the context's.
func Synthesise(ctx context.Context, o slo.Objective, bounds []Bounds, opt SynthesisOptions) (Synthesis, error) {
	if opt.Pairs == 0 {
		opt.Pairs = 4
	}
	errs := []error{o.Validate(), opt.validate()}
	if o.Validate() == nil {
		for _, b := range bounds {
			errs = append(errs, b.validate(o.Budget().Float64(), len(opt.Traffic.Requests) > 0))
		}
		errs = append(errs, distinct(bounds))
	}
	if len(bounds) == 0 {
		errs = append(errs, fmt.Errorf("%w: no bounds; say what must be detected", ErrOptions))
	}
	if err := errors.Join(errs...); err != nil {
		return Synthesis{}, err
	}
	out := Synthesis{Feasible: true, Policy: Policy{Name: "synthesised"}}
	for _, b := range bounds {
		s := newSynthesiser(ctx, o, b, opt)
		pairs, alarms, ok := s.search(b)
		if err := ctx.Err(); err != nil {
			return Synthesis{}, err
		}
		if !ok {
			out.Feasible = false
			out.Clashes = append(out.Clashes, s.clash(b))
			if err := ctx.Err(); err != nil {
				return Synthesis{}, err
			}
			continue
		}
		out.Policy.Pairs = append(out.Policy.Pairs, pairs...)
		out.FalseAlarms = append(out.FalseAlarms, alarms)
	}
	if !out.Feasible {
		out.Policy.Pairs, out.FalseAlarms = nil, nil
		return out, nil
	}
	var err error
	out.Bound, err = out.Policy.Bind(o)
	return out, err
}

// synthesiser searches for the pairs of one severity.
type synthesiser struct {
	ctx      context.Context
	o        slo.Objective
	severity Severity
	opt      SynthesisOptions
	budget   *big.Rat
	period   time.Duration
	shortest time.Duration
	healthy  float64
	traffic  cycle // without steps: none known
	memo     map[string]candidate
}

// candidate is a pair with its false alarms and the product of its long window
// and threshold.
type candidate struct {
	pair    Pair
	alarms  float64
	product float64
	ok      bool
}

// better prefers few false alarms; where there are next to none, a pair that waits
// for as many errors as it may, and of those the shorter windows.
func (c candidate) better(d candidate) bool {
	const none = 1e-3 // a month
	x, y := math.Max(c.alarms, none), math.Max(d.alarms, none)
	switch {
	case !d.ok:
		return true
	case x != y:
		return x < y
	}
	return c.product > 1.01*d.product
}

func newSynthesiser(ctx context.Context, o slo.Objective, b Bounds, opt SynthesisOptions) *synthesiser {
	s := &synthesiser{
		ctx: ctx, o: o, severity: b.Severity, opt: opt, budget: o.Budget().Rat(), period: o.Period().ShortestLength(),
		shortest: ShortestWindow(opt.Delays.Scrape, max(opt.Delays.Record, opt.Delays.Alert)),
		healthy:  opt.Healthy, memo: make(map[string]candidate),
	}
	if s.healthy == 0 {
		s.healthy = o.Budget().Float64()
	}
	if len(opt.Traffic.Requests) > 0 {
		s.traffic = opt.Traffic.cumulate()
	}
	return s
}

// product is what W·θ may be for a detection, in seconds.
func (s *synthesiser) product(d DetectBound) float64 {
	return d.ErrorRatio * (d.Within - s.opt.Delays.worst(0)).Seconds()
}

// search finds the pairs: first with short windows of about a twelfth, then with
// ones as long as the reset allows, which tell noise from outages better.
func (s *synthesiser) search(b Bounds) (pairs []Pair, alarms float64, ok bool) {
	for n := 1; n <= s.opt.Pairs; n++ {
		for _, steady := range []bool{false, true} {
			if found, alarms, ok := s.cover(b, b.Detect, n, steady); ok && (b.FalseAlarms == 0 || alarms <= b.FalseAlarms) {
				slices.SortFunc(found, func(x, y Pair) int { return int(x.Long - y.Long) })
				return found, alarms, true
			}
		}
	}
	return nil, 0, false
}

// cover covers the detections with at most n pairs and the fewest false alarms.
// One pair must cover the lowest error ratio, so its threshold is below that; how
// small its product is decides which others it covers too.
func (s *synthesiser) cover(b Bounds, detect []DetectBound, n int, steady bool) (pairs []Pair, alarms float64, ok bool) {
	if len(detect) == 0 {
		return nil, 0, true
	}
	if n == 0 || s.ctx.Err() != nil {
		return nil, 0, false
	}
	lowest := slices.MinFunc(detect, func(x, y DetectBound) int {
		switch {
		case x.ErrorRatio < y.ErrorRatio:
			return -1
		case x.ErrorRatio > y.ErrorRatio:
			return 1
		}
		return 0
	})
	alarms = math.Inf(1)
	tried := make(map[float64]bool)
	for _, d := range detect {
		product := s.product(d)
		if product > s.product(lowest) || tried[product] {
			continue
		}
		tried[product] = true
		c := s.pair(b, lowest.ErrorRatio, product, steady)
		if !c.ok || c.alarms >= alarms {
			continue
		}
		var rest []DetectBound
		for _, e := range detect {
			if s.product(e) < product {
				rest = append(rest, e)
			}
		}
		if more, of, found := s.cover(b, rest, n-1, steady); found && c.alarms+of < alarms {
			pairs, alarms, ok = append(slices.Clone(more), c.pair), c.alarms+of, true
		}
	}
	return pairs, alarms, ok
}

// pair is the pair with the fewest false alarms of all whose threshold is below
// the error ratio and whose product of window and threshold is at most product.
func (s *synthesiser) pair(b Bounds, errorRatio, product float64, steady bool) candidate {
	if b.BudgetShare > 0 {
		product = math.Min(product, b.BudgetShare*float(s.budget)*s.period.Seconds())
	}
	key := fmt.Sprint(errorRatio, product, b.Reset, steady)
	if c, ok := s.memo[key]; ok {
		return c
	}
	var best candidate
	for _, minutes := range synthesisWindows {
		long := minutes * time.Minute
		if long < s.shortest || long > s.period {
			continue
		}
		factor, ok := s.factor(errorRatio, product/long.Seconds())
		if !ok {
			continue
		}
		short, ok := s.short(long, factor, b.Reset, steady)
		if !ok {
			continue
		}
		pair := Pair{Severity: s.severity, Long: long, Short: short, Factor: factor}
		if c := (candidate{pair, s.alarms(pair), s.threshold(factor) * long.Seconds(), true}); c.better(best) {
			best = c
		}
	}
	s.memo[key] = best
	return best
}

// factor is the highest factor of three digits with a threshold of at most
// highest and below errorRatio, and at least 1.
func (s *synthesiser) factor(errorRatio, highest float64) (float64, bool) {
	limit := math.Min(highest, 1) / float(s.budget)
	if !(limit >= 1) {
		return 0, false
	}
	digits := math.Pow(10, 2-math.Floor(math.Log10(limit)))
	// A rounding error must not turn 14.4 into 14.3.
	factor := math.Floor(limit*digits*(1+1e-12)) / digits
	for factor >= 1 {
		if s.threshold(factor) < errorRatio {
			return factor, true
		}
		// errorRatio itself is the limit: one digit less.
		factor = math.Floor(math.Min(factor*digits-1, errorRatio/float(s.budget)*digits*(1+1e-12))) / digits
	}
	return 0, false
}

// threshold is the exact product of factor and budget, rounded once.
func (s *synthesiser) threshold(factor float64) float64 {
	return float(new(big.Rat).Mul(Pair{Factor: factor}.factor(s.period), s.budget))
}

// short is the short window: a twelfth of the long one, rounded up to a window of
// the list, or with steady the longest; neither stays up longer than reset.
func (s *synthesiser) short(long time.Duration, factor float64, reset time.Duration, steady bool) (time.Duration, bool) {
	threshold := s.threshold(factor)
	chosen := time.Duration(0)
	for _, minutes := range synthesisWindows {
		w := minutes * time.Minute
		if w < s.shortest {
			continue
		}
		if w > long || reset > 0 && w.Seconds()*(1-threshold) > reset.Seconds() {
			break
		}
		chosen = w
		if !steady && 12*w >= long {
			break
		}
	}
	return chosen, chosen > 0
}

// alarms is the false alarms of a pair in a month, 0 where no traffic is known.
func (s *synthesiser) alarms(p Pair) float64 {
	if len(s.traffic.upTo) == 0 || s.ctx.Err() != nil {
		return 0
	}
	b, err := Policy{Name: "one", Pairs: []Pair{p}}.Bind(s.o)
	if err != nil {
		return math.Inf(1)
	}
	return b.Pairs[0].falseAlarms(s.traffic, s.healthy)
}
