package run

import (
	"path"
	"slices"
	"strings"
)

// spot is a placeholder in a script: code[start:end] stands for the value of an input.
type spot struct {
	start, end int
	input      string
	variable   string // IN_…
}

// trouble is why a value cannot stand at a spot.
type trouble struct {
	spot   spot
	reason string
}

// script is what a scan of shell code finds out.
type script struct {
	text     string   // placeholders replaced by expansions that a shell takes as one datum
	args     [][]part // the words, where a shell is not needed
	words    []string // the words as they stand, quotes removed, for rules on what is called
	commands [][]string
	begins   []bool // by spot: the value begins a word
	troubles []trouble
	reread   string // a word by which a value may be read as code once more
}

// part is a piece of a word: a text or an input.
type part struct {
	text  string
	input string
}

// rereaders are programs and shell words that read an argument as code.
var rereaders = []string{
	"sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "eval", "source", ".", "trap", "ssh", "su", "sudo", "doas", "xargs", "env", "find", "parallel", "watch", "nohup", "timeout",
	"python", "python2", "python3", "perl", "ruby", "node", "php", "lua", "awk", "gawk", "mawk", "sed", "jq", "yq", "psql", "mysql", "mongo", "mongosh", "sqlite3", "redis-cli",
	"cmd", "powershell", "pwsh", "[[", "((", "let", "declare", "typeset", "local", "export", "readonly", "printf", "read", "test", "[", "expr", "bc", "docker", "nsenter", "chroot", "make", "at", "crontab", "for", "select", "set",
}

// shellWords need a shell even where nothing else does.
var shellWords = []string{
	"cd", "export", "set", "unset", "alias", "source", ".", "eval", "exec", "exit", "return", "read", "shift", "trap", "ulimit", "umask", "wait", "type", "command", "builtin", "local", "declare",
	"if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "function", "select", "time", "!", "{", "}", "[[", "let", "readonly", "typeset", ":", "jobs", "bg", "fg", "hash", "times",
}

// shellPrograms have a command behind -c.
var shellPrograms = []string{"sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "su"}

// wrappers are words behind which the name of a program or a command may stand.
var wrappers = []string{"sudo", "doas", "nohup", "exec", "command", "builtin", "env", "nice", "ionice", "setsid", "busybox", "xargs", "watch", "strace", "eval", "source", ".", "--"}

// openers are the reserved words behind which a command begins.
var openers = []string{"then", "do", "else", "elif", "if", "while", "until", "!", "{", "time"}

// frame is a context of shell text that ends at its own mark.
type frame uint8

const (
	inCommand frame = iota // the top, and $( … ) and ( … )
	inDouble
	inArithmetic
	inBraces // ${ … }
	inBackquotes
)

// scan reads shell code (POSIX XCU 2.2, 2.3) as far as it takes to know in which quotes
// each spot stands. What it does not know for certain becomes a trouble: the value is
// not put there. Spots are in order and do not overlap.
func scan(code string, spots []spot) script {
	s := scanner{code: code, spots: spots, stack: []frame{inCommand}, starts: true, simple: true}
	s.out.begins = make([]bool, len(spots))
	for s.i < len(code) {
		s.step()
	}
	s.endWord()
	if len(s.stack) > 1 || s.heredoc {
		s.simple = false
	}
	if s.broken || len(s.stack) > 1 {
		for _, sp := range spots {
			s.trouble(sp, "the script's quotes cannot be told apart")
		}
	}
	s.out.text = s.b.String()
	if s.simple && len(s.out.words) > 0 && !slices.Contains(shellWords, s.out.words[0]) {
		s.out.args = s.args
	}
	for _, w := range s.out.words {
		if base := path.Base(w); w != "" && (slices.Contains(rereaders, w) || slices.Contains(rereaders, base)) {
			s.again(base)
		}
	}
	if strings.Contains(code, "@P}") {
		s.again("${…@P}")
	}
	return s.out
}

type scanner struct {
	code  string
	spots []spot
	next  int // of spots
	i     int
	b     strings.Builder
	out   script
	stack []frame

	starts   bool // a command begins here
	redirect bool // a redirection's target begins here
	open     bool // within a word
	word     strings.Builder
	parts    []part
	args     [][]part
	simple   bool
	heredoc  bool
	broken   bool
}

func (s *scanner) top() frame { return s.stack[len(s.stack)-1] }

func (s *scanner) pop() {
	if len(s.stack) == 1 {
		s.broken = true
		return
	}
	s.stack = s.stack[:len(s.stack)-1]
}

// again notes by what a value may be read once more.
func (s *scanner) again(word string) {
	if s.out.reread == "" {
		s.out.reread = word
	}
}

func (s *scanner) trouble(sp spot, reason string) {
	s.out.troubles = append(s.out.troubles, trouble{sp, reason})
}

// keep copies n bytes to the text and, as far as they belong to it, to the word.
func (s *scanner) keep(n int, inWord string) {
	s.b.WriteString(s.code[s.i : s.i+n])
	s.i += n
	if inWord != "" {
		s.open = true
		s.word.WriteString(inWord)
		s.text(inWord)
	}
}

func (s *scanner) text(t string) {
	if n := len(s.parts); n > 0 && s.parts[n-1].input == "" {
		s.parts[n-1].text += t
		return
	}
	s.parts = append(s.parts, part{text: t})
}

func (s *scanner) endWord() {
	if !s.open {
		return
	}
	w := s.word.String()
	s.out.words = append(s.out.words, w)
	s.args = append(s.args, s.parts)
	s.word.Reset()
	s.parts, s.open = nil, false
	if s.redirect {
		s.redirect = false
		return
	}
	name, _, assigned := strings.Cut(w, "=")
	began := s.starts
	s.starts = s.starts && (slices.Contains(openers, w) || assigned && identifier(name))
	if n := len(s.out.commands); began && !s.starts || n == 0 {
		s.out.commands = append(s.out.commands, []string{w})
	} else if !s.starts {
		s.out.commands[n-1] = append(s.out.commands[n-1], w)
	}
	if assigned && len(s.args) == 1 {
		s.simple = false
	}
}

// spot handles a placeholder that begins here.
func (s *scanner) spot() {
	sp := s.spots[s.next]
	expansion := "${" + sp.variable + "}"
	if !identifier(sp.variable) {
		s.trouble(sp, "its name is no name of a variable")
	}
	s.out.begins[s.next] = s.word.Len() == 0
	if at := s.top(); at == inCommand || at == inDouble {
		switch {
		case s.redirect:
			s.trouble(sp, "it would name a file to read or write")
		case s.starts && strings.Contains(s.word.String(), "="):
			s.again("=") // the variable may be used without quotes
		case s.starts, s.word.Len() == 0 && s.wrapped():
			s.trouble(sp, "it would name the program")
		}
	}
	switch s.top() {
	case inCommand:
		expansion = `"` + expansion + `"`
	case inArithmetic:
		s.trouble(sp, "it stands in arithmetic, which a shell reads as code")
	case inBraces:
		s.trouble(sp, "it stands in an expansion of another variable")
	case inBackquotes:
		s.trouble(sp, "it stands in backquotes; write $( … )")
	}
	s.b.WriteString(expansion)
	s.open = true
	s.parts = append(s.parts, part{input: sp.input})
	s.i = sp.end
	s.next++
}

// wrapped reports whether the words of the command so far are such that the next one is a
// program: wrappers and assignments alone, or a shell up to its -c.
func (s *scanner) wrapped() bool {
	if len(s.out.commands) == 0 {
		return false
	}
	words := s.out.commands[len(s.out.commands)-1]
	last := words[len(words)-1]
	if len(words) > 1 && strings.HasPrefix(last, "-") && strings.HasSuffix(last, "c") && !strings.HasPrefix(last, "--") {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(shellPrograms, path.Base(w)) })
	}
	for _, w := range words {
		name, _, assigned := strings.Cut(w, "=")
		if !slices.Contains(wrappers, path.Base(w)) && !(assigned && identifier(name)) {
			return false
		}
	}
	return true
}

// skip copies code as far as end; no value may stand in it.
func (s *scanner) skip(end int, reason string) {
	for s.next < len(s.spots) && s.spots[s.next].start < end {
		if reason != "" {
			s.trouble(s.spots[s.next], reason)
		}
		s.next++
	}
	s.b.WriteString(s.code[s.i:end])
	s.i = end
}

func (s *scanner) step() {
	if s.next < len(s.spots) && s.spots[s.next].start == s.i {
		s.spot()
		return
	}
	rest := s.code[s.i:]
	c := rest[0]
	quotes := s.top() == inDouble
	if s.top() != inCommand && !quotes && strings.IndexByte("'\"\\", c) >= 0 {
		// Shells differ in how they read quotes here.
		s.simple, s.broken = false, true
		s.keep(1, rest[:1])
		return
	}
	switch {
	case c == '\\':
		s.simple = false
		n := min(2, len(rest))
		if s.next < len(s.spots) && s.spots[s.next].start < s.i+n {
			s.trouble(s.spots[s.next], "it stands behind a backslash")
			s.next++
		}
		s.keep(n, rest[n-1:n])
	case c == '\'' && !quotes:
		end := strings.IndexByte(rest[1:], '\'')
		if strings.HasSuffix(s.code[:s.i], "$") {
			s.simple, s.broken = false, true // $'…' has escapes of its own
		}
		if end < 0 {
			s.broken = true
			end = len(rest) - 1
		}
		body := rest[1 : end+1]
		s.skip(s.i+min(len(rest), end+2), "it stands in single quotes, where a shell fills nothing in")
		s.open = true
		s.word.WriteString(body)
		s.text(body)
	case c == '"' && quotes:
		s.pop()
		s.keep(1, "")
		s.text("")
	case c == '"':
		s.stack = append(s.stack, inDouble)
		s.keep(1, "")
		s.open = true
	case strings.HasPrefix(rest, "$(("):
		s.simple = false
		s.again("((")
		s.stack = append(s.stack, inArithmetic, inArithmetic)
		s.keep(3, "$((")
	case strings.HasPrefix(rest, "$("):
		s.simple = false
		s.stack = append(s.stack, inCommand)
		s.keep(2, "")
		s.word.Reset()
		s.starts = true
	case strings.HasPrefix(rest, "${"):
		s.simple = false
		s.stack = append(s.stack, inBraces)
		s.keep(2, "${")
	case c == '`':
		s.simple = false
		if s.top() == inBackquotes {
			s.pop()
		} else {
			s.stack = append(s.stack, inBackquotes)
		}
		s.keep(1, "`")
	case s.top() == inBraces && c == '}':
		s.pop()
		s.keep(1, "}")
	case s.top() == inArithmetic && c == '(':
		s.stack = append(s.stack, inArithmetic)
		s.keep(1, "(")
	case s.top() == inArithmetic && c == ')':
		s.pop()
		s.keep(1, ")")
	case s.top() != inCommand:
		if c == '$' {
			s.simple = false
		}
		s.keep(1, rest[:1])
	default:
		s.bare(rest)
	}
}

// bare handles a byte outside of all quotes.
func (s *scanner) bare(rest string) {
	switch c := rest[0]; {
	case c == ' ' || c == '\t':
		s.endWord()
		s.keep(1, "")
	case c == '#' && !s.open:
		s.simple = false
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		s.skip(s.i+end, "")
	case strings.HasPrefix(rest, "<<"):
		// A here-document: its text goes to a program that may read it as anything.
		s.endWord()
		s.simple, s.heredoc = false, true
		s.skip(len(s.code), "it stands behind <<, in text that a program reads as it likes")
	case strings.HasPrefix(rest, "((") && !s.open:
		s.endWord()
		s.simple = false
		s.again("((")
		s.stack = append(s.stack, inArithmetic, inArithmetic)
		s.keep(2, "((")
	case c == '<' || c == '>':
		s.endWord()
		s.simple, s.redirect = false, true
		s.keep(1, "")
	case c == '&' && s.redirect && !s.open:
		s.keep(1, "")
	case c == '(':
		s.endWord()
		s.simple, s.starts = false, true
		s.stack = append(s.stack, inCommand)
		s.keep(1, "")
	case c == ')':
		s.endWord()
		s.simple = false
		if len(s.stack) > 1 {
			s.pop()
		} else {
			s.broken = true // a pattern of case, or a mistake
		}
		s.keep(1, "")
		s.open, s.starts = true, false
	case c == '\n' && strings.TrimSpace(rest) == "":
		s.endWord()
		s.keep(len(rest), "")
	case c == ';' || c == '&' || c == '|' || c == '\n':
		s.endWord()
		s.simple, s.starts, s.redirect = false, true, false
		s.keep(1, "")
	default:
		if !plainByte(c) {
			s.simple = false
		}
		if c == '$' && s.starts && !s.open {
			s.again("$")
		}
		s.keep(1, rest[:1])
	}
}

// identifier reports whether s is the name of a variable (POSIX XBD 3.216).
func identifier(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && (c|0x20 < 'a' || c|0x20 > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
