package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/srekit/ownership"
)

const secret = "0123456789abcdef0123456789abcdef"

// clock is the instant of the tests' requests.
var clock = time.Date(2026, 10, 12, 6, 30, 0, 0, time.UTC)

// serveBot serves a catalog, the bundled one if no folder is given, on loopback.
func serveBot(t *testing.T, folder string, at time.Time) (*bot, string) {
	t.Helper()
	b, release, err := newBot(folder, []byte(secret), at)
	if err != nil {
		t.Fatal(err)
	}
	b.now = func() time.Time { return clock }
	b.patience = time.Minute
	server := httptest.NewServer(b.handler())
	b.link = server.URL
	t.Cleanup(func() {
		server.Close()
		release()
	})
	return b, server.URL
}

func form(command, text string) string {
	return url.Values{"command": {command}, "text": {text}, "user_name": {"ana"}}.Encode()
}

// signed is a request as the chat makes it.
func signed(base, body string, at time.Time) *http.Request {
	r, err := http.NewRequest(http.MethodPost, base+"/commands", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Slack-Request-Timestamp", stamp)
	r.Header.Set("X-Slack-Signature", sign([]byte(secret), stamp, []byte(body)))
	return r
}

type received struct {
	status   int
	header   http.Header
	To, Text string
}

func send1(r *http.Request) (received, error) {
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return received{}, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return received{}, err
	}
	var in struct {
		To     string `json:"response_type"`
		Text   string `json:"text"`
		Markup *bool  `json:"mrkdwn"`
	}
	if len(data) > 0 {
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			return received{}, fmt.Errorf("%w in %s", err, data)
		}
		if in.Markup == nil || *in.Markup || response.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			return received{}, fmt.Errorf("%v: %s", response.Header, data)
		}
	}
	return received{response.StatusCode, response.Header, in.To, in.Text}, nil
}

func ask(t *testing.T, base, command, text string) received {
	t.Helper()
	got, err := send1(signed(base, form(command, text), clock))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

var linked = regexp.MustCompile(`\n<(http://127\.0\.0\.1:\d+/pictures/[0-9a-f]{32}\.svg)\|picture of ([^<>|]+)>$`)

// svg fetches a picture and checks that a browser may show it.
func svg(link string) (string, error) {
	response, err := http.Get(link)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return "", err
	}
	for key, want := range map[string]string{
		"Content-Type":            "image/svg+xml; charset=utf-8",
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
		"X-Content-Type-Options":  "nosniff",
	} {
		if got := response.Header.Get(key); got != want {
			return "", fmt.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	if response.StatusCode != http.StatusOK {
		return "", errors.New(response.Status)
	}
	d := xml.NewDecoder(bytes.NewReader(data))
	root := true
	for {
		token, err := d.Token()
		if err == io.EOF {
			return string(data), nil
		}
		if err != nil {
			return "", err
		}
		if e, ok := token.(xml.StartElement); ok {
			if root && e.Name != (xml.Name{Space: "http://www.w3.org/2000/svg", Local: "svg"}) || e.Name.Local == "script" {
				return "", fmt.Errorf("an element %v", e.Name)
			}
			root = false
		}
	}
}

// Every command on the bundled catalog, as of its last measurement.
func TestCommands(t *testing.T) {
	_, base := serveBot(t, "", time.Time{})
	const head = "user-auth-service, Mon 2026-10-12 00:00 UTC\n"
	for _, c := range []struct{ command, text, want, picture string }{
		{"/budget", "user-auth-service", head + "availability, 99.99% over 30d: 23% of the budget left (33979 of 441.5M events bad); at the last day's burn it lasts until 2026-11-11\n" +
			"not measured, as they count no events: latency-p95, error-rate-p99", "99.99%"},
		{"/budget", "  User-Auth-Service   availability ", head + "availability, 99.99% over 30d: 23% of the budget left (33979 of 441.5M events bad); at the last day's burn it lasts until 2026-11-11", "99.99%"},
		{"/burn", "", head + "availability burns 0.431 over 1h, 0.444 over 6h, 0.365 over 1d, 0.419 over 3d; alerts: page above 14.4 over 1h, page above 6 over 6h, ticket above 3 over 1d, ticket above 1 over 3d\n" +
			"not measured, as they count no events: latency-p95, error-rate-p99", "14.4"},
		{"/oncall", "user-auth-service", head + "grace is on call as primary until Mon 2026-10-12 09:00 CEST, then amelie\nhiro is on call as shadow until Mon 2026-10-12 09:00 CEST, then deniz", "amelie"},
		{"/canary", "user-auth-service", head + "rollback since ", "errors"},
		{"/forecast", "user-auth-service", head + "cpu_utilization: over 28d a peak of ", "forecast"},
		{"/forecast", "request_rate", head + "request_rate: over 28d a peak of ", "forecast"},
		{"/runbook", "user-auth-service", head + "2 of 2 alerts have a runbook, 2 complete, 2 executable, 2 reviewed in time\n" +
			"HighErrorRateAlert: runbooks/user-auth/high-error-rate.md\nHighLatencyAlert: runbooks/user-auth/high-latency.md", "critical"},
		{"/runbook", "user-auth-service higherrorratealert", "5. roll-back (assisted, 2 to agree): A release went out within the hour. Roll it back; two people must agree, one of them on call.\n", "critical"},
	} {
		got := ask(t, base, c.command, c.text)
		link := linked.FindStringSubmatch(got.Text)
		text := linked.ReplaceAllString(got.Text, "")
		if got.status != http.StatusOK || got.To != "in_channel" || !strings.Contains(text, c.want) || strings.Count(c.want, "\n") > 1 && text != c.want {
			t.Errorf("%s %s: got %d, %s, %q, want %q", c.command, c.text, got.status, got.To, text, c.want)
		}
		of := map[string]string{"/budget": " availability", "/burn": " availability", "/forecast user-auth-service": " cpu_utilization", "/forecast request_rate": " request_rate"}
		if link == nil || link[2] != c.command[1:]+", user-auth-service"+cmp.Or(of[c.command], of[c.command+" "+c.text]) {
			t.Errorf("%s %s: no link in %q", c.command, c.text, got.Text)
			continue
		}
		if picture, err := svg(link[1]); err != nil || !strings.Contains(picture, c.picture) || strings.Contains(picture, ">1×<") {
			t.Errorf("%s %s: the picture lacks %q (%v)", c.command, c.text, c.picture, err)
		}
	}
}

// Numbers are for people, and claim no more than is known.
func TestFigures(t *testing.T) {
	counts := func(from, to int, bad int) string {
		var b strings.Builder
		b.WriteString("timestamp,bad,total\n")
		for hour := from; hour <= to; hour++ {
			fmt.Fprintf(&b, "%s,%d,1000\n", clock.Add(time.Duration(hour)*time.Hour).Format(time.RFC3339), bad)
		}
		return b.String()
	}
	spec := "service:\n  name: %s\n  owner_team: core\n  responsibilities: [availability: 99.9%%]\n"
	folder := write(t, map[string]string{
		"a.yaml": fmt.Sprintf(spec, "down"), "b.yaml": fmt.Sprintf(spec, "old"),
		"measurements/down/requests.csv": counts(-24*30, 0, 1000),
		"measurements/old/requests.csv":  counts(-24*25, -48, 0),
	})
	_, base := serveBot(t, folder, time.Time{})
	for _, c := range []struct{ command, text, want string }{
		{"/budget", "down", "-99900% of the budget left"},
		{"/burn", "down", "burns 1000 over 1h"},
		{"/budget", "old", "at the window's burn, for the last day had no traffic, it lasts until "},
	} {
		if got := ask(t, base, c.command, c.text); !strings.Contains(got.Text, c.want) {
			t.Errorf("%s %s: %q, want %q", c.command, c.text, got.Text, c.want)
		}
	}
	_, base = serveBot(t, "", time.Time{})
	if got := ask(t, base, "/forecast", ""); strings.Contains(got.Text, "0 % probability") || !strings.Contains(got.Text, "; limit 100%: ") {
		t.Errorf("/forecast: %q, want no certainty from drawn futures", got.Text)
	}
	if got := percent(0.99996); got != "99.996%" {
		t.Errorf("got %s, want 99.996%%", got)
	}
}

// What is wrong is told to one person, with the remedy.
func TestRefused(t *testing.T) {
	_, base := serveBot(t, "", time.Time{})
	for _, c := range []struct{ command, text, want string }{
		{"/budgt", "user-auth-service", `no command "/budgt"; did you mean /budget?`},
		{"", "", `no command ""; there is /budget, /burn, /oncall, /canary, /forecast, /runbook`},
		{"/budget", "user-auth-servce", `no service "user-auth-servce"; did you mean user-auth-service?`},
		{"/budget", "x", `no service "x"; there is user-auth-service`},
		{"/budget", "user-auth-services", `no service "user-auth-services"; did you mean user-auth-service?`},
		{"/budget", "user-auth-service availabilty", `user-auth-service: no objective "availabilty"; did you mean availability?`},
		{"/burn", "user-auth-service x", `user-auth-service: no objective "x"; there is availability, latency-p95, error-rate-p99`},
		{"/budget", "latency-p95", "user-auth-service: latency-p95 counts no events, and nothing else is measured here; ask for the others"},
		{"/oncall", "user-auth-service now", `user-auth-service: "user-auth-service now" is more than a service; write its name alone`},
		{"/forecast", "user-auth-service cpu", `user-auth-service: no metric "cpu"; there is cpu_utilization, memory_utilization, request_rate`},
		{"/runbook", "user-auth-service HighErrorRate", `user-auth-service: no alert "HighErrorRate"; did you mean HighErrorRateAlert?`},
		// What people type arrives with three characters replaced.
		{"/budget", "&lt;!channel&gt; &amp;", `no service "&lt;!channel&gt;"; there is user-auth-service`},
		{"/budget", "<!channel>\u202e\x00\n<@U1>", "no service \"&lt;!channel&gt;\\u202e\\x00 &lt;@U1&gt;\"; there is user-auth-service"},
		{"/budget", strings.Repeat("é", 2000), `no service "` + strings.Repeat("é", 79) + `…"; there is user-auth-service`},
		{"/forecast", "help", "/forecast SERVICE [METRIC]: when a limit of capacity is reached"},
	} {
		got := ask(t, base, c.command, c.text)
		if got.status != http.StatusOK || got.To != "ephemeral" || got.Text != c.want {
			t.Errorf("%s %.40q: got %d, %s, %q, want %q", c.command, c.text, got.status, got.To, got.Text, c.want)
		}
	}
}

// The signature of OpenSSL: printf 'v0:1531420618:command=%%2Fbudget&text=' |
// openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef
func TestSign(t *testing.T) {
	const want = "v0=65e91fe8862d4b1399878f439a72ef189d9fb9c23ebf16b4c5e773deb27affe0"
	if got := sign([]byte(secret), "1531420618", []byte("command=%2Fbudget&text=")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRequests(t *testing.T) {
	_, base := serveBot(t, "", time.Time{})
	body := form("/oncall", "")
	for _, c := range []struct {
		name   string
		change func(r *http.Request)
		status int
		want   string
	}{
		{"as it should be", func(*http.Request) {}, 200, "grace is on call"},
		{"five minutes old", func(r *http.Request) { *r = *signed(base, body, clock.Add(-5*time.Minute)) }, 200, "grace is on call"},
		{"older", func(r *http.Request) { *r = *signed(base, body, clock.Add(-5*time.Minute-time.Second)) }, 401,
			"the request is more than 5m0s from the bot's time; send it anew, and check both clocks"},
		{"ahead", func(r *http.Request) { *r = *signed(base, body, clock.Add(5*time.Minute+time.Second)) }, 401, "the request is more than 5m0s from"},
		{"the end of time", func(r *http.Request) { *r = *signed(base, body, time.Unix(1<<62, 0)) }, 401, "the request is more than 5m0s from"},
		{"no timestamp", func(r *http.Request) { r.Header.Del("X-Slack-Request-Timestamp") }, 401, "the request has no timestamp; send X-Slack-Request-Timestamp in Unix seconds"},
		{"another timestamp", func(r *http.Request) {
			r.Header.Set("X-Slack-Request-Timestamp", strconv.FormatInt(clock.Unix()+1, 10))
		}, 401, "the signature is wrong; check that the bot has the signing secret of this app, and that no proxy changes the body"},
		{"no signature", func(r *http.Request) { r.Header.Del("X-Slack-Signature") }, 401, "the signature is wrong"},
		{"another version", func(r *http.Request) {
			r.Header.Set("X-Slack-Signature", "v1"+r.Header.Get("X-Slack-Signature")[2:])
		}, 401, "the signature is wrong"},
		{"another secret", func(r *http.Request) {
			r.Header.Set("X-Slack-Signature", sign([]byte(secret+"0"), r.Header.Get("X-Slack-Request-Timestamp"), []byte(body)))
		}, 401, "the signature is wrong"},
		{"another body", func(r *http.Request) {
			header := r.Header
			*r = *signed(base, body+"&x=", clock)
			r.Header = header
		}, 401, "the signature is wrong"},
		{"too large", func(r *http.Request) { *r = *signed(base, body+"&x="+strings.Repeat("x", mostBody), clock) }, 413,
			"the request is larger than 16384 bytes; write a shorter command"},
		{"as large as may be", func(r *http.Request) {
			*r = *signed(base, body+"&x="+strings.Repeat("x", mostBody-len(body)-3), clock)
		}, 200, "grace is on call"},
		{"no form", func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, 415, "the request is no form; send application/x-www-form-urlencoded"},
		{"a broken form", func(r *http.Request) { *r = *signed(base, "command=%zz", clock) }, 400, "the request is no form; encode it as"},
		{"GET", func(r *http.Request) { r.Method, r.Body, r.ContentLength = "GET", nil, 0 }, 405, "commands are not asked for by GET; use POST"},
		{"DELETE", func(r *http.Request) { r.Method = "DELETE" }, 405, "commands are not asked for by DELETE; use POST"},
		{"elsewhere", func(r *http.Request) { r.URL.Path = "/" }, 404, "nothing is here; commands go to /commands"},
		{"a picture of nothing", func(r *http.Request) { r.URL.Path, r.Method = "/pictures/0123456789abcdef0123456789abcdef.svg", "GET" }, 404,
			"the picture is not kept any more; give the command again"},
		{"a picture to be changed", func(r *http.Request) { r.URL.Path = "/pictures/x.svg" }, 405, "pictures are only looked at; use GET"},
		{"whether anybody is there", func(r *http.Request) { *r = *signed(base, "ssl_check=1", clock) }, 200, ""},
	} {
		r := signed(base, body, clock)
		c.change(r)
		got, err := send1(r)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got.status != c.status || !strings.Contains(got.Text, c.want) || c.status != 200 && got.To != "ephemeral" {
			t.Errorf("%s: got %d, %s, %q, want %d, %q", c.name, got.status, got.To, got.Text, c.status, c.want)
		}
		if (got.status == 405) != (got.header.Get("Allow") != "") {
			t.Errorf("%s: Allow is %q", c.name, got.header.Get("Allow"))
		}
		if strings.Contains(got.Text, secret) {
			t.Errorf("%s tells the secret", c.name)
		}
	}
}

// write makes a catalog in a folder of its own.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

const hostile = "<!channel> *x* & \u202e\"<script>alert(1)</script>\""

// Names of a catalog are text, in answers as in pictures, and measurements of
// another service are not taken for its own.
func TestSeveralServices(t *testing.T) {
	spec := func(name string) string {
		return "service:\n  name: " + name + "\n  owner_team: core\n  responsibilities: [availability: 99.9%]\n" +
			"  monitoring:\n    alerts: [{name: '" + hostile + "', threshold: 1%, severity: critical}]\n" +
			"  capacity_planning:\n    metrics: [queue_rate]\n  release_management: {canary_deployment_strategy: 50% traffic for 30 mins}\n"
	}
	var counts strings.Builder
	counts.WriteString("timestamp,bad,total\n")
	for hour := range 48 {
		fmt.Fprintf(&counts, "%s,%d,1000\n", clock.Add(time.Duration(hour-47)*time.Hour).Format(time.RFC3339), hour%2)
	}
	folder := write(t, map[string]string{
		"a.yaml": spec("shop"), "b.yaml": spec("shop cart"), "c.yaml": spec("'" + hostile + "'"),
		"team.yaml": "version: 1\nteam:\n  name: core\n  members: [{name: '" + hostile + "', level: mid}]\n" +
			"  schedule: {rotation: weekly, time_zone: UTC, start: 2026-01-05, members: ['" + hostile + "']}\n",
		"measurements/requests.csv":           "timestamp,bad,total\n2026-10-12T00:00:00Z,900,1000\n",
		"measurements/shop cart/requests.csv": counts.String(),
		"measurements/shop cart/canary.jsonl": `{"t":60,"metrics":[{"name":"<!here>","kind":"counts","direction":"increase","baseline":{"bad":1,"total":9000},"canary":{"bad":500,"total":1000}},` +
			`{"name":"v","kind":"samples","direction":"either","baseline":[1,2,null],"canary":null},{"name":"h","kind":"histogram","direction":"either","baseline":{"le":[1,null],"counts":[1,2]}}]}`,
		"measurements/shop/canary.jsonl": "\n{\"t\":60,\"metrics\":[]}\n{\"t\":120,\"metrics\":[{\"name\":\"late\",\"baseline\":{},\"canary\":{}}]}",
	})
	_, base := serveBot(t, folder, time.Time{})
	name := plain(hostile)
	for _, c := range []struct{ command, text, to, want string }{
		{"/budget", "", "ephemeral", "of which service? Write /budget SERVICE [OBJECTIVE]; there is shop, shop cart, " + name},
		{"/budget", "shop", "ephemeral", "shop: no events are counted; write them to measurements/shop/requests.csv (timestamp,bad,total)"},
		{"/budget", "shop cart availability", "in_channel", "shop cart, Mon 2026-10-12 06:30 UTC\navailability, 99.9% over 30d: 50% of the budget left (24 of 48000 events bad, with data for "},
		{"/burn", "shop cart", "in_channel", "availability burns 1 over 1h, 0.5 over 6h"},
		{"/burn", hostile, "ephemeral", name + ": no events are counted; write them to measurements/&lt;!channel&gt;"},
		{"/oncall", hostile, "in_channel", name + ", Mon 2026-10-12 06:30 UTC\n" + name + " is on call as primary for more than a year"},
		{"/canary", "shop cart", "in_channel", "rollback since 1 min of 1 min: "},
		{"/canary", "shop cart", "in_channel", "&lt;!here&gt;: rollback, "},
		{"/canary", "shop cart", "in_channel", "\nv: inconclusive, no data yet\nh: inconclusive, no data yet\nbut &lt;!here&gt;: the canary had 10 % of the requests, planned were 50 %; "},
		{"/canary", "shop", "ephemeral", `shop: measurements/shop/canary.jsonl:3: "late" is not in the first look; name all metrics there`},
		{"/canary", hostile, "ephemeral", name + ": no release is measured; write its looks to measurements/&lt;!channel&gt;"},
		{"/forecast", "shop", "ephemeral", "shop: queue_rate: not measured; write measurements/shop/queue_rate.csv (timestamp,value)"},
		{"/runbook", "shop", "in_channel", "0 of 1 alerts have a runbook, 0 complete, 0 executable, 0 reviewed in time\n" + name + ": no runbook"},
		{"/runbook", "shop " + hostile, "ephemeral", "shop: " + name + " has no runbook; write one and name it under incident_response.runbooks"},
	} {
		got := ask(t, base, c.command, c.text)
		if got.status != http.StatusOK || got.To != c.to || !strings.Contains(got.Text, c.want) {
			t.Errorf("%s %s: got %d, %s, %q, want %s, %q", c.command, c.text, got.status, got.To, got.Text, c.to, c.want)
		}
		link := linked.FindStringSubmatch(got.Text)
		if text := linked.ReplaceAllString(got.Text, ""); strings.ContainsAny(text, "<>\u202e") || (link != nil) != (c.to == "in_channel") {
			t.Errorf("%s %s: a mention or a missing link in %q", c.command, c.text, got.Text)
		}
		if link != nil {
			if _, err := svg(link[1]); err != nil {
				t.Errorf("%s %s: %v", c.command, c.text, err)
			}
		}
	}
}

// A file of looks is somebody's to write; what is wrong with it is said in words.
func TestLooksThatCannotBeRead(t *testing.T) {
	const first = `{"t":60,"metrics":[{"name":"e","kind":"counts","direction":"increase","baseline":{"bad":1,"total":9},"canary":{"bad":0,"total":1}}]}`
	for _, c := range []struct{ looks, want string }{
		{"\n", ": no looks; write one JSON object a line"},
		{"{", `:1: unexpected end of JSON input; write {"t":60,"metrics":[…]}`},
		{`{"t":"soon"}`, `:1: t: string where something else is expected; write {"t":60,"metrics":[…]}`},
		{`{"t":1,"metrics":[{"name":"e","weight":"much"}]}`, `:1: "e": weight: string where something else is expected`},
		{`{"t":1,"metrics":[{"name":"e","kind":"ratios"}]}`, `:1: "e": `},
		{`{"t":1,"metrics":[{"name":"e","baseline":7}]}`, `:1: "e": an arm is {"bad":…,"total":…} in whole numbers, a list of numbers, {"le":[…],"counts":[…]}, or null`},
		{`{"t":1,"metrics":[{"name":"e","canary":["x"]}]}`, `:1: "e": an arm is `},
		{`{"t":1,"metrics":[{"name":"e","kind":"histogram","canary":{"le":[null,1],"counts":[1]}}]}`, `:1: "e": le[0]: null; only the last bound may be infinite`},
		{first + "\n" + `{"t":30,"metrics":[]}`, ": no comparison: t: 30: not a time at or after the look before"},
		{`{"t":1,"metrics":[]}`, ": no comparison: metrics: 0 metrics: none of them decides; add one that is not advisory"},
	} {
		folder := write(t, map[string]string{"a.yaml": "service:\n  name: a\n  owner_team: b\n  responsibilities: [availability: 99.9%]\n", "measurements/canary.jsonl": c.looks})
		_, base := serveBot(t, folder, time.Time{})
		got := ask(t, base, "/canary", "")
		if want := "a: measurements/canary.jsonl" + c.want; got.To != "ephemeral" || !strings.HasPrefix(got.Text, want) || strings.Contains(got.Text, "main.") || strings.Contains(got.Text, "Go ") {
			t.Errorf("%s: got %s, %q, want %q", c.looks, got.To, got.Text, want)
		}
	}
}

// Measurements of one service are never those of another, whatever its name.
func TestFolder(t *testing.T) {
	folder := write(t, map[string]string{"measurements/own/requests.csv": ""})
	b := &bot{files: os.DirFS(folder)}
	for _, c := range []struct {
		name     string
		services int
		want     string
	}{
		{"own", 1, "measurements/own"},
		{"own", 2, "measurements/own"},
		{"other", 1, "measurements"},
		{"other", 2, "measurements/other"},
		{"..", 2, "measurements/%2E%2E"},
		{"../own", 2, "measurements/..%2Fown"},
		{"a%2Fb", 2, "measurements/a%252Fb"},
		{"a/b", 2, "measurements/a%2Fb"},
	} {
		b.catalog.Services = make([]ownership.Service, c.services)
		if got := (question{bot: b, service: ownership.Service{Name: c.name}}).folder(); got != c.want {
			t.Errorf("%q of %d: got %s, want %s", c.name, c.services, got, c.want)
		}
	}
}

// A link does not lead out of the catalog's folder.
func TestCatalogIsNotLeft(t *testing.T) {
	outside := write(t, map[string]string{"requests.csv": "timestamp,bad,total\n2026-10-12T00:00:00Z,1,1000\n"})
	folder := write(t, map[string]string{"a.yaml": "service:\n  name: a\n  owner_team: b\n  responsibilities: [availability: 99.9%]\n"})
	if err := os.Symlink(outside, filepath.Join(folder, "measurements")); err != nil {
		t.Skip(err)
	}
	_, base := serveBot(t, folder, time.Time{})
	if got := ask(t, base, "/budget", ""); got.To != "ephemeral" || !strings.Contains(got.Text, "path escapes from parent") {
		t.Errorf("got %s, %q", got.To, got.Text)
	}
}

// Whatever is typed, the answer is text without control characters or mentions.
func FuzzAnswer(f *testing.F) {
	for _, c := range commands() {
		f.Add(c.name, "user-auth-service")
	}
	f.Add("/budget", "<!channel> \u202e\x00\xff")
	f.Add("\n", "user-auth-service \t availability&amp;")
	b, _, err := newBot("", []byte(secret), time.Time{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, command, text string) {
		a, err := b.answer(context.Background(), command, unescape.Replace(text))
		shown := plain(a.text)
		if err != nil {
			shown = plain(err.Error())
		}
		if shown == "" || strings.ContainsAny(shown, "<>\x00\r\t\u202e") || !utf8.ValidString(shown) || utf8.RuneCountInString(shown) > 5*mostText {
			t.Errorf("%q %q gives %q", command, text, shown)
		}
	})
}

// Whatever the file holds, it is judged or refused.
func FuzzReadLooks(f *testing.F) {
	data, err := os.ReadFile("../quickstart/catalog/measurements/canary.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"t":1,"metrics":[{"name":"h","kind":"histogram","baseline":{"le":[1,null],"counts":[1,2]},"canary":[null,3]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		j, looks, err := readLooks(data)
		if err != nil {
			return
		}
		report, err := j.Run(looks)
		if err == nil && report.Looks != int64(len(looks)) {
			t.Errorf("%d looks of %d are judged", report.Looks, len(looks))
		}
	})
}

// Many people ask and look at once; more than may be answered at a time wait.
func TestConcurrent(t *testing.T) {
	_, base := serveBot(t, "", time.Time{})
	var all sync.WaitGroup
	for i := range 12 {
		all.Add(1)
		go func() {
			defer all.Done()
			command := []string{"/budget", "/burn", "/oncall", "/canary", "/runbook", "/nothing"}[i%6]
			got, err := send1(signed(base, form(command, ""), clock))
			if err != nil || got.status != http.StatusOK {
				t.Errorf("%s: %d, %v", command, got.status, err)
				return
			}
			link := linked.FindStringSubmatch(got.Text)
			if (link == nil) != (command == "/nothing") {
				t.Errorf("%s: %q", command, got.Text)
			} else if link != nil {
				if _, err := svg(link[1]); err != nil {
					t.Errorf("%s: %v", command, err)
				}
			}
		}()
	}
	all.Wait()
}

// Whoever waits too long for a turn is told so in time.
func TestBusy(t *testing.T) {
	b, base := serveBot(t, "", time.Time{})
	b.patience = time.Millisecond
	for range cap(b.turns) {
		b.turns <- struct{}{}
	}
	const want = "this takes too long just now; ask for less, or again in a minute"
	if got := ask(t, base, "/oncall", ""); got.To != "ephemeral" || got.Text != want {
		t.Errorf("got %s, %q, want %q", got.To, got.Text, want)
	}
}

func TestPicturesAreBounded(t *testing.T) {
	var p pictures
	first := p.put([]byte("k"), "0")
	if other := p.put([]byte("l"), "0"); other == first || p.put([]byte("k"), "0") != first {
		t.Errorf("the name %s does not come from key and picture", first)
	}
	second := p.put([]byte("k"), "1")
	for i := range mostPictures - 1 {
		p.get(first) // keeps it
		p.put([]byte("k"), fmt.Sprint("more", i))
	}
	if _, ok := p.get(first); !ok {
		t.Error("the picture that is looked at is gone")
	}
	if _, ok := p.get(second); ok || p.order.Len() != mostPictures || len(p.named) != mostPictures {
		t.Errorf("%d and %d pictures are kept, want %d", p.order.Len(), len(p.named), mostPictures)
	}
	large := strings.Repeat("x", mostPictureBytes)
	if name := p.put([]byte("k"), large); name == "" || p.order.Len() != 1 || p.bytes != mostPictureBytes {
		t.Errorf("%d pictures of %d bytes are kept, want 1 of %d", p.order.Len(), p.bytes, mostPictureBytes)
	}
	if name := p.put([]byte("k"), large+"x"); name != "" {
		t.Error("a picture beyond the bound is kept")
	}
}

// waiting is a writer on whose first line somebody waits.
type waiting struct{ lines chan string }

func (w waiting) Write(p []byte) (int, error) {
	w.lines <- string(p)
	return len(p), nil
}

// The program on a port of its own, from its start to the signal that ends it.
func TestRun(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	stdout := waiting{make(chan string, 1)}
	var stderr bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"-secret", file, "-listen", "127.0.0.1:0", "-url", "https://bot.example.org/", "-at", "2026-10-12T08:00:00Z"}, stdout, &stderr)
	}()
	var base string
	select {
	case line := <-stdout.lines:
		found := regexp.MustCompile(`^listening on (http://127\.0\.0\.1:\d+); commands go to https://bot\.example\.org/commands\n$`).FindStringSubmatch(line)
		if found == nil {
			t.Fatalf("it says %q", line)
		}
		base = found[1]
	case code := <-ended:
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	got, err := send1(signed(base, form("/oncall", ""), time.Now()))
	if err != nil || !strings.Contains(got.Text, "amelie is on call as primary until Mon 2026-10-19 09:00 CEST, then elena") || !strings.Contains(got.Text, "\n<https://bot.example.org/pictures/") {
		t.Errorf("got %q, %v", got.Text, err)
	}
	// A request that has begun when the signal comes is answered.
	body := form("/oncall", "")
	half, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer half.Close()
	half.SetDeadline(time.Now().Add(20 * time.Second))
	r := signed(base, body, time.Now())
	r.Header.Set("Expect", "100-continue")
	fmt.Fprintf(half, "POST /commands HTTP/1.1\r\nHost: bot\r\nContent-Length: %d\r\n", len(body))
	r.Header.Write(half)
	io.WriteString(half, "\r\n")
	answers := bufio.NewReader(half)
	if line, err := answers.ReadString('\n'); err != nil || line != "HTTP/1.1 100 Continue\r\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	stop()
	io.WriteString(half, body)
	if rest, err := io.ReadAll(answers); err != nil || !bytes.Contains(rest, []byte("amelie is on call")) {
		t.Errorf("the request that had begun got %q, %v", rest, err)
	}
	select {
	case code := <-ended:
		if code != 0 || stderr.Len() > 0 {
			t.Errorf("exit %d: %s", code, stderr.String())
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
	if _, err := http.Get(base); err == nil {
		t.Error("it still listens")
	}
}

func TestExitStatus(t *testing.T) {
	folder := write(t, map[string]string{"secret": secret, "short": "abc", "catalog/a.yaml": "service:\n  name: a\n  owner_team: b\n  responsibilities:\n    - availability: 99.99\n", "none/x.txt": ""})
	in := func(name string) string { return filepath.Join(folder, name) }
	done, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{nil, 2, "usage: bot -secret FILE"},
		{[]string{"-secret", in("secret"), "more"}, 2, "usage: bot -secret FILE"},
		{[]string{"-at", "yesterday"}, 2, "yesterday"},
		{[]string{"-help"}, 0, "signing secret"},
		{[]string{"-secret", in("nothing")}, 1, "-secret: open "},
		{[]string{"-secret", in("short")}, 1, "no signing secret, which is one line of 16 to 256 characters"},
		{[]string{"-secret", in("secret"), "-listen", "0.0.0.0:0"}, 1, "-listen 0.0.0.0:0: other machines reach this address, and the bot speaks plain HTTP; write 127.0.0.1:PORT and put a proxy with TLS in front, or add -remote"},
		{[]string{"-secret", in("secret"), "-listen", ":0"}, 1, "other machines reach this address"},
		{[]string{"-secret", in("secret"), "-listen", "here"}, 1, "write HOST:PORT"},
		{[]string{"-secret", in("secret"), "-listen", "127.0.0.1:0"}, 0, ""},
		{[]string{"-secret", in("secret"), "-listen", "[::]:0", "-remote"}, 0, ""},
		{[]string{"-secret", in("secret"), "-url", "ftp://x"}, 1, `-url "ftp://x": nothing that links can begin with; write https://HOST or https://HOST/PATH`},
		{[]string{"-secret", in("secret"), "-url", "https://x/|<!channel>"}, 1, "nothing that links can begin with"},
		{[]string{"-secret", in("secret"), "-catalog", in("catalog")}, 1, "a.yaml:5:26: service.responsibilities[0].availability: \"99.99\""},
		{[]string{"-secret", in("secret"), "-catalog", in("none")}, 1, "the catalog holds no service; write a service.yaml"},
		{[]string{"-secret", in("secret"), "-catalog", in("missing")}, 1, "missing"},
	} {
		var stdout, stderr bytes.Buffer
		if code := run(done, c.args, &stdout, &stderr); code != c.code || !strings.Contains(stderr.String(), c.want) || strings.Contains(stderr.String(), secret) {
			t.Errorf("%v: exit %d, %q; want %d and %q", c.args, code, stderr.String(), c.code, c.want)
		}
	}
}
