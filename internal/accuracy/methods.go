package main

import (
	"github.com/srekit/ownership/capacity"
)

// method is a row of the tables. A method is added here and nowhere else.
type method struct {
	name       string
	forecaster capacity.Forecaster
}

// methods are the rows of a set's tables; the baselines come first.
func methods(s set) []method {
	return []method{
		{"seasonal naive", capacity.SeasonalNaive{Period: s.period}},
		{"naive2", capacity.Naive2{Period: s.period}},
		{"naive", capacity.SeasonalNaive{Period: 1}},
	}
}

func methodNames(m []method) []string {
	names := make([]string, len(m))
	for i := range m {
		names[i] = m[i].name
	}
	return names
}
