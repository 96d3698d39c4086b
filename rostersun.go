package ownership

import (
	"cmp"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/oncall"
)

// site is the people of one time zone, and of others with the same hours.
type site struct {
	zone    *time.Location
	name    string // of the zone
	members []string
	opens   int // minute of the UTC day at which it is 09:00 there on the schedule's first day
}

// opening is when a site begins its day, in minutes.
const opening = 9 * 60

// followTheSun makes a layer of each zone in which people live. Each begins at
// 09:00 by its clock and goes on until the next begins. That hour moves where
// clocks change on different days, so a layer ends at the latest of it, and the
// later layer covers the earlier one. The ring of sites has to end somewhere:
// the last layer covers the first, which begins later on some days for it, and
// that is where these days are fewest.
func (b *rosterBuilder) followTheSun() {
	s := b.found.schedule
	members := s.Members
	if len(members) == 0 {
		members = b.found.team.responders()
	}
	start, err := time.Parse(time.DateOnly, s.Start)
	if err != nil {
		b.add("value", "start", diag.Quote(s.Start)+" is no day", "write year, month and day: 2026-01-05")
		return
	}
	sites := b.sites(members, start)
	if len(sites) < 2 {
		b.add("members", "", "follow-the-sun needs people in two time zones or more", "give members of the team a time_zone, or write weekly")
		return
	}
	ends := make([]int, len(sites))
	last, fewest := 0, -1
	for i, v := range sites {
		end, late := handover(v.zone, sites[(i+1)%len(sites)].zone, start)
		if ends[i] = end; fewest < 0 || late < fewest {
			last, fewest = i, late
		}
	}
	for i := range sites {
		at := (last + 1 + i) % len(sites)
		l := s.own()
		l.Name, l.TimeZone, l.Members, l.Turns = sites[at].name, sites[at].name, sites[at].members, nil
		l.Coverage = []Coverage{{From: clockOf(opening), To: clockOf(ends[at])}}
		b.layer("", l, i+1)
	}
}

// sites groups people by zone, in the order in which their days begin.
func (b *rosterBuilder) sites(members []string, start time.Time) []site {
	var sites []site
	for _, name := range members {
		zone := b.found.schedule.TimeZone
		for _, p := range b.found.team.Members {
			if p.Name == name && p.Zone != "" {
				zone = p.Zone
			}
		}
		location, ok := b.location("", zone)
		if !ok {
			continue
		}
		i := slices.IndexFunc(sites, func(v site) bool { return v.name == zone || together(v.zone, location, start) })
		if i < 0 {
			opens := oncall.Resolve(start.Year(), start.Month(), start.Day(), 0, opening, 0, location).UTC()
			i, sites = len(sites), append(sites, site{zone: location, name: zone, opens: opens.Hour()*60 + opens.Minute()})
		}
		sites[i].members = append(sites[i].members, name)
	}
	slices.SortStableFunc(sites, func(a, b site) int { return cmp.Or(cmp.Compare(a.opens, b.opens), cmp.Compare(a.name, b.name)) })
	return sites
}

// handover is when a site's day ends, in minutes: the latest time by its clock
// at which it is 09:00 in the next zone, on any day of the four years from
// start; and on how many of these days that is earlier.
func handover(zone, next *time.Location, start time.Time) (end, late int) {
	const day = 24 * 60
	var days [day]int
	most := 1
	for i := range 4 * 366 {
		t := oncall.Resolve(start.Year(), start.Month(), start.Day()+i, 0, opening, 0, next).In(zone)
		after := (t.Hour()*60 + t.Minute() - opening + day) % day
		if after > day-3*60 {
			after = 0 // on these days the next begins before this one
		}
		days[after]++
		most = max(most, after)
	}
	return (opening + most) % day, 4*366 - days[most]
}

// together reports whether two zones always begin their days at once.
func together(a, b *time.Location, start time.Time) bool {
	for i := range 4 * 366 {
		year, month, day := start.Year(), start.Month(), start.Day()+i
		if !oncall.Resolve(year, month, day, 0, opening, 0, a).Equal(oncall.Resolve(year, month, day, 0, opening, 0, b)) {
			return false
		}
	}
	return true
}

// clockOf is a time of day as a schedule writes it.
func clockOf(minutes int) string {
	return time.Date(2000, 1, 1, 0, minutes, 0, 0, time.UTC).Format("15:04")
}
