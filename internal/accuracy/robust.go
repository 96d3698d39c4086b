package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/srekit/ownership/capacity"
)

// damage is something that happens to histories; it returns the damaged history
// and what came, of which the second differs from the true one only for a shift.
type damage struct {
	name string
	do   func(e example, random *rand.Rand) (history, actual capacity.Series)
}

// damages are those of the robustness table.
func damages() []damage {
	return []damage{
		{"20 % gaps, and six hours of the last week", func(e example, random *rand.Rand) (capacity.Series, capacity.Series) {
			h := e.history
			n := h.Len()
			mask := make([]bool, n)
			copy(mask, h.Mask)
			for i := range mask {
				mask[i] = mask[i] || random.Float64() < 0.2
			}
			from := max(0, n-168+random.IntN(163))
			for i := from; i < min(n, from+6); i++ {
				mask[i] = true
			}
			h.Mask = mask
			return h, e.actual
		}},
		{"1 % spikes of ten times", func(e example, random *rand.Rand) (capacity.Series, capacity.Series) {
			h := e.history
			h.Values = slices.Clone(h.Values)
			for i := range h.Values {
				if random.Float64() < 0.01 {
					h.Values[i] *= 10
				}
			}
			return h, e.actual
		}},
		{"+60 % of the mean since 48 hours", func(e example, _ *rand.Rand) (capacity.Series, capacity.Series) {
			h, a := e.history, e.actual
			h.Values, a.Values = slices.Clone(h.Values), slices.Clone(a.Values)
			mean := 0.0
			for i, v := range h.Values {
				if !h.Missing(i) {
					mean += v / float64(h.Observed())
				}
			}
			for i := max(0, h.Len()-48); i < h.Len(); i++ {
				h.Values[i] += 0.6 * mean
			}
			for i := range a.Values {
				a.Values[i] += 0.6 * mean
			}
			return h, a
		}},
	}
}

// robustness prints by how much the mean MASE grows where histories are damaged:
// the median over seeds 1 to 5. Errors are in units of the undamaged history.
func (s set) robustness(ctx context.Context, w io.Writer, examples []example, methods []method, halves []string, workers int) error {
	const seeds = 5
	for _, half := range halves {
		fmt.Fprintf(w, "## %s, %s numbers: mean MASE with damage, relative to without\n\n| method | MASE |", s.name, half)
		for _, d := range damages() {
			fmt.Fprintf(w, " %s |", d.name)
		}
		fmt.Fprint(w, "\n| --- | ---: | ---: | ---: | ---: |\n")
		var kept []example
		for _, e := range examples {
			if half == "all" || (e.number%2 == 1) == (half == "odd") {
				kept = append(kept, e)
			}
		}
		for _, m := range methods {
			mean := func(change func(i int) (history, actual capacity.Series)) float64 {
				mase := make([]float64, len(kept))
				inParallel(ctx, len(kept), workers, func(i int) {
					history, actual := change(i)
					mase[i] = math.NaN()
					f, err := m.forecaster.Forecast(ctx, history, s.horizon)
					if err != nil {
						return
					}
					if score, err := capacity.Score(kept[i].history, f, actual, s.period); err == nil && score.Scaled > 0 {
						mase[i] = score.MASE
					}
				})
				sum, n := 0.0, 0.0
				for _, x := range mase {
					if !math.IsNaN(x) {
						sum += x
						n++
					}
				}
				return sum / n
			}
			plain := mean(func(i int) (capacity.Series, capacity.Series) { return kept[i].history, kept[i].actual })
			fmt.Fprintf(w, "| %s | %.4f |", m.name, plain)
			for k, d := range damages() {
				var ratios []float64
				for seed := uint64(1); seed <= seeds; seed++ {
					ratios = append(ratios, mean(func(i int) (capacity.Series, capacity.Series) {
						return d.do(kept[i], rand.New(rand.NewPCG(seed, uint64(kept[i].number*100+kept[i].origin*10+k))))
					})/plain)
				}
				slices.Sort(ratios)
				fmt.Fprintf(w, " %.3f |", ratios[seeds/2])
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w)
	}
	return nil
}

// calibration prints how good the answers of Default.ExceedProbability are:
// Spiegelhalter's z (1986, normal if the probabilities are right) and the expected
// calibration error over five bins of equal count beside Brier score and loss.
func (s set) calibration(ctx context.Context, w io.Writer, dir string, examples []example, methods []method, halves []string, workers int) error {
	asked, err := questions(dir)
	if err != nil || len(asked) == 0 {
		return err
	}
	for _, m := range methods {
		d, ok := m.forecaster.(capacity.Default)
		if !ok {
			continue
		}
		type answer struct {
			number int
			p, y   float64
		}
		answers := make([]answer, len(asked))
		inParallel(ctx, len(asked), workers, func(j int) {
			q := asked[j]
			k := slices.IndexFunc(examples, func(e example) bool { return e.id == q.id && e.origin == q.origin })
			answers[j].p = math.NaN()
			if k < 0 {
				return
			}
			x, err := d.ExceedProbability(ctx, examples[k].history, q.factor*highest(examples[k].history, 7*24), s.horizon)
			if err != nil {
				return
			}
			answers[j] = answer{examples[k].number, x.Probability, 0}
			if q.true {
				answers[j].y = 1
			}
		})
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(w, "## exceedance by ExceedProbability of %s\n\n| numbers | questions | Brier | log loss | z | calibration error |\n| --- | ---: | ---: | ---: | ---: | ---: |\n", m.name)
		for _, half := range halves {
			var kept []answer
			for _, a := range answers {
				if !math.IsNaN(a.p) && (half == "all" || (a.number%2 == 1) == (half == "odd")) {
					kept = append(kept, a)
				}
			}
			if len(kept) == 0 {
				continue
			}
			brier, loss, z, variance := 0.0, 0.0, 0.0, 0.0
			for _, a := range kept {
				brier += (a.p - a.y) * (a.p - a.y)
				loss -= math.Log(max(1e-9, a.y*a.p+(1-a.y)*(1-a.p)))
				z += (a.y - a.p) * (1 - 2*a.p)
				variance += (1 - 2*a.p) * (1 - 2*a.p) * a.p * (1 - a.p)
			}
			slices.SortStableFunc(kept, func(a, b answer) int {
				switch {
				case a.p < b.p:
					return -1
				case a.p > b.p:
					return 1
				}
				return 0
			})
			wrong := 0.0
			for bin := range 5 {
				off := 0.0
				for _, a := range kept[bin*len(kept)/5 : (bin+1)*len(kept)/5] {
					off += a.p - a.y
				}
				wrong += math.Abs(off)
			}
			n := float64(len(kept))
			fmt.Fprintf(w, "| %s | %d | %.4f | %.4f | %.2f | %.3f |\n", half, len(kept), brier/n, loss/n, z/math.Sqrt(variance), wrong/n)
		}
		fmt.Fprintln(w)
	}
	return nil
}
