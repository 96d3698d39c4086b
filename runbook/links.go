package runbook

import (
	"strings"
)

// waitingLink is a link by reference, whose definition may follow.
type waitingLink struct {
	link  int // in Runbook.Links
	label string
}

const (
	maxTarget = 2048 // bytes of a link's target
	maxLabel  = 200  // bytes of a reference's label
	maxTicks  = 16   // backticks that open a code span
)

// definitions takes the reference links out of a paragraph that begins with them.
func (p *parse) definitions(g passage) passage {
	for strings.HasPrefix(g.text, "[") {
		end := strings.IndexByte(g.text, '\n')
		line := g.text
		if end >= 0 {
			line = g.text[:end]
		}
		i := strings.Index(line[:min(len(line), maxLabel)], "]:")
		if i < 2 || line[1] == '^' { // a footnote is text
			break
		}
		target, title, _ := strings.Cut(strings.TrimSpace(line[i+2:]), " ")
		target = strings.Trim(target, "<>")
		if target == "" || len(target) > maxTarget {
			break
		}
		if title = strings.TrimSpace(title); title != "" && strings.IndexByte("\"'(", title[0]) < 0 {
			break // neither is a sentence behind a colon
		}
		if p.refs == nil {
			p.refs = make(map[string]string)
		}
		label := foldLabel(line[1:i])
		if _, ok := p.refs[label]; !ok {
			p.refs[label] = target
		}
		n := len(line)
		if end >= 0 {
			n++
		}
		g.start = g.source(n)
		g.text = g.text[n:]
		for k := range g.at {
			g.at[k].text -= n
		}
		for len(g.at) > 1 && g.at[1].text <= 0 {
			g.at = g.at[1:]
		}
	}
	return g
}

func foldLabel(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// links finds the links and shortcodes of a text, outside code spans. It reads
// each byte a bounded number of times.
func (p *parse) links(g passage) {
	s := g.text
	var open []int // of brackets
	var missing [maxTicks + 1]bool
	give := func(start int, text, target string, ref bool) int {
		if len(p.r.Links) >= p.limits.Steps {
			return -1
		}
		at := g.source(start)
		p.r.Links = append(p.r.Links, Link{Text: text, Target: target, Ref: ref, Line: p.lineOf(at), Column: p.columnOf(at), Offset: at})
		return len(p.r.Links) - 1
	}
	retry := 0 // no target of a link ends before it
	for i := 0; i < len(s); {
		if !marks[s[i]] {
			i++
			continue
		}
		switch s[i] {
		case '\\':
			i += 2
		case '`':
			n := ticks(s[i:])
			i += n
			if n <= maxTicks && !missing[n] {
				if j := closing(s[i:], n); j >= 0 {
					i += j + n
				} else {
					missing[n] = true
				}
			}
		case '[':
			if len(open) < 1000 {
				open = append(open, i)
			}
			i++
		case ']':
			if len(open) == 0 {
				i++
				continue
			}
			start := open[len(open)-1]
			open = open[:len(open)-1]
			text := s[start+1 : i]
			if len(text) > maxTarget {
				text = text[:cutAt(text, maxTarget)]
			}
			i++
			switch {
			case i < len(s) && s[i] == '(' && i >= retry:
				target, ref, n := targetOf(s[i+1:])
				if n < 0 {
					if n < -64 { // what was long in vain is not read again and again
						retry = i - n
					}
					continue
				}
				give(start, text, target, ref)
				i += 1 + n
			case i < len(s) && s[i] == '[':
				j := strings.IndexByte(s[i:min(len(s), i+maxLabel)], ']')
				if j < 0 {
					continue
				}
				label := s[i+1 : i+j]
				if label == "" {
					label = text
				}
				p.wait(give(start, text, "", false), label)
				i += j + 1
			case len(text) > 0 && len(text) <= maxLabel:
				p.wait(give(start, text, "", false), text)
			}
		case '<':
			if j := strings.IndexAny(s[i+1:min(len(s), i+maxTarget)], " <>\n"); j > 0 && s[i+1+j] == '>' && hasScheme(s[i+1:i+1+j]) {
				give(i, "", s[i+1:i+1+j], false)
				i += j + 2
				continue
			}
			i++
		case '{':
			if target, n := shortcode(s[i:]); n > 0 {
				if target != "" {
					give(i, "", target, true)
				}
				i += n
				continue
			}
			i++
		case 'h':
			if strings.HasPrefix(s[i:], "http://") || strings.HasPrefix(s[i:], "https://") {
				j := strings.IndexAny(s[i:min(len(s), i+maxTarget)], " \t\n<>\"`)]")
				if j < 0 {
					j = min(len(s)-i, maxTarget)
				}
				give(i, "", strings.TrimRight(s[i:i+j], ".,;:!?'*_"), false)
				i += j
				continue
			}
			i++
		default:
			i++
		}
	}
}

// marks are the bytes that links and code spans begin or end with.
var marks = [256]bool{'\\': true, '`': true, '[': true, ']': true, '<': true, '{': true, 'h': true}

// wait keeps a link by reference until all definitions are known.
func (p *parse) wait(link int, label string) {
	if link >= 0 {
		p.waiting = append(p.waiting, waitingLink{link, foldLabel(label)})
	}
}

// ticks is the length of the run of backticks that s begins with.
func ticks(s string) int {
	n := 0
	for n < len(s) && s[n] == '`' {
		n++
	}
	return n
}

// closing is where a run of exactly n backticks begins, -1 if there is none.
func closing(s string, n int) int {
	for i := 0; i < len(s); {
		j := strings.IndexByte(s[i:], '`')
		if j < 0 {
			return -1
		}
		i += j
		k := ticks(s[i:])
		if k == n {
			return i
		}
		i += k
	}
	return -1
}

// targetOf reads the target of an inline link behind its parenthesis, and how
// many bytes that took with the closing one; n is negative if it is none, and
// tells how many were read in vain.
func targetOf(s string) (target string, ref bool, n int) {
	s = s[:min(len(s), maxTarget)]
	lead := len(s) - len(strings.TrimLeft(s, " \t\n"))
	if t, k := shortcode(s[lead:]); k > 0 {
		rest := s[lead+k:]
		// An anchor may follow the shortcode.
		if j := strings.IndexAny(rest, ") \n"); j >= 0 && rest[j] == ')' {
			return t, t != "", lead + k + j + 1
		}
		return "", false, -1
	}
	i := lead
	if i < len(s) && s[i] == '<' {
		j := strings.IndexAny(s[i:], ">\n")
		if j < 0 || s[i+j] != '>' {
			return "", false, -1
		}
		target = s[i+1 : i+j]
		i += j + 1
	} else {
		depth := 0
		for ; i < len(s); i++ {
			c := s[i]
			if c == '\\' && i+1 < len(s) {
				i++
				continue
			}
			if c == '(' {
				depth++
			} else if c == ')' {
				if depth == 0 {
					break
				}
				depth--
			} else if c == ' ' || c == '\n' || c == '\t' {
				break
			}
		}
		target = s[lead:i]
	}
	// A title may follow.
	rest := strings.TrimLeft(s[i:], " \t\n")
	j := len(s) - len(rest)
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') && j > i {
		k := strings.IndexByte(rest[1:], rest[0])
		if k < 0 {
			return "", false, -len(s)
		}
		rest = strings.TrimLeft(rest[k+2:], " \t\n")
		j = len(s) - len(rest)
	}
	if !strings.HasPrefix(rest, ")") {
		return "", false, -j - 1
	}
	return strings.TrimSpace(target), false, j + 1
}

// shortcode reads {{< ref "target" >}}; other shortcodes have no target. n is 0
// if s does not begin with one.
func shortcode(s string) (target string, n int) {
	end := " >}}"
	switch {
	case strings.HasPrefix(s, "{{<"):
	case strings.HasPrefix(s, "{{%"):
		end = " %}}"
	default:
		return "", 0
	}
	j := strings.Index(s[:min(len(s), maxTarget)], end[1:])
	if j < 0 {
		return "", 0
	}
	n = j + 3
	fields := strings.Fields(s[3:j])
	if len(fields) >= 2 && (fields[0] == "ref" || fields[0] == "relref") {
		target = strings.Trim(fields[1], "\"'`")
	}
	return target, n
}

func hasScheme(s string) bool {
	i := strings.IndexByte(s, ':')
	if i < 1 {
		return false
	}
	for k := range i {
		if c := s[k]; !isWord(c) && c != '+' && c != '-' && c != '.' || c == '_' {
			return false
		}
	}
	return s[0] > '9'
}

// soleLink tells whether a text is one link and nothing else.
func soleLink(s string) (target string, ok bool) {
	if len(s) > 2*maxTarget {
		return "", false
	}
	if u := strings.Trim(s, "<>"); (strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://")) && !strings.ContainsAny(u, " \t\n") {
		return u, true
	}
	if !strings.HasPrefix(s, "[") || !strings.HasSuffix(s, ")") {
		return "", false
	}
	i := strings.Index(s, "](")
	if i < 0 || strings.IndexByte(s[1:i], '[') >= 0 {
		return "", false
	}
	target, _, n := targetOf(s[i+2:])
	return target, n == len(s)-i-2
}

// resolveLinks gives links by reference their targets and drops brackets that
// are none.
func (p *parse) resolveLinks() {
	if len(p.waiting) == 0 {
		return
	}
	for _, w := range p.waiting {
		p.r.Links[w.link].Target = p.refs[w.label]
	}
	kept := p.r.Links[:0]
	for _, l := range p.r.Links {
		if l.Target != "" {
			kept = append(kept, l)
		}
	}
	if p.r.Links = kept; len(kept) == 0 {
		p.r.Links = nil
	}
}

// plainInline is a text without emphasis, code marks and the targets of links.
func plainInline(s string) string {
	if !strings.ContainsAny(s, "`*_[\\") {
		return s
	}
	var b strings.Builder
	retry := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case c == '`' || c == '*' || c == '[':
		case c == '_' && (i == 0 || !isWord(s[i-1]) || i+1 == len(s) || !isWord(s[i+1])):
		case c == ']':
			if i+1 < len(s) && s[i+1] == '(' && i >= retry {
				if _, _, n := targetOf(s[i+2:]); n >= 0 {
					i += 1 + n
				} else if n < -64 {
					retry = i - n
				}
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
