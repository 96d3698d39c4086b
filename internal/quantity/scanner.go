package quantity

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxInput bounds every input: no sensible string is longer, and with it every
// parser is bounded in time and memory.
const maxInput = 1024

// A scanner walks over one input and keeps the first failure. Names that start
// with "at" look ahead and never fail; names that start with "take" move on if
// they match and never fail; the others report false after a recorded failure.
type scanner struct {
	in   string
	pos  int
	fail *Error
	// example is a right input, proposed where no closer remedy is known.
	example string
	// upperM is one more than the offset of a lone "M" that was read as month.
	upperM int
}

// failAt records the first failure and returns false.
func (s *scanner) failAt(offset int, expected, found, suggestion string) bool {
	if s.fail != nil {
		return false
	}
	found = strings.TrimSpace(found)
	if suggestion == "" || len(suggestion) > 160 {
		suggestion = "write for example " + s.example
		if isNumberWord(letters(found, 0)) {
			suggestion = "write the number in digits"
		}
	}
	s.fail = &Error{Input: s.in, Offset: offset, Expected: expected, Found: excerpt(found, 24), Suggestion: suggestion}
	return false
}

// begin checks what holds for every input and moves to its first character.
func (s *scanner) begin(expected, example string) bool {
	s.example = example
	if len(s.in) > maxInput {
		return s.failAt(maxInput, "at most 1024 bytes", "", "")
	}
	for i := 0; i < len(s.in); {
		if s.in[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s.in[i:])
		if r == utf8.RuneError && n == 1 {
			return s.failAt(i, "valid UTF-8", s.in[i:i+1], "save the file as UTF-8")
		}
		i += n
	}
	s.space()
	if s.atEnd() {
		return s.failAt(s.pos, expected, "", "")
	}
	return true
}

// end accepts nothing but white space.
func (s *scanner) end(expected string) bool {
	s.space()
	if s.atEnd() {
		return true
	}
	return s.failAt(s.pos, expected, s.rest(), "remove "+quoted(s.rest()))
}

func quoted(text string) string { return `"` + excerpt(text, 24) + `"` }

// rest is the unread text without white space around it.
func (s *scanner) rest() string {
	end := len(s.in)
	for end > s.pos {
		r, n := utf8.DecodeLastRuneInString(s.in[s.pos:end])
		if !unicode.IsSpace(r) {
			break
		}
		end -= n
	}
	return s.in[s.pos:end]
}

func (s *scanner) atEnd() bool { return s.pos >= len(s.in) }

// next is the byte at the position, 0 at the end.
func (s *scanner) next() byte { return s.peek(0) }

// peek is the byte n after the position, 0 beyond the end.
func (s *scanner) peek(n int) byte {
	if i := s.pos + n; i < len(s.in) {
		return s.in[i]
	}
	return 0
}

// space skips white space: ASCII and the Unicode kind (no-break, narrow, wide).
func (s *scanner) space() bool {
	start := s.pos
	s.pos = skipSpace(s.in, s.pos)
	return s.pos > start
}

func skipSpace(in string, i int) int {
	for i < len(in) {
		c := in[i]
		if c == ' ' || c >= '\t' && c <= '\r' {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRuneInString(in[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += n
	}
	return i
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return lower(c) >= 'a' && lower(c) <= 'z' }

// inWord reports whether c may continue a word, so that "for" does not match
// the beginning of "forty". Every byte of a multi-byte rune may, unless the
// rune is white space or a sign.
func inWord(in string, i int) bool {
	if i >= len(in) {
		return false
	}
	c := in[i]
	if c < utf8.RuneSelf {
		return isLetter(c) || isDigit(c) || c == '_'
	}
	r, _ := utf8.DecodeRuneInString(in[i:])
	return unicode.IsLetter(r)
}

// match returns the end of phrase (lower case, ASCII) at offset i, -1 if it is
// not there. A space in the phrase stands for white space.
func match(in string, i int, phrase string) int {
	for j := 0; j < len(phrase); j++ {
		if phrase[j] == ' ' {
			k := skipSpace(in, i)
			if k == i {
				return -1
			}
			i = k
			continue
		}
		if i >= len(in) || lower(in[i]) != phrase[j] {
			return -1
		}
		i++
	}
	if inWord(in, i) {
		return -1
	}
	return i
}

// take moves past phrase and the white space behind it, if phrase is next.
func (s *scanner) take(phrase string) bool {
	i := match(s.in, s.pos, phrase)
	if i < 0 {
		return false
	}
	s.pos = i
	s.space()
	return true
}

// takeSign moves past a sign ("->", "/") and the white space behind it.
func (s *scanner) takeSign(sign string) bool {
	if len(s.in)-s.pos < len(sign) || s.in[s.pos:s.pos+len(sign)] != sign {
		return false
	}
	s.pos += len(sign)
	s.space()
	return true
}

// letters is the run of letters at offset i (ASCII, and the micro signs).
func letters(in string, i int) string {
	end := i
	for end < len(in) {
		switch c := in[end]; {
		case isLetter(c):
			end++
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(in[end:])
			if !unicode.IsLetter(r) {
				return in[i:end]
			}
			end += n
		default:
			return in[i:end]
		}
	}
	return in[i:end]
}

// token is what an error shows as found: the text up to the next white space.
func (s *scanner) token() string {
	end := s.pos
	for end < len(s.in) && skipSpace(s.in, end) == end {
		end++
	}
	return s.in[s.pos:end]
}
