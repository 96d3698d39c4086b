package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"github.com/srekit/ownership/release/canary"
)

// judge says what the canary of the release says, and shows how the evidence came
// together.
func judge(_ context.Context, q question) (answer, error) {
	file := q.folder() + "/canary.jsonl"
	data, err := fs.ReadFile(q.bot.files, file)
	if errors.Is(err, fs.ErrNotExist) {
		return answer{}, fmt.Errorf("no release is measured; write its looks to %s", named(file))
	} else if err != nil {
		return answer{}, err
	}
	j, looks, err := readLooks(data)
	if err != nil {
		return answer{}, fmt.Errorf("%s:%w", named(file), err)
	}
	if stages := q.service.Release.Stages; len(stages) > 0 && stages[0].Traffic.Float64() < 1 {
		j.Exposure = stages[0].Traffic.Float64()
	}
	stream, err := j.Start()
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", named(file), err)
	}
	var all canary.Reports
	for _, look := range looks {
		report, err := stream.Look(look)
		if err != nil {
			return answer{}, fmt.Errorf("%s: %w", named(file), err)
		}
		all = append(all, report)
	}
	last := stream.Report()
	first := len(all) - 1
	for first > 0 && all[first-1].Verdict == last.Verdict {
		first--
	}
	a := answer{text: fmt.Sprintf("%s since %s of %s: %s\n", last.Verdict, minutes(all[first].Seconds), minutes(last.Seconds), cut(last.Text, 400)), picture: all.SVG()}
	for i, m := range last.Metrics {
		if i == mostLines {
			a.text += fmt.Sprintf("and %d more\n", len(last.Metrics)-i)
			break
		}
		a.text += fmt.Sprintf("%s: %s, %s%s\n", named(m.Name), m.Verdict, cut(m.Text, 300), effect(m))
	}
	warnings := slices.Clone(last.Warnings)
	for _, m := range last.Metrics {
		warnings = append(warnings, m.Warnings...)
	}
	for _, w := range warnings[:min(len(warnings), mostWarnings)] {
		a.text += "but " + cut(w.Text, 300) + "; " + cut(w.Remedy, 300) + "\n"
	}
	return a, nil
}

// mostWarnings is how many warnings an answer repeats.
const mostWarnings = 3

// effect is how much worse a metric is, with its interval.
func effect(m canary.MetricReport) string {
	switch {
	case m.Level == 0 || m.N == 0 || m.M == 0:
		return ""
	case m.High == math.MaxFloat64:
		return fmt.Sprintf("; %s %.3g, at least %.3g", m.EffectName, m.Effect, m.Low)
	}
	return fmt.Sprintf("; %s %.3g, %.3g to %.3g with %.3g%% confidence", m.EffectName, m.Effect, m.Low, m.High, 100*m.Level)
}

func minutes(seconds float64) string { return fmt.Sprintf("%.3g min", seconds/60) }

// readLooks reads one look a line, as examples/canary -stream does: the first line
// gives the metrics with their settings.
func readLooks(data []byte) (j canary.Judge, looks []canary.Look, err error) {
	for n, line := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var in struct {
			Seconds float64           `json:"t"`
			Metrics []json.RawMessage `json:"metrics"`
		}
		if err := json.Unmarshal(line, &in); err != nil {
			return j, nil, fmt.Errorf(`%d: %w; write {"t":60,"metrics":[…]}`, n+1, inWords(err))
		}
		look := canary.Look{Seconds: in.Seconds}
		for _, raw := range in.Metrics {
			var m canary.Metric
			arms := struct {
				Baseline arm `json:"baseline"`
				Canary   arm `json:"canary"`
			}{arm{Missing: true}, arm{Missing: true}}
			err := json.Unmarshal(raw, &m)
			if err == nil {
				err = json.Unmarshal(raw, &arms)
			}
			if err != nil {
				return j, nil, fmt.Errorf("%d: %q: %w", n+1, named(m.Name), inWords(err))
			}
			if len(looks) == 0 {
				j.Metrics = append(j.Metrics, m)
			} else if !slices.ContainsFunc(j.Metrics, func(known canary.Metric) bool { return known.Name == m.Name }) {
				return j, nil, fmt.Errorf("%d: %q is not in the first look; name all metrics there", n+1, named(m.Name))
			}
			look.Metrics = append(look.Metrics, canary.Measurement{Name: m.Name, Baseline: canary.Observed(arms.Baseline), Canary: canary.Observed(arms.Canary)})
		}
		looks = append(looks, look)
	}
	if len(looks) == 0 {
		err = errors.New(" no looks; write one JSON object a line")
	}
	return j, looks, err
}

// inWords is an error of decoding without the names of Go's types.
func inWords(err error) error {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return err
	}
	if kind.Field == "" {
		return fmt.Errorf("%s where something else is expected", kind.Value)
	}
	return fmt.Errorf("%s: %s where something else is expected", kind.Field, kind.Value)
}

// arm is what one side did: {"bad","total"}, [values], {"le","counts"}, or null.
type arm canary.Observed

var errNoArm = errors.New(`an arm is {"bad":…,"total":…} in whole numbers, a list of numbers, {"le":[…],"counts":[…]}, or null`)

// UnmarshalJSON reads one of the forms.
func (a *arm) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*a = arm{Missing: true}
		return nil
	}
	*a = arm{}
	if data[0] == '[' {
		var values []*float64
		err := json.Unmarshal(data, &values)
		for _, v := range values {
			if v == nil {
				a.Values = append(a.Values, math.NaN())
				continue
			}
			a.Values = append(a.Values, *v)
		}
		if err != nil {
			return errNoArm
		}
		return nil
	}
	var in struct {
		Bad    *int64     `json:"bad"`
		Total  *int64     `json:"total"`
		Bounds []*float64 `json:"le"`
		Counts []float64  `json:"counts"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return errNoArm
	}
	switch {
	case in.Counts != nil:
		h := canary.Histogram{Counts: in.Counts}
		for i, b := range in.Bounds {
			switch {
			case b != nil:
				h.Bounds = append(h.Bounds, *b)
			case i+1 < len(in.Bounds):
				return fmt.Errorf("le[%d]: null; only the last bound may be infinite", i)
			default:
				h.Bounds = append(h.Bounds, math.Inf(1))
			}
		}
		a.Histogram = &h
	case in.Bad != nil && in.Total != nil:
		a.Bad, a.Total = *in.Bad, *in.Total
	default:
		a.Missing = true
	}
	return nil
}
