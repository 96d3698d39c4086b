package capacity

import (
	"encoding/xml"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

// wellFormed reads a document to its end.
func wellFormed(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("not XML: %v\n%s", err, svg)
		}
	}
}

func TestPictures(t *testing.T) {
	var r hourlyWeekly
	readReference(t, "hourly_weekly.json", &r)
	d, err := MSTL{Periods: []int{24, 168}}.Decompose(t.Context(), hours(r.Y))
	if err != nil {
		t.Fatal(err)
	}
	s, err := RandomWalk{Level: 50, Drift: 1, Sigma: 3}.Saturation(t.Context(), Limit{Value: 80, Changes: []LimitChange{{monday.Add(25 * day), 90}}}, monday, 24*time.Hour, 80)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, svg string
		words     []string
	}{
		{"decomposition", d.SVG(), []string{"Series and trend", "Season of 24 steps", "Season of 168 steps", "Remainder"}},
		{"saturation", s.SVG(), []string{"Probability that the limit is reached", "95.6 % to reach the limit by 2026-03-26 00:00Z", "limit 90", "5 %", "50 %", "95 %"}},
		{"empty decomposition", Decomposition{}.SVG(), []string{"no data"}},
		{"empty saturation", Saturation{}.SVG(), []string{"no data"}},
		{"infinite", Decomposition{Trend: []float64{math.Inf(1)}}.SVG(), nil},
	} {
		wellFormed(t, c.svg)
		for _, w := range c.words {
			if !strings.Contains(c.svg, w) {
				t.Errorf("%s: %q is missing", c.name, w)
			}
		}
		if dir := os.Getenv("PICTURES"); dir != "" {
			if err := os.WriteFile(dir+"/"+c.name+".svg", []byte(c.svg), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
