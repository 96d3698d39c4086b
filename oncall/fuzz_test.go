package oncall

import (
	"encoding/json"
	"testing"
	"time"
)

// FuzzDefinition: no definition in JSON makes Compile or a query panic or run
// without end, and a definition that compiles does so again after a round trip.
func FuzzDefinition(f *testing.F) {
	for _, seed := range []string{
		`{}`,
		`{"time_zone":"Europe/Berlin","layers":[{"rotation":{"unit":"week","start":"2026-01-05T09:00","days":"Mon"},"turns":[["ana"],["ben"]]}]}`,
		`{"time_zone":"America/Havana","tie":"first","layers":[{"name":"day","priority":1,"rotation":{"unit":"day","start":"2024-03-01","days":"Mon-Fri"},"turns":[["ana"],[],["ben",{"name":"cid","from":"2024-03-05T00:00:00Z"}]],"windows":[{"days":"Fri","from":"18:00","to_day":"Mon","to":"08:00"}]},{"rotation":{"unit":"hour","every":7,"start":"2024-03-01","elapsed":true},"turns":[["dan"]],"shadow":true}]}`,
		`{"absent":"replace","layers":[{"name":"a","rotation":{"unit":"month","every":1,"start":"2024-01-31","month_day":31,"vacant":"skip"},"turns":[[{"name":"ana","until":"2024-03-05T00:00:00Z"}],["ben"]],"skip_holidays":["*"]}],"holidays":[{"date":"2024-03-10"}],"absences":[{"person":"ben","start":"2024-03-01T00:00:00Z","end":"2024-03-02T00:00:00Z"}],"overrides":[{"start":"2024-03-03T00:00:00Z","end":"2024-03-04T00:00:00Z","person":"cid","layer":"a"}],"temporary":[{"start":"2024-03-06T00:00:00Z","end":"2024-03-09T00:00:00Z","shifts":[{"start":"2024-03-06T00:00:00Z","end":"2024-03-07T00:00:00Z","responder":"dan","role":"primary"}]}],"swaps":[{"from":"ana","to":"ben","start":"2024-03-11T00:00:00Z","end":"2024-03-12T00:00:00Z"}]}`,
		`{"time_zone":"Pacific/Apia","layers":[{"rotation":{"unit":"quarter","start":"9999-12-31"},"turns":[["\u0000<script>"]]}]}`,
	} {
		f.Add(seed)
	}
	from := time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		var s Schedule
		if json.Unmarshal([]byte(text), &s) != nil {
			return
		}
		r, err := s.Compile()
		if err != nil {
			_ = err.Error()
			return
		}
		to := from.AddDate(0, 0, 20)
		shifts := r.Shifts(from, to)
		for i, s := range shifts {
			if !s.Start.Before(s.End) || s.Start.Before(from) || s.End.After(to) || i > 0 && s.Start.Before(shifts[i-1].Start) {
				t.Fatalf("got %+v at %d", s, i)
			}
		}
		r.At(from)
		r.Primary(from)
		r.Conflicts(from, to)
		back, err := json.Marshal(r.Definition())
		if err != nil {
			t.Fatal(err)
		}
		var again Schedule
		if err := json.Unmarshal(back, &again); err != nil {
			t.Fatal(err)
		}
		other, err := again.Compile()
		if err != nil {
			t.Fatal(err)
		}
		if d := Diff(r, other, from, to); len(d) != 0 {
			t.Fatalf("got changes %v after a round trip", d)
		}
	})
}
