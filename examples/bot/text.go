package main

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// mostText is the length of an answer in letters.
const mostText = 3000

// plain is text as the chat shows it letter by letter: no mention, no link, no
// control character but the end of a line, no mark that turns the direction.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.In(r, unicode.Zl, unicode.Zp) || r == '\t':
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Bidi_Control) || r == '\ufeff':
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return escape.Replace(cut(strings.TrimRight(s, "\n"), mostText))
}

// named is a name, or what somebody typed for one, on one line and not too long.
func named(s string) string {
	return cut(strings.Join(strings.Fields(s), " "), 80)
}

// cut is s with at most n letters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// percent is a share to three significant digits, or to as many as tell it from 100 %.
func percent(ratio float64) string {
	for digits := 3; ; digits++ {
		if text := figure(100*ratio, digits); ratio >= 1 || digits == 17 || text != "100" {
			return text + "%"
		}
	}
}

// figure is a number with so many significant digits and no exponent.
func figure(v float64, digits int) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64)
	if err != nil { // beyond the greatest number
		rounded = v
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// minute is an instant for people, with its zone.
func minute(t time.Time) string { return t.Format("Mon 2006-01-02 15:04 MST") }

// instead names what could have been meant: the nearest name, else all of a few.
func instead(word string, names []string) string {
	best, least := "", 1+utf8.RuneCountInString(word)/3
	for _, name := range names {
		if d := distance(fold(word), fold(name), least); d <= least && (best == "" || d < least) {
			best, least = name, d
		}
	}
	switch {
	case best != "":
		return "did you mean " + named(best) + "?"
	case len(names) == 0:
		return "there is none"
	}
	var few []string
	for _, name := range names[:min(len(names), 8)] {
		few = append(few, named(name))
	}
	text := "there is " + strings.Join(few, ", ")
	if more := len(names) - len(few); more > 0 {
		text += " and " + strconv.Itoa(more) + " more"
	}
	return text
}

func fold(s string) string { return strings.ToLower(s) }

// distance is how many letters are to be changed, put in or left out to make b of
// a, or more than most.
func distance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if d := len(x) - len(y); max(d, -d) > most || len(x) > 200 {
		return most + 1
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range y {
			change := diagonal
			if r != s {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
		if slices.Min(row) > most {
			return most + 1
		}
	}
	return row[len(y)]
}
