package response

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// casting says which role stands for which person in an anonymous document.
type casting struct {
	label map[string]string
	masks map[string][]nameMask // by first word, folded; the longest first
	signs []nameMask            // names without letters
}

// nameMask is a name, or a part of one, as words.
type nameMask struct {
	words [][]rune // folded, unless exact
	exact bool     // capital letters count
	signs string   // instead of words, where there are none
	label string
}

// cast gives everybody in the record a role: the first that they took in the
// incident, else the one that they were on call as, else responder. Where several
// had the same one they are numbered in order of appearance. Who did not appear
// is somebody.
func (r IncidentRecord) cast() casting {
	type entrance struct{ person, role string }
	var order []entrance
	roles := slices.Clone(r.Roles)
	slices.SortStableFunc(roles, func(a, b RoleTaken) int { return a.From.Compare(b.From) })
	for _, x := range roles {
		order = append(order, entrance{x.Person, x.Role})
	}
	duties := slices.Clone(r.Duties)
	slices.SortStableFunc(duties, func(a, b Duty) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Person, b.Person)) })
	for _, d := range duties {
		role := d.role()
		if d.Shadow {
			role = RoleShadow
		}
		order = append(order, entrance{d.Person, role})
	}
	audit := slices.Clone(r.Audit)
	slices.SortStableFunc(audit, func(a, b AuditRecord) int { return a.At.Compare(b.At) })
	for _, a := range audit {
		if !a.Automated {
			order = append(order, entrance{a.Actor, "responder"})
		}
	}
	rollouts := slices.Clone(r.Rollouts)
	slices.SortStableFunc(rollouts, func(a, b RolloutRecord) int { return a.At.Compare(b.At) })
	for _, o := range rollouts {
		order = append(order, entrance{o.By, "releaser"})
	}
	for _, a := range r.Actions {
		order = append(order, entrance{a.Owner, "owner"})
	}
	c := casting{label: map[string]string{}}
	count := map[string]int{}
	known := map[string]string{}
	for i, e := range order {
		name := clean(e.person)
		if _, ok := known[name]; ok || name == "" {
			order[i].person = ""
			continue
		}
		order[i].person = name
		role := clean(e.role)
		known[name] = role
		count[role]++
	}
	next := map[string]int{}
	for _, e := range order {
		if e.person == "" {
			continue
		}
		role := known[e.person]
		c.label[e.person] = role
		if count[role] > 1 {
			next[role]++
			c.label[e.person] = role + " " + strconv.Itoa(next[role])
		}
	}
	for _, p := range r.People {
		if name := clean(p.Name); name != "" && c.label[name] == "" {
			c.label[name] = "somebody"
		}
	}
	names := make([]string, 0, len(c.label))
	for n := range c.label {
		names = append(names, n)
	}
	slices.Sort(names)
	c.learn(names, func(string) string { return "somebody" })
	// A role that the caller named after somebody is no mask for them.
	for _, n := range names {
		c.label[n] = cmp.Or(c.redact(c.label[n]), "somebody")
	}
	c.learn(names, func(n string) string { return c.label[n] })
	return c
}

// learn makes the masks of all names.
func (c *casting) learn(names []string, label func(string) string) {
	c.masks, c.signs = map[string][]nameMask{}, nil
	for _, n := range names {
		for _, m := range masksOf(n, label(n)) {
			if m.signs != "" {
				c.signs = append(c.signs, m)
				continue
			}
			first := string(fold(m.words[0]))
			c.masks[first] = append(c.masks[first], m)
		}
	}
	for _, list := range c.masks {
		slices.SortStableFunc(list, func(a, b nameMask) int { return cmp.Compare(len(b.words), len(a.words)) })
	}
}

// masksOf is a name, and its parts: of Ana de la Cruz also Ana and Cruz, of a
// mail address what stands before the @. A part of two letters must be written
// as in the name, and a particle in small letters is no part.
func masksOf(name, label string) (out []nameMask) {
	local, _, mail := strings.Cut(name, "@")
	if mail && local != "" {
		name = local
	}
	parts := wordsOf([]rune(name))
	if len(parts) == 0 {
		return []nameMask{{signs: name, label: label}} // a picture, a sign
	}
	whole := nameMask{label: label}
	for _, p := range parts {
		whole.words = append(whole.words, fold(p))
	}
	out = append(out, whole)
	if len(parts) == 1 {
		return out
	}
	for _, p := range parts {
		switch capital := unicode.IsUpper(p[0]) || unicode.IsTitle(p[0]); {
		case len(p) >= 3 && (capital || len(parts) == 2):
			out = append(out, nameMask{words: [][]rune{fold(p)}, label: label})
		case len(p) == 2 && capital:
			out = append(out, nameMask{words: [][]rune{p}, exact: true, label: label})
		}
	}
	return out
}

// redact is text in one line without any of the names: each, whatever its
// capital letters, is the role that stands for it. Names end where a letter or
// digit does.
func (c casting) redact(s string) string {
	s = clean(s)
	if s == "" {
		return s
	}
	for _, m := range c.signs {
		if m.signs == s || utf8.RuneCountInString(m.signs) < len(m.signs) {
			s = strings.ReplaceAll(s, m.signs, m.label)
		}
	}
	if len(c.masks) == 0 {
		return s
	}
	text := []rune(s)
	folded := fold(text)
	var b strings.Builder
	for i := 0; i < len(text); {
		word := i
		for word < len(text) && wordRune(text[word]) {
			word++
		}
		if word == i {
			b.WriteRune(text[i])
			i++
			continue
		}
		end, label := i, ""
		for _, m := range c.masks[string(folded[i:word])] {
			against := folded
			if m.exact {
				against = text
			}
			if e := m.match(against, i); e > end {
				end, label = e, m.label
			}
		}
		if end == i {
			b.WriteString(string(text[i:word]))
			i = word
			continue
		}
		if end+1 < len(text) && text[end] == '@' && wordRune(text[end+1]) { // the rest of a mail address
			for end++; end < len(text) && (wordRune(text[end]) || text[end] == '-' || text[end] == '.' && end+1 < len(text) && wordRune(text[end+1])); {
				end++
			}
		}
		b.WriteString(label)
		i = end
	}
	return b.String()
}

// match is the end of the mask's words in the text from i on, or 0.
func (m nameMask) match(text []rune, i int) int {
	for k, w := range m.words {
		if k > 0 {
			from := i
			for i < len(text) && i < from+2 && !wordRune(text[i]) {
				i++
			}
			if i == from {
				return 0
			}
		}
		if len(text)-i < len(w) || !slices.Equal(text[i:i+len(w)], w) {
			return 0
		}
		i += len(w)
		if i < len(text) && wordRune(text[i]) {
			return 0
		}
	}
	return i
}

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func wordsOf(text []rune) (out [][]rune) {
	for i := 0; i < len(text); {
		if !wordRune(text[i]) {
			i++
			continue
		}
		from := i
		for i < len(text) && wordRune(text[i]) {
			i++
		}
		out = append(out, text[from:i])
	}
	return out
}

// fold maps letters that differ in case alone to the same one.
func fold(text []rune) []rune {
	out := make([]rune, len(text))
	for i, r := range text {
		if r < utf8.RuneSelf { // the capital is the least
			if 'a' <= r && r <= 'z' {
				r -= 'a' - 'A'
			}
			out[i] = r
			continue
		}
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		out[i] = least
	}
	return out
}

// clean is text in one line: control characters and the invisible ones that
// could hide a name or turn the direction of writing are left out.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case ' ' <= r && r <= '~':
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector):
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
