package rules

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/srekit/ownership/alerting"
	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/slo"
)

// SLO is one objective with all that its rules need.
type SLO struct {
	Objective slo.Objective
	Indicator Indicator
	Policy    alerting.Policy // the zero value is alerting.Workbook
	// LowTraffic asks alerts for more than single errors; the zero value is off.
	LowTraffic LowTraffic
	// Revision tells budgets of one name apart: raise it when the target or
	// the indicator changes and the old history must not count. Empty is "1".
	Revision string
	// Labels decorate alerts and the info series (team, tier); they are
	// never part of a series' identity, so changing one breaks no join.
	Labels map[string]string
	// Annotations are added to every alert as they are: templates in them
	// are not expanded.
	Annotations map[string]string
	Runbook     string // URL or path of the runbook, for the runbook_url annotation
	// Handlers names the notifier of each severity, as the label "handler".
	PageHandler   string
	TicketHandler string
}

// Options are what a server needs to be told. The zero value suits scrapes
// every 30 s (up to every 60 s).
type Options struct {
	// ScrapeInterval of the source series; 0 is 30 s. The base window is four
	// scrapes or two evaluations, whichever is longer.
	ScrapeInterval time.Duration
	// Interval of evaluation of records and page alerts; 0 is 30 s.
	Interval time.Duration
	// TicketInterval is that of tickets, 0 is twice Interval; PeriodInterval that of
	// period records, at least Interval, 0 is up to ten times Interval, and less
	// than five minutes by an Interval if that can be: queries look back five
	// minutes for the newest sample, so records further apart are there at times only.
	TicketInterval time.Duration
	PeriodInterval time.Duration
	// Server is the Prometheus version the rules are for ("2.42", "3.5");
	// empty is 2.42. Newer fields are written only for servers that know them.
	Server string
	// QueryOffset delays evaluation for series that arrive late by remote
	// write. It needs Server 2.53 or newer.
	QueryOffset time.Duration
	// WithoutPeriod leaves out the records of the whole period, which read more
	// than all others together (RuleSet.Cost): the budget is then known from
	// package slo only. The low-traffic mode needs them.
	WithoutPeriod bool
	// Limit bounds the series or alerts that one rule may produce; 0 is none. A
	// rule that exceeds it produces nothing at all, so leave room.
	Limit int
	// NoDataSeverity is the severity of the alert on vanished series; 0 is
	// Ticket.
	NoDataSeverity alerting.Severity
}

const (
	defaultScrape   = 30 * time.Second
	defaultInterval = 30 * time.Second
)

// timing is the options' numbers, checked.
type timing struct {
	interval, base                 time.Duration
	ticketInterval, periodInterval time.Duration
	queryOffset                    time.Duration
	limit                          int
	native                         bool // the server knows native histograms
	withoutPeriod                  bool
	noData                         alerting.Severity
}

// ErrOptions is what every error about Options wraps.
var ErrOptions = errors.New("not options for rules")

func (o Options) timing() (timing, error) {
	var errs []error
	t := timing{interval: o.Interval, queryOffset: o.QueryOffset, limit: o.Limit, noData: o.NoDataSeverity, withoutPeriod: o.WithoutPeriod}
	scrape := o.ScrapeInterval
	if scrape == 0 {
		scrape = defaultScrape
	}
	if t.interval == 0 {
		t.interval = defaultInterval
	}
	t.ticketInterval, t.periodInterval = o.TicketInterval, o.PeriodInterval
	if t.ticketInterval == 0 {
		t.ticketInterval = 2 * t.interval
	}
	if t.periodInterval == 0 {
		most := min(10*t.interval, max(t.interval, lookback-t.interval))
		t.periodInterval = most - most%max(t.interval, 1)
	} else if t.periodInterval < t.interval {
		errs = append(errs, fmt.Errorf("%w: period interval %v is shorter than the interval %v of the records that it reads", ErrOptions, t.periodInterval, t.interval))
	}
	if t.noData == 0 {
		t.noData = alerting.Ticket
	}
	for _, v := range []struct {
		name string
		d    time.Duration
	}{{"scrape interval", scrape}, {"interval", t.interval}, {"ticket interval", cmp.Or(o.TicketInterval, time.Minute)}, {"period interval", cmp.Or(o.PeriodInterval, time.Minute)}} {
		if v.d < time.Second || v.d > time.Hour || v.d%time.Second != 0 {
			errs = append(errs, fmt.Errorf("%w: %s %v; whole seconds from 1s to 1h are needed", ErrOptions, v.name, v.d))
		}
	}
	if t.noData < alerting.Info || t.noData > alerting.Page {
		errs = append(errs, fmt.Errorf("%w: unknown severity %d of the alert on vanished series; set Page, Ticket or Info", ErrOptions, int(t.noData)))
	}
	if o.Limit < 0 {
		errs = append(errs, fmt.Errorf("%w: limit %d is negative", ErrOptions, o.Limit))
	}
	if o.QueryOffset < 0 || o.QueryOffset%time.Second != 0 {
		errs = append(errs, fmt.Errorf("%w: query offset %v; whole seconds, 0 or more, are needed", ErrOptions, o.QueryOffset))
	}
	known, err := o.serverHas(2, 53)
	t.native, _ = o.serverHas(3, 0) // the same error
	if err != nil {
		errs = append(errs, err)
	} else if o.QueryOffset > 0 && !known {
		errs = append(errs, fmt.Errorf("%w: query_offset needs Prometheus 2.53; set Server to your server's version or leave the offset out", ErrOptions))
	}
	if len(errs) > 0 {
		return timing{}, errors.Join(errs...)
	}
	t.base = max(4*scrape, 2*t.interval)
	if r := t.base % (2 * t.interval); r != 0 {
		t.base += 2*t.interval - r
	}
	return t, nil
}

// findings is what is worth knowing about the options.
func (t timing) findings() []Finding {
	var findings []Finding
	for _, g := range []struct {
		what     string
		interval time.Duration
	}{{"pages", t.interval}, {"tickets", t.ticketInterval}, {"the period", t.periodInterval}} {
		if g.interval > lookback {
			findings = append(findings, Finding{
				Code: "stale-records", Level: "warning", Text: promyaml.Duration(g.interval),
				Reason: "records of " + g.what + " are so far apart that other queries, which look back " + promyaml.Duration(lookback) + ", do not see them at times",
				Remedy: "evaluate them more often, or put them into last_over_time in dashboards",
			})
		}
	}
	return findings
}

// knows tells what the indicator needs of a newer server.
func (t timing) knows(in Indicator) error {
	if t.native {
		return nil
	}
	var errs []error
	if in.NativeHistogram {
		errs = append(errs, fmt.Errorf("%w: native histograms need Prometheus 3.0; set Server to your server's version, or use the classic histogram", ErrOptions))
	}
	for _, query := range []string{"x{" + in.Selector + "}", in.Bad, in.Good, in.Total} {
		if name, ok := foreignName(strings.ReplaceAll(query, "$window", "1m")); ok {
			errs = append(errs, fmt.Errorf("%w: the name %q needs Prometheus 3.0; set Server to your server's version, or use a name of letters, digits and _", ErrOptions, name))
		}
	}
	return errors.Join(errs...)
}

// serverHas reports whether the options' server is of the given version or newer.
func (o Options) serverHas(major, minor int) (bool, error) {
	if o.Server == "" {
		return major < 2 || major == 2 && minor <= 42, nil
	}
	parts := strings.SplitN(strings.TrimPrefix(o.Server, "v"), ".", 3)
	if len(parts) >= 2 {
		ma, err1 := strconv.Atoi(parts[0])
		mi, err2 := strconv.Atoi(parts[1])
		if err1 == nil && err2 == nil && (ma > 2 || ma == 2 && mi >= 42) {
			return ma > major || ma == major && mi >= minor, nil
		}
	}
	return false, fmt.Errorf("%w: server %q; write a Prometheus version from 2.42 on, such as 2.53 or 3.5", ErrOptions, o.Server)
}

// ErrSLO is what every error about an SLO wraps.
var ErrSLO = errors.New("not an SLO to compile")

func (s SLO) validate() error {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: service %q, objective %q: "+format, append([]any{ErrSLO, s.Objective.Service, s.Objective.Name}, args...)...))
	}
	if s.Objective.Service == "" {
		fail("the objective names no service")
	}
	if s.Objective.Name == "" {
		fail("the objective has no name")
	}
	texts := []string{s.Objective.Service, s.Objective.Name, s.Revision, s.Runbook, s.PageHandler, s.TicketHandler}
	for k, v := range s.Labels {
		switch {
		case !isLabelName(k) || strings.HasPrefix(k, "__"):
			fail("label %q is no label name", k)
		case isIdentity(k) || isAlertLabel(k) || k == "objective" || k == "period" || slices.Contains(s.Indicator.GroupBy, k):
			fail("label %q: the rules set this label themselves; choose another name", k)
		}
		texts = append(texts, v)
	}
	for k, v := range s.Annotations {
		if !isLabelName(k) {
			fail("annotation %q is no label name", k)
		}
		texts = append(texts, v)
	}
	for _, t := range texts {
		if err := checkText(t); err != nil {
			fail("%w", err)
		}
	}
	if err := s.Objective.Validate(); err != nil {
		fail("%w", err)
	}
	if err := s.LowTraffic.Validate(s.Objective); err != nil {
		fail("%w", err)
	}
	return errors.Join(errs...)
}

// checkText tells whether a text can stand in a label or an annotation.
func checkText(t string) error {
	if !utf8.ValidString(t) || strings.ContainsRune(t, 0) || len(t) > 4096 {
		return fmt.Errorf("%.40q: text must be UTF-8 of at most 4,096 bytes without NUL", t)
	}
	return nil
}
