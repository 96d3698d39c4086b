package runbook

import (
	"bytes"
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"

	"github.com/srekit/ownership/internal/diag"
)

// Parse reads one runbook. It never fails: what cannot be read is a finding of
// the result, and so is what a limit cut off. name is the file's path below its
// folder. Time and memory grow linearly with the size of source, which is not
// changed and not kept.
func Parse(name string, source []byte, opt Options) Runbook {
	return newReader(opt).parse(name, source)
}

// reader parses many runbooks with the same options.
type reader struct {
	blocks parser.Parser
	words  map[string]string
	limits Limits
}

func newReader(opt Options) *reader {
	rd := &reader{blocks: blocks(), limits: opt.Limits.complete()}
	if len(opt.Topics) == 0 {
		rd.words = defaultWords()
	} else {
		rd.words = wordsOf(opt.Topics)
	}
	return rd
}

// Both are made once, when they are first needed, and only read from then on.
var (
	blocks       = sync.OnceValue(newBlocks)
	defaultWords = sync.OnceValue(func() map[string]string { return wordsOf(DefaultTopics()) })
)

// parse is the state of reading one file.
type parse struct {
	*reader
	r       Runbook
	source  []byte            // the whole file
	base    int               // where the Markdown begins
	lines   []int             // offsets of line beginnings
	ids     map[string]int    // highest number given out behind a name, but for last
	last    string            // name that a number was given out behind last
	count   int               // highest number behind last
	named   map[string]bool   // IDs that are names
	refs    map[string]string // reference links, by label
	waiting []waitingLink
	steps   []Step   // of all sections
	spans   []span   // of the sections, in p.steps
	whole   string   // source as text
	clean   bool     // whole is UTF-8 and has no carriage returns, so that parts of it can be used
	column  columnAt // that was looked up last
	hint    int      // line that was looked up last, from 0
	full    bool     // Limits.Steps is reached
	asks    bool     // a step has placeholders
	heading string   // sub-heading
	intro   passage  // paragraph right before a code block
	leads   bool     // there is an intro
}

func (rd *reader) parse(name string, source []byte) Runbook {
	p := &parse{reader: rd}
	p.r.Path, p.r.Name, p.r.Bytes = name, fileTitle(name), len(source)
	if len(source) > rd.limits.Bytes {
		cut := rd.limits.Bytes
		if i := bytes.LastIndexByte(source[:cut], '\n'); i >= 0 {
			cut = i + 1
		}
		p.index(source[:cut])
		p.add("R023", diag.Error, cut, "", fmt.Sprintf("the file has %d bytes, and what follows after %d is not read", len(source), cut), "split the runbook, or raise Limits.Bytes")
	} else {
		p.index(source)
	}
	p.frontMatter()
	p.cutDepth()
	p.whole = string(p.source)
	p.clean = strings.IndexByte(p.whole, '\r') < 0 && utf8.ValidString(p.whole)
	blocks := tree(p.blocks, p.source[p.base:])
	p.steps = make([]Step, 0, min(leaves(blocks), p.limits.Steps))
	p.r.Sections = append(make([]Section, 0, 8), Section{Line: p.lineOf(p.base), Offset: p.base, Hollow: true})
	p.spans = append(make([]span, 0, 8), span{})
	p.block(blocks, place{})
	p.finish()
	return p.r
}

// fileTitle is the name of a file without its extension, or its folder's where
// the file is the folder's front page.
func fileTitle(name string) string {
	base := path.Base(name)
	base = strings.TrimSuffix(base, path.Ext(base))
	switch strings.ToLower(base) {
	case "readme", "index", "_index":
		if dir := path.Base(path.Dir(name)); dir != "." && dir != "/" {
			return dir
		}
	}
	return base
}

func (p *parse) index(source []byte) {
	p.source = source
	p.lines = append(make([]int, 0, 1+bytes.Count(source, []byte{'\n'})), 0)
	for i := 0; ; {
		j := bytes.IndexByte(source[i:], '\n')
		if j < 0 {
			break
		}
		i += j + 1
		p.lines = append(p.lines, i)
	}
}

// lineOf is the 1-based line of an offset. Offsets are mostly asked for in order.
func (p *parse) lineOf(offset int) int {
	h := p.hint
	if h >= len(p.lines) || p.lines[h] > offset || h+16 < len(p.lines) && p.lines[h+16] <= offset {
		h = sort.Search(len(p.lines), func(i int) bool { return p.lines[i] > offset }) - 1
	}
	for h+1 < len(p.lines) && p.lines[h+1] <= offset {
		h++
	}
	p.hint = h
	return h + 1
}

// columnOf is the 1-based column of an offset, in characters. It counts from the
// column that was asked for last, so that a long line is not counted time and again.
func (p *parse) columnOf(offset int) int {
	offset = min(offset, len(p.source))
	start := p.lines[p.lineOf(offset)-1]
	switch at := p.column; {
	case at.column == 0 || at.line != start || at.offset < start:
		p.column = columnAt{start, offset, 1 + utf8.RuneCount(p.source[start:offset])}
	case at.offset <= offset:
		p.column = columnAt{start, offset, at.column + utf8.RuneCount(p.source[at.offset:offset])}
	default:
		p.column = columnAt{start, offset, at.column - utf8.RuneCount(p.source[offset:at.offset])}
	}
	return p.column.column
}

// columnAt is the column of an offset in the line that begins at line.
type columnAt struct{ line, offset, column int }

func (p *parse) add(code, level string, offset int, text, reason, remedy string) {
	if len(p.r.Findings) >= maxFindings {
		return
	}
	p.r.Findings = append(p.r.Findings, Finding{Code: code, Level: level, Source: p.r.Path, Line: p.lineOf(offset), Column: p.columnOf(offset), Text: text, Reason: reason, Remedy: remedy}.withoutSecret())
}

// maxFindings is how many findings the parser gives for one file.
const maxFindings = 200

// cutDepth ends the source before the first line that nests deeper than the
// limit. The depth is estimated from above, by the indentation and the markers of
// a line that opens a list item or a quote. Every blank line costs the parser a look
// at each list that is open, so that their number within lists is bounded, too.
func (p *parse) cutDepth() {
	open, looks := 0, 0
	for i := p.lineOf(p.base) - 1; i < len(p.lines); i++ {
		start := max(p.lines[i], p.base)
		end := len(p.source)
		if i+1 < len(p.lines) {
			end = p.lines[i+1]
		}
		line := p.source[start:end]
		if len(line) < 2 || line[0] == '\r' {
			if looks += open; looks > maxLooks {
				p.add("R023", diag.Error, start, "", "there are too many blank lines in deep lists, and nothing is read from here on", "leave out blank lines")
				p.source = p.source[:start]
				return
			}
			continue
		}
		depth := nesting(line, p.limits.Depth)
		if depth > p.limits.Depth {
			p.add("R023", diag.Error, start, "", fmt.Sprintf("the line nests lists or quotes more than %d deep, and nothing is read from here on", p.limits.Depth), "write less deep lists, or raise Limits.Depth")
			p.source = p.source[:start]
			return
		}
		if depth > 0 {
			open = max(depth, min(open, p.limits.Depth))
		} else if line[0] != ' ' && line[0] != '\t' && i > 0 && p.lines[i]-p.lines[i-1] < 2 {
			open = 0 // behind a blank line, what is not indented closes all lists
		}
	}
}

// maxLooks bounds the sum of open lists over all blank lines.
const maxLooks = 1 << 20

// nesting estimates how many lists and quotes a line stands in; it stops counting
// beyond limit.
func nesting(line []byte, limit int) int {
	columns, markers := 0, 0
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case c == ' ':
			columns++
			i++
		case c == '\t':
			columns += 4
			i++
		case c == '>':
			markers++
			i++
		case (c == '-' || c == '*' || c == '+') && i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t' || line[i+1] == '\n' || line[i+1] == '\r'):
			markers++
			i++
		case c >= '0' && c <= '9':
			j := i
			for j < len(line) && j-i < 10 && line[j] >= '0' && line[j] <= '9' {
				j++
			}
			if j+1 < len(line) && (line[j] == '.' || line[j] == ')') && (line[j+1] == ' ' || line[j+1] == '\t' || line[j+1] == '\n') {
				markers++
				i = j + 1
				continue
			}
			return depthOf(columns, markers)
		default:
			return depthOf(columns, markers)
		}
		if markers > limit {
			break
		}
	}
	return depthOf(columns, markers)
}

func depthOf(columns, markers int) int {
	if markers == 0 {
		return 0 // the line opens nothing
	}
	return markers + max(0, columns-markers)/2
}

// place is where in the lists a block stands.
type place struct {
	number, depth int
	quoted        bool
}

// block walks the blocks below n. Its recursion is as deep as the limit lets
// lists be.
func (p *parse) block(n ast.Node, at place) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch b := c.(type) {
		case *ast.Heading:
			p.headingBlock(b)
		case *ast.Paragraph, *ast.TextBlock:
			p.paragraph(c, at)
		case *ast.FencedCodeBlock:
			p.fence(b, at)
		case *ast.CodeBlock:
			p.indented(b, at)
		case *ast.HTMLBlock:
			p.html(b, at)
		case *ast.List:
			i := 0
			for item := b.FirstChild(); item != nil; item = item.NextSibling() {
				in := place{depth: at.depth + 1, quoted: at.quoted}
				if b.IsOrdered() {
					in.number = b.Start + i
				}
				i++
				p.block(item, in)
			}
		case *ast.Blockquote:
			p.block(b, place{at.number, at.depth, true})
		}
	}
}

// leaves is how many steps the blocks below n can be at most.
func leaves(n ast.Node) int {
	count := 0
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c.(type) {
		case *ast.Paragraph, *ast.TextBlock:
			switch c.NextSibling().(type) {
			case *ast.FencedCodeBlock, *ast.CodeBlock: // mostly one step with it
			default:
				count++
			}
		case *ast.FencedCodeBlock, *ast.CodeBlock, *ast.HTMLBlock:
			count++
		case *ast.List, *ast.ListItem, *ast.Blockquote:
			count += leaves(c)
		}
	}
	return count
}

// span is where the steps of a section begin, and what their IDs begin with.
type span struct {
	*Section
	first int
	slug  string
}

// section is the section that is being read.
func (p *parse) section() span {
	s := p.spans[len(p.spans)-1]
	s.Section = &p.r.Sections[len(p.r.Sections)-1]
	return s
}

func (p *parse) headingBlock(h *ast.Heading) {
	text := p.passage(h)
	p.links(text)
	title := strings.TrimSpace(plainInline(strings.TrimSpace(text.text)))
	offset := p.base + max(0, h.Pos())
	if len(text.at) > 0 {
		offset = p.lines[p.lineOf(text.at[0].source)-1] // the line's beginning, not the text's
	}
	p.heading = ""
	topics := p.topicsOf(title)
	if h.Level == 1 && p.r.Title == "" && len(topics) > 0 && p.r.Meta.Title != "" && bareName(title) == bareName(p.r.Meta.Title) {
		topics = nil // an alert may have a topic's name
	}
	if h.Level == 1 && p.r.Title == "" && len(topics) == 0 {
		p.r.Title, p.r.Line = title, p.lineOf(offset)
		if s := p.section(); len(p.steps) > s.first || s.Heading != "" {
			p.open(title, nil, h.Level, offset)
		}
		return
	}
	s := p.section()
	if h.Level > 2 && (len(topics) == 0 || len(s.Topics) > 0 && s.Level < h.Level) {
		p.heading = title
		return
	}
	p.open(title, topics, h.Level, offset)
}

// open begins a section.
func (p *parse) open(heading string, topics []string, level, offset int) {
	s := p.section()
	if s.Heading == "" && len(p.steps) == s.first {
		p.r.Sections = p.r.Sections[:len(p.r.Sections)-1]
		p.spans = p.spans[:len(p.spans)-1]
	} else {
		s.End = offset
	}
	slug := slugOf(heading)
	if len(topics) > 0 {
		slug = slugOf(topics[0])
	}
	p.spans = append(p.spans, span{first: len(p.steps), slug: slug})
	p.r.Sections = append(p.r.Sections, Section{Heading: heading, Topics: topics, Level: level, Line: p.lineOf(offset), Offset: offset, Hollow: true})
}

// emit adds a step to the section.
func (p *parse) emit(s Step) {
	if len(p.steps) >= p.limits.Steps {
		if !p.full {
			p.full = true
			p.add("R023", diag.Error, s.Offset, "", fmt.Sprintf("the runbook has more than %d steps, and those from here on are left out", p.limits.Steps), "split the runbook, or raise Limits.Steps")
		}
		return
	}
	sec := p.section()
	s.Heading = p.heading
	s.ID = p.id(slugOf(s.Name), sec.slug)
	if s.Line == 0 {
		s.Line, s.Column = p.lineOf(s.Offset), p.columnOf(s.Offset)
	}
	s.EndLine = p.lineOf(max(s.Offset, s.End-1))
	if s.Code != "" || s.Expected != "" || !hollow(s.Text) {
		sec.Hollow = false
	}
	p.steps = append(p.steps, s)
}

// id is the name of a step, else the section's with a number, unlike all others.
func (p *parse) id(name, section string) string {
	base := name
	if base == "" {
		if base = section; base == "" {
			base = "step"
		}
	} else if !p.named[base] && !p.numbered(base) {
		if p.named == nil {
			p.named = make(map[string]bool)
		}
		p.named[base] = true
		return base
	}
	if base != p.last {
		if p.ids == nil {
			p.ids = make(map[string]int)
		}
		p.ids[p.last] = p.count
		p.last, p.count = base, p.ids[base]
	}
	for {
		p.count++
		if id := base + "-" + strconv.Itoa(p.count); len(p.named) == 0 || !p.named[id] {
			return id
		}
	}
}

// numbered tells whether a name was given to a step without a name.
func (p *parse) numbered(name string) bool {
	i := strings.LastIndexByte(name, '-')
	if i < 0 {
		return false
	}
	n, err := strconv.Atoi(name[i+1:])
	if name[:i] == p.last {
		return err == nil && p.count >= n
	}
	return err == nil && p.ids[name[:i]] >= n
}

// slugOf is a name in lower case with dashes, at most 60 bytes.
func slugOf(s string) string {
	if s == "" {
		return ""
	}
	var buf [60]byte
	n := 0
	for i := 0; i < len(s) && n < len(buf); i++ {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			buf[n] = c
			n++
		} else if n > 0 && buf[n-1] != '-' {
			buf[n] = '-'
			n++
		}
	}
	return strings.Trim(string(buf[:n]), "-")
}

// hollow tells whether a text is empty or says that it is to be written.
func hollow(s string) bool {
	if len(s) > 20 && isLetter(s[0]) && isLetter(s[20]) {
		if c := s[0] | 0x20; c != 't' && c != 'f' && c != 'x' {
			return false // as below, for most texts
		}
	}
	s = strings.Trim(s, " \t\r\n*_`.:-<>!/()[]")
	if s == "" {
		return true
	}
	if c := s[0] | 0x20; c != 't' && c != 'f' && c != 'x' && len(s) > 20 {
		return false
	}
	word := s
	if i := strings.IndexFunc(s, func(r rune) bool {
		return r == ' ' || r == ':' || r == '\n' || r == '-' || r == '(' || r == ',' || r == '.'
	}); i >= 0 {
		word = s[:i]
	}
	switch strings.ToUpper(word) {
	case "TODO", "FIXME", "TBD", "TBA", "XXX":
		return true
	}
	switch strings.ToLower(s) {
	case "n/a", "na", "none", "to be done", "to be written", "to do", "wip", "work in progress", "coming soon", "unknown":
		return true
	}
	return false
}

// finish resolves what needs the whole file.
func (p *parse) finish() {
	p.section().End = len(p.source)
	for i, s := range p.spans {
		end := len(p.steps)
		if i+1 < len(p.spans) {
			end = p.spans[i+1].first
		}
		if s.first < end {
			p.r.Sections[i].Steps = p.steps[s.first:end:end]
		}
	}
	if first := p.r.Sections[0]; first.Heading == "" && len(first.Steps) == 0 {
		p.r.Sections = p.r.Sections[1:]
	}
	if len(p.r.Sections) == 0 {
		p.r.Sections = nil
	}
	if p.r.Title == "" {
		p.r.Title = p.r.Meta.Title
	}
	p.resolveLinks()
	p.inputs()
}
