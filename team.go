package ownership

import "github.com/srekit/ownership/oncall/response"

// Team owns services: its people, the ways to reach them, and who is on call.
type Team struct {
	Version     int // of the format; 0 means 1
	Name        string
	Description string
	Area        string
	TimeZone    string // IANA name; empty means UTC
	Members     []response.Person
	Handlers    []Handler
	Schedule    Schedule

	// Findings are the warnings and infos of reading the team.
	Findings []Finding

	origin *origin
}

// Source is the name of the file from which the team was read, empty for a
// literal.
func (t Team) Source() string {
	if t.origin == nil {
		return ""
	}
	return t.origin.source
}

// Handler returns the handler of that name.
func (t Team) Handler(name string) (Handler, bool) {
	for _, h := range t.Handlers {
		if h.Name == name {
			return h, true
		}
	}
	return Handler{}, false
}

// team reads a team.
func (d *decoder) team(n *node, path string, version int) (Team, bool) {
	t := Team{Version: version, origin: &origin{source: d.source, prefix: path, at: make(map[string]position, 8*len(n.pairs))}}
	outer := d.origin
	d.origin = t.origin
	defer func() { d.origin = outer }()
	d.mark(path, n)
	f, ok := d.fields(n, path, teamSection)
	if !ok {
		return t, false
	}
	t.Name, t.Description, t.Area, t.TimeZone = f.name("name"), f.str("description"), f.name("area"), f.zone("time_zone")
	f.list("members", false, func(n *node, path string) {
		t.Members = append(t.Members, d.member(n, path, t.TimeZone))
	})
	f.list("handlers", false, func(n *node, path string) {
		t.Handlers = append(t.Handlers, d.handler(n, path))
	})
	if n := f.get("schedule"); n != nil {
		t.Schedule = d.schedule(n, f.at("schedule"))
	}
	return t, true
}
