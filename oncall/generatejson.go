package oncall

import (
	"encoding/json"
)

// plainGenerator is a Generator without its methods.
type plainGenerator Generator

// generatorJSON is a Generator as JSON: all but Eligible, which is a function.
type generatorJSON struct {
	plainGenerator
	Rest float64 `json:"rest_seconds,omitempty"`
}

// MarshalJSON writes all but Eligible.
func (g Generator) MarshalJSON() ([]byte, error) {
	return json.Marshal(generatorJSON{plainGenerator(g), g.Rest.Seconds()})
}

// UnmarshalJSON reads what MarshalJSON writes; Eligible stays what it is.
func (g *Generator) UnmarshalJSON(text []byte) error {
	j := generatorJSON{plainGenerator: plainGenerator{Eligible: g.Eligible}}
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*g = Generator(j.plainGenerator)
	g.Rest = ofSeconds(j.Rest)
	return nil
}
