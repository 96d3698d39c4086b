package response

import (
	"encoding/json"
	"testing"
	"time"
)

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestKindsOfWork(t *testing.T) {
	for kind, want := range map[string][2]bool{
		WorkPage: {true, true}, WorkIncident: {true, true}, WorkTicket: {true, false}, WorkManualStep: {true, false}, WorkProject: {false, false}, "": {false, false},
	} {
		w := Work{Kind: kind}
		if got := [2]bool{w.Toil(), w.Reactive()}; got != want {
			t.Errorf("%q: toil and reactive: got %v, want %v", kind, got, want)
		}
	}
}

func TestWorkRoundTrip(t *testing.T) {
	w := Work{"ana", "db", WorkTicket, at(t, "2026-03-31T23:00:00Z"), 90*time.Minute + time.Nanosecond}
	text, err := json.Marshal(w)
	if want := `{"person":"ana","service":"db","kind":"ticket","start":"2026-03-31T23:00:00Z","duration_seconds":5400.000000001}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
	var back Work
	if err := json.Unmarshal(text, &back); err != nil || back != w {
		t.Errorf("got %v, %v, want %v", back, err, w)
	}
	if err := json.Unmarshal([]byte(`{"duration_seconds":"long"}`), &back); err == nil || back != w {
		t.Errorf("a text as duration: got %v, %v, want an error and no change", back, err)
	}
}

func TestEverythingWrongWithWork(t *testing.T) {
	_, err := MeasureToil([]Work{
		{Kind: "tickets", Start: at(t, "2026-01-01T00:00:00Z"), Duration: -time.Second},
		{Kind: WorkPage, Duration: 400 * 24 * time.Hour},
	}, ToilOptions{ToilLine: 1.5, Level: 1})
	want := `no response: work[0].kind: "tickets": no such kind of work; did you mean ticket?
no response: work[0].duration: "-1s": not from 0 to 366 days; write the time that was worked
no response: work[1].start: the instant is missing; write it in RFC 3339: 2026-01-31T09:00:00Z
no response: work[1].duration: "9600h0m0s": not from 0 to 366 days; write the time that was worked
no response: toil_line: "1.5": no share above 0 and up to 1; write 0.5
no response: level: "1": no interval is certain; write 0.95`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}
