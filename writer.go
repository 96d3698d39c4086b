package ownership

import (
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/quantity"
)

// writer writes block mappings and lists with an indent of two.
type writer struct {
	b     strings.Builder
	depth int
	dash  bool // the next key begins an item
}

func (w *writer) bytes() []byte { return []byte(w.b.String()) }

func (w *writer) indent() {
	n := w.depth
	if w.dash {
		n--
	}
	for range n {
		w.b.WriteString("  ")
	}
	if w.dash {
		w.b.WriteString("- ")
		w.dash = false
	}
}

// open begins a mapping or list below a key; close ends it.
func (w *writer) open(key string) {
	w.indent()
	w.b.WriteString(key + ":\n")
	w.depth++
}

func (w *writer) close() { w.depth-- }

// begin begins an item that is a mapping; close ends it.
func (w *writer) begin() {
	w.depth++
	w.dash = true
}

// value writes a key with one value, nothing if it is empty.
func (w *writer) value(key, value string) {
	if value == "" {
		return
	}
	w.indent()
	w.b.WriteString(key + ": " + scalarText(value) + "\n")
}

// raw is value for what must not be quoted: numbers and booleans.
func (w *writer) raw(key, value string) {
	if value == "" {
		return
	}
	w.indent()
	w.b.WriteString(key + ": " + value + "\n")
}

func (w *writer) item(value string) {
	w.indent()
	w.b.WriteString("- " + scalarText(value) + "\n")
}

// flow writes a list of values on one line, nothing if it is empty.
func (w *writer) flow(key string, values []string) {
	if len(values) == 0 {
		return
	}
	w.indent()
	w.b.WriteString(key + ": [")
	for i, v := range values {
		if i > 0 {
			w.b.WriteString(", ")
		}
		w.b.WriteString(scalarText(v))
	}
	w.b.WriteString("]\n")
}

// scalarText is a value plain where every YAML reader takes it for the same
// text, in double quotes elsewhere.
func scalarText(s string) string {
	if plainText(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unprintable(r):
			b.WriteString(`\u` + strconv.FormatInt(0x10000+int64(r), 16)[1:])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// plainText reports whether a text begins with a letter or a slash, holds only
// characters without a meaning in YAML, and is no word that YAML takes for
// something else; or is a number with a unit.
func plainText(s string) bool {
	if s == "" || s[len(s)-1] == ' ' || s[len(s)-1] == ':' {
		return false
	}
	letters := false
	for i, r := range s {
		letter := r|0x20 >= 'a' && r|0x20 <= 'z'
		digit := r >= '0' && r <= '9'
		if i == 0 && !letter && !digit && r != '/' {
			return false
		}
		if !letter && !digit && !strings.ContainsRune(" _-./%<>=()+@$", r) {
			return false
		}
		letters = letters || letter || r == '%' || r == '/' && i == 0
	}
	if !letters {
		return false // a number, a date
	}
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		return false
	}
	// 1e3, 0x1F, 0b1, 0o7: anything that some reader takes for a number.
	if c := s[0]; c >= '0' && c <= '9' {
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return false
		}
		if _, err := strconv.ParseInt(s, 0, 64); err == nil {
			return false
		}
	}
	return true
}

func (w *writer) version(v int) {
	if v != 0 {
		w.raw("version", strconv.Itoa(v))
	}
}

func flag(v bool) string {
	if v {
		return "true"
	}
	return ""
}

// length is a duration as a spec writes it, empty for none.
func length(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return quantity.Duration{Fixed: d}.String()
}
