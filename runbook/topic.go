package runbook

import (
	"strings"
	"unicode"
)

// Topic is a section that runbooks have, under one of several headings.
// Headings are compared without case and punctuation, and without a number
// in front of them.
type Topic struct {
	Name  string   `json:"name"`  // lower case; the name itself is a heading too
	Words []string `json:"words"` // further headings
}

// DefaultTopics are the sections of public runbooks with the headings that
// three public collections use for them: meaning, impact, diagnosis, mitigation,
// escalation, verification, prevention and references. The slice is the caller's.
func DefaultTopics() []Topic {
	return []Topic{
		{"meaning", []string{"symptom", "symptoms", "description", "alert description", "summary", "overview", "what does it mean", "what this alert means", "definition", "explanation"}},
		{"impact", []string{"impacts", "user impact", "customer impact", "effect", "effects", "consequence", "consequences"}},
		{"diagnosis", []string{"diagnose", "diagnosing", "diagnostics", "diagnosis steps", "possible checks", "checks", "check", "troubleshooting", "troubleshoot", "troubleshooting pointers", "troubleshooting steps", "investigation", "investigate", "debug", "debugging", "triage", "analysis", "possible causes"}},
		{"mitigation", []string{"mitigate", "mitigating", "mitigations", "mitigation steps", "resolution", "resolve", "remediation", "remediate", "fix", "fixes", "solution", "solutions", "recovery", "workaround", "how to fix"}},
		{"escalation", []string{"escalate", "escalations", "escalation path", "contact", "contacts", "support", "when to escalate", "who to contact"}},
		{"verification", []string{"verify", "verify recovery", "validation", "validate", "confirm", "post checks"}},
		{"prevention", []string{"prevent", "follow up", "follow ups", "preventive measures"}},
		{"references", []string{"reference", "links", "see also", "further reading", "additional resources", "additional notes", "resources", "related links", "dashboards"}},
	}
}

// plainHeading is a heading as it is compared: lower-case words.
func plainHeading(s string) string {
	s = strings.ToLower(s)
	s = strings.TrimLeft(s, "0123456789.):- ")
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(r)
		case r == '\'' || r == '’':
		case r == '&' || r == '/' || r == ',' || r == '+':
			b.WriteString(" and")
			space = true
		default:
			space = true
		}
	}
	return b.String()
}

// topicsOf are the names that a heading stands for.
func (p *parse) topicsOf(heading string) []string {
	if len(heading) > 120 {
		return nil
	}
	var low [120]byte
	word := true
	for i := range len(heading) {
		c := heading[i]
		if word = word && isLetter(c); c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		low[i] = c
	}
	if t, ok := p.words[string(low[:len(heading)])]; ok { // as most are written
		return []string{t}
	}
	if word {
		return nil
	}
	h := plainHeading(heading)
	if t, ok := p.words[h]; ok {
		return []string{t}
	}
	parts := strings.Split(h, " and ")
	if len(parts) < 2 || len(parts) > 4 {
		return nil
	}
	var topics []string
	for _, part := range parts {
		t, ok := p.words[strings.TrimSpace(part)]
		if !ok {
			return nil
		}
		if len(topics) == 0 || topics[len(topics)-1] != t {
			topics = append(topics, t)
		}
	}
	return topics
}

func wordsOf(topics []Topic) map[string]string {
	words := make(map[string]string)
	for _, t := range topics {
		for _, w := range append([]string{t.Name}, t.Words...) {
			if h := plainHeading(w); h != "" {
				if _, ok := words[h]; !ok {
					words[h] = t.Name
				}
			}
		}
	}
	return words
}
