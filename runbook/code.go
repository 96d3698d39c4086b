package runbook

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"

	"github.com/srekit/ownership/internal/diag"
)

// fence is a step for a fenced code block.
func (p *parse) fence(b *ast.FencedCodeBlock, at place) {
	start := p.base + max(0, b.Pos())
	if b.Pos() < 0 && b.Info != nil {
		start = p.lines[p.lineOf(p.base+b.Info.Segment.Start)-1]
	}
	for start < len(p.source) && (p.source[start] == ' ' || p.source[start] == '\t') {
		start++
	}
	end := p.lineEnd(start)
	if n := b.Lines().Len(); n > 0 {
		end = p.base + b.Lines().At(n-1).Stop
	}
	end, closed := p.fenceEnd(start, end)
	if !closed {
		p.add("R004", diag.Error, start, firstLine(p.source[start:]), "the fence that opens here is never closed, so that all that follows is code", "close it by a line with the same marks and the same indentation")
	}
	info := ""
	if b.Info != nil {
		info = valid(b.Info.Segment.Value(p.source[p.base:]))
	}
	p.codeStep(b, info, start, end, at, true)
}

// indented is a step for an indented code block.
func (p *parse) indented(b *ast.CodeBlock, at place) {
	n := b.Lines().Len()
	if n == 0 {
		return
	}
	p.codeStep(b, "", p.base+b.Lines().At(0).Start, p.base+b.Lines().At(n-1).Stop, at, false)
}

// lineEnd is where the line of an offset ends, behind its line feed.
func (p *parse) lineEnd(offset int) int {
	if l := p.lineOf(offset); l < len(p.lines) {
		return p.lines[l]
	}
	return len(p.source)
}

// fenceEnd looks for the line that closes a fence, right behind its content.
func (p *parse) fenceEnd(start, content int) (end int, closed bool) {
	open := p.source[start:]
	mark := byte('`')
	if len(open) > 0 {
		mark = open[0]
	}
	n := 0
	for n < len(open) && open[n] == mark {
		n++
	}
	if content >= len(p.source) {
		return len(p.source), false
	}
	stop := p.lineEnd(content)
	line := bytes.TrimLeft(p.source[content:stop], " \t>")
	k := 0
	for k < len(line) && line[k] == mark {
		k++
	}
	if k >= max(3, n) && len(bytes.TrimSpace(line[k:])) == 0 {
		return stop, true
	}
	return content, false
}

func firstLine(b []byte) string {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i]
	}
	return strings.TrimSpace(valid(b[:min(len(b), 200)]))
}

// codeStep is the step of a code block.
func (p *parse) codeStep(n ast.Node, info string, start, end int, at place, fenced bool) {
	intro, leads := p.intro, p.leads
	p.leads = false
	code := p.code(n.Lines())
	s := Step{Number: at.number, Depth: at.depth, Offset: start, End: end, fenced: fenced}
	if leads {
		s.textLine = p.lineOf(intro.start)
		s.Text = strings.TrimSpace(intro.text)
	}
	language, attributes, ok := fenceInfo(info)
	if !ok {
		p.add("R025", diag.Error, start, info, "the attributes of the fence cannot be read", `write {name=drain timeout=5m} or {"name":"drain"}`)
	}
	s.Language = language
	prompts := false
	s.Code = code
	switch {
	case isShell(language) || language == "" || language == "text" || language == "txt":
		var expected string
		s.Code, expected, prompts = withoutPrompts(code)
		s.Expected = expected
	}
	s.Kind = kindOf(language, s.Code, prompts)
	p.attributes(&s, attributes, start)
	if s.Kind == Prose && leads {
		// An example belongs to the text that introduces it.
		t := p.proseStep(intro, s.Text, at)
		if t.Kind == Check || t.Kind == Decision {
			s.Kind = t.Kind
			s.Expected, s.Code = s.Code, ""
		}
	}
	if s.Code != "" && s.Kind != Prose {
		s.Placeholders = placeholders(s.Code, s.Kind == Query, isShell(language) || language == "")
		p.asks = p.asks || len(s.Placeholders) > 0
		if s.Kind != Query {
			s.Changes = changes(s.Code, language)
		}
	}
	if leads {
		s.Offset = min(s.Offset, intro.start)
	}
	s.Line, s.Column = p.lineOf(start), p.columnOf(start)
	p.emit(s)
}

func isShell(language string) bool {
	switch language {
	case "bash", "sh", "shell", "zsh", "console", "shell-session", "shellsession", "sh-session", "terminal", "fish", "ksh", "shellscript":
		return true
	}
	return false
}

// kindOf guesses what a code block is from its language.
func kindOf(language, code string, prompts bool) Kind {
	switch language {
	case "promql", "metricsql", "logql", "prometheus":
		return Query
	case "python", "python3", "py", "ruby", "rb", "sql", "psql", "mysql", "postgresql", "powershell", "ps1", "pwsh", "cmd", "bat", "perl", "javascript", "js", "node", "cql", "redis", "awk", "make":
		return Command
	case "", "text", "txt", "plain", "plaintext":
		if prompts || knownCommand(code) && language == "" {
			return Command
		}
		return Prose
	}
	if isShell(language) {
		if strings.TrimSpace(code) == "" {
			return Prose
		}
		return Command
	}
	return Prose
}

// knownCommand tells whether code without a language begins with a program that
// runbooks call.
func knownCommand(code string) bool {
	word := strings.TrimLeft(code, " \t\n")
	word = strings.TrimPrefix(word, "sudo ")
	if i := strings.IndexAny(word, " \t\n"); i >= 0 {
		word = word[:i]
	}
	switch word {
	case "kubectl", "oc", "curl", "wget", "ssh", "helm", "docker", "podman", "systemctl", "journalctl", "aws", "gcloud", "az", "psql", "redis-cli", "etcdctl", "amtool", "promtool", "knife", "terraform", "ansible", "git", "dig", "ping", "nc", "df", "du", "top", "ps", "grep", "cat", "ls", "tail", "chef-client", "consul", "vault", "gitlab-ctl", "gitlab-rails", "crictl", "bundle", "export":
		return true
	}
	return false
}

// withoutPrompts splits a session into what was typed and what was seen. Lines
// behind "$ " are typed, and so are those that continue one (a backslash, a here
// document, the prompt "> "). Without any prompt all is typed.
func withoutPrompts(code string) (typed, seen string, prompts bool) {
	if !hasPrompt(code) {
		return code, "", false
	}
	var in, out strings.Builder
	in.Grow(len(code))
	continued, here := false, ""
	for line := range strings.SplitSeq(code, "\n") {
		trimmed := strings.TrimLeft(line, " \t")
		switch {
		case here != "":
			in.WriteString(line + "\n")
			if strings.TrimSpace(line) == here {
				here = ""
			}
		case continued:
			trimmed = strings.TrimPrefix(trimmed, "> ")
			in.WriteString(trimmed + "\n")
			continued = strings.HasSuffix(strings.TrimRight(line, " \t"), `\`)
		case strings.HasPrefix(trimmed, "$ "):
			cmd := strings.TrimSpace(trimmed[2:])
			in.WriteString(cmd + "\n")
			continued = strings.HasSuffix(cmd, `\`)
			here = hereWord(cmd)
		case trimmed == "$":
		case in.Len() == 0 && strings.HasPrefix(trimmed, "#"):
			in.WriteString(trimmed + "\n")
		default:
			out.WriteString(line + "\n")
		}
	}
	return strings.TrimRight(in.String(), "\n"), strings.Trim(out.String(), "\n"), true
}

func hasPrompt(code string) bool {
	for line := range strings.SplitSeq(code, "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " \t"), "$ ") {
			return true
		}
	}
	return false
}

// hereWord is the word that ends the here document of a command, if it opens one.
func hereWord(cmd string) string {
	i := strings.Index(cmd, "<<")
	if i < 0 || strings.HasPrefix(cmd[i:], "<<<") {
		return ""
	}
	word := strings.TrimLeft(strings.TrimPrefix(cmd[i+2:], "-"), " ")
	if j := strings.IndexAny(word, " \t|;>&"); j >= 0 {
		word = word[:j]
	}
	return strings.Trim(word, `'"`)
}
