package runbook

import (
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// passage is the text of a block without the markers of the lists and quotes it
// stands in, and where its lines stand in the file.
type passage struct {
	text       string
	at         []passageLine
	start, end int // in the file
}

type passageLine struct{ text, source int }

func (p *parse) passage(n ast.Node) passage {
	lines := n.Lines()
	var g passage
	g.start = p.base + max(0, n.Pos())
	g.end = g.start
	if lines.Len() == 0 {
		return g
	}
	g.at = make([]passageLine, 0, lines.Len())
	g.start = p.base + lines.At(0).Start
	if lines.Len() == 1 {
		seg := lines.At(0)
		g.at = append(g.at, passageLine{0, p.base + seg.Start})
		g.text = valid(seg.Value(p.source[p.base:]))
		g.end = p.base + seg.Stop
		return g
	}
	var b strings.Builder
	for i := range lines.Len() {
		seg := lines.At(i)
		g.at = append(g.at, passageLine{b.Len(), p.base + seg.Start})
		b.WriteString(valid(seg.Value(p.source[p.base:])))
		g.end = p.base + seg.Stop
	}
	g.text = b.String()
	return g
}

// valid is text as UTF-8 without carriage returns before line ends.
func valid(b []byte) string {
	s := strings.ToValidUTF8(string(b), "\uFFFD")
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return s
}

// source is where a byte of the text stands in the file.
func (g passage) source(i int) int {
	if len(g.at) == 0 {
		return g.start
	}
	l := g.at[max(0, sort.Search(len(g.at), func(k int) bool { return g.at[k].text > i })-1)]
	return l.source + i - l.text
}

// paragraph is a step of its own, the introduction of the code that follows, or
// how to undo the step before it.
func (p *parse) paragraph(n ast.Node, at place) {
	g := p.passage(n)
	g = p.definitions(g)
	text := strings.TrimSpace(g.text)
	if text == "" {
		return
	}
	p.links(g)
	switch n.NextSibling().(type) {
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		if p.undo(n, text) {
			break
		}
		p.intro = &g
		return
	}
	if p.undo(n, text) {
		steps := p.section().Steps
		last := &steps[len(steps)-1]
		last.Rollback = text
		return
	}
	p.emit(p.proseStep(g, text, at))
}

// undo tells whether a paragraph says how to undo the step before it, which must
// stand in the same item.
func (p *parse) undo(n ast.Node, text string) bool {
	if n.PreviousSibling() == nil || len(p.section().Steps) == 0 || p.section().Steps[len(p.section().Steps)-1].Rollback != "" {
		return false
	}
	switch n.PreviousSibling().(type) {
	case *ast.Heading:
		return false
	}
	low := strings.ToLower(strings.TrimLeft(text[:min(len(text), 24)], "*_ "))
	for _, word := range []string{"undo", "rollback", "roll back", "revert", "to undo", "to revert", "to roll back"} {
		if rest, ok := strings.CutPrefix(low, word); ok && (rest == "" || !isWord(rest[0])) {
			return true
		}
	}
	return false
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// proseStep classifies a text without code of its own.
func (p *parse) proseStep(g passage, text string, at place) Step {
	s := Step{Kind: Prose, Number: at.number, Depth: at.depth, Text: text, Offset: g.start, End: g.end}
	if target, ok := soleLink(text); ok {
		s.Kind, s.URL = LinkStep, target
		return s
	}
	low := strings.ToLower(plainInline(text[:cutAt(text, 400)]))
	low = strings.TrimLeft(low, "*_ ")
	switch {
	case decides(low):
		s.Kind = Decision
	case startsWith(low, "check", "verify", "confirm", "ensure", "make sure", "validate", "inspect", "look at", "look for", "look in"):
		s.Kind = Check
	}
	return s
}

// decides tells whether a text in lower case asks what to do.
func decides(low string) bool {
	if startsWith(low, "if", "when", "unless", "in case", "depending on", "decide") {
		return true
	}
	if strings.Contains(low, "go to step ") || strings.Contains(low, "continue with step ") || strings.Contains(low, "skip to step ") {
		return true
	}
	end := strings.IndexAny(low, ".!?")
	return end > 0 && low[end] == '?'
}

func startsWith(low string, words ...string) bool {
	for _, w := range words {
		if rest, ok := strings.CutPrefix(low, w); ok && (rest == "" || !isWord(rest[0])) {
			return true
		}
	}
	return false
}

// cutAt is n or the length of s, moved back to a boundary of characters.
func cutAt(s string, n int) int {
	if n >= len(s) {
		return len(s)
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return n
}

// html is the text of an HTML block; comments and tags are left out.
func (p *parse) html(n *ast.HTMLBlock, at place) {
	g := p.passage(n)
	text := g.text
	if n.HasClosure() {
		text += valid(n.ClosureLine.Value(p.source[p.base:]))
		g.end = max(g.end, p.base+n.ClosureLine.Stop)
	}
	text = strings.TrimSpace(withoutTags(text))
	if text == "" {
		return
	}
	s := p.proseStep(g, text, at)
	p.emit(s)
}

// withoutTags leaves comments and tags out, in linear time.
func withoutTags(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := ">"
		if strings.HasPrefix(s, "<!--") {
			end = "-->"
		}
		j := strings.Index(s, end)
		if j < 0 {
			return b.String()
		}
		s = s[j+len(end):]
	}
	b.WriteString(s)
	return b.String()
}
