package runbook

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// text is R013 and R014.
func (l *linter) text(r Runbook) {
	for _, sec := range r.Sections {
		for _, s := range sec.Steps {
			for _, t := range []string{s.Text, s.Code, s.Expected, s.Rollback} {
				found := secretsIn(t)
				if t != s.Code && t != s.Text && len(found) > 1 {
					found = found[:1] // their lines are not known
				}
				for _, found := range found {
					what, line := found.what, found.line
					at := s.Line
					switch {
					case t == s.Code && s.fenced:
						at += line + 1
					case t == s.Text && s.textLine > 0:
						at = s.textLine + line
					case t == s.Text:
						at += line
					}
					l.at(r, "R013", min(at, s.EndLine), 0, "", "there is what looks like "+what, "revoke it, and write how to get one instead")
				}
			}
		}
	}
	for _, link := range r.Links {
		reason := l.dead(r, link)
		if reason == "" {
			continue
		}
		l.at(r, "R014", link.Line, link.Column, link.Target, reason, "mend the link or take it out")
	}
}

// dead is why a link leads nowhere; empty for links that lead somewhere, or out of
// the folder.
func (l *linter) dead(r Runbook, link Link) string {
	target := link.Target
	if link.Ref {
		target, _, _ = strings.Cut(target, "#")
		if target == "" {
			return ""
		}
		name := strings.ToLower(lastPart(cleanPath(target)))
		if name == strings.ToLower(lastPart(r.Path)) || name == strings.ToLower(r.Name) {
			return "the shortcode leads back to this runbook"
		}
		if l.files == nil || len(l.titles[name]) > 0 || l.has(path.Join(path.Dir(r.Path), target)) {
			return ""
		}
		return "the shortcode leads to no page of the folder"
	}
	if strings.HasPrefix(target, "#") || strings.HasPrefix(target, "//") || hasScheme(target) || strings.Contains(target, "{{") || strings.HasPrefix(target, "mailto:") {
		return ""
	}
	file, _, _ := strings.Cut(target, "#")
	file, _, _ = strings.Cut(file, "?")
	if u, err := url.PathUnescape(file); err == nil {
		file = u
	}
	if file == "" || l.files == nil {
		return ""
	}
	at := path.Join(path.Dir(r.Path), file)
	if strings.HasPrefix(file, "/") {
		at = cleanPath(file)
	}
	if at == ".." || strings.HasPrefix(at, "../") {
		return "" // out of the folder, where nothing is looked at
	}
	if l.has(at) {
		return ""
	}
	return "the folder has no such file"
}

// has tells whether the folder has a file or folder, with or without the extension
// of Markdown, as site generators write links.
func (l *linter) has(name string) bool {
	name = strings.ToLower(strings.TrimRight(name, "/"))
	if name == "." || name == "" {
		return true
	}
	return l.files[name] || l.files[name+".md"] || l.files[name+".markdown"] || l.files[strings.TrimSuffix(name, ".html")+".md"]
}

// secret is what looks like one, and the line of the text it is in, from 0.
type secret struct {
	what string
	line int
}

// secretsIn finds the first of each line, up to maxSecrets of them.
func secretsIn(s string) []secret {
	what, line := secretIn(s)
	if what == "" {
		return nil
	}
	found := []secret{{what, line}}
	n := 0
	for l := range strings.SplitSeq(s, "\n") {
		if n != line {
			if what, _ := secretIn(l); what != "" {
				found = append(found, secret{what, n})
			}
		}
		if n++; len(found) >= maxSecrets {
			break
		}
	}
	slices.SortFunc(found, func(a, b secret) int { return a.line - b.line })
	return found
}

const maxSecrets = 20

// secretIn finds what looks like a secret, and the line of the text it is in, from 0.
func secretIn(s string) (what string, line int) {
	if len(s) < 8 {
		return "", 0
	}
	low := strings.ToLower(s)
	at := -1
	find := func(name, prefix string, least int, in string) {
		if what != "" {
			return
		}
		for from := 0; ; {
			i := strings.Index(in[from:], prefix)
			if i < 0 {
				return
			}
			i += from
			from = i + len(prefix)
			if i > 0 && isWord(in[i-1]) {
				continue
			}
			if n := tokenLength(in[from:]); n >= least && mixed(s[from:from+n]) {
				what, at = name, i
				return
			}
		}
	}
	for _, k := range [...]struct {
		name, prefix string
		least        int
	}{
		{"an AWS access key", "akia", 16}, {"a GitHub token", "ghp_", 30}, {"a GitHub token", "github_pat_", 30}, {"a GitLab token", "glpat-", 18},
		{"a Slack token", "xoxb-", 20}, {"a Slack token", "xoxp-", 20}, {"a Slack webhook", "hooks.slack.com/services/t", 12}, {"an API key", "sk-", 30},
		{"a JSON web token", "eyj", 40}, {"a bearer token", "bearer ", 20},
	} {
		if len(low) == len(s) {
			find(k.name, k.prefix, k.least, low)
		}
	}
	if what == "" {
		if i := strings.Index(s, "-----BEGIN "); i >= 0 && strings.Contains(s[i:min(len(s), i+60)], "PRIVATE KEY-----") {
			what, at = "a private key", i
		}
	}
	if what == "" {
		what, at = credential(s, low)
	}
	if what == "" {
		return "", 0
	}
	return what, strings.Count(s[:at], "\n")
}

// tokenLength is how far s is letters, digits, dashes and the like.
func tokenLength(s string) int {
	n := 0
	for n < len(s) && n < 500 && (isWord(s[n]) || s[n] == '-' || s[n] == '/' || s[n] == '+' || s[n] == '=' || s[n] == '.') {
		n++
	}
	return n
}

// mixed tells whether s has letters and digits, as tokens do and words do not.
func mixed(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.ContainsFunc(s, func(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' })
}

// credential finds password=literal and the user and password of a URL.
func credential(s, low string) (what string, at int) {
	if len(low) != len(s) {
		return "", 0
	}
	for _, key := range [...]string{"password", "passwd", "secret", "token", "api_key", "apikey", "pgpassword"} {
		for from := 0; ; {
			i := strings.Index(low[from:], key)
			if i < 0 {
				break
			}
			i += from
			from = i + len(key)
			rest := strings.TrimLeft(s[from:min(len(s), from+120)], "\"'")
			if rest == "" || rest[0] != '=' && rest[0] != ':' {
				continue
			}
			value := strings.TrimLeft(rest[1:], " ")
			value = strings.TrimLeft(value, "\"'")
			n := strings.IndexAny(value, " \t\n\"'`,;)")
			if n < 0 {
				n = len(value)
			}
			value = value[:n]
			if len(value) >= 8 && mixed(value) && !strings.ContainsAny(value, "<>$*{}()[]/.|\\") {
				return "a " + map[bool]string{true: "password", false: "secret"}[strings.Contains(key, "pass")], i
			}
		}
	}
	for from := 0; ; {
		i := strings.Index(s[from:], "://")
		if i < 0 {
			return "", 0
		}
		i += from
		from = i + 3
		auth := s[from:min(len(s), from+200)]
		if n := strings.IndexAny(auth, "/ \t\n\"'`?#)"); n >= 0 {
			auth = auth[:n]
		}
		user, _, ok := strings.Cut(auth, "@")
		if _, password, has := strings.Cut(user, ":"); ok && has && len(password) >= 6 && !strings.ContainsAny(password, "<>${}*") && !strings.EqualFold(password, "password") {
			return "a URL with a password", i
		}
	}
}
