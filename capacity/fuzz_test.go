package capacity_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/capacity"
)

// FuzzSeriesJSON: what is read is valid, is written and read again as the same,
// and can be forecast.
func FuzzSeriesJSON(f *testing.F) {
	for _, seed := range []string{
		`{"start":"2026-03-02T12:00:00Z","step_seconds":3600,"values":[1,2,null,4]}`,
		`{"start":"2026-03-02T12:00:00+05:45","step_seconds":1e-9,"values":[1e303,-1e303]}`,
		`{"step_seconds":0.25,"values":[null]}`,
		`{"values":[]}`,
		`{"step_seconds":-1,"values":[0]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var s capacity.Series
		if json.Unmarshal(text, &s) != nil || s.Len() > 1000 {
			return
		}
		if s.Len() > 0 {
			if err := s.Check(); err != nil {
				t.Fatal(err)
			}
		}
		written, err := json.Marshal(s)
		if err != nil {
			return // a year that RFC 3339 cannot write
		}
		var again capacity.Series
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatal(err)
		}
		if !s.Start.Equal(again.Start) || s.Step != again.Step || !cmp.Equal(s.Values, again.Values) || !cmp.Equal(s.Mask, again.Mask) {
			t.Fatalf("%s was read as %v and then as %v", text, s, again)
		}
		got, err := capacity.SeasonalNaive{}.Forecast(ctx, s, 5)
		if err != nil {
			return
		}
		for h := range got.Mean {
			if math.IsNaN(got.Mean[h]) || !(got.Lower[h] <= got.Upper[h]) {
				t.Fatalf("%s: %+v", text, got)
			}
		}
	})
}
