package runbook

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/quantity"
)

// maxAttributes is how many attributes of a fence are read.
const maxAttributes = 64

// fenceInfo splits an info string: a language, then {name=x timeout=5m},
// {"name":"x"} or name=x. ok is false if something is there that is none of it.
func fenceInfo(info string) (language string, attributes map[string]string, ok bool) {
	info = strings.TrimSpace(info)
	i := strings.IndexAny(info, " \t{")
	if i < 0 {
		return strings.ToLower(info), nil, true
	}
	language, rest := strings.ToLower(info[:i]), strings.TrimSpace(info[i:])
	if len(rest) > 4096 {
		return language, nil, false
	}
	braces := strings.HasPrefix(rest, "{") && strings.HasSuffix(rest, "}")
	if braces {
		var object map[string]any
		if strings.Contains(rest, ":") && json.Unmarshal([]byte(rest), &object) == nil {
			attributes = make(map[string]string, len(object))
			for k, v := range object {
				switch v := v.(type) {
				case string:
					attributes[k] = v
				case bool:
					attributes[k] = strconv.FormatBool(v)
				case float64:
					attributes[k] = strconv.FormatFloat(v, 'f', -1, 64)
				default:
					return language, nil, false
				}
			}
			return language, attributes, true
		}
		rest = rest[1 : len(rest)-1]
	}
	ok = true
	for rest = strings.TrimLeft(rest, " \t,"); rest != ""; rest = strings.TrimLeft(rest, " \t,") {
		end := strings.IndexAny(rest, " \t,=")
		if end < 0 {
			end = len(rest)
		}
		key := rest[:end]
		rest = rest[end:]
		value, given := "", strings.HasPrefix(rest, "=")
		if given {
			rest = rest[1:]
			if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
				j := strings.IndexByte(rest[1:], rest[0])
				if j < 0 {
					return language, attributes, false
				}
				value, rest = rest[1:1+j], rest[j+2:]
			} else {
				j := strings.IndexAny(rest, " \t,")
				if j < 0 {
					j = len(rest)
				}
				value, rest = rest[:j], rest[j:]
			}
		}
		switch {
		case key == "" || strings.ContainsAny(key, "{}\"'"):
			return language, attributes, false
		case !given && !braces && attributes == nil:
			continue // a word behind the language, as a file's name, says nothing
		case strings.HasPrefix(key, ".") || strings.HasPrefix(key, "#"):
			continue // class and id of HTML
		case !given:
			value = "true"
		}
		if attributes == nil {
			attributes = make(map[string]string)
		}
		if len(attributes) < maxAttributes {
			attributes[key] = value
		}
	}
	return language, attributes, ok
}

// attributes gives the step what the fence says of it.
func (p *parse) attributes(s *Step, attributes map[string]string, offset int) {
	if len(attributes) == 0 {
		return
	}
	s.Attributes = attributes
	bad := func(key, reason, remedy string) {
		p.add("R025", diag.Error, offset, key+"="+attributes[key], reason, remedy)
	}
	count := func(key string, most int, into *int) {
		v, ok := attributes[key]
		if !ok {
			return
		}
		n, err := strconv.Atoi(v)
		if v == "true" {
			n, err = 1, nil
		}
		if err != nil || n < 0 || n > most {
			bad(key, fmt.Sprintf("no whole number from 0 to %d", most), "write "+key+"=1, for example")
			return
		}
		*into = n
	}
	s.Name = attributes["name"]
	s.Role, s.Next = attributes["role"], attributes["next"]
	s.Rollback = attributes["rollback"]
	if v, ok := attributes["kind"]; ok {
		if err := s.Kind.UnmarshalText([]byte(v)); err != nil {
			bad("kind", "no kind of step", "write one of "+prose.Or(kinds))
		}
	}
	if v, ok := attributes["mode"]; ok {
		if err := s.Mode.UnmarshalText([]byte(v)); err != nil {
			bad("mode", "no mode of a step", "write one of "+prose.Or(modes))
		}
	}
	count("approve", 100, &s.Approvals)
	count("retry", 100, &s.Retries)
	count("scope", 1000, &s.Scope)
	if v, ok := attributes["timeout"]; ok {
		d, ok := fixed(v)
		if !ok || d <= 0 {
			bad("timeout", "no positive length of time", "write timeout=5m, for example")
		} else {
			s.Timeout = d
		}
	}
}

// fixed reads a duration; calendar months count 30 days, which is exact enough
// for reviews and timeouts.
func fixed(s string) (time.Duration, bool) {
	d, err := quantity.ParseDuration(s)
	if err != nil || d.Months > 12*200 || d.Months < 0 {
		return 0, false
	}
	total := time.Duration(d.Months)*30*24*time.Hour + d.Fixed
	if d.Fixed < 0 || total < d.Fixed {
		return 0, false
	}
	return total, true
}
