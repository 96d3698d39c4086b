package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/srekit/ownership"
	"github.com/srekit/ownership/oncall"
)

// read is the roster of the one service that the spec, a file or a folder,
// holds, or of the one that is named; without services, of its one team.
func read(spec, service string) (oncall.Roster, error) {
	catalog, err := load(spec)
	if err != nil {
		return oncall.Roster{}, err
	}
	var names []string
	for _, s := range catalog.Services {
		if s.Name == service || service == "" && len(catalog.Services) == 1 {
			return catalog.RosterOf(s)
		}
		names = append(names, s.Name)
	}
	switch {
	case service != "":
		return oncall.Roster{}, fmt.Errorf("%s: no service %q; there are %s", spec, service, strings.Join(names, ", "))
	case len(names) == 0 && len(catalog.Teams) == 1:
		return catalog.RosterOf(ownership.Service{OwnerTeam: catalog.Teams[0].Name})
	case len(names) == 0:
		return oncall.Roster{}, fmt.Errorf("%s: no service", spec)
	}
	return oncall.Roster{}, fmt.Errorf("%s: several services; name one with -service: %s", spec, strings.Join(names, ", "))
}

func load(spec string) (ownership.Catalog, error) {
	info, err := os.Stat(spec)
	if err != nil {
		return ownership.Catalog{}, err
	}
	if info.IsDir() {
		return ownership.ReadCatalog(os.DirFS(spec), ownership.CatalogOptions{})
	}
	data, err := os.ReadFile(spec)
	if err != nil {
		return ownership.Catalog{}, err
	}
	return ownership.ReadFiles([]ownership.File{{Name: spec, Data: data}}, ownership.CatalogOptions{})
}
