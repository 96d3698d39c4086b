package ownership

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

type nodeKind int8

const (
	nullNode nodeKind = iota
	scalarNode
	mappingNode
	sequenceNode
)

func (k nodeKind) String() string {
	return [...]string{"nothing", "a value", "a mapping", "a list"}[k]
}

// node is a YAML value with its position. Scalars keep the text as written, so
// that 99.990 and 0.9999 stay exact decimals.
type node struct {
	kind   nodeKind
	typ    token.Type // of a scalar: tells a number or a boolean from a string
	inline int8       // of a scalar: characters before the text on its line (1 for a quote), -1 if offsets do not translate
	line   int
	column int
	text   string
	pairs  []pair
	items  []node
}

type pair struct {
	key          string
	line, column int
	value        node
}

// convert copies a value of the YAML library. The depth is bounded by refused.
func convert(n ast.Node) node {
	switch v := n.(type) {
	case *ast.MappingNode:
		out := at(mappingNode, v.GetToken())
		out.pairs = make([]pair, 0, len(v.Values))
		for _, p := range v.Values {
			out.pairs = append(out.pairs, convertPair(p))
		}
		if len(out.pairs) > 0 && v.Start != nil && !v.IsFlowStyle {
			out.line, out.column = out.pairs[0].line, out.pairs[0].column
		}
		return out
	case *ast.MappingValueNode:
		p := convertPair(v)
		return node{kind: mappingNode, line: p.line, column: p.column, pairs: []pair{p}}
	case *ast.SequenceNode:
		out := at(sequenceNode, v.GetToken())
		out.items = make([]node, 0, len(v.Values))
		for _, item := range v.Values {
			out.items = append(out.items, convert(item))
		}
		return out
	case *ast.LiteralNode:
		out := at(scalarNode, v.Start)
		out.typ, out.inline = token.StringType, -1
		if v.Value != nil {
			out.text = strings.TrimSpace(v.Value.Value)
		}
		return out
	case nil, *ast.NullNode:
		if v == nil {
			return node{}
		}
		return at(nullNode, n.GetToken())
	}
	t := n.GetToken()
	out := at(scalarNode, t)
	if t == nil {
		return out
	}
	out.typ, out.text, out.inline = t.Type, t.Value, -1
	origin := strings.Trim(t.Origin, " \n")
	switch {
	case origin == t.Value:
		out.inline = 0
	case len(origin) == len(t.Value)+2 && origin[1:len(origin)-1] == t.Value:
		out.inline = 1
	}
	return out
}

func convertPair(p *ast.MappingValueNode) pair {
	out := pair{}
	key := ast.Node(p.Key)
	if k, ok := key.(*ast.MappingKeyNode); ok && k.Value != nil {
		key = k.Value
	}
	if t := key.GetToken(); t != nil {
		out.key = t.Value
		if t.Position != nil {
			out.line, out.column = t.Position.Line, t.Position.Column
		}
	}
	out.value = convert(p.Value)
	if out.value.line == 0 || out.value.kind == nullNode {
		out.value.line, out.value.column = out.line, out.column
	}
	return out
}

func at(kind nodeKind, t *token.Token) node {
	n := node{kind: kind}
	if t != nil && t.Position != nil {
		n.line, n.column = t.Position.Line, t.Position.Column
	}
	return n
}
