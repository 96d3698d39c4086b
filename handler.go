package ownership

import (
	"slices"
	"strings"
)

// Handler is a way to tell a team something. It holds no secret: keys and
// webhook URLs are named by the files that hold them.
type Handler struct {
	Name    string // by which alerts refer to it
	Type    string // service behind it; empty means that the name is the type
	Pages   bool   // it wakes somebody although its type does not tell
	Channel string // chat channel
	To      string // mail address

	RoutingKeyFile string // file that holds the routing key
	APIKeyFile     string // file that holds the API key
	APIURLFile     string // file that holds the API's URL
	URLFile        string // file that holds the webhook's URL
}

var (
	pagingTypes = []string{"pagerduty", "opsgenie", "victorops", "splunk-oncall", "grafana-oncall", "goalert"}
	quietTypes  = []string{"slack", "email", "msteams", "teams", "webhook", "discord", "telegram", "mattermost", "googlechat", "webex", "jira", "sns", "pushover", "none"}
)

// HandlerTypes lists the types of handler that are known: those that wake
// somebody, and those that do not. The slices are the caller's.
func HandlerTypes() (paging, quiet []string) {
	return slices.Clone(pagingTypes), slices.Clone(quietTypes)
}

// TypeOf is the handler's type, by its name where none is given, in lower case.
func (h Handler) TypeOf() string {
	if h.Type != "" {
		return strings.ToLower(h.Type)
	}
	return strings.ToLower(h.Name)
}

// Wakes reports whether the handler wakes somebody.
func (h Handler) Wakes() bool { return h.Pages || slices.Contains(pagingTypes, h.TypeOf()) }

// known reports whether the handler's type is one of HandlerTypes.
func (h Handler) known() bool {
	t := h.TypeOf()
	return slices.Contains(pagingTypes, t) || slices.Contains(quietTypes, t)
}

func (d *decoder) handler(n *node, path string) Handler {
	if n.kind == scalarNode {
		if looksSecret(n.text) {
			d.secret(n, path)
		}
		return Handler{Name: d.name(n, path)}
	}
	f, ok := d.fields(n, path, handlerSection)
	if !ok {
		return Handler{}
	}
	for i := range n.pairs {
		if p := &n.pairs[i]; p.value.kind == scalarNode && looksSecret(p.value.text) {
			d.secret(&p.value, join(path, p.key))
		}
	}
	h := Handler{
		Name: f.name("name"), Type: f.name("type"), Pages: f.boolean("pages"), Channel: f.name("channel"), To: f.name("to"),
		RoutingKeyFile: f.name("routing_key_file"), APIKeyFile: f.name("api_key_file"), APIURLFile: f.name("api_url_file"), URLFile: f.name("url_file"),
	}
	return h
}

// secret reports a value that looks like one, without repeating it.
func (d *decoder) secret(n *node, path string) {
	shown := *n
	shown.text = ""
	d.warn(&shown, path, "secret", "the value looks like a secret, and a spec is read by many", "put it in a file, name the file by a key that ends in _file, and revoke the secret")
}

// looksSecret reports whether a value is a webhook's URL or a long string of
// mixed letters and digits, as keys and tokens are.
func looksSecret(s string) bool {
	low := strings.ToLower(s)
	for _, host := range []string{"hooks.slack.com/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/", "webhook.office.com/", "api.telegram.org/bot", "xoxb-", "xoxp-", "ghp_", "akia"} {
		if strings.Contains(low, host) {
			return true
		}
	}
	if u, rest, ok := strings.Cut(s, "://"); ok && u != "" {
		auth, _, _ := strings.Cut(rest, "/")
		return strings.Contains(auth, "@") && strings.Contains(auth, ":")
	}
	if len(s) < 20 {
		return false
	}
	letters, digits := 0, 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r|0x20 >= 'a' && r|0x20 <= 'z':
			letters++
		case r == '+' || r == '=' || r == '_' || r == '-':
		default:
			return false
		}
	}
	return digits >= 4 && letters >= 4
}
