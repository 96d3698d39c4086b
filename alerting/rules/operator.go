package rules

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/srekit/ownership/internal/promyaml"
)

// OperatorOptions are what a PrometheusRule object of the Prometheus operator
// needs beside its rules.
type OperatorOptions struct {
	Name      string            // of the first object; others get a number. Empty is "ownership-rules"
	Namespace string            // empty: none is written
	Labels    map[string]string // by which a Prometheus object selects its rules
	// MaxBytes bounds the YAML of one object; 0 is 900,000, below the 1 MiB
	// that the Kubernetes API server's store takes. Groups are never split.
	MaxBytes int
}

const defaultObjectBytes = 900_000

// PrometheusRules writes the rule set as PrometheusRule objects
// (monitoring.coreos.com/v1), one YAML document each, none larger than
// MaxBytes. Which group stands in which object depends on the groups before it
// only, and the same rule set gives the same bytes. A single group that is
// larger than MaxBytes is an error, as is a name that Kubernetes refuses.
func (s RuleSet) PrometheusRules(opt OperatorOptions) ([]byte, error) {
	name := cmp.Or(opt.Name, "ownership-rules")
	limit := cmp.Or(opt.MaxBytes, defaultObjectBytes)
	if !isDNSName(name) || opt.Namespace != "" && !isDNSName(opt.Namespace) {
		return nil, fmt.Errorf("%w: object name %q, namespace %q; lower-case letters, digits and - are needed, at most 63", ErrOptions, name, opt.Namespace)
	}
	for k, v := range opt.Labels {
		if len(v) > 63 || strings.ContainsFunc(k+v, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"'{}[]:,#&*!|>%@`+"`", r) }) {
			return nil, fmt.Errorf("%w: label %q: %q is no Kubernetes label", ErrOptions, k, v)
		}
	}
	var out, body []byte
	objects := 0
	flush := func() {
		if objects > 0 {
			out = append(out, "---\n"...)
		}
		objects++
		out = s.appendObject(out, name, objects, opt)
		if len(body) == 0 {
			out = append(out, "  groups: []\n"...)
		} else {
			out = append(append(out, "  groups:\n"...), body...)
		}
		body = body[:0]
	}
	head := len(s.appendObject(nil, name, 1000, opt)) + len("  groups: []\n---\n")
	for _, g := range s.Groups {
		group := appendGroup(nil, g, 4)
		if head+len(group) > limit {
			return nil, fmt.Errorf("%w: the group %q alone takes %d bytes of an object of at most %d; raise MaxBytes", ErrOptions, g.Name, head+len(group), limit)
		}
		if len(body) > 0 && head+len(body)+len(group) > limit {
			flush()
		}
		body = append(body, group...)
	}
	flush()
	return out, nil
}

func (s RuleSet) appendObject(dst []byte, name string, number int, opt OperatorOptions) []byte {
	if number > 1 {
		suffix := fmt.Sprintf("-%d", number)
		if len(name)+len(suffix) > 63 { // keep it unique when it is cut
			sum := sha256.Sum256([]byte(name))
			name = name[:63-len(suffix)-9] + "-" + hex.EncodeToString(sum[:4])
		}
		name += suffix
	}
	dst = append(dst, "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: "...)
	dst = append(promyaml.AppendString(dst, name), '\n')
	if opt.Namespace != "" {
		dst = append(dst, "  namespace: "...)
		dst = append(promyaml.AppendString(dst, opt.Namespace), '\n')
	}
	if len(opt.Labels) > 0 {
		dst = append(dst, "  labels:\n"...)
		for _, l := range sorted(opt.Labels) {
			dst = append(dst, "    "...)
			dst = append(promyaml.AppendString(dst, l.Name), ": "...)
			dst = append(promyaml.AppendString(dst, l.Value), '\n')
		}
	}
	return append(dst, "spec:\n"...)
}

// isDNSName reports whether s is an RFC 1123 label, as names of objects are.
func isDNSName(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-') {
			return false
		}
	}
	return true
}
