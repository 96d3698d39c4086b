package runbook

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	yamlparser "github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
)

// frontMatter strips what stands between lines --- (YAML) or +++ (TOML), or a
// JSON object, from the beginning of the file, and reads the first and the last.
// CommonMark would make headings of it.
func (p *parse) frontMatter() {
	p.base = len(p.source) - len(bytes.TrimPrefix(p.source, []byte("\uFEFF")))
	text := p.source[p.base:]
	mark := string(bytes.TrimRight(line(text), " \t\r\n"))
	switch mark {
	case "---", "+++":
		body := p.base + len(line(text))
		for i := body; i < len(p.source); {
			l := line(p.source[i:])
			end := string(bytes.TrimRight(l, " \t\r\n"))
			if end == mark || mark == "---" && end == "..." {
				p.meta(mark == "+++", body, i, i+len(l))
				return
			}
			i += len(l)
			if i-body > maxFrontMatter {
				break
			}
		}
		if key := line(p.source[body:]); bytes.ContainsAny(key, ":=") && !bytes.HasPrefix(key, []byte("#")) {
			p.add("R022", diag.Error, p.base, mark, "the front matter that opens here is never closed, or longer than 16 KiB, and is read as text", "close it by a line "+mark)
		}
	default:
		if len(text) < 2 || text[0] != '{' || text[1] == '{' {
			return
		}
		d := json.NewDecoder(bytes.NewReader(text[:min(len(text), maxFrontMatter)]))
		var object map[string]json.RawMessage
		if err := d.Decode(&object); err != nil {
			if mark == "{" || bytes.HasPrefix(text, []byte(`{"`)) {
				p.add("R022", diag.Error, p.base, "", "the front matter looks like JSON and is none: "+strings.TrimPrefix(err.Error(), "json: "), "mend it, or write YAML between lines ---")
			}
			return
		}
		end := p.base + int(d.InputOffset())
		next := end + len(line(p.source[end:]))
		if len(bytes.TrimSpace(p.source[end:next])) > 0 {
			next = end
		}
		p.meta(false, p.base, end, next)
		p.r.Meta.Format = "json"
	}
}

// line is b as far as its first line feed, which is included.
func line(b []byte) []byte {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return b[:i+1]
	}
	return b
}

// meta reads the front matter in source[from:to]; the text begins at next.
func (p *parse) meta(toml bool, from, to, next int) {
	p.r.Meta.Format = "yaml"
	p.r.Meta.Lines = p.lineOf(max(next-1, 0)) - p.lineOf(p.base) + 1
	p.base = next
	if toml {
		p.r.Meta.Format = "toml"
		p.add("R022", diag.Info, 0, "", "front matter in TOML is passed over", "write it in YAML between lines ---")
		return
	}
	text := strings.ToValidUTF8(string(p.source[from:to]), "\uFFFD")
	first := p.lineOf(from)
	fail := func(line, column int, text, reason, remedy string) {
		if len(p.r.Findings) < maxFindings {
			p.r.Findings = append(p.r.Findings, Finding{Code: "R022", Level: diag.Error, Source: p.r.Path, Line: first + max(1, line) - 1, Column: max(1, column), Text: text, Reason: reason, Remedy: remedy}.withoutSecret())
		}
	}
	if pairs, ok := plainPairs(text); ok {
		for i := range pairs {
			f := &pairs[i]
			f.node.BaseNode, f.node.Token = &f.base, &f.token
			p.key(f.key, &f.node, &f.at, fail)
		}
		return
	}
	tokens := lexer.Tokenize(text)
	if t, reason := tooMuch(tokens); t != nil {
		fail(t.Position.Line, t.Position.Column, strings.TrimSpace(t.Value), reason, "write plain keys and values")
		return
	}
	file, err := yamlparser.Parse(tokens, 0)
	if err != nil {
		f := Finding{Line: 1, Column: 1, Reason: "no YAML"}
		var positioned interface {
			GetToken() *token.Token
			GetMessage() string
		}
		if errors.As(err, &positioned) {
			f.Reason = "no YAML: " + positioned.GetMessage()
			if t := positioned.GetToken(); t != nil && t.Position != nil {
				f.Line, f.Column = t.Position.Line, t.Position.Column
			}
		}
		fail(f.Line, f.Column, "", f.Reason, "check the indentation and quotes around this line")
		return
	}
	for _, doc := range file.Docs {
		for _, pair := range mapping(doc.Body) {
			t := pair.Key.GetToken()
			if t == nil || t.Position == nil {
				continue
			}
			p.key(t.Value, pair.Value, t.Position, fail)
		}
	}
}

// plainPair is a line key: value, with room for the node that the YAML library
// would make of the value.
type plainPair struct {
	key   string
	node  ast.StringNode
	base  ast.BaseNode
	token token.Token
	at    token.Position
}

// plainPairs reads front matter that is nothing but lines key: value, as most is,
// without the YAML library; ok is false for all else.
func plainPairs(text string) (pairs []plainPair, ok bool) {
	n := 0
	pairs = make([]plainPair, 0, min(strings.Count(text, "\n"), 32))
	for l := range strings.SplitSeq(text, "\n") {
		n++
		if l = strings.TrimRight(l, " \r"); l == "" {
			continue
		}
		key, value, found := strings.Cut(l, ":")
		if !found || !isName(key) || value != "" && value[0] != ' ' {
			return nil, false
		}
		value = strings.TrimLeft(value, " ")
		if len(value) >= 2 && value[0] == '"' && strings.IndexByte(value[1:], '"') == len(value)-2 && strings.IndexByte(value, '\\') < 0 {
			value = value[1 : len(value)-1]
		} else if value == "" || strings.IndexByte("&*!|>@`%[]{}\"'#-?:,~", value[0]) >= 0 || strings.Contains(value, ": ") || strings.Contains(value, " #") || value[len(value)-1] == ':' || value == "null" {
			return nil, false // an empty value may be continued below
		}
		for i := range len(value) {
			if value[i] < ' ' || value[i] == 0x7F {
				return nil, false
			}
		}
		pairs = append(pairs, plainPair{key: key, token: token.Token{Value: value}, at: token.Position{Line: n, Column: 1}})
	}
	return pairs, true
}

// tooMuch finds what the YAML library must not be given, or what front matter
// does not use: anchors, aliases, tags, and lists nested deeply.
func tooMuch(tokens token.Tokens) (*token.Token, string) {
	depth, columns := 0, 0
	for i, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType:
			return t, "anchors, aliases and tags are not read"
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType:
			if i > 0 && tokens[i-1].Position.Line == t.Position.Line {
				columns++
			} else {
				columns = 0
			}
		}
		if depth > 16 || columns > 16 || depth == 0 && t.Position.Column > 200 && t.Type == token.MappingValueType && t.Position.IndentNum > 64 {
			return t, "the front matter is nested more than 16 deep"
		}
		if i > 8000 {
			return t, "the front matter is too long"
		}
	}
	return nil, ""
}

// mapping is the pairs of a mapping; nil for all else.
func mapping(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

// scalar is the text of a value as it is written; ok is false for lists and
// mappings.
func scalar(n ast.Node) (text string, ok bool) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "", true
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		return "", false
	case *ast.LiteralNode:
		if n.Value == nil {
			return "", true
		}
		return strings.TrimSpace(n.Value.Value), true
	}
	if t := n.GetToken(); t != nil {
		return t.Value, true
	}
	return "", true
}

// texts is a list of values, or one.
func texts(n ast.Node) []string {
	if s, ok := scalar(n); ok {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	var out []string
	if seq, ok := n.(*ast.SequenceNode); ok {
		for _, v := range seq.Values {
			if s, ok := scalar(v); ok && s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

// key reads one key of the front matter.
func (p *parse) key(key string, value ast.Node, at *token.Position, fail func(line, column int, text, reason, remedy string)) {
	m := &p.r.Meta
	into := func(s *string) {
		if t, ok := scalar(value); ok {
			*s = t
		} else {
			fail(at.Line, at.Column, key, "the key has a list or a mapping where one value is meant", "write "+key+": value")
		}
	}
	switch strings.ToLower(key) {
	case "title":
		into(&m.Title)
	case "service":
		into(&m.Service)
	case "owner", "team", "owner_team":
		into(&m.Owner)
	case "severity":
		into(&m.Severity)
	case "escalation":
		m.Escalation = strings.Join(texts(value), ", ")
	case "alert", "alerts", "alertname":
		m.Alerts = append(m.Alerts, texts(value)...)
	case "aliases", "alias":
		m.Aliases = append(m.Aliases, texts(value)...)
	case "last_reviewed", "reviewed":
		text, _ := scalar(value)
		for _, layout := range []string{time.DateOnly, time.RFC3339} {
			if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
				m.LastReviewed = t.UTC()
				return
			}
		}
		fail(at.Line, at.Column, text, "no date", "write "+key+": 2026-01-31")
	case "review_every", "review_interval":
		text, _ := scalar(value)
		d, ok := fixed(text)
		if !ok || d <= 0 {
			fail(at.Line, at.Column, text, "no positive length of time", "write "+key+": 180d")
			return
		}
		m.ReviewEvery = d
	case "inputs", "parameters":
		p.declared(value, fail)
	}
}

// declared reads the inputs: a list of names or mappings, or a mapping from names
// to descriptions or mappings.
func (p *parse) declared(value ast.Node, fail func(line, column int, text, reason, remedy string)) {
	add := func(name string, fields ast.Node, at *token.Position) {
		line, column := 1, 1
		if at != nil {
			line, column = at.Line, at.Column
		}
		in := Input{Name: name, Declared: true, Required: true, Line: p.lineOf(p.base) - p.r.Meta.Lines + line}
		if p.r.Meta.Format != "json" {
			in.Line++
		}
		optional := false
		if s, ok := scalar(fields); ok {
			in.Description = s
		}
		for _, pair := range mapping(fields) {
			t := pair.Key.GetToken()
			if t == nil {
				continue
			}
			text, _ := scalar(pair.Value)
			switch t.Value {
			case "name":
				in.Name = text
			case "type":
				if in.Type = text; !validType(text) {
					fail(t.Position.Line, t.Position.Column, text, "no type of an input", "write one of "+prose.Or(inputTypes))
					in.Type = ""
				}
			case "description":
				in.Description = text
			case "default":
				in.Default, in.Required = text, false
			case "allowed", "enum":
				in.Allowed = texts(pair.Value)
			case "required":
				b, err := strconv.ParseBool(text)
				optional = err == nil && !b
			case "secret":
				in.Secret, _ = strconv.ParseBool(text)
			case "from":
				if text == "label" {
					in.Form = Label
				} else if text == "environment" {
					in.Form = Environment
				}
			}
		}
		if optional {
			in.Required = false
		}
		if name := inputName(in.Name); name == "" || len(in.Name) > 128 {
			fail(line, column, in.Name, "the input has no name of letters, digits and underscores", "write - name: pod")
			return
		}
		if !isName(in.Name) {
			in.Name = inputName(in.Name)
		}
		for _, other := range p.r.Inputs {
			if other.Name == in.Name {
				fail(line, column, in.Name, "the input is declared twice", "keep one of the declarations")
				return
			}
		}
		if len(p.r.Inputs) < 200 {
			p.r.Inputs = append(p.r.Inputs, in)
		}
	}
	if seq, ok := value.(*ast.SequenceNode); ok {
		for _, v := range seq.Values {
			var at *token.Position
			if t := v.GetToken(); t != nil {
				at = t.Position
			}
			if s, ok := scalar(v); ok {
				add(s, nil, at)
			} else {
				if pairs := mapping(v); len(pairs) > 0 && pairs[0].Key.GetToken() != nil {
					at = pairs[0].Key.GetToken().Position
				}
				add("", v, at)
			}
		}
		return
	}
	for _, pair := range mapping(value) {
		if t := pair.Key.GetToken(); t != nil {
			add(t.Value, pair.Value, t.Position)
		}
	}
}

var inputTypes = []string{"text", "number", "integer", "duration", "label"}

func validType(s string) bool {
	for _, t := range inputTypes {
		if s == t {
			return true
		}
	}
	return s == ""
}
