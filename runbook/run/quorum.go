package run

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/srekit/ownership/internal/wire"
)

// Quorum is how many of whom have to agree before a step begins. The zero value asks
// nobody.
//
// Neither the plan's requester nor anybody who has run any part of the run counts, and
// each person counts once: names are compared without case, outer spaces and what cannot be
// seen. Whether two names are one person otherwise is for the Approver to know.
type Quorum struct {
	Need int `json:"need"` // n

	// Of are the m people who may agree; empty is everybody the Approver lets.
	Of []string `json:"of,omitempty"`

	// Expiry is how long after the question the step has to begin; after that the
	// answers count no more and it is asked anew. 0 is an hour.
	Expiry time.Duration `json:"-"`
}

// defaultExpiry is short enough that those who agreed still know what about.
const defaultExpiry = time.Hour

type plainQuorum Quorum

type quorumJSON struct {
	plainQuorum
	ExpirySeconds wire.Seconds `json:"expiry_seconds,omitempty"`
}

// MarshalJSON writes the expiry as expiry_seconds.
func (q Quorum) MarshalJSON() ([]byte, error) {
	return json.Marshal(quorumJSON{plainQuorum(q), wire.Seconds(q.Expiry)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (q *Quorum) UnmarshalJSON(text []byte) error {
	var j quorumJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*q = Quorum(j.plainQuorum)
	q.Expiry = time.Duration(j.ExpirySeconds)
	return nil
}

func (q Quorum) expiry() time.Duration {
	if q.Expiry == 0 {
		return defaultExpiry
	}
	return q.Expiry
}

// String is the rule for people: 2 of ana, ben, chi within 1h0m0s.
func (q Quorum) String() string {
	if q.Need == 0 {
		return "nobody"
	}
	who := "any other people"
	if len(q.Of) > 0 {
		who = strings.Join(q.Of, ", ")
	}
	return strconv.Itoa(q.Need) + " of " + who + " within " + q.expiry().String()
}

func (q Quorum) check(p *problems, at, requester string) {
	switch {
	case q.Need < 0 || q.Need > 100:
		p.Add("value", at+".need", strconv.Itoa(q.Need), "not from 0 to 100", "give how many people have to agree")
	case q.Expiry < 0 || q.Expiry > maxTime:
		p.Add("value", at+".expiry_seconds", q.Expiry.String(), "not from 0 to 31 days", "give how long an approval counts")
	case len(q.Of) > 0:
		var others []string
		for _, name := range q.Of {
			if name = person(name); name != "" && name != person(requester) && !slices.Contains(others, name) {
				others = append(others, name)
			}
		}
		if len(others) < q.Need {
			p.Add("no-person", at+".of", strings.Join(q.Of, ", "), "only "+strconv.Itoa(len(others))+" of them may approve what "+requester+" asks for", "name at least "+strconv.Itoa(q.Need)+" other people")
		}
	}
}

// person is a name as it is compared: without case, spaces around it and what is not seen.
func person(name string) string {
	name = strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsPrint(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, tidy(name))
	return strings.Join(strings.Fields(name), " ")
}

// counts tells who of the people that agreed counts, given who may not.
func (q Quorum) counts(agreed, barred []string) []string {
	var in []string
	for _, name := range agreed {
		who := person(name)
		same := func(other string) bool { return person(other) == who }
		if who == "" || slices.ContainsFunc(barred, same) || slices.ContainsFunc(in, same) || len(q.Of) > 0 && !slices.ContainsFunc(q.Of, same) {
			continue
		}
		in = append(in, name)
	}
	return in
}
