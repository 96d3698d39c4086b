package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall"
	"github.com/srekit/ownership/runbook"
)

// onCall says who is on call and who comes next, and shows four weeks.
func onCall(_ context.Context, q question) (answer, error) {
	if q.about != "" {
		return answer{}, fmt.Errorf("%q is more than a service; write its name alone", named(q.service.Name+" "+q.about))
	}
	roster, err := q.bot.catalog.RosterOf(q.service)
	if err != nil {
		return answer{}, err
	}
	shifts := roster.At(q.at)
	slices.SortStableFunc(shifts, func(a, b oncall.Shift) int { return cmp.Compare(rank(a), rank(b)) })
	var a answer
	if _, ok := roster.Primary(q.at); !ok {
		a.text = "nobody is on call as " + oncall.DefaultRole + " at " + minute(q.at.In(roster.Location())) + "\n"
	}
	for _, s := range shifts {
		a.text += named(s.Person) + " is on call as " + named(s.Role)
		if s.End.Sub(q.at) > farthest {
			a.text += " for more than a year\n"
			continue
		}
		a.text += " until " + minute(s.End.In(roster.Location())) + ", then " + then(roster, s) + "\n"
	}
	weeks := roster.Timeline(q.at.AddDate(0, 0, -1), q.at.AddDate(0, 0, 27))
	weeks.Now = q.at
	a.picture = weeks.SVG()
	return a, nil
}

// farthest is how far ahead a change of shifts is told; a roster looks 400 days ahead.
const farthest = 366 * 24 * time.Hour

// rank puts those who cover before those who learn, primary first.
func rank(s oncall.Shift) int {
	switch {
	case s.Shadow:
		return 2
	case s.Role != oncall.DefaultRole:
		return 1
	}
	return 0
}

// then names who has a shift's role after it.
func then(roster oncall.Roster, s oncall.Shift) string {
	var names []string
	for _, next := range roster.At(s.End) {
		if next.Role == s.Role && next.Shadow == s.Shadow {
			names = append(names, named(next.Person))
		}
	}
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, " and ")
}

// mostLines is how many alerts or steps an answer lists.
const mostLines = 12

// steps says which alerts have a runbook, or what one of them says to do.
func steps(_ context.Context, q question) (answer, error) {
	var names []string
	for _, x := range q.service.Alerts {
		names = append(names, x.Name)
	}
	chosen, err := q.choose("alert", names)
	if err != nil {
		return answer{}, err
	}
	if len(names) == 0 {
		return answer{}, errors.New("the spec has no alerts of its own; write them under monitoring.alerts")
	}
	library, err := runbook.ReadFolder(q.bot.files, runbook.Options{})
	if err != nil {
		return answer{}, err
	}
	coverage := q.service.CoverRunbooks(library, runbook.CoverOptions{Review: runbook.Review{Now: q.at}})
	a := answer{picture: coverage.SVG()}
	if chosen >= 0 {
		a.text, err = todo(q.service.Alerts[chosen], coverage.Alerts[chosen], library)
		return a, err
	}
	c := coverage.Counts
	a.text = fmt.Sprintf("%d of %d alerts have a runbook, %d complete, %d executable, %d reviewed in time\n", c.Resolved, c.Total, c.Complete, c.Executable, c.Fresh)
	for i, x := range coverage.Alerts {
		if i == mostLines {
			a.text += fmt.Sprintf("and %d more\n", len(coverage.Alerts)-i)
			break
		}
		line := named(x.Alert) + ": "
		switch {
		case !x.Resolved:
			line += "no runbook"
		case !x.Fresh:
			line += named(x.Runbook) + ", not reviewed in time"
		default:
			line += named(x.Runbook)
		}
		if x.Reason != "" {
			line += " (" + cut(x.Reason, 200) + ")"
		}
		a.text += line + "\n"
	}
	return a, nil
}

// unmarked takes the commonest marks of Markdown off.
var unmarked = strings.NewReplacer("**", "", "`", "")

// todo is what an alert's runbook says to do: the steps that can be run, else those
// to be done by hand.
func todo(alert ownership.Alert, x runbook.Covered, library runbook.Library) (string, error) {
	book, ok := library.Runbook(x.Runbook)
	if !x.Resolved || !ok {
		return "", fmt.Errorf("%s has no runbook; write one and name it under incident_response.runbooks", named(alert.Name))
	}
	text := named(alert.Name) + ": " + named(cmp.Or(book.Title, book.Name)) + " (" + named(book.Path) + ")\n"
	all := book.Steps()
	list := slices.DeleteFunc(slices.Clone(all), func(s runbook.Step) bool { return !s.Runs() })
	if len(list) == 0 {
		list = all
	}
	for i, s := range list {
		if i == mostLines {
			return text + fmt.Sprintf("and %d more\n", len(list)-i), nil
		}
		text += fmt.Sprintf("%d. %s (%s", i+1, named(s.ID), s.Mode)
		if s.Approvals > 0 {
			text += fmt.Sprintf(", %d to agree", s.Approvals)
		}
		text += ")"
		if s.Text != "" {
			text += ": " + cut(strings.Join(strings.Fields(unmarked.Replace(s.Text)), " "), 160)
		}
		text += "\n"
	}
	return text, nil
}
