package stat

import "testing"

var sink float64

func BenchmarkLogBetaCDF(b *testing.B) {
	for _, c := range []struct {
		name    string
		a, b, x float64
	}{
		{"small", 8, 93, 0.1},
		{"skewed", 7.5, 7193.5, 0.001},
		{"central", 5e5, 5e5, 0.5004},
		{"huge", 5e11, 5e11, 0.4999995},
		{"tail", 1e4, 1e6, 0.012},
		{"edge", 29, 1e6, 2.9e-5},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l, _ := LogBetaCDF(c.a, c.b, c.x)
				sink += l
			}
		})
	}
}

func BenchmarkBetaQuantile(b *testing.B) {
	for _, c := range []struct {
		name    string
		a, b, p float64
	}{
		{"small", 8, 93, 0.025},
		{"skewed", 7.5, 7193.5, 0.975},
		{"huge", 5e11, 5e11, 1e-6},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink += BetaQuantile(c.a, c.b, c.p)
			}
		})
	}
}

func BenchmarkLogPoissonCDF(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		l, _ := LogPoissonCDF(120, 100)
		sink += l
	}
}

func BenchmarkLogBinomialCDF(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		l, _ := LogBinomialCDF(14, 7200, 0.001)
		sink += l
	}
}

func BenchmarkInterval(b *testing.B) {
	for _, c := range []struct {
		name string
		f    func(k, n uint64, level float64) Interval
		k, n uint64
	}{
		{"ClopperPearson/7of7200", ClopperPearson, 7, 7200},
		{"ClopperPearson/1000of1e6", ClopperPearson, 1000, 1e6},
		{"ClopperPearson/1e6of1e12", ClopperPearson, 1e6, 1e12},
		{"Jeffreys/7of7200", Jeffreys, 7, 7200},
		{"Wilson/7of7200", Wilson, 7, 7200},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink += c.f(c.k, c.n, 0.95).High
			}
		})
	}
}

func BenchmarkDifference(b *testing.B) {
	for _, c := range []struct {
		name           string
		f              func(k1, n1, k2, n2 uint64, level float64) Interval
		k1, n1, k2, n2 uint64
	}{
		{"Newcombe", Newcombe, 36, 18000, 162, 162000},
		{"MiettinenNurminen", MiettinenNurminen, 36, 18000, 162, 162000},
		{"MiettinenNurminen/none", MiettinenNurminen, 0, 18, 0, 162},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sink += c.f(c.k1, c.n1, c.k2, c.n2, 0.95).High
			}
		})
	}
}

func BenchmarkLogHypergeometricCDF(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		l, _ := LogHypergeometricCDF(36, 18000, 198, 180000)
		sink += l
	}
}
