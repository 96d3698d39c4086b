package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/examples/internal/points"
	"github.com/srekit/ownership/oncall/response"
)

// input is what stands on standard input. Only alerts are needed.
type input struct {
	Name   string `json:"name"`
	Alerts []struct {
		Service  string  `json:"service"`
		Name     string  `json:"name"`
		Severity string  `json:"severity"`
		Start    instant `json:"start"`
		End      instant `json:"end"`
	} `json:"alerts"`
	Severity int      `json:"severity"`
	Joined   []string `json:"joined"`
	Expected float64  `json:"expected_seconds"`
	Calls    []struct {
		Person   string  `json:"person"`
		At       instant `json:"at"`
		Incident string  `json:"incident"`
	} `json:"calls"`
}

// instant keeps the text of a time, so that all that are wrong are told at once.
type instant string

// UnmarshalJSON takes a text, or a number of Unix seconds.
func (i *instant) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) != nil {
		text = string(data)
	}
	if text != "null" {
		*i = instant(text)
	}
	return nil
}

// mostExpected is how long an incident may be expected to last.
const mostExpected = 10_000 * time.Hour

// explained is what is wrong with the JSON, without words of the language that reads
// it.
func explained(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &kind):
		want := map[reflect.Kind]string{reflect.Slice: "a list", reflect.Struct: "an object", reflect.String: "a text", reflect.Int: "a whole number", reflect.Float64: "a number"}[kind.Type.Kind()]
		return fmt.Errorf("byte %d: %s where %s is expected", kind.Offset, strings.TrimPrefix(kind.Field+": "+kind.Value, ": "), want)
	case errors.As(err, &syntax):
		return fmt.Errorf("byte %d: no JSON: %w", syntax.Offset, err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON ends too early; close what is open")
	}
	return err
}

// read is the incident on standard input, or everything that is wrong with it.
func read(r io.Reader) (in ownership.IncidentInput, opt ownership.StandbyOptions, err error) {
	var v input
	d := json.NewDecoder(r)
	if err := d.Decode(&v); errors.Is(err, io.EOF) {
		return in, opt, errors.New(`standard input: nothing stands here; write {"alerts": [{"service": "login", "start": "2026-01-05T09:00:00Z"}]}`)
	} else if err != nil {
		return in, opt, fmt.Errorf("standard input: %w", explained(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return in, opt, errors.New("standard input: more stands behind the object; write one object")
	}
	var wrong []error
	parse := func(path string, text instant) (t time.Time) {
		if text != "" {
			if t, err = points.ParseTime(string(text)); err != nil {
				wrong = append(wrong, fmt.Errorf("standard input: %s: %q: %w", path, string(text), err))
			}
		}
		return t
	}
	if !(math.Abs(v.Expected) <= mostExpected.Seconds()) {
		wrong = append(wrong, fmt.Errorf("standard input: expected_seconds: %g is beyond %s; write how long it may last, or leave it out", v.Expected, mostExpected))
		v.Expected = 0
	}
	in = ownership.IncidentInput{Name: v.Name, Severity: v.Severity, Joined: v.Joined, Expected: time.Duration(v.Expected * float64(time.Second))}
	for i, a := range v.Alerts {
		at := fmt.Sprintf("alerts[%d]", i)
		in.Alerts = append(in.Alerts, ownership.IncidentAlert{Service: a.Service, Name: a.Name, Severity: a.Severity, Start: parse(at+".start", a.Start), End: parse(at+".end", a.End)})
	}
	for i, c := range v.Calls {
		opt.Calls = append(opt.Calls, response.Call{Person: c.Person, At: parse(fmt.Sprintf("calls[%d].at", i), c.At), Incident: c.Incident})
	}
	return in, opt, errors.Join(wrong...)
}
