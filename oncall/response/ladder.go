package response

import (
	"slices"
	"strconv"

	"github.com/srekit/ownership/internal/prose"
)

// Ladder is the levels and tracks of an organisation, as data. The zero value
// stands for [DefaultLadder]; a ladder with fewer or more levels, or with other
// names, is written as a literal.
type Ladder struct {
	Levels []Level `json:"levels"` // Levels[0] is level 1
	Tracks []Track `json:"tracks,omitempty"`
}

// Level is one rung: less a matter of seniority than of the scope of problems
// that somebody is empowered to solve.
type Level struct {
	Name     string      `json:"name"`
	Scope    Scope       `json:"scope"`
	Criteria []Criterion `json:"criteria,omitempty"` // those of the levels below apply as well
}

// Criterion is something that shows that a person works at a level or in a
// track. It is met by AtLeast pieces of evidence of that kind; it is never
// part of a score.
type Criterion struct {
	Name     string `json:"name"`               // unique within its level or track
	Text     string `json:"text"`               // what it asks, in a sentence
	Evidence string `json:"evidence"`           // kind: one of the constants EvidenceRunbook …, or a kind of the caller's
	Scope    Scope  `json:"scope,omitempty"`    // least scope of what counts; 0 means any
	AtLeast  int    `json:"at_least,omitempty"` // 0 means 1
}

// The kinds of evidence that the default ladder asks for.
const (
	EvidenceRunbookRun    = "runbook_run"       // a runbook was followed
	EvidenceCapacityCheck = "capacity_check"    // a capacity check was made
	EvidenceRunbook       = "runbook_written"   // a runbook was written
	EvidenceObjective     = "objective_owned"   // an objective is owned
	EvidencePipeline      = "pipeline_owned"    // a delivery pipeline is owned
	EvidenceService       = "service_qualified" // fit to be called for a service
	EvidenceAutomation    = "automation"        // a manual step was automated
	EvidenceIncident      = "incident_led"      // an incident was commanded; its scope counts
	EvidenceReview        = "review"            // a post-mortem or design review was led
	EvidenceStandard      = "standard_set"      // a standard of the organisation was set
)

// Track is a direction in which people specialise.
type Track struct {
	Name      string      `json:"name"`
	Text      string      `json:"text,omitempty"`
	Levers    []string    `json:"levers,omitempty"`    // what it changes so that work becomes less
	Artefacts []string    `json:"artefacts,omitempty"` // what it leaves behind
	Roles     []string    `json:"roles,omitempty"`     // incident roles that its people may take; empty means any
	Criteria  []Criterion `json:"criteria,omitempty"`
}

// The levers: where reactive work is turned into design.
const (
	LeverObjectives   = "objectives"
	LeverThresholds   = "thresholds"
	LeverAutomation   = "automation"
	LeverArchitecture = "architecture"
)

// ScopeOf is how far a person of that level may decide: the scope of the
// level's rung. Without a level (0) it is the organisation, because levels are
// optional; a level that the ladder does not have gives no scope.
func (l Ladder) ScopeOf(level int) Scope {
	l = l.orDefault()
	switch {
	case level == 0:
		return Organisation
	case level < 0 || level > len(l.Levels):
		return 0
	}
	return l.Levels[level-1].Scope
}

// LevelFor is the lowest level whose scope is at least that; ok is false if no
// level reaches so far.
func (l Ladder) LevelFor(scope Scope) (level int, ok bool) {
	for i, rung := range l.orDefault().Levels {
		if rung.Scope >= scope {
			return i + 1, true
		}
	}
	return 0, false
}

// NameOf is the name of a level: "senior" for 3 on the default ladder. It is
// empty for 0, and "level 9" for a level that the ladder does not have.
func (l Ladder) NameOf(level int) string {
	l = l.orDefault()
	switch {
	case level == 0:
		return ""
	case level < 0 || level > len(l.Levels) || l.Levels[level-1].Name == "":
		return "level " + strconv.Itoa(level)
	}
	return l.Levels[level-1].Name
}

// Track is the track of that name.
func (l Ladder) Track(name string) (t Track, ok bool) {
	for _, t := range l.orDefault().Tracks {
		if t.Name == name {
			return t, true
		}
	}
	return Track{}, false
}

// Takes reports whether people of the track may take that role in an incident:
// it lists the role, or no roles at all.
func (t Track) Takes(role string) bool { return len(t.Roles) == 0 || slices.Contains(t.Roles, role) }

func (l Ladder) orDefault() Ladder {
	if len(l.Levels) == 0 {
		def := DefaultLadder()
		l.Levels = def.Levels
		if len(l.Tracks) == 0 {
			l.Tracks = def.Tracks
		}
	}
	return l
}

// Validate says everything that is wrong with a ladder, as an *Error: a level
// without a name, two of one name, a scope that is unknown or less than that of
// the level below, a track without a name or two of one name, a criterion
// without a kind of evidence. The zero value is right.
func (l Ladder) Validate() error {
	var p problems
	l.check(&p, "")
	return p.err()
}

func (l Ladder) check(p *problems, prefix string) {
	names := map[string]bool{}
	name := func(path, s string) {
		switch {
		case s == "":
			p.Add("name", path+".name", "", "it has no name", "give it one")
		case names[s]:
			p.Add("name", path+".name", s, "the name is taken", "rename one of them")
		}
		names[s] = true
	}
	criteria := func(path string, list []Criterion) {
		for i, c := range list {
			at := place(path+".criteria", i)
			if c.Evidence == "" {
				p.Add("name", at+".evidence", c.Name, "it names no kind of evidence", "name one, such as "+EvidenceRunbook)
			}
			if c.AtLeast < 0 {
				p.Add("value", at+".at_least", strconv.Itoa(c.AtLeast), "it is negative", "write 1 or more, or leave it out")
			}
			if c.Scope < 0 || c.Scope > Organisation {
				p.Add("value", at+".scope", c.Scope.String(), "it is no scope", "write "+prose.Or(scopeNames[1:]))
			}
		}
	}
	last := Task
	for i, rung := range l.Levels {
		at := place(prefix+"levels", i)
		name(at, rung.Name)
		switch {
		case rung.Scope < Task || rung.Scope > Organisation:
			p.Add("value", at+".scope", rung.Scope.String(), "it is no scope", "write "+prose.Or(scopeNames[1:]))
		case rung.Scope < last:
			p.Add("value", at+".scope", rung.Scope.String(), "it is less than the scope of the level below", "order the levels by scope")
		default:
			last = rung.Scope
		}
		criteria(at, rung.Criteria)
	}
	clear(names)
	for i, t := range l.Tracks {
		at := place(prefix+"tracks", i)
		name(at, t.Name)
		criteria(at, t.Criteria)
	}
}

// DefaultLadder is the ladder of five levels and four tracks: associates watch
// alerts, follow runbooks and make basic capacity checks; mid-level engineers
// write and automate runbooks and own the objectives and the delivery pipeline
// of a service or two; seniors own a platform or a concern and lead incidents
// across an area; staff and principals set standards for all. Each call returns
// a fresh value.
func DefaultLadder() Ladder {
	engineering := []string{RolePrimary, RoleSecondary, RoleShadow, RoleExpert, RoleLead, RoleOperations, RoleScribe, RoleCommander, RoleDeputy}
	return Ladder{
		Levels: []Level{
			{Name: "associate", Scope: Task, Criteria: []Criterion{
				{Name: "follows runbooks", Text: "follows runbooks when alerts come", Evidence: EvidenceRunbookRun},
				{Name: "checks capacity", Text: "makes basic capacity checks", Evidence: EvidenceCapacityCheck},
			}},
			{Name: "mid", Scope: Service, Criteria: []Criterion{
				{Name: "answers for a service", Text: "is fit to be called alone for a service", Evidence: EvidenceService},
				{Name: "writes runbooks", Text: "writes runbooks that others follow", Evidence: EvidenceRunbook, AtLeast: 2},
				{Name: "automates", Text: "automates manual steps of runbooks", Evidence: EvidenceAutomation},
				{Name: "owns objectives", Text: "owns the objectives of a service", Evidence: EvidenceObjective},
				{Name: "owns delivery", Text: "owns the delivery pipeline of a service", Evidence: EvidencePipeline},
			}},
			{Name: "senior", Scope: Area, Criteria: []Criterion{
				{Name: "answers for a platform", Text: "is fit to be called for a platform or a concern", Evidence: EvidenceService, Scope: Platform},
				{Name: "owns a platform's objectives", Text: "owns the objectives of a platform or a concern", Evidence: EvidenceObjective, Scope: Platform},
				{Name: "leads across an area", Text: "leads incidents that reach several teams", Evidence: EvidenceIncident, Scope: Area},
			}},
			{Name: "staff", Scope: Organisation, Criteria: []Criterion{
				{Name: "leads across the organisation", Text: "leads incidents of the whole organisation", Evidence: EvidenceIncident, Scope: Organisation},
				{Name: "sets standards", Text: "sets standards that all teams follow", Evidence: EvidenceStandard},
			}},
			{Name: "principal", Scope: Organisation, Criteria: []Criterion{
				{Name: "sets strategy", Text: "sets standards for the whole organisation", Evidence: EvidenceStandard, Scope: Organisation, AtLeast: 2},
			}},
		},
		Tracks: []Track{
			{Name: "platform", Text: "what services are built upon, and how they are delivered",
				Levers: []string{LeverAutomation, LeverArchitecture}, Artefacts: []string{"platform", "pipeline", "automated runbook"}, Roles: engineering,
				Criteria: []Criterion{{Name: "automates for others", Text: "delivers automation of platforms or concerns", Evidence: EvidenceAutomation, Scope: Platform}}},
			{Name: "performance", Text: "how fast and how full services run",
				Levers: []string{LeverThresholds, LeverObjectives}, Artefacts: []string{"capacity plan", "latency objective", "load test"}, Roles: engineering,
				Criteria: []Criterion{{Name: "plans capacity", Text: "checks the capacity of several services", Evidence: EvidenceCapacityCheck, AtLeast: 3}}},
			{Name: "architect", Text: "resilience and scalability before code is written",
				Levers: []string{LeverArchitecture, LeverObjectives}, Artefacts: []string{"design review", "failure model", "production readiness review"}, Roles: engineering,
				Criteria: []Criterion{{Name: "reviews designs", Text: "leads reviews before code is written", Evidence: EvidenceReview}}},
			{Name: "incident", Text: "crisis response, its process, and blameless post-mortems",
				Levers: []string{LeverThresholds, LeverAutomation}, Artefacts: []string{"incident process", "post-mortem", "exercise"},
				Criteria: []Criterion{{Name: "leads incidents", Text: "commands incidents", Evidence: EvidenceIncident}, {Name: "leads post-mortems", Text: "leads blameless post-mortems", Evidence: EvidenceReview}}},
		},
	}
}
