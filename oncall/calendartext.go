package oncall

import (
	"time"
	"unicode/utf8"
)

// calendarText writes the lines of an iCalendar object (RFC 5545, section 3.1).
type calendarText struct {
	b []byte
}

// maxLine is how many bytes a line may have before it is folded, its end not
// counted (RFC 5545, section 3.1).
const maxLine = 75

// line writes one content line whose value needs no escaping, folded at maxLine
// bytes and never within a letter.
func (c *calendarText) line(name, value string) {
	at := len(c.b)
	c.b = append(append(append(c.b, name...), ':'), value...)
	c.fold(at)
}

// text writes one content line with a value of type TEXT.
func (c *calendarText) text(name, value string) {
	at := len(c.b)
	c.b = appendCalendarText(append(append(c.b, name...), ':'), value)
	c.fold(at)
}

// instant writes one content line with an instant in UTC, which is right in
// every zone and needs no table of its offsets.
func (c *calendarText) instant(name string, t time.Time) {
	c.b = append(append(c.b, name...), ':')
	c.b = append(t.UTC().AppendFormat(c.b, calendarInstant), "\r\n"...)
}

// calendarInstant is form 2 of RFC 5545, section 3.3.5: a date with UTC time.
const calendarInstant = "20060102T150405Z"

// fold ends the line that begins at byte at and breaks it where it is too long:
// each piece after the first begins with a space, which counts.
func (c *calendarText) fold(at int) {
	if len(c.b)-at <= maxLine {
		c.b = append(c.b, "\r\n"...)
		return
	}
	rest := string(c.b[at:])
	c.b = c.b[:at]
	for room := maxLine; len(rest) > room; room = maxLine - 1 {
		n := room
		for !utf8.RuneStart(rest[n]) {
			n--
		}
		c.b = append(append(c.b, rest[:n]...), "\r\n "...)
		rest = rest[n:]
	}
	c.b = append(append(c.b, rest...), "\r\n"...)
}

// appendCalendarText appends s as a value of type TEXT (RFC 5545, section
// 3.3.11). Control characters and bidirectional overrides, which a calendar
// must not hold or should not obey, are left out; invalid bytes become U+FFFD.
func appendCalendarText(b []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '\\' || r == ';' || r == ',':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t' || r == 0x85 || r == 0x2028 || r == 0x2029:
			b = append(b, ' ')
		case r < ' ' || r >= 0x7f && r < 0xa0:
		case r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
