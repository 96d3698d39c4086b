// Package promyaml writes Prometheus rule files. It exists because rule files
// are the one kind of YAML that is written by the thousand: a general encoder
// costs more than everything else together. It writes the subset that rule
// files need; what it writes is read back with a YAML library in every test.
package promyaml

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Label is one name and value of a label or annotation.
type Label struct {
	Name, Value string
}

// Rule is a recording rule (Record set) or an alerting rule (Alert set).
type Rule struct {
	Record        string
	Alert         string
	Expr          string
	For           time.Duration
	KeepFiringFor time.Duration // needs Prometheus 2.42
	Labels        []Label
	Annotations   []Label
}

// Group is a list of rules that are evaluated in order.
type Group struct {
	Name        string
	Interval    time.Duration // 0: the server's default
	QueryOffset time.Duration // 0: none; needs Prometheus 2.53
	Limit       int           // 0: none
	Rules       []Rule
}

// AppendHeader appends a comment, one "# " line for each line of text.
func AppendHeader(dst []byte, text string) []byte {
	for line := range strings.Lines(text) {
		dst = append(dst, "# "...)
		dst = append(dst, strings.ToValidUTF8(strings.Map(visible, line), "�")...)
	}
	return append(dst, '\n')
}

// visible drops control characters, except the newline that ends a line.
func visible(r rune) rune {
	if (r < ' ' && r != '\n') || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
		return -1
	}
	return r
}

// AppendGroups appends the groups as the items of a "groups:" list, each line
// indented by indent spaces. It writes no "groups:" key, so that a caller can
// stream.
func AppendGroups(dst []byte, groups []Group, indent int) []byte {
	pad := spaces(indent)
	key := func(prefix, name string) {
		dst = append(dst, pad...)
		dst = append(dst, prefix...)
		dst = append(dst, name...)
		dst = append(dst, ": "...)
	}
	for _, g := range groups {
		key("- ", "name")
		dst = AppendString(dst, g.Name)
		dst = append(dst, '\n')
		if g.Interval > 0 {
			key("  ", "interval")
			dst = append(AppendDuration(dst, g.Interval), '\n')
		}
		if g.QueryOffset > 0 {
			key("  ", "query_offset")
			dst = append(AppendDuration(dst, g.QueryOffset), '\n')
		}
		if g.Limit > 0 {
			key("  ", "limit")
			dst = append(strconv.AppendInt(dst, int64(g.Limit), 10), '\n')
		}
		dst = append(dst, pad...)
		dst = append(dst, "  rules:\n"...)
		for _, r := range g.Rules {
			if r.Record != "" {
				key("    - ", "record")
				dst = AppendString(dst, r.Record)
			} else {
				key("    - ", "alert")
				dst = AppendString(dst, r.Alert)
			}
			dst = append(dst, '\n')
			key("      ", "expr")
			dst = append(appendText(dst, r.Expr, indent+8), '\n')
			if r.For > 0 {
				key("      ", "for")
				dst = append(AppendDuration(dst, r.For), '\n')
			}
			if r.KeepFiringFor > 0 {
				key("      ", "keep_firing_for")
				dst = append(AppendDuration(dst, r.KeepFiringFor), '\n')
			}
			dst = appendLabels(dst, "labels", r.Labels, indent+6)
			dst = appendLabels(dst, "annotations", r.Annotations, indent+6)
		}
	}
	return dst
}

// spaces are n of them, mostly without an allocation.
func spaces(n int) string {
	const some = "                                "
	if n <= len(some) {
		return some[:n]
	}
	return strings.Repeat(" ", n)
}

func appendLabels(dst []byte, name string, labels []Label, indent int) []byte {
	if len(labels) == 0 {
		return dst
	}
	pad := spaces(indent)
	dst = append(append(append(dst, pad...), name...), ":\n"...)
	for _, l := range labels {
		dst = append(append(dst, pad...), "  "...)
		dst = AppendString(dst, l.Name)
		dst = append(dst, ": "...)
		dst = append(appendText(dst, l.Value, indent+4), '\n')
	}
	return dst
}

// appendText writes s as a literal block if it has several plain lines,
// otherwise as AppendString does.
func appendText(dst []byte, s string, indent int) []byte {
	if !strings.Contains(s, "\n") || !blockSafe(s) {
		return AppendString(dst, s)
	}
	dst = append(dst, "|-"...)
	pad := spaces(indent)
	for line := range strings.SplitSeq(s, "\n") {
		dst = append(dst, '\n')
		if line != "" {
			dst = append(append(dst, pad...), line...)
		}
	}
	return dst
}

// blockSafe reports whether a literal block gives s back: no control
// characters, no leading space on the first line (it would set the
// indentation), no newline at either end.
func blockSafe(s string) bool {
	return s[0] != ' ' && s[0] != '\n' && s[len(s)-1] != '\n' && s[len(s)-1] != ' ' && printable(s, true)
}

// printable reports whether all runes of s are plain, or newlines where lines
// are allowed.
func printable(s string, lines bool) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf: // seldom: begin anew, rune by rune
			for _, r := range s {
				if !plainRune(r) && (r != '\n' || !lines) {
					return false
				}
			}
			return true // an invalid byte is RuneError, which is not plain
		case c < ' ' && (c != '\n' || !lines), c == 0x7f:
			return false
		}
	}
	return true
}

func plainRune(r rune) bool {
	return r >= ' ' && r != 0x7f && !(r >= 0x80 && r < 0xa0) && r != 0x2028 && r != 0x2029 && r != 0xfeff &&
		r != utf8.RuneError && !(r >= 0xfff0 && r <= 0xffff)
}

// AppendString appends s as a plain scalar where every YAML version reads it
// back as that string, otherwise in quotes. Bytes that are not UTF-8 become
// U+FFFD: YAML cannot hold them, so callers refuse them before.
func AppendString(dst []byte, s string) []byte {
	if isPlain(s) {
		return append(dst, s...)
	}
	if printable(s, false) {
		dst = append(dst, '\'')
		for {
			i := strings.IndexByte(s, '\'')
			if i < 0 {
				return append(append(dst, s...), '\'')
			}
			dst = append(append(dst, s[:i]...), "''"...)
			s = s[i+1:]
		}
	}
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case plainRune(r):
			dst = utf8.AppendRune(dst, r)
		case r == utf8.RuneError:
			dst = append(dst, `\uFFFD`...)
		case r <= 0xff:
			dst = append(dst, '\\', 'x', hex[r>>4&15], hex[r&15])
		default:
			dst = append(dst, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
		}
	}
	return append(dst, '"')
}

const hex = "0123456789ABCDEF"

// isPlain is narrow on purpose: names that begin with a letter and could not
// be a boolean, null, number or timestamp in YAML 1.1 or 1.2.
func isPlain(s string) bool {
	if s == "" || len(s) > 200 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_':
		case i == 0:
			return false
		case c >= '-' && c <= '9': // digits and -./
		case c == ':' && i+1 < len(s): // not followed by a space or the end
		default:
			return false
		}
	}
	if len(s) > len("false") {
		return true
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null":
		return false
	}
	return true
}

// AppendDuration appends d as Prometheus writes durations: 1h30m, 30d, 90s as
// 1m30s. Milliseconds are the smallest unit; 0 is 0s.
func AppendDuration(dst []byte, d time.Duration) []byte {
	ms := d.Milliseconds()
	if ms <= 0 {
		return append(dst, '0', 's')
	}
	for _, u := range [...]struct {
		ms   int64
		name string
	}{{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}} {
		if n := ms / u.ms; n > 0 {
			dst = strconv.AppendInt(dst, n, 10)
			dst = append(dst, u.name...)
			ms -= n * u.ms
		}
	}
	return dst
}

// Duration is AppendDuration as a string.
func Duration(d time.Duration) string { return string(AppendDuration(nil, d)) }
