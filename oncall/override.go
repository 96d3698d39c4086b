package oncall

import "time"

// OverrideKind says how an override changes who is on call.
type OverrideKind string

// The kinds of overrides.
const (
	Add        OverrideKind = "add"         // Person is on call as well
	Remove     OverrideKind = "remove"      // Person is not on call
	Replace    OverrideKind = "replace"     // Person is on call wherever Replaces was, in the same role
	ReplaceAll OverrideKind = "replace_all" // Person, or nobody if empty, is on call instead of everybody in Role
)

// Override changes who is on call in [Start, End), on one layer or on what the
// layers together say. Overrides may overlap: they apply in their order, each
// to what those before it have left.
//
// Replace and Remove of somebody who is not on call change nothing. Shadows are
// not touched by an override that names no layer, but by Replace and Remove of
// their name.
type Override struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// Kind; empty means Replace if Replaces is given, else ReplaceAll. Replace
	// without a Person is Remove.
	Kind     OverrideKind `json:"kind,omitempty"`
	Person   string       `json:"person,omitempty"`
	Replaces string       `json:"replaces,omitempty"`
	Layer    string       `json:"layer,omitempty"` // name of a layer; empty means all
	// Role is that of Add and ReplaceAll where no layer is named; empty means
	// primary.
	Role string `json:"role,omitempty"`
}

// Temporary is a fixed plan that holds in [Start, End) instead of all layers:
// where it names nobody, nobody is on call. Where two overlap, the later one in
// the list holds. What a generator has planned can be put in force with it.
type Temporary struct {
	Name  string    `json:"name,omitempty"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	// Shifts lie in [Start, End), in any order, and may overlap. Their Layer is
	// kept as text.
	Shifts []Shift `json:"shifts,omitempty"`
}

// Swap hands the turns that From has in [Start, End) to To, and, where the
// return bounds are given, those that To has in [ReturnStart, ReturnEnd) to From.
// A swap that was asked for but not agreed upon does not belong in the list.
// The two parts must not overlap in time. Swaps apply in their order, each to
// what those before it have left; overlapping ones are fine, except that two of
// the same giver whose spans overlap are refused: only the first could apply.
type Swap struct {
	From        string    `json:"from"`
	To          string    `json:"to"`
	Start       time.Time `json:"start"`
	End         time.Time `json:"end"`
	ReturnStart time.Time `json:"return_start,omitzero"`
	ReturnEnd   time.Time `json:"return_end,omitzero"`
}
