package runbook

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// CoverOptions say what a usable runbook is. The zero value asks for the sections
// meaning, impact, diagnosis and mitigation, and judges no freshness.
type CoverOptions struct {
	Resolver Resolver `json:"resolver"`

	// Required are the topics that a complete runbook has; empty means meaning,
	// impact, diagnosis and mitigation.
	Required []string `json:"required,omitempty"`

	Review Review `json:"review"`
}

// Review says when a runbook is fresh: it was last reviewed less than its interval
// ago, and not in the future, but for a day that has begun elsewhere. The front
// matter's dates count first.
type Review struct {
	// Now is the instant to judge at; zero judges nothing.
	Now time.Time `json:"now,omitzero"`

	// Every is the interval of runbooks that name none, every_seconds in JSON; 0
	// means 365 days.
	Every time.Duration `json:"-"`

	// Reviewed supplies dates for runbooks that have none, such as those of their
	// last commits; by path. A zero instant means unknown.
	Reviewed map[string]time.Time `json:"reviewed,omitempty"`
}

type plainReview Review

type reviewJSON struct {
	plainReview
	EverySeconds wire.Seconds `json:"every_seconds,omitempty"`
}

// MarshalJSON writes the interval as every_seconds.
func (v Review) MarshalJSON() ([]byte, error) {
	return json.Marshal(reviewJSON{plainReview(v), wire.Seconds(v.Every)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Review) UnmarshalJSON(text []byte) error {
	var j reviewJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*v = Review(j.plainReview)
	v.Every = time.Duration(j.EverySeconds)
	return nil
}

const defaultReview = 365 * 24 * time.Hour

// last is when the runbook was reviewed last; zero if that is not known.
func (v Review) last(r Runbook) time.Time {
	if last := r.Meta.LastReviewed; !last.IsZero() {
		return last
	}
	return v.Reviewed[r.Path]
}

// ahead reports whether the last review is said to be in the future: by more than a
// day, as dates have no zone.
func (v Review) ahead(r Runbook) bool { return v.last(r).After(v.Now.Add(24 * time.Hour)) }

// due is when the runbook has to be reviewed; ok is false if no date is known.
func (v Review) due(r Runbook) (due time.Time, ok bool) {
	last := v.last(r)
	if last.IsZero() {
		return time.Time{}, false
	}
	every := r.Meta.ReviewEvery
	if every <= 0 {
		every = v.Every
	}
	if every <= 0 {
		every = defaultReview
	}
	return last.Add(every), true
}

var required = []string{"meaning", "impact", "diagnosis", "mitigation"}

func requiredOr(topics []string) []string {
	if len(topics) == 0 {
		return required
	}
	return topics
}

// lacks are the required topics that have no section, or a hollow one.
func (r Runbook) lacks(topics []string) (missing, hollow []string) {
	for _, topic := range topics {
		s, ok := r.Section(topic)
		if !ok {
			missing = append(missing, topic)
		} else if s.Hollow {
			hollow = append(hollow, topic)
		}
	}
	return missing, hollow
}

// executable tells whether there is something to run or to ask.
func (r Runbook) executable() bool {
	for _, s := range r.Sections {
		for _, st := range s.Steps {
			if st.Code != "" && (st.Kind == Command || st.Kind == Query) || st.Kind == Check && st.Code != "" {
				return true
			}
		}
	}
	return false
}

// Cover tells which of the alerts have a usable runbook. Where a label that only
// firing alerts have chooses among several runbooks, the alert has what all of them
// have. Cost: linear in runbooks and alerts.
func (l Library) Cover(alerts []Alert, opt CoverOptions) Coverage {
	f := opt.Resolver.index(l)
	c := Coverage{Alerts: make([]Covered, 0, len(alerts))}
	judged := make(map[string]verdict)
	used := make(map[string]bool)
	bySeverity, byOwner := make(map[string]*Counts), make(map[string]*Counts)
	for _, a := range alerts {
		found := f.find(a)
		v := Covered{Alert: a.Name, Severity: a.severity(), Owner: a.owner(), Link: found.Link, By: found.Way}
		v.Linked = found.Link != "" || found.Way != Nowhere
		if len(found.Paths) > 0 {
			v.Runbook = found.Paths[0]
			v.Resolved, v.Complete, v.Executable, v.Fresh = true, true, true, true
			for _, p := range found.Paths {
				used[p] = true
				j, ok := judged[p]
				if !ok {
					r, _ := l.Runbook(p)
					j = judge(r, opt)
					judged[p] = j
				}
				v.Complete = v.Complete && j.complete
				v.Executable = v.Executable && j.executable
				v.Fresh = v.Fresh && j.fresh
				if v.Reason == "" {
					v.Reason = j.reason
				}
				if v.Owner == "" {
					v.Owner = j.owner
				}
			}
		} else {
			switch {
			case found.Outside:
				v.Reason = "the link leads out of the folder"
			case found.Broken:
				v.Reason = "the link leads to no file of the folder"
			case opt.Resolver.NoNames:
				v.Reason = "no link, and file names do not count"
			default:
				v.Reason = "no link, and no runbook has the alert's name"
			}
		}
		c.Alerts = append(c.Alerts, v)
		for _, n := range []*Counts{&c.Counts, countsOf(bySeverity, v.Severity), countsOf(byOwner, v.Owner)} {
			n.add(v)
		}
	}
	c.BySeverity, c.ByOwner = groups(bySeverity), groups(byOwner)
	for i, r := range l.Runbooks {
		if f.paths[i] == "" {
			continue
		}
		c.Runbooks++
		if !used[r.Path] && !r.isFrontPage() {
			c.Orphans = append(c.Orphans, r.Path)
		}
	}
	slices.Sort(c.Orphans)
	return c
}

// isFrontPage tells whether the file is the front page of a folder, which nobody
// expects to answer an alert.
func (r Runbook) isFrontPage() bool {
	switch strings.ToLower(lastPart(r.Path)) {
	case "readme", "index", "_index", "changelog", "contributing", "code_of_conduct", "summary":
		return true
	}
	return false
}

type verdict struct {
	complete, executable, fresh bool
	reason, owner               string
}

func judge(r Runbook, opt CoverOptions) verdict {
	missing, hollow := r.lacks(requiredOr(opt.Required))
	v := verdict{complete: len(missing)+len(hollow) == 0, executable: r.executable(), owner: r.Meta.Owner}
	switch {
	case len(missing) > 0:
		v.reason = "no section " + strings.Join(missing, ", ")
	case len(hollow) > 0:
		v.reason = "nothing in the section " + strings.Join(hollow, ", ")
	}
	if due, ok := opt.Review.due(r); ok && !opt.Review.Now.IsZero() {
		v.fresh = opt.Review.Now.Before(due) && !opt.Review.ahead(r)
	}
	return v
}

func countsOf(m map[string]*Counts, name string) *Counts {
	if m[name] == nil {
		m[name] = &Counts{}
	}
	return m[name]
}

func (n *Counts) add(v Covered) {
	n.Total++
	for _, c := range []struct {
		has  bool
		into *int
	}{{v.Linked, &n.Linked}, {v.Resolved, &n.Resolved}, {v.Complete, &n.Complete}, {v.Executable, &n.Executable}, {v.Fresh, &n.Fresh}} {
		if c.has {
			*c.into++
		}
	}
}

func groups(m map[string]*Counts) []Group {
	out := make([]Group, 0, len(m))
	for name, n := range m {
		out = append(out, Group{name, *n})
	}
	slices.SortFunc(out, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	return out
}
