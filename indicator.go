package ownership

import (
	"github.com/srekit/ownership/alerting/rules"
)

// IndicatorOf is the indicator that counts for a responsibility: its own, with
// the service's where it says nothing. Queries of its own take the place of the
// service's preset and selector, and the other way round.
func (s Service) IndicatorOf(r Responsibility) rules.Indicator {
	in, base := r.Indicator, s.Indicator
	queries := func(i rules.Indicator) bool { return i.Bad != "" || i.Good != "" || i.Total != "" }
	switch {
	case queries(in):
	case in.Preset != "" || in.Selector != "":
		if in.Preset == "" {
			in.Preset = base.Preset
		}
		if in.Selector == "" {
			in.Selector = base.Selector
		}
	default:
		in.Preset, in.Selector, in.Bad, in.Good, in.Total = base.Preset, base.Selector, base.Bad, base.Good, base.Total
	}
	if len(in.Buckets) == 0 {
		in.Buckets = base.Buckets
	}
	in.NativeHistogram = in.NativeHistogram || base.NativeHistogram && len(r.Indicator.Buckets) == 0
	if len(in.GroupBy) == 0 {
		in.GroupBy = base.GroupBy
	}
	return in
}

// indicator reads where events are counted.
func (d *decoder) indicator(n *node, path string) rules.Indicator {
	f, ok := d.fields(n, path, indicatorSection)
	if !ok {
		return rules.Indicator{}
	}
	in := rules.Indicator{
		Preset: f.str("preset"), Selector: f.str("selector"),
		Bad: f.str("bad"), Good: f.str("good"), Total: f.str("total"),
		NativeHistogram: f.boolean("native_histogram"), GroupBy: f.names("group_by"),
	}
	f.list("buckets", false, func(n *node, path string) {
		if v, ok := d.duration(n, path); ok {
			in.Buckets = append(in.Buckets, v.Seconds())
		}
	})
	return in
}
