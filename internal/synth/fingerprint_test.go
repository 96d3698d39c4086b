package synth

import (
	"fmt"
	"hash/fnv"
	"testing"
	"time"
)

// What each generator made when this test was written, as a hash of all bits:
// a change of the generators, of Go's PCG, of a compiler's arithmetic or of the
// architecture shows. Whoever changes a generator on purpose changes the hash.
func TestOutputStaysTheSame(t *testing.T) {
	to := monday.Add(3 * day)
	traffic := busy(77)
	counts := traffic.Events(monday, to, 7*time.Minute)
	exact := traffic
	exact.Noise = Noise{}
	counter := Counter{Traffic: traffic, Replicas: 3, Lifetime: 5 * time.Hour, Jitter: time.Second}
	samples := counter.Samples(monday, to, 10*time.Minute)
	rollout := staged(5)
	rollout.Drift, rollout.CommonMode, rollout.Effect = Wander{Ratio: 0.1}, Wander{Ratio: 0.2}, Effect{Ramp: time.Hour, ErrorRatio: 0.03}
	load := disk()
	load.Growth = Growth{Kind: Logistic, PerDay: 0.01}
	for _, c := range []struct {
		name string
		data any
		want string
	}{
		{"events", counts, "672d2f5ec1f8074c"},
		{"exact events", exact.Events(monday, to, 7*time.Minute), "e0295509fb055025"},
		{"samples", samples, "09969bb6781e7cc6"},
		{"delivery", Delivery{LossRatio: 0.1, LateRatio: 0.3, Late: time.Hour, DuplicateRatio: 0.1, Seed: 1}.Samples(samples), "d2f94d0a32158ad1"},
		{"draws", webLatency().Draw(monday, 1000), "609d51214d20df80"},
		{"histograms", webLatency().Histograms(counts, 7*time.Minute, bounds), "f1e5995bc17b501b"},
		{"exponential histograms", webLatency().Exponential(counts, 7*time.Minute, 5), "defded749d0e2f09"},
		{"looks", rollout.Looks(monday, to, time.Minute), "99976da29e3491ea"},
		{"values", load.Values(monday, to, 10*time.Minute), "8a592e26f4d42e60"},
	} {
		h := fnv.New64a()
		fmt.Fprintf(h, "%v", c.data) // prints the shortest digits that identify a float
		if got := fmt.Sprintf("%016x", h.Sum64()); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
