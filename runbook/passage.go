package runbook

import (
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
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
	g.start = p.base + lines.At(0).Start
	g.end = p.base + lines.At(lines.Len()-1).Stop
	if p.clean && contiguous(lines) {
		g.text = p.whole[g.start:g.end]
		return g
	}
	var b strings.Builder
	b.Grow(g.end - g.start)
	g.at = make([]passageLine, 0, lines.Len())
	for i := range lines.Len() {
		seg := lines.At(i)
		g.at = append(g.at, passageLine{b.Len(), p.base + seg.Start})
		b.WriteString(p.value(seg))
	}
	g.text = b.String()
	return g
}

// contiguous tells whether the lines of a block stand in the file as they are,
// without the markers of lists and quotes between them.
func contiguous(lines *text.Segments) bool {
	for i := range lines.Len() {
		if seg := lines.At(i); seg.Padding != 0 || i > 0 && seg.Start != lines.At(i-1).Stop {
			return false
		}
	}
	return true
}

// value is the text of a line; a line feed ends it also at the end of the file.
func (p *parse) value(seg text.Segment) string {
	if p.clean && seg.Padding == 0 {
		return p.whole[p.base+seg.Start : p.base+seg.Stop]
	}
	return valid(seg.Value(p.source[p.base:]))
}

// code is the text of a code block without white space at its end.
func (p *parse) code(lines *text.Segments) string {
	if p.clean && lines.Len() > 0 && contiguous(lines) {
		return strings.TrimRight(p.whole[p.base+lines.At(0).Start:p.base+lines.At(lines.Len()-1).Stop], " \t\n")
	}
	var b strings.Builder
	if n := lines.Len(); n > 0 {
		b.Grow(lines.At(n-1).Stop - lines.At(0).Start)
	}
	for i := range lines.Len() {
		b.WriteString(p.value(lines.At(i)))
	}
	return strings.TrimRight(b.String(), " \t\n")
}

// source is where a byte of the text stands in the file.
func (g passage) source(i int) int {
	if len(g.at) == 0 {
		return g.start + i
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
		p.intro, p.leads = g, true
		return
	}
	if p.undo(n, text) {
		p.steps[len(p.steps)-1].Rollback = text
		return
	}
	p.emit(p.proseStep(g, text, at))
}

// undo tells whether a paragraph says how to undo the step before it, which must
// stand in the same item.
func (p *parse) undo(n ast.Node, text string) bool {
	if c := text[0] | 0x20; c != 'u' && c != 'r' && c != 't' && text[0] != '*' && text[0] != '_' {
		return false
	}
	if n.PreviousSibling() == nil || len(p.steps) == p.section().first || p.steps[len(p.steps)-1].Rollback != "" {
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

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// proseStep classifies a text without code of its own.
func (p *parse) proseStep(g passage, text string, at place) Step {
	s := Step{Kind: Prose, Number: at.number, Depth: at.depth, Text: text, Offset: g.start, End: g.end}
	if target, ok := soleLink(text); ok {
		s.Kind, s.URL = LinkStep, target
		return s
	}
	low := text
	for low != "" && (low[0] == '*' || low[0] == '_' || low[0] == ' ' || low[0] == '`' || low[0] == '[') {
		low = low[1:]
	}
	low = strings.ToLower(low[:cutAt(low, 24)])
	switch {
	case decides(low, text[:cutAt(text, 400)]):
		s.Kind = Decision
	case mayStart(low, "cvemil") && startsWith(low, "check", "verify", "confirm", "ensure", "make sure", "validate", "inspect", "look at", "look for", "look in"):
		s.Kind = Check
	}
	return s
}

// decides tells whether a text, given also by its first words in lower case, asks
// what to do.
func decides(low, text string) bool {
	if mayStart(low, "iwud") && startsWith(low, "if", "when", "unless", "in case", "depending on", "decide") {
		return true
	}
	if end := strings.IndexByte(text, '?'); end > 0 {
		if other := strings.IndexAny(text[:end], ".!"); other < 0 {
			return true
		}
	}
	if !strings.Contains(text, " step ") {
		return false
	}
	for rest := text; ; {
		i := strings.Index(rest, " to step ")
		if i < 0 {
			return strings.Contains(rest, "ontinue with step ")
		}
		if before := rest[:i]; strings.HasSuffix(before, "go") || strings.HasSuffix(before, "Go") || strings.HasSuffix(before, "kip") {
			return true
		}
		rest = rest[i+9:]
	}
}

// mayStart tells whether s begins with one of the letters.
func mayStart(s, letters string) bool {
	return s != "" && strings.IndexByte(letters, s[0]) >= 0
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
