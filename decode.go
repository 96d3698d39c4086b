package ownership

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
			f.Reason = strings.TrimPrefix(f.Reason, diag.Quote(n.text)+": ") // it stands before the reason already
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
