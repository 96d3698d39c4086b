package runbook

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/srekit/ownership/internal/prose"
)

// Kind is what a step is. In JSON it is its name.
type Kind uint8

// The kinds of steps.
const (
	Prose    Kind = iota // text to read or to follow
	Command              // code for a shell or another program
	Query                // PromQL
	Check                // something to verify
	Decision             // what to do depends on what is seen
	LinkStep             // a page to open, and nothing else
)

var kinds = []string{"prose", "command", "query", "check", "decision", "link"}

// String is the kind's name: prose, command, query, check, decision or link.
func (k Kind) String() string { return nameOf(kinds, "kind", uint8(k)) }

// MarshalText writes the name; an unknown kind is an error.
func (k Kind) MarshalText() ([]byte, error) { return writeName(kinds, "kind", uint8(k)) }

// UnmarshalText reads a name.
func (k *Kind) UnmarshalText(text []byte) error {
	i, err := readName(kinds, "kind", text)
	*k = Kind(i)
	return err
}

// Mode is how much of a step a machine does. In JSON it is its name.
type Mode uint8

// The modes, as steps climb them.
const (
	Manual    Mode = iota // a person does it
	Assisted              // a machine does it once a person has said so
	Automated             // a machine does it
)

var modes = []string{"manual", "assisted", "automated"}

// String is the mode's name: manual, assisted or automated.
func (m Mode) String() string { return nameOf(modes, "mode", uint8(m)) }

// MarshalText writes the name; an unknown mode is an error.
func (m Mode) MarshalText() ([]byte, error) { return writeName(modes, "mode", uint8(m)) }

// UnmarshalText reads a name.
func (m *Mode) UnmarshalText(text []byte) error {
	i, err := readName(modes, "mode", text)
	*m = Mode(i)
	return err
}

// nameOf is the i-th name, or the type with its number.
func nameOf(names []string, what string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return what + "(" + strconv.Itoa(int(i)) + ")"
}

func writeName(names []string, what string, i uint8) ([]byte, error) {
	if int(i) < len(names) {
		return []byte(names[i]), nil
	}
	return nil, fmt.Errorf("%w: %d is no %s; use %s", ErrInput, i, what, prose.Or(names))
}

// readName reads one of the names; the empty text is the first.
func readName(names []string, what string, text []byte) (uint8, error) {
	if i := slices.Index(names, string(text)); i >= 0 {
		return uint8(i), nil
	}
	if len(text) == 0 {
		return 0, nil
	}
	return 0, fmt.Errorf("%w: %q is no %s; write %s", ErrInput, text, what, prose.Or(names))
}
