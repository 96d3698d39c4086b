package ownership

import (
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// DefaultHold is how long a condition must hold before it counts, if it does
// not say: one noisy evaluation must not wake anybody or take a release back.
const DefaultHold = 5 * time.Minute

// Condition is when an alert fires or a release is taken back: the metric's
// value is beyond a threshold, for a while.
type Condition struct {
	Metric     string    // error_rate, latency, burn_rate or the name of a capacity metric; empty means by the threshold
	Quantile   slo.Ratio // 0.95 for p95
	Aggregate  string    // mean or max, instead of a quantile
	Comparator string    // <, <=, >, >= or =; empty means >
	Threshold  Threshold
	Hold       time.Duration // 0 means DefaultHold
}

// Threshold is the value of a condition; one of the fields is set.
type Threshold struct {
	Ratio    slo.Ratio     // a share in [0,1]
	Duration time.Duration // positive
	Rate     Rate          // events over time
	Number   float64       // positive: a burn rate, or a capacity metric in its own unit
}

// IsZero reports whether no threshold is given.
func (t Threshold) IsZero() bool { return t == Threshold{} }

// String is the form in which a spec writes it: "0.05%", "200ms", "14.4".
func (t Threshold) String() string {
	switch {
	case !t.Ratio.IsZero():
		return t.Ratio.Percent()
	case t.Duration != 0:
		return quantity.Duration{Fixed: t.Duration}.String()
	case t.Rate != Rate{}:
		return t.Rate.String()
	case t.Number != 0:
		return number(t.Number)
	}
	return ""
}

// number is the shortest decimal form without an exponent.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// IsZero reports whether there is no condition.
func (c Condition) IsZero() bool { return c == Condition{} }

// metric is the metric's name, from the threshold where none is given.
func (c Condition) metric() string {
	switch {
	case c.Metric != "":
		return c.Metric
	case !c.Threshold.Ratio.IsZero():
		return errorRateKey
	case c.Threshold.Duration != 0:
		return latencyKey
	}
	return ""
}

// String is the form in which a spec writes the condition in one line:
// "0.1% error_rate for 5m", "p95 latency > 200ms for 10m".
func (c Condition) String() string {
	if c.IsZero() {
		return ""
	}
	line := c.Threshold.String()
	subject := strings.TrimSpace(strings.Join([]string{quantileText(c.Quantile), c.Aggregate, c.Metric}, " "))
	subject = strings.Join(strings.Fields(subject), " ")
	switch {
	case subject != "" && !c.Threshold.Ratio.IsZero() && c.Comparator == "" && c.Quantile.IsZero() && c.Aggregate == "":
		line += " " + subject
	case subject != "" || c.Comparator != "":
		comparator := c.Comparator
		if comparator == "" {
			comparator = ">"
		}
		line = strings.TrimSpace(subject + " " + comparator + " " + line)
	}
	if c.Hold > 0 {
		line += " for " + quantity.Duration{Fixed: c.Hold}.String()
	}
	return line
}

// condition reads a condition in one string, or the keys of one.
func (d *decoder) condition(n *node, path string) Condition {
	if n.kind != mappingNode {
		return d.conditionText(n, path, "")
	}
	f, ok := d.fields(n, path, conditionSection)
	if !ok {
		return Condition{}
	}
	return d.conditionFields(f)
}

// conditionFields reads threshold, metric, quantile and hold. What the
// threshold's string says itself must not be said twice with different words.
func (d *decoder) conditionFields(f fields) Condition {
	var c Condition
	if n := f.get("threshold"); n != nil {
		if n.kind == mappingNode {
			d.fail(n, f.at("threshold"), "type", "a mapping stands here instead of a value", "write metric, quantile, threshold and hold side by side")
		} else {
			c = d.conditionText(n, f.at("threshold"), identifier(f.peek("metric")))
		}
	}
	conflict := func(key, said string) {
		d.fail(f.get(key), f.at(key), "conflict", "the threshold says "+said+" already", "keep one of them")
	}
	if n := f.get("metric"); n != nil {
		metric := identifier(f.name("metric"))
		switch t := c.Threshold; {
		case metric == "":
		case c.Metric != "" && c.Metric != metric:
			conflict("metric", c.Metric)
		case metric == errorRateKey && t.Duration != 0:
			d.fail(n, f.at("metric"), "conflict", "an error rate is a share, the threshold "+t.String()+" is a time", "write metric: latency, or a threshold such as 0.1%")
		case metric == latencyKey && !t.Ratio.IsZero():
			d.fail(n, f.at("metric"), "conflict", "a latency is a time, the threshold "+t.String()+" is a share", "write metric: error_rate, or a threshold such as 200ms")
		default:
			c.Metric = metric
		}
	}
	if n := f.get("quantile"); n != nil {
		if q, aggregate, ok := d.quantile(n, f.at("quantile")); ok {
			if (!c.Quantile.IsZero() || c.Aggregate != "") && (c.Quantile != q || c.Aggregate != aggregate) {
				conflict("quantile", strings.TrimSpace(quantileText(c.Quantile)+c.Aggregate))
			} else {
				c.Quantile, c.Aggregate = q, aggregate
			}
		}
	}
	if hold, ok := f.duration("hold"); ok {
		if c.Hold != 0 && c.Hold != hold {
			conflict("hold", "for "+quantity.Duration{Fixed: c.Hold}.String())
		} else {
			c.Hold = hold
		}
	}
	return c
}

// identifier is a metric's name in lower case with underscores.
func identifier(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), "_")
}

// conditionText reads a condition in one string. A bare number means something
// only with the metric that stands beside it.
func (d *decoder) conditionText(n *node, path, metric string) Condition {
	s, ok := d.scalar(n, path)
	if !ok {
		return Condition{}
	}
	q, err := quantity.ParseCondition(s)
	if err != nil && metric != "" {
		for _, comparator := range []string{" > ", " "} {
			if with, e := quantity.ParseCondition(metric + comparator + s); e == nil {
				q, err = with, nil
				q.Implicit = comparator == " > "
				break
			}
		}
	}
	if err != nil {
		d.bad(n, path, err)
		return Condition{}
	}
	d.ambiguous(n, path)
	c := Condition{Metric: identifier(q.Metric), Aggregate: q.Aggregate}
	if !q.Implicit && q.Comparator != quantity.Greater {
		c.Comparator = string(q.Comparator)
	}
	if q.Quantile.IsSet() {
		if c.Quantile, ok = exact(q.Quantile); !ok {
			d.fail(n, path, "value", "the quantile is no decimal", "write one such as p95")
		}
	}
	switch t := q.Threshold; t.Kind {
	case quantity.DurationThreshold:
		c.Threshold.Duration = t.Duration
	case quantity.RatioThreshold:
		if c.Threshold.Ratio, ok = exact(t.Value); !ok {
			d.fail(n, path, "value", "the threshold is no decimal of at most 18 digits", "write a percentage such as 0.1%")
		}
	case quantity.RateThreshold:
		c.Threshold.Rate = Rate{Count: t.Value.Float64(), Per: t.Per, Noun: t.Noun}
	case quantity.NumberThreshold:
		c.Threshold.Number = t.Value.Float64()
	}
	if c.Threshold.IsZero() || c.Threshold.Rate.Per > 0 && c.Threshold.Rate.Count == 0 {
		d.fail(n, path, "value", "the threshold is nought", "write one above it")
		c.Threshold = Threshold{}
	}
	if q.Hold.IsSet() {
		c.Hold, _ = d.fixed(n, path, q.Hold)
	}
	return c
}

// quantile reads p95, 95th percentile, median, or the aggregates mean and max.
func (d *decoder) quantile(n *node, path string) (q slo.Ratio, aggregate string, ok bool) {
	s, ok := d.scalar(n, path)
	if !ok {
		return q, "", false
	}
	c, err := quantity.ParseCondition(strings.TrimSpace(s) + " > 1ms")
	if err != nil || c.Metric != "" || !c.Quantile.IsSet() && c.Aggregate == "" {
		d.fail(n, path, "value", "it is no quantile", "write one such as p95, or median, mean or max")
		return q, "", false
	}
	if c.Aggregate != "" {
		return q, c.Aggregate, true
	}
	if q, ok = exact(c.Quantile); !ok {
		d.fail(n, path, "value", "the quantile is no decimal", "write one such as p95")
	}
	return q, "", ok
}
