package oncall

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// fairCase is a case of testdata/fairness_load.json.
type fairCase struct {
	ID          string               `json:"id"`
	Rotation    string               `json:"rotation"`
	Members     int                  `json:"members"`
	Start       string               `json:"start"`
	Turns       int                  `json:"turns"`
	Hours       map[string][]float64 `json:"hours"`
	Jain        map[string]float64   `json:"jain"`
	PairBalance map[string]float64   `json:"pair_balance"`
	Gini        map[string]float64   `json:"gini"`
	ShareMax    float64              `json:"oncall_share_max"`
}

func readFair(t testing.TB) (f struct {
	Cases   []fairCase `json:"cases"`
	MinTeam []struct {
		Roles    int     `json:"roles"`
		Site     string  `json:"site"`
		Coverage float64 `json:"coverage_h_per_day"`
		MaxShare float64 `json:"max_share"`
		Formula  int     `json:"min_team_formula"`
		Google   *int    `json:"google"`
	} `json:"min_team_size"`
}) {
	t.Helper()
	data, err := os.ReadFile("testdata/fairness_load.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Cases) != 16 || len(f.MinTeam) != 3 {
		t.Fatalf("%d cases and %d team sizes, want 16 and 3", len(f.Cases), len(f.MinTeam))
	}
	return f
}

// near reports whether two figures agree to the six digits of the reference.
func near(got, want float64) bool { return math.Abs(got-want) <= 5.1e-7 }

func TestFairnessOfReferenceHours(t *testing.T) {
	for _, c := range readFair(t).Cases {
		for kind, hours := range c.Hours {
			f, err := FairnessOf(hours)
			if err != nil {
				t.Fatal(err)
			}
			if !near(f.Jain, c.Jain[kind]) || !near(f.Gini, c.Gini[kind]) || !near(f.Balance, c.PairBalance[kind]) {
				t.Errorf("%s %s: got Jain %v, Gini %v, balance %v, want %v, %v, %v", c.ID, kind, f.Jain, f.Gini, f.Balance, c.Jain[kind], c.Gini[kind], c.PairBalance[kind])
			}
			if want := slices.Max(hours) - slices.Min(hours); f.Spread != want {
				t.Errorf("%s %s: got a spread of %v, want %v", c.ID, kind, f.Spread, want)
			}
		}
	}
}

func TestFairnessAtItsEnds(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   Fairness
	}{
		{"nobody", nil, Fairness{Jain: 1, Balance: 1}},
		{"one", []float64{5}, Fairness{N: 1, Mean: 5, Min: 5, Max: 5, Jain: 1, Balance: 1}},
		{"nothing to share", []float64{0, 0, 0}, Fairness{N: 3, Jain: 1, Balance: 1}},
		{"one has all", []float64{0, 8, 0, 0}, Fairness{N: 4, Mean: 2, Max: 8, Jain: 0.25, Gini: 0.75, Spread: 8, Balance: 0.5}},
		{"all the same", []float64{3, 3}, Fairness{N: 2, Mean: 3, Min: 3, Max: 3, Jain: 1, Balance: 1}},
		{"the smallest numbers", []float64{5e-324, 5e-324}, Fairness{N: 2, Mean: 5e-324, Min: 5e-324, Max: 5e-324, Jain: 1, Balance: 1}},
		{"the largest numbers", []float64{math.MaxFloat64, math.MaxFloat64}, Fairness{N: 2, Mean: math.MaxFloat64, Min: math.MaxFloat64, Max: math.MaxFloat64, Jain: 1, Balance: 1}},
	} {
		got, err := FairnessOf(c.values)
		if err != nil || got != c.want {
			t.Errorf("%s: got %+v, %v, want %+v", c.name, got, err, c.want)
		}
	}
}

func TestFairnessRefusesWhatIsNoAmount(t *testing.T) {
	_, err := FairnessOf([]float64{1, -2, math.NaN(), math.Inf(1)})
	want := `no schedule: values[1]: "-2": it is no amount; write a finite number that is at least 0
no schedule: values[2]: "NaN": it is no amount; write a finite number that is at least 0
no schedule: values[3]: "+Inf": it is no amount; write a finite number that is at least 0`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestFairnessLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(0, 1e4), rapid.Float64Range(0, math.MaxFloat64)), 1, 12).Draw(t, "values")
		before := slices.Clone(values)
		f, err := FairnessOf(values)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(values, before) {
			t.Fatal("the argument was changed")
		}
		n := float64(len(values))
		for _, v := range []float64{f.Mean, f.Min, f.Max, f.Jain, f.Gini, f.Spread, f.Balance} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%v gives %+v", values, f)
			}
		}
		if f.Jain < 1/n-1e-12 || f.Jain > 1 || f.Gini < 0 || f.Gini > 1-1/n+1e-12 || f.Balance < 0 || f.Balance > 1 {
			t.Fatalf("%v gives %+v, out of range", values, f)
		}
		// The order does not matter.
		slices.Reverse(values)
		if g, _ := FairnessOf(values); g != f {
			t.Fatalf("reversed: got %+v, want %+v", g, f)
		}
		// The definitions, pair by pair, for numbers that leave room.
		if f.Max > 1e6 || f.Max < 1e-6 {
			return
		}
		apart, even, pairs := 0.0, 0.0, 0.0
		for i, a := range values {
			for j, b := range values {
				apart += math.Abs(a - b)
				if i < j {
					pairs++
					if a == b {
						even++
					} else {
						even += min(a, b) / max(a, b)
					}
				}
			}
		}
		if want := apart / (2 * n * n * f.Mean); math.Abs(f.Gini-want) > 1e-9 {
			t.Fatalf("%v: Gini %v, want %v", values, f.Gini, want)
		}
		if pairs > 0 && math.Abs(f.Balance-even/pairs) > 1e-9 {
			t.Fatalf("%v: balance %v, want %v", values, f.Balance, even/pairs)
		}
	})
}
