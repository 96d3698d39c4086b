package response

import (
	"fmt"
	"strings"
)

// Scope is how far something reaches: an incident, or a person's say in one.
// Scopes are ordered: Task < Service < Platform < Area < Organisation. The zero
// value means that none is known.
type Scope int

// The scopes.
const (
	Task         Scope = iota + 1 // one piece of work, nothing that serves
	Service                       // one service
	Platform                      // what several services stand on, or several services of one team
	Area                          // several teams of one area
	Organisation                  // several areas, or what nobody can do without
)

var scopeNames = [...]string{"", "task", "service", "platform", "area", "organisation"}

// String is the scope's name, empty for the zero value.
func (s Scope) String() string {
	if s < 0 || int(s) >= len(scopeNames) {
		return fmt.Sprintf("Scope(%d)", int(s))
	}
	return scopeNames[s]
}

// ParseScope reads a scope's name: task, service, platform, area or
// organisation (organization too). Case is free.
func ParseScope(s string) (Scope, error) {
	word := strings.ToLower(strings.TrimSpace(s))
	if word == "organization" {
		word = "organisation"
	}
	for i, name := range scopeNames {
		if name == word && i > 0 {
			return Scope(i), nil
		}
	}
	return 0, fmt.Errorf("unknown scope %q; write task, service, platform, area or organisation", s)
}

// MarshalText writes the scope's name; the zero value is empty.
func (s Scope) MarshalText() ([]byte, error) {
	if s < 0 || int(s) >= len(scopeNames) {
		return nil, fmt.Errorf("scope %d is none of task, service, platform, area and organisation", int(s))
	}
	return []byte(scopeNames[s]), nil
}

// UnmarshalText reads what ParseScope reads; empty text leaves s unset.
func (s *Scope) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = 0
		return nil
	}
	v, err := ParseScope(string(text))
	if err != nil {
		return err
	}
	*s = v
	return nil
}
