package runbook

import (
	"bytes"
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"
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
	topics := opt.Topics
	if len(topics) == 0 {
		topics = DefaultTopics()
	}
	return &reader{blocks: newBlocks(), words: wordsOf(topics), limits: opt.Limits.complete()}
}

// parse is the state of reading one file.
type parse struct {
	*reader
	r       Runbook
	source  []byte // the whole file
	base    int    // where the Markdown begins
	lines   []int  // offsets of line beginnings
	ids     map[string]int
	refs    map[string]string // reference links, by label
	waiting []waitingLink
	heading string   // sub-heading
	intro   *passage // paragraph right before a code block
}

func (rd *reader) parse(name string, source []byte) Runbook {
	p := &parse{reader: rd, ids: make(map[string]int)}
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
	p.r.Sections = append(p.r.Sections, Section{Line: p.lineOf(p.base), Offset: p.base, Hollow: true})
	p.block(tree(p.blocks, p.source[p.base:]), place{})
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

// lineOf is the 1-based line of an offset.
func (p *parse) lineOf(offset int) int {
	return sort.Search(len(p.lines), func(i int) bool { return p.lines[i] > offset })
}

// columnOf is the 1-based column of an offset, in characters.
func (p *parse) columnOf(offset int) int {
	start := p.lines[p.lineOf(offset)-1]
	return 1 + utf8.RuneCount(p.source[start:min(offset, len(p.source))])
}

func (p *parse) add(code, level string, offset int, text, reason, remedy string) {
	if len(p.r.Findings) >= maxFindings {
		return
	}
	p.r.Findings = append(p.r.Findings, Finding{Code: code, Level: level, Source: p.r.Path, Line: p.lineOf(offset), Column: p.columnOf(offset), Text: text, Reason: reason, Remedy: remedy})
}

// maxFindings is how many findings the parser gives for one file.
const maxFindings = 200

// cutDepth ends the source before the first line that nests deeper than the
// limit. The depth is estimated from above, by the indentation and the markers of
// a line that opens a list item or a quote.
func (p *parse) cutDepth() {
	for i := p.lineOf(p.base) - 1; i < len(p.lines); i++ {
		start := max(p.lines[i], p.base)
		end := len(p.source)
		if i+1 < len(p.lines) {
			end = p.lines[i+1]
		}
		line := p.source[start:end]
		if len(line) <= p.limits.Depth {
			continue
		}
		if depth := nesting(line, p.limits.Depth); depth > p.limits.Depth {
			p.add("R023", diag.Error, start, "", fmt.Sprintf("the line nests lists or quotes more than %d deep, and nothing is read from here on", p.limits.Depth), "write less deep lists, or raise Limits.Depth")
			p.source = p.source[:start]
			return
		}
	}
}

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

func (p *parse) section() *Section { return &p.r.Sections[len(p.r.Sections)-1] }

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
	if h.Level == 1 && p.r.Title == "" && len(topics) == 0 {
		p.r.Title, p.r.Line = title, p.lineOf(offset)
		if !p.section().empty() || p.section().Heading != "" {
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
	if s.Heading == "" && s.empty() {
		p.r.Sections = p.r.Sections[:len(p.r.Sections)-1]
	} else {
		s.End = offset
	}
	p.r.Sections = append(p.r.Sections, Section{Heading: heading, Topics: topics, Level: level, Line: p.lineOf(offset), Offset: offset, Hollow: true})
}

func (s *Section) empty() bool { return len(s.Steps) == 0 }

// emit adds a step to the section.
func (p *parse) emit(s Step) {
	sec := p.section()
	s.Heading = p.heading
	slug := slugOf(s.Name)
	if slug == "" {
		slug = slugOf(sec.Heading)
		if len(sec.Topics) > 0 {
			slug = slugOf(sec.Topics[0])
		}
		if slug == "" {
			slug = "step"
		}
		p.ids[slug+"-"]++
		slug += "-" + strconv.Itoa(p.ids[slug+"-"])
	}
	for id := slug; ; id = slug + "-" + strconv.Itoa(p.ids[slug]) {
		if p.ids[id] == 0 {
			p.ids[id]++
			s.ID = id
			break
		}
		p.ids[slug]++
	}
	s.Line, s.Column, s.EndLine = p.lineOf(s.Offset), p.columnOf(s.Offset), p.lineOf(max(s.Offset, s.End-1))
	if s.Code != "" || s.Expected != "" || !hollow(s.Text) {
		sec.Hollow = false
	}
	sec.Steps = append(sec.Steps, s)
}

// slugOf is a name in lower case with dashes, at most 60 bytes.
func slugOf(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			b.WriteRune(r)
		} else if b.Len() > 0 && !strings.HasSuffix(b.String(), "-") {
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// hollow tells whether a text is empty or says that it is to be written.
func hollow(s string) bool {
	s = strings.Trim(s, " \t\r\n*_`.:-<>!/()[]")
	if s == "" {
		return true
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
	if first := p.r.Sections[0]; first.Heading == "" && first.empty() {
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
