package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/capacity"
)

// forecast says where the metrics are heading, and shows the one that most probably
// reaches its limit.
func forecast(ctx context.Context, q question) (answer, error) {
	plan := q.service.Capacity
	if len(plan.Metrics) == 0 {
		return answer{}, errors.New("no metric is forecast; name some under capacity_planning.metrics")
	}
	var names []string
	for _, m := range plan.Metrics {
		names = append(names, m.Name)
	}
	chosen, err := q.choose("metric", names)
	if err != nil {
		return answer{}, err
	}
	m, err := q.measured()
	if err != nil {
		return answer{}, err
	}
	var a answer
	worst := -1.0
	for i, name := range names {
		if chosen >= 0 && i != chosen {
			continue
		}
		history, ok := historyOf(m, name)
		if !ok {
			a.text += fmt.Sprintf("%s: not measured; write %s/%s.csv (timestamp,value)\n", named(name), named(q.folder()), named(name))
			continue
		}
		outlook, err := plan.Outlook(ctx, name, history, nil)
		if ctx.Err() != nil {
			return answer{}, ctx.Err()
		}
		if err != nil {
			a.text += named(name) + ": " + cut(err.Error(), 300) + "\n"
			continue
		}
		if chosen >= 0 {
			a.text += outlook.String()
		} else {
			a.text += briefly(outlook)
		}
		if p := outlook.Saturation.Probability; p > worst {
			worst, a.picture, a.of = p, outlook.SVG(), name
		}
	}
	if a.picture == "" {
		return answer{}, errors.New(strings.TrimSpace(a.text))
	}
	return a, nil
}

func historyOf(m ownership.Measurements, name string) (s capacity.Series, ok bool) {
	for _, h := range m.Metrics {
		if h.Metric == name {
			return h.Series, true
		}
	}
	return s, false
}

// briefly is the first line of an outlook, and what becomes of the limit.
func briefly(o ownership.Outlook) string {
	text, _, _ := strings.Cut(o.String(), "\n")
	for line := range strings.Lines(o.String()) {
		if limit := strings.TrimSpace(line); strings.HasPrefix(limit, "limit ") {
			text += "; " + limit
		}
	}
	return text + "\n"
}
