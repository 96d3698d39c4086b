package ets

import "math"

// The admissible region is where old observations lose their weight: where the
// recursion that turns observations into states has its eigenvalues inside the
// unit circle. With both trend and season the usual region is not a part of it
// (Archibald, 1990, for monthly data; the longer the season, the less is).
//
// The errors ε and the observations y are related by y = H(B)·ε, where with b
// for the weight of the slope
//
//	H(B) = 1 + α·B/(1−B) + b·B/((1−φB)(1−B)) + γ·Bᵐ/(1−Bᵐ)
//
// whose zeros are the eigenvalues' inverses (Hyndman et al. 2008, chapter 10).
// On the unit circle, B = exp(−2ix), its real and imaginary part vanish
// together where
//
//	α'·cot x + γ·cot mx = 0   with α' = α + (2−α−γ)(1−φ)/(1+φ)
//	b = (2−α−γ)·((1−φ)² + 4φ·sin² x) / (1+φ)
//
// Without a trend, b = 0, they never do, so that all of the usual region is
// admissible. The b above grows with x, and the first root lies between π/2m
// and π/m, which gives the bound.
//
// In the recursion of this package, where the slope is damped before it is first
// added, b = φβ. The condition of Hyndman, Akram and Archibald (2008), which R
// applies too, has b = β: with damping it is stricter by the factor φ. It is the
// one used here, so that fits can be compared.

// ceiling is the largest admissible β for the other parameters of a model with
// trend and season, with its derivatives.
type ceiling struct {
	beta                    float64
	byAlpha, byGamma, byPhi float64
}

// within is how much of the admissible range is used: roots stay off the circle.
const within = 1 - 1e-6

// highestBeta needs 0 < γ, α+γ ≤ 1, 0 < φ ≤ 1 and m ≥ 2; x is solved to the
// last bits by Newton's method kept between bounds.
func highestBeta(alpha, gamma, phi float64, m int) ceiling {
	rest := 2 - alpha - gamma
	damp := (1 - phi) / (1 + phi)
	a := alpha + float64(rest*damp)
	n := float64(m)
	low, high := math.Pi/2, math.Pi // of mx
	// As cot mx = −(α'/γ)·cot x and tan x ≈ x, start from the side that the
	// ratio points to.
	v := math.Pi * (a + gamma/n) / (a + float64(2*gamma/n))
	if !(v > low && v < high) {
		v = 0.75 * math.Pi
	}
	var sx, cx, sv, cv float64
	for range 60 {
		sx, cx = sincos(v / n)
		sv, cv = sincos(v)
		g := float64(float64(a*cx)*sv) + float64(float64(gamma*cv)*sx)
		// The derivative in v is negative between the bounds.
		slope := float64(float64(a*cx)*cv) - float64(float64(a*sx)*sv)/n + float64(float64(gamma*cv)*cx)/n - float64(float64(gamma*sv)*sx)
		if g > 0 {
			low = v
		} else {
			high = v
		}
		next := v - g/slope
		if !(next > low && next < high) {
			next = 0.5 * (low + high)
		}
		if math.Abs(next-v) <= 4e-16*v {
			break
		}
		v = next
	}
	// Along the root, F(x) = α'·cot x + γ·cot mx: dx = −(cot x·dα' + cot mx·dγ)/F'.
	sx2 := float64(sx * sx)
	fx := -(a/sx2 + float64(gamma*n)/float64(sv*sv))
	byA, byG := -(cx/sx)/fx, -(cv/sv)/fx
	below := 1 + phi
	spread := float64((1-phi)*(1-phi)) + float64(4*float64(phi*sx2))
	byX := float64(rest*float64(8*float64(phi*float64(sx*cx)))) / below
	c := ceiling{beta: float64(within * (float64(rest*spread) / below))}
	direct := -spread / below
	c.byAlpha = float64(within * (direct + float64(float64(byX*byA)*(1-damp))))
	c.byGamma = float64(within * (direct + float64(byX*(byG-float64(byA*damp)))))
	slopePhi := float64(rest*(float64(4*sx2)-float64(2*(1-phi))))/below - float64(rest*spread)/float64(below*below)
	c.byPhi = float64(within * (slopePhi - float64(float64(byX*byA)*float64(rest*(2/float64((1+phi)*(1+phi)))))))
	return c
}

// sincos is sine and cosine on [0, π], to about one rounding. Unlike the
// standard library's it is the same on every architecture, and so is the path
// of a search that uses it.
func sincos(v float64) (sin, cos float64) {
	sign := 1.0
	if v > math.Pi/2 {
		v = math.Pi - v
		sign = -1
	}
	swap := v > math.Pi/4
	if swap {
		v = math.Pi/2 - v
	}
	z := float64(v * v)
	sin, cos = 1, 1
	for k := 18; k >= 2; k -= 2 {
		f := float64(k)
		sin = 1 - float64(z*sin)/(f*(f+1))
		cos = 1 - float64(z*cos)/(f*(f-1))
	}
	sin = float64(v * sin)
	if swap {
		sin, cos = cos, sin
	}
	return sin, sign * cos
}
