package graph

import (
	"strings"
	"testing"
)

// A telephone has room for one number in a box.
func TestNarrowPicture(t *testing.T) {
	entries := on("99.9%", "99.9%")
	g := must(t, entries)
	for width, want := range map[int]string{320: ">≤ 99.8001 %<", 0: ">no target ≤ 99.8001 %<", 1200: ">no target ≤ 99.8001 %<"} {
		if svg := g.SVGAt(width); !strings.Contains(svg, want) {
			t.Errorf("%d pixels: %q is missing in %s", width, want, svg)
		}
	}
}
