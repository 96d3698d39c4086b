package ownership

import (
	"github.com/srekit/ownership/internal/diag"
)

// maxNear is how many names are compared with misspelt ones where both grow
// with the catalog, and how many misspelt ones.
const maxNear = 100

// suggestions asks whether the nearest name was meant, for the first names
// only: each comparison costs microseconds, and a catalog may hold thousands
// of names that are defined elsewhere.
type suggestions struct{ asked int }

func (s *suggestions) or(word string, candidates func() []string, otherwise string) string {
	if s.asked++; s.asked > maxNear {
		return otherwise
	}
	return nearOr(word, candidates(), otherwise)
}

// nearOr asks whether the nearest name was meant, or says something else.
func nearOr(word string, candidates []string, otherwise string) string {
	if near := diag.Nearest(word, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

// didYouMean names the nearest candidate, or all of a few.
func didYouMean(word string, candidates []string) string {
	if near := diag.Nearest(word, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	switch n := len(candidates); {
	case n == 0:
		return "there is none to refer to; add one"
	case n <= 8:
		return "write " + alternatives(candidates)
	}
	return "write the name of one that exists"
}
