package quantity

import "strconv"

// Error says where a string stops making sense, what was expected there, what
// stood there instead and what to write. Every error of this package is an
// *Error; errors.As finds it through wrapping.
type Error struct {
	Input      string // the string as it was given
	Offset     int    // byte offset into Input, 0 to len(Input)
	Expected   string // what would have been right: "% after a number above 1"
	Found      string // what stood there; empty at the end of the input
	Suggestion string // the remedy, a clause: "write 99.99%"; may be empty
}

// Error returns one line:
//
//	"99.99" at byte 5: expected % after a number above 1; write 99.99%
//
// A long Input is shortened to its first 60 bytes or so.
func (e *Error) Error() string {
	b := make([]byte, 0, 160)
	b = strconv.AppendQuote(b, excerpt(e.Input, 60))
	b = append(b, " at byte "...)
	b = strconv.AppendInt(b, int64(e.Offset), 10)
	b = append(b, ": expected "...)
	b = append(b, e.Expected...)
	if e.Found != "" {
		b = append(b, ", found "...)
		b = strconv.AppendQuote(b, e.Found)
	}
	if e.Suggestion != "" {
		b = append(b, "; "...)
		b = append(b, e.Suggestion...)
	}
	return string(b)
}

// excerpt is s, cut after at most limit bytes on a rune boundary and marked.
func excerpt(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && s[limit]&0xC0 == 0x80 {
		limit--
	}
	return s[:limit] + "…"
}

// nearest returns the candidate that the misspelt word most likely stands for,
// or "" when none is near: the optimal string alignment distance (insertions,
// deletions, substitutions, swaps of neighbours) is at most one for a word of
// two to four letters, at most two for a longer one. The first of equals wins.
func nearest(word string, candidates []string) string {
	const longest = 24
	if len(word) < 2 || len(word) > longest {
		return ""
	}
	limit := 1
	if len(word) > 4 {
		limit = 2
	}
	best := ""
	for _, c := range candidates {
		if len(c) > len(word)+limit || len(word) > len(c)+limit {
			continue
		}
		if d := distance(word, c); d <= limit && d < len(c) {
			best, limit = c, d-1
		}
	}
	return best
}

// distance is the optimal string alignment distance of two short words, letter
// case apart.
func distance(a, b string) int {
	var rows [3][32]int
	if len(b) >= len(rows[0]) {
		return len(a) + len(b)
	}
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := 0; j <= len(b); j++ {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if lower(a[i-1]) == lower(b[j-1]) {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && lower(a[i-1]) == lower(b[j-2]) && lower(a[i-2]) == lower(b[j-1]) {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
