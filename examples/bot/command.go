package main

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/examples/internal/measured"
)

// answer is what a command says. Everybody in the channel sees it unless it is
// private; errors are always private.
type answer struct {
	text    string
	picture string // SVG; empty without one
	of      string // the one thing that the picture shows; empty for all
	title   string // of the link to it
	private bool
}

// question is a command that somebody gave.
type question struct {
	bot     *bot
	service ownership.Service
	about   string // what stands after the service's name
	at      time.Time
}

type command struct {
	name, arguments, what string
	run                   func(context.Context, question) (answer, error)
}

func commands() []command {
	return []command{
		{"/budget", "SERVICE [OBJECTIVE]", "what is left of the error budget, and how long it lasts", budget},
		{"/burn", "SERVICE [OBJECTIVE]", "how fast the error budget burns", burn},
		{"/oncall", "SERVICE", "who is on call, and who is next", onCall},
		{"/canary", "SERVICE", "what the release's canary says", judge},
		{"/forecast", "SERVICE [METRIC]", "when a limit of capacity is reached", forecast},
		{"/runbook", "SERVICE [ALERT]", "which alerts have a runbook; the steps of one", steps},
	}
}

// answer runs a command. Errors are for the person who gave it.
func (b *bot) answer(ctx context.Context, name, text string) (answer, error) {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		var names []string
		for _, c := range all {
			names = append(names, c.name)
		}
		return answer{}, fmt.Errorf("no command %q; %s", named(name), instead(name, names))
	}
	c := all[i]
	text = strings.TrimSpace(text)
	if text == "help" {
		return answer{text: c.name + " " + c.arguments + ": " + c.what, private: true}, nil
	}
	q := question{bot: b, at: b.instant()}
	var err error
	if q.service, q.about, err = b.service(c, text); err != nil {
		return answer{}, err
	}
	select {
	case b.turns <- struct{}{}:
		defer func() { <-b.turns }()
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	a, err := c.run(ctx, q)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", named(q.service.Name), err)
	}
	a.text = named(q.service.Name) + ", " + minute(q.at) + "\n" + a.text
	a.title = strings.TrimSuffix("picture of "+c.name[1:]+", "+named(q.service.Name)+" "+named(a.of), " ")
	return a, nil
}

// service takes the service's name off the text. It may be left out where there is
// only one.
func (b *bot) service(c command, text string) (s ownership.Service, about string, err error) {
	var names []string
	length := -1
	for _, candidate := range b.catalog.Services {
		name := candidate.Name
		names = append(names, name)
		if rest, ok := after(text, name); ok && len(name) > length {
			s, about, length = candidate, rest, len(name)
		}
	}
	switch {
	case length >= 0:
		return s, about, nil
	case len(names) == 1 && (text == "" || knows(b.catalog.Services[0], text)):
		return b.catalog.Services[0], text, nil
	case text == "":
		return s, "", fmt.Errorf("of which service? Write %s %s; %s", c.name, c.arguments, instead("", names))
	}
	word, _, _ := strings.Cut(text, " ")
	return s, "", fmt.Errorf("no service %q; %s", named(word), instead(word, names))
}

// after is what follows a name at the begin of a text, in upper or lower case.
func after(text, name string) (rest string, ok bool) {
	if name == "" || len(text) < len(name) || !strings.EqualFold(text[:len(name)], name) {
		return "", false
	}
	rest = strings.TrimLeft(text[len(name):], " \t\n")
	return rest, rest == "" || len(rest) < len(text)-len(name)
}

// knows tells whether something of the service has that name.
func knows(s ownership.Service, name string) bool {
	for _, o := range s.Objectives() {
		if strings.EqualFold(o.Name, name) {
			return true
		}
	}
	return slices.ContainsFunc(s.Alerts, func(a ownership.Alert) bool { return strings.EqualFold(a.Name, name) }) ||
		slices.ContainsFunc(s.Capacity.Metrics, func(m ownership.Metric) bool { return strings.EqualFold(m.Name, name) })
}

// choose is the index of the one that the question is about, -1 if it is about none
// in particular.
func (q question) choose(what string, names []string) (int, error) {
	if q.about == "" {
		return -1, nil
	}
	if i := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, q.about) }); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("no %s %q; %s", what, named(q.about), instead(q.about, names))
}

// inFile makes a name one that a folder can have, and no two names the same.
var inFile = strings.NewReplacer("%", "%25", "/", "%2F")

// folder is where the service's measurements are: measurements/NAME, or measurements
// itself where the catalog has only this service.
func (q question) folder() string {
	name := inFile.Replace(q.service.Name)
	if strings.Trim(name, ".") == "" {
		name = strings.ReplaceAll(name, ".", "%2E")
	}
	own := "measurements/" + name
	if info, err := fs.Stat(q.bot.files, own); err == nil && info.IsDir() || len(q.bot.catalog.Services) > 1 {
		return own
	}
	return "measurements"
}

func (q question) measured() (ownership.Measurements, error) {
	m, err := measured.Read(q.bot.files, q.folder(), q.service)
	m.At = q.at
	return m, err
}
