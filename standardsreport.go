package ownership

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/runbook"
	"github.com/srekit/ownership/slo/graph"
)

// StandardEvidence is what the specs of a catalog do not hold. Where something
// that a rule needs is missing the entry is counted as not known, never as met.
type StandardEvidence struct {
	At       time.Time        // the instant that counts: of qualifications, reviews and schedules
	Runbooks *runbook.Library // what runbook.ReadFolder read from the catalog's root; nil means not read
	Rules    response.Rules   // of who is qualified; the zero value is response.DefaultRules

	covered   map[string][]runbook.Covered   // by entry, of its alerts in their order
	qualified map[string]response.EntryCover // by entry
	ceilings  map[string]graph.Ceiling       // by entry
	secrets   []Finding                      // of the catalog
}

// StandardsReport is what a catalog was found to be like.
type StandardsReport struct {
	At   time.Time     `json:"at,omitzero"`
	Rows []StandardRow `json:"rows"` // one for each standard and team that it asks, in their order
	// Findings are the breaches, each with the rule's name as its code, in order
	// of source and position; an info says what is not known.
	Findings []Finding `json:"findings,omitempty"`
}

// StandardRow counts the entries of one team that one standard asks.
type StandardRow struct {
	Rule    string `json:"rule"`
	Area    string `json:"area"`
	Team    string `json:"team"`
	Asked   int    `json:"asked"`   // entries that the standard asks something of
	Met     int    `json:"met"`     // of these, that do what is asked
	Unknown int    `json:"unknown"` // of these, that nothing can be told of
}

// Evaluate holds every entry of the catalog against every standard. The error is
// a *SpecError that says what is wrong with the standards; a catalog that could
// be read has none. Linear in entries and standards, but for canaries (see
// release.Rollout.Sights): a thousand services take seconds.
func (s Standards) Evaluate(c Catalog, e StandardEvidence) (StandardsReport, error) {
	if wrong := s.validate(); len(wrong) > 0 {
		return StandardsReport{}, &SpecError{wrong}
	}
	if err := e.gather(c); err != nil {
		return StandardsReport{}, err
	}
	report := StandardsReport{At: e.At, Rows: []StandardRow{}}
	for _, standard := range s {
		rule, known := standardRule(standard.Rule)
		area := cmp.Or(standard.Area, rule.Area)
		check := standard.Check
		if known {
			check = rule.check
		}
		rows := map[string]*StandardRow{}
		for _, entry := range c.Services {
			if !standard.asks(entry) {
				continue
			}
			team, _ := c.Team(entry.OwnerTeam)
			a := check(StandardSubject{c, entry, team, e, cmp.Or(standard.AtLeast, rule.AtLeast)})
			if !a.Asked && len(a.Breaches) == 0 {
				continue
			}
			row := rows[entry.OwnerTeam]
			if row == nil {
				row = &StandardRow{Rule: standard.Rule, Area: area, Team: entry.OwnerTeam}
				rows[entry.OwnerTeam] = row
			}
			row.Asked++
			switch {
			case len(a.Breaches) > 0:
			case a.Unknown != "":
				row.Unknown++
			default:
				row.Met++
			}
			report.Findings = append(report.Findings, standard.findings(entry, a)...)
		}
		for _, row := range rows {
			report.Rows = append(report.Rows, *row)
		}
	}
	order := make(map[string]int, len(s))
	for i, standard := range slices.Backward(s) {
		order[standard.Rule] = i
	}
	slices.SortStableFunc(report.Rows, func(a, b StandardRow) int {
		return cmp.Or(cmp.Compare(order[a.Rule], order[b.Rule]), strings.Compare(a.Team, b.Team))
	})
	report.Findings = diag.Sorted(report.Findings)
	return report, nil
}

func (s Standard) findings(entry Service, a StandardAnswer) []Finding {
	var out []Finding
	if a.Unknown != "" {
		f := entry.finding(s.Rule, diag.Info, "", entry.Name+": not known: "+a.Unknown, "")
		f.Text = ""
		out = append(out, f)
	}
	for _, b := range a.Breaches {
		f := entry.finding(s.Rule, cmp.Or(s.Level, diag.Warning), b.Path, entry.Name+": "+b.Reason, b.Remedy)
		f.Text = b.Text
		out = append(out, f)
	}
	return out
}

// gather computes once what several rules look at.
func (e *StandardEvidence) gather(c Catalog) error {
	e.ceilings = ceilingsOf(c)
	e.secrets = c.Findings
	if e.Runbooks != nil {
		e.covered = make(map[string][]runbook.Covered, len(c.Services))
		for _, s := range c.Services {
			e.covered[s.Name] = s.CoverRunbooks(*e.Runbooks, runbook.CoverOptions{Review: runbook.Review{Now: e.At}}).Alerts
		}
	}
	people := c.People()
	if !slices.ContainsFunc(people, func(p response.Person) bool { return len(p.Qualifications) > 0 }) || e.At.IsZero() {
		return nil
	}
	bus, err := response.MeasureBusFactor(c.Entries(), people, e.At, e.Rules)
	if err != nil {
		return err
	}
	e.qualified = make(map[string]response.EntryCover, len(bus.Entries))
	for _, row := range bus.Entries {
		e.qualified[row.Entry] = row
	}
	return nil
}

// Markdown is the report for a chat or a pull request: a table for each area with
// a row for each rule and a column for each team, and the findings below.
func (r StandardsReport) Markdown() string {
	var b strings.Builder
	var teams []string
	for _, row := range r.Rows {
		if !slices.Contains(teams, row.Team) {
			teams = append(teams, row.Team)
		}
	}
	slices.Sort(teams)
	for _, area := range areasOf(r.Rows) {
		rows := [][]string{{markdown.Text(area)}}
		for _, t := range teams {
			rows[0] = append(rows[0], markdown.Text(t))
		}
		for _, row := range r.Rows {
			if row.Area != area {
				continue
			}
			if last := rows[len(rows)-1]; len(rows) == 1 || last[0] != markdown.Text(row.Rule) {
				line := make([]string, len(teams)+1)
				for i := range line {
					line[i] = "–"
				}
				line[0] = markdown.Text(row.Rule)
				rows = append(rows, line)
			}
			rows[len(rows)-1][1+slices.Index(teams, row.Team)] = row.cell()
		}
		b.WriteString(markdown.Figures(rows) + "\n")
	}
	for _, f := range r.Findings {
		b.WriteString("- " + markdown.Text(f.String()) + "\n")
	}
	return b.String()
}

// cell is "2 of 3", and how many are not known.
func (r StandardRow) cell() string {
	text := strconv.Itoa(r.Met) + " of " + strconv.Itoa(r.Asked)
	if r.Unknown > 0 {
		text += " (" + strconv.Itoa(r.Unknown) + " not known)"
	}
	return text
}

// areasOf are the areas of rows, in the order of a review.
func areasOf(rows []StandardRow) []string {
	var areas []string
	for _, row := range rows {
		if !slices.Contains(areas, row.Area) {
			areas = append(areas, row.Area)
		}
	}
	slices.SortStableFunc(areas, func(a, b string) int { return areaRank(a) - areaRank(b) })
	return areas
}

func areaRank(area string) int {
	if i := slices.Index(standardAreas, area); i >= 0 {
		return i
	}
	return len(standardAreas)
}
