//go:build !newest

package crosscheck

import (
	"context"

	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/tsdb"
)

func managerOptions(db *tsdb.DB, query rules.QueryFunc) *rules.ManagerOptions {
	return &rules.ManagerOptions{QueryFunc: query, Queryable: db, Appendable: db, NotifyFunc: func(context.Context, string, ...*rules.Alert) {}}
}
