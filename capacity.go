package ownership

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/token"
)

// Capacity is what is forecast for a service, and how far ahead.
type Capacity struct {
	Metrics []Metric
	Horizon time.Duration   // a day is 24 h, a week 168 h; 0 means that none is given
	Season  []time.Duration // lengths of the rhythms; empty means that they are found in the data
}

// Metric is a series of measurements that is forecast.
type Metric struct {
	Name     string
	Kind     MetricKind // unset means by the name; see KindOf
	Capacity float64    // value at which the limit is reached; 0 means 1 for a saturation and unknown for a demand
	Query    string     // PromQL
}

// MetricKind is what the values of a metric mean.
type MetricKind int

// The kinds of metric.
const (
	UnknownMetric MetricKind = iota
	Saturation               // a share of a limit, in [0,1]
	Demand                   // what arrives, in a unit of its own
)

var metricKindNames = [...]string{"", "saturation", "demand"}

// String is the kind's name, empty for UnknownMetric.
func (k MetricKind) String() string {
	if k < 0 || int(k) >= len(metricKindNames) {
		return fmt.Sprintf("MetricKind(%d)", int(k))
	}
	return metricKindNames[k]
}

// MarshalText writes the kind's name; UnknownMetric is empty.
func (k MetricKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what String writes.
func (k *MetricKind) UnmarshalText(text []byte) error {
	for i, name := range metricKindNames {
		if name == string(text) {
			*k = MetricKind(i)
			return nil
		}
	}
	return fmt.Errorf("unknown kind %q of metric; write saturation or demand", text)
}

var (
	saturationWords = []string{"utilization", "utilisation", "saturation", "usage_ratio", "used_ratio", "usage_percent", "fill_ratio"}
	demandWords     = []string{"rate", "rps", "qps", "requests", "traffic", "throughput", "connections", "sessions", "users", "messages", "bytes", "volume"}
)

// KindOf is the metric's kind, by its name where none is given: a name that
// ends in utilization or saturation is a saturation, one that ends in rate,
// rps, requests, connections, bytes and the like a demand.
func (m Metric) KindOf() MetricKind {
	if m.Kind != UnknownMetric {
		return m.Kind
	}
	name := identifier(m.Name)
	ends := func(words []string) bool {
		for _, w := range words {
			if name == w || strings.HasSuffix(name, "_"+w) {
				return true
			}
		}
		return false
	}
	switch {
	case ends(saturationWords):
		return Saturation
	case ends(demandWords):
		return Demand
	}
	return UnknownMetric
}

// Limit is the value at which the metric's limit is reached: its capacity,
// else 1 for a saturation. ok is false where none is known.
func (m Metric) Limit() (limit float64, ok bool) {
	if m.Capacity > 0 {
		return m.Capacity, true
	}
	return 1, m.KindOf() == Saturation
}

func (d *decoder) capacity(n *node, path string) Capacity {
	f, ok := d.fields(n, path, capacitySection)
	if !ok {
		return Capacity{}
	}
	var c Capacity
	f.list("metrics", false, func(n *node, path string) {
		c.Metrics = append(c.Metrics, d.metric(n, path))
	})
	c.Horizon, _ = f.duration("forecast_horizon")
	f.list("season", true, func(n *node, path string) {
		if v, ok := d.duration(n, path); ok {
			c.Season = append(c.Season, v)
		}
	})
	return c
}

func (d *decoder) metric(n *node, path string) Metric {
	if n.kind == scalarNode {
		return Metric{Name: d.name(n, path)}
	}
	f, ok := d.fields(n, path, metricSection)
	if !ok {
		return Metric{}
	}
	m := Metric{Name: f.name("name"), Query: f.str("query")}
	if w := f.word("kind", "saturation", "demand"); w != "" {
		_ = m.Kind.UnmarshalText([]byte(w)) // cannot fail: w is one of them
	}
	if n := f.get("capacity"); n != nil {
		m.Capacity = d.positive(n, f.at("capacity"))
	}
	return m
}

// positive reads a plain decimal number above 0.
func (d *decoder) positive(n *node, path string) float64 {
	s, ok := d.scalar(n, path)
	if !ok {
		return 0
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || n.typ == token.HexIntegerType || !(v > 0 && v <= 1e300) {
		d.fail(n, path, "value", "it is no number above 0", "write a plain number such as 4000")
		return 0
	}
	return v
}
