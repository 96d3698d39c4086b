package runbook

import (
	"strings"
	"unicode"
)

// visible is text without characters that cannot be seen (controls, marks of
// direction); line feeds and tabs stay. The result is UTF-8.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029 || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// oneLine is text in one line, at most 500 characters of it.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(visible(s)), " ")
	if r := []rune(s); len(r) > 500 {
		s = string(r[:499]) + "…"
	}
	return s
}

// escape is text in one line that Markdown shows as it is, also where the line
// begins: nothing of it is markup or HTML.
func escape(s string) string {
	s = markup.Replace(oneLine(s))
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits < len(s) && strings.IndexByte("-+=.)", s[digits]) >= 0 {
		s = s[:digits] + `\` + s[digits:]
	}
	return s
}

var markup = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`, "{", `\{`, "}", `\}`, "!", `\!`, "$", `\$`)

// valid is text as UTF-8 without carriage returns before line ends.
func valid(b []byte) string {
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return s
}
