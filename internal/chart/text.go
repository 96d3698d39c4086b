package chart

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const fontStack = `system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans','DejaVu Sans',sans-serif`

const (
	sizeText  = 12.0
	sizeSmall = 11.0
)

// clean makes a label that XML 1.0 can hold and that stays on its line: control
// characters, unpaired surrogates, noncharacters and marks of direction, which
// would turn what stands beside the label too, are dropped, invalid bytes become
// U+FFFD, white space becomes one space each.
func clean(s string) string {
	ok := true
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] >= 0x7f {
			ok = false
			break
		}
	}
	if ok {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s { // invalid bytes arrive as U+FFFD
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029:
			b.WriteByte(' ')
		case r < ' ' || r >= 0x7f && r < 0xa0:
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200e || r == 0x200f || r == 0x61c:
		case r >= 0xfdd0 && r <= 0xfdef || r&0xfffe == 0xfffe:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// The longest texts that are heard or hovered, not drawn, in letters. A name may
// be of any length and stands in many of them.
const (
	maxTip         = 300
	maxDescription = 6000
)

// shortened is s with at most n letters.
func shortened(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	for i := range s {
		if n--; n == 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// appendEscaped appends s, cleaned, as XML text or as the inside of a
// double-quoted attribute.
func appendEscaped(b []byte, s string) []byte {
	s = clean(s)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '&':
			b = append(b, "&amp;"...)
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '"':
			b = append(b, "&#34;"...)
		case '\'':
			b = append(b, "&#39;"...)
		default:
			b = append(b, c)
		}
	}
	return b
}

// textWidth estimates the width of s at a font size, in pixels. It errs to the
// wide side for the common sans-serif fonts: the advance widths are those of
// DejaVu Sans, the widest of them, by class of letter.
func textWidth(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w * size
}

func runeWidth(r rune) float64 {
	switch {
	case r >= '0' && r <= '9':
		return 0.636
	case strings.ContainsRune("iljI'|", r):
		return 0.30
	case strings.ContainsRune("ftr.,:;!()[]/\\ \u00a0-", r):
		return 0.38
	case r == 'm' || r == 'W' || r == '%' || r == '@' || r == '—' || r == '…':
		return 1.0
	case r == 'w' || r == 'M' || r == '+' || r == '=' || r == '<' || r == '>' || r == '~' || r == '×' || r == '→':
		return 0.86
	case r >= 'A' && r <= 'Z':
		return 0.70
	case r < 0x80:
		return 0.61
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) || unicode.Is(unicode.Cf, r):
		return 0
	case r >= 0x1100 && r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 || r >= 0xffe0 && r <= 0xffe6:
		return 1.0
	case r >= 0x1f000:
		return 1.3
	case unicode.IsUpper(r):
		return 0.76
	}
	return 0.66
}

// fit shortens s with an ellipsis until it is at most width pixels wide. A
// width that holds no letter gives "".
func fit(s string, size, width float64) string {
	s = clean(s)
	if textWidth(s, size) <= width {
		return s
	}
	room := width - runeWidth('…')*size
	used, cut := 0.0, 0
	for i, r := range s {
		w := runeWidth(r) * size
		if used+w > room {
			break
		}
		used += w
		cut = i + utf8.RuneLen(r)
	}
	if cut == 0 {
		return ""
	}
	return strings.TrimRight(s[:cut], " \u00a0-\u200d") + "…"
}

// wrap breaks s into at most lines lines of at most width pixels, at spaces or
// after '-', '/', '.', '_' and ':'; the last line is shortened if it must be.
func wrap(s string, size, width float64, lines int) []string {
	s = strings.TrimSpace(clean(s))
	var out []string
	for len(out) < lines-1 && textWidth(s, size) > width {
		used, cut := 0.0, 0
		for i, r := range s {
			used += runeWidth(r) * size
			if used > width && r != ' ' {
				break
			}
			if strings.ContainsRune(" -/._:", r) {
				cut = i + 1
			}
		}
		if cut == 0 || cut == len(s) {
			break
		}
		out = append(out, strings.TrimRight(s[:cut], " "))
		s = strings.TrimLeft(s[cut:], " ")
	}
	return append(out, fit(s, size, width))
}
