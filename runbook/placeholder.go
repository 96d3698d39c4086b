package runbook

import (
	"sort"
	"strings"
)

// maxPlaceholders is how many placeholders of one step are read.
const maxPlaceholders = 500

// placeholders finds <name>, $NAME, ${NAME}, {{ $labels.name }} and
// {{ .Labels.name }} in code. Other templates are left alone, and so are variables
// of a shell in single quotes, those that the code sets itself, and the shell's own.
func placeholders(code string, query, shell bool) []Placeholder {
	if !strings.ContainsAny(code, "<${") {
		return nil
	}
	var found []Placeholder
	add := func(input string, start, end int) {
		if len(found) < maxPlaceholders {
			found = append(found, Placeholder{Input: input, Text: code[start:end], Start: start, End: end})
		}
	}
	single, double := false, false
	lastQuote := strings.LastIndexByte(code, '\'')
	for i := 0; i < len(code); {
		switch c := code[i]; {
		case c == '\\' && !single:
			i += 2
		case c == '\'' && shell && !double:
			single = !single
			i++
		case c == '"' && shell && !single:
			double = !double
			i++
		case c == '\n' && single && i > lastQuote:
			single = false // an apostrophe, not a quote
			i++
		case c == '{' && strings.HasPrefix(code[i:], "{{"):
			j := strings.Index(code[i:min(len(code), i+200)], "}}")
			if j < 0 {
				i += 2
				continue
			}
			if label := labelOf(code[i+2 : i+j]); label != "" {
				add(label, i, i+j+2)
			}
			i += j + 2
		case c == '<':
			name, n := angle(code[i:], query)
			if n > 0 {
				add(name, i, i+n)
				i += n
				continue
			}
			i++
		case c == '$' && (shell || query) && !single:
			name, n := variable(code[i:])
			if n > 0 {
				if name != "" {
					add(name, i, i+n)
				}
				i += n
				continue
			}
			i++
		default:
			i++
		}
	}
	return found
}

// labelOf is the label of a template's action {{ $labels.x }}, {{ .Labels.x }} or
// {{ index $labels "x" }}; empty for all others.
func labelOf(action string) string {
	action = strings.TrimSpace(strings.Trim(action, "-"))
	for _, prefix := range []string{"$labels.", ".Labels.", ".CommonLabels.", ".GroupLabels."} {
		if name, ok := strings.CutPrefix(action, prefix); ok && isName(name) {
			return name
		}
	}
	if rest, ok := strings.CutPrefix(action, "index $labels "); ok {
		if name := strings.Trim(strings.TrimSpace(rest), "\"`"); isName(name) {
			return name
		}
	}
	return ""
}

// isName tells whether s is a label's name.
func isName(s string) bool {
	if s == "" || len(s) > 128 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	for i := range len(s) {
		if !isWord(s[i]) {
			return false
		}
	}
	return true
}

// angle reads <name>; in queries and where it might redirect, a name is one word.
func angle(s string, query bool) (name string, n int) {
	end := -1
	for i := 1; i < len(s) && i < 62; i++ {
		c := s[i]
		if c == '>' {
			end = i
			break
		}
		if !isWord(c) && c != '-' && c != '.' && c != ' ' && c != '/' && c != '_' || query && c == ' ' {
			return "", 0
		}
	}
	if end < 2 {
		return "", 0
	}
	inner := s[1:end]
	if first := inner[0] | 0x20; first < 'a' || first > 'z' || inner[len(inner)-1] == ' ' || inner[len(inner)-1] == '/' {
		return "", 0
	}
	return inputName(inner), end + 1
}

// inputName is the name of an input: letters, digits and single underscores.
func inputName(s string) string {
	var b strings.Builder
	under := false
	for i := range len(s) {
		if c := s[i]; isWord(c) && c != '_' {
			if under && b.Len() > 0 {
				b.WriteByte('_')
			}
			under = false
			b.WriteByte(c)
		} else {
			under = true
		}
	}
	return b.String()
}

// variable reads $NAME or ${NAME…}. name is empty for what is no input: $(…),
// $1, variables in lower case of one letter, and those that every shell has.
func variable(s string) (name string, n int) {
	if len(s) < 2 {
		return "", 1
	}
	i := 1
	braces := s[1] == '{'
	if braces {
		i = 2
	}
	start := i
	for i < len(s) && isWord(s[i]) && i-start < 128 {
		i++
	}
	name = s[start:i]
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		return "", 1
	}
	n = i
	if braces {
		j := strings.IndexByte(s[i:min(len(s), i+200)], '}')
		if j < 0 {
			return "", 1
		}
		if rest := s[i : i+j]; strings.HasPrefix(rest, ":-") || strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, ":=") {
			name = "" // it has a default
		}
		n = i + j + 1
	}
	if strings.HasPrefix(name, "__") { // Grafana's own
		return "", n
	}
	if ownVariables[sort.SearchStrings(ownVariables[:], name)%len(ownVariables)] == name {
		name = ""
	}
	return name, n
}

// ownVariables are those of every shell, sorted.
var ownVariables = [...]string{"BASHPID", "BASH_SOURCE", "EDITOR", "EUID", "HOME", "HOSTNAME", "IFS", "LANG", "LINENO", "LOGNAME", "OLDPWD", "PATH", "PIPESTATUS", "PPID", "PWD", "RANDOM", "REPLY", "SECONDS", "SHELL", "SHLVL", "TERM", "TMPDIR", "UID", "USER", "_"}

// assigned are the variables that shell code sets.
func assigned(code string, into map[string]bool) {
	for line := range strings.SplitSeq(code, "\n") {
		words := 0
		for rest := strings.TrimLeft(line, " \t"); rest != "" && words < 200; words++ {
			end := strings.IndexAny(rest, " \t;&|(")
			word := rest
			if end >= 0 {
				word, rest = rest[:end], strings.TrimLeft(rest[end:], " \t;&|(")
			} else {
				rest = ""
			}
			if name, _, ok := strings.Cut(word, "="); ok && isName(strings.TrimSuffix(name, "+")) {
				into[strings.TrimSuffix(name, "+")] = true
			}
			if word == "for" || word == "read" || word == "-r" || word == "mapfile" {
				next, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(rest, "-r "), "-p "), " ")
				if next = strings.TrimRight(next, ";"); isName(next) {
					into[next] = true
				}
			}
		}
	}
}

// inputs gathers the placeholders of all steps.
func (p *parse) inputs() {
	if len(p.steps) == 0 || !p.asks {
		return
	}
	index := make(map[string]int)
	for i, in := range p.r.Inputs {
		if _, ok := index[in.Name]; !ok {
			index[in.Name] = i
		}
	}
	set := make(map[string]bool)
	for si := range p.r.Sections {
		for ti := range p.r.Sections[si].Steps {
			s := &p.r.Sections[si].Steps[ti]
			if s.Code == "" || s.Kind == Prose {
				continue
			}
			if shell := s.Kind != Query; shell && strings.ContainsAny(s.Code, "=") || strings.Contains(s.Code, "for ") || strings.Contains(s.Code, "read ") {
				assigned(s.Code, set)
			}
			kept := s.Placeholders[:0]
			for _, ph := range s.Placeholders {
				form := formOf(ph.Text)
				if form == Environment && set[ph.Input] {
					continue
				}
				kept = append(kept, ph)
				if _, ok := index[ph.Input]; !ok {
					index[ph.Input] = len(p.r.Inputs)
					p.r.Inputs = append(p.r.Inputs, Input{Name: ph.Input, Form: form, Required: true, Line: s.Line})
				}
			}
			if s.Placeholders = kept; len(kept) == 0 {
				s.Placeholders = nil
			}
		}
	}
}

func formOf(text string) Form {
	switch text[0] {
	case '$':
		return Environment
	case '{':
		return Label
	}
	return Asked
}
