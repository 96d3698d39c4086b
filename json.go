package ownership

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/goccy/go-yaml/token"

	"github.com/srekit/ownership/internal/diag"
)

// MarshalJSON writes the service as the same document that YAML writes, so
// that there is one format and one schema; Findings are left out.
func (s Service) MarshalJSON() ([]byte, error) { return toJSON(s.YAML()) }

// UnmarshalJSON reads what MarshalJSON writes and whatever else Read accepts.
// Errors are of type *SpecError.
func (s *Service) UnmarshalJSON(data []byte) error {
	v, err := Read("", data)
	if err != nil {
		return err
	}
	*s = v
	return nil
}

// MarshalJSON writes the team as the same document that YAML writes.
func (t Team) MarshalJSON() ([]byte, error) { return toJSON(t.YAML()) }

// UnmarshalJSON reads what MarshalJSON writes: a document with one team.
// Errors are of type *SpecError.
func (t *Team) UnmarshalJSON(data []byte) error {
	e := readEntries("", data, false)
	for _, team := range e.teams {
		e.findings = append(e.findings, team.validate(false)...)
	}
	if failed(e.findings) {
		return &SpecError{diag.Sorted(e.findings)}
	}
	if len(e.teams) != 1 {
		return &SpecError{[]Finding{{Code: "missing", Level: "error", Path: "team", Reason: fmt.Sprintf("the document holds %d teams, and one is asked for", len(e.teams))}}}
	}
	*t = e.teams[0]
	t.Findings = diag.Sorted(e.findings)
	return nil
}

// toJSON turns a document of the writer's into JSON.
func toJSON(doc []byte) ([]byte, error) {
	nodes, findings := documents("", doc)
	if len(nodes) != 1 || failed(findings) {
		return nil, &SpecError{findings}
	}
	var b bytes.Buffer
	err := nodes[0].json(&b)
	return b.Bytes(), err
}

// json writes the node.
func (n *node) json(b *bytes.Buffer) error {
	text := func(s string) error {
		quoted, err := json.Marshal(s)
		for _, r := range string(quoted) {
			if unprintable(r) { // JSON allows what YAML does not
				fmt.Fprintf(b, `\u%04x`, r)
			} else {
				b.WriteRune(r)
			}
		}
		return err
	}
	switch n.kind {
	case mappingNode:
		b.WriteByte('{')
		for i := range n.pairs {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := text(n.pairs[i].key); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := n.pairs[i].value.json(b); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case sequenceNode:
		b.WriteByte('[')
		for i := range n.items {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := n.items[i].json(b); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	case scalarNode:
		switch n.typ {
		case token.IntegerType, token.FloatType, token.BoolType:
			b.WriteString(n.text)
		default:
			return text(n.text)
		}
	default:
		b.WriteString("null")
	}
	return nil
}
