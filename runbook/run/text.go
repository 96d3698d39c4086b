package run

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/srekit/ownership/internal/prose"
)

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

// tidy is text that a log can hold: valid UTF-8.
func tidy(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// visible escapes what is not printed as itself: control characters, marks that turn
// the direction of writing, and separators other than a space. Line breaks and tabs
// stay where block is set.
func visible(s string, block bool) string {
	var b strings.Builder
	for _, r := range tidy(s) {
		switch {
		case r == ' ' || unicode.IsPrint(r), block && (r == '\n' || r == '\t'):
			b.WriteRune(r)
		default:
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// whole is s without the character at its end of which a part was cut off.
func whole(s string) string {
	for n := len(s) - 1; n >= max(0, len(s)-utf8.UTFMax); n-- {
		if utf8.RuneStart(s[n]) {
			if !utf8.FullRuneInString(s[n:]) {
				return s[:n]
			}
			break
		}
	}
	return s
}

// cut is s with at most n bytes, ending in a whole character.
func cut(s string, n int) (string, bool) {
	if len(s) <= n {
		return s, false
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n], true
}
