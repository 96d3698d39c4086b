package alerting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
)

// In JSON a duration is a number of seconds under a key that ends in _seconds,
// and what does not exist is null. These two functions give a struct that form:
// they do what encoding/json does, but for fields of type time.Duration and
// *time.Duration.

var durationType = reflect.TypeFor[time.Duration]()

// jsonField is one field of a struct as it stands in JSON.
type jsonField struct {
	key       string
	index     []int
	omit      bool
	embedding int
}

// jsonFields lists the fields of t in order. Where an embedding struct and an
// embedded one have the same key, the outer field counts.
func jsonFields(t reflect.Type) []jsonField {
	var all []jsonField
	var walk func(t reflect.Type, index []int)
	walk = func(t reflect.Type, index []int) {
		for i := range t.NumField() {
			f := t.Field(i)
			at := append(append([]int(nil), index...), i)
			key, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous && key == "":
				walk(f.Type, at)
				continue
			case !f.IsExported() || key == "-":
				continue
			case key == "":
				key = f.Name
			}
			all = append(all, jsonField{key, at, strings.Contains(options, "omit"), len(index)})
		}
	}
	walk(t, nil)
	fields := all[:0:0]
	for _, f := range all {
		hidden := false
		for _, g := range all {
			hidden = hidden || g.key == f.key && g.embedding < f.embedding
		}
		if !hidden {
			fields = append(fields, f)
		}
	}
	return fields
}

// marshalStruct writes the struct v with its durations in seconds.
func marshalStruct(v any) ([]byte, error) {
	s := reflect.ValueOf(v)
	var b bytes.Buffer
	b.WriteByte('{')
	for _, f := range jsonFields(s.Type()) {
		field := s.FieldByIndex(f.index)
		if f.omit && field.IsZero() {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:", f.key)
		value := field.Interface()
		switch x := value.(type) {
		case time.Duration:
			value = x.Seconds()
		case *time.Duration:
			if x != nil {
				value = x.Seconds()
			}
		}
		if field.Kind() == reflect.Slice && field.IsNil() {
			value = []struct{}{} // a list without entries is [], not null
		}
		text, err := json.Marshal(value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.key, err)
		}
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// unmarshalStruct reads what marshalStruct writes into the struct that v points
// to. Unknown keys are ignored, missing ones leave their field alone.
func unmarshalStruct(data []byte, v any) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	s := reflect.ValueOf(v).Elem()
	for _, f := range jsonFields(s.Type()) {
		text, ok := object[f.key]
		if !ok {
			continue
		}
		field := s.FieldByIndex(f.index)
		null := string(text) == "null"
		switch {
		case field.Type() == durationType && null:
			field.SetInt(0)
		case field.Type() == durationType:
			d, err := parseSeconds(text)
			if err != nil {
				return fmt.Errorf("%s: %w", f.key, err)
			}
			field.SetInt(int64(d))
		case field.Kind() == reflect.Pointer && field.Type().Elem() == durationType && !null:
			d, err := parseSeconds(text)
			if err != nil {
				return fmt.Errorf("%s: %w", f.key, err)
			}
			field.Set(reflect.ValueOf(&d))
		default:
			if err := json.Unmarshal(text, field.Addr().Interface()); err != nil {
				return fmt.Errorf("%s: %w", f.key, err)
			}
		}
	}
	return nil
}

func parseSeconds(text []byte) (time.Duration, error) {
	var x float64
	if err := json.Unmarshal(text, &x); err != nil {
		return 0, err
	}
	if math.Abs(x) > math.MaxInt64/2/float64(time.Second) {
		return 0, fmt.Errorf("%v seconds are more than a duration holds", x)
	}
	return seconds(x), nil
}

// seconds is x seconds, rounded to the nanosecond. What a duration cannot hold
// becomes the longest that it can.
func seconds(x float64) time.Duration {
	ns := math.Round(x * float64(time.Second))
	switch {
	case ns >= math.MaxInt64:
		return math.MaxInt64
	case ns <= math.MinInt64:
		return math.MinInt64
	}
	return time.Duration(ns)
}

// MarshalJSON writes durations in seconds.
func (p Pair) MarshalJSON() ([]byte, error) { return marshalStruct(p) }

// UnmarshalJSON reads what MarshalJSON writes.
func (p *Pair) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, p) }

// boundPairJSON is a bound pair beside the factor as the policy writes it, which
// differs from the bound one where that was raised.
type boundPairJSON struct {
	BoundPair
	Written float64 `json:"written_factor,omitzero"`
}

// MarshalJSON writes the pair's own fields beside its numbers, durations in
// seconds. The key factor is the bound one; written_factor is that of the
// policy, if it has one.
func (p BoundPair) MarshalJSON() ([]byte, error) {
	return marshalStruct(boundPairJSON{p, p.Pair.Factor})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (p *BoundPair) UnmarshalJSON(data []byte) error {
	j := boundPairJSON{BoundPair: *p}
	err := unmarshalStruct(data, &j)
	*p = j.BoundPair
	p.Pair.Factor = j.Written
	return err
}

// MarshalJSON writes durations in seconds.
func (b Bound) MarshalJSON() ([]byte, error) { return marshalStruct(b) }

// UnmarshalJSON reads what MarshalJSON writes.
func (b *Bound) UnmarshalJSON(data []byte) error { return unmarshalStruct(data, b) }
