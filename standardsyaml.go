package ownership

import (
	"slices"
	"strconv"
	"strings"

	"github.com/srekit/ownership/internal/diag"
)

var (
	standardsDocument = newSection("standards document",
		Key{Name: "standards", Type: "[]{standard}", Required: true, Meaning: "what is asked of entries"},
	)
	standardSection = newSection("standard",
		Key{Name: "rule", Type: "string", Required: true, Example: "page-has-runbook", Meaning: "one of StandardRules"},
		Key{Name: "area", Type: "string", Meaning: "where it stands in a report"},
		Key{Name: "level", Type: "string", Values: standardLevels, Default: "warning", Meaning: "of its findings"},
		Key{Name: "kinds", Type: "[]string", Values: kindNames[:], Default: "all", Meaning: "kinds of entry that it asks"},
		Key{Name: "tiers", Type: "[]integer", Default: "all", Example: "[0, 1]", Meaning: "tiers that it asks"},
		Key{Name: "at_least", Type: "integer", Default: "the rule's own", Example: "2", Meaning: "how many a rule that counts asks for"},
		Key{Name: "exempt", Type: "[]string", Meaning: "entries that are excused"},
	)
)

// ParseStandards reads standards from YAML or JSON: one document with the key
// standards, a list of
//
//   - rule: page-has-runbook  # one of StandardRules
//     level: error            # error, warning (the default) or info
//     tiers: [0, 1]           # default: all
//     kinds: [service]        # default: all
//     at_least: 2             # of rules that count
//     exempt: [batch-job]
//
// The error is a *SpecError with everything that is wrong, with line and column.
func ParseStandards(source string, data []byte) (Standards, error) {
	docs, findings := documents(source, data)
	d := &decoder{source: source, findings: findings}
	var out Standards
	var where []position
	for i := range docs {
		f, ok := d.fields(&docs[i], "", standardsDocument)
		if !ok {
			continue
		}
		f.list("standards", false, func(n *node, path string) {
			s, _ := d.standard(n, path)
			out = append(out, s)
			where = append(where, position{line: n.line, column: n.column})
		})
	}
	if !failed(d.findings) {
		for _, f := range out.validate() {
			// Paths begin with standards[i].
			at, _, _ := strings.Cut(strings.TrimPrefix(f.Path, "standards["), "]")
			if i, err := strconv.Atoi(at); err == nil && i < len(where) {
				f.Line, f.Column = where[i].line, where[i].column
			}
			d.add(f)
		}
	}
	if failed(d.findings) {
		return nil, &SpecError{diag.Sorted(d.findings)}
	}
	return out, nil
}

func (d *decoder) standard(n *node, path string) (Standard, bool) {
	f, ok := d.fields(n, path, standardSection)
	if !ok {
		return Standard{}, false
	}
	s := Standard{Rule: f.name("rule"), Area: f.str("area"), Level: f.word("level", standardLevels...), Exempt: f.names("exempt")}
	if n := f.get("rule"); n != nil && s.Rule != "" {
		if _, known := standardRule(s.Rule); !known {
			d.fail(n, f.at("rule"), "word", "there is no such rule", didYouMean(s.Rule, ruleNames()))
		}
	}
	f.list("kinds", true, func(n *node, path string) {
		var k Kind
		if err := k.UnmarshalText([]byte(n.text)); err != nil || n.kind != scalarNode {
			d.fail(n, path, "word", "it is no kind of entry", "write "+alternatives(kindNames[:]))
			return
		}
		s.Kinds = append(s.Kinds, k)
	})
	f.list("tiers", true, func(n *node, path string) {
		var t Tier
		if err := t.UnmarshalText([]byte(n.text)); err != nil || n.kind != scalarNode || t == NoTier {
			d.fail(n, path, "word", "it is no tier", "write 0, 1, 2 or 3")
			return
		}
		s.Tiers = append(s.Tiers, t)
	})
	if n := f.get("at_least"); n != nil {
		v, err := strconv.Atoi(n.text)
		if err != nil || n.kind != scalarNode || v < 1 || v > MaxItems {
			d.fail(n, f.at("at_least"), "value", "it is no number of things", "write 1 or more")
		}
		s.AtLeast = max(v, 0)
	}
	return s, true
}

// YAML writes the standards as ParseStandards reads them. A standard with a check
// of the caller's own cannot be written; the error is a *SpecError that names it.
func (s Standards) YAML() ([]byte, error) {
	var b strings.Builder
	var wrong []Finding
	b.WriteString("standards:\n")
	for i, x := range s {
		if x.Check != nil {
			wrong = append(wrong, Finding{Code: "conflict", Level: diag.Error, Path: item("standards", i) + ".rule", Text: x.Rule, Reason: "the standard brings its own check, which is code", Remedy: "leave it out and add it again after reading"})
			continue
		}
		b.WriteString("  - rule: " + strconv.Quote(x.Rule) + "\n")
		line := func(key, value string) {
			if value != "" {
				b.WriteString("    " + key + ": " + value + "\n")
			}
		}
		quoted := func(s string) string {
			if s == "" {
				return ""
			}
			return strconv.Quote(s)
		}
		line("area", quoted(x.Area))
		line("level", x.Level)
		var kinds, tiers, exempt []string
		for _, k := range x.Kinds {
			kinds = append(kinds, k.String())
		}
		for _, t := range x.Tiers {
			tiers = append(tiers, t.String())
		}
		for _, name := range x.Exempt {
			exempt = append(exempt, strconv.Quote(name))
		}
		line("kinds", flow(kinds))
		line("tiers", flow(tiers))
		if x.AtLeast > 0 {
			line("at_least", strconv.Itoa(x.AtLeast))
		}
		line("exempt", flow(exempt))
	}
	if wrong = slices.Concat(s.validate(), wrong); len(wrong) > 0 {
		return nil, &SpecError{wrong}
	}
	if len(s) == 0 {
		return []byte("standards: []\n"), nil
	}
	return []byte(b.String()), nil
}

func flow(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "[" + strings.Join(items, ", ") + "]"
}
