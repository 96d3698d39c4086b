package release

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/srekit/ownership/slo"
)

// checkSVG parses a picture, and returns all of its text.
func checkSVG(t *testing.T, name, svg string) string {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	var all strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if c, ok := token.(xml.CharData); ok {
			all.WriteString(string(c) + " ")
		}
	}
	for _, bad := range []string{"NaN", "Inf", "<script"} {
		if strings.Contains(svg, bad) {
			t.Errorf("%s holds %s", name, bad)
		}
	}
	return all.String()
}

// course is a release that waits at a gate and is taken back from there.
func course(t *testing.T) Course {
	r := MustRollout("1% for 10m, 10% for 30m")
	r.Stages[1].Bake = 10 * time.Minute
	r.Rules = []Rule{MustRule("0.5% error rate for 5 mins")}
	r.Gates.Freezes = []Freeze{{From: t0.Add(45 * time.Minute), Until: t0.Add(3 * time.Hour), Reason: "a|sale"}}
	s := start(t, r)
	c := Course{Until: t0.Add(80 * time.Minute)}
	for _, o := range all2(looks(0, 60, 0), looks(61, 70, 0.02)) {
		c.Transitions = append(c.Transitions, must(s.Step(o))(t)...)
	}
	return c
}

func TestPictures(t *testing.T) {
	r := MustRollout("1% for 10m, 10% for 30m, 50% for 30m")
	r.Stages[1].Bake, r.Stages[0].WarmUp, r.Watch = 10*time.Minute, 2*time.Minute, time.Hour
	curve := must(r.Curve(1, setting()))(t)
	replay := Replay{Rollout: tenPercent(nil), Source: rand.NewPCG(1, 2), Runs: 20}
	report := must(replay.Run(t.Context(), even(200, 1, 60)))(t)
	for _, c := range []struct{ name, svg, says string }{
		{"rollout", r.SVG(), "10% for 30m"},
		{"course", course(t).SVG(), "gated"},
		{"curve", curve.SVG(), "end of the stage"},
		{"replay", report.SVG(), "A/A"},
		{"no rollout", Rollout{}.SVG(), ""},
		{"no hold", MustRollout("100%").SVG(), ""},
		{"no course", Course{}.SVG(), ""},
		{"no curve", PowerCurve{Factors: []float64{2}, Times: []time.Duration{1, 2}}.SVG(), ""},
		{"no report", ReplayReport{}.SVG(), ""},
	} {
		if text := checkSVG(t, c.name, c.svg); !strings.Contains(text, c.says) {
			t.Errorf("%s lacks %q: %s", c.name, c.says, text)
		}
	}
	for name, text := range map[string]string{"rollout": r.Markdown(), "course": course(t).Markdown(), "curve": curve.Markdown(), "report": report.Markdown(), "empty": PowerCurve{Factors: []float64{2}, Times: []time.Duration{1, 2}}.Markdown()} {
		lines := strings.Split(text, "\n")
		for _, line := range lines[1:] {
			if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != strings.Count(lines[0], "|") {
				t.Errorf("%s: %q has another number of columns than %q", name, line, lines[0])
			}
		}
	}
	for i, line := range curve.Power {
		for k := 1; k < len(line); k++ {
			if line[k] < line[k-1]-2e-6 || i > 0 && line[k] < curve.Power[i-1][k]-2e-6 {
				t.Errorf("power falls with time or harm: %v", curve.Power)
			}
		}
	}
	var read PowerCurve
	if err := json.Unmarshal(must(json.Marshal(curve))(t), &read); err != nil {
		t.Error(err)
	} else if d := cmp.Diff(curve, read); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	for _, stage := range []int{-1, 3} {
		if _, err := r.Curve(stage, setting()); err == nil {
			t.Errorf("stage %d", stage)
		}
	}
	if _, err := r.Curve(1, setting(), 1); err == nil {
		t.Error("factor 1")
	}
}

func TestStatusShows(t *testing.T) {
	s := start(t, tenPercent(nil))
	feed(t, s, minute(0, 0, 9), minute(1, 20, 1000), minute(2, 20, 1000))
	st := s.Status()
	want := "**analysing**, 10% of the traffic, since 2026-03-02 09:00:00 UTC: 10% for 10m\n\n" +
		"| Rule | Last look | Value | Looks | Bad | Takes the release back at |\n| --- | --- | --- | --- | --- | --- |\n" +
		`| 0.5% error\_rate for 5m | bad | 0.02 | 2 | 2 | bad looks for another 3m |` + "\n"
	if d := cmp.Diff(want, st.Markdown()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	got := map[string]float64{}
	for _, m := range st.Metrics(slo.Label{Name: "service", Value: "x"}) {
		if m.Labels[0].Value != "x" {
			t.Errorf("%v lacks the label", m)
		}
		got[m.Name] = m.Value
	}
	if d := cmp.Diff(map[string]float64{"release_phase": 1, "release_traffic_ratio": 0.1, "release_stage": 0, "release_taken_back": 0, "release_bad_looks": 2}, got); d != "" {
		t.Errorf("metrics (-want +got):\n%s", d)
	}
	if _, err := json.Marshal(st); err != nil {
		t.Error(err)
	}
	feed(t, s, looks(3, 5, 0.02)...)
	if st = s.Status(); st.Verdict.String() != "rollback" || !st.Rules[0].Tripped || st.Metrics()[3].Value != 1 {
		t.Errorf("%+v", st)
	}
}
