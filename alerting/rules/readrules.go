package rules

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	yamlparser "github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
	"github.com/prometheus/common/model"

	"github.com/srekit/ownership/internal/diag"
)

// ErrRuleFile is what errors about rule files wrap.
var ErrRuleFile = errors.New("no rule file")

// ReadGroup is a group of a rule file that somebody wrote.
type ReadGroup struct {
	Name  string
	Line  int // 1-based
	Rules []ReadRule
}

// ReadRule is a rule of a rule file with the line it begins at. Expr is as it was
// written; CheckExpr tells whether the parser reads it.
type ReadRule struct {
	Rule
	Line     int    // 1-based
	Severity string // the label severity
}

// RuleFileError is everything that is wrong with a rule file, in order of line.
type RuleFileError struct {
	Findings []Finding // codes: yaml, rule
}

// Error is the findings, one a line.
func (e *RuleFileError) Error() string {
	lines := make([]string, len(e.Findings))
	for i, f := range e.Findings {
		lines[i] = f.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap is ErrRuleFile.
func (e *RuleFileError) Unwrap() error { return ErrRuleFile }

// Limits of a rule file that is read.
const (
	MaxRuleFileBytes = 16 << 20
	maxRuleFileDepth = 64
	maxRuleFileKeys  = 1000
	maxRuleFindings  = 100
)

// ReadRules reads a rule file of Prometheus (groups: …), a PrometheusRule object of
// its operator (spec: groups: …), or several such documents. source names the
// file in findings. Keys that Prometheus does not know are left alone, and
// expressions are not parsed. Everything wrong is reported at once, in a
// *RuleFileError; what could be read is returned beside it. Anchors, aliases
// and tags are refused, so that no file can grow when it is read.
func ReadRules(source string, data []byte) ([]ReadGroup, error) {
	r := ruleReader{source: source}
	if len(data) > MaxRuleFileBytes {
		r.add(nil, "yaml", fmt.Sprintf("the file is larger than %d MiB", MaxRuleFileBytes>>20), "split it")
		return nil, r.err()
	}
	if !utf8.Valid(data) {
		r.add(nil, "yaml", "the file is not UTF-8", "save it as UTF-8")
		return nil, r.err()
	}
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	tokens := lexer.Tokenize(string(data))
	if t, reason := unreadable(tokens); t != nil {
		r.add(t, "yaml", reason, "write the values out")
		return nil, r.err()
	}
	file, err := yamlparser.Parse(tokens, 0)
	if err != nil {
		var positioned interface {
			GetToken() *token.Token
			GetMessage() string
		}
		if errors.As(err, &positioned) {
			r.add(positioned.GetToken(), "yaml", positioned.GetMessage(), "check the indentation and quotes around this line")
		} else {
			r.add(nil, "yaml", err.Error(), "check the indentation and quotes")
		}
		return nil, r.err()
	}
	for _, doc := range file.Docs {
		r.document(doc.Body)
	}
	return r.groups, r.err()
}

// unreadable finds what the YAML library must not be given: it recurses, and
// takes time in the square of the number of keys of a mapping.
func unreadable(tokens token.Tokens) (*token.Token, string) {
	type block struct{ column, keys int }
	var open []block // block collections, by column
	depth, line := 0, 0
	flow := 0 // keys since the outermost bracket
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType:
			return t, "anchors, aliases, merge keys and tags are not read"
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			if depth--; depth <= 0 {
				depth, flow = 0, 0
			}
		case token.DocumentHeaderType:
			open, line = open[:0], 0
			continue
		case token.CollectEntryType:
			if flow++; flow > maxRuleFileKeys {
				return t, fmt.Sprintf("a list or mapping in brackets has more than %d entries", maxRuleFileKeys)
			}
		}
		if depth == 0 && (t.Position.Line != line || t.Type == token.SequenceEntryType || t.Type == token.MappingKeyType) {
			line = t.Position.Line
			column := t.Position.Column
			for len(open) > 0 && open[len(open)-1].column > column {
				open = open[:len(open)-1]
			}
			if len(open) == 0 || open[len(open)-1].column < column {
				open = append(open, block{column: column})
			}
			if b := &open[len(open)-1]; t.Type != token.SequenceEntryType {
				if b.keys++; b.keys > maxRuleFileKeys {
					return t, fmt.Sprintf("a mapping has more than %d keys", maxRuleFileKeys)
				}
			}
		}
		if depth+len(open) > maxRuleFileDepth {
			return t, fmt.Sprintf("lists and mappings are nested more than %d deep", maxRuleFileDepth)
		}
	}
	return nil, ""
}

type ruleReader struct {
	source string
	groups []ReadGroup
	found  []Finding
}

func (r *ruleReader) add(t *token.Token, code, reason, remedy string) {
	if len(r.found) >= maxRuleFindings {
		return
	}
	f := Finding{Code: code, Level: diag.Error, Source: r.source, Reason: reason, Remedy: remedy}
	if t != nil && t.Position != nil {
		f.Line, f.Column = max(1, t.Position.Line), max(1, t.Position.Column)
		f.Text = strings.TrimSpace(t.Value)
	}
	r.found = append(r.found, f)
}

func (r *ruleReader) err() error {
	if len(r.found) == 0 {
		return nil
	}
	return &RuleFileError{r.found}
}

// pairs of a mapping; ok is false for all else.
func pairs(n ast.Node) (list []*ast.MappingValueNode, ok bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// value of a key; nil if the mapping has none.
func valueOf(n ast.Node, key string) ast.Node {
	list, _ := pairs(n)
	for _, p := range list {
		if t := p.Key.GetToken(); t != nil && t.Value == key {
			return p.Value
		}
	}
	return nil
}

// scalarText is a scalar as it was written; block texts without their last line feed.
func scalarText(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case nil, *ast.NullNode:
		return "", true
	case *ast.LiteralNode:
		if n.Value == nil {
			return "", true
		}
		return strings.TrimRight(n.Value.Value, "\n"), true
	case *ast.MappingNode, *ast.MappingValueNode, *ast.SequenceNode:
		return "", false
	}
	if t := n.GetToken(); t != nil {
		return t.Value, true
	}
	return "", true
}

func (r *ruleReader) document(body ast.Node) {
	if body == nil {
		return
	}
	if items := valueOf(body, "items"); items != nil { // a List of the operator's objects
		if seq, ok := items.(*ast.SequenceNode); ok {
			for _, item := range seq.Values {
				r.document(item)
			}
			return
		}
	}
	groups := valueOf(body, "groups")
	if groups == nil {
		groups = valueOf(valueOf(body, "spec"), "groups")
	}
	if groups == nil {
		if _, ok := body.(*ast.NullNode); !ok && valueOf(body, "kind") == nil {
			r.add(tokenOf(body), "rule", "there are no groups", "write groups: with a list of groups")
		}
		return
	}
	seq, ok := groups.(*ast.SequenceNode)
	if !ok {
		if _, null := groups.(*ast.NullNode); !null {
			r.add(groups.GetToken(), "rule", "groups is no list", "write groups: and one - name: for each")
		}
		return
	}
	for _, g := range seq.Values {
		r.group(g)
	}
}

func (r *ruleReader) group(n ast.Node) {
	if _, ok := pairs(n); !ok {
		r.add(tokenOf(n), "rule", "the group is no mapping", "write - name: and rules:")
		return
	}
	g := ReadGroup{Line: lineOf(n)}
	name, ok := scalarText(valueOf(n, "name"))
	if g.Name = name; !ok || name == "" {
		r.add(tokenOf(n), "rule", "the group has no name", "add name:")
	}
	switch list := valueOf(n, "rules").(type) {
	case nil, *ast.NullNode:
	case *ast.SequenceNode:
		for _, item := range list.Values {
			if rule, ok := r.rule(item); ok {
				g.Rules = append(g.Rules, rule)
			}
		}
	default:
		r.add(list.GetToken(), "rule", "rules is no list", "write rules: and one - alert: or - record: for each")
	}
	r.groups = append(r.groups, g)
}

func (r *ruleReader) rule(n ast.Node) (rule ReadRule, ok bool) {
	list, ok := pairs(n)
	if !ok {
		r.add(tokenOf(n), "rule", "the rule is no mapping", "write - alert: or - record:, and expr:")
		return ReadRule{}, false
	}
	rule.Line = lineOf(n)
	for _, p := range list {
		t := p.Key.GetToken()
		if t == nil {
			continue
		}
		text, scalar := scalarText(p.Value)
		want := func(into *string) {
			if !scalar {
				r.add(t, "rule", "the key has a list or a mapping where one value is meant", "write "+t.Value+": value")
			}
			*into = text
		}
		switch t.Value {
		case "record":
			want(&rule.Record)
		case "alert":
			want(&rule.Alert)
		case "expr":
			want(&rule.Expr)
		case "for":
			rule.For = r.duration(t, text)
		case "keep_firing_for":
			rule.KeepFiringFor = r.duration(t, text)
		case "labels":
			rule.Labels = r.texts(t, p.Value)
		case "annotations":
			rule.Annotations = r.texts(t, p.Value)
		}
	}
	rule.Severity = rule.Labels["severity"]
	switch {
	case rule.Alert == "" && rule.Record == "":
		r.add(tokenOf(n), "rule", "the rule is neither an alert nor a record", "add alert: or record:")
	case rule.Alert != "" && rule.Record != "":
		r.add(tokenOf(n), "rule", "the rule is an alert and a record", "keep one of them")
	case strings.TrimSpace(rule.Expr) == "":
		r.add(tokenOf(n), "rule", "the rule "+diag.Quote(rule.Name())+" has no expression", "add expr:")
	default:
		return rule, true
	}
	return rule, false
}

func (r *ruleReader) duration(t *token.Token, text string) time.Duration {
	if text == "" || text == "0" {
		return 0
	}
	d, err := model.ParseDuration(text)
	if err != nil {
		r.add(t, "rule", diag.Quote(text)+" is no duration", "write "+t.Value+": 5m")
	}
	return time.Duration(d)
}

func (r *ruleReader) texts(t *token.Token, n ast.Node) map[string]string {
	if _, null := n.(*ast.NullNode); n == nil || null {
		return nil
	}
	list, ok := pairs(n)
	if !ok {
		r.add(t, "rule", "the key is no mapping", "write name: value below it")
		return nil
	}
	m := make(map[string]string, len(list))
	for _, p := range list {
		key := p.Key.GetToken()
		if key == nil {
			continue
		}
		text, ok := scalarText(p.Value)
		if !ok {
			r.add(key, "rule", "the value is no text", "put it in quotes")
			continue
		}
		m[key.Value] = text
	}
	return m
}

func tokenOf(n ast.Node) *token.Token {
	if n == nil {
		return nil
	}
	if list, ok := pairs(n); ok && len(list) > 0 {
		return list[0].Key.GetToken()
	}
	return n.GetToken()
}

func lineOf(n ast.Node) int {
	if t := tokenOf(n); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}
