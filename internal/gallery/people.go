package main

import (
	"time"

	"github.com/srekit/ownership/oncall/response"
)

// entries are six that need each other; the last is a platform.
func (m material) entries() []response.Entry {
	out := make([]response.Entry, len(m.names))
	for i, name := range m.names {
		out[i] = response.Entry{Name: name, Team: m.names[i/2], Kind: response.KindService}
		if i+1 < len(m.names) {
			out[i].DependsOn = []response.Edge{{Name: m.names[len(m.names)-1], Soft: i == 1}}
		}
	}
	out[0].DependsOn = append(out[0].DependsOn, response.Edge{Name: m.names[1]}, response.Edge{Name: m.names[2]})
	out[len(out)-1].Kind = response.KindPlatform
	return out
}

func (m material) people() []response.Person {
	var out []response.Person
	for i, name := range m.names {
		p := response.Person{Name: name, Level: 1 + i%5, Zone: m.zone.String()}
		for k, entry := range m.names {
			if (i+k)%3 > 0 {
				p.Qualifications = append(p.Qualifications, response.Qualification{Service: entry, Shadowed: 1, ReverseShadowed: 1 - (i+k)%2*(k%2), LastOnCall: m.now.AddDate(0, 0, -20*(i+k))})
			}
		}
		out = append(out, p)
	}
	return out
}

func (m material) incidentGraph() (picturer, error) {
	g, err := response.NewGraph(m.entries())
	if err != nil {
		return nil, err
	}
	return response.IncidentGraph{Title: m.names[0], Entries: m.entries(), Ranking: g.Roots([]string{m.names[0], m.names[2], m.names[3]}, 0)}, nil
}

// toil is of two years, less in each quarter; one quarter for one point.
func (m material) toil() (picturer, error) {
	quarters := 8
	if len(m.points) == 1 {
		quarters = 1
	}
	var work []response.Work
	for q := range quarters {
		at := m.now.AddDate(0, -3*(q+1), 0)
		for i, entry := range m.names[:3] {
			for k, kind := range []string{response.WorkPage, response.WorkTicket, response.WorkProject} {
				work = append(work, response.Work{Person: m.names[i], Service: entry, Kind: kind, Start: at, Duration: time.Duration((3+i+k+q*(2-k))*10) * time.Hour})
			}
		}
	}
	return drawn(response.MeasureToil(work, response.ToilOptions{Zone: m.zone, Entries: m.entries(), People: m.people()}))
}

func (m material) postMortem() (picturer, error) {
	at := func(minutes int) time.Time { return m.now.Add(time.Duration(minutes-90) * time.Minute) }
	record := response.IncidentRecord{
		Incident: response.Incident{Name: m.names[0], Start: at(0), Alerts: []response.Alert{
			{Entry: m.names[0], Name: m.names[1], Severity: "page", Start: at(4), End: at(52)},
			{Entry: m.names[2], Name: m.names[3], Severity: "ticket", Start: at(11), End: at(58)},
		}, End: at(60)},
		Entries:  m.entries(),
		Duties:   []response.Duty{{Person: m.names[4], Schedule: m.names[0], Start: at(-600), End: at(30)}, {Person: m.names[5], Schedule: m.names[0], Start: at(30), End: at(900)}},
		Audit:    []response.AuditRecord{{At: at(7), Actor: m.names[4], Action: response.ActionAcknowledged, Service: m.names[0]}},
		Roles:    []response.RoleTaken{{Role: response.RoleCommander, Person: m.names[5], From: at(12), To: at(60)}},
		Rollouts: []response.RolloutRecord{{At: at(-6), Service: m.names[5], Revision: "v2", Decision: response.RolloutStarted, Traffic: 0.1}, {At: at(44), Service: m.names[5], Revision: "v2", Decision: response.RolloutRolledBack, Reason: m.names[1]}},
	}
	return drawn(response.NewPostMortem(record, response.PostMortemOptions{Names: true, Zone: m.zone}))
}
