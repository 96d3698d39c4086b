package synth

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// WriteOpenMetrics writes families in the OpenMetrics 1.0 text format, with
// timestamps, as `promtool tsdb create-blocks-from openmetrics` reads it: the
// families by name, their metrics by labels, all points of a metric in order
// of time, and # EOF. Times are cut to milliseconds; bounds are written as
// OpenMetrics wants them (le="1.0"). Equal input gives equal bytes.
//
// Nothing is written and an error tells of everything that is wrong if a name
// is invalid or stands twice, times do not ascend, lengths differ, or a number
// is NaN or infinite. Other errors are the writer's.
func WriteOpenMetrics(w io.Writer, families []Family) error {
	families = slices.Clone(families)
	slices.SortStableFunc(families, func(a, b Family) int { return cmp.Compare(a.Name, b.Name) })
	var wrong []error
	for i, f := range families {
		if i > 0 && families[i-1].Name == f.Name {
			wrong = append(wrong, fmt.Errorf("openmetrics: %q: the name stands twice; put its metrics into one family", f.Name))
		}
		wrong = append(wrong, f.check()...)
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	buffer := bufio.NewWriter(w)
	for _, f := range families {
		f.write(buffer)
	}
	buffer.WriteString("# EOF\n")
	return buffer.Flush()
}

func (f Family) check() (wrong []error) {
	report := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("openmetrics: %q: %w", f.Name, fmt.Errorf(format, args...)))
	}
	if !validName(f.Name, true) {
		report("not a metric name; use letters, digits, _ and :, without a digit at the start")
	}
	for _, suffix := range []string{"_total", "_bucket", "_count", "_sum", "_created", "_info"} {
		if f.Type != GaugeType && strings.HasSuffix(f.Name, suffix) {
			report("the suffix %s belongs to the samples; leave it out of the family's name", suffix)
		}
	}
	if f.Type != CounterType && f.Type != GaugeType && f.Type != HistogramType {
		report("type %q is none of counter, gauge, histogram", f.Type)
	}
	seen := map[string]bool{}
	for _, m := range f.Metrics {
		labels := labelText(m.Labels)
		if seen[labels] {
			report("the labels {%s} stand twice", labels)
		}
		seen[labels] = true
		for i, l := range sorted(m.Labels) {
			if !validName(l.Name, false) || (f.Type == HistogramType && l.Name == "le") {
				report("%q is not a label name here", l.Name)
			}
			if i > 0 && sorted(m.Labels)[i-1].Name == l.Name {
				report("the label %s stands twice in {%s}", l.Name, labels)
			}
		}
		if f.Type == HistogramType {
			wrong = append(wrong, f.checkHistograms(m, labels)...)
			continue
		}
		if len(m.Times) != len(m.Values) {
			report("{%s} has %d times and %d values", labels, len(m.Times), len(m.Values))
			continue
		}
		for i, v := range m.Values {
			if i > 0 && m.Times[i].UnixMilli() <= m.Times[i-1].UnixMilli() {
				report("{%s}: %s does not come a millisecond after the time before", labels, stamp(m.Times[i]))
			}
			if math.IsNaN(v) || math.IsInf(v, 0) || (f.Type == CounterType && v < 0) {
				report("{%s}: the value at %s is %v", labels, stamp(m.Times[i]), v)
			}
		}
	}
	return wrong
}

func (f Family) checkHistograms(m Metric, labels string) (wrong []error) {
	report := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("openmetrics: %q: {%s}: %w", f.Name, labels, fmt.Errorf(format, args...)))
	}
	for i, h := range m.Histograms {
		if i > 0 && h.Time.UnixMilli() <= m.Histograms[i-1].Time.UnixMilli() {
			report("%s does not come a millisecond after the time before", stamp(h.Time))
		}
		if len(h.Cumulative) != len(h.Le)+1 {
			report("at %s there are %d bounds and %d buckets; there must be one bucket more, for +Inf", stamp(h.Time), len(h.Le), len(h.Cumulative))
			continue
		}
		if math.IsNaN(h.Sum) || math.IsInf(h.Sum, 0) {
			report("the sum at %s is %v", stamp(h.Time), h.Sum)
		}
		for j, c := range h.Cumulative {
			if !(c >= 0) || math.IsInf(c, 0) || (j > 0 && c < h.Cumulative[j-1]) {
				report("bucket %d at %s is %v; buckets are cumulative", j+1, stamp(h.Time), c)
			}
			if j < len(h.Le) && (math.IsNaN(h.Le[j]) || math.IsInf(h.Le[j], 0) || (j > 0 && h.Le[j] <= h.Le[j-1])) {
				report("bound %d at %s is %v; bounds are finite and ascend", j+1, stamp(h.Time), h.Le[j])
			}
		}
	}
	return wrong
}

func (f Family) write(w *bufio.Writer) {
	if f.Help != "" {
		fmt.Fprintf(w, "# HELP %s %s\n", f.Name, escape(f.Help))
	}
	fmt.Fprintf(w, "# TYPE %s %s\n", f.Name, f.Type)
	metrics := slices.Clone(f.Metrics)
	slices.SortStableFunc(metrics, func(a, b Metric) int {
		return cmp.Compare(labelText(a.Labels), labelText(b.Labels))
	})
	for _, m := range metrics {
		labels := labelText(m.Labels)
		if f.Type == HistogramType {
			f.writeHistograms(w, labels, m.Histograms)
			continue
		}
		head := f.Name
		if f.Type == CounterType {
			head += "_total"
		}
		if labels != "" {
			head += "{" + labels + "}"
		}
		for i, v := range m.Values {
			line(w, head, v, m.Times[i])
		}
	}
}

// writeHistograms keeps the points of each series together, which OpenMetrics
// asks for metrics and the importer does not mind.
func (f Family) writeHistograms(w *bufio.Writer, labels string, histograms []Histogram) {
	comma, braces := "", ""
	if labels != "" {
		comma, braces = ",", "{"+labels+"}"
	}
	for _, h := range histograms {
		for j, c := range h.Cumulative {
			le := "+Inf"
			if j < len(h.Le) {
				le = canonical(h.Le[j])
			}
			line(w, f.Name+"_bucket{"+labels+comma+`le="`+le+`"}`, c, h.Time)
		}
		line(w, f.Name+"_count"+braces, h.Count(), h.Time)
		line(w, f.Name+"_sum"+braces, h.Sum, h.Time)
	}
}

func line(w *bufio.Writer, head string, value float64, t time.Time) {
	w.WriteString(head)
	b := append(w.AvailableBuffer(), ' ')
	b = strconv.AppendFloat(b, value, format(value), -1, 64)
	b = append(b, ' ')
	w.Write(append(appendStamp(b, t), '\n'))
}

// format avoids exponents where the digits are exact.
func format(v float64) byte {
	if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
		return 'f'
	}
	return 'g'
}

// stamp returns a time as OpenMetrics writes it: seconds since 1970, with a
// fraction of milliseconds if there is one.
func stamp(t time.Time) string { return string(appendStamp(nil, t)) }

func appendStamp(b []byte, t time.Time) []byte {
	ms := t.UnixMilli()
	if ms < 0 {
		b, ms = append(b, '-'), -ms
	}
	b = strconv.AppendInt(b, ms/1000, 10)
	if ms%1000 != 0 {
		b = append(b, '.')
		for unit := int64(100); unit > 0; unit /= 10 {
			b = append(b, byte('0'+ms/unit%10))
		}
	}
	return b
}

// canonical returns a bound as OpenMetrics 1.0 asks for it: the shortest form,
// and a whole number with ".0".
func canonical(le float64) string {
	s := strconv.FormatFloat(le, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

func sorted(labels []Label) []Label {
	labels = slices.Clone(labels)
	slices.SortStableFunc(labels, func(a, b Label) int { return cmp.Compare(a.Name, b.Name) })
	return labels
}

// labelText returns the labels by name, as they stand between braces.
func labelText(labels []Label) string {
	var b strings.Builder
	for i, l := range sorted(labels) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(l.Name + `="` + escape(l.Value) + `"`)
	}
	return b.String()
}

func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`).Replace(strings.ToValidUTF8(s, "\uFFFD"))
}

func validName(s string, colon bool) bool {
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || colon && c == ':'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
