package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/oncall"
)

// shift is one line of the output.
type shift struct {
	Start     time.Time `json:"start"`
	End       time.Time `json:"end"`
	Responder string    `json:"responder"`
	Role      string    `json:"role"`
}

// answer is what is printed.
func answer(o settings, window bool, spec string) (string, error) {
	roster, err := read(spec, o.service)
	if err != nil {
		return "", err
	}
	switch {
	case o.ics && !window:
		o.from, o.to = o.at, o.at.AddDate(1, 0, 0)
		fallthrough
	case o.ics:
		data, err := roster.ICalendar(oncall.Calendar{From: o.from, To: o.to, Person: o.person, Layer: o.layer, Stamp: o.at})
		return string(data), err
	case window && !o.to.After(o.from):
		return "", fmt.Errorf("-to %s is not after -from %s", o.to.Format(time.RFC3339), o.from.Format(time.RFC3339))
	case window && o.to.Sub(o.from) > oncall.MaxWindow:
		return "", fmt.Errorf("-to %s is more than a hundred years after -from", o.to.Format(time.RFC3339))
	case window:
		return list(roster.Shifts(o.from, o.to))
	}
	return who(roster, o.at), nil
}

// list is the shifts as JSON, primary first of those that begin together.
func list(shifts []oncall.Shift) (string, error) {
	slices.SortStableFunc(shifts, func(a, b oncall.Shift) int { return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(rank(a), rank(b))) })
	out := make([]shift, 0, len(shifts))
	for _, s := range shifts {
		out = append(out, shift{s.Start.UTC(), s.End.UTC(), s.Person, s.Role})
	}
	data, err := json.MarshalIndent(out, "", "  ")
	return string(data) + "\n", err
}

// who tells who is on call: names on lines of their own, primary first, and
// below each as what, since when, until when, and who is next.
func who(roster oncall.Roster, at time.Time) string {
	shifts := roster.At(at)
	slices.SortStableFunc(shifts, func(a, b oncall.Shift) int { return cmp.Compare(rank(a), rank(b)) })
	var b strings.Builder
	if len(shifts) == 0 || rank(shifts[0]) > 0 {
		fmt.Fprintf(&b, "nobody\n  %s at %s%s\n", oncall.DefaultRole, stamp(at), next(roster, at))
	}
	for _, s := range shifts {
		fmt.Fprintf(&b, "%s\n  %s since %s until %s%s\n", s.Person, s.Role, stamp(s.Start), stamp(s.End), then(roster, s))
	}
	return b.String()
}

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

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// then tells who has a shift's role after it.
func then(roster oncall.Roster, s oncall.Shift) string {
	var names []string
	for _, after := range roster.At(s.End) {
		if after.Role == s.Role && after.Shadow == s.Shadow {
			names = append(names, after.Person)
		}
	}
	if len(names) == 0 {
		return ", then nobody"
	}
	return ", then " + strings.Join(names, " and ")
}

// next tells who is primary next, within a hundred changes.
func next(roster oncall.Roster, at time.Time) string {
	for range 100 {
		var ok bool
		if at, ok = roster.NextChange(at); !ok {
			break
		}
		if person, ok := roster.Primary(at); ok {
			return ", next is " + person + " from " + stamp(at)
		}
	}
	return ""
}
