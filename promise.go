package ownership

import (
	"errors"
	"strings"

	"github.com/srekit/ownership/internal/quantity"
	"github.com/srekit/ownership/slo"
)

// responsibilities reads one item of the list; each key of it is a promise.
func (d *decoder) responsibilities(n *node, path, service string) []Responsibility {
	f, ok := d.fields(n, path, responsibilitySection)
	if !ok {
		return nil
	}
	var out []Responsibility
	for _, p := range n.pairs {
		n := f.get(p.key)
		if n == nil || n.line != p.value.line || n.column != p.value.column {
			continue // no value, or the second of two, which is reported
		}
		r := Responsibility{Key: p.key, Objective: slo.Objective{Service: service}}
		path := f.at(p.key)
		switch p.key {
		case availabilityKey:
			ok = d.availability(n, path, &r)
		case latencyKey:
			ok = d.latency(n, path, &r)
		case errorRateKey:
			ok = d.errorRate(n, path, &r)
		default:
			continue
		}
		if !ok {
			continue
		}
		if r.Objective.Name == "" {
			r.Objective.Name = r.name()
		}
		out = append(out, r)
		d.origin.promises = append(d.origin.promises, strings.TrimPrefix(path, d.origin.prefix+"."))
	}
	if len(n.pairs) == 0 {
		d.fail(n, path, "empty", "the item is empty", "write availability, latency or error_rate")
	}
	return out
}

// objective reads a promise in one string and what all three keys share of it.
func (d *decoder) objective(n *node, path string, r *Responsibility) (quantity.Objective, bool) {
	s, ok := d.scalar(n, path)
	if !ok {
		return quantity.Objective{}, false
	}
	q, err := quantity.ParseObjective(s)
	if err != nil {
		var e *quantity.Error
		if errors.As(err, &e) && r.Key != latencyKey {
			if number, _, ok := strings.Cut(e.Suggestion, "ms or "); ok {
				e.Suggestion = number + "%" // what has no unit is no time here
			} else if strings.HasPrefix(e.Suggestion, "write p95") {
				e.Suggestion = map[string]string{availabilityKey: "write 99.9%", errorRateKey: "write < 0.1%, or p99 < 0.1% for slices of time"}[r.Key]
				e.Expected = strings.Replace(e.Expected, "a comparator", "a share", 1)
			}
		}
		d.bad(n, path, err)
		return q, false
	}
	d.ambiguous(n, path)
	if m := q.Metric; m != "" && !metricFits(r.Key, m) {
		d.fail(n, path, "metric", "the line is about "+r.Key+", the value about "+m, "leave "+m+" out, or put the value under the key that fits")
		return q, false
	}
	if q.Aggregate != "" {
		d.fail(n, path, "aggregate", "a "+q.Aggregate+" cannot be summed over instances and time", "promise a share: p95 < 100ms")
		return q, false
	}
	if q.Window.IsSet() {
		w, err := slo.ParseWindow(q.Window.String())
		if err != nil {
			d.fail(n, path, "value", "a rolling window has no fixed length in months", `write days (30d), or the calendar unit ("per month")`)
			return q, false
		}
		r.Objective.Window = w
	}
	return q, true
}

// metricFits reports whether the words of a metric say what the key says.
func metricFits(key, metric string) bool {
	m := strings.NewReplacer("_", " ", "-", " ").Replace(metric)
	switch key {
	case availabilityKey:
		return m == "availability" || m == "uptime" || m == "success rate"
	case latencyKey:
		return strings.HasSuffix(m, "latency") || strings.HasSuffix(m, "duration") || strings.HasSuffix(m, "response time") || m == "requests"
	}
	return strings.HasSuffix(m, "error rate") || m == "errors" || strings.HasSuffix(m, "error ratio")
}

// share takes the target of a promise from its fraction.
func (d *decoder) share(n *node, path string, q quantity.Fraction, r *Responsibility) bool {
	target, ok := exact(q)
	if !ok {
		d.fail(n, path, "value", "the share is no decimal of at most 18 digits", "write a percentage such as 99.9%")
		return false
	}
	r.Objective.Target = target
	return d.target(n, path, r)
}

// target refuses the targets that promise nothing or everything.
func (d *decoder) target(n *node, path string, r *Responsibility) bool {
	switch {
	case r.Objective.Target.Sign() == 0:
		d.fail(n, path, "target", "a target of 0% promises nothing", "write a share between 0% and 100%, such as 99.9%")
	case r.Objective.Target.Complement().Sign() == 0:
		d.fail(n, path, "target", "a target of 100% leaves no error budget to spend or to measure", "write a share below 100%, such as 99.99%")
	default:
		return true
	}
	return false
}

func (d *decoder) availability(n *node, path string, r *Responsibility) bool {
	if n.kind == mappingNode {
		f, ok := d.fields(n, path, availabilitySection)
		if !ok {
			return false
		}
		d.promise(f, r)
		r.Objective.Target, ok = f.ratio("target")
		return ok && d.target(f.get("target"), f.at("target"), r)
	}
	q, ok := d.objective(n, path, r)
	if !ok {
		return false
	}
	if !q.Target.IsSet() {
		remedy := "write the least share of good events: 99.9%"
		if q.Threshold.Kind == quantity.DurationThreshold {
			remedy = "a bound on time belongs to latency: p95 < 100ms"
		} else if q.Comparator == quantity.Less || q.Comparator == quantity.LessEqual {
			remedy = "write it without the comparator: " + q.Threshold.String()
		}
		d.fail(n, path, "direction", "availability is a least share of good events", remedy)
		return false
	}
	return d.share(n, path, q.Target, r)
}

func (d *decoder) latency(n *node, path string, r *Responsibility) bool {
	r.Objective.Kind = slo.Latency
	if n.kind == mappingNode {
		f, ok := d.fields(n, path, latencySection)
		if !ok {
			return false
		}
		d.promise(f, r)
		r.Objective.Target, ok = f.ratio("target")
		ok = ok && d.target(f.get("target"), f.at("target"), r)
		key, inclusive, given := d.bound(f)
		if !given {
			return false
		}
		v, read := f.duration(key)
		r.Objective.Latency = slo.LatencyBound{Threshold: v, Inclusive: inclusive}
		return ok && read
	}
	q, ok := d.objective(n, path, r)
	switch {
	case !ok:
		return false
	case q.Target.IsSet() || q.Threshold.Kind != quantity.DurationThreshold:
		d.fail(n, path, "value", "a latency is promised as a share of requests below a time", "write p95 < 100ms")
	case q.Comparator != quantity.Less && q.Comparator != quantity.LessEqual:
		d.fail(n, path, "direction", "a latency with "+string(q.Comparator)+" promises slowness", "write "+turned(q))
	case !q.Quantile.IsSet():
		d.fail(n, path, "quantile", "it is not said for which share of the requests", "write p95 < "+q.Threshold.String())
	case q.For.IsSet():
		d.fail(n, path, "value", "a latency is promised for a share of requests, not of slices", "leave out \"for "+q.For.String()+"\"")
	default:
		r.Objective.Latency = slo.LatencyBound{Threshold: q.Threshold.Duration, Inclusive: q.Comparator == quantity.LessEqual}
		return d.share(n, path, q.Quantile, r)
	}
	return false
}

// turned is a promise in the other direction.
func turned(q quantity.Objective) string {
	if q.Comparator = quantity.Less; !q.Quantile.IsSet() && q.Threshold.Kind == quantity.DurationThreshold {
		q.Quantile = quantity.Fraction{Num: 19, Den: 20}
	}
	return q.String()
}

func (d *decoder) errorRate(n *node, path string, r *Responsibility) bool {
	if n.kind == mappingNode {
		return d.errorRateFields(n, path, r)
	}
	q, ok := d.objective(n, path, r)
	if !ok {
		return false
	}
	bound, share := q.Threshold.Value, q.Quantile
	inclusive := q.Comparator == quantity.LessEqual
	switch {
	case q.Target.IsSet(): // 0.01%: at most that is meant, for nobody promises a least share of errors
		if q.Comparator != "" {
			d.fail(n, path, "direction", "an error rate with "+string(q.Comparator)+" promises errors", "write < "+q.Target.String())
			return false
		}
		bound, inclusive = q.Target, true
	case q.Threshold.Kind != quantity.RatioThreshold:
		d.fail(n, path, "value", "an error rate is a share of events", "write < 0.1%, or p99 < 0.1% for slices of time")
		return false
	case q.Comparator != quantity.Less && q.Comparator != quantity.LessEqual:
		d.fail(n, path, "direction", "an error rate with "+string(q.Comparator)+" promises errors", "write "+turned(q))
		return false
	case share.IsSet() && q.For.IsSet():
		d.fail(n, path, "value", "two shares of slices are given", "write one: p99 < "+q.Threshold.String())
		return false
	case q.For.IsSet():
		share = q.For
	}
	b, ok := exact(bound)
	if !ok {
		d.fail(n, path, "value", "the bound is no decimal of at most 18 digits", "write a percentage such as 0.1%")
		return false
	}
	if share.IsSet() {
		r.Objective.Kind = slo.TimeSlices
		r.Objective.Slice = slo.SliceRule{Length: DefaultSlice, Bound: b, Inclusive: inclusive}
		return d.share(n, path, share, r) && d.sliceBound(n, path, r)
	}
	return d.errorBudget(n, path, b, r)
}

// errorBudget makes an objective of a bound on the ratio of errors.
func (d *decoder) errorBudget(n *node, path string, bound slo.Ratio, r *Responsibility) bool {
	switch {
	case bound.Sign() == 0:
		d.fail(n, path, "target", "an error rate of 0% leaves no error budget to spend or to measure", "write a bound above 0%, such as 0.01%")
	case bound.Compare(half) > 0:
		d.fail(n, path, "direction", "more than half of all events may fail", "write the share that may fail ("+bound.Complement().Percent()+"), or availability: "+bound.Percent())
	default:
		r.Objective.Target = bound.Complement()
		return true
	}
	return false
}

var half = slo.MustRatio("0.5")

func (d *decoder) sliceBound(n *node, path string, r *Responsibility) bool {
	if b := r.Objective.Slice.Bound; b.Sign() == 0 && !r.Objective.Slice.Inclusive {
		d.fail(n, path, "target", "no ratio is below 0%, so no slice could be good", "write <= 0%, or a bound above it")
		return false
	} else if b.Compare(half) > 0 {
		d.fail(n, path, "direction", "more than half of all events may fail in a good slice", "write the share that may fail: "+b.Complement().Percent())
		return false
	}
	return true
}

func (d *decoder) errorRateFields(n *node, path string, r *Responsibility) bool {
	f, ok := d.fields(n, path, errorRateSection)
	if !ok {
		return false
	}
	d.promise(f, r)
	key, inclusive, given := d.bound(f)
	length, hasLength := f.duration("slice")
	empty := f.word("empty_slices", "good", "excluded", "bad")
	if !given {
		return false
	}
	bound, ok := f.ratio(key)
	if !ok {
		return false
	}
	t := f.get("target")
	if t == nil {
		for _, k := range []string{"slice", "empty_slices"} {
			if n := f.get(k); n != nil {
				d.fail(n, f.at(k), "conflict", "without a target the bound holds over the window, not in slices", "add target: 99%, or remove the key")
				ok = false
			}
		}
		return d.errorBudget(f.get(key), f.at(key), bound, r) && ok
	}
	r.Objective.Kind = slo.TimeSlices
	r.Objective.Slice = slo.SliceRule{Length: DefaultSlice, Bound: bound, Inclusive: inclusive}
	if hasLength {
		r.Objective.Slice.Length = length
	}
	if empty != "" {
		_ = r.Objective.Slice.Empty.UnmarshalText([]byte(empty)) // cannot fail: it is one of the words
	}
	if r.Objective.Target, ok = f.ratio("target"); !ok {
		return false
	}
	return d.target(t, f.at("target"), r) && d.sliceBound(f.get(key), f.at(key), r)
}

// bound tells which of below and at_most is given.
func (d *decoder) bound(f fields) (key string, inclusive, ok bool) {
	below, most := f.get("below"), f.get("at_most")
	switch {
	case below != nil && most != nil:
		d.fail(most, f.at("at_most"), "conflict", "below is given as well", "keep one of them")
	case below != nil:
		return "below", false, true
	case most != nil:
		return "at_most", true, true
	default:
		d.fail(f.n, f.at("below"), "missing", "the key is missing", "give below or at_most")
	}
	return "", false, false
}

// promise reads the keys that every structured promise has.
func (d *decoder) promise(f fields, r *Responsibility) {
	r.Objective.Name = f.name("name")
	r.Objective.Description = f.str("description")
	r.Objective.Window = f.window("window")
	if n := f.get("indicator"); n != nil {
		r.Indicator = d.indicator(n, f.at("indicator"))
	}
	if n := f.get("alerting"); n != nil {
		r.Alerting = d.burnRateAlerts(n, f.at("alerting"))
	}
	r.Revision = f.str("revision")
}
