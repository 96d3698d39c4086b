package chart

import (
	"math"
	"strconv"
	"testing"
)

type rgb [3]float64 // linear light, 0 to 1

func parseColor(t testing.TB, s string) rgb {
	t.Helper()
	var c rgb
	if len(s) != 7 || s[0] != '#' {
		t.Fatalf("colour %q is not #rrggbb", s)
	}
	for i := range c {
		v, err := strconv.ParseUint(s[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatalf("colour %q: %v", s, err)
		}
		u := float64(v) / 255
		if u <= 0.04045 {
			c[i] = u / 12.92
		} else {
			c[i] = math.Pow((u+0.055)/1.055, 2.4)
		}
	}
	return c
}

// contrast is the ratio of WCAG 2.1: 1 (same) to 21 (black on white).
func contrast(a, b rgb) float64 {
	lum := func(c rgb) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }
	la, lb := lum(a)+0.05, lum(b)+0.05
	return math.Max(la, lb) / math.Min(la, lb)
}

// Full colour blindness of each kind: Machado, Oliveira and Fernandes (2009),
// severity 1.0, on linear light.
var visions = []struct {
	name string
	m    [3]rgb
}{
	{"normal", [3]rgb{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}},
	{"protanopia", [3]rgb{{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}}},
	{"deuteranopia", [3]rgb{{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}}},
	{"tritanopia", [3]rgb{{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}}},
}

func seen(c rgb, m [3]rgb) rgb {
	var out rgb
	for i := range out {
		out[i] = math.Min(math.Max(m[i][0]*c[0]+m[i][1]*c[1]+m[i][2]*c[2], 0), 1)
	}
	return out
}

// oklab maps linear light to a space where distance is near to what eyes see
// (Ottosson, 2020).
func oklab(c rgb) rgb {
	l := math.Cbrt(0.4122214708*c[0] + 0.5363325363*c[1] + 0.0514459929*c[2])
	m := math.Cbrt(0.2119034982*c[0] + 0.6806995451*c[1] + 0.1073969566*c[2])
	s := math.Cbrt(0.0883024619*c[0] + 0.2817188376*c[1] + 0.6299787005*c[2])
	return rgb{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

func distance(a, b rgb) float64 {
	a, b = oklab(a), oklab(b)
	return 100 * math.Sqrt((a[0]-b[0])*(a[0]-b[0])+(a[1]-b[1])*(a[1]-b[1])+(a[2]-b[2])*(a[2]-b[2]))
}

// themes runs a test on both palettes.
func themes(t *testing.T, f func(t *testing.T, get func(ink) rgb)) {
	for _, dark := range []bool{false, true} {
		name := "light"
		if dark {
			name = "dark"
		}
		t.Run(name, func(t *testing.T) {
			f(t, func(k ink) rgb {
				if dark {
					return parseColor(t, inks[k].dark)
				}
				return parseColor(t, inks[k].light)
			})
		})
	}
}

// WCAG 2.1 asks 4.5 of text (1.4.3) and 3 of marks (1.4.11).
func TestContrast(t *testing.T) {
	themes(t, func(t *testing.T, get func(ink) rgb) {
		for k := inkText; k < inkHeat0; k++ {
			least := 3.0
			switch k {
			case inkText, inkMuted:
				least = 4.5
			case inkGrid:
				least = 1.2 // it should recede
			}
			if got := contrast(get(k), get(inkPaper)); got < least {
				t.Errorf("%s on paper: got contrast %.2f, want at least %v", inks[k].name, got, least)
			}
		}
		// Text stands on tinted spans and nodes too: 28 % of an ink over paper.
		for k := inkOK; k < inkHeat0; k++ {
			if got := contrast(get(inkText), mix(get(k), get(inkPaper), 0.28)); got < 4.5 {
				t.Errorf("text on tinted %s: got contrast %.2f, want at least 4.5", inks[k].name, got)
			}
		}
	})
}

// mix lays a colour with an opacity over another, as renderers do: on the values
// of sRGB, not on linear light.
func mix(top, bottom rgb, opacity float64) rgb {
	encode := func(v float64) float64 { return math.Pow(v, 1/2.2) }
	var out rgb
	for i := range out {
		out[i] = math.Pow(opacity*encode(top[i])+(1-opacity)*encode(bottom[i]), 2.2)
	}
	return out
}

// The distance is that of Oklab times one hundred; about two is just noticeable.
func TestColoursApart(t *testing.T) {
	themes(t, func(t *testing.T, get func(ink) rgb) {
		check := func(what string, list []ink, least float64) {
			for _, v := range visions {
				for i := range list {
					for j := range i {
						if d := distance(seen(get(list[i]), v.m), seen(get(list[j]), v.m)); d < least {
							t.Errorf("%s, %s: %s and %s are %.1f apart, want at least %v", what, v.name, inks[list[j]].name, inks[list[i]].name, d, least)
						}
					}
				}
			}
		}
		var series, states []ink
		for i := 0; i < seriesInks; i++ {
			series = append(series, seriesInk(i))
		}
		for s := OK; s <= Unknown; s++ {
			states = append(states, s.ink())
		}
		check("two series", series[:2], 25)
		check("four series", series[:4], 10)
		check("all series", series, 9)
		check("states", states, 10)
	})
}

// A heat map reads by lightness, so it works without hue: steps go one way from
// the paper and each differs from the one before.
func TestHeatScale(t *testing.T) {
	themes(t, func(t *testing.T, get func(ink) rgb) {
		paper := oklab(get(inkPaper))[0]
		away := func(k ink) float64 { return math.Abs(oklab(get(k))[0] - paper) }
		for i := 1; i < scaleInks; i++ {
			if away(heatInk(i)) <= away(heatInk(i-1)) {
				t.Errorf("heat step %d is not farther from the paper than step %d", i, i-1)
			}
		}
		for _, v := range visions {
			for i := 1; i < scaleInks; i++ {
				for _, pair := range [][2]ink{{heatInk(i), heatInk(i - 1)}, {divergingInk(i), divergingInk(i - 1)}} {
					if d := distance(seen(get(pair[0]), v.m), seen(get(pair[1]), v.m)); d < 6 {
						t.Errorf("%s: %s and %s are %.1f apart, want at least 6", v.name, inks[pair[1]].name, inks[pair[0]].name, d)
					}
				}
			}
			for i := 0; i < scaleInks/2; i++ { // the two arms of a diverging scale
				if d := distance(seen(get(divergingInk(i)), v.m), seen(get(divergingInk(scaleInks-1-i)), v.m)); d < 10 {
					t.Errorf("%s: arms %d of the diverging scale are %.1f apart, want at least 10", v.name, i, d)
				}
			}
		}
	})
}
