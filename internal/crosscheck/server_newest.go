//go:build newest

package crosscheck

import (
	"context"

	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/tsdb"
)

// Prometheus 3.14 stores results through the second form of its appender.
func managerOptions(db *tsdb.DB, query rules.QueryFunc) *rules.ManagerOptions {
	return &rules.ManagerOptions{QueryFunc: query, Queryable: db, AppendableV2: db, NotifyFunc: func(context.Context, string, ...*rules.Alert) {}}
}
