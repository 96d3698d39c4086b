package runbook

// Runbook is one Markdown file as it was read. The zero value has no sections.
// Every text in it is what the file holds: escape it before it is shown.
//
// A Runbook shares nothing with the parser and may be read by many goroutines.
type Runbook struct {
	Path     string    `json:"path"`            // slash-separated, below the folder that was read
	Name     string    `json:"name"`            // file name without its extension; README and index have their folder's
	Title    string    `json:"title,omitempty"` // first heading of level 1, else the title of the front matter
	Line     int       `json:"line,omitempty"`  // 1-based, of that heading; 0 if there is none
	Bytes    int       `json:"bytes"`           // size of the file
	Meta     Meta      `json:"meta"`
	Sections []Section `json:"sections,omitempty"`

	// Inputs are the values that somebody has to supply, declared ones first,
	// then the placeholders of the steps in order of appearance.
	Inputs []Input `json:"inputs,omitempty"`

	// Links are all links and shortcodes outside code, in order.
	Links []Link `json:"links,omitempty"`

	// Findings are what the parser itself has to say: front matter that cannot be
	// read, fences without an end, limits. Runbook.Lint repeats them.
	Findings []Finding `json:"findings,omitempty"`
}

// Section is a heading with the steps below it, as far as the next section.
// What stands before the first heading is a section without a heading.
type Section struct {
	Heading string `json:"heading,omitempty"`

	// Topics are the configured names that the heading stands for, such as
	// "diagnosis"; "Diagnosis and mitigation" has two, an unknown heading none.
	Topics []string `json:"topics,omitempty"`

	Level  int `json:"level,omitempty"` // of the heading, 1 to 6; 0 without one
	Line   int `json:"line"`            // 1-based, of the heading
	Offset int `json:"offset"`          // bytes from the start of the file, front matter included
	End    int `json:"end"`             // offset behind the last byte of the section

	// Hollow tells that nothing stands in the section, or nothing but TODO, TBD,
	// N/A and the like.
	Hollow bool `json:"hollow,omitempty"`

	Steps []Step `json:"steps,omitempty"`
}

// Steps are the steps of all sections in order. The slice is the caller's.
func (r Runbook) Steps() []Step {
	n := 0
	for _, s := range r.Sections {
		n += len(s.Steps)
	}
	steps := make([]Step, 0, n)
	for _, s := range r.Sections {
		steps = append(steps, s.Steps...)
	}
	return steps
}

// Step is the step with an ID or, where none has it, with a name.
func (r Runbook) Step(id string) (step Step, ok bool) {
	for _, byName := range []bool{false, true} {
		for _, s := range r.Sections {
			for _, st := range s.Steps {
				if id != "" && (!byName && st.ID == id || byName && st.Name == id) {
					return st, true
				}
			}
		}
	}
	return Step{}, false
}

// Section is the first section of a topic that has content, else the first one.
func (r Runbook) Section(topic string) (section Section, ok bool) {
	for _, s := range r.Sections {
		for _, t := range s.Topics {
			if t == topic && (!ok || section.Hollow && !s.Hollow) {
				section, ok = s, true
			}
		}
	}
	return section, ok
}

// Link is a link of the text, not of code.
type Link struct {
	Text   string `json:"text,omitempty"`
	Target string `json:"target"`        // as written, reference links resolved
	Ref    bool   `json:"ref,omitempty"` // a shortcode {{< ref … >}} or {{< relref … >}}
	Line   int    `json:"line"`          // 1-based
	Column int    `json:"column"`        // 1-based, counts characters
	Offset int    `json:"offset"`        // bytes from the start of the file
}
