package alerting

import (
	"fmt"
	"strings"
)

// Severity is how urgent an alert is. Severities are ordered: Page > Ticket >
// Info. The zero value means unset.
type Severity int

// The severities.
const (
	Info   Severity = iota + 1 // nobody is told; it is on record
	Ticket                     // somebody looks at it in working hours
	Page                       // somebody is woken
)

var severityNames = [...]string{"", "info", "ticket", "page"}

// severityWords maps the words that specs use to the three severities.
var severityWords = map[string]Severity{
	"page": Page, "critical": Page, "crit": Page, "sev1": Page, "sev2": Page, "p1": Page, "p2": Page,
	"ticket": Ticket, "warning": Ticket, "warn": Ticket, "sev3": Ticket, "p3": Ticket,
	"info": Info, "sev4": Info, "sev5": Info, "p4": Info, "p5": Info,
}

// ParseSeverity reads a severity in any of the usual words: page, critical,
// sev1, sev2, p1, p2; ticket, warning, sev3, p3; info, sev4, sev5, p4, p5.
// Case is free.
func ParseSeverity(s string) (Severity, error) {
	if v, ok := severityWords[strings.ToLower(strings.TrimSpace(s))]; ok {
		return v, nil
	}
	return 0, fmt.Errorf("unknown severity %q; write critical (page), warning (ticket) or info", s)
}

// String is "page", "ticket" or "info"; empty when unset.
func (s Severity) String() string {
	if s < 0 || int(s) >= len(severityNames) {
		return fmt.Sprintf("Severity(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what ParseSeverity reads; empty text leaves s unset.
func (s *Severity) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = 0
		return nil
	}
	v, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = v
	return nil
}
