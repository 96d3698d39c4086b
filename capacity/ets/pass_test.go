package ets

import (
	"math"
	"testing"
)

func wave(n, m int) []float64 {
	y := make([]float64, n)
	for i := range y {
		y[i] = 100 + 10*math.Sin(2*math.Pi*float64(i)/float64(max(m, 2))) + math.Sin(float64(i)*float64(i))
	}
	return y
}

func BenchmarkRecursionAAA(b *testing.B) {
	y := wave(4096, 24)
	var w pass
	w.reset(Model{Error: Additive, Trend: Additive, Season: Additive, Period: 24}, y, nil)
	b.ReportAllocs()
	for b.Loop() {
		w.forward(Parameters{Alpha: 0.3, Beta: 0.01, Gamma: 0.1, Phi: 1}, 100, 0)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(y)), "ns/step")
}
