package ownership

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/token"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// scalar is the text of a value, as written.
func (d *decoder) scalar(n *node, path string) (string, bool) {
	switch {
	case n.kind != scalarNode:
		remedy := "write one value behind the colon"
		if n.kind == mappingNode {
			remedy += "; if it holds a colon itself, put it in quotes"
		}
		d.fail(n, path, "type", n.kind.String()+" stands here instead of a value", remedy)
	case n.typ == token.BoolType:
		d.fail(n, path, "type", "YAML reads this as true or false, not as text", `put it in quotes if it is a name: "`+n.text+`"`)
	case strings.TrimSpace(n.text) == "":
		d.fail(n, path, "empty", "the value is empty", "write one, or remove the key")
	case len(n.text) > maxScalar:
		d.fail(n, path, "too-large", fmt.Sprintf("the value has %d bytes, more than %d", len(n.text), maxScalar), "shorten it")
	default:
		return n.text, true
	}
	return "", false
}

// maxScalar bounds one value; queries are the longest.
const maxScalar = 16 << 10

func (f fields) text(key string) (string, bool) {
	n := f.get(key)
	if n == nil {
		return "", false
	}
	return f.d.scalar(n, f.at(key))
}

// str is the text of a key, empty if it is absent or wrong.
func (f fields) str(key string) string {
	s, _ := f.text(key)
	return strings.TrimSpace(s)
}

// peek is the text of a key without a word about what is wrong with it.
func (f fields) peek(key string) string {
	if n := f.get(key); n != nil && n.kind == scalarNode {
		return n.text
	}
	return ""
}

// name is str for names: one line without control characters.
func (f fields) name(key string) string {
	n := f.get(key)
	if n == nil {
		return ""
	}
	return f.d.name(n, f.at(key))
}

// name is the text of a node that is a name; empty if it is none.
func (d *decoder) name(n *node, path string) string {
	s, ok := d.scalar(n, path)
	if !ok || !d.checkName(n, path, s) {
		return ""
	}
	return strings.TrimSpace(s)
}

func (d *decoder) checkName(n *node, path, s string) bool {
	if len(s) > 200 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		d.fail(n, path, "name", "a name is one line of at most 200 characters", "shorten it")
		return false
	}
	return true
}

// names is a list of distinct names.
func (f fields) names(key string) []string {
	var out []string
	f.list(key, false, func(n *node, path string) {
		s := f.d.name(n, path)
		if s == "" {
			return
		}
		if slices.Contains(out, s) {
			f.d.fail(n, path, "duplicate", "the name is in the list already", "keep one of them")
			return
		}
		out = append(out, s)
	})
	return out
}

// word is one of the words that the key allows.
func (f fields) word(key string, words ...string) string {
	n := f.get(key)
	s, ok := f.text(key)
	if !ok {
		return ""
	}
	if w := strings.TrimSpace(s); slices.Contains(words, w) {
		return w
	}
	remedy := "write " + alternatives(words)
	if near := diag.Nearest(s, words); near != "" {
		remedy = "did you mean " + near + "?"
	}
	f.d.fail(n, f.at(key), "word", "no value of "+key, remedy)
	return ""
}

func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func (f fields) boolean(key string) bool {
	n := f.get(key)
	if n == nil {
		return false
	}
	if n.kind == scalarNode {
		text := n.text
		if n.typ == token.BoolType {
			text = strings.ToLower(text)
		}
		switch text {
		case "true":
			return true
		case "false":
			return false
		}
	}
	f.d.fail(n, f.at(key), "type", "neither true nor false stands here", "write true or false")
	return false
}

func (d *decoder) ratio(n *node, path string) (slo.Ratio, bool) {
	s, ok := d.scalar(n, path)
	if !ok {
		return slo.Ratio{}, false
	}
	r, err := slo.ParseRatio(s)
	if err != nil {
		d.bad(n, path, err)
		return slo.Ratio{}, false
	}
	return r, true
}

func (f fields) ratio(key string) (slo.Ratio, bool) {
	if n := f.get(key); n != nil {
		return f.d.ratio(n, f.at(key))
	}
	return slo.Ratio{}, false
}

// exact is the ratio that a fraction stands for.
func exact(f quantity.Fraction) (slo.Ratio, bool) {
	if !f.IsSet() || f.Num > f.Den {
		return slo.Ratio{}, false
	}
	coefficient, scale, ok := f.Decimal()
	if !ok {
		return slo.Ratio{}, false
	}
	digits := strconv.FormatUint(coefficient, 10)
	if scale > 0 {
		if missing := scale + 1 - len(digits); missing > 0 {
			digits = strings.Repeat("0", missing) + digits
		}
		digits = digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
	}
	r, err := slo.ParseRatio(digits)
	return r, err == nil
}

// duration reads a length that is the same at any time of the year.
func (d *decoder) duration(n *node, path string) (time.Duration, bool) {
	s, ok := d.scalar(n, path)
	if !ok {
		return 0, false
	}
	q, err := quantity.ParseDuration(s)
	if err != nil {
		d.bad(n, path, err)
		return 0, false
	}
	d.ambiguous(n, path)
	return d.fixed(n, path, q)
}

func (f fields) duration(key string) (time.Duration, bool) {
	if n := f.get(key); n != nil {
		return f.d.duration(n, f.at(key))
	}
	return 0, false
}

func (d *decoder) fixed(n *node, path string, q quantity.Duration) (time.Duration, bool) {
	v, ok := q.AsFixed()
	if !ok {
		d.fail(n, path, "value", "months have no fixed length", "write days or weeks: 4 weeks, 30d, 90d")
		return 0, false
	}
	return v, true
}

// ambiguous warns of what a string may mean to others.
func (d *decoder) ambiguous(n *node, path string) {
	if !strings.Contains(n.text, "M") {
		return
	}
	for _, w := range quantity.Ambiguities(n.text) {
		reason, remedy, _ := strings.Cut(w, ": ")
		d.warn(n, path, "ambiguous", reason, remedy)
	}
}

func (f fields) window(key string) slo.Window {
	n := f.get(key)
	if n == nil {
		return slo.Window{}
	}
	s, ok := f.d.scalar(n, f.at(key))
	if !ok {
		return slo.Window{}
	}
	w, err := slo.ParseWindow(s)
	if err != nil {
		f.d.bad(n, f.at(key), err)
	}
	f.d.ambiguous(n, f.at(key))
	return w
}

func (f fields) zone(key string) string {
	n := f.get(key)
	if n == nil {
		return ""
	}
	s, ok := f.d.scalar(n, f.at(key))
	if !ok || !f.d.checkZone(n, f.at(key), s) {
		return ""
	}
	return s
}

func (d *decoder) checkZone(n *node, path, zone string) bool {
	if zone == "" || zone == "Local" {
		d.fail(n, path, "zone", "the zone depends on the machine", "write an IANA name such as Europe/Berlin")
		return false
	}
	if _, err := time.LoadLocation(zone); err != nil {
		d.fail(n, path, "zone", "unknown time zone "+diag.Quote(zone), "write an IANA name such as Europe/Berlin")
		return false
	}
	return true
}
