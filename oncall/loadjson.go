package oncall

import (
	"encoding/json"
	"math"
	"time"
)

// loadJSON is PersonLoad as JSON: durations in seconds.
type loadJSON struct {
	Person       string    `json:"person"`
	Zone         string    `json:"time_zone"`
	Share        float64   `json:"share"`
	Total        float64   `json:"total_seconds"`
	Nights       float64   `json:"nights_seconds"`
	Weekends     float64   `json:"weekends_seconds"`
	Holidays     float64   `json:"holidays_seconds"`
	Kinds        LoadKinds `json:"kinds"`
	Training     float64   `json:"training_seconds"`
	Handoffs     int       `json:"handoffs"`
	Longest      float64   `json:"longest_seconds"`
	ShortestRest float64   `json:"shortest_rest_seconds"`
	Ratio        float64   `json:"ratio"`
}

// MarshalJSON writes durations as seconds.
func (p PersonLoad) MarshalJSON() ([]byte, error) {
	return json.Marshal(loadJSON{p.Person, p.Zone, p.Share, p.Total.Seconds(), p.Nights.Seconds(), p.Weekends.Seconds(), p.Holidays.Seconds(),
		p.Kinds, p.Training.Seconds(), p.Handoffs, p.Longest.Seconds(), p.ShortestRest.Seconds(), p.Ratio})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *PersonLoad) UnmarshalJSON(text []byte) error {
	var j loadJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*p = PersonLoad{j.Person, j.Zone, j.Share, ofSeconds(j.Total), ofSeconds(j.Nights), ofSeconds(j.Weekends), ofSeconds(j.Holidays),
		j.Kinds, ofSeconds(j.Training), j.Handoffs, ofSeconds(j.Longest), ofSeconds(j.ShortestRest), j.Ratio}
	return nil
}

// loadKindsJSON is LoadKinds as JSON.
type loadKindsJSON struct {
	Day     float64 `json:"day_seconds"`
	Night   float64 `json:"night_seconds"`
	Weekend float64 `json:"weekend_seconds"`
	Holiday float64 `json:"holiday_seconds"`
}

// MarshalJSON writes durations as seconds.
func (k LoadKinds) MarshalJSON() ([]byte, error) {
	return json.Marshal(loadKindsJSON{k.Day.Seconds(), k.Night.Seconds(), k.Weekend.Seconds(), k.Holiday.Seconds()})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (k *LoadKinds) UnmarshalJSON(text []byte) error {
	var j loadKindsJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*k = LoadKinds{ofSeconds(j.Day), ofSeconds(j.Night), ofSeconds(j.Weekend), ofSeconds(j.Holiday)}
	return nil
}

// ofSeconds is a number of seconds as a duration, to the nearest nanosecond; what
// no duration can hold becomes the longest.
func ofSeconds(s float64) time.Duration {
	ns := math.Round(s * 1e9)
	switch {
	case ns >= math.MaxInt64:
		return math.MaxInt64
	case ns <= math.MinInt64:
		return math.MinInt64
	}
	return time.Duration(ns)
}
