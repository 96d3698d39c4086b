// Package catalog holds the catalog that the example programs bundle: a service,
// its team, two runbooks, and five weeks of measurements.
package catalog

import "embed"

// Files is the catalog's folder.
//
//go:embed service.yaml team.yaml runbooks measurements
var Files embed.FS
