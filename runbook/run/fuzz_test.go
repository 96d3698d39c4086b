package run

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
)

// FuzzRead: whatever is read as a log is written again to the same bytes, and verifies
// with its own head; anything else is a *LogError.
func FuzzRead(f *testing.F) {
	records := []Record{{Seq: 1, Run: "r", Event: Began, Actor: "a", Plan: "p"}}
	records = append(records, Record{Seq: 2, Run: "r", Event: Finished, Step: "s", Before: Running, After: Done, Took: 1500000000, Output: "<é>\n", Previous: records[0].Digest()})
	f.Add([]byte(nil))
	f.Add(AppendLog(nil, records...))
	f.Add(AppendLog(nil, records[1]))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"seq":1,"time":"0001-01-01T00:00:00Z","run":"","event":"began","actor":"","previous":""}` + "\n"))
	f.Fuzz(func(t *testing.T, log []byte) {
		records, err := Read(log)
		if err != nil {
			var e *LogError
			if !errors.As(err, &e) || !errors.Is(err, ErrLog) {
				t.Fatalf("%v is no *LogError", err)
			}
			return
		}
		if again := AppendLog(nil, records...); !bytes.Equal(again, log) {
			t.Fatalf("read %q\nwrote %q", log, again)
		}
		if _, err := Verify(log, Head(records)); err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			_ = r.Markdown()
		}
		Tally(records)
	})
}

// FuzzPlan: a plan that can be read is the same written and read again.
func FuzzPlan(f *testing.F) {
	text, err := json.Marshal(plan(f, threeSteps, Request{Labels: threeLabels}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"version":1,"requester":"a","steps":[{"id":"x","kind":"prose","mode":"manual","declared":"manual","risk":"none","attempts":1}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var p, again Plan
		if json.Unmarshal(text, &p) != nil {
			return
		}
		written, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(written, &again); err != nil {
			t.Fatalf("%v: %s", err, written)
		}
		if p.Digest() != again.Digest() {
			t.Fatalf("another digest read back: %s", written)
		}
		_, _ = p.Markdown(), p.Secrets()
	})
}

// FuzzScan: no script panics the scan, and all of it that is no placeholder stays.
func FuzzScan(f *testing.F) {
	for _, c := range templates {
		f.Add(c.code)
	}
	f.Fuzz(func(t *testing.T, code string) {
		var spots []spot
		for i := 0; len(spots) < 100; {
			n := strings.Index(code[i:], "<v>")
			if n < 0 {
				break
			}
			spots = append(spots, spot{i + n, i + n + 3, "v", "IN_v"})
			i += n + 3
		}
		found := scan(code, spots)
		if len(spots) == 0 && found.text != code {
			t.Fatalf("%q became %q", code, found.text)
		}
		if len(found.troubles) > 0 || len(spots) == 100 {
			return
		}
		back := strings.ReplaceAll(strings.ReplaceAll(found.text, `"${IN_v}"`, "<v>"), "${IN_v}", "<v>")
		if !strings.Contains(code, "IN_v") && len(back) > len(code) {
			t.Fatalf("%q became %q", code, found.text)
		}
	})
}

// FuzzRedact: what looks like a credential is found where the expressions find it by
// themselves, and nothing panics.
func FuzzRedact(f *testing.F) {
	for _, piece := range append(pieces, beginnings...) {
		f.Add(piece + "=x9")
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		f.Add(likely(r))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := Redact(text, nil), plainly(tidy(text)); got != want {
			t.Fatalf("%q:\n got %q\nwant %q", text, got, want)
		}
	})
}
