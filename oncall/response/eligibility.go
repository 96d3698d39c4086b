package response

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/oncall"
)

// Request asks whether somebody may take a role.
type Request struct {
	Person   string         `json:"person"`
	Role     string         `json:"role"`
	Service  string         `json:"service,omitempty"`  // entry whose gates count
	Schedule string         `json:"schedule,omitempty"` // in which to look for a secondary; empty means any
	At       time.Time      `json:"at"`
	Until    time.Time      `json:"until,omitzero"`     // of a planned shift [At, Until); zero means that only the instant is asked about
	AsOf     time.Time      `json:"as_of,omitzero"`     // at which the last shift must be recent; zero means At
	Scope    Scope          `json:"scope,omitempty"`    // of the incident; 0 means that of the service
	Incident string         `json:"incident,omitempty"` // whose own calls do not count
	Beside   []oncall.Shift `json:"beside,omitempty"`   // who else is on call then in that schedule, beyond the duties known
}

// Reason is one thing that speaks for or against a person in a role. Codes are
//
//	level            the level's scope against what the role asks for
//	backed           an associate who is backed by a secondary, or not
//	track            the tracks against the role
//	certificate      the certificate that the role asks for
//	shadowed         full shifts shadowed for the entry
//	reverse-shadowed full shifts led with somebody beside
//	recency          how long ago the last shift for the entry was
//	share            share of time on call
//	calls            incidents within hours
//	rest             rest before a shift, or after it
//	no-levels        nobody has a level, so everybody is eligible
type Reason struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Load reports whether the reason is a matter of how much was asked of the
// person lately and not of what the person can do.
func (r Reason) Load() bool { return r.Code == "share" || r.Code == "calls" || r.Code == "rest" }

// Ruling is the answer to a Request, with everything that it rests on.
type Ruling struct {
	Person   string   `json:"person"`
	Role     string   `json:"role"`
	Service  string   `json:"service,omitempty"`
	Eligible bool     `json:"eligible"`
	Reasons  []Reason `json:"reasons,omitempty"` // all that speaks against it; empty if eligible
	Grounds  []Reason `json:"grounds,omitempty"` // what speaks for it
}

// Able reports whether nothing but load speaks against the person: who is able
// can help where nobody is eligible.
func (r Ruling) Able() bool {
	return !slices.ContainsFunc(r.Reasons, func(x Reason) bool { return !x.Load() })
}

// String is the answer in a line: "ana may be primary of auth: …".
func (r Ruling) String() string {
	of := ""
	if r.Service != "" {
		of = " of " + prose.Printable(r.Service)
	}
	if r.Eligible {
		return fmt.Sprintf("%s may be %s%s: %s", prose.Printable(r.Person), prose.Printable(r.Role), of, texts(r.Grounds))
	}
	return fmt.Sprintf("%s may not be %s%s: %s", prose.Printable(r.Person), prose.Printable(r.Role), of, texts(r.Reasons))
}

// Markdown is the answer as a list of what speaks against and for it.
func (r Ruling) Markdown() string {
	var b strings.Builder
	head, _, _ := strings.Cut(r.String(), ":")
	b.WriteString(markdown.Text(head) + ".\n\n")
	for _, x := range r.Reasons {
		b.WriteString("- against: " + markdown.Text(x.Text) + "\n")
	}
	for _, x := range r.Grounds {
		b.WriteString("- for: " + markdown.Text(x.Text) + "\n")
	}
	return b.String()
}

func texts(reasons []Reason) string {
	out := make([]string, len(reasons))
	for i, r := range reasons {
		out[i] = r.Text
	}
	return strings.Join(out, "; ")
}

// Eligible answers whether a person may take a role for a service at an
// instant.
func (s Staff) Eligible(person, role, service string, at time.Time) Ruling {
	return s.Eligibility(Request{Person: person, Role: role, Service: service, At: at})
}

// Eligibility answers whether a person may take a role, with all reasons.
//
// If nobody of the staff has a level, everybody is eligible for everything.
// Otherwise a person without a level passes what asks for one, and everything
// else counts:
//
//   - the level's scope must reach the role's, for a commander the incident's;
//     who is primary or expert with less needs a secondary of scope Rules.Backing
//     for the whole of the time;
//   - of the person's tracks one must take the role; without tracks there is no
//     restriction, and a track that the ladder does not know restricts nothing;
//   - the role's certificate;
//   - for primary, expert and operations: shifts shadowed, shifts led in
//     reverse, and the last shift at most Rules.Recency ago;
//   - the share of time on call over the window up to the end of the shift, with
//     the shift, at most Rules.Share. One hour more is forgiven, so that the day
//     on which clocks go back does not lock out a rotation of four;
//   - fewer than Rules.Calls other incidents within Rules.CallWindow;
//   - Rules.Rest between this stretch of duty and those beside it; duties that
//     follow each other without a break are one stretch.
//
// A time that ends before it begins is an instant.
func (s Staff) Eligibility(q Request) Ruling { return s.eligibility(q, false) }

// eligibility answers a request; codes leaves the texts of all reasons out.
func (s Staff) eligibility(q Request, codes bool) Ruling {
	r := Ruling{Person: q.Person, Role: q.Role, Service: q.Service}
	if !s.levels {
		r.Eligible = true
		r.Grounds = []Reason{{"no-levels", "nobody has a level, so everybody is eligible"}}
		return r
	}
	if !q.Until.After(q.At) {
		q.Until = time.Time{}
	}
	c := &check{s: s, q: q, rule: s.rule(q.Role), r: &r, codes: codes}
	c.who, _ = s.Person(q.Person)
	c.level()
	c.track()
	c.certificate()
	if c.rule.Qualified {
		c.qualified()
	}
	c.share()
	c.calls()
	c.rest()
	r.Eligible = len(r.Reasons) == 0
	return r
}

// check is one request being answered.
type check struct {
	s    Staff
	q    Request
	who  Person
	rule RoleRule
	r    *Ruling

	codes bool // texts are left out
}

// known notes a reason by its code alone and reports whether that is enough.
func (c *check) known(ok bool, code string) bool {
	if c.codes && !ok {
		c.r.Reasons = append(c.r.Reasons, Reason{Code: code})
	}
	return c.codes
}

func (c *check) say(ok bool, code, format string, args ...any) {
	if c.known(ok, code) {
		return
	}
	reason := Reason{code, fmt.Sprintf(format, args...)}
	if ok {
		c.r.Grounds = append(c.r.Grounds, reason)
	} else {
		c.r.Reasons = append(c.r.Reasons, reason)
	}
}

// until is the end of the time asked about.
func (c *check) until() time.Time {
	if c.q.Until.IsZero() {
		return c.q.At
	}
	return c.q.Until
}

func (c *check) level() {
	need := c.rule.Scope
	if c.codes && !c.rule.IncidentScope && !c.rule.Backed {
		if need != 0 && c.who.Level != 0 {
			c.known(c.s.rules.Ladder.ScopeOf(c.who.Level) >= need, "level")
		}
		return
	}
	what := prose.Printable(c.q.Role) + " asks for " + need.String()
	if c.rule.IncidentScope {
		scope := c.q.Scope
		if scope == 0 {
			scope = Service
		}
		if scope > need {
			need, what = scope, "the incident reaches "+scope.String()
		}
	}
	if need == 0 {
		return
	}
	if c.who.Level == 0 {
		c.say(true, "level", "no level is given, and %s", what)
		return
	}
	l := c.s.rules.Ladder
	scope := l.ScopeOf(c.who.Level)
	if (scope >= need || !c.rule.Backed) && c.known(scope >= need, "level") {
		return
	}
	has := fmt.Sprintf("%s (level %d) reaches %s", prose.Printable(l.NameOf(c.who.Level)), c.who.Level, scope)
	if scope >= need || !c.rule.Backed {
		c.say(scope >= need, "level", "%s, %s", has, what)
		return
	}
	by, open := c.backed()
	if open.IsZero() {
		c.say(true, "backed", "%s, %s, and is backed by %s", has, what, by)
		return
	}
	if by != "" {
		by = " (" + by + " is only for a part)"
	}
	c.say(false, "backed", "%s, %s, and nobody of scope %s is secondary at %s%s", has, what, c.s.rules.Backing, prose.Minute(open), by)
}

// backed names the secondaries that back the person, and the first instant at
// which none does.
func (c *check) backed() (by string, open time.Time) {
	backs := func(d Duty) bool {
		if d.Person == c.q.Person || d.Shadow || d.role() != RoleSecondary || !d.End.After(c.q.At) || d.Start.After(c.until()) || d.Start.Equal(c.until()) && !c.q.Until.IsZero() {
			return false
		}
		who, _ := c.s.Person(d.Person)
		return c.s.rules.Ladder.ScopeOf(who.Level) >= c.s.rules.Backing
	}
	var list []Duty
	take := func(duties []Duty) {
		for _, d := range duties {
			if backs(d) {
				list = append(list, d)
			}
		}
	}
	if c.q.Schedule == "" {
		for _, duties := range c.s.backup {
			take(duties)
		}
	} else {
		take(c.s.backup[c.q.Schedule])
		take(c.s.backup[""])
	}
	take(Duties(c.q.Schedule, c.q.Beside))
	slices.SortStableFunc(list, func(a, b Duty) int { return a.Start.Compare(b.Start) })
	at := c.q.At
	open = at
	var names []string
	for _, d := range list {
		who, _ := c.s.Person(d.Person)
		name := prose.Printable(d.Person)
		if who.Level > 0 {
			name += ", " + prose.Printable(c.s.rules.Ladder.NameOf(who.Level))
		}
		names = append(names, name)
		if !d.Start.After(at) && d.End.After(at) {
			at = d.End
		}
	}
	slices.Sort(names)
	by = strings.Join(slices.Compact(names), " and ")
	if c.q.Until.IsZero() && at.After(c.q.At) || !c.q.Until.IsZero() && !at.Before(c.q.Until) {
		return by, time.Time{}
	}
	return by, at
}

func (c *check) track() {
	var known, take []string
	for _, name := range c.who.Tracks {
		t, ok := c.s.tracks[name]
		if !ok {
			continue
		}
		known = append(known, prose.Printable(name))
		if t.Takes(c.q.Role) {
			take = append(take, prose.Printable(name))
		}
	}
	switch {
	case len(known) == 0:
	case len(take) == 0:
		c.say(false, "track", "track %s does not take the role %s", prose.Or(known), prose.Printable(c.q.Role))
	default:
		c.say(true, "track", "track %s takes the role %s", prose.And(take), prose.Printable(c.q.Role))
	}
}

func (c *check) certificate() {
	if len(c.rule.Certificates) == 0 {
		return
	}
	if c.codes && !slices.ContainsFunc(c.rule.Certificates, func(s string) bool { return slices.Contains(c.who.Certificates, s) }) {
		c.known(false, "certificate")
		return
	}
	var has []string
	for _, name := range c.rule.Certificates {
		if slices.Contains(c.who.Certificates, name) {
			has = append(has, prose.Printable(name))
		}
	}
	if len(has) > 0 {
		c.say(true, "certificate", "has the certificate %s", prose.And(has))
		return
	}
	c.say(false, "certificate", "has no certificate %s", prose.Or(c.rule.Certificates))
}

func (c *check) qualified() {
	q, _ := c.who.Qualification(c.q.Service)
	of := prose.Printable(c.q.Service)
	rules := c.s.rules
	gate := func(code, word string, has, need int) {
		switch {
		case need <= 0:
		case has >= need:
			c.say(true, code, "%s %s for %s", word, prose.Plural(has, "shift"), of)
		default:
			c.say(false, code, "%s %d of %s for %s", word, max(0, has), prose.Plural(need, "shift"), of)
		}
	}
	gate("shadowed", "shadowed", q.Shadowed, rules.Shadowed)
	gate("reverse-shadowed", "reverse-shadowed", q.ReverseShadowed, rules.ReverseShadowed)
	if rules.Recency < 0 {
		return
	}
	if q.LastOnCall.IsZero() {
		c.say(false, "recency", "was never on call for %s; shadow a shift", of)
		return
	}
	at := c.q.At
	if !c.q.AsOf.IsZero() {
		at = c.q.AsOf
	}
	ago := at.Sub(q.LastOnCall)
	days := fmt.Sprintf("last on call for %s until %s, %s before", of, prose.Minute(q.LastOnCall), prose.Plural(int(max(0, ago)/(24*time.Hour)), "day"))
	if ago <= rules.Recency {
		c.say(true, "recency", "%s, at most %s are allowed", days, prose.Duration(rules.Recency))
		return
	}
	c.say(false, "recency", "%s, at most %s are allowed; shadow a shift as a refresher", days, prose.Duration(rules.Recency))
}

// stretch is a time, [start, end).
type stretch struct{ start, end time.Time }

// spans are the times of duty of the person that touch [from, to], merged where
// they meet, with how many duties they are.
func (c *check) spans(from, to time.Time) (out []stretch, duties int) {
	for _, d := range c.s.duties[c.q.Person] {
		if d.Shadow || !d.End.After(d.Start) || d.End.Before(from) || d.Start.After(to) {
			continue
		}
		duties++
		if n := len(out); n > 0 && !d.Start.After(out[n-1].end) {
			if d.End.After(out[n-1].end) {
				out[n-1].end = d.End
			}
			continue
		}
		out = append(out, stretch{d.Start, d.End})
	}
	return out, duties
}

// shareGrace is the hour that a day is longer on which clocks go back.
const shareGrace = time.Hour

func (c *check) share() {
	rules := &c.s.rules
	if rules.Share < 0 {
		return
	}
	end := c.until()
	from := end.Add(-rules.ShareWindow)
	spans, duties := c.spans(from, end)
	if !c.q.Until.IsZero() {
		spans = withSpan(spans, stretch{c.q.At, c.q.Until})
	}
	var busy time.Duration
	for _, s := range spans {
		lo, hi := later(s.start, from), earlier(s.end, end)
		if hi.After(lo) {
			busy += hi.Sub(lo)
		}
	}
	share := float64(busy) / float64(rules.ShareWindow)
	ok := float64(busy-shareGrace) <= rules.Share*float64(rules.ShareWindow)
	if c.known(ok, "share") {
		return
	}
	text := fmt.Sprintf("on call %s (%s) of the last %s, in %s; at most %s is allowed", prose.Percent(share), asHours(busy), prose.Duration(rules.ShareWindow), prose.Plural(duties, "known shift"), prose.Percent(rules.Share))
	if !c.q.Until.IsZero() {
		text += ", this one included"
	}
	c.say(ok, "share", "%s", text)
}

// withSpan merges one more stretch into sorted ones.
func withSpan(spans []stretch, x stretch) []stretch {
	all := append(slices.Clone(spans), x)
	slices.SortStableFunc(all, func(a, b stretch) int { return a.start.Compare(b.start) })
	out := all[:0]
	for _, s := range all {
		if n := len(out); n > 0 && !s.start.After(out[n-1].end) {
			out[n-1].end = later(out[n-1].end, s.end)
			continue
		}
		out = append(out, s)
	}
	return out
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// asHours is a length of time for people, in hours.
func asHours(d time.Duration) string { return fmt.Sprintf("%.4g h", d.Hours()) }

func (c *check) calls() {
	rules := &c.s.rules
	if rules.Calls < 0 {
		return
	}
	incidents, calls := c.s.incidents(c.q.Person, c.q.Incident, c.q.At.Add(-rules.CallWindow), c.q.At)
	if c.known(incidents < rules.Calls, "calls") {
		return
	}
	c.say(incidents < rules.Calls, "calls", "answered %s (%s) in the last %s; %d are the most", prose.Plural(incidents, "other incident"), prose.Plural(calls, "call"), prose.Duration(rules.CallWindow), rules.Calls)
}

// incidents counts the incidents, other than one, for which a person was called
// within (from, to], and the calls.
func (s Staff) incidents(person, but string, from, to time.Time) (incidents, calls int) {
	list := s.calls[person]
	if len(list) == 0 {
		return 0, 0
	}
	seen := map[string]bool{}
	for _, c := range list {
		if !c.At.After(from) || c.At.After(to) || c.Incident != "" && c.Incident == but {
			continue
		}
		calls++
		if c.Incident == "" || !seen[c.Incident] {
			incidents++
		}
		seen[c.Incident] = true
	}
	return incidents, calls
}

func (c *check) rest() {
	rules := &c.s.rules
	if rules.Rest < 0 {
		return
	}
	planned := !c.q.Until.IsZero()
	spans, _ := c.spans(time.Time{}, c.until().Add(rules.Rest))
	// The stretch of duty that the time asked about belongs to. A planned shift
	// that follows another without a break continues it.
	this := stretch{c.q.At, c.until()}
	for i, s := range spans {
		if !planned && !s.start.After(c.q.At) && s.end.After(c.q.At) || planned && !s.start.After(c.q.Until) && !s.end.Before(c.q.At) {
			this = stretch{earlier(this.start, s.start), later(this.end, s.end)}
			spans[i] = stretch{}
		}
	}
	for _, s := range spans {
		switch gap := this.start.Sub(s.end); {
		case s == stretch{}:
		case c.codes && gap >= rules.Rest:
		case gap >= 0 && gap < 2*rules.Rest:
			c.say(gap >= rules.Rest, "rest", "rested %s before %s, %s are needed", prose.Duration(gap), prose.Minute(this.start), prose.Duration(rules.Rest))
		case gap < 0 && planned && this.end.Equal(c.q.Until) && s.start.Sub(this.end) < rules.Rest:
			c.say(false, "rest", "rests %s after %s, %s are needed", prose.Duration(s.start.Sub(this.end)), prose.Minute(this.end), prose.Duration(rules.Rest))
		}
	}
}
