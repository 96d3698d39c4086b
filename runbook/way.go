package runbook

// Way is how an alert's runbook was found. In JSON it is its name.
type Way uint8

// The ways, in the order in which they are tried.
const (
	Nowhere    Way = iota // not at all
	ByMap                 // the caller's map has the alert
	ByLink                // an annotation or label of the alert names it
	ByTemplate            // the caller's template names it
	ByAlias               // the runbook's front matter names the alert
	ByName                // the file has the alert's name
)

var ways = []string{"nowhere", "map", "link", "template", "alias", "name"}

// String is the way's name: nowhere, map, link, template, alias or name.
func (w Way) String() string { return nameOf(ways, "way", uint8(w)) }

// MarshalText writes the name; an unknown way is an error.
func (w Way) MarshalText() ([]byte, error) { return writeName(ways, "way", uint8(w)) }

// UnmarshalText reads a name.
func (w *Way) UnmarshalText(text []byte) error {
	i, err := readName(ways, "way", text)
	*w = Way(i)
	return err
}
