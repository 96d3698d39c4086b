package release

import (
	"fmt"
	"math"
	"strconv"

	"github.com/srekit/ownership/internal/prose"
)

// figure is a number for people, with three significant digits.
func figure(v float64) string {
	if a := math.Abs(v); a >= 1000 && a < 1e15 {
		return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
	}
	return prose.Figure(v, 3)
}

// chance is a probability for people, without figures where it is next to nothing or
// next to certain.
func chance(p float64) string {
	switch {
	case p < 1e-5:
		return "less than 0.001 %"
	case p > 1-1e-5:
		return "more than 99.999 %"
	}
	return prose.Percent(p)
}

// nameOf is the i-th name, or the kind with its number.
func nameOf(names []string, kind string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", kind, i)
}

func writeName(names []string, kind string, i uint8) ([]byte, error) {
	if int(i) < len(names) {
		return []byte(names[i]), nil
	}
	var p problems
	p.Add("name", kind, strconv.Itoa(int(i)), "no such "+kind, "use "+prose.Or(names))
	return nil, p.err()
}

// readName reads one of the names; the empty text is the first.
func readName(names []string, kind string, text []byte) (uint8, error) {
	for i, n := range names {
		if string(text) == n || i == 0 && len(text) == 0 {
			return uint8(i), nil
		}
	}
	var p problems
	p.Add("name", kind, string(text), "no such "+kind, "write "+prose.Or(names))
	return 0, p.err()
}
