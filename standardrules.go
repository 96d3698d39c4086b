package ownership

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/release"
	"github.com/srekit/ownership/slo"
	"github.com/srekit/ownership/slo/graph"
)

// standardRules are in the order of the areas.
var standardRules = []StandardRule{
	{"dependencies-known", AreaArchitecture, 0, "everything that it depends on is an entry of the catalog, and none of it leads back", checkDependencies},
	{"promise-within-ceiling", AreaArchitecture, 0, "it promises no more than its hard dependencies leave if they fail independently", checkCeiling},
	{"objective", AreaMonitoring, 1, "it promises at least so many objectives", checkObjective},
	{"critical-alerts-page", AreaMonitoring, 0, "every alert that must wake somebody goes to a handler that does", checkPaging},
	{"page-has-runbook", AreaEmergency, 0, "every alert that pages has a complete runbook", checkRunbooks},
	{"qualified-primaries", AreaEmergency, 2, "so many people are qualified to be called for it alone", checkPrimaries},
	{"on-call-without-gaps", AreaEmergency, 0, "somebody is on call for it at every hour of the next weeks", checkOnCall},
	{"capacity-forecast", AreaCapacity, 1, "at least so many metrics are forecast, with a horizon", checkCapacity},
	{"staged-release", AreaChange, 1, "a release passes at least so many stages and is taken back above a threshold", checkStages},
	{"canary-sees-threshold", AreaChange, 0, "every stage that judges can tell its rollback threshold within its length", checkSight},
	{"owner-known", AreaSecurity, 0, "its owner is a team of the catalog with at least one member", checkOwner},
	{"no-secrets", AreaSecurity, 0, "nothing in its file or its team's looks like a secret", checkSecrets},
}

func breach(path, text, reason, remedy string) StandardAnswer {
	return StandardAnswer{Asked: true, Breaches: []StandardBreach{{path, text, reason, remedy}}}
}

func unknown(why string) StandardAnswer { return StandardAnswer{Asked: true, Unknown: why} }

func checkDependencies(s StandardSubject) StandardAnswer {
	a := s.Met()
	for i, d := range s.Service.DependsOn {
		if _, ok := s.Catalog.Service(d.Name); !ok {
			a.Breaches = append(a.Breaches, StandardBreach{item("depends_on", i), d.Name, "the catalog does not hold it", "describe it, or name it as it is described"})
		}
	}
	if circle := s.Evidence.ceilings[s.Service.Name].Circle; circle {
		a.Breaches = append(a.Breaches, StandardBreach{"depends_on", "", "it is in a circle of hard dependencies, which stands and falls together", "make one of them soft"})
	}
	return a
}

func checkCeiling(s StandardSubject) StandardAnswer {
	c, ok := s.Evidence.ceilings[s.Service.Name]
	if !ok || c.Hard == 0 || c.Target.IsZero() {
		return StandardAnswer{}
	}
	if c.Target.Compare(c.Independent) <= 0 {
		return s.Met()
	}
	text := "its hard dependencies leave " + percent(c.Independent.Float64(), 6) + " if they fail independently"
	if len(c.Assumed) > 0 {
		text += ", and some of them promise nothing"
	}
	return breach("depends_on", c.Target.Percent(), text, "promise less, make a dependency soft, or double one")
}

func checkObjective(s StandardSubject) StandardAnswer {
	if n := len(s.Service.Objectives()); n < s.AtLeast {
		return breach("responsibilities", strconv.Itoa(n), fmt.Sprintf("it promises %d of the %d that are asked", n, s.AtLeast), "add a line such as availability: 99.9%")
	}
	return s.Met()
}

func checkPaging(s StandardSubject) StandardAnswer {
	a := StandardAnswer{}
	for i, alert := range s.Service.Alerts {
		if alert.SeverityOf() != alerting.Page {
			continue
		}
		a.Asked = true
		h := Handler{Name: alert.Handler}
		if own, ok := s.Team.Handler(alert.Handler); ok {
			h = own
		}
		switch at := item("monitoring.alerts", i); {
		case alert.Handler == "":
			a.Breaches = append(a.Breaches, StandardBreach{at, alert.Name, "nobody is told when it fires", "name a handler that pages"})
		case !h.Wakes():
			a.Breaches = append(a.Breaches, StandardBreach{at + ".handler", alert.Name, "it must wake somebody, and " + h.TypeOf() + " does not", "use a handler that pages, such as pagerduty"})
		}
	}
	return a
}

func checkRunbooks(s StandardSubject) StandardAnswer {
	a := StandardAnswer{}
	covered, known := s.Evidence.covered[s.Service.Name]
	for i, alert := range s.Service.Alerts {
		if alert.SeverityOf() != alerting.Page {
			continue
		}
		a.Asked = true
		at := item("monitoring.alerts", i)
		if _, ok := s.Service.RunbookOf(alert); !ok {
			a.Breaches = append(a.Breaches, StandardBreach{at, alert.Name, "it has no runbook", "write one and list it under incident_response.runbooks"})
			continue
		}
		if !known {
			a.Unknown = "the runbooks were not read; give StandardEvidence.Runbooks"
			continue
		}
		switch c := covered[i]; {
		case !c.Resolved:
			a.Breaches = append(a.Breaches, StandardBreach{at, alert.Name, "its runbook is not there: " + c.Reason, "write it, or mend the path"})
		case !c.Complete:
			a.Breaches = append(a.Breaches, StandardBreach{at, alert.Name, "its runbook is not complete: " + c.Reason, "fill the sections"})
		}
	}
	return a
}

func checkPrimaries(s StandardSubject) StandardAnswer {
	cover, ok := s.Evidence.qualified[s.Service.Name]
	if !ok {
		return unknown("nobody in the catalog has qualifications noted; add them to the members of teams")
	}
	if cover.Primaries < s.AtLeast {
		var named []string
		for _, c := range cover.People {
			if c.State != response.StateQualified {
				named = append(named, c.Person+" is "+c.State)
			}
		}
		reason := fmt.Sprintf("%d of the %d that are asked are qualified to be called for it alone", cover.Primaries, s.AtLeast)
		if len(named) > 0 {
			reason += " (" + strings.Join(named, ", ") + ")"
		}
		return breach("incident_response", strconv.Itoa(cover.Primaries), reason, "let people shadow, and then lead a shift with somebody beside")
	}
	return s.Met()
}

func checkCapacity(s StandardSubject) StandardAnswer {
	p := s.Service.Capacity
	if len(p.Metrics) < s.AtLeast {
		return breach("capacity_planning", strconv.Itoa(len(p.Metrics)), fmt.Sprintf("%d of the %d metrics that are asked are forecast", len(p.Metrics), s.AtLeast), "list the metrics that run out first")
	}
	if p.Horizon == 0 {
		return breach("capacity_planning", "", "no horizon is given", "write forecast_horizon: 4 weeks, or how long it takes to get more")
	}
	return s.Met()
}

func checkStages(s StandardSubject) StandardAnswer {
	r := s.Service.Release
	a := s.Met()
	if len(r.Stages) < s.AtLeast {
		a.Breaches = append(a.Breaches, StandardBreach{"release_management", strconv.Itoa(len(r.Stages)), fmt.Sprintf("a release passes %d of the %d stages that are asked before it has all traffic", len(r.Stages), s.AtLeast), `write canary_deployment_strategy: "10% traffic for 30 mins"`})
	}
	if r.Rollback.IsZero() {
		a.Breaches = append(a.Breaches, StandardBreach{"release_management", "", "nothing says when a release is taken back", "write rollback_threshold: 0.1% error rate for 5 mins"})
	}
	return a
}

// checkSight asks release whether each stage that judges shows its rollback
// threshold at the entry's traffic, to a judge that may look at any time.
func checkSight(s StandardSubject) StandardAnswer {
	r := s.Service.Release
	ratio := r.Rollback.Threshold.Ratio
	if len(r.Stages) == 0 || ratio.IsZero() {
		return StandardAnswer{} // staged-release says so, or the threshold is no share of errors
	}
	setting := release.Setting{PerSecond: s.Service.Traffic.PerSecond()}
	for _, o := range s.Service.Objectives() {
		if o.Kind == slo.Events {
			setting.Objective, setting.Good = o, o.Budget().Float64()
			break
		}
	}
	if setting.Objective.Target.IsZero() || setting.PerSecond <= 0 {
		return unknown("its traffic or an objective that counts events is not known; add traffic: 200/s")
	}
	setting.Factor = ratio.Float64() / setting.Good
	if setting.Factor <= 1 {
		return breach("release_management.rollback_threshold", r.Rollback.String(), "a service that just keeps its objective has as many errors, so a good release cannot be told from a bad one", "raise the threshold above "+percent(setting.Good, 3))
	}
	rollout, err := r.Rollout()
	if err != nil {
		return breach("release_management", "", err.Error(), "mend the release")
	}
	sights, err := rollout.Sights(setting)
	if err != nil {
		return unknown(err.Error())
	}
	a := s.Met()
	for _, sight := range sights {
		if sight.Power < sight.Wanted {
			a.Breaches = append(a.Breaches, StandardBreach{"release_management.canary_deployment_strategy", sight.Stage, "at " + ratio.Percent() + " of errors, " + sight.String(), "hold the stage longer, give it more traffic, or raise the threshold"})
		}
	}
	return a
}

// checkOnCall looks for hours without anybody.
func checkOnCall(s StandardSubject) StandardAnswer {
	const path = "incident_response.oncall_schedule"
	roster, err := s.Catalog.RosterOf(s.Service)
	if err != nil {
		var refused *SpecError
		if errors.As(err, &refused) && len(refused.Findings) > 0 {
			return breach(path, "", refused.Findings[0].Reason, refused.Findings[0].Remedy)
		}
		return breach(path, "", err.Error(), "mend the schedule")
	}
	if s.Evidence.At.IsZero() {
		return unknown("no instant is given from which to look; give StandardEvidence.At")
	}
	report, err := roster.Lint(s.Evidence.At, s.Evidence.At.Add(standardAhead), oncall.LintOptions{})
	if err != nil {
		return unknown(err.Error())
	}
	a := s.Met()
	for _, c := range report.Concerns {
		if (c.Code == "gap" || c.Code == "clock-gap") && c.Level == diag.Error {
			a.Breaches = append(a.Breaches, StandardBreach{path, c.Role, c.Reason, c.Remedy})
		}
	}
	return a
}

// standardAhead is how far ahead schedules are looked at: a quarter.
const standardAhead = 13 * 7 * 24 * time.Hour

func checkOwner(s StandardSubject) StandardAnswer {
	switch {
	case s.Team.Name == "":
		return breach("owner_team", s.Service.OwnerTeam, "the catalog holds no team of that name", "describe the team")
	case len(s.Team.Members) == 0:
		return breach("owner_team", s.Service.OwnerTeam, "the team has no members", "list them")
	}
	return s.Met()
}

func checkSecrets(s StandardSubject) StandardAnswer {
	a := s.Met()
	all := slices.Concat(s.Service.Findings, s.Team.Findings, s.Evidence.secrets)
	for i, f := range all {
		if f.Code == "secret" && !slices.Contains(all[:i], f) && (f.Source == s.Service.Source() || f.Source == s.Team.Source()) {
			a.Breaches = append(a.Breaches, StandardBreach{"", f.Source, f.Path + ": " + f.Reason, f.Remedy})
		}
	}
	return a
}

// ceilingsOf is what the targets and dependencies of a catalog leave, by entry;
// the target of an entry is its first objective that counts events.
func ceilingsOf(c Catalog) map[string]graph.Ceiling {
	out := make(map[string]graph.Ceiling, len(c.Services))
	g, err := dependencyGraph(c)
	if err != nil {
		return out
	}
	for _, ceiling := range g.Ceilings() {
		out[ceiling.Entry] = ceiling
	}
	return out
}

// dependencyGraph is the catalog as a graph of promises. An entry that stands
// twice counts once.
func dependencyGraph(c Catalog) (graph.Graph, error) {
	entries := make([]graph.Entry, 0, len(c.Services))
	seen := make(map[string]bool, len(c.Services))
	for _, s := range c.Services {
		if s.Name == "" || seen[s.Name] {
			continue
		}
		seen[s.Name] = true
		e := graph.Entry{Name: s.Name}
		for _, o := range s.Objectives() {
			if o.Kind == slo.Events {
				e.Target = o.Target
				break
			}
		}
		needs := make(map[string]bool, len(s.DependsOn))
		for _, d := range s.DependsOn {
			if d.Name != "" && !needs[d.Name] {
				needs[d.Name] = true
				e.DependsOn = append(e.DependsOn, graph.Edge{To: d.Name, Soft: d.Soft})
			}
		}
		entries = append(entries, e)
	}
	return graph.New(entries)
}
