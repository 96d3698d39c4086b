package oncall

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
)

// Explanation is why one person is on call in a role at an instant, or, without
// a Person, why nobody is.
type Explanation struct {
	Role   string `json:"role"`
	Shadow bool   `json:"shadow,omitempty"`
	Person string `json:"responder,omitempty"`
	Layer  string `json:"layer,omitempty"` // as in Shift
	// Turn is the number of the turn that the person has, or has from somebody
	// else: 0 is the layer's first, and numbers below 0 are of turns before it. It
	// is 0 where a turn had no part in it, as with a temporary schedule.
	Turn int64 `json:"turn"`
	// DecidedBy are the parts of the definition that had a say, in the order in
	// which they apply: "layers[0]", "absences[2]", "overrides[1]".
	DecidedBy []string `json:"decided_by"`
	// Text is a sentence, without control characters whatever the names are.
	Text string `json:"text"`
}

// Explain is why those who are on call at an instant are: an explanation for
// each shift of At, in its order, and then one for each role of a layer that
// nobody has, shadows left out. It repeats the steps that Schedule tells and
// keeps what each of them changed.
func (r Roster) Explain(t time.Time) []Explanation {
	if r.plan == nil {
		return nil
	}
	e := explainer{plan: r.plan, clock: reading{at: t.Unix()}, now: r.plan.changes[r.plan.span(t.Unix())]}
	if e.now == nil {
		e.now = new(changes)
	}
	if e.now.temporary {
		e.fixedPlan()
	} else {
		for i := 0; i < len(e.parts); {
			end := i + 1
			for end < len(e.parts) && e.parts[end].layer == e.parts[i].layer {
				end++
			}
			e.turn(e.parts[i:end])
			i = end
		}
	}
	for _, c := range e.now.overrides {
		e.apply(c, 0, entry{person: c.person, post: c.post}, place("overrides", int(c.source)))
	}
	for _, c := range e.now.swaps {
		e.apply(c, 0, entry{}, place("swaps", int(c.source)))
	}
	return e.explanations()
}

// An explainer collects who is on call as plan.collect does, and why.
type explainer struct {
	*plan
	now   *changes
	clock reading
	set   []entry
	told  []story // of set
	lost  []story // why somebody, or nobody, is not on call
}

// story is what had a say about an entry, and how.
type story struct {
	entry entry
	turn  int64
	paths []string
	text  []string
}

// and is the story with one more step.
func (s story) and(path, text string) story {
	s.paths, s.text = append(slices.Clone(s.paths), path), append(slices.Clone(s.text), text)
	return s
}

// turn tells of the turn of the layer that the parts belong to.
func (e *explainer) turn(parts []part) {
	number, begin := parts[0].layer, len(e.set)
	l, path := &e.layers[number], place("layers", int(number))
	named := e.layer(number)
	turn := l.turns.number(e.clock.of(&l.clock))
	layer := story{entry: entry{person: -1, post: l.post}, turn: turn, paths: []string{path}}
	lose := func(text string) {
		layer.text = []string{text}
		e.lost = append(e.lost, layer)
	}
	duty, slot := false, int32(-1)
	for i := range parts {
		if s := parts[i].at(l, &e.clock); s >= 0 {
			duty, slot = true, s
		}
	}
	off := slices.Contains(e.now.off, number)
	var listed, present []entry
	if duty && !off {
		for i := range parts {
			if parts[i].at(l, &e.clock) >= 0 {
				listed = e.members(listed, 0, &parts[i], l, slot, e.clock.at, nil)
				present = e.members(present, 0, &parts[i], l, slot, e.clock.at, e.now)
			}
		}
	}
	name := "turn " + strconv.FormatInt(turn, 10) + " of " + named
	switch {
	case e.clock.at < l.from:
		lose(named + " begins at " + e.moment(l.from))
	case e.clock.at >= l.until:
		lose(named + " has ended at " + e.moment(l.until))
	case off:
		e.lost = append(e.lost, e.holiday(layer, number))
	case !duty && l.slot(turn) < 0:
		lose(named + " has no turns")
	case !duty:
		lose(named + " is off duty at this time of the week")
	case len(listed) == 0:
		lose(name + " is nobody's")
	}
	var missing story
	for _, o := range listed {
		if !slices.Contains(present, o) {
			at, until := e.absence(o.person)
			text := name + " is that of " + e.person(o.person) + ", who is absent until " + until
			missing = missing.and(at, text)
			e.lost = append(e.lost, layer.and(at, text))
		}
	}
	for _, o := range present {
		s := layer
		s.entry = o
		if slices.Contains(listed, o) {
			s.text = []string{"it is " + name}
		} else { // stands in
			s.paths = append(slices.Clone(s.paths), missing.paths...)
			s.text = append(slices.Clone(missing.text), e.person(o.person)+" is next in the order of turns")
		}
		e.set, e.told = append(e.set, o), append(e.told, s)
	}
	for _, c := range e.now.layers {
		if c.layer == number {
			e.apply(c, begin, entry{c.person, l.post, l.name, number}, place("overrides", int(c.source)))
		}
	}
	e.yield(begin, number)
}

// yield holds the people of a layer against those of other layers.
func (e *explainer) yield(begin int, number int32) {
	before, path := slices.Clone(e.set), place("layers", int(number))
	e.set = e.settle(e.set, begin, number)
	var told []story
	for i, o := range before {
		if slices.Contains(e.set, o) {
			told = append(told, e.told[i])
			continue
		}
		for k := range told { // those who win say so
			if w := told[k].entry; w.post == o.post && w.layer != number && w.person != o.person && !slices.Contains(told[k].paths, path) {
				told[k] = told[k].and(path, e.layer(number)+" gives way")
			}
		}
	}
	e.told = told
}

// fixedPlan tells of the temporary schedule that holds.
func (e *explainer) fixedPlan() {
	at := place("temporary", int(e.now.plan))
	for _, o := range e.now.fixed {
		e.set = append(e.set, o)
		e.told = append(e.told, story{entry: o}.and(at, at+" holds instead of all layers and names "+e.person(o.person)))
	}
	for i := range e.layers {
		e.lost = append(e.lost, story{entry: entry{person: -1, post: e.layers[i].post}}.and(at, at+" holds instead of all layers and names nobody"))
	}
}

// apply tells of an override or a swap.
func (e *explainer) apply(c change, begin int, added entry, path string) {
	before, told := slices.Clone(e.set), e.told
	e.set = c.apply(e.set, begin, added)
	e.told = append([]story(nil), told[:begin]...)
	post := func(list []entry, person, post int32) int {
		return slices.IndexFunc(list, func(o entry) bool { return o.person == person && o.post == post })
	}
	for _, o := range e.set[begin:] {
		s := story{entry: o}
		if i := begin + post(before[begin:], o.person, o.post); i >= begin {
			s = told[i]
		} else if i := begin + post(before[begin:], c.replaces, o.post); c.kind == Replace && i >= begin {
			s = told[i].and(path, path+" puts "+e.person(o.person)+" in the place of "+e.person(c.replaces))
		} else {
			s = s.and(path, path+" puts "+e.person(o.person)+" on call")
		}
		s.entry = o
		e.told = append(e.told, s)
	}
	for i, o := range before[begin:] {
		if post(e.set[begin:], o.person, o.post) < 0 && (c.kind != Replace || post(e.set[begin:], c.person, o.post) < 0) {
			e.lost = append(e.lost, told[begin+i].and(path, path+" takes "+e.person(o.person)+" off"))
		}
	}
}

// explanations are the stories, those of roles that nobody has at the end.
func (e *explainer) explanations() []Explanation {
	out := []Explanation{}
	for _, s := range e.told {
		p := e.posts[s.entry.post]
		does := " is "
		if p.shadow {
			does = " learns as "
		}
		out = append(out, Explanation{
			Role: p.role, Shadow: p.shadow, Person: e.people[s.entry.person], Layer: e.names[s.entry.name], Turn: s.turn, DecidedBy: s.paths,
			Text: e.person(s.entry.person) + does + label(p.role) + ": " + strings.Join(s.text, "; "),
		})
	}
	for number, p := range e.posts {
		post := int32(number)
		taken := slices.ContainsFunc(e.set, func(o entry) bool { return o.post == post })
		if p.shadow || taken || !slices.ContainsFunc(e.layers, func(l layer) bool { return l.post == post }) {
			continue
		}
		x := Explanation{Role: p.role, DecidedBy: []string{}}
		var reasons []string
		for _, s := range e.lost {
			if s.entry.post != post {
				continue
			}
			for _, path := range s.paths {
				if path != "" && !slices.Contains(x.DecidedBy, path) {
					x.DecidedBy = append(x.DecidedBy, path)
				}
			}
			for _, text := range s.text {
				if !slices.Contains(reasons, text) {
					reasons = append(reasons, text)
				}
			}
		}
		x.Text = "nobody is " + label(p.role) + ": " + strings.Join(reasons, "; ")
		out = append(out, x)
	}
	return out
}

// holiday is why a layer is off duty.
func (e *explainer) holiday(s story, number int32) story {
	l := e.definition.Layers[number]
	clock := e.layers[number].clock
	for i, h := range e.definition.Holidays {
		day, _ := wallTime(h.Date)
		skips := slices.Contains(l.SkipHolidays, "*") || slices.Contains(l.SkipHolidays, h.Site)
		if skips && clock.instant(day) <= e.clock.at && e.clock.at < clock.instant(day+daySeconds) {
			name := h.Date
			if h.Name != "" {
				name = diag.Quote(h.Name)
			}
			return s.and(place("holidays", i), e.layer(number)+" is off duty on the holiday "+name)
		}
	}
	return s
}

// absence is the path of a person's absence, and its end.
func (e *explainer) absence(person int32) (path, until string) {
	for i, a := range e.definition.Absences {
		if a.Person == e.people[person] && a.Start.Unix() <= e.clock.at && e.clock.at < a.End.Unix() {
			return place("absences", i), e.moment(a.End.Unix())
		}
	}
	return "", ""
}

// layer is a layer's path, with its name if it has one.
func (e *explainer) layer(number int32) string {
	text := place("layers", int(number))
	if name := e.definition.Layers[number].Name; name != "" {
		text += " (" + label(name) + ")"
	}
	return text
}

func (e *explainer) person(i int32) string { return label(e.people[i]) }

// moment is an instant by the schedule's clock.
func (e *explainer) moment(t int64) string {
	return time.Unix(t, 0).In(e.zone).Format("2006-01-02 15:04 MST")
}

// label is a name as it is, in quotes where it is not a plain word.
func label(name string) string {
	for _, c := range name {
		if !(c == '-' || c == '_' || c == '.' || c == '@' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			return diag.Quote(name)
		}
	}
	return name
}
