package ownership

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/srekit/ownership/internal/diag"
)

// The bounds within which a file is read. They keep time and memory linear in
// a small size, whatever the file holds.
const (
	// MaxBytes is the largest file that is read.
	MaxBytes = 1 << 20
	// MaxDepth is how deep lists and mappings may be nested.
	MaxDepth = 64
	// MaxDocuments is how many YAML documents one file may hold.
	MaxDocuments = 1000
	// MaxItems is how many items a list may have, services and teams excepted.
	MaxItems = 1000
	// MaxKeys is how many keys a mapping may have.
	MaxKeys = 100
	// maxFindings is how many findings are kept of one file.
	maxFindings = 200
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

// documents reads the YAML documents of a file. Without any, the findings are
// the errors that left nothing to decode; beside documents, they are lines that
// had to be mended before the rest could be read.
func documents(source string, data []byte) ([]node, []Finding) {
	fail := func(code string, line, column int, text, reason, remedy string) ([]node, []Finding) {
		return nil, []Finding{{Code: code, Level: diag.Error, Source: source, Line: line, Column: column, Text: text, Reason: reason, Remedy: remedy}}
	}
	if len(data) > MaxBytes {
		return fail("too-large", 0, 0, "", fmt.Sprintf("the file has %d bytes, more than the %d that a spec may have", len(data), MaxBytes), "split it into one file a service")
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if line, column, ok := invalidUTF8(data); ok {
		return fail("encoding", line, column, "", "the file is not UTF-8 here", "save it as UTF-8")
	}
	if line, column, ok := control(data); ok {
		return fail("encoding", line, column, "", "a control character stands here, which YAML does not allow", "remove it")
	}
	if findings := tabs(source, data); findings != nil {
		return nil, findings
	}
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	var file *ast.File
	var mended []Finding
	for {
		tokens := lexer.Tokenize(string(data))
		f := refused(tokens)
		if f == nil {
			var err error
			if file, err = parse(tokens); err == nil {
				break
			}
			f = syntaxFinding(err, data)
		}
		f.Source, f.Level = source, diag.Error
		mended = append(mended, *f)
		if f.Code != "quote" || len(mended) > maxMended || len(data) > maxScalar {
			return nil, mended
		}
		data = quoteLine(data, f.Line, f.Text) // so that everything else that is wrong is told as well
	}
	var docs []node
	for _, d := range file.Docs {
		if d == nil || d.Body == nil {
			continue
		}
		if _, ok := d.Body.(*ast.DirectiveNode); ok {
			continue // %YAML 1.2 changes nothing that a spec uses
		}
		if n := convert(d.Body); n.kind != nullNode {
			docs = append(docs, n)
		}
	}
	if len(docs) == 0 {
		return fail("empty", 1, 1, "", "the file holds no document", "begin with service: and its name, owner_team and responsibilities")
	}
	return docs, mended
}

// parse hands the tokens to the YAML library. Its panics, if it has any left,
// are errors of the file: data must not stop the caller.
func parse(tokens token.Tokens) (file *ast.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("the YAML is malformed")
		}
	}()
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

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

// syntaxFinding tells where and why the YAML library gave up. It stops at the
// first error, so there is one finding only.
func syntaxFinding(err error, data []byte) *Finding {
	f := &Finding{Code: "yaml", Level: diag.Error, Line: 1, Column: 1, Remedy: "check the indentation and quotes around this line"}
	var positioned interface {
		GetToken() *token.Token
		GetMessage() string
	}
	if errors.As(err, &positioned) {
		f.Reason = positioned.GetMessage()
		if t := positioned.GetToken(); t != nil && t.Position != nil {
			f.Line, f.Column = max(1, t.Position.Line), max(1, t.Position.Column)
		}
	} else {
		f.Reason = err.Error() // which would print the file around a position, at length
	}
	return explain(f, data)
}

// explain replaces the reasons that need knowledge of YAML by ones that do not.
func explain(f *Finding, data []byte) *Finding {
	line := sourceLine(data, f.Line)
	key, value, found := strings.Cut(line, ": ")
	value = strings.TrimSpace(value)
	quoted := func(reason string) *Finding {
		f.Code, f.Text = "quote", value
		f.Column = utf8.RuneCountInString(key) + 3 + utf8.RuneCountInString(line[len(key)+2:]) - utf8.RuneCountInString(strings.TrimLeft(line[len(key)+2:], " "))
		f.Reason, f.Remedy = reason, `put the value in quotes: "`+strings.ReplaceAll(value, `"`, `\"`)+`"`
		return f
	}
	switch {
	case strings.Contains(f.Reason, "invalid header option") && found && value != "" && (value[0] == '>' || value[0] == '|'):
		return quoted("YAML reads a value that begins with " + value[:1] + " as a block of text")
	case found && value != "" && strings.ContainsRune("@`%&*!", rune(value[0])):
		return quoted("YAML reserves " + value[:1] + " at the beginning of a value")
	case strings.Contains(f.Reason, "mapping value is not allowed") && found && strings.Contains(value, ": "):
		return quoted("a second \": \" stands on this line, and YAML takes it for another key")
	case strings.Contains(f.Reason, "could not find end character of"):
		f.Reason, f.Remedy = "the quote that opens here is never closed", "close it on the same line"
	case strings.Contains(f.Reason, "end token"):
		f.Reason, f.Remedy = "the bracket that opens here is never closed", "close it, or write the list as lines that begin with \"- \""
	case strings.Contains(f.Reason, "value is not allowed in this context"):
		f.Reason, f.Remedy = "the indentation of this line fits no line above it", "give it as many spaces as the lines that it belongs to"
	}
	return f
}

// maxMended is how many lines are mended to see what else is wrong.
const maxMended = 20

// quoteLine puts the value at the end of a line in quotes.
func quoteLine(data []byte, line int, value string) []byte {
	var out []byte
	for text := range bytes.Lines(data) {
		if line--; line == 0 {
			body := strings.TrimRight(string(text), " \n")
			text = []byte(strings.TrimSuffix(body, value) + strconv.Quote(value) + "\n")
		}
		out = append(out, text...)
	}
	return out
}

func sourceLine(data []byte, line int) string {
	for text := range bytes.Lines(data) {
		if line--; line == 0 {
			return strings.TrimRight(string(text), "\r\n")
		}
	}
	return ""
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
