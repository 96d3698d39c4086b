package quantity

import "strings"

// zoneAreas are the first parts of the names in the IANA time zone database.
var zoneAreas = []string{
	"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "Etc",
}

// zoneOf gives a place for an abbreviation, which by itself names no zone: it
// says nothing about summer time, and some are used by several countries.
func zoneOf(abbreviation string) string {
	switch strings.ToUpper(abbreviation) {
	case "EST", "EDT", "ET":
		return "America/New_York"
	case "CST", "CDT", "CT":
		return "America/Chicago"
	case "MST", "MDT", "MT":
		return "America/Denver"
	case "PST", "PDT", "PT":
		return "America/Los_Angeles"
	case "BST":
		return "Europe/London"
	case "CET", "CEST", "MET":
		return "Europe/Berlin"
	case "EET", "EEST":
		return "Europe/Helsinki"
	case "WET", "WEST":
		return "Europe/Lisbon"
	case "IST":
		return "Asia/Kolkata"
	case "JST":
		return "Asia/Tokyo"
	case "AEST", "AEDT":
		return "Australia/Sydney"
	case "Z":
		return "UTC"
	}
	return ""
}

// zone reads the name of an IANA time zone. Only its shape is checked, since
// the zones that exist depend on the machine's database: UTC, GMT, or an area
// of the database, a slash and one or two names.
func (s *scanner) zone() (string, bool) {
	start := s.pos
	name := s.token()
	s.pos += len(name)
	if name == "UTC" || name == "GMT" {
		return name, true
	}
	area, place, slash := strings.Cut(name, "/")
	if !slash {
		if upper := strings.ToUpper(name); upper == "UTC" || upper == "GMT" {
			return "", s.failAt(start, "a time zone", name, "write "+upper)
		}
		if zone := zoneOf(name); zone != "" {
			return "", s.failAt(start, "a time zone named by a place", name, "write "+zone+" or the like")
		}
		return "", s.failAt(start, "a time zone such as Europe/Berlin or the end", name, "remove "+quoted(name))
	}
	for _, known := range zoneAreas {
		if area != known {
			continue
		}
		if zonePlace(place) {
			return name, true
		}
		suggestion := "write " + known + "/City"
		if fixed := titled(place); zonePlace(fixed) {
			suggestion = "write " + known + "/" + fixed
		}
		return "", s.failAt(start+len(area)+1, "the place of a time zone", place, suggestion)
	}
	suggestion := "write Europe/Berlin or UTC"
	if near := nearest(area, zoneAreas); near != "" {
		suggestion = "did you mean " + near + "/" + titled(place) + "?"
	}
	return "", s.failAt(start, "an area of the time zone database", area, suggestion)
}

// zonePlace reports whether place looks like "New_York", "Port-au-Prince",
// "Argentina/Buenos_Aires" or "GMT+5".
func zonePlace(place string) bool {
	upper, slashes := true, 0
	for i := range len(place) {
		c := place[i]
		switch {
		case upper && (c < 'A' || c > 'Z'):
			return false
		case c == '/':
			if slashes++; slashes > 1 || i == len(place)-1 {
				return false
			}
			upper = true
			continue
		case !isLetter(c) && !isDigit(c) && c != '_' && c != '-' && c != '+':
			return false
		}
		upper = false
	}
	return place != "" && len(place) <= 40
}

// titled is place with a capital at the beginning of every part.
func titled(place string) string {
	b := []byte(place)
	for i, c := range b {
		if i == 0 || b[i-1] == '/' || b[i-1] == '_' {
			if c >= 'a' && c <= 'z' {
				b[i] = c - 'a' + 'A'
			}
		} else {
			b[i] = lower(c)
		}
	}
	return string(b)
}
