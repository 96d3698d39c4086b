package runbook

// Form is where the value of an input comes from. In JSON it is its name.
type Form uint8

// The forms of inputs.
const (
	Asked       Form = iota // somebody supplies it: <pod>
	Environment             // a variable of the shell: $POD
	Label                   // a label of the alert: {{ $labels.pod }}
)

var forms = []string{"asked", "environment", "label"}

// String is the form's name: asked, environment or label.
func (f Form) String() string { return nameOf(forms, "form", uint8(f)) }

// MarshalText writes the name; an unknown form is an error.
func (f Form) MarshalText() ([]byte, error) { return writeName(forms, "form", uint8(f)) }

// UnmarshalText reads a name.
func (f *Form) UnmarshalText(text []byte) error {
	i, err := readName(forms, "form", text)
	*f = Form(i)
	return err
}

// Input is a value that a runbook needs: declared in the front matter, or found
// as a placeholder.
type Input struct {
	// Name has the placeholder's letters, digits and underscores: <pod name>
	// and <pod-name> are pod_name; case is kept.
	Name        string   `json:"name"`
	Form        Form     `json:"form"`
	Declared    bool     `json:"declared,omitempty"`    // the front matter has it
	Type        string   `json:"type,omitempty"`        // text (also empty), number, integer, duration or label name; declared
	Description string   `json:"description,omitempty"` // declared
	Default     string   `json:"default,omitempty"`     // declared
	Allowed     []string `json:"allowed,omitempty"`     // declared; empty: everything
	Required    bool     `json:"required,omitempty"`    // it has no default and was not declared optional
	Secret      bool     `json:"secret,omitempty"`      // declared; not to be logged
	Line        int      `json:"line"`                  // 1-based, of the declaration or the first placeholder
}
