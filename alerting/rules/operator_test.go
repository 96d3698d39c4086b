package rules_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/srekit/ownership/alerting/rules"
	"github.com/srekit/ownership/slo"
)

func TestPrometheusRulesAreShardedAndWhole(t *testing.T) {
	set := compile(t, rules.Options{}, availability("99.9%"), latency(100*time.Millisecond), slices(slo.EmptyGood))
	const limit = 12_000
	out, err := set.PrometheusRules(rules.OperatorOptions{Name: "checkout", Namespace: "prod", Labels: map[string]string{"role": "alert-rules"}, MaxBytes: limit})
	if err != nil {
		t.Fatal(err)
	}
	again, _ := set.PrometheusRules(rules.OperatorOptions{Name: "checkout", Namespace: "prod", Labels: map[string]string{"role": "alert-rules"}, MaxBytes: limit})
	if !bytes.Equal(out, again) {
		t.Error("the same rule set gives other bytes")
	}
	var groups, names []string
	for _, doc := range strings.Split(string(out), "---\n") {
		if len(doc) > limit {
			t.Errorf("an object of %d bytes, at most %d are allowed", len(doc), limit)
		}
		var o struct {
			APIVersion string `yaml:"apiVersion"`
			Kind       string
			Metadata   struct {
				Name, Namespace string
				Labels          map[string]string
			}
			Spec file
		}
		if err := yaml.Unmarshal([]byte(doc), &o); err != nil {
			t.Fatalf("%v\n%s", err, doc)
		}
		if o.APIVersion != "monitoring.coreos.com/v1" || o.Kind != "PrometheusRule" || o.Metadata.Namespace != "prod" || o.Metadata.Labels["role"] != "alert-rules" {
			t.Errorf("object %+v", o.Metadata)
		}
		names = append(names, o.Metadata.Name)
		for _, g := range o.Spec.Groups {
			groups = append(groups, g.Name)
		}
	}
	if len(names) < 2 || names[0] != "checkout" || names[1] != "checkout-2" {
		t.Errorf("objects %v, want checkout, checkout-2, …", names)
	}
	if len(groups) != len(set.Groups) {
		t.Fatalf("%d groups in the objects, want %d", len(groups), len(set.Groups))
	}
	for i, g := range set.Groups {
		if groups[i] != g.Name {
			t.Errorf("group %d is %q, want %q", i, groups[i], g.Name)
		}
	}
}

func TestPrometheusRulesRefuse(t *testing.T) {
	set := compile(t, rules.Options{}, availability("99.9%"))
	for _, c := range []struct {
		opt  rules.OperatorOptions
		want string
	}{
		{rules.OperatorOptions{Name: "Checkout_1"}, `not options for rules: object name "Checkout_1", namespace ""; lower-case letters, digits and - are needed, at most 63`},
		{rules.OperatorOptions{Labels: map[string]string{"a": "b: c"}}, `not options for rules: label "a": "b: c" is no Kubernetes label`},
		{rules.OperatorOptions{MaxBytes: 1000}, `not options for rules: the group "checkout/availability/page" alone takes`},
	} {
		_, err := set.PrometheusRules(c.opt)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%+v: got %v, want %s", c.opt, err, c.want)
		}
	}
}
