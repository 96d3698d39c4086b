package ownership

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"

	"github.com/srekit/ownership/internal/diag"
)

func invalidUTF8(data []byte) (line, column int, found bool) {
	if utf8.Valid(data) {
		return 0, 0, false
	}
	line, column = 1, 1
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n <= 1 {
			break
		}
		if column++; r == '\n' {
			line, column = line+1, 1
		}
		data = data[n:]
	}
	return line, column, true
}

// control finds the first character that YAML excludes from every document,
// and the line breaks that only some readers take for such.
func control(data []byte) (line, column int, found bool) {
	line, column = 1, 1
	for i, r := range string(data) {
		switch {
		case r == '\n':
			line, column = line+1, 1
			continue
		case r == '\r' && i+1 < len(data) && data[i+1] == '\n', r == '\t':
		case unprintable(r):
			return line, column, true
		}
		column++
	}
	return 0, 0, false
}

// unprintable reports whether a character must be escaped in a document.
func unprintable(r rune) bool {
	return r < 0x20 || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff || r == 0xfffe || r == 0xffff
}

// tabs reports every line that is indented with a tab.
func tabs(source string, data []byte) []Finding {
	if bytes.IndexByte(data, '\t') < 0 || bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		return nil // JSON may be indented with anything
	}
	var findings []Finding
	line := 0
	for text := range bytes.Lines(data) {
		line++
		spaces := len(text) - len(bytes.TrimLeft(text, " "))
		if spaces == len(text) || text[spaces] != '\t' || len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		if len(findings) == maxFindings {
			break
		}
		findings = append(findings, Finding{
			Code: "tab", Level: diag.Error, Source: source, Line: line, Column: spaces + 1,
			Reason: "a tab indents this line, and YAML allows only spaces there", Remedy: "use two spaces a level",
		})
	}
	return findings
}

// refused finds what the YAML library must not be given, because it recurses,
// or what a spec does not use: nesting beyond
// MaxDepth, mappings with more than MaxKeys keys, anchors and aliases
// (which can blow a small file up to gigabytes), tags and merge keys.
func refused(tokens token.Tokens) *Finding {
	type block struct{ column, lines int } // a collection, and the lines at its column
	depth, docs := 0, 1
	var blocks []block // that are open
	lastLine := 0
	at := func(t *token.Token, code, reason, remedy string) *Finding {
		return &Finding{Code: code, Line: t.Position.Line, Column: t.Position.Column, Text: strings.TrimSpace(t.Value), Reason: reason, Remedy: remedy}
	}
	for _, t := range tokens {
		switch t.Type {
		case token.AnchorType, token.AliasType:
			return at(t, "alias", "anchors and aliases are not read", "write the value out; if it begins with & or *, put it in quotes")
		case token.MergeKeyType:
			return at(t, "alias", "merge keys are not read", "write the keys out")
		case token.TagType:
			return at(t, "tag", "tags are not read", "leave the tag out; if the value begins with !, put it in quotes")
		case token.DocumentHeaderType:
			if docs++; docs > MaxDocuments+1 {
				return at(t, "too-large", fmt.Sprintf("more than %d documents", MaxDocuments), "split the file")
			}
			blocks, lastLine = blocks[:0], 0
			continue
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		// A block collection opens at each larger column at which a line, or
		// an entry of a list or a complex key within a line, begins.
		if depth == 0 || t.Type == token.SequenceStartType || t.Type == token.MappingStartType {
			if c := t.Position.Column; t.Position.Line != lastLine || t.Type == token.SequenceEntryType || t.Type == token.MappingKeyType {
				lastLine = t.Position.Line
				for len(blocks) > 0 && blocks[len(blocks)-1].column > c {
					blocks = blocks[:len(blocks)-1]
				}
				if len(blocks) == 0 || blocks[len(blocks)-1].column < c {
					blocks = append(blocks, block{column: c})
				}
				// The library takes quadratic time, and a frame of the stack
				// for each key of a mapping.
				if b := &blocks[len(blocks)-1]; t.Type != token.SequenceEntryType {
					if b.lines++; b.lines > MaxKeys {
						return at(t, "too-large", fmt.Sprintf("the mapping has more than %d keys", MaxKeys), "a spec needs some twenty at most")
					}
				}
			}
		}
		if depth+len(blocks) > MaxDepth {
			return at(t, "too-deep", fmt.Sprintf("lists and mappings are nested more than %d deep", MaxDepth), "a spec needs ten levels at most")
		}
	}
	return nil
}
