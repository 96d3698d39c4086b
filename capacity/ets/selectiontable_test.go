package ets_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/srekit/ownership/capacity/ets"
)

func TestSelectionAsATable(t *testing.T) {
	s := ets.Selection{
		Fit: ets.Fit{
			Model:      ets.Model{Error: ets.Additive, Trend: ets.Additive, Damped: true, Season: ets.Additive, Period: 24},
			Parameters: ets.Parameters{Alpha: 0.25, Beta: 0.01, Gamma: 0.125, Phi: 0.975}, N: 850,
		},
		Candidates: []ets.Candidate{
			{Model: ets.Model{Error: ets.Multiplicative}, Reason: "value 3 is -1 | needs <positive>\nvalues"},
			{Model: ets.Model{Error: ets.Additive}, Outcome: ets.Stopped, AICc: 400, Reason: "stopped"},
			{Model: ets.Model{Error: ets.Additive, Trend: ets.Additive}, Outcome: ets.Beaten, AICc: 130, Reason: "30 above"},
			{Model: ets.Model{Error: ets.Additive, Trend: ets.Additive, Damped: true, Season: ets.Additive, Period: 24}, Outcome: ets.Chosen, AICc: -100.25},
			{Model: ets.Model{Error: ets.Additive, Season: ets.Additive, Period: 24}, Outcome: ets.Beaten, AICc: 120, Reason: "20 above"},
		},
	}
	want := `AAdA, alpha 0.25, beta 0.01, gamma 0.125, phi 0.975, a season of 24 steps; 850 observations

| model | outcome | AICc | reason |
| --- | --- | ---: | --- |
| AAdA | chosen | -100.25 |  |
| ANA | beaten | 120.00 | 20 above |
| AAN | beaten | 130.00 | 30 above |
| ANN | stopped | 400.00 | stopped |
| MNN | excluded | – | value 3 is -1 \| needs &lt;positive> values |
`
	if got := s.Markdown(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := (ets.Selection{}).Markdown(); strings.Count(got, "\n") != 2 {
		t.Errorf("nothing is %q", got)
	}
}

// Why a candidate lost is told in plain digits, however far behind it was.
func TestSelectionHoldsNoExponents(t *testing.T) {
	values := make([]float64, 480)
	for i := range values {
		values[i] = float64(i%2) * 1e9
	}
	s, err := ets.Select(t.Context(), values, nil, ets.Options{Period: 2})
	if err != nil {
		t.Fatal(err)
	}
	text := s.Markdown()
	if found := regexp.MustCompile(`\de[+-]\d+`).FindString(text); found != "" || !strings.Contains(text, " when stopped, 28100 above that of ANA") {
		t.Errorf("%s in\n%s", found, text)
	}
}
