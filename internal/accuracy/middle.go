package main

import "github.com/srekit/ownership/internal/stat"

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

func median(x []float64) float64 { return stat.Median(x) }
