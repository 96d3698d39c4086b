package rules

import (
	"strings"

	"github.com/srekit/ownership/alerting"
)

func (c *compiler) alertLabels(severity alerting.Severity) map[string]string {
	labels := make(map[string]string, len(c.Labels)+6)
	for k, v := range c.Labels {
		labels[k] = template(v)
	}
	for k, v := range c.identity {
		labels[k] = template(v)
	}
	labels["severity"] = severity.String()
	handler := c.TicketHandler
	if severity == alerting.Page {
		handler = c.PageHandler
	}
	if handler != "" {
		labels["handler"] = template(handler)
	}
	return labels
}

func (c *compiler) annotate(a map[string]string) map[string]string {
	for k, v := range c.Annotations {
		a[k] = template(v)
	}
	if c.Runbook != "" {
		a["runbook_url"] = template(c.Runbook)
	}
	return a
}

// template makes text safe where Prometheus expands Go templates.
func template(s string) string {
	if !strings.Contains(s, "{{") {
		return s
	}
	return strings.ReplaceAll(s, "{{", `{{"{{"}}`)
}
