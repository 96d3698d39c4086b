package runbook

import (
	"fmt"
	"strings"

	"github.com/srekit/ownership/internal/diag"
)

// steps is what Lint has to say about the steps.
func (l *linter) steps(r Runbook, answers []Alert) {
	l.executable(r, answers)
	names := make(map[string]int)
	known := make(map[string]bool)
	for _, s := range r.Steps() {
		known[s.ID] = true
		if s.Name != "" {
			known[s.Name] = true
		}
	}
	inputs := make(map[string]Input)
	declared := false
	for _, in := range r.Inputs {
		inputs[in.Name] = in
		declared = declared || in.Declared
	}
	labels := labelsOf(answers)
	told := make(map[string]bool)
	for _, sec := range r.Sections {
		for _, s := range sec.Steps {
			if s.Language == "" && len(s.Attributes) == 0 && s.fenced {
				l.at(r, "R005", s.Line, s.Column, "", "the fence names no language", "write ```bash, ```promql or ```text")
			}
			if s.Name != "" {
				if first, ok := names[s.Name]; ok {
					l.at(r, "R016", s.Line, s.Column, s.Name, fmt.Sprintf("the step of line %d has the same name", first), "rename one of them")
				} else {
					names[s.Name] = s.Line
				}
			}
			if len(s.Changes) > 0 && s.Approvals == 0 && s.Rollback == "" {
				l.at(r, "R011", s.Line, s.Column, s.Changes[0], "the command changes something, and nothing says who must agree or how to undo it", "add {approve=1} to the fence, or a paragraph right behind it that begins with Undo:")
			}
			if s.Mode == Automated && s.Timeout == 0 {
				l.at(r, "R020", s.Line, s.Column, s.Name, "the step is automated and has no timeout", "add timeout=5m to the attributes of the fence")
			}
			for _, ph := range s.Placeholders {
				in := inputs[ph.Input]
				if in.Declared || told[ph.Input] || formOf(ph.Text) == Label { // labels come with the alert
					continue
				}
				if len(told) >= 100 { // looking for explanations costs a look at the whole text
					break
				}
				if labels[ph.Input] || labels[strings.ToLower(ph.Input)] || explained(r, ph) {
					continue
				}
				told[ph.Input] = true
				f := Finding{Code: "R012", Source: r.Path, Line: s.Line, Column: s.Column, Text: ph.Text, Reason: "nothing says what stands for the placeholder", Remedy: "declare it in the front matter (inputs: - name: " + ph.Input + ")"}
				if !declared {
					f.Level = diag.Info
				}
				l.add(f)
			}
			l.references(r, s, known, inputs)
			l.query(r, s)
		}
	}
}

// labelsOf are the labels that the rules of the alerts set or use.
func labelsOf(alerts []Alert) map[string]bool {
	labels := make(map[string]bool)
	for _, a := range alerts {
		for name := range a.Labels {
			labels[name] = true
		}
		for _, text := range a.Annotations {
			for {
				i := strings.Index(text, "{{")
				if i < 0 {
					break
				}
				j := strings.Index(text[i:], "}}")
				if j < 0 {
					break
				}
				if name := labelOf(text[i+2 : i+j]); name != "" {
					labels[name] = true
				}
				text = text[i+j+2:]
			}
		}
	}
	return labels
}

// explained tells whether the text of the runbook names a placeholder outside its
// code: "where <pod> is the pod of the alert".
func explained(r Runbook, ph Placeholder) bool {
	for _, sec := range r.Sections {
		for _, s := range sec.Steps {
			if strings.Contains(s.Text, ph.Text) || strings.HasPrefix(ph.Text, "$") && (strings.Contains(s.Text, "`"+ph.Input+"`") || strings.Contains(s.Text, "$"+ph.Input)) {
				return true
			}
		}
	}
	return false
}

// references is R017.
func (l *linter) references(r Runbook, s Step, known map[string]bool, inputs map[string]Input) {
	for _, key := range []string{"next", "rollback", "on_failure"} {
		name := s.Attributes[key]
		if name == "" || known[name] || name == "end" || name == "abort" || strings.ContainsAny(name, " \t") {
			continue
		}
		l.at(r, "R017", s.Line, s.Column, key+"="+name, "no step has that name", "name the step it means by {name="+name+"}")
	}
	for name := range strings.FieldsFuncSeq(s.Attributes["inputs"], func(c rune) bool { return c == ',' || c == ' ' }) {
		if !inputs[name].Declared {
			l.at(r, "R017", s.Line, s.Column, "inputs="+name, "the front matter declares no input of that name", "declare it (inputs: - name: "+name+")")
		}
	}
}

// query is R021.
func (l *linter) query(r Runbook, s Step) {
	if l.opt.CheckQuery == nil || s.Kind != Query || s.Language != "promql" && s.Language != "prometheus" || s.Code == "" || l.off["R021"] {
		return
	}
	var first error
	for _, value := range []string{"x", "5m", "1"} {
		err := l.opt.CheckQuery(s.filled(value))
		if err == nil {
			return
		}
		if first == nil {
			first = err
		}
		if len(s.Placeholders) == 0 && !strings.Contains(s.Code, "$__") {
			break
		}
	}
	l.at(r, "R021", s.Line, s.Column, "", "the query cannot be read: "+strings.ReplaceAll(first.Error(), "\n", "; "), "try it in Prometheus, and paste it again")
}

// filled is the code with a value for each placeholder, for a look at its syntax.
func (s Step) filled(value string) string {
	var b strings.Builder
	last := 0
	for _, ph := range s.Placeholders {
		if ph.Start < last || ph.End > len(s.Code) || ph.Start > ph.End {
			continue
		}
		b.WriteString(s.Code[last:ph.Start] + value)
		last = ph.End
	}
	b.WriteString(s.Code[last:])
	out := b.String()
	for _, own := range []string{"$__rate_interval", "$__interval", "$__range"} {
		out = strings.ReplaceAll(out, own, "5m")
	}
	return out
}

// executable is R015.
func (l *linter) executable(r Runbook, answers []Alert) {
	for _, a := range answers {
		if rank(a.severity()) != 3 {
			continue
		}
		for _, s := range r.Steps() {
			if s.Code != "" && (s.Kind == Command || s.Kind == Query || s.Kind == Check) || s.Kind == Decision {
				return
			}
		}
		l.at(r, "R015", max(1, r.Line), 0, "", "the alert "+diag.Quote(a.Name)+" wakes somebody, and the runbook has no command, query or decision", "write what to look at first, and what to do then")
		return
	}
}
