package canary

import (
	"encoding/xml"
	"io"
	"os"
	"strings"
	"testing"
)

// wellFormed reads the document to its end.
func wellFormed(t *testing.T, name, svg string) {
	t.Helper()
	if dir := os.Getenv("PICTURES"); dir != "" { // for looking at them
		if err := os.WriteFile(dir+"/"+name+".svg", []byte(svg), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func TestPictures(t *testing.T) {
	for _, c := range []struct {
		name   string
		factor float64
		want   string
	}{{"harm", 1.3, "rollback"}, {"same", 1, "promote"}} {
		s, err := Judge{Metrics: threeMetrics()}.Start()
		if err != nil {
			t.Fatal(err)
		}
		var reports Reports
		for _, look := range noisy(11, 40, c.factor, 1) {
			r, err := s.Look(look)
			if err != nil {
				t.Fatal(err)
			}
			reports = append(reports, r)
		}
		evidence, arms := reports.SVG(), reports[len(reports)-1].SVG()
		wellFormed(t, "evidence-"+c.name, evidence)
		wellFormed(t, "arms-"+c.name, arms)
		if !strings.Contains(evidence, c.want) || !strings.Contains(evidence, "latency") || !strings.Contains(arms, "as the baseline") {
			t.Errorf("%s: the pictures do not say %q", c.name, c.want)
		}
		text := reports[len(reports)-1].Markdown()
		if !strings.HasPrefix(text, "**"+c.want+"**") || !strings.Contains(text, "| latency | "+c.want+" | ratio ") {
			t.Errorf("%s: %s", c.name, text)
		}
	}
	wellFormed(t, "empty", Reports(nil).SVG())
	wellFormed(t, "empty", Report{}.SVG())
	wellFormed(t, "hostile", Report{Metrics: []MetricReport{{Name: "<a>&\x00", EffectName: "ratio", N: 1, M: 1, Effect: 1}}}.SVG())
	if got := (Report{Metrics: []MetricReport{{Name: "a|b\n<c>"}}}).Markdown(); !strings.Contains(got, `| a\|b \<c\> |`) {
		t.Errorf("hostile name: %s", got)
	}
}
