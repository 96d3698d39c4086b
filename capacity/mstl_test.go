package capacity

import (
	"testing"
)

type hourlyWeekly struct {
	Y    []float64 `json:"y"`
	MSTL struct {
		Trend     []float64 `json:"trend"`
		Season24  []float64 `json:"seasonal24"`
		Season168 []float64 `json:"seasonal168"`
		Remainder []float64 `json:"remainder"`
	} `json:"mstl"`
	STLF struct {
		Method                 string
		Mean, Lower95, Upper95 []float64
	} `json:"stlf_ets"`
}

func TestMSTLReference(t *testing.T) {
	var r hourlyWeekly
	readReference(t, "hourly_weekly.json", &r)
	d, err := MSTL{Periods: []int{168, 24}}.Decompose(t.Context(), hours(r.Y))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		part      string
		got, want []float64
	}{
		{"trend", d.Trend, r.MSTL.Trend},
		{"season of 24", d.Seasons[0].Values, r.MSTL.Season24},
		{"season of 168", d.Seasons[1].Values, r.MSTL.Season168},
		{"remainder", d.Remainder, r.MSTL.Remainder},
	} {
		if e := furthest(c.got, c.want); e > 1e-9 {
			t.Errorf("%s is off by %.3g, want at most 1e-9", c.part, e)
		}
	}
}
