package run

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/runbook"
)

// Request is what a plan is made for.
type Request struct {
	// Requester is the person or program that asks. Required.
	Requester string `json:"requester"`

	// Labels are those of the alert. They come from outside: whoever can name a pod
	// chooses them.
	Labels map[string]string `json:"labels,omitempty"`

	// Inputs are values by the input's name; they win over labels, and labels over
	// defaults. Values of secret inputs are not given here but to Run.
	Inputs map[string]string `json:"inputs,omitempty"`

	// Environment names variables of the shell that the machine supplies by itself, such
	// as HOME: they need no value here.
	Environment []string `json:"environment,omitempty"`

	// Topics are the topics of the sections to plan; empty are all but those that are
	// for reading only: meaning and impact.
	Topics []string `json:"topics,omitempty"`

	// Approval is for automated and assisted steps that change something, or may,
	// unless the runbook says more. The zero value asks nobody and is warned of.
	Approval Quorum `json:"approval,omitzero"`

	// Timeout is for automated and assisted steps without one; 0 is none.
	Timeout time.Duration `json:"-"`

	// RunTimeout is for the whole run, from its first record on, waiting for people
	// included; 0 is none.
	RunTimeout time.Duration `json:"-"`
}

type plainRequest Request

type requestJSON struct {
	plainRequest
	TimeoutSeconds    wire.Seconds `json:"timeout_seconds,omitempty"`
	RunTimeoutSeconds wire.Seconds `json:"run_timeout_seconds,omitempty"`
}

// MarshalJSON writes durations as numbers of seconds.
func (r Request) MarshalJSON() ([]byte, error) {
	return json.Marshal(requestJSON{plainRequest(r), wire.Seconds(r.Timeout), wire.Seconds(r.RunTimeout)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Request) UnmarshalJSON(text []byte) error {
	var j requestJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*r = Request(j.plainRequest)
	r.Timeout, r.RunTimeout = time.Duration(j.TimeoutSeconds), time.Duration(j.RunTimeoutSeconds)
	return nil
}

// Prepare makes the plan of a runbook for an alert.
//
// A step is as automatic as the runbook declares it, unless a value could not be handed
// over as data: then a person does it, and the plan's Warnings say why (placement,
// value-as-option, value-reread). A single command of plain words becomes a list of
// arguments that no shell sees. Everything else stays the script that the runbook has,
// with "${IN_name}" at its placeholders and the value in the environment. Values never
// become part of a text that is read as code.
//
// Beside what runbook.Step has, the attributes of a fence may be: idempotent (true),
// pause and expiry (durations), approvers (names in quotes, separated by commas), on-failure
// (continue) and by-hand (a duration).
//
// Errors are *Error and tell everything at once: inputs without a value in steps of the
// machine, values that the runbook does not allow, attributes that cannot be read.
func Prepare(book runbook.Runbook, r Request) (Plan, error) {
	p := preparer{book: book, r: r, values: make(map[string]Value), refused: make(map[string]bool)}
	p.problems.Source = book.Path
	p.inputs()
	core := planCore{Name: tidy(book.Name), Source: tidy(book.Path), Title: tidy(book.Title), Requester: tidy(r.Requester), Timeout: r.RunTimeout}
	for _, section := range book.Sections {
		if !p.wanted(section) {
			continue
		}
		for _, s := range section.Steps {
			p.problems.Line = s.Line
			core.Steps = append(core.Steps, p.step(section, s))
		}
	}
	p.problems.Line = 0
	for _, name := range slices.Sorted(maps.Keys(p.values)) {
		core.Values = append(core.Values, p.values[name])
	}
	core.Warnings = p.warnings
	core.check(&p.problems)
	if err := p.problems.err(); err != nil {
		return Plan{}, err
	}
	return Plan{core.clone()}, nil
}

type preparer struct {
	book     runbook.Runbook
	r        Request
	values   map[string]Value
	refused  map[string]bool // inputs whose value was reported
	problems problems
	warnings []Finding
}

func (p *preparer) warn(s runbook.Step, level, code, text, reason, remedy string) {
	p.warnings = append(p.warnings, Finding{Code: code, Level: level, Source: tidy(p.book.Path), Line: s.Line, Path: tidy(s.ID), Text: tidy(text), Reason: reason, Remedy: remedy})
}

func (p *preparer) wanted(s runbook.Section) bool {
	if len(p.r.Topics) > 0 {
		return slices.ContainsFunc(s.Topics, func(t string) bool { return slices.Contains(p.r.Topics, t) })
	}
	return len(s.Topics) == 0 || slices.ContainsFunc(s.Topics, func(t string) bool { return t != "meaning" && t != "impact" })
}

// inputs finds the values of all inputs and checks them against their declarations.
func (p *preparer) inputs() {
	known := make(map[string]bool)
	for _, in := range p.book.Inputs {
		known[in.Name] = true
		p.problems.Line = in.Line
		v := Value{Name: tidy(in.Name), Secret: in.Secret}
		given, isGiven := p.r.Inputs[in.Name]
		label, isLabel := p.r.Labels[in.Name]
		switch {
		case in.Secret && isGiven:
			p.problems.Add("input", "inputs."+in.Name, "", "a secret would stand in the plan", "give it to Run, in Options.Secrets")
			p.refused[in.Name] = true
			continue
		case in.Secret:
			v.Origin = "secret"
			p.values[in.Name] = v
			continue
		case isGiven:
			v.Value, v.Origin = given, "input"
		case isLabel && (in.Form != runbook.Environment || in.Declared):
			v.Value, v.Origin = label, "label"
		case in.Default != "":
			v.Value, v.Origin = in.Default, "default"
		default:
			continue // missing only where a machine's step needs it
		}
		if reason, remedy := unfit(in, v.Value); reason != "" {
			p.problems.Add("input", v.Origin+"s."+in.Name, v.Value, reason, remedy)
			p.refused[in.Name] = true
			continue
		}
		p.values[in.Name] = v
	}
	p.problems.Line = 0
	for _, name := range slices.Sorted(maps.Keys(p.r.Inputs)) {
		if !known[name] {
			p.problems.Add("input", "inputs."+name, "", "the runbook has no such input", didYouMean(name, known))
		}
	}
}

func didYouMean(name string, known map[string]bool) string {
	names := slices.Sorted(maps.Keys(known))
	if near := diag.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	if len(names) == 0 {
		return "it has none; leave it out"
	}
	return "it has " + strings.Join(names[:min(len(names), 10)], ", ")
}

var labelName = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

// unfit is why a value is not one of the input's.
func unfit(in runbook.Input, v string) (reason, remedy string) {
	if !utf8.ValidString(v) {
		return "no text in UTF-8", "give it in UTF-8"
	}
	if strings.ContainsRune(v, 0) {
		return "no program can be given a NUL", "take it out"
	}
	if len(v) > 64<<10 {
		return "longer than 64 KiB", "give a shorter value"
	}
	if len(in.Allowed) > 0 && !slices.Contains(in.Allowed, v) {
		return "not one of the allowed values", "give " + prose.Or(in.Allowed[:min(len(in.Allowed), 10)])
	}
	var err error
	switch in.Type {
	case "integer":
		_, err = strconv.ParseInt(v, 10, 64)
	case "number":
		if strings.Trim(v, "+-.0123456789eE") != "" {
			return "no number", "give a decimal number"
		}
		_, err = strconv.ParseFloat(v, 64)
	case "duration":
		_, err = quantity.ParseDuration(v)
	case "label name":
		if !labelName.MatchString(v) {
			return "no name of a label", "give letters, digits and underscores"
		}
	}
	if err != nil {
		return "no " + in.Type, "give one"
	}
	return "", ""
}

// step makes a step of the plan.
func (p *preparer) step(section runbook.Section, s runbook.Step) Step {
	out := Step{
		ID: tidy(s.ID), Kind: s.Kind, Section: tidy(section.Heading), Text: tidy(s.Text), Code: tidy(s.Code), URL: tidy(s.URL), Line: s.Line,
		Mode: s.Mode, Declared: s.Mode, Role: tidy(s.Role), Scope: s.Scope, Timeout: s.Timeout, Attempts: 1 + s.Retries,
	}
	if !utf8.ValidString(s.Code) || strings.ContainsRune(s.Code, 0) {
		p.problems.Add("value", s.ID+".code", s.Code, "no text in UTF-8 without NUL", "repair the file")
	}
	p.attributes(s, &out)
	if !s.Runs() || s.Kind == runbook.Decision {
		out.Mode = runbook.Manual
		if s.Mode != runbook.Manual {
			p.warn(s, diag.Warning, "placement", s.Mode.String(), "there is nothing in the step that a machine could run", "give it code, or declare it manual")
		}
		return out
	}
	command, commands, ok := p.command(s)
	if !ok {
		out.Mode = runbook.Manual
	} else {
		out.Command = command
	}
	out.Risk = riskOf(command, s.Code, s.Changes, commands)
	if out.Mode == runbook.Manual {
		out.Attempts = 1
		return out
	}
	if out.Attempts > 1 && !out.Repeatable {
		out.Attempts = 1
		p.warn(s, diag.Warning, "not-repeatable", strconv.Itoa(s.Retries), "it does not say that doing it twice does no harm, and is tried once", "add idempotent=true, or take the retry out")
	}
	if out.Timeout == 0 {
		out.Timeout = p.r.Timeout
	}
	if out.Timeout == 0 {
		p.warn(s, diag.Warning, "no-time-limit", "", "the step may run for ever", "give it a timeout, or the request one for all")
	}
	if out.Risk >= RiskUnknown && out.Approval.Need < p.r.Approval.Need {
		out.Approval.Need = p.r.Approval.Need
	}
	if out.Approval.Need > 0 && len(out.Approval.Of) == 0 {
		for _, name := range p.r.Approval.Of {
			out.Approval.Of = append(out.Approval.Of, tidy(name))
		}
	}
	if out.Approval.Expiry == 0 {
		out.Approval.Expiry = p.r.Approval.Expiry
	}
	if out.Approval.Need == 0 {
		out.Approval = Quorum{}
		if out.Mode == runbook.Automated && out.Risk >= RiskChanges {
			p.warn(s, diag.Warning, "unapproved-change", "", "it "+out.Risk.String()+" something and asks nobody", "add approve=1, or make it assisted")
		}
	}
	return out
}

// attributes reads what the runbook's own fields do not have.
func (p *preparer) attributes(s runbook.Step, out *Step) {
	duration := func(key string, to *time.Duration) {
		text, ok := s.Attributes[key]
		if !ok {
			return
		}
		d, err := quantity.ParseDuration(text)
		if err != nil || d.Fixed <= 0 {
			p.problems.Add("value", s.ID+"."+key, text, "no duration", "write "+key+"=5m")
			return
		}
		*to = d.Fixed
	}
	duration("pause", &out.Pause)
	duration("by-hand", &out.ByHand)
	if s.Approvals > 0 {
		out.Approval.Need = s.Approvals
		for name := range strings.SplitSeq(s.Attributes["approvers"], ",") {
			if name = strings.TrimSpace(name); name != "" {
				out.Approval.Of = append(out.Approval.Of, tidy(name))
			}
		}
		duration("expiry", &out.Approval.Expiry)
	}
	switch text, ok := s.Attributes["idempotent"]; {
	case text == "true" || ok && text == "":
		out.Repeatable = true
	case ok && text != "false":
		p.problems.Add("value", s.ID+".idempotent", text, "neither true nor false", "write idempotent=true if doing it twice does no harm")
	default:
		out.Repeatable = s.Kind == runbook.Query && !ok
	}
	switch text, ok := s.Attributes["on-failure"]; {
	case text == "continue":
		out.GoOn = true
	case ok && text != "abort":
		p.problems.Add("value", s.ID+".on-failure", text, "neither abort nor continue", "write on-failure=continue to go on where the step fails")
	}
}

var shells = []string{"", "sh", "bash", "shell", "console", "shell-session", "shellsession", "shellscript", "zsh", "ksh", "terminal"}

// command renders the code of a step. ok is false where only a person can do it.
func (p *preparer) command(s runbook.Step) (c Command, commands [][]string, ok bool) {
	c = Command{Language: tidy(s.Language)}
	machine, missing := s.Mode != runbook.Manual, false
	var spots []spot
	for _, h := range s.Placeholders {
		v, known := p.values[h.Input]
		if !known && environment(h.Text) && (slices.Contains(p.r.Environment, h.Input) || assigns(s.Code, h.Input)) {
			continue
		}
		if !known {
			if machine && !p.refused[h.Input] {
				p.problems.Add("input", "inputs."+h.Input, h.Text, "the step "+s.ID+" has no value for it", "give it as an input or a label")
			}
			missing = true
			continue
		}
		if v.Value == "" && !v.Secret && machine {
			p.problems.Add("input", "inputs."+h.Input, h.Text, "its value is empty", "give one, or make the step manual")
		}
		if h.Start < 0 || h.End > len(s.Code) || h.Start >= h.End || len(spots) > 0 && h.Start < spots[len(spots)-1].end {
			p.problems.Add("value", s.ID+".placeholders", h.Text, "not where the code has it", "give what the parser found")
			return c, nil, false
		}
		if name := strings.Trim(h.Text, "${}"); environment(h.Text) && !identifier(name) {
			p.lower(s, "placement", h.Text, "an expansion with a rule of its own would lose it", "write $"+h.Input)
			c.Script = s.Code
			return c, scan(s.Code, nil).commands, false
		}
		spots = append(spots, spot{h.Start, h.End, h.Input, "IN_" + h.Input})
	}
	if missing {
		c.Script = s.Code
		return c, scan(s.Code, nil).commands, false
	}
	if s.Kind == runbook.Query || s.Language == "promql" {
		c.Language = "promql"
		return p.query(s, c, spots)
	}
	if !slices.Contains(shells, s.Language) {
		c.Script = s.Code
		if len(spots) > 0 {
			p.lower(s, "placement", s.Code[spots[0].start:spots[0].end], "values are handed to shells and programs, not spliced into "+s.Language, "read it from an argument or the environment")
		}
		return c, nil, len(spots) == 0
	}
	c.Language = "shell"
	found := scan(s.Code, spots)
	ok = true
	for _, t := range found.troubles {
		p.lower(s, "placement", s.Code[t.spot.start:t.spot.end], t.reason, "write the command so that the value is a word, or a part of one, of its own")
		ok = false
	}
	secret := false
	for i, sp := range spots {
		v := p.values[sp.input]
		secret = secret || v.Secret
		if v.Secret {
			continue
		}
		if found.begins[i] && strings.HasPrefix(v.Value, "-") {
			p.lower(s, "value-as-option", v.Value, "the program would take it for an option", "write it behind --name= or --, and check where it comes from")
			ok = false
		}
		if found.reread != "" && !harmless(v.Value) {
			p.lower(s, "value-reread", v.Value, "by "+diag.Quote(found.reread)+" it may be read as code once more", "use the value only as an argument of the program that needs it")
			ok = false
		}
	}
	if !ok {
		c.Script = s.Code
		return c, found.commands, false
	}
	if found.args != nil && !secret {
		for _, word := range found.args {
			var b strings.Builder
			for _, part := range word {
				b.WriteString(cmp.Or(part.text, p.values[part.input].Value))
			}
			c.Args = append(c.Args, b.String())
		}
		return c, found.commands, true
	}
	c.Shell = "sh"
	if slices.Contains([]string{"bash", "zsh", "ksh"}, s.Language) {
		c.Shell = s.Language
	}
	c.Script = found.text
	seen := make(map[string]bool)
	for _, sp := range spots {
		if v := p.values[sp.input]; !seen[sp.input] {
			seen[sp.input] = true
			c.Env = append(c.Env, Variable{Name: sp.variable, Input: sp.input, Value: v.Value, Secret: v.Secret})
		}
	}
	return c, found.commands, true
}

// lower notes why a step is left to a person. A step that is so anyway shows its code
// without the values, and nothing is wrong with that.
func (p *preparer) lower(s runbook.Step, code, text, reason, remedy string) {
	level := diag.Warning
	if s.Mode == runbook.Manual {
		level = diag.Info
	}
	p.warn(s, level, code, text, reason, remedy)
}

// query puts values into the strings of a PromQL expression, escaped, and nowhere else.
func (p *preparer) query(s runbook.Step, c Command, spots []spot) (Command, [][]string, bool) {
	var b strings.Builder
	quote, from := byte(0), 0
	plain := func(to int) {
		for ; from < to; from++ {
			switch ch := s.Code[from]; {
			case quote == 0 && (ch == '"' || ch == '\'' || ch == '`'):
				quote = ch
			case quote != 0 && quote != '`' && ch == '\\' && from+1 < to:
				b.WriteByte(ch)
				from++
			case ch == quote:
				quote = 0
			}
			b.WriteByte(s.Code[from])
		}
	}
	ok := true
	for _, sp := range spots {
		plain(sp.start)
		v := p.values[sp.input]
		switch {
		case v.Secret:
			p.lower(s, "placement", s.Code[sp.start:sp.end], "a query is no place for a secret", "take it out")
			ok = false
		case quote == '"' || quote == '\'':
			text := strconv.Quote(tidy(v.Value))
			text = text[1 : len(text)-1]
			if quote == '\'' {
				text = strings.ReplaceAll(strings.ReplaceAll(text, `\"`, `"`), `'`, `\'`)
			}
			b.WriteString(text)
		case labelName.MatchString(v.Value):
			b.WriteString(v.Value)
		default:
			p.lower(s, "placement", s.Code[sp.start:sp.end], "outside of quotes a value would be read as an expression", `write label="…"`)
			ok = false
		}
		from = sp.end
	}
	plain(len(s.Code))
	if ok {
		c.Script = b.String()
	} else {
		c.Script = s.Code
	}
	return c, nil, ok
}

// environment reports whether a placeholder is a variable of a shell.
func environment(text string) bool { return strings.HasPrefix(text, "$") }

// assigns reports whether a script gives the variable its value by itself.
func assigns(code, name string) bool {
	if !identifier(name) {
		return false
	}
	return regexp.MustCompile(`(^|[\s;&|(])(` + name + `=|for\s+` + name + `\s|read\s+([^;|&\n]*\s)?` + name + `(\s|;|$))`).MatchString(code)
}
