package ownership

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// origin remembers where the values of an entry stand, by their path below the
// entry, so that what is found later can point at them.
type origin struct {
	source string
	prefix string // path of the entry: "service", "services[2]"
	at     map[string]position
	// promises are the paths of the responsibilities, in their order: one item
	// of the list may hold several.
	promises []string
}

type position struct {
	line, column int
	text         string // of a scalar
}

// decoder turns nodes into values and collects everything that is wrong.
type decoder struct {
	source   string
	findings []Finding
	dropped  int // findings beyond maxFindings
	origin   *origin
}

func (d *decoder) add(f Finding) {
	if len(d.findings) >= maxFindings {
		d.dropped++
		return
	}
	f.Source = d.source
	d.findings = append(d.findings, f)
}

// fail reports an error at a node.
func (d *decoder) fail(n *node, path, code, reason, remedy string) {
	d.add(Finding{Code: code, Level: diag.Error, Line: n.line, Column: n.column, Path: path, Text: n.text, Reason: reason, Remedy: remedy})
}

func (d *decoder) warn(n *node, path, code, reason, remedy string) {
	d.add(Finding{Code: code, Level: diag.Warning, Line: n.line, Column: n.column, Path: path, Text: n.text, Reason: reason, Remedy: remedy})
}

// bad reports the error of a value's parser, at the place within the string
// where it stopped making sense.
func (d *decoder) bad(n *node, path string, err error) {
	f := Finding{Code: "value", Level: diag.Error, Line: n.line, Column: n.column, Path: path, Text: n.text}
	for _, sentinel := range []error{slo.ErrRatio, slo.ErrWindow} {
		if errors.Is(err, sentinel) {
			f.Reason, f.Remedy, _ = strings.Cut(strings.TrimPrefix(err.Error(), sentinel.Error()+": "), "; ")
		}
	}
	var q *quantity.Error
	if errors.As(err, &q) {
		switch {
		case strings.HasPrefix(q.Expected, "a unit after the number") && q.Found == "":
			f.Reason = "no unit"
		case q.Found == "":
			f.Reason = "expected " + q.Expected
		default:
			f.Reason = "expected " + q.Expected + ", found " + diag.Quote(q.Found)
		}
		f.Remedy = q.Suggestion
		if n.inline >= 0 && q.Input == n.text && q.Offset <= len(n.text) {
			f.Column += int(n.inline) + utf8.RuneCountInString(n.text[:q.Offset])
		}
	}
	d.add(f)
}

// mark remembers the position of a value.
func (d *decoder) mark(path string, n *node) {
	if o := d.origin; o != nil && strings.HasPrefix(path, o.prefix) {
		o.at[strings.TrimPrefix(path[len(o.prefix):], ".")] = position{n.line, n.column, n.text}
	}
}

// fields is one mapping that is being decoded.
type fields struct {
	d    *decoder
	n    *node
	path string
}

// fields begins to decode a mapping: it reports what is not one, unknown keys,
// keys given twice, keys without a value and required keys that are missing.
func (d *decoder) fields(n *node, path string, s *section) (fields, bool) {
	f := fields{d, n, path}
	if n.kind != mappingNode {
		d.fail(n, path, "type", n.kind.String()+" stands here instead of a mapping", "write keys below it: "+strings.Join(s.names[:min(4, len(s.names))], ", "))
		return f, false
	}
	for i, p := range n.pairs {
		at := &node{kind: scalarNode, line: p.line, column: p.column, text: p.key}
		if !slices.Contains(s.names, p.key) {
			d.unknown(n, at, path, p.key, s)
			continue
		}
		if first := slices.IndexFunc(n.pairs[:i], func(q pair) bool { return q.key == p.key }); first >= 0 {
			d.fail(at, path, "duplicate-key", "the key stands on line "+strconv.Itoa(n.pairs[first].line)+" already", "keep one of them")
			continue
		}
		if p.value.kind == nullNode {
			at.text = ""
			d.fail(at, join(path, p.key), "empty", "the key has no value", "write one, or remove the key")
			continue
		}
		d.mark(join(path, p.key), &p.value)
	}
	for _, k := range s.keys {
		if k.Required && !slices.ContainsFunc(n.pairs, func(p pair) bool { return p.key == k.Name }) {
			remedy := "add it"
			if k.Example != "" {
				remedy += ", such as " + k.Name + ": " + k.Example
			}
			d.add(Finding{Code: "missing", Level: diag.Error, Line: n.line, Column: n.column, Path: join(path, k.Name), Reason: "the key is missing", Remedy: remedy})
		}
	}
	return f, true
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// unknown reports a key that the section does not have, and where it belongs.
func (d *decoder) unknown(n, at *node, path, key string, s *section) {
	if len(d.findings) >= maxFindings {
		d.dropped++
		return
	}
	remedy := "the keys here are " + strings.Join(s.names, ", ")
	near := diag.Nearest(key, s.names)
	if near != "" {
		remedy = "did you mean " + near + "?"
	} else if below := deeper(n, key, s); below != "" {
		remedy = "it belongs one level deeper, below " + below
	}
	if near != "" && s == serviceSection {
		d.mark(join(path, near)+"[0]", at) // misspelt, but given
	}
	d.fail(at, path, "unknown-key", "no key of that name belongs here", remedy)
}

// deeper is the key of a section below which another key belongs: one that the
// mapping has, if there are several.
func deeper(n *node, key string, s *section) string {
	below := ""
	for _, k := range s.keys {
		for _, other := range sections {
			if !slices.Contains(other.names, key) || !strings.Contains(k.Type, "{"+other.name+"}") {
				continue
			}
			if slices.ContainsFunc(n.pairs, func(p pair) bool { return p.key == k.Name }) {
				return k.Name
			}
			if below == "" {
				below = k.Name
			}
		}
	}
	return below
}

// get is the value of a key, nil if it is absent or null.
func (f fields) get(key string) *node {
	if f.n.kind != mappingNode {
		return nil
	}
	for i := range f.n.pairs {
		if p := &f.n.pairs[i]; p.key == key {
			if p.value.kind == nullNode {
				return nil
			}
			return &p.value
		}
	}
	return nil
}

func (f fields) at(key string) string { return join(f.path, key) }

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

// list calls each for every item of a list. A single value counts as a list of
// one where single says so.
func (f fields) list(key string, single bool, each func(n *node, path string)) {
	n := f.get(key)
	if n == nil {
		return
	}
	if n.kind != sequenceNode {
		if single && n.kind == scalarNode {
			each(n, f.at(key))
			return
		}
		f.d.mark(f.at(key)+"[0]", n) // something is given
		f.d.fail(n, f.at(key), "type", n.kind.String()+" stands here instead of a list", "write each item on a line of its own that begins with \"- \"")
		return
	}
	if len(n.items) > MaxItems && key != "services" && key != "teams" {
		f.d.mark(f.at(key)+"[0]", n)
		f.d.fail(n, f.at(key), "too-large", fmt.Sprintf("the list has %d items, more than the %d that one may have", len(n.items), MaxItems), "split it")
		return
	}
	for i := range n.items {
		item, path := &n.items[i], f.at(key)+"["+strconv.Itoa(i)+"]"
		if item.kind == nullNode {
			if item.line == 0 {
				item.line, item.column = n.line, n.column
			}
			f.d.fail(item, path, "empty", "the item is empty", "write one, or remove the dash")
			continue
		}
		f.d.mark(path, item)
		each(item, path)
	}
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

func (d *decoder) fixed(n *node, path string, q quantity.Duration) (time.Duration, bool) {
	v, ok := q.AsFixed()
	if !ok {
		d.fail(n, path, "value", "months have no fixed length", "write days or weeks: 4 weeks, 30d, 90d")
		return 0, false
	}
	return v, true
}

func (f fields) duration(key string) (time.Duration, bool) {
	if n := f.get(key); n != nil {
		return f.d.duration(n, f.at(key))
	}
	return 0, false
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
