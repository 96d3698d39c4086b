package ownership

import (
	"slices"
	"strings"

	"github.com/srekit/ownership/internal/diag"
)

// The areas of production readiness (Beyer et al., Site Reliability Engineering,
// 2016, ch. 32), in the order in which a review goes through them.
const (
	AreaArchitecture = "architecture and dependencies"
	AreaMonitoring   = "monitoring"
	AreaEmergency    = "emergency response"
	AreaCapacity     = "capacity"
	AreaChange       = "change management"
	AreaSecurity     = "security"
)

var standardAreas = []string{AreaArchitecture, AreaMonitoring, AreaEmergency, AreaCapacity, AreaChange, AreaSecurity}

// Standard is one thing that an organisation asks of entries of its catalog.
// It is plain data but for Check, and can be written as a literal.
type Standard struct {
	// Rule is the name of one of StandardRules, or of Check.
	Rule string
	// Area is where the rule stands in a report; empty means the rule's own.
	Area string
	// Level is that of its findings: error, warning or info; empty means warning.
	Level string
	// Kinds and Tiers choose the entries that it asks; empty means all. An entry
	// without a tier is asked only by a standard that names no tiers.
	Kinds []Kind
	Tiers []Tier
	// AtLeast is how many a rule that counts asks for; 0 means the rule's own.
	AtLeast int
	// Exempt are the names of entries that are excused.
	Exempt []string
	// Check is a rule of the caller's own. It is called once for each entry
	// asked, in the catalog's order, and must not change what it is given.
	Check func(StandardSubject) StandardAnswer
}

// Standards are what is asked, in order.
type Standards []Standard

// StandardSubject is what a rule looks at.
type StandardSubject struct {
	Catalog  Catalog
	Service  Service
	Team     Team // the owner; zero if the catalog does not hold it
	Evidence StandardEvidence
	AtLeast  int // of the standard; 0 means the rule's own
}

// StandardAnswer is what a rule says about an entry. The zero value says that
// the rule has nothing to ask of it: an entry without pages needs no runbook
// for them.
type StandardAnswer struct {
	Asked bool // there was something to ask
	// Unknown says why it cannot be told, if so; the entry then counts as asked
	// and not as met, and the finding is an info.
	Unknown string
	// Breaches are what is wrong; none means that the entry meets the standard.
	Breaches []StandardBreach
}

// StandardBreach is one thing that does not meet a standard.
type StandardBreach struct {
	Path   string // below the entry, such as "monitoring.alerts[1]"; empty means the entry
	Text   string // what it is about, such as an alert's name
	Reason string
	Remedy string
}

// Met answers that the entry meets the rule.
func (s StandardSubject) Met() StandardAnswer { return StandardAnswer{Asked: true} }

// StandardRule is one of the rules that this package knows.
type StandardRule struct {
	Name    string
	Area    string
	AtLeast int // what a rule that counts asks for by default; 0 if it does not count
	Meaning string
	check   func(StandardSubject) StandardAnswer
}

// StandardRules lists the rules that a Standard may name, area by area. The slice
// is the caller's.
func StandardRules() []StandardRule { return slices.Clone(standardRules) }

func standardRule(name string) (StandardRule, bool) {
	i := slices.IndexFunc(standardRules, func(r StandardRule) bool { return r.Name == name })
	if i < 0 {
		return StandardRule{}, false
	}
	return standardRules[i], true
}

// DefaultStandards asks, in the six areas of production readiness: of every
// entry that it has an owner who is known, promises something, has no circle
// and no promise beyond its ceiling, sends critical alerts to what wakes
// somebody, and holds no secret; of tiers 0 and 1 also that every page has a
// complete runbook, that two people are qualified to be called and somebody is
// on call at every hour, that capacity is forecast, and that a canary can see
// its own rollback threshold. Each call returns a fresh value.
func DefaultStandards() Standards {
	important := func() []Tier { return []Tier{Tier0, Tier1} }
	return Standards{
		{Rule: "dependencies-known", Level: diag.Error},
		{Rule: "promise-within-ceiling"},
		{Rule: "objective", Level: diag.Error},
		{Rule: "critical-alerts-page", Level: diag.Error},
		{Rule: "page-has-runbook", Level: diag.Error, Tiers: important()},
		{Rule: "qualified-primaries", Level: diag.Error, Tiers: important()},
		{Rule: "on-call-without-gaps", Level: diag.Error, Tiers: important()},
		{Rule: "capacity-forecast", Tiers: important()},
		{Rule: "staged-release", Tiers: important()},
		{Rule: "canary-sees-threshold", Tiers: important()},
		{Rule: "owner-known", Level: diag.Error},
		{Rule: "no-secrets", Level: diag.Error},
	}
}

// asks reports whether the standard concerns an entry.
func (s Standard) asks(e Service) bool {
	return (len(s.Kinds) == 0 || slices.Contains(s.Kinds, e.Kind)) &&
		(len(s.Tiers) == 0 || slices.Contains(s.Tiers, e.Tier)) &&
		!slices.Contains(s.Exempt, e.Name)
}

// validate says what is wrong with the standards.
func (s Standards) validate() []Finding {
	var out []Finding
	add := func(path, code, text, reason, remedy string) {
		out = append(out, Finding{Code: code, Level: diag.Error, Path: path, Text: text, Reason: reason, Remedy: remedy})
	}
	for i, x := range s {
		at := item("standards", i)
		rule, known := standardRule(x.Rule)
		switch {
		case x.Rule == "":
			add(at+".rule", "missing", "", "the standard names no rule", "name one of "+strings.Join(ruleNames(), ", "))
		case !known && x.Check == nil:
			add(at+".rule", "word", x.Rule, "there is no such rule", didYouMean(x.Rule, ruleNames()))
		case known && x.Check != nil:
			add(at+".rule", "conflict", x.Rule, "the rule is known already, and the standard brings its own check", "give the check another name")
		}
		if x.Level != "" && !slices.Contains(standardLevels, x.Level) {
			add(at+".level", "word", x.Level, "it is no level", "write "+alternatives(standardLevels))
		}
		if x.AtLeast < 0 || x.AtLeast > 0 && known && rule.AtLeast == 0 {
			add(at+".at_least", "value", number(float64(x.AtLeast)), "the rule counts nothing, or less than nothing is asked", "leave the key out")
		}
	}
	return out
}

var standardLevels = []string{diag.Error, diag.Warning, diag.Info}

func ruleNames() []string {
	names := make([]string, len(standardRules))
	for i, r := range standardRules {
		names[i] = r.Name
	}
	return names
}
