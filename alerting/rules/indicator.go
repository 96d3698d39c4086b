package rules

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/promyaml"
	"github.com/srekit/ownership/slo"
)

// Indicator says where an objective's events are counted: a preset with a
// selector, or queries of your own.
type Indicator struct {
	// Preset names the instrumentation convention; see Presets. Empty means
	// "prometheus-http" unless queries are given.
	Preset string `json:"preset,omitempty"`
	// Selector is a list of PromQL matchers without braces that picks the
	// service's series: `job="auth",namespace="prod"`. Empty means
	// `job="<service>"` (each preset has its own label).
	Selector string `json:"selector,omitempty"`
	// Bad, Good and Total are queries of your own that give events per
	// second. $window stands where the range of a rate belongs:
	// `sum(rate(errors_total[$window]))`. Give Total and one of Bad and Good.
	Bad   string `json:"bad,omitempty"`
	Good  string `json:"good,omitempty"`
	Total string `json:"total,omitempty"`
	// Buckets are the upper bounds of the latency histogram's buckets in
	// seconds, where they differ from the preset's defaults.
	Buckets []float64 `json:"buckets,omitempty"`
	// NativeHistogram reads the latency histogram as a native one: its buckets
	// are interpolated, so any threshold will do. It needs Options.Server 3.0
	// or newer.
	NativeHistogram bool `json:"native_histogram,omitempty"`
	// GroupBy lists labels of the source series by which budgets and alerts
	// are kept apart.
	GroupBy []string `json:"group_by,omitempty"`
}

// Preset is the instrumentation convention of a library or proxy.
type Preset struct {
	Name         string
	Description  string
	Total        string    // counter of all requests
	Bad          string    // matchers that select the failed ones among them
	Bucket       string    // classic histogram of durations
	Unit         float64   // seconds per unit of the histogram: 1 or 0.001
	Buckets      []float64 // default upper bounds in the histogram's unit
	ServiceLabel string    // the label that holds the service's name
}

var (
	clientBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	otelBuckets   = []float64{.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10}
	istioBuckets  = []float64{.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000}
	envoyBuckets  = istioBuckets
)

// Presets returns the known conventions in order of name. The slice is the
// caller's.
func Presets() []Preset {
	return []Preset{
		{"envoy", "Envoy cluster statistics", "envoy_cluster_upstream_rq_total", "", "envoy_cluster_upstream_rq_time_bucket", .001, envoyBuckets, "envoy_cluster_name"},
		{"grpc-server", "go-grpc-prometheus and its kin, server side", "grpc_server_handled_total", `grpc_code=~"Unknown|DeadlineExceeded|Unimplemented|Internal|Unavailable|DataLoss"`, "grpc_server_handling_seconds_bucket", 1, clientBuckets, "job"},
		{"istio", "Istio sidecars, as seen by the destination", "istio_requests_total", `response_code=~"5..|0"`, "istio_request_duration_milliseconds_bucket", .001, istioBuckets, "destination_service_name"},
		{"nginx-ingress", "Kubernetes NGINX ingress controller", "nginx_ingress_controller_requests", `status=~"5.."`, "nginx_ingress_controller_request_duration_seconds_bucket", 1, clientBuckets, "service"},
		{"opentelemetry-http", "OpenTelemetry semantic conventions, HTTP server", "http_server_request_duration_seconds_count", `http_response_status_code=~"5.."`, "http_server_request_duration_seconds_bucket", 1, otelBuckets, "job"},
		{"opentelemetry-rpc", "OpenTelemetry semantic conventions, RPC server", "rpc_server_duration_milliseconds_count", `rpc_grpc_status_code=~"2|4|12|13|14|15"`, "rpc_server_duration_milliseconds_bucket", .001, scaled(otelBuckets, 1000), "job"},
		{"prometheus-http", "Prometheus client libraries, HTTP server", "http_requests_total", `code=~"5.."`, "http_request_duration_seconds_bucket", 1, clientBuckets, "job"},
		{"traefik", "Traefik services", "traefik_service_requests_total", `code=~"5.."`, "traefik_service_request_duration_seconds_bucket", 1, []float64{.1, .3, 1.2, 5}, "service"},
	}
}

// envoyBad is spelled apart because Envoy counts failures in a metric of its
// own rather than under a label of the total.
const envoyBad = "envoy_cluster_upstream_rq_xx"

func scaled(bounds []float64, by float64) []float64 {
	out := make([]float64, len(bounds))
	for i, b := range bounds {
		out[i] = b * by
	}
	return out
}

// DefaultPreset is the preset of an indicator that names none.
const DefaultPreset = "prometheus-http"

func presetByName(name string) (Preset, bool) {
	if name == "" {
		name = DefaultPreset
	}
	all := Presets()
	i := slices.IndexFunc(all, func(p Preset) bool { return p.Name == name })
	if i < 0 {
		return Preset{}, false
	}
	return all[i], true
}

// ErrIndicator is what every error about an indicator wraps.
var ErrIndicator = errors.New("not an indicator")

// Validate returns every defect of the indicator joined into one error: unknown
// presets, queries that do not parse or lack $window, labels that are no labels.
func (in Indicator) Validate() error {
	_, err := in.source("service", slo.Events, slo.LatencyBound{}, 5*time.Minute)
	if in.custom() {
		return err
	}
	_, lerr := in.source("service", slo.Latency, slo.LatencyBound{Threshold: time.Second}, 5*time.Minute)
	if err == nil {
		err = lerr
	}
	return err
}

func (in Indicator) custom() bool { return in.Total != "" || in.Bad != "" || in.Good != "" }

// source is what an indicator comes down to for one objective: expressions for
// events per second over the base window.
type source struct {
	bad, total  string
	good        string // where bad is total less good, held at 0
	defaultZero bool   // an absent numerator means 0, not "unknown"
	needsBucket bool   // without the bucket of the threshold there is no numerator
	quantileOf  string // sum by (le) of the buckets, for plain latency alerts
	unit        float64
	bounds      []float64 // known upper bounds of the buckets, in the histogram's unit
	findings    []Finding
}

func (in Indicator) source(service string, kind slo.Kind, latency slo.LatencyBound, window time.Duration) (source, error) {
	var errs []error
	fail := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%w: "+format, append([]any{ErrIndicator}, args...)...))
	}
	for i, l := range in.GroupBy {
		switch {
		case !isLabelName(l):
			fail("group_by %q is no label name", l)
		case isIdentity(l) || isAlertLabel(l) || l == "le" || strings.HasPrefix(l, "__"):
			fail("group_by %q: the rules set this label themselves; leave it out", l)
		case slices.Contains(in.GroupBy[:i], l):
			fail("group_by %q stands twice", l)
		}
	}
	w := "[" + promyaml.Duration(window) + "]"
	if in.custom() {
		src := in.customSource(window, fail)
		return src, errors.Join(errs...)
	}
	p, ok := presetByName(in.Preset)
	if !ok {
		names := make([]string, 0, 8)
		for _, p := range Presets() {
			names = append(names, p.Name)
		}
		hint := "write one of " + strings.Join(names, ", ")
		if near := diag.Nearest(in.Preset, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		fail("unknown preset %q; %s", in.Preset, hint)
		return source{}, errors.Join(errs...)
	}
	matchers := in.Selector
	if matchers == "" {
		matchers = p.ServiceLabel + "=" + quote(service)
	} else {
		m, err := canonicalMatchers(matchers)
		if err != nil {
			fail("selector %q: %w", in.Selector, err)
		}
		matchers = m
	}
	bounds := p.Buckets
	if len(in.Buckets) > 0 {
		bounds = scaled(in.Buckets, 1/p.Unit)
	}
	src := source{unit: p.Unit, bounds: bounds}
	if p.Name == "istio" {
		matchers = `reporter="destination",` + matchers
	}
	buckets := in.by("le") + "(rate(" + p.Bucket + "{" + matchers + "}" + w + "))"
	src.quantileOf = buckets
	native := in.by() + "(rate(" + strings.TrimSuffix(p.Bucket, "_bucket") + "{" + matchers + "}" + w + "))"
	if in.NativeHistogram {
		src.quantileOf, src.bounds = native, nil
	}
	switch {
	case kind == slo.Latency && in.NativeHistogram:
		le := strconv.FormatFloat(latency.Threshold.Seconds()/p.Unit, 'f', -1, 64)
		src.total = "histogram_count(" + native + ")"
		// Without requests the fraction is NaN; then nothing is bad.
		src.bad = "(1 - histogram_fraction(0, " + le + ", " + native + ")) * " + src.total + " >= 0"
		src.defaultZero = true
	case kind == slo.Latency:
		le := latency.Threshold.Seconds() / p.Unit
		if !hasBound(bounds, le) {
			src.findings = append(src.findings, Finding{
				Code: "no-bucket", Level: "warning", Text: latency.Threshold.String(),
				Reason: fmt.Sprintf("the threshold is no known bucket bound of %s (%s), so its series may not exist and the objective would have no data", p.Bucket, boundsText(bounds, p.Unit)),
				Remedy: "choose one of these bounds, or list the histogram's own under indicator.buckets",
			})
		}
		count := strings.TrimSuffix(p.Bucket, "_bucket") + "_count"
		src.total = in.by() + "(rate(" + count + "{" + matchers + "}" + w + "))"
		good := in.by() + "(rate(" + p.Bucket + "{" + leMatcher(le) + "," + matchers + "}" + w + "))"
		// Scrapes of the two series may straddle an increment; a negative
		// number of bad events would be stored otherwise.
		src.bad = "clamp_min(" + src.total + " - " + good + ", 0)"
		src.good, src.needsBucket = good, true
	default:
		src.defaultZero = true
		src.total = in.by() + "(rate(" + p.Total + "{" + matchers + "}" + w + "))"
		bad := p.Total + "{" + p.Bad + "," + matchers + "}"
		if p.Name == "envoy" {
			bad = envoyBad + `{envoy_response_code_class="5",` + matchers + "}"
		}
		src.bad = in.by() + "(rate(" + bad + w + "))"
	}
	return src, errors.Join(errs...)
}

func (in Indicator) customSource(window time.Duration, fail func(string, ...any)) source {
	if in.Total == "" {
		fail("no total query; give total and one of bad and good")
	}
	if (in.Bad == "") == (in.Good == "") {
		fail("give exactly one of the queries bad and good")
	}
	if in.Preset != "" || in.Selector != "" {
		fail("queries of your own and a preset or selector exclude each other; remove one of them")
	}
	read := func(name, query string) string {
		if query == "" {
			return ""
		}
		if !strings.Contains(query, "$window") {
			fail("%s %q: no $window; write it where the range of the rate belongs: rate(x[$window])", name, query)
			return ""
		}
		expr, err := canonicalQuery(query, window)
		if err != nil {
			fail("%s %q: %w", name, query, err)
		}
		return in.by() + "(" + expr + ")"
	}
	src := source{total: read("total", in.Total), defaultZero: in.Bad != ""}
	if in.Bad != "" {
		src.bad = read("bad", in.Bad)
	} else if good := read("good", in.Good); good != "" && src.total != "" {
		// Without a single good event the good series may not exist yet:
		// then every event is bad.
		src.bad = "clamp_min(" + src.total + " - (" + good + " or 0 * " + src.total + "), 0)"
		src.good = good
	}
	return src
}

func (in Indicator) by(more ...string) string {
	labels := append(slices.Clone(in.GroupBy), more...)
	if len(labels) == 0 {
		return "sum"
	}
	return "sum by (" + strings.Join(labels, ", ") + ") "
}

// leMatcher matches a bucket by its bound however the server spells it:
// Prometheus 3 stores "1.0" where Prometheus 2 stored "1".
func leMatcher(le float64) string {
	s := strconv.FormatFloat(le, 'g', -1, 64)
	if le == float64(int64(le)) && le < 1e6 {
		return `le=~"` + strconv.FormatInt(int64(le), 10) + `(\\.0)?"`
	}
	return "le=" + quote(s)
}

func hasBound(bounds []float64, le float64) bool {
	for _, b := range bounds {
		if diff := b - le; diff < 1e-9*le && diff > -1e-9*le {
			return true
		}
	}
	return false
}

func boundsText(bounds []float64, unit float64) string {
	var parts []string
	for _, b := range bounds {
		parts = append(parts, time.Duration(b*unit*float64(time.Second)+.5).String())
	}
	return strings.Join(parts, ", ")
}

func isLabelName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || i > 0 && c >= '0' && c <= '9') {
			return false
		}
	}
	return s != "" && len(s) <= 128
}

// isIdentity reports whether the label is part of what tells an objective's
// series from another's.
func isIdentity(label string) bool {
	return label == "service" || label == "slo" || label == "revision"
}

// isAlertLabel reports whether alerts set the label themselves.
func isAlertLabel(label string) bool {
	return label == "severity" || label == "alertname" || label == "handler" || label == "window"
}
