package ownership

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/report"
	"github.com/srekit/ownership/oncall/response"
	"github.com/srekit/ownership/slo/graph"
)

// CatalogReview is the reviews of all services of a catalog, and what only shows
// over all of them: which standards are met, who is qualified for what, and what
// the dependencies leave of each promise.
type CatalogReview struct {
	Title     string
	From, At  time.Time
	Services  []Review // in the catalog's order
	Standards StandardsReport
	BusFactor response.BusFactor
	Ceilings  []graph.Ceiling
	Next      []NextStep // of all services, by the budget at stake
	Findings  []Finding  // of the catalog that belong to no service

	graph graph.Graph
}

// CatalogReviewOptions are what ReviewAll needs beside the catalog.
type CatalogReviewOptions struct {
	Title string // empty means "Services"
	At    time.Time
	From  time.Time // zero means 28 days before At
	// Measurements are those of one service; their instants are set to the ones
	// above where they are zero. Nil means that nothing was measured.
	Measurements func(service string) Measurements
	// Standards are what the catalog is held to; nil means DefaultStandards.
	Standards Standards
	// Evidence is what standards rest on; its instant is At where it is zero.
	Evidence StandardEvidence
}

// ReviewAll reviews every service of the catalog. Errors are those of Review,
// with the service's name, and of Standards.Evaluate.
func (c Catalog) ReviewAll(ctx context.Context, o CatalogReviewOptions) (CatalogReview, error) {
	if o.At.IsZero() {
		return CatalogReview{}, errors.New("review: no instant is given; set CatalogReviewOptions.At")
	}
	v := CatalogReview{Title: cmp.Or(o.Title, "Services"), At: o.At, From: o.From}
	if v.From.IsZero() {
		v.From = o.At.Add(-28 * 24 * time.Hour)
	}
	for _, s := range c.Services {
		var m Measurements
		if o.Measurements != nil {
			m = o.Measurements(s.Name)
		}
		if m.At.IsZero() {
			m.At = v.At
		}
		if m.From.IsZero() {
			m.From = v.From
		}
		if m.Runbooks == nil {
			m.Runbooks = o.Evidence.Runbooks
		}
		r, err := c.Review(ctx, s, m)
		if err != nil {
			return CatalogReview{}, fmt.Errorf("service %q: %w", s.Name, err)
		}
		v.Services = append(v.Services, r)
		v.Next = append(v.Next, r.Next...)
	}
	slices.SortStableFunc(v.Next, byStake)
	standards := o.Standards
	if standards == nil {
		standards = DefaultStandards()
	}
	if o.Evidence.At.IsZero() {
		o.Evidence.At = v.At
	}
	var err error
	if v.Standards, err = standards.Evaluate(c, o.Evidence); err != nil {
		return CatalogReview{}, err
	}
	if v.BusFactor, err = response.MeasureBusFactor(c.Entries(), c.People(), v.At, o.Evidence.Rules); err != nil {
		return CatalogReview{}, err
	}
	if v.graph, err = dependencyGraph(c); err != nil {
		return CatalogReview{}, err
	}
	v.Ceilings = v.graph.Ceilings()
	about := c.about()
	bySource := make(map[string][]Service, len(c.Services))
	for _, s := range c.Services {
		bySource[s.Source()] = append(bySource[s.Source()], s)
	}
	for _, f := range c.Findings {
		if !slices.ContainsFunc(bySource[f.Source], func(s Service) bool { return about(f, s) }) {
			v.Findings = append(v.Findings, f)
		}
	}
	return v, nil
}

// String is the review as text for a terminal.
func (v CatalogReview) String() string { return v.document(false).Text() }

// Markdown is the review for a chat or a pull request, without pictures.
func (v CatalogReview) Markdown() string { return v.document(false).Markdown() }

// HTML is the review as a page that stands alone; see Review.HTML. The services
// are folded, and without pictures: the page of one service has those.
func (v CatalogReview) HTML() string { return v.document(true).HTML() }

// shownSteps is how many next steps a catalog shows; each service shows its own.
const shownSteps = 25

func (v CatalogReview) document(pictures bool) report.Document {
	d := report.Document{Title: v.Title, Lead: prose.Plural(len(v.Services), "service") + ", " + v.From.Format(time.DateOnly) + " to " + prose.Minute(v.At)}
	next := v.Next
	if len(next) > shownSteps {
		next = next[:shownSteps]
	}
	steps := nextSection(next, false)
	for _, b := range steps.Blocks {
		if b.Table == nil {
			continue
		}
		b.Table.Head = slices.Insert(b.Table.Head, 0, "service")
		b.Table.Numbers = slices.Insert(b.Table.Numbers, 0, false)
		for i := range b.Table.Rows {
			b.Table.Rows[i] = slices.Insert(b.Table.Rows[i], 0, report.Cell{Text: next[i].Service})
		}
	}
	if n := len(v.Next) - len(next); n > 0 {
		steps.Blocks = append(steps.Blocks, report.Block{Text: fmt.Sprintf("%d more stand with their services.", n)})
	}
	d.Sections = append(d.Sections, steps, v.overview(), v.standards())
	if s := v.dependencies(pictures); s.Title != "" {
		d.Sections = append(d.Sections, s)
	}
	if len(v.BusFactor.Findings) > 0 {
		d.Sections = append(d.Sections, v.qualified(pictures))
	}
	each := report.Section{Title: "Service by service"}
	for _, r := range v.Services {
		each.Sections = append(each.Sections, report.Section{Title: r.Service.Name, Folded: true, Sections: r.sections(false)})
	}
	d.Sections = append(d.Sections, each)
	if len(v.Findings) > 0 {
		d.Sections = append(d.Sections, Review{Findings: v.Findings}.findingSection())
	}
	return d
}

// overview is a row for each service.
func (v CatalogReview) overview() report.Section {
	t := &report.Table{Caption: "services", Head: []string{"service", "team", "tier", "least budget left", "pages a week", "on call now", "pages with a complete runbook"}, Numbers: []bool{false, false, true, true, true, false, true}}
	for _, r := range v.Services {
		left, pages := report.Cell{Text: "not measured"}, "–"
		least, perWeek := math.Inf(1), 0.0
		for _, o := range r.Objectives {
			if !o.Measured() {
				continue
			}
			if o.left() < least {
				least = o.left()
				left = report.Cell{Text: percent(least, 3), State: o.measured().State}
			}
			if o.Unreplayed == "" {
				for _, score := range o.Backtest.Scores {
					if score.Severity == alerting.Page {
						perWeek += score.PerWeek
					}
				}
				pages = weekly(perWeek)
			}
		}
		who := report.Cell{Text: "not known"}
		if v := r.OnCall; v != nil && v.Missing == "" {
			var names []string
			for _, x := range v.Now {
				names = append(names, x.Person)
			}
			if who.Text = strings.Join(names, ", "); who.Text == "" {
				who = report.Cell{Text: "nobody", State: report.Critical}
			}
		}
		books := report.Cell{Text: "not read"}
		if r.Runbooks != nil {
			complete, asked := 0, 0
			for _, a := range r.Runbooks.Coverage.Alerts {
				if a.Severity == "critical" {
					asked++
					if a.Complete {
						complete++
					}
				}
			}
			books = report.Cell{Text: strconv.Itoa(complete) + " of " + strconv.Itoa(asked)}
			if complete < asked {
				books.State = report.Warning
			}
		}
		t.Rows = append(t.Rows, []report.Cell{{Text: r.Service.Name}, {Text: r.Service.OwnerTeam}, {Text: r.Service.Tier.String()}, left, {Text: pages}, who, books})
	}
	return report.Section{Title: "Overview", Blocks: []report.Block{{Table: t}}}
}

// standards is the coverage table, and the findings folded.
func (v CatalogReview) standards() report.Section {
	s := report.Section{Title: "Standards"}
	var teams []string
	for _, row := range v.Standards.Rows {
		if !slices.Contains(teams, row.Team) {
			teams = append(teams, row.Team)
		}
	}
	slices.Sort(teams)
	for _, area := range areasOf(v.Standards.Rows) {
		t := &report.Table{Caption: area, Head: append([]string{"rule"}, teams...)}
		for range teams {
			t.Numbers = append(t.Numbers, true)
		}
		t.Numbers = append([]bool{false}, t.Numbers...)
		last := ""
		for _, row := range v.Standards.Rows {
			if row.Area != area {
				continue
			}
			if row.Rule != last {
				last = row.Rule
				cells := make([]report.Cell, len(teams)+1)
				for i := range cells {
					cells[i].Text = "–"
				}
				cells[0].Text = row.Rule
				t.Rows = append(t.Rows, cells)
			}
			cell := report.Cell{Text: row.cell(), State: report.Good}
			switch {
			case row.Met+row.Unknown < row.Asked:
				cell.State = report.Warning
			case row.Unknown > 0:
				cell.State = report.None
			}
			t.Rows[len(t.Rows)-1][1+slices.Index(teams, row.Team)] = cell
		}
		s.Blocks = append(s.Blocks, report.Block{Table: t})
	}
	var items []report.Item
	for _, f := range v.Standards.Findings {
		items = append(items, report.Item{State: stateOf(f.Level), Text: diag.Finding(f).String()})
	}
	if len(items) > 0 {
		s.Sections = []report.Section{{Title: prose.Plural(len(items), "finding") + " about standards", Folded: true, Blocks: []report.Block{{List: items}}}}
	}
	return s
}

// dependencies is what they leave of each promise.
func (v CatalogReview) dependencies(pictures bool) report.Section {
	t := &report.Table{Caption: "what hard dependencies leave of each promise", Head: []string{"service", "promise", "ceiling if failures are independent", "at least", "at most"}, Numbers: []bool{false, true, true, true, true}}
	for _, c := range v.Ceilings {
		if c.Hard == 0 {
			continue
		}
		target := report.Cell{Text: "none"}
		if !c.Target.IsZero() {
			target = report.Cell{Text: c.Target.Percent(), State: report.Good}
			if c.Target.Compare(c.Independent) > 0 {
				target.State = report.Warning
			}
		}
		t.Rows = append(t.Rows, []report.Cell{{Text: c.Entry}, target, {Text: percent(c.Independent.Float64(), 7)}, {Text: percent(c.Least.Float64(), 7)}, {Text: percent(c.Most.Float64(), 7)}})
	}
	if len(t.Rows) == 0 {
		return report.Section{}
	}
	s := report.Section{Title: "Dependencies", Blocks: []report.Block{{Table: t}}}
	if pictures && len(v.Ceilings) <= drawnEntries {
		s.Blocks = append(s.Blocks, report.Drawn("Entries and what they need", v.graph.SVGAt))
	}
	return s
}

// drawnEntries is how many entries a picture of dependencies still tells apart.
const drawnEntries = 40

func (v CatalogReview) qualified(pictures bool) report.Section {
	s := report.Section{Title: "Who is qualified"}
	var items []report.Item
	for _, f := range v.BusFactor.Findings {
		items = append(items, report.Item{State: stateOf(f.Level), Text: f.String()})
	}
	s.Blocks = []report.Block{{List: items}}
	if pictures && len(v.BusFactor.Entries) <= drawnEntries {
		s.Blocks = append(s.Blocks, report.Drawn("Entries and the people who may be called for them", v.BusFactor.SVGAt))
	}
	return s
}
