package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall"
)

// calendar is the shifts of the year from now on of every schedule, as one
// iCalendar file. Where a schedule cannot be asked, missing says why: a spec
// alone knows no members of its team.
func calendar(catalog ownership.Catalog, now time.Time) (data []byte, missing string, err error) {
	var out bytes.Buffer
	var seen, reasons []string
	for _, service := range catalog.Services {
		roster, err := catalog.RosterOf(service)
		if err != nil {
			reasons = append(reasons, err.Error())
			continue
		}
		name := roster.Definition().Name
		if slices.Contains(seen, name) {
			continue // two services of one team
		}
		seen = append(seen, name)
		part, err := roster.ICalendar(oncall.Calendar{From: now, To: now.AddDate(1, 0, 0), Stamp: now})
		if err != nil {
			return nil, "", fmt.Errorf("calendar of %s: %w", name, err)
		}
		out.Write(part)
	}
	return out.Bytes(), strings.Join(reasons, "\n"), nil
}
