package ownership

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/slo"
)

// CompileOptions are what a compilation needs beside the spec. The zero value
// is useful.
type CompileOptions struct {
	// Rules are the server's intervals and version.
	Rules rules.Options
	// Policy is the burn-rate policy of every objective; the zero value is
	// alerting.Workbook.
	Policy alerting.Policy
	// Window is that of objectives that name none; the zero value is
	// slo.DefaultWindow.
	Window slo.Window
	// RunbookBase is put before the path of a runbook that is no URL, so that
	// an alert links to it: "https://git.example.org/runbooks/blob/main".
	RunbookBase string
	// Team is the owner of a service that is compiled alone: its handlers
	// receive the alerts. Catalog.Compile takes the catalog's teams instead.
	Team Team
}

// Artefacts are the files that a spec compiles to.
type Artefacts struct {
	Rules        rules.RuleSet // of Prometheus
	Alertmanager []byte        // configuration with routes and receivers, no secrets
	Findings     []Finding     // what the compilation found, in order of position

	slos    []rules.SLO
	options rules.Options
}

// RuleTests is a promtool test file for the rules; see rules.UnitTests. It
// takes longer to run than to write: some seconds for each objective.
func (a Artefacts) RuleTests() ([]byte, error) { return rules.UnitTests(a.slos, a.options) }

// RulesYAML is the Prometheus rule file.
func (a Artefacts) RulesYAML() []byte { return a.Rules.YAML() }

// Compile turns the service into rules and routes. What cannot be compiled is
// an error that names every defect, by errors.As a *SpecError where it can be
// traced to a line; what is compiled with reservations, or left out because
// Prometheus cannot express it, is in Findings.
func (s Service) Compile(opt CompileOptions) (Artefacts, error) {
	return compileAll([]Service{s}, []Team{opt.Team}, opt)
}

// Compile turns every service of the catalog into one rule file and one
// configuration of routes; opt.Team is ignored.
func (c Catalog) Compile(opt CompileOptions) (Artefacts, error) {
	return compileAll(c.Services, c.Teams, opt)
}

func compileAll(services []Service, teams []Team, opt CompileOptions) (Artefacts, error) {
	var a Artefacts
	var errs []error
	var slos []rules.SLO
	var alerts []rules.ThresholdAlert
	var groupBy []string
	paths := make(map[string]func(code, level, text, reason, remedy string)) // of an objective's findings
	handlers := newHandlers(teams)
	for _, s := range services {
		if invalid := s.Validate(); failed(invalid) {
			errs = append(errs, &SpecError{invalid})
			continue
		}
		desk := handlers.of(s)
		objectives := s.Objectives()
		for i, o := range objectives {
			if o.Window.IsZero() {
				o.Window = opt.Window
			}
			r := s.Responsibilities[i]
			in := s.IndicatorOf(r)
			groupBy = append(groupBy, in.GroupBy...)
			at := s.promise(i)
			paths[s.Name+"/"+o.Name] = func(code, level, text, reason, remedy string) {
				f := s.origin.finding(code, level, at, "service", reason, remedy)
				f.Text = text
				a.Findings = append(a.Findings, f)
			}
			policy, err := r.Alerting.policyFor(o.Period().ShortestLength(), opt.Policy)
			if err != nil { // it may follow from opt.Window, which Validate does not know
				errs = append(errs, fmt.Errorf("service %q: objective %q: %w", s.Name, o.Name, err))
				continue
			}
			slos = append(slos, rules.SLO{
				Objective: o, Indicator: in, Policy: policy, LowTraffic: rules.LowTraffic{Confidence: r.Alerting.Confidence},
				Revision: r.Revision, Labels: s.labels(),
				Runbook:     s.runbookOf(o, opt.RunbookBase),
				PageHandler: desk.page, TicketHandler: desk.ticket,
			})
		}
		for i := range s.Alerts {
			t, f, ok := s.thresholdAlert(i, objectives, opt.RunbookBase)
			if !ok {
				a.Findings = append(a.Findings, f)
				continue
			}
			alerts = append(alerts, t)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return Artefacts{}, err
	}
	set, err := rules.Compile(slos, opt.Rules)
	errs = append(errs, err)
	plain, err := rules.CompileThresholds(alerts, opt.Rules)
	errs = append(errs, err)
	routes, routeFindings, err := rules.Routes(handlers.list, rules.RouteOptions{GroupBy: groupBy})
	errs = append(errs, err)
	if err := errors.Join(errs...); err != nil {
		return Artefacts{}, err
	}
	for _, f := range set.Findings {
		if report, ok := paths[f.Path]; ok {
			report(f.Code, f.Level, f.Text, f.Reason, f.Remedy)
		} else {
			a.Findings = append(a.Findings, Finding(f))
		}
	}
	for _, f := range routeFindings {
		a.Findings = append(a.Findings, Finding(f))
	}
	a.Findings = diag.Sorted(a.Findings)
	set.Groups = append(set.Groups, plain.Groups...)
	set.Findings = append(set.Findings, plain.Findings...)
	a.Rules, a.Alertmanager = set, routes
	a.slos, a.options = slos, opt.Rules
	return a, nil
}

// labels decorate the alerts of a service.
func (s Service) labels() map[string]string {
	labels := make(map[string]string, 2)
	if s.OwnerTeam != "" {
		labels["team"] = s.OwnerTeam
	}
	if s.Tier != NoTier {
		labels["tier"] = s.Tier.String()
	}
	return labels
}

// runbookOf is the runbook of an objective's burn-rate alerts: that of the
// first alert that watches the objective.
func (s Service) runbookOf(o slo.Objective, base string) string {
	for _, a := range s.Alerts {
		if watched, ok := s.ObjectiveOf(a); ok && watched.Name == o.Name {
			if r, ok := s.RunbookOf(a); ok {
				return runbookURL(r.Path, base)
			}
		}
	}
	// An availability line and an error-rate line promise the same thing in
	// two ways, and one runbook answers both.
	for _, a := range s.Alerts {
		if o.Kind != slo.Latency && s.ConditionOf(a).Metric == errorRateKey {
			if r, ok := s.RunbookOf(a); ok {
				return runbookURL(r.Path, base)
			}
		}
	}
	return ""
}

func runbookURL(path, base string) string {
	if isURL(path) || base == "" {
		return path
	}
	return strings.TrimSuffix(base, "/") + "/" + strings.TrimPrefix(path, "/")
}

// thresholdAlert is the i-th alert of the spec as a rule, or the finding that
// says why Prometheus rules cannot express it.
func (s Service) thresholdAlert(i int, objectives []slo.Objective, base string) (rules.ThresholdAlert, Finding, bool) {
	a := s.Alerts[i]
	c := s.ConditionOf(a)
	t := rules.ThresholdAlert{
		Service: s.Name, Name: a.Name, Severity: a.SeverityOf(), Handler: a.Handler, Hold: c.Hold,
		Labels: s.labels(), Indicator: s.Indicator,
	}
	refuse := func(reason, remedy string) (rules.ThresholdAlert, Finding, bool) {
		f := s.origin.finding("not-compiled", diag.Warning, fmt.Sprintf("monitoring.alerts[%d].threshold", i), "service", reason+", so no rule is written for it", remedy)
		if f.Text == "" {
			f.Text = a.Condition.String()
		}
		return t, f, false
	}
	if r, ok := s.RunbookOf(a); ok {
		t.Runbook = runbookURL(r.Path, base)
	}
	w := s.watched(a, objectives)
	if w >= 0 {
		t.SLO, t.Indicator = objectives[w].Name, s.IndicatorOf(s.Responsibilities[w])
	}
	if c.Comparator != ">" && c.Comparator != ">=" {
		return refuse("a rule alerts above a threshold and this condition is "+c.Comparator, "turn the condition round")
	}
	switch {
	case c.Metric == errorRateKey && !c.Threshold.Ratio.IsZero():
		t.ErrorRatio = c.Threshold.Ratio
	case c.Metric == "burn_rate" && c.Threshold.Number > 0 && w >= 0:
		// Bind knows the exact error ratio at which a burn rate is reached.
		t.Window, t.Hold = max(c.Hold, DefaultHold), 0
		bound, err := alerting.Policy{Pairs: []alerting.Pair{{Severity: alerting.Page, Long: t.Window, Short: t.Window, Factor: c.Threshold.Number}}}.Bind(objectives[w])
		if err != nil || !bound.Pairs[0].Reachable {
			return refuse(fmt.Sprintf("a burn rate of %v can never be reached with a budget of %s", c.Threshold.Number, objectives[w].Budget().Percent()), "lower the burn rate, or leave it to the burn-rate alerts that follow from the objective")
		}
		ratio, err := slo.ParseRatio(bound.Pairs[0].ThresholdText)
		if err != nil {
			return refuse("its error ratio "+bound.Pairs[0].ThresholdText+" has too many digits", "round the burn rate")
		}
		t.ErrorRatio = ratio
	case c.Metric == latencyKey && c.Threshold.Duration > 0 && c.Aggregate == "":
		t.Latency, t.Quantile = c.Threshold.Duration, c.Quantile
		if queries := t.Indicator; queries.Total != "" {
			return refuse("a latency quantile needs a histogram and the indicator has queries of its own", "give the objective a preset, or write the rule by hand")
		}
	case c.Aggregate != "":
		return refuse("a histogram holds no exact "+c.Aggregate, "alert on a quantile: p99 > "+c.Threshold.String())
	default:
		return refuse(fmt.Sprintf("the metric %q has no query here", c.Metric), "alert on error_rate, latency or burn_rate, or write the rule by hand")
	}
	return t, Finding{}, true
}

// handlers are the receivers of all teams, and those that specs name without a
// team's definition.
type handlers struct {
	list  []rules.Handler
	teams map[string]Team
}

func newHandlers(teams []Team) *handlers {
	h := &handlers{teams: make(map[string]Team, len(teams))}
	for _, t := range teams {
		if t.Name == "" {
			continue
		}
		h.teams[t.Name] = t
		for _, x := range t.Handlers {
			h.add(t.Name, x)
		}
	}
	return h
}

func (h *handlers) add(team string, x Handler) {
	for _, have := range h.list {
		if have.Team == team && have.Name == x.Name {
			return
		}
	}
	file := ""
	for _, f := range []string{x.RoutingKeyFile, x.APIKeyFile, x.APIURLFile, x.URLFile} {
		if file == "" {
			file = f
		}
	}
	h.list = append(h.list, rules.Handler{Team: team, Name: x.Name, Type: x.TypeOf(), File: file, Channel: x.Channel, To: x.To})
}

// desk is who is told of a service's pages and tickets.
type desk struct{ page, ticket string }

// of chooses the handlers of a service's burn-rate alerts: those of its own
// alerts of that severity, else the team's first that wakes somebody and the
// first that does not.
func (h *handlers) of(s Service) desk {
	team := h.teams[s.OwnerTeam]
	known := slices.Clone(team.Handlers)
	for _, a := range s.Alerts {
		if _, ok := team.Handler(a.Handler); a.Handler != "" && !ok {
			x := Handler{Name: a.Handler}
			h.add(s.OwnerTeam, x)
			known = append(known, x)
		}
	}
	var d desk
	for _, a := range s.Alerts {
		switch {
		case a.Handler == "":
		case a.SeverityOf() == alerting.Page && d.page == "":
			d.page = a.Handler
		case a.SeverityOf() != alerting.Page && d.ticket == "":
			d.ticket = a.Handler
		}
	}
	for _, x := range known {
		if x.Wakes() && d.page == "" {
			d.page = x.Name
		}
		if !x.Wakes() && d.ticket == "" {
			d.ticket = x.Name
		}
	}
	// Somebody is told even if it is not in the best way.
	if d.page == "" {
		d.page = d.ticket
	}
	if d.ticket == "" {
		d.ticket = d.page
	}
	return d
}
