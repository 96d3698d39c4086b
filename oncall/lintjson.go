package oncall

import "encoding/json"

// plainLint is LintOptions without methods.
type plainLint LintOptions

// lintJSON is LintOptions as JSON.
type lintJSON struct {
	plainLint
	Rest     float64 `json:"rest_seconds,omitempty"`
	SplitDay float64 `json:"split_day_seconds,omitempty"`
}

// MarshalJSON writes durations as seconds.
func (o LintOptions) MarshalJSON() ([]byte, error) {
	return json.Marshal(lintJSON{plainLint(o), o.Rest.Seconds(), o.SplitDay.Seconds()})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (o *LintOptions) UnmarshalJSON(text []byte) error {
	var j lintJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*o = LintOptions(j.plainLint)
	o.Rest, o.SplitDay = ofSeconds(j.Rest), ofSeconds(j.SplitDay)
	return nil
}
