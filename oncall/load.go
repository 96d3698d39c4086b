package oncall

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Participant is somebody among whom the time on call is shared.
type Participant struct {
	Name string `json:"name"`
	// Zone is by whose clock his nights and weekends are told; empty means that
	// of Unsocial.
	Zone string `json:"time_zone,omitempty"`
	// Site is whose holidays he has: those of Unsocial with the same Site.
	Site string `json:"site,omitempty"`
	// Share is how much of the whole he is to have, in parts of what one with the
	// share 1 has: 0.5 for half a position. 0 means 1.
	Share float64 `json:"share,omitempty"`
}

// Load is who was on call for how long in a window, and how evenly that is
// shared. All people count, also those who had nothing.
type Load struct {
	From   time.Time    `json:"from"`
	To     time.Time    `json:"to"`     // exclusive
	People []PersonLoad `json:"people"` // by name
	// How evenly the hours, those of nights, weekends and holidays, and the number
	// of handoffs are shared, each person's divided by the Share. Values are hours,
	// and handoffs a number.
	Total    Fairness `json:"total"`
	Nights   Fairness `json:"nights"`
	Weekends Fairness `json:"weekends"`
	Holidays Fairness `json:"holidays"`
	Handoffs Fairness `json:"handoffs"`
}

// PersonLoad is one person's part of a Load. Who has two roles at a time is on
// call once: the durations are those of the union of the shifts. Shadows cover
// nothing and count as Training alone. In JSON durations are seconds.
type PersonLoad struct {
	Person string
	Zone   string  // by whose clock nights and weekends were told
	Share  float64 // as given, 1 if it was not
	Total  time.Duration
	// Nights, Weekends and Holidays are what of Total lies in them. They overlap: a
	// Sunday's night counts for both.
	Nights   time.Duration
	Weekends time.Duration
	Holidays time.Duration
	// Kinds is Total with every hour told once.
	Kinds    LoadKinds
	Training time.Duration // in the shadow of somebody
	// Handoffs is how often the person took over: the number of times without a
	// break, one that reaches into the window included.
	Handoffs int
	// Longest is the longest time on call without a break, ShortestRest the
	// shortest break between two, 0 with fewer than two.
	Longest      time.Duration
	ShortestRest time.Duration
	// Ratio is Total by the length of the window, from 0 to 1.
	Ratio float64
}

// LoadKinds is time told apart by kind, every hour once: a holiday's as Holiday,
// of the others those of a weekend as Weekend, of the others those of a night as
// Night, and the rest as Day. In JSON they are seconds.
type LoadKinds struct {
	Day     time.Duration
	Night   time.Duration
	Weekend time.Duration
	Holiday time.Duration
}

// Person is the load of one person; ok is false if he does not occur.
func (l Load) Person(name string) (p PersonLoad, ok bool) {
	i, ok := slices.BinarySearchFunc(l.People, name, func(p PersonLoad, name string) int { return strings.Compare(p.Person, name) })
	if !ok {
		return PersonLoad{}, false
	}
	return l.People[i], true
}

// Covered is the sum of everybody's time on call: person-hours.
func (l Load) Covered() time.Duration {
	var sum time.Duration
	for _, p := range l.People {
		sum += p.Total
	}
	return sum
}

// LoadOf is the load of [from, to) by shifts, which may be in any order, overlap
// and reach out of the window. People who are not among the participants but
// have a shift count with the share 1 and the zone of u; participants may be nil.
// Who is no participant and only learns (Training) is listed, and shares nothing:
// fairness is among the others.
//
// An *Error names what cannot be: to not after from, a window of more than a
// hundred years, an unknown zone, a shift that ends before it starts or is
// nobody's, a participant without a name or named twice, a share that is no
// positive number. The time is proportional to the days of the window by zone
// and site and to n·log n of the shifts.
func LoadOf(shifts []Shift, participants []Participant, from, to time.Time, u Unsocial) (Load, error) {
	c := compiler{plan: &plan{}}
	checkSpan(&c.problems, from, to)
	checkParticipants(&c, participants)
	for i, s := range shifts {
		switch at := place("shifts", i); {
		case s.End.Before(s.Start):
			c.problems.Add("order", at+".end", s.End.Format(time.RFC3339), "it is before the start", "write an instant after "+s.Start.Format(time.RFC3339))
		case s.Person == "":
			c.problems.Add("missing", at+".responder", "", "it is nobody's shift", "write a name, or leave the shift out")
		}
	}
	u.check(&c, "unsocial")
	if err := c.problems.err(); err != nil {
		return Load{}, err
	}
	people := slices.Clone(participants)
	known := make(map[string]int, len(people))
	for i, q := range people {
		known[q.Name] = i
	}
	spans := make([][]span, len(people))
	training := make([][]span, len(people))
	for _, s := range shifts {
		start, end := max(s.Start.Sub(from), 0), min(s.End.Sub(from), to.Sub(from))
		if start >= end {
			continue
		}
		i, ok := known[s.Person]
		if !ok {
			i = len(people)
			known[s.Person] = i
			people = append(people, Participant{Name: s.Person})
			spans, training = append(spans, nil), append(training, nil)
		}
		if s.Shadow {
			training[i] = append(training[i], span{start, end})
		} else {
			spans[i] = append(spans[i], span{start, end})
		}
	}
	load := Load{From: from, To: to, People: make([]PersonLoad, len(people))}
	tables := kindTables{Unsocial: u, from: from, to: to, zones: &c}
	for i, q := range people {
		load.People[i] = personLoad(q, u, merged(spans[i]), merged(training[i]), tables.of(q), to.Sub(from))
	}
	slices.SortFunc(load.People, func(a, b PersonLoad) int { return strings.Compare(a.Person, b.Person) })
	load.judge(participants)
	return load, nil
}

// Load is LoadOf for the roster's final shifts.
func (r Roster) Load(from, to time.Time, participants []Participant, u Unsocial) (Load, error) {
	if !from.Before(to) {
		return LoadOf(nil, participants, from, to, u)
	}
	return LoadOf(r.Shifts(from, to), participants, from, to, u)
}

// personLoad measures one person's spells, which are in order and apart.
func personLoad(q Participant, u Unsocial, spells, training []span, t *kindTable, window time.Duration) PersonLoad {
	l := PersonLoad{Person: q.Name, Zone: u.zoneOf(q), Share: share(q), Handoffs: len(spells)}
	var sum amounts
	for i, s := range spells {
		sum.add(t.within(s))
		l.Longest = max(l.Longest, s.end-s.start)
		if i > 0 {
			if rest := s.start - spells[i-1].end; l.ShortestRest == 0 || rest < l.ShortestRest {
				l.ShortestRest = rest
			}
		}
	}
	for _, s := range training {
		l.Training += s.end - s.start
	}
	l.Total, l.Nights, l.Weekends, l.Holidays = sum.total(), sum.of(isNight), sum.of(isWeekend), sum.of(isHoliday)
	l.Kinds = sum.apart()
	l.Ratio = float64(l.Total) / float64(window)
	return l
}

// judge fills in how evenly all is shared.
func (l *Load) judge(participants []Participant) {
	var sharers []PersonLoad
	for _, p := range l.People {
		if p.Total > 0 || p.Training == 0 || slices.ContainsFunc(participants, func(q Participant) bool { return q.Name == p.Person }) {
			sharers = append(sharers, p)
		}
	}
	values := make([]float64, len(sharers))
	of := func(amount func(PersonLoad) float64) Fairness {
		for i, p := range sharers {
			values[i] = amount(p) / p.Share
		}
		return fairness(values)
	}
	l.Total = of(func(p PersonLoad) float64 { return p.Total.Hours() })
	l.Nights = of(func(p PersonLoad) float64 { return p.Nights.Hours() })
	l.Weekends = of(func(p PersonLoad) float64 { return p.Weekends.Hours() })
	l.Holidays = of(func(p PersonLoad) float64 { return p.Holidays.Hours() })
	l.Handoffs = of(func(p PersonLoad) float64 { return float64(p.Handoffs) })
}

// share is what Participant.Share means.
func share(q Participant) float64 {
	if q.Share == 0 {
		return 1
	}
	return q.Share
}

// checkSpan adds what is wrong with a window.
func checkSpan(p *problems, from, to time.Time) {
	switch {
	case !from.Before(to):
		p.Add("order", "to", to.Format(time.RFC3339), "it is not after from, "+from.Format(time.RFC3339), "write a later instant")
	case to.Sub(from) > MaxWindow:
		p.Add("limit", "to", to.Format(time.RFC3339), "it is more than a hundred years after from", "ask for a shorter window")
	}
}

// checkParticipants adds what is wrong with the people.
func checkParticipants(c *compiler, people []Participant) {
	if n := len(people); n > maxEntries {
		c.problems.Add("limit", "participants", strconv.Itoa(n), "too many", "give at most "+strconv.Itoa(maxEntries))
		return
	}
	seen := make(map[string]int, len(people))
	for i, q := range people {
		at := place("participants", i)
		if first, ok := seen[q.Name]; q.Name == "" {
			c.problems.Add("missing", at+".name", "", "nobody is named", "write a name")
		} else if ok {
			c.problems.Add("name", at+".name", q.Name, place("participants", first)+" has the same name", "name everybody once")
		} else {
			seen[q.Name] = i
		}
		if !(q.Share == 0 || q.Share >= 0.001 && q.Share <= 1000) {
			c.problems.Add("value", at+".share", number(q.Share), "it is no share", "write a number from 0.001 to 1000, 1 for a whole position")
		}
		c.zone(at+".time_zone", q.Zone)
	}
}

// span is a part of the window, from and until so long after its start.
type span struct{ start, end time.Duration }

// merged is the union of spans, in order, none touching another. It may reorder
// its argument.
func merged(spans []span) []span {
	slices.SortFunc(spans, func(a, b span) int {
		switch {
		case a.start < b.start:
			return -1
		case a.start > b.start:
			return 1
		}
		return 0
	})
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.start <= out[n-1].end {
			out[n-1].end = max(out[n-1].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}
