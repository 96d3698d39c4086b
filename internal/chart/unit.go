package chart

import (
	"math"
	"strconv"
	"strings"
)

// Unit says what the numbers of an axis mean and how they are written.
type Unit int

const (
	Number  Unit = iota // 0.25, 1,500 as 1500, 12k, 3.4M: decimal (SI) prefixes from 10,000 on
	Count               // like Number, and ticks are whole
	Percent             // a ratio: 0.999 is written "99.9 %"
	Factor              // a multiple: a burn rate of 14.4 is written "14.4×"
	Bytes               // binary prefixes: 1536 is "1.5 KiB"
	Seconds             // a length of time: 0.25 is "250 ms", 5400 is "1h30m"
)

// Format writes one value with about four significant digits. NaN and infinite
// values are written "–".
func (u Unit) Format(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	a := math.Abs(v)
	switch u {
	case Percent:
		digits := 4
		if a > 0.9 && a < 1 { // show what is left to one with two digits
			digits = 4 + min(max(int(math.Ceil(-math.Log10(1-a)))-3, 0), 5)
		}
		if a >= 1e-10 && a < 1e-5 { // shares of objectives with many nines stay plain
			return minus(trimZeros(strconv.FormatFloat(v*100, 'f', 1-int(math.Floor(math.Log10(a))), 64))) + "\u00a0%"
		}
		return significant(v*100, digits) + "\u00a0%"
	case Factor:
		return significant(v, 4) + "×"
	case Bytes:
		return formatBytes(v, 4)
	case Seconds:
		return formatSeconds(v, 3)
	}
	div, prefix := siPrefix(a)
	return significant(v/div, 4) + prefix
}

// formatTick writes a tick: step is the distance between ticks, largest the
// greatest absolute value on the axis.
func (u Unit) formatTick(v, step, largest float64) string {
	switch u {
	case Percent:
		return decimal(v*100, step*100) + "\u00a0%"
	case Factor:
		return decimal(v, step) + "×"
	case Bytes:
		return formatBytes(v, digitsFor(v, step))
	case Seconds:
		return tickSeconds(v, step)
	}
	if v == 0 {
		return "0"
	}
	div, prefix := siPrefix(largest)
	return decimal(v/div, step/div) + prefix
}

func siPrefix(a float64) (float64, string) {
	switch {
	case a >= 1e21 || a < 1e4:
		return 1, ""
	case a >= 1e18:
		return 1e18, "E"
	case a >= 1e15:
		return 1e15, "P"
	case a >= 1e12:
		return 1e12, "T"
	case a >= 1e9:
		return 1e9, "G"
	case a >= 1e6:
		return 1e6, "M"
	}
	return 1e3, "k"
}

// significant writes v with at most digits significant digits and no trailing
// zeros; an exponent only where plain digits would be long.
func significant(v float64, digits int) string {
	a := math.Abs(v)
	if a == 0 {
		return "0"
	}
	if a < 1e-3 || a >= 1e9 {
		return minus(tidyExponent(strconv.FormatFloat(v, 'e', digits-1, 64)))
	}
	d := min(max(digits-1-int(math.Floor(math.Log10(a))), 0), 15)
	return minus(trimZeros(strconv.FormatFloat(v, 'f', d, 64)))
}

// digitsFor returns how many significant digits tell v from v + step.
func digitsFor(v, step float64) int {
	r := math.Abs(v) / step
	if !(r > 1) {
		return 4
	}
	return min(max(int(math.Ceil(math.Log10(r)))+2, 4), 15)
}

// decimal writes v with as many decimals as multiples of step need.
func decimal(v, step float64) string {
	a := math.Max(math.Abs(v), math.Abs(step))
	if a >= 1e9 || step > 0 && step < 1e-6 {
		return significant(v, digitsFor(v, step))
	}
	d := 0
	for x := step; d < 7 && math.Abs(x-math.Round(x)) > 1e-6*math.Abs(x); d++ {
		x *= 10
	}
	return minus(strconv.FormatFloat(v, 'f', d, 64))
}

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}

// tidyExponent turns "5.000e-04" into "5e-4".
func tidyExponent(s string) string {
	m, e, ok := strings.Cut(s, "e")
	if !ok {
		return s
	}
	n, err := strconv.Atoi(e)
	if err != nil {
		return s
	}
	return trimZeros(m) + "e" + strconv.Itoa(n)
}

// minus writes the sign as a minus, and no sign before zero.
func minus(s string) string {
	if !strings.HasPrefix(s, "-") {
		return s
	}
	if strings.Trim(s, "-0.") == "" {
		return s[1:]
	}
	return "−" + s[1:]
}

func formatBytes(v float64, digits int) string {
	a := math.Abs(v)
	prefixes := [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	i := 0
	for a >= 1024 && i < len(prefixes)-1 {
		a /= 1024
		i++
	}
	return significant(math.Copysign(a, v), digits) + "\u00a0" + prefixes[i]
}

// formatSeconds writes a length of time: below a minute with a decimal prefix,
// above with its two largest units.
func formatSeconds(v float64, digits int) string {
	a := math.Abs(v)
	sign := ""
	if v < 0 {
		sign = "−"
	}
	switch {
	case a == 0:
		return "0\u00a0s"
	case a < 1e-6:
		return significant(v*1e9, digits) + "\u00a0ns"
	case a < 1e-3:
		return significant(v*1e6, digits) + "\u00a0µs"
	case a < 1:
		return significant(v*1e3, digits) + "\u00a0ms"
	case a < 60:
		return significant(v, digits) + "\u00a0s"
	case a >= 1e13:
		return significant(v/86400, digits) + "d"
	}
	return sign + clockUnits(a, 2)
}

// tickSeconds writes a tick exactly: with decimals below a minute or if ticks
// are closer than a second, otherwise in all units that it needs.
func tickSeconds(v, step float64) string {
	a := math.Abs(v)
	switch {
	case a == 0 || a < 1e-9 || a >= 1e13:
		return formatSeconds(v, 5)
	case a < 1e-6:
		return trimZeros(decimal(v*1e9, step*1e9)) + "\u00a0ns"
	case a < 1e-3:
		return trimZeros(decimal(v*1e6, step*1e6)) + "\u00a0µs"
	case a < 1:
		return trimZeros(decimal(v*1e3, step*1e3)) + "\u00a0ms"
	case a < 60 || step < 1:
		return trimZeros(decimal(v, step)) + "\u00a0s"
	case v < 0:
		return "−" + clockUnits(a, 4)
	}
	return clockUnits(a, 4)
}

// clockUnits writes seconds of a minute and more in the given number of units,
// the largest first; units that are zero are left out.
func clockUnits(a float64, most int) string {
	n := int64(math.Round(a))
	var b strings.Builder
	for _, u := range [...]struct {
		length int64
		name   string
	}{{86400, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}} {
		if b.Len() > 0 || n >= u.length {
			most--
		}
		if k := n / u.length; k > 0 && most >= 0 {
			b.WriteString(strconv.FormatInt(k, 10) + u.name)
		}
		n %= u.length
	}
	return b.String()
}
