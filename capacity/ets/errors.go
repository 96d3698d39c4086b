package ets

// InputError says why no answer exists for what was passed, and what to pass
// instead. It is found with errors.As.
type InputError struct {
	What   string // the argument and its place: "value 17", "model AAdA"
	Reason string // what is wrong with it
	Remedy string // what to do
}

// Error gives "ets: what reason: remedy".
func (e *InputError) Error() string {
	return "ets: " + e.What + " " + e.Reason + ": " + e.Remedy
}
