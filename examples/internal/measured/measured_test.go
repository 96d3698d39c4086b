package measured

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/srekit/ownership"
)

func TestRead(t *testing.T) {
	files := fstest.MapFS{
		"m/requests.csv": {Data: []byte("timestamp,bad,total\n2026-03-01T01:00:00Z,1,100\n2026-03-01T02:00:00Z,0,100\n")},
		"m/alerts.csv":   {Data: []byte("name,severity,start,end\nHigh,page,2026-03-01T00:10:00Z,\n")},
		"m/releases.csv": {Data: []byte("name,start,end,verdict,evidence\nv1,2026-03-01T00:00:00Z,2026-03-01T00:30:00Z,promote,enough\n")},
		"m/work.csv":     {Data: []byte("person,service,kind,start,seconds\nana,shop,page,2026-03-01T00:10:00Z,900\n")},
	}
	m, err := Read(files, "m", ownership.Service{})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Points) != 1 || len(m.Points[0].Points) != 2 || len(m.Fired) != 1 || !m.Fired[0].End.IsZero() || m.Releases[0].Verdict != "promote" || m.Work[0].Duration.Minutes() != 15 {
		t.Errorf("got %+v", m)
	}
	for name, want := range map[string]string{
		"m/alerts.csv":   "alerts.csv:2: ",
		"m/releases.csv": "releases.csv: record on line 2",
		"m/work.csv":     "work.csv:2: ",
	} {
		bad := fstest.MapFS{}
		for k, v := range files {
			bad[k] = v
		}
		text := string(files[name].Data)
		bad[name] = &fstest.MapFile{Data: []byte(strings.Replace(strings.Replace(text, "page,2026", "roar,2026-x", 1), "promote,enough", "promote", 1))}
		if _, err := Read(bad, "m", ownership.Service{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", name, err, want)
		}
	}
}
