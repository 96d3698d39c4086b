package release

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/chart"
	"github.com/srekit/ownership/internal/quantity"
)

// short is a duration as a spec writes it: 30m, 1h30m.
func short(d time.Duration) string {
	if d <= 0 {
		return d.String()
	}
	return quantity.Duration{Fixed: d}.String()
}

// percent is a share for people, to about four significant digits: 12.35 %.
func percent(share float64) string { return ascii.Replace(chart.Percent.Format(share)) }

var ascii = strings.NewReplacer("\u00a0", " ", "\u2212", "-")

// figure is a number for people, with three significant digits.
func figure(v float64) string {
	if v != 0 && (math.Abs(v) >= 1000 || math.Abs(v) < 0.001) {
		if math.Abs(v) < 1e15 && math.Abs(v) >= 1000 {
			return strconv.FormatFloat(math.Round(v), 'f', -1, 64)
		}
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// clock is an instant for people, in its own zone.
func clock(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") }

// seconds is a duration in JSON: a number of seconds, exact to the nanosecond.
type seconds time.Duration

func (s seconds) MarshalJSON() ([]byte, error) {
	sign, d := "", uint64(s)
	if s < 0 {
		sign, d = "-", -d
	}
	text := fmt.Sprintf("%s%d.%09d", sign, d/1e9, d%1e9)
	return []byte(strings.TrimSuffix(strings.TrimRight(text, "0"), ".")), nil
}

func (s *seconds) UnmarshalJSON(text []byte) error {
	t := string(text)
	if t == "null" {
		return nil
	}
	// ParseDuration reads plain decimals exactly; an exponent goes through a float64.
	if d, err := time.ParseDuration(t + "s"); err == nil {
		*s = seconds(d)
		return nil
	}
	f, err := strconv.ParseFloat(t, 64)
	if ns := math.Round(f * 1e9); err == nil && math.Abs(ns) < 1<<63 {
		*s = seconds(ns)
		return nil
	}
	return fmt.Errorf("%s is no number of seconds within 292 years", t)
}

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
	p.add("name", kind, strconv.Itoa(int(i)), "no such "+kind, "use "+oneOf(names))
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
	p.add("name", kind, string(text), "no such "+kind, "write "+oneOf(names))
	return 0, p.err()
}

func oneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// tableCell is text as a cell of a Markdown table: in one line, nothing of it markup.
func tableCell(s string) string { return markup.Replace(strings.Join(strings.Fields(s), " ")) }

var markup = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`",
	"*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "#", `\#`)

// table is a Markdown table: the first row is the head.
func table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("| " + strings.Join(row, " | ") + " |\n")
		if i == 0 {
			b.WriteString("|" + strings.Repeat(" --- |", len(row)) + "\n")
		}
	}
	return b.String()
}
