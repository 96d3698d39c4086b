package main

import (
	"time"

	"github.com/srekit/ownership/capacity"
)

// method is a row of the tables. A method is added here and nowhere else.
type method struct {
	name       string
	forecaster capacity.Forecaster
}

// methods are the rows of a set's tables; the baselines come first.
func methods(s set) []method {
	rows := []method{
		{"seasonal naive", capacity.SeasonalNaive{Period: s.period}},
		{"naive2", capacity.Naive2{Period: s.period}},
		{"naive", capacity.SeasonalNaive{Period: 1}},
	}
	const day = 24 * time.Hour
	switch {
	case s.step <= time.Hour:
		rows = append(rows,
			method{"predict_linear 6h", capacity.PrometheusLinear{Window: 6 * time.Hour}},
			method{"predict_linear 1d", capacity.PrometheusLinear{Window: day}},
			method{"predict_linear 7d", capacity.PrometheusLinear{Window: 7 * day}})
	case s.step == day:
		rows = append(rows,
			method{"predict_linear 28d", capacity.PrometheusLinear{Window: 28 * day}},
			method{"predict_linear 90d", capacity.PrometheusLinear{Window: 90 * day}})
	}
	return append(rows,
		method{"ets", capacity.ETS{Period: s.period}},
		method{"ets 15", capacity.ETS{Period: s.period, Multiplicative: true}},
		method{"seasonal ar", capacity.SeasonalAR{}},
		method{"fast", capacity.Fast{}},
		method{"default", capacity.Default{}})
}

func methodNames(m []method) []string {
	names := make([]string, len(m))
	for i := range m {
		names[i] = m[i].name
	}
	return names
}
