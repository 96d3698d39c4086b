package response

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/wire"
)

// Rules are what somebody must have to take a role, and how much may be asked
// of anybody. The zero value stands for the defaults, field by field; a negative
// number switches a limit off.
type Rules struct {
	Ladder          Ladder        `json:"ladder,omitzero"`
	Shadowed        int           `json:"shadowed,omitempty"`         // shifts to follow before one's own; 0 means 1
	ReverseShadowed int           `json:"reverse_shadowed,omitempty"` // shifts to lead with somebody beside; 0 means 1
	Recency         time.Duration `json:"-"`                          // how long ago the last shift may be; 0 means 90 days
	Share           float64       `json:"share,omitempty"`            // of time on call; 0 means 0.25
	ShareWindow     time.Duration `json:"-"`                          // over which the share is taken; 0 means 12 weeks
	Calls           int           `json:"calls,omitempty"`            // incidents in CallWindow; 0 means 2
	CallWindow      time.Duration `json:"-"`                          // 0 means 12 hours
	Rest            time.Duration `json:"-"`                          // between two shifts; 0 means 11 hours
	Backing         Scope         `json:"backing,omitempty"`          // scope of a secondary who backs an associate; 0 means Platform
	Zone            string        `json:"time_zone,omitempty"`        // of people who name none; empty means UTC
	Night           [2]int        `json:"night,omitzero"`             // hours of the day, from and to; {0, 0} means 22 to 6
	Roles           []RoleRule    `json:"roles,omitempty"`            // replace the default rules of the same roles, or add to them
}

// RoleRule is what a role asks for.
type RoleRule struct {
	Role          string   `json:"role"`
	Scope         Scope    `json:"scope,omitempty"`          // that the level must reach; 0 means any level
	IncidentScope bool     `json:"incident_scope,omitempty"` // the level must reach the scope of the incident as well
	Qualified     bool     `json:"qualified,omitempty"`      // the gates of the entry: shadowed, reverse-shadowed, recent
	Backed        bool     `json:"backed,omitempty"`         // a lower level will do while somebody of scope Backing is secondary
	Certificates  []string `json:"certificates,omitempty"`   // one of these; none means none is needed
}

// DefaultRules are the rules with every default filled in: gates of one shift
// each, 90 days, a quarter of 12 weeks, two incidents in 12 hours, 11 hours of
// rest. A quarter of the time and two incidents a shift are those of Beyer et
// al., Site Reliability Engineering (2016), ch. 11; 11 hours are the daily rest
// of Directive 2003/88/EC, art. 3. Each call returns a fresh value.
func DefaultRules() Rules {
	return Rules{
		Ladder: DefaultLadder(), Shadowed: 1, ReverseShadowed: 1, Recency: 90 * 24 * time.Hour,
		Share: 0.25, ShareWindow: 84 * 24 * time.Hour, Calls: 2, CallWindow: 12 * time.Hour, Rest: 11 * time.Hour,
		Backing: Platform, Zone: "UTC", Night: [2]int{22, 6},
		Roles: []RoleRule{
			{Role: RolePrimary, Scope: Service, Qualified: true, Backed: true},
			{Role: RoleSecondary, Scope: Service},
			{Role: RoleShadow, Scope: Task},
			{Role: RoleExpert, Scope: Service, Qualified: true, Backed: true},
			{Role: RoleOperations, Scope: Service, Qualified: true},
			{Role: RoleLead, Scope: Service},
			{Role: RoleCommander, IncidentScope: true, Certificates: []string{CertificateCommander}},
			{Role: RoleDeputy, Certificates: []string{CertificateDeputy, CertificateCommander}},
			{Role: RoleCommunications, Certificates: []string{CertificateCommunications}},
			{Role: RolePlanning, Scope: Service},
			{Role: RoleScribe, Scope: Task},
		},
	}
}

// Rule is what a role asks for. A role that the rules do not know asks for a
// level and nothing else.
func (r Rules) Rule(role string) RoleRule {
	for _, list := range [][]RoleRule{r.Roles, DefaultRules().Roles} {
		for _, rule := range list {
			if rule.Role == role {
				return rule
			}
		}
	}
	return RoleRule{Role: role, Scope: Task}
}

func (r Rules) orDefault() Rules {
	def := DefaultRules()
	out := r
	out.Ladder = r.Ladder.orDefault()
	number := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	span := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	number(&out.Shadowed, def.Shadowed)
	number(&out.ReverseShadowed, def.ReverseShadowed)
	number(&out.Calls, def.Calls)
	span(&out.Recency, def.Recency)
	span(&out.ShareWindow, def.ShareWindow)
	span(&out.CallWindow, def.CallWindow)
	span(&out.Rest, def.Rest)
	if out.Share == 0 {
		out.Share = def.Share
	}
	if out.Backing == 0 {
		out.Backing = def.Backing
	}
	if out.Zone == "" {
		out.Zone = def.Zone
	}
	if out.Night == [2]int{} {
		out.Night = def.Night
	}
	out.Roles = slices.Clone(r.Roles)
	for _, rule := range def.Roles {
		if !slices.ContainsFunc(r.Roles, func(x RoleRule) bool { return x.Role == rule.Role }) {
			out.Roles = append(out.Roles, rule)
		}
	}
	return out
}

func (r Rules) check(p *problems, prefix string) {
	r.Ladder.check(p, prefix+"ladder.")
	if math.IsNaN(r.Share) || math.IsInf(r.Share, 0) {
		p.Add("value", prefix+"share", strconv.FormatFloat(r.Share, 'g', -1, 64), "it is no share", "write a share such as 0.25")
	}
	for _, h := range r.Night {
		if h < 0 || h > 24 {
			p.Add("value", prefix+"night", strconv.Itoa(h), "it is no hour of the day", "write two hours from 0 to 24, such as 22 and 6")
		}
	}
	if r.ShareWindow < 0 || r.CallWindow < 0 {
		p.Add("value", prefix+"windows", "", "a window is negative", "switch the limit off by a negative share or number of calls")
	}
	if r.Backing < 0 || r.Backing > Organisation {
		p.Add("value", prefix+"backing", r.Backing.String(), "it is no scope", "write "+prose.Or(scopeNames[1:]))
	}
	names := map[string]bool{}
	for i, rule := range r.Roles {
		at := place(prefix+"roles", i)
		switch {
		case rule.Role == "":
			p.Add("name", at+".role", "", "the rule names no role", "name one")
		case names[rule.Role]:
			p.Add("name", at+".role", rule.Role, "another rule is for that role", "keep one of them")
		}
		names[rule.Role] = true
		if rule.Scope < 0 || rule.Scope > Organisation {
			p.Add("value", at+".scope", rule.Scope.String(), "it is no scope", "write "+prose.Or(scopeNames[1:]))
		}
	}
}

// Validate says everything that is wrong with the rules, as an *Error. The zero
// value is right.
func (r Rules) Validate() error {
	var p problems
	r.check(&p, "")
	return p.err()
}

type rulesAlias Rules

type rulesJSON struct {
	*rulesAlias
	Recency     wire.Seconds `json:"recency_seconds,omitzero"`
	ShareWindow wire.Seconds `json:"share_window_seconds,omitzero"`
	CallWindow  wire.Seconds `json:"call_window_seconds,omitzero"`
	Rest        wire.Seconds `json:"rest_seconds,omitzero"`
}

// MarshalJSON writes durations as numbers of seconds.
func (r Rules) MarshalJSON() ([]byte, error) {
	a := rulesAlias(r)
	return json.Marshal(rulesJSON{&a, wire.Seconds(r.Recency), wire.Seconds(r.ShareWindow), wire.Seconds(r.CallWindow), wire.Seconds(r.Rest)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Rules) UnmarshalJSON(text []byte) error {
	var a rulesAlias
	v := rulesJSON{rulesAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*r = Rules(a)
	r.Recency, r.ShareWindow = time.Duration(v.Recency), time.Duration(v.ShareWindow)
	r.CallWindow, r.Rest = time.Duration(v.CallWindow), time.Duration(v.Rest)
	return nil
}
