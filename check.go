package ownership

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/slo"
)

// Validate returns everything that is wrong with the service or worth knowing
// about it, as far as it can be seen without the rest of the catalog: values
// that are missing, names that stand twice or mean nothing, and lines that
// contradict each other. Read has called it already; it is there for services
// that are written as literals or changed.
func (s Service) Validate() []Finding { return diag.Sorted(s.validate(nil)) }

// validate is Validate with the team that owns the service, if it is known.
func (s Service) validate(team *Team) []Finding {
	c := &checker{s: s, team: team, objectives: s.Objectives()}
	c.entry()
	c.promises()
	c.alerts()
	c.runbooks()
	c.capacity()
	c.release()
	c.out = append(c.out, s.Schedule.validate(s.origin, "incident_response.oncall_schedule", "service")...)
	return c.out
}

// checker collects the findings about one service.
type checker struct {
	s          Service
	team       *Team
	objectives []slo.Objective
	out        []Finding
}

func (c *checker) add(code, level, path, reason, remedy string) {
	c.out = append(c.out, c.s.finding(code, level, path, reason, remedy))
}

// finding is a finding at a path below the service.
func (s Service) finding(code, level, path, reason, remedy string) Finding {
	return s.origin.finding(code, level, path, "service", reason, remedy)
}

// finding is a finding at a path below an entry. A literal has no positions;
// a path that the file does not hold has the position of what would hold it.
func (o *origin) finding(code, level, path, prefix, reason, remedy string) Finding {
	f := Finding{Code: code, Level: level, Reason: reason, Remedy: remedy}
	if o == nil {
		if f.Path = prefix; path != "" {
			f.Path = join(prefix, path)
		}
		return f
	}
	f.Source, f.Path = o.source, o.prefix
	if path != "" {
		f.Path = join(o.prefix, path)
	}
	p, ok := o.at[path]
	f.Text = p.text
	for at := path; !ok; p, ok = o.at[at] {
		i := strings.LastIndexAny(at, ".[")
		at = at[:max(0, i)]
		if at == "" {
			p = o.at[""]
			break
		}
	}
	f.Line, f.Column = p.line, p.column
	return f
}

// item is the path of an item of a list.
func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// promise is the path of the responsibility i: the index in the document may
// be smaller, because one item of its list may hold several.
func (s Service) promise(i int) string {
	if s.origin != nil && i < len(s.origin.promises) {
		return s.origin.promises[i]
	}
	return item("responsibilities", i) + "." + s.Responsibilities[i].key()
}

// entry checks the keys of the entry itself. What a file lacks its decoder has
// reported already.
func (c *checker) entry() {
	s := c.s
	if s.origin == nil {
		if s.Name == "" {
			c.add("missing", diag.Error, "name", "the key is missing", "add it")
		}
		if s.OwnerTeam == "" {
			c.add("missing", diag.Error, "owner_team", "the key is missing", "add it")
		}
		if s.Version < 0 || s.Version > Version {
			c.add("version", diag.Error, "", fmt.Sprintf("the entry is of version %d of the format, and this release knows version %d only", s.Version, Version), "use a newer release of the library")
		}
		if s.Kind < 0 || int(s.Kind) >= len(kindNames) || s.Tier < NoTier || s.Tier > Tier3 {
			c.add("value", diag.Error, "", fmt.Sprintf("kind %v or tier %v is out of range", s.Kind, s.Tier), "use the constants of the package")
		}
	}
	if len(s.Responsibilities) == 0 && s.Kind == KindService {
		if _, given := c.given("responsibilities"); !given {
			c.add("no-responsibilities", diag.Warning, "responsibilities", "the service promises nothing", "add a list such as - availability: 99.9%")
		}
	}
	for i, dep := range s.DependsOn {
		at := item("depends_on", i)
		switch first := slices.IndexFunc(s.DependsOn[:i], func(d Dependency) bool { return d.Name == dep.Name }); {
		case dep.Name == "":
			if s.origin == nil {
				c.add("missing", diag.Error, at, "the dependency has no name", "add it")
			}
		case first >= 0:
			c.add("duplicate", diag.Error, at, "the service depends on "+dep.Name+" twice", "keep one of them")
		case dep.Name == s.Name:
			c.add("cycle", diag.Error, at, "the service depends on itself", "remove it")
		}
	}
}

// given reports whether the file holds a non-empty value at the path although
// nothing of it could be used; that is an error with a finding of its own.
func (c *checker) given(path string) (position, bool) {
	if c.s.origin == nil {
		return position{}, false
	}
	p, ok := c.s.origin.at[path+"[0]"]
	return p, ok
}

// promises checks the objectives one by one and against each other.
func (c *checker) promises() {
	if len(c.objectives) == 0 && !zeroIndicator(c.s.Indicator) {
		c.indicator("indicator", c.s.Indicator)
	}
	byName := make(map[string]int, len(c.objectives))
	for i, r := range c.s.Responsibilities {
		o, at := c.objectives[i], c.s.promise(i)
		if first, ok := byName[o.Name]; ok {
			c.add("duplicate", diag.Error, at, "two objectives are named "+o.Name+"; the other is "+c.s.promise(first), "give one a name of its own: "+r.key()+": {name: …, target: "+o.Target.Percent()+"}")
		} else {
			byName[o.Name] = i
		}
		window := o.Period()
		if o.Kind == slo.TimeSlices && window.ShortestLength() < o.Slice.Length {
			c.add("slice-too-long", diag.Error, at, "a slice of "+short(o.Slice.Length)+" is longer than the window "+window.String(), "shorten the slice or lengthen the window")
		} else if err := o.Validate(); err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				c.add("objective", diag.Error, at, line, "")
			}
		} else if window.ShortestLength() < 24*time.Hour {
			c.add("short-window", diag.Warning, at, "a window of "+window.String()+" is too short for an error budget: every incident spends all of it", "leave the window out (30d), or promise slices of time: error_rate")
		}
		c.burnRateAlerts(at, r.Alerting, o)
		if in := c.s.IndicatorOf(r); !zeroIndicator(in) {
			path := at + ".indicator"
			if zeroIndicator(r.Indicator) {
				path = "indicator"
			}
			c.indicator(path, in)
		}
		c.slices(at, o)
	}
	c.budgets()
}

func zeroIndicator(in rules.Indicator) bool {
	return in.Preset == "" && in.Selector == "" && in.Bad == "" && in.Good == "" && in.Total == "" && len(in.Buckets) == 0 && len(in.GroupBy) == 0 && !in.NativeHistogram
}

// indicator reports each defect of an indicator once.
func (c *checker) indicator(path string, in rules.Indicator) {
	err := in.Validate()
	if err == nil {
		return
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		line = strings.TrimPrefix(line, rules.ErrIndicator.Error()+": ")
		reason, remedy, _ := strings.Cut(line, "; ")
		if !slices.ContainsFunc(c.out, func(f Finding) bool {
			return f.Code == "indicator" && f.Reason == reason && strings.HasSuffix(f.Path, path)
		}) {
			c.add("indicator", diag.Error, path, reason, remedy)
		}
	}
}

// slices checks whether a slice sees enough traffic to tell good from bad.
func (c *checker) slices(at string, o slo.Objective) {
	traffic := c.s.Traffic.PerSecond()
	if o.Kind != slo.TimeSlices || traffic <= 0 {
		return
	}
	events := traffic * o.Slice.Length.Seconds()
	if bound := o.Slice.Bound; bound.Sign() > 0 && bound.Of(events) < 1 {
		need := time.Duration(float64(time.Second) / (traffic * bound.Float64())).Round(time.Second)
		remedy := "lengthen the slice to " + short(need) + " or more"
		if need > 24*time.Hour || need <= 0 {
			remedy = "raise the bound, or promise it over the window: error_rate: < " + bound.Percent()
		}
		c.add("slice-too-small", diag.Warning, at, fmt.Sprintf("a slice of %s holds about %s events at %s, so one error already exceeds %s", short(o.Slice.Length), number(round(events)), c.s.Traffic, bound.Percent()), remedy)
	}
}

// budgets compares the availability line with the error_rate line: both count
// errors, so a different budget means that one of them is not meant.
func (c *checker) budgets() {
	available := slices.IndexFunc(c.s.Responsibilities, func(r Responsibility) bool { return r.key() == availabilityKey })
	if available < 0 {
		return
	}
	budget := c.objectives[available].Budget()
	for i, r := range c.s.Responsibilities {
		o := c.objectives[i]
		if r.key() != errorRateKey || !zeroIndicator(r.Indicator) || !zeroIndicator(c.s.Responsibilities[available].Indicator) {
			continue
		}
		bound := o.Budget()
		if o.Kind == slo.TimeSlices {
			bound = o.Slice.Bound
		}
		if bound != budget {
			c.add("budgets-differ", diag.Warning, c.s.promise(i), "errors up to "+bound.Percent()+" are fine here, but "+c.objectives[available].Name+" of "+c.objectives[available].Target.Percent()+" leaves a budget of "+budget.Percent(), "make them agree: "+budget.Percent()+" here, or availability: "+bound.Complement().Percent())
		}
	}
}

// short is a duration as a spec writes it.
func short(d time.Duration) string { return Threshold{Duration: d}.String() }

// round keeps two digits of a number that is only about right.
func round(v float64) float64 {
	f, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 2, 64), 64)
	if err != nil {
		return v
	}
	return f
}
