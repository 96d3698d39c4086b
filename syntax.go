package ownership

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/token"

	"github.com/srekit/ownership/internal/diag"
)

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
