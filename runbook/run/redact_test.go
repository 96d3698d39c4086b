package run

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRedactWellKnown(t *testing.T) {
	// The examples are put together here, so that no scanner of repositories takes them
	// for leaks.
	x := strings.Repeat
	for _, c := range []struct{ text, want string }{
		{"key AKIA" + x("A7", 8) + ".", "key [redacted]."},
		{"ghp_" + x("a1", 18), "[redacted]"},
		{"github_pat_" + x("a_1", 10), "[redacted]"},
		{"glpat-" + x("a1-", 8), "[redacted]"},
		{"AIza" + x("b", 35), "[redacted]"},
		{"npm_" + x("c", 36), "[redacted]"},
		{"xoxb-" + x("12-", 6), "[redacted]"},
		{"sk_live_" + x("d", 20), "[redacted]"},
		{"hvs." + x("e", 30), "[redacted]"},
		{"jwt eyJhbGciOi" + "JIUzI1NiJ9.eyJzdWIiOiIx" + "MjM0In0.c2lnbmF0dXJl end", "jwt [redacted] end"},
		{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter", "[redacted]\nafter"},
		{"-----BEGIN PRIVATE KEY-----\nMIIE cut", "[redacted]"},
		{"postgres://auth:pa55@db/x", "postgres://auth:[redacted]@db/x"},
		{"https://user@host/", "https://user@host/"},
		{"Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"},
		{`"authorization": "Basic dXNlcjpwdw=="`, `"authorization": "Basic [redacted]"`},
		{"-H 'Authorization: token abc'", "-H 'Authorization: token [redacted]'"},
		{"DB_PASSWORD=hunter2 next", "DB_PASSWORD=[redacted] next"},
		{`{"client_secret": "x y", "a": 1}`, `{"client_secret": "[redacted] y", "a": 1}`},
		{"api-key: 12", "api-key: [redacted]"},
		{"pod auth-1 is Running", "pod auth-1 is Running"},
		{"token bucket is full", "token bucket is full"},
		{"", ""},
	} {
		if got := Redact(c.text, nil); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
		if again := Redact(c.want, nil); again != c.want {
			t.Errorf("%q: redacted again it is %q", c.want, again)
		}
	}
}

// A secret is found wherever it stands, and in its other forms.
func TestRedactSecrets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[!-~é ]{6,20}`).Draw(t, "secret")
		if strings.TrimSpace(secret) != secret || strings.Contains(redacted, secret) {
			return
		}
		before, after := rapid.String().Draw(t, "before"), rapid.String().Draw(t, "after")
		j, _ := json.Marshal(secret)
		for _, form := range []string{secret, hex.EncodeToString([]byte(secret)), url.QueryEscape(secret), url.PathEscape(secret), string(j[1 : len(j)-1]), quoted(secret)} {
			got := Redact(before+form+after, []string{"other", secret})
			if strings.Contains(got, form) && !strings.Contains(before+after, form) {
				t.Fatalf("%q in %q", form, got)
			}
		}
		// Base64 of a text with the secret in it: no four characters of the secret's own are left.
		pad := rapid.SampledFrom([]string{"", "u", "us", "user:"}).Draw(t, "pad")
		encoded := base64.StdEncoding.EncodeToString([]byte(pad + secret + ":tail"))
		got := Redact(encoded, []string{secret})
		if !strings.Contains(got, redacted) {
			t.Fatalf("base64 %q of %q is left", encoded, pad+secret)
		}
	})
	for _, c := range []struct {
		text, want string
		secrets    []string
	}{
		{"one\ntwo-two", "[redacted]", []string{"one\ntwo-two"}},
		{"x two-two y", "x [redacted] y", []string{"one\ntwo-two"}},
		{"abcd abc", "[redacted] [redacted]", []string{"abc", "abcd"}},
		{"secret\xffx", "[redacted]", []string{"secret\xffx"}},
		{"a\xffb", "a\ufffdb", nil},
		{"nothing", "nothing", []string{"", " "}},
	} {
		if got := Redact(c.text, c.secrets); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// No secret reaches the log, the report or the plan, whatever a command prints.
func TestNoSecretInTheLog(t *testing.T) {
	const secret = "s3cr3t-pa55"
	b := book(t, "---\ninputs:\n  - name: TOKEN\n    secret: true\n---\n"+steps("name=a mode=automated timeout=1m|curl -H \"X: $TOKEN\" <host>"))
	p, err := Prepare(b, Request{Requester: "rita", Labels: map[string]string{"host": "h"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Secrets(); len(got) != 1 || got[0] != "TOKEN" {
		t.Errorf("secrets %q", got)
	}
	w := newWorld(t, p, ExecutorFunc(func(_ context.Context, c Call) (Outcome, error) {
		if v := c.Command.Env[0]; v.Name != "IN_TOKEN" || v.Value != secret || strings.Contains(c.Command.Script, "$TOKEN") {
			t.Errorf("got %+v", c.Command)
		}
		return Outcome{Output: "sent " + secret + "\n" + base64.StdEncoding.EncodeToString([]byte("x:"+secret)) + strings.Repeat(".", 100) + secret[:7], Truncated: true}, errorString("refused " + secret)
	}))
	w.o.Secrets = map[string]string{"TOKEN": secret, "unused": "another-one"}
	r := w.run()
	all := string(w.sink.Log()) + r.Markdown() + p.Markdown() + r.Records[2].Markdown()
	text, _ := json.Marshal(r)
	all += string(text)
	for _, s := range []string{secret, secret[:7], "another-one"} {
		if strings.Contains(all, s) {
			t.Errorf("%q stands in\n%s", s, all)
		}
	}
	if rec := r.Records[2]; rec.Note != "refused [redacted]" || !strings.HasPrefix(rec.Output, "sent [redacted]\n") || !strings.HasSuffix(rec.Output, "...\n[cut off]") {
		t.Errorf("got %+v", rec)
	}
}

type errorString string

func (e errorString) Error() string { return string(e) }

func BenchmarkRedact(b *testing.B) {
	text := strings.Repeat("2026-11-23T09:00:00Z pod auth-1 is Running, restarts 3, node n-17\n", 250)
	r := newRedactor([]string{"s3cr3t-pa55", "another-one"})
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		r.redact(text)
	}
}
