package response

import (
	"encoding/json"
	"strings"
	"testing"
)

// What anybody stored as a post-mortem is shown or refused; nothing panics, and
// what can be written is read back as the same.
func FuzzPostMortemJSON(f *testing.F) {
	m, err := NewPostMortem(databaseIncident(f), PostMortemOptions{})
	if err != nil {
		f.Fatal(err)
	}
	text, err := json.Marshal(m)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add(`{"timeline":[{"at":"0001-01-01T00:00:00Z","kind":"alert"}],"stop":{"before_seconds":-1e9},"detections":[{"predicted_seconds":9e9}]}`)
	f.Add(`{"impact":[{"bad":1e308,"level":0.5,"consumed":-1e308}],"changes":[{"before_seconds":1}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var m PostMortem
		if json.Unmarshal([]byte(text), &m) != nil {
			return
		}
		shown := m.Markdown()
		wellFormed(t, m.SVG())
		for _, bad := range []string{"\x00", "\x1b", "\u202e"} {
			if strings.Contains(shown, bad) {
				t.Errorf("got %q", shown)
			}
		}
		again, err := json.Marshal(m)
		if err != nil {
			return // a zone that RFC 3339 cannot write
		}
		var back PostMortem
		if err := json.Unmarshal(again, &back); err != nil {
			t.Fatalf("%v: %s", err, again)
		}
		if back.Markdown() != shown {
			t.Errorf("got\n%s\nand then\n%s", shown, back.Markdown())
		}
	})
}
