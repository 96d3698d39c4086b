package runbook

import (
	"encoding/json"
	"time"

	"github.com/srekit/ownership/internal/wire"
)

// Step is one thing to do, to look at or to decide. Code comes without prompts;
// placeholders in it stand as they were written.
type Step struct {
	// ID is unique in its runbook and stays as long as the order of the steps in
	// the section does: the name, else the section and a number ("diagnosis-2").
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // by the attribute name, else empty
	Kind Kind   `json:"kind"`
	Mode Mode   `json:"mode"`

	// Heading is the sub-heading below the section's that the step stands under.
	Heading string `json:"heading,omitempty"`
	Number  int    `json:"number,omitempty"` // in an ordered list; 0 outside one
	Depth   int    `json:"depth,omitempty"`  // how many list items it stands in

	// Text is Markdown: the whole step, or the paragraph that introduces its code.
	Text string `json:"text,omitempty"`

	Language string `json:"language,omitempty"` // of the fence, in lower case: bash, promql
	Code     string `json:"code,omitempty"`     // what to run or to ask
	Expected string `json:"expected,omitempty"` // rest of a console block: what is to be seen
	URL      string `json:"url,omitempty"`      // of a KindLink

	// Attributes are those of the fence's info string, such as {name=drain}; what
	// the fields below hold is repeated.
	Attributes map[string]string `json:"attributes,omitempty"`

	Placeholders []Placeholder `json:"placeholders,omitempty"` // in Code, in order

	// Changes are the words of Code that change something: "kubectl delete".
	Changes []string `json:"changes,omitempty"`

	// Rollback says how to undo it: the attribute rollback (a step's name), or the
	// text that begins with Undo or Roll back right behind the step.
	Rollback string `json:"rollback,omitempty"`

	Approvals int           `json:"approvals,omitempty"` // people that have to agree, by the attribute approve
	Role      string        `json:"role,omitempty"`      // who may run it, by the attribute role
	Scope     int           `json:"scope,omitempty"`     // least scope of who runs it, by the attribute scope; 0: none
	Retries   int           `json:"retries,omitempty"`   // further attempts, by the attribute retry
	Timeout   time.Duration `json:"-"`                   // timeout_seconds in JSON; 0: none
	Next      string        `json:"next,omitempty"`      // step to go on with, by the attribute next

	Line    int `json:"line"`     // 1-based, of the first line: the fence's for code
	Column  int `json:"column"`   // 1-based, counts characters
	EndLine int `json:"end_line"` // of the last line
	Offset  int `json:"offset"`   // bytes from the start of the file
	End     int `json:"end"`      // offset behind the last byte

	fenced   bool // the code stood in a fence
	textLine int  // 1-based line of Text; 0: Line
}

// Runs tells whether the step has code that changes or shows something: a
// command, a query or a check with code.
func (s Step) Runs() bool { return s.Code != "" && s.Kind != Prose && s.Kind != LinkStep }

type plainStep Step

type stepJSON struct {
	plainStep
	TimeoutSeconds wire.Seconds `json:"timeout_seconds,omitempty"`
}

// MarshalJSON writes the timeout as timeout_seconds.
func (s Step) MarshalJSON() ([]byte, error) {
	return json.Marshal(stepJSON{plainStep(s), wire.Seconds(s.Timeout)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Step) UnmarshalJSON(text []byte) error {
	var j stepJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*s = Step(j.plainStep)
	s.Timeout = time.Duration(j.TimeoutSeconds)
	return nil
}

// Placeholder is a place in a step's code where an input belongs. Text is what
// stands there, code[Start:End].
type Placeholder struct {
	Input string `json:"input"` // name of the Input
	Text  string `json:"text"`  // <pod>, $POD, ${POD}, {{ $labels.pod }}
	Start int    `json:"start"` // bytes from the start of Code
	End   int    `json:"end"`
}
