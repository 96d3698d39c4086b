package run

import (
	mathbits "math/bits"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What has the form of a credential is what two lists of expressions match. An expression
// that looks at every byte is slow, and most text has no credential in it. So the text is
// searched for the places where a match could begin, and the expressions are asked there
// alone, anchored. As no match is without such a place, and the places are tried in order,
// what is found is what the expressions find by themselves.

// issued are credentials with a form of their own, from the documentation of who issues
// them. Each match begins with one of begins, at least three bytes long, as it stands.
var issued = []struct {
	begins []string
	form   string
}{
	{[]string{"-----BEGIN "}, `-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)`},
	{[]string{"AKIA", "ASIA", "ABIA", "ACCA"}, `\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b`},
	{[]string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}, `\bgh[pousr]_[0-9A-Za-z]{30,}`},
	{[]string{"github_pat_"}, `\bgithub_pat_[0-9A-Za-z_]{22,}`},
	{[]string{"glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glsoat-"}, `\bgl(?:pat|dt|rt|cbt|ptt|ft|soat)-[0-9A-Za-z_.-]{20,}`},
	{[]string{"AIza"}, `\bAIza[0-9A-Za-z_-]{35}`},
	{[]string{"ya29."}, `\bya29\.[0-9A-Za-z_-]{20,}`},
	{[]string{"npm_"}, `\bnpm_[0-9A-Za-z]{36}`},
	{[]string{"xoxa-", "xoxb-", "xoxe-", "xoxo-", "xoxp-", "xoxr-", "xoxs-"}, `\bxox[abeoprs]-[0-9A-Za-z-]{10,}`},
	{[]string{"rk_live_", "rk_test_", "sk_live_", "sk_test_"}, `\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}`},
	{[]string{"hvs.", "hvb.", "hvr."}, `\bhv[sbr]\.[0-9A-Za-z_-]{24,}`},
	{[]string{"dop_v1_"}, `\bdop_v1_[0-9a-f]{64}`},
	{[]string{webToken}, `\beyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]*)?`},
}

// webToken begins a JSON web token: {" in base64.
const webToken = "eyJ"

// assigned are credentials by what stands in front of them. Group 1, 2, 3 or 4 stays.
var assigned = []string{
	`(authorization["']?\s*[:=]\s*["']?(?:(?:bearer|basic|token|digest)\s+)?)[^\s"',;]+`,
	`(\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]+@`, // an @ stays as well
	`((?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret)["']?\s*[:=]\s*["']?)[^\s"',;&]+`,
	`(\bbearer\s+)[0-9a-z._~+/=-]{12,}`,
}

// names are the words of assigned that : or = follows, by their last byte in both cases.
// A word that ends with another one stands before it.
var names = func() (out [256][]string) {
	for _, n := range []string{
		"authorization", "password", "passwd", "passphrase", "pwd", "client_secret", "client-secret", "clientsecret", "secret", "token",
		"api_key", "api-key", "apikey", "access_key", "access-key", "accesskey", "private_key", "private-key", "privatekey",
	} {
		last := n[len(n)-1]
		out[last], out[last-0x20] = append(out[last], n), append(out[last-0x20], n)
	}
	return out
}()

// marks has a bit for each of issued: whether one of its begins has the byte as its first,
// second and third.
var marks = func() (out [3][256]uint16) {
	for bit, c := range issued {
		for _, begin := range c.begins {
			for i := range out {
				out[i][begin[i]] |= 1 << bit
			}
		}
	}
	return out
}()

var (
	issuedHere = func() *regexp.Regexp {
		var forms []string
		for _, c := range issued {
			forms = append(forms, c.form)
		}
		return here(strings.Join(forms, "|"))
	}()
	assignedHere = here(`(?i)` + strings.Join(assigned, "|"))
)

// here is the expression where it is to match: behind one character, which \b looks at.
func here(expression string) *regexp.Regexp {
	return regexp.MustCompile(`\A(?s:.)(?:` + expression + `)`)
}

// match is the match of an expression made by here that begins at i, in the form of
// regexp but for its beginning; nil where there is none.
func match(e *regexp.Regexp, text string, i int) []int {
	shift := -1
	if i == 0 {
		text = "\n" + text // no part of a word, as the beginning is none
	} else {
		_, size := utf8.DecodeLastRuneInString(text[:i])
		shift = i - size
		text = text[shift:]
	}
	m := e.FindStringSubmatchIndex(text)
	for j := range m {
		if m[j] >= 0 {
			m[j] += shift
		}
	}
	return m
}

// withoutIssued replaces what issued finds.
func withoutIssued(text string) string {
	var b strings.Builder
	from := 0   // what stands before is in b
	barren := 0 // no web token begins before
	for i := 0; i+2 < len(text); i++ {
		bits := marks[0][text[i]] & marks[1][text[i+1]] & marks[2][text[i+2]]
		if bits == 0 || !begins(text[i:], bits) || text[i] != '-' && i > 0 && wordByte(text[i-1]) {
			continue
		}
		if strings.HasPrefix(text[i:], webToken) {
			// All that begin in the same word end with it, and are none if this is none.
			// To ask for each would take the square of the word's length.
			if i < barren {
				continue
			}
			if end, ok := webTokenAt(text, i); !ok {
				barren = end
				continue
			}
		}
		if m := match(issuedHere, text, i); m != nil {
			b.WriteString(text[from:i])
			b.WriteString(redacted)
			from = m[1]
			i = from - 1
		}
	}
	if from == 0 {
		return text
	}
	b.WriteString(text[from:])
	return b.String()
}

// begins reports whether the text begins as one of issued does, of those with a bit.
func begins(text string, bits uint16) bool {
	for ; bits != 0; bits &= bits - 1 {
		for _, begin := range issued[mathbits.TrailingZeros16(bits)].begins {
			if strings.HasPrefix(text, begin) {
				return true
			}
		}
	}
	return false
}

// webTokenAt reports whether what begins at i like a web token is one, and where its
// first word ends.
func webTokenAt(text string, i int) (end int, ok bool) {
	word := func(c byte) bool { return c == '-' || wordByte(c) }
	begin := i + len(webToken)
	for end = begin; end < len(text) && word(text[end]); end++ {
	}
	if end-begin < 8 || len(text)-end < 9 || text[end] != '.' {
		return end, false
	}
	for _, c := range []byte(text[end+1 : end+9]) {
		ok = word(c)
		if !ok {
			break
		}
	}
	return end, ok
}

// withoutAssigned replaces what assigned finds. Three of the four have a : or = behind a
// word or a scheme, so the search is for these and goes back from there.
func withoutAssigned(text string) string {
	var b strings.Builder
	from := 0 // what stands before is in b
	for i := 0; i < len(text); i++ {
		one, other := -1, -1 // where a match may begin
		switch text[i] {
		default:
			continue
		case 'b', 'B':
			if len(text)-i > 6 && strings.EqualFold(text[i:i+6], "bearer") && space(text[i+6]) {
				one = i
			}
		case ':', '=':
			one, other = nameBefore(text, from, i), schemeBefore(text, from, i)
			if other >= 0 && other < one {
				one, other = other, one
			}
		}
		for _, begin := range [...]int{one, other} {
			if begin < 0 {
				continue
			}
			m := match(assignedHere, text, begin)
			if m == nil {
				continue
			}
			kept := max(m[3], m[5], m[7], m[9]) // the end of the group that there is
			b.WriteString(text[from:kept])
			b.WriteString(redacted)
			if m[5] >= 0 {
				b.WriteByte('@')
			}
			from = m[1]
			i = from - 1
			break
		}
	}
	if from == 0 {
		return text
	}
	b.WriteString(text[from:])
	return b.String()
}

// nameBefore is where one of names begins in text[from:i] that ends before i, but for a
// quote and spaces; -1 where there is none.
func nameBefore(text string, from, i int) int {
	for i > from && space(text[i-1]) {
		i--
	}
	if i > from && (text[i-1] == '"' || text[i-1] == '\'') {
		i--
	}
	if i > from {
		for _, name := range names[text[i-1]] {
			if size := foldedSuffix(text[from:i], name); size > 0 {
				return i - size
			}
		}
	}
	return -1
}

// foldedSuffix is the length of what ends the text and is the word, which is in lower case,
// in any case; 0 where there is none. The letters s and k have a third form each.
func foldedSuffix(text, word string) int {
	n := len(text)
	for i := len(word) - 1; i >= 0; i-- {
		c := word[i]
		switch {
		case n > 0 && (text[n-1] == c || c >= 'a' && text[n-1] == c-0x20):
			n--
		case c == 's' && strings.HasSuffix(text[:n], "ſ"):
			n -= len("ſ")
		case c == 'k' && strings.HasSuffix(text[:n], "\u212a"):
			n -= len("\u212a")
		default:
			return 0
		}
	}
	return len(text) - n
}

// schemeBefore is where the scheme of a URL with a password begins in text[from:i] whose
// :// stands at i; -1 where there is none.
func schemeBefore(text string, from, i int) int {
	rest, isURL := strings.CutPrefix(text[i:], "://")
	if !isURL {
		return -1
	}
	user := strings.IndexAny(rest, ":/@ \t\n\f\r")
	if user < 0 || rest[user] != ':' {
		return -1
	}
	rest = rest[user+1:]
	if password := strings.IndexAny(rest, "/@ \t\n\f\r"); password < 1 || rest[password] != '@' {
		return -1
	}
	begin := -1
	for j := i; j > from; {
		r, size := utf8.DecodeLastRuneInString(text[from:j])
		letter := r|0x20 >= 'a' && r|0x20 <= 'z' || r == 'ſ' || r == '\u212a'
		if !letter && (r < '0' || r > '9') && r != '+' && r != '.' && r != '-' {
			break
		}
		j -= size
		// At the edge of a word, as \b has it.
		if letter && (j > 0 && wordByte(text[j-1])) != wordByte(text[j]) {
			begin = j
		}
	}
	return begin
}

func space(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' && c != '\v' }

func wordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_'
}
