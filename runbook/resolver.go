package runbook

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
)

// Resolver finds the runbooks of alerts. The zero value looks at the usual
// annotations, at the front matter and at file names. The ways are tried in
// the order of Way; a link that leads nowhere does not keep the others from
// being tried, and R007 reports it.
type Resolver struct {
	// Annotations are the annotations, then labels, that hold a link; empty means
	// runbook_url, runbook and runbook_link.
	Annotations []string `json:"annotations,omitempty"`

	// Bases are the URLs that stand for the folder, such as
	// https://runbooks.example.org/runbooks/. Links elsewhere are then no links into
	// the folder: nothing is known about them. Without bases, every URL is taken for
	// one into the folder, and the longest end of its path that is a file's is it.
	Bases []string `json:"bases,omitempty"`

	// Map gives alerts, by name, the paths of their runbooks.
	Map map[string]string `json:"map,omitempty"`

	// Template is the path of an alert's runbook, such as
	// {{ $labels.namespace }}/{{ .Name }}.md. {{ .Name }} is the alert's name,
	// {{ $labels.x }} a label of the rule; a label that only firing alerts have
	// matches anything but a slash.
	Template string `json:"template,omitempty"`

	// Paths, if it is not empty, are the only runbooks that count, as a spec lists
	// them; the others are neither found nor orphans.
	Paths []string `json:"paths,omitempty"`

	// NoNames turns off the way by file name.
	NoNames bool `json:"no_names,omitempty"`
}

// Found is the answer of Resolver.Resolve.
type Found struct {
	Way     Way      `json:"way"`
	Paths   []string `json:"paths,omitempty"`   // of the runbook; several where a label that is not known yet chooses
	Link    string   `json:"link,omitempty"`    // as the alert has it
	Broken  bool     `json:"broken,omitempty"`  // Link leads to no file of the folder
	Outside bool     `json:"outside,omitempty"` // Link leads out of the folder; nothing is known about it
}

// Resolve finds the runbook of one alert. Coverage and Lint build the index of the
// library once; this builds it each time.
func (r Resolver) Resolve(l Library, a Alert) Found { return r.index(l).find(a) }

// finder is an index of a library.
type finder struct {
	Resolver
	byFile  map[string][]int // by the last part of the path, in lower case, without extension
	byName  map[string][]int // by bare name
	byAlias map[string][]int // by bare name of an alert in the front matter
	paths   []string
	exact   map[string]int
}

func (r Resolver) index(l Library) *finder {
	f := &finder{Resolver: r, byFile: make(map[string][]int), byName: make(map[string][]int), byAlias: make(map[string][]int), exact: make(map[string]int)}
	if len(f.Annotations) == 0 {
		f.Annotations = []string{"runbook_url", "runbook", "runbook_link"}
	}
	var only map[string]bool
	if len(r.Paths) > 0 {
		only = make(map[string]bool)
		for _, p := range r.Paths {
			only[cleanPath(p)] = true
		}
	}
	f.paths = make([]string, len(l.Runbooks))
	for i, b := range l.Runbooks {
		if only != nil && !only[b.Path] {
			continue
		}
		f.paths[i] = b.Path
		f.exact[strings.ToLower(b.Path)] = i
		key := lastPart(strings.ToLower(b.Path))
		f.byFile[key] = append(f.byFile[key], i)
		if title := strings.ToLower(b.Name); title != key { // README: also by its folder
			f.byFile[title] = append(f.byFile[title], i)
		}
		if bare := bareName(b.Name); bare != "" {
			f.byName[bare] = append(f.byName[bare], i)
		}
		for _, name := range b.Meta.Alerts {
			f.byAlias[bareName(name)] = append(f.byAlias[bareName(name)], i)
		}
		for _, name := range b.Meta.Aliases {
			bare := bareName(lastPart(strings.TrimRight(name, "/")))
			f.byAlias[bare] = append(f.byAlias[bare], i)
		}
	}
	return f
}

// cleanPath is a path below the folder, without a leading slash; it cannot leave
// the folder.
func cleanPath(p string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(p, `\`, "/")), "/")
}

// lastPart is the last part of a path without the extension of Markdown.
func lastPart(p string) string {
	p = path.Base(p)
	if isMarkdown(p) {
		p = strings.TrimSuffix(p, path.Ext(p))
	}
	return p
}

// bareName is a name without case, punctuation and a last word "alert".
func bareName(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	if bare := strings.TrimSuffix(s, "alert"); bare != "" {
		return bare
	}
	return s
}

func (f *finder) find(a Alert) Found {
	var found Found
	give := func(w Way, hits []int) Found {
		found.Way = w
		for _, i := range hits {
			found.Paths = append(found.Paths, f.paths[i])
		}
		slices.Sort(found.Paths)
		found.Paths = slices.Compact(found.Paths)
		return found
	}
	found.Link = f.link(a)
	var linked []int
	if found.Link != "" {
		linked, found.Outside = f.byURL(found.Link)
		found.Broken = len(linked) == 0 && !found.Outside
	}
	if p, ok := f.Map[a.Name]; ok {
		if i, ok := f.exact[strings.ToLower(cleanPath(p))]; ok {
			return give(ByMap, []int{i})
		}
	}
	if len(linked) > 0 {
		return give(ByLink, linked)
	}
	if f.Template != "" {
		if hits := f.byPattern(f.expand(f.Template, a)); len(hits) > 0 {
			return give(ByTemplate, hits)
		}
	}
	bare := bareName(a.Name)
	if bare == "" {
		return found
	}
	if hits := f.byAlias[bare]; len(hits) > 0 {
		return give(ByAlias, hits[:1])
	}
	if !f.NoNames {
		if hits := f.byName[bare]; len(hits) > 0 {
			return give(ByName, hits[:1])
		}
	}
	return found
}

// link is what the alert says about its runbook.
func (f *finder) link(a Alert) string {
	for _, key := range f.Annotations {
		if v := strings.TrimSpace(a.Annotations[key]); v != "" {
			return v
		}
	}
	for _, key := range f.Annotations {
		if v := strings.TrimSpace(a.Labels[key]); v != "" {
			return v
		}
	}
	return ""
}

// expand puts the alert's name and labels into a template; what is not known
// stands as {{.
func (f *finder) expand(template string, a Alert) string {
	var b strings.Builder
	for {
		i := strings.Index(template, "{{")
		if i < 0 {
			break
		}
		j := strings.Index(template[i:], "}}")
		if j < 0 {
			break
		}
		b.WriteString(template[:i])
		action := strings.TrimSpace(template[i+2 : i+j])
		switch label := labelOf(action); {
		case action == ".Name" || action == ".Alert" || label == "alertname":
			b.WriteString(part(a.Name))
		case label != "" && a.Labels[label] != "" && !strings.Contains(a.Labels[label], "{{"):
			b.WriteString(part(a.Labels[label]))
		default:
			b.WriteString("\x00")
		}
		template = template[i+j+2:]
	}
	b.WriteString(template)
	return b.String()
}

// part is a value as one part of a path: it cannot climb.
func part(s string) string { return strings.NewReplacer("/", "_", `\`, "_", "\x00", "_").Replace(s) }

// byURL is the runbooks that a link leads to; outside tells that it leads to
// another place.
func (f *finder) byURL(link string) (hits []int, outside bool) {
	p := link
	if len(p) > 4096 {
		return nil, false
	}
	p = f.expandLink(p)
	if i := strings.Index(p, "://"); i >= 0 {
		if len(f.Bases) > 0 {
			rest, ok := "", false
			for _, base := range f.Bases {
				base = strings.TrimRight(base, "/")
				if r, found := strings.CutPrefix(p, base); found && base != "" && (r == "" || r[0] == '/' || r[0] == '?' || r[0] == '#') {
					rest, ok = r, true
				}
			}
			if !ok {
				return nil, true
			}
			p = rest
		} else {
			p = p[i+3:]
			if j := strings.IndexByte(p, '/'); j >= 0 {
				p = p[j:]
			} else {
				p = ""
			}
		}
	}
	if i := strings.IndexAny(p, "?#"); i >= 0 {
		p = p[:i]
	}
	if u, err := url.PathUnescape(p); err == nil {
		p = u
	}
	return f.byPattern(p), false
}

// expandLink marks the templates of a link.
func (f *finder) expandLink(p string) string {
	if !strings.Contains(p, "{{") {
		return strings.ReplaceAll(p, "\x00", "")
	}
	return f.expand(p, Alert{})
}

// byPattern is the runbooks whose paths end as p does; a NUL matches anything but a
// slash. The longest common end wins; several hits are given for patterns only.
func (f *finder) byPattern(p string) []int {
	p = strings.ToLower(cleanPath(p))
	if p == "" {
		return nil
	}
	pattern := strings.Contains(p, "\x00")
	var candidates []int
	last := lastPart(p)
	switch {
	case !strings.Contains(last, "\x00"):
		candidates = f.byFile[last]
	case pattern:
		for i, name := range f.paths {
			if name != "" {
				candidates = append(candidates, i)
			}
		}
	}
	want := parts(p)
	best := 0
	var hits []int
	for _, i := range candidates {
		n := common(want, parts(strings.ToLower(f.paths[i])))
		if n == 0 && !pattern {
			// A README that is found by its folder.
			n = common(want, parts(strings.ToLower(path.Dir(f.paths[i]))))
		}
		switch {
		case n == 0:
		case n > best:
			best, hits = n, append(hits[:0:0], i)
		case n == best:
			hits = append(hits, i)
		}
	}
	// The last part alone decides nothing for a pattern that is all of it, and for
	// a link into another folder only where the name stands once.
	if pattern && best < len(want) || !pattern && len(hits) > 1 {
		exact := hits[:0:0]
		for _, i := range hits {
			if len(parts(f.paths[i])) == best {
				exact = append(exact, i)
			}
		}
		if pattern && len(want) > best && len(exact) == 0 {
			return nil
		}
		if len(exact) > 0 {
			return exact
		}
		if !pattern {
			return hits[:1]
		}
	}
	return hits
}

// parts are the parts of a path, the last without extension.
func parts(p string) []string {
	out := strings.Split(p, "/")
	out[len(out)-1] = lastPart(out[len(out)-1])
	return out
}

// common is how many parts two paths have in common, counted from their ends.
func common(pattern, name []string) int {
	n := 0
	for n < len(pattern) && n < len(name) && matches(pattern[len(pattern)-1-n], name[len(name)-1-n]) {
		n++
	}
	return n
}

// matches tells whether a part of a path fits; each NUL of the pattern matches
// any text.
func matches(pattern, s string) bool {
	first, rest, ok := strings.Cut(pattern, "\x00")
	if !ok {
		return pattern == s
	}
	if !strings.HasPrefix(s, first) {
		return false
	}
	s = s[len(first):]
	for {
		var next string
		next, rest, ok = strings.Cut(rest, "\x00")
		if !ok {
			return strings.HasSuffix(s, next)
		}
		i := strings.Index(s, next)
		if i < 0 {
			return false
		}
		s = s[i+len(next):]
	}
}
