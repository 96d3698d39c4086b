package crosscheck

import (
	"testing"
	"time"
)

// One series each is where the others come closest, because only theirs grow
// with the number of series.
func TestOursReadsFewerSamples(t *testing.T) {
	t.Parallel()
	var readings []Reading
	for _, s := range Shapes() {
		r, err := Read(s, 1, 30*time.Second, t.TempDir())
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		readings = append(readings, r)
		t.Logf("%s: %+v", s.Name, r)
	}
	ours := readings[0]
	for i, r := range readings[1:] {
		if 4*ours.PerHour > r.PerHour || 4*ours.PerEvaluation > r.PerEvaluation {
			t.Errorf("ours reads %+v, %s %+v; want a quarter at most", ours, Shapes()[i+1].Name, r)
		}
	}
	// Four samples in the base window, of errors and twice of requests, 120 times an hour.
	three, err := Read(Shapes()[0], 3, 30*time.Second, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if ours.Raw != 1440 || three.Raw != 3*ours.Raw || three.PerHour-three.Raw != ours.PerHour-ours.Raw {
		t.Errorf("one series: %+v, three: %+v; want 1440 raw samples each and the rest alike", ours, three)
	}
}
