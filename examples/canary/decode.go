package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// decode reads one JSON value that has no unknown keys and nothing after it. Errors
// name the line and column.
func decode(data []byte, v any) error {
	return decodeAs(data, v, func(offset int64) string { return place(data, offset) + ": " })
}

// decodePart is decode for a part of the input, of which the caller knows the place.
func decodePart(data []byte, v any) error {
	return decodeAs(data, v, func(int64) string { return "" })
}

func decodeAs(data []byte, v any, at func(offset int64) string) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, err := d.Token(); err != io.EOF {
			return errors.New(at(d.InputOffset()) + "something stands after the first value")
		}
		return nil
	}
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	key, unknown := strings.CutPrefix(err.Error(), "json: unknown field ")
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("empty; write one JSON object")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New(at(int64(len(data))) + "the JSON ends too early")
	case errors.As(err, &syntax):
		return fmt.Errorf("%sno JSON: %w", at(syntax.Offset-1), err)
	case errors.As(err, &kind):
		field := ""
		if kind.Field != "" {
			field = kind.Field + ": "
		}
		return fmt.Errorf("%s%s%s where %s is expected", at(kind.Offset-1), field, kind.Value, expected(kind.Type))
	case unknown:
		return fmt.Errorf("unknown key %s", key)
	}
	return err
}

// place is the line and column of a byte, both from 1.
func place(data []byte, offset int64) string {
	before := data[:max(0, min(offset, int64(len(data))))]
	return fmt.Sprintf("line %d, column %d", 1+bytes.Count(before, []byte("\n")), len(before)-bytes.LastIndexByte(before, '\n'))
}

func expected(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	}
	return "a number below 1.8e308"
}

// count is a whole number, also where it is written as 600.0 or 6e2.
type count int64

// UnmarshalJSON reads a number.
func (c *count) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		v, err := strconv.ParseFloat(string(b), 64)
		if err != nil || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
			return fmt.Errorf("%.40s: no count; write a whole number up to 2⁵³", b)
		}
		n = int64(v)
	}
	*c = count(n)
	return nil
}

// empty tells whether nothing was given.
func empty(data json.RawMessage) bool { return len(data) == 0 || string(data) == "null" }

// list decodes the elements of an array; nothing at all is an empty one.
func list(data json.RawMessage) ([]json.RawMessage, error) {
	if empty(data) {
		return nil, nil
	}
	var out []json.RawMessage
	return out, decodePart(data, &out)
}

// values reads numbers; null is NaN, which the library counts as missing.
func values(data json.RawMessage) ([]float64, error) {
	if empty(data) {
		return nil, nil
	}
	var in []*float64
	if err := decodePart(data, &in); err != nil {
		elements, listErr := list(data)
		if listErr != nil {
			return nil, listErr
		}
		for i, e := range elements {
			var v *float64
			if json.Unmarshal(e, &v) != nil {
				return nil, fmt.Errorf("[%d]: %.40s is no number below 1.8e308; write null for what was not measured", i, e)
			}
		}
		return nil, err
	}
	out := make([]float64, len(in))
	for i, v := range in {
		out[i] = math.NaN()
		if v != nil {
			out[i] = *v
		}
	}
	return out, nil
}
