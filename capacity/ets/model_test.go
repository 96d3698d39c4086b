package ets_test

import (
	"errors"
	"testing"

	"github.com/srekit/ownership/capacity/ets"
)

func TestParseModel(t *testing.T) {
	for _, c := range []struct {
		name   string
		period int
		want   ets.Model
		text   string
		states int
		k      int
	}{
		{"ANN", 0, ets.Model{Error: ets.Additive}, "ANN", 1, 3},
		{"MNN", 12, ets.Model{Error: ets.Multiplicative}, "MNN", 1, 3},
		{"AAdN", 1, ets.Model{Error: ets.Additive, Trend: ets.Additive, Damped: true}, "AAdN", 2, 6},
		{"AAA", 24, ets.Model{Error: ets.Additive, Trend: ets.Additive, Season: ets.Additive, Period: 24}, "AAA", 25, 29},
		{"ETS(M,Ad,M)", 4, ets.Model{Error: ets.Multiplicative, Trend: ets.Additive, Damped: true, Season: ets.Multiplicative, Period: 4}, "MAdM", 5, 10},
		{"ANM", 2, ets.Model{Error: ets.Additive, Season: ets.Multiplicative, Period: 2}, "ANM", 2, 5},
	} {
		got, err := ets.ParseModel(c.name, c.period)
		if err != nil || got != c.want || got.String() != c.text || got.States() != c.states || got.Estimated() != c.k {
			t.Errorf("ParseModel(%q, %d): got %+v %s with %d states, %d estimated, %v; want %+v %s with %d, %d",
				c.name, c.period, got, got, got.States(), got.Estimated(), err, c.want, c.text, c.states, c.k)
		}
	}
	for _, c := range []struct {
		name   string
		period int
		want   string
	}{
		{"", 12, `ets: model "" is not a name of the family: write error, trend and season, such as ANN, AAdA or MAM`},
		{"AXN", 12, `ets: model "AXN" is not a name of the family: write error, trend and season, such as ANN, AAdA or MAM`},
		{"ZZZ", 12, `ets: model "ZZZ" is not a name of the family: write error, trend and season, such as ANN, AAdA or MAM`},
		{"NNN", 12, "ets: model NNN has no error: choose Additive or Multiplicative"},
		{"AMN", 12, "ets: model AMN has a trend that is not supported: choose None or Additive; Damped bends it"},
		{"ANdN", 12, "ets: model ANdN damps a trend it does not have: set Trend to Additive or Damped to false"},
		{"AAA", 1, "ets: model AAA has a season of 1 steps: set Period to at least 2, or Season to None"},
		{"AAA", 1 << 30, "ets: model AAA has a season of 1073741824 steps: use a coarser step; at most 1048576 are supported"},
	} {
		_, err := ets.ParseModel(c.name, c.period)
		var input *ets.InputError
		if !errors.As(err, &input) || err.Error() != c.want {
			t.Errorf("ParseModel(%q, %d): got %v, want %s", c.name, c.period, err, c.want)
		}
	}
}

func TestFamily(t *testing.T) {
	for _, c := range []struct {
		period   int
		additive bool
		want     []string
	}{
		{1, true, []string{"ANN", "AAN", "AAdN"}},
		{0, false, []string{"ANN", "AAN", "AAdN", "MNN", "MAN", "MAdN"}},
		{7, true, []string{"ANN", "AAN", "AAdN", "ANA", "AAA", "AAdA"}},
		{7, false, []string{"ANN", "AAN", "AAdN", "MNN", "MAN", "MAdN", "ANA", "AAA", "AAdA", "MNA", "MAA", "MAdA", "MNM", "MAM", "MAdM"}},
	} {
		got := ets.Family(c.period, c.additive)
		if len(got) != len(c.want) {
			t.Errorf("Family(%d, %v): got %v, want %v", c.period, c.additive, got, c.want)
			continue
		}
		for i, m := range got {
			if m.String() != c.want[i] || m.Check() != nil || !m.Stable() {
				t.Errorf("Family(%d, %v)[%d]: got %v (%v), want %s", c.period, c.additive, i, m, m.Check(), c.want[i])
			}
		}
	}
}
