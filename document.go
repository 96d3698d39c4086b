package ownership

import (
	"bytes"
	"errors"
	"fmt"

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
