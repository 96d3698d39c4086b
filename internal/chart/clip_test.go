package chart

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

var unitBox = box{x0: 10, y0: 20, x1: 110, y1: 70}

func TestSegment(t *testing.T) {
	for _, c := range []struct {
		in, want [4]float64
		ok       bool
	}{
		{[4]float64{20, 30, 50, 60}, [4]float64{20, 30, 50, 60}, true},
		{[4]float64{-10, 45, 130, 45}, [4]float64{10, 45, 110, 45}, true},
		{[4]float64{60, 0, 60, 100}, [4]float64{60, 20, 60, 70}, true},
		{[4]float64{0, 10, 20, 30}, [4]float64{10, 20, 20, 30}, true},
		{[4]float64{0, 0, 5, 100}, [4]float64{}, false},
		{[4]float64{0, 40, 5, 40}, [4]float64{}, false},
		{[4]float64{60, 50, 60, 50}, [4]float64{60, 50, 60, 50}, true},
	} {
		ax, ay, bx, by, ok := unitBox.segment(c.in[0], c.in[1], c.in[2], c.in[3])
		if got := [4]float64{ax, ay, bx, by}; ok != c.ok || got != c.want {
			t.Errorf("segment %v: got %v %v, want %v %v", c.in, got, ok, c.want, c.ok)
		}
	}
}

func drawVertex(t *rapid.T) vertex {
	return vertex{float64(rapid.IntRange(-200, 300).Draw(t, "x")), float64(rapid.IntRange(-200, 300).Draw(t, "y"))}
}

// A part of a line is inside and on the line, and nothing inside is cut off.
func TestSegmentLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawVertex(t), drawVertex(t)
		x0, y0, x1, y1, ok := unitBox.segment(a.x, a.y, b.x, b.y)
		inside := 0
		for i := 0; i <= 100; i++ {
			s := float64(i) / 100
			x, y := a.x+s*(b.x-a.x), a.y+s*(b.y-a.y)
			if x > unitBox.x0 && x < unitBox.x1 && y > unitBox.y0 && y < unitBox.y1 {
				inside++
				if !ok || x < math.Min(x0, x1)-1e-6 || x > math.Max(x0, x1)+1e-6 || y < math.Min(y0, y1)-1e-6 || y > math.Max(y0, y1)+1e-6 {
					t.Fatalf("%v to %v: point %v, %v was cut off; kept %v,%v to %v,%v", a, b, x, y, x0, y0, x1, y1)
				}
			}
		}
		if ok && (!unitBox.holds(x0, y0) || !unitBox.holds(x1, y1)) {
			t.Fatalf("%v to %v: kept %v,%v to %v,%v, which is outside", a, b, x0, y0, x1, y1)
		}
	})
}

func polygonArea(v []vertex) float64 {
	sum := 0.0
	for i, a := range v {
		b := v[(i+1)%len(v)]
		sum += a.x*b.y - b.x*a.y
	}
	return math.Abs(sum) / 2
}

// A clipped rectangle has the area of the common part of the two rectangles.
func TestPolygonLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawVertex(t), drawVertex(t)
		x0, x1 := math.Min(a.x, b.x), math.Max(a.x, b.x)
		y0, y1 := math.Min(a.y, b.y), math.Max(a.y, b.y)
		got := unitBox.polygon([]vertex{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}})
		for _, v := range got {
			if !unitBox.holds(v.x, v.y) {
				t.Fatalf("corner %v is outside", v)
			}
		}
		want := math.Max(0, math.Min(x1, unitBox.x1)-math.Max(x0, unitBox.x0)) * math.Max(0, math.Min(y1, unitBox.y1)-math.Max(y0, unitBox.y0))
		if g := polygonArea(got); math.Abs(g-want) > 1e-6 {
			t.Fatalf("rectangle %v,%v to %v,%v: got area %v, want %v", x0, y0, x1, y1, g, want)
		}
	})
}
