package canary

import (
	"fmt"
	"math"

	"github.com/srekit/ownership/internal/stat"
)

// Boundary is a shape of bounds for planned looks.
type Boundary uint8

const (
	// OBrienFleming asks for much at early looks and, at the last, for little more
	// than a single look would: C/√t at the share t of the information (O'Brien and
	// Fleming 1979, Biometrics 35).
	OBrienFleming Boundary = iota
	// Pocock asks for the same at each look, so that great harm is found early and
	// slight harm later (Pocock 1977, Biometrika 64).
	Pocock
)

var boundaryNames = [...]string{"o'brien-fleming", "pocock"}

// String is o'brien-fleming or pocock.
func (b Boundary) String() string {
	if int(b) < len(boundaryNames) {
		return boundaryNames[b]
	}
	return fmt.Sprintf("Boundary(%d)", uint8(b))
}

// MarshalText writes what String writes.
func (b Boundary) MarshalText() ([]byte, error) {
	if int(b) >= len(boundaryNames) {
		return nil, problem("boundary", b.String(), "no such boundary", "use OBrienFleming or Pocock")
	}
	return []byte(b.String()), nil
}

// UnmarshalText reads what String writes; the empty text is o'brien-fleming.
func (b *Boundary) UnmarshalText(text []byte) error {
	for i, n := range boundaryNames {
		if string(text) == n || i == 0 && len(text) == 0 {
			*b = Boundary(i)
			return nil
		}
	}
	return problem("boundary", fmt.Sprintf("%q", text), "no such boundary", "write o'brien-fleming or pocock")
}

// maxLooks bounds the looks of a group-sequential plan, which keeps the search for
// its constant near a tenth of a second.
const maxLooks = 60

// GroupSequential is a plan to look a few times, fixed beforehand, at a statistic
// that is standard normal if nothing differs, and to stop at the first look at which it
// reaches a bound, with the probability of a false alarm over all looks held at Alpha.
// Looks that come when somebody is curious are no such plan. With rare events the
// statistic is only roughly normal, and false alarms are somewhat more frequent.
type GroupSequential struct {
	Boundary Boundary `json:"boundary,omitempty"`
	// Looks is how many, 1 to 60, after equal shares of the traffic.
	Looks int `json:"looks"`
	// Fractions are the shares of all traffic at which looks come if they are not
	// equal, rising by at least 0.001, the last 1; nil is equal ones.
	Fractions []float64 `json:"fractions,omitempty"`
	// Alpha is the probability of a false alarm at any look, in (0, 0.5]; 0 is 0.05.
	Alpha float64 `json:"alpha,omitempty"`
	// Alternative Greater raises the alarm at large values only, Less at small ones.
	Alternative Alternative `json:"alternative,omitempty"`
}

// Bounds returns the bounds at each look: an alarm is |z| ≥ bound with TwoSided, z ≥
// bound with Greater and z ≤ −bound with Less. They hold Alpha to about 1e-11, by the
// recursion of Armitage, McPherson and Rowe (1969, Journal of the Royal Statistical
// Society A 132) with Gauss-Legendre quadrature. Errors are *Error. A tenth of a
// second for 60 looks, a millisecond for 5.
func (g GroupSequential) Bounds() ([]float64, error) {
	if err := g.complete(); err != nil {
		return nil, err
	}
	two := g.Alternative == TwoSided
	excess := func(c float64) float64 {
		return math.Log(sum(crossings(g.shape(c), g.Fractions, 0, two)) / g.Alpha)
	}
	// One look needs the least, and Bonferroni's bound the most; O'Brien and Fleming's
	// last one lies between those of one look and of Pocock.
	tail := g.Alpha
	if two {
		tail /= 2
	}
	low, high := -stat.NormalQuantile(tail), -stat.NormalQuantile(tail/float64(g.Looks))
	c := low
	if g.Looks > 1 {
		c = rootOf(excess, low, high)
	}
	return g.shape(c), nil
}

// Crossing is when a group-sequential plan ends.
type Crossing struct {
	// Alarm is the probability of an alarm at each look, Power their sum.
	Alarm []float64 `json:"alarm"`
	Power float64   `json:"power"`
	// Fraction is the expected share of the traffic at which the plan ends, by alarm
	// or at its last look, in (0, 1].
	Fraction float64 `json:"fraction"`
}

// Crossing returns when the plan raises the alarm if the statistic has the mean drift
// at the last look, and drift·√t at the share t of the information: with drift 0, the
// false alarms. Errors and cost are those of Bounds.
func (g GroupSequential) Crossing(drift float64) (Crossing, error) {
	bounds, err := g.Bounds()
	if err != nil {
		return Crossing{}, err
	}
	if !(math.Abs(drift) <= 100) {
		return Crossing{}, problem("drift", number(drift), "not within ±100 standard deviations", "give the expected statistic at the last look")
	}
	_ = g.complete()
	if g.Alternative == Less {
		drift = -drift
	}
	c := Crossing{Alarm: crossings(bounds, g.Fractions, drift, g.Alternative == TwoSided)}
	left := 1.0
	before := 0.0
	for i, p := range c.Alarm {
		c.Fraction += left * (g.Fractions[i] - before)
		before = g.Fractions[i]
		left = math.Max(0, left-p)
		c.Power += p
	}
	c.Power = math.Min(1, c.Power)
	return c, nil
}

// complete reports what is wrong with g, and fills in defaults.
func (g *GroupSequential) complete() error {
	var p problems
	if int(g.Boundary) >= len(boundaryNames) {
		p.add("boundary", g.Boundary.String(), "no such boundary", "use OBrienFleming or Pocock")
	}
	if g.Alternative > Less {
		p.add("alternative", g.Alternative.String(), "no such alternative", "use TwoSided, Greater or Less")
	}
	if g.Alpha == 0 {
		g.Alpha = 0.05
	}
	if !(g.Alpha >= 1e-12 && g.Alpha <= 0.5) {
		p.add("alpha", number(g.Alpha), "not between 1e-12 and 0.5", "write 0.05 for 5 %")
	}
	if g.Looks < 1 || g.Looks > maxLooks {
		p.add("looks", fmt.Sprint(g.Looks), "not within 1 to 60", "plan fewer looks, or take evidence that holds at any look")
		return p.err()
	}
	if g.Fractions == nil {
		g.Fractions = make([]float64, g.Looks)
		for i := range g.Fractions {
			g.Fractions[i] = float64(i+1) / float64(g.Looks)
		}
		return p.err()
	}
	if len(g.Fractions) != g.Looks {
		p.add("fractions", fmt.Sprintf("%d values", len(g.Fractions)), fmt.Sprintf("not one for each of %d looks", g.Looks), "give as many, or none")
		return p.err()
	}
	before := 0.0
	for i, f := range g.Fractions {
		if !(f >= before+0.001*(1-1e-9)) || f > 1 || i == g.Looks-1 && f != 1 {
			p.add(fmt.Sprintf("fractions[%d]", i), number(f), "fractions must rise by at least 0.001 and end at 1", "give the share of all traffic at each look")
		}
		before = f
	}
	return p.err()
}

// shape returns the bounds with constant c.
func (g GroupSequential) shape(c float64) []float64 {
	b := make([]float64, g.Looks)
	for i := range b {
		b[i] = c
		if g.Boundary == OBrienFleming {
			b[i] = c / math.Sqrt(g.Fractions[i])
		}
	}
	return b
}

func sum(x []float64) float64 {
	var s stat.Sum
	for _, v := range x {
		s = s.Add(v)
	}
	return s.Value()
}

// The nodes and weights of Gauss-Legendre quadrature with ten points on [−1, 1]
// (Abramowitz and Stegun, table 25.4), the positive half.
var (
	gaussNodes   = [5]float64{0.14887433898163122, 0.4333953941292472, 0.6794095682990244, 0.8650633666889845, 0.9739065285171717}
	gaussWeights = [5]float64{0.29552422471475287, 0.26926671930999635, 0.21908636251598204, 0.1494513491505806, 0.06667134430868814}
)

// node is a point of a quadrature with its weight.
type quadNode struct{ at, weight float64 }

// quadrature appends the nodes of panels of at most the given width.
func quadrature(to []quadNode, low, high, width float64) []quadNode {
	panels := math.Ceil((high - low) / width)
	half := (high - low) / panels / 2
	for i := range int(panels) {
		mid := low + half*float64(2*i+1)
		for j := len(gaussNodes) - 1; j >= 0; j-- {
			to = append(to, quadNode{mid - half*gaussNodes[j], half * gaussWeights[j]})
		}
		for j := range gaussNodes {
			to = append(to, quadNode{mid + half*gaussNodes[j], half * gaussWeights[j]})
		}
	}
	return to
}

// crossings returns the probability of the first alarm at each look. The score
// process S(t) = Z·√t has independent normal increments with variance t − t′ and mean
// drift·(t − t′); its density where no look has raised an alarm is carried from look
// to look.
func crossings(bounds, fractions []float64, drift float64, two bool) []float64 {
	out := make([]float64, len(bounds))
	const far = 8.5 // standard deviations beyond which nothing is left to count
	// mass is nodes with their density times weight: all at 0 before the first look.
	mass := []quadNode{{0, 1}}
	t := 0.0
	for k, bound := range bounds {
		dt := fractions[k] - t
		t = fractions[k]
		sd, mean := math.Sqrt(dt), drift*dt
		high := bound * math.Sqrt(t)
		low := math.Inf(-1)
		if two {
			low = -high
		}
		for _, s := range mass {
			_, up := stat.NormalCDF((high - s.at - mean) / sd)
			p := up
			if two {
				down, _ := stat.NormalCDF((low - s.at - mean) / sd)
				p += down
			}
			out[k] += s.weight * p
		}
		if k+1 == len(bounds) {
			break
		}
		// Nodes close enough for this increment and the next.
		reach := far * math.Sqrt(t)
		from, to := math.Max(low, drift*t-reach), math.Min(high, drift*t+reach)
		if from >= to {
			break // the rest has no probability left
		}
		next := quadrature(nil, from, to, 2*math.Sqrt(math.Min(dt, fractions[k+1]-t)))
		first := 0
		for i := range next {
			x := next[i].at - mean
			for first < len(mass) && mass[first].at < x-far*sd {
				first++
			}
			var density float64
			for _, s := range mass[first:] {
				z := (x - s.at) / sd
				if z < -far {
					break
				}
				density += s.weight * math.Exp(-z*z/2)
			}
			next[i].weight *= density / (sd * math.Sqrt(2*math.Pi))
		}
		mass = next
	}
	return out
}
