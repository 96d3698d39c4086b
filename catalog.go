package ownership

// Catalog is the services and teams of an organisation.
type Catalog struct {
	Services []Service
	Teams    []Team
	Strict   bool // an undefined team, handler, dependency or runbook is an error, not a warning
	Findings []Finding
}

func (c Catalog) undefined(s Service, alone bool) []Finding { return nil }
