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
		// The letters that are k and s where case is not looked at.
		{"pa\u017f\u017fword=x, to\u212aen: y", "pa\u017f\u017fword=[redacted], to\u212aen: [redacted]"},
		{"9\u212a://u:p@h", "9\u212a://u:[redacted]@h"},
		{"_token://u:p@h", "_token:[redacted]"},
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
		for _, form := range []string{secret, hex.EncodeToString([]byte(secret)), strings.ToUpper(hex.EncodeToString([]byte(secret))), base64.RawURLEncoding.EncodeToString([]byte(secret))[:len(secret)*8/6], url.QueryEscape(secret), url.PathEscape(secret), string(j[1 : len(j)-1]), quoted(secret)} {
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
		{"secret\ufffdx", "[redacted]", []string{"secret\xffx"}},
		{"secret\xffx", "[redacted]", []string{"secret\ufffdx"}},
		{":abcd.", ":[redacted].", []string{" abcd "}},
		{"x YT8/Pz4/Pj8+ y", "x [redacted] y", []string{"a???>?>?>"}},
		{"x YT8_Pz4_Pj8- y", "x [redacted] y", []string{"a???>?>?>"}},
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

// Where output is cut off within a secret, its beginning is taken out too, within a
// character of it as well, and no digest is that of a text with the beginning.
func TestOutputCutOffWithinASecret(t *testing.T) {
	const secret = "pässwörd"
	p := plan(t, steps("name=a mode=automated timeout=1m|kubectl get pods"), Request{})
	for n := 1; n < len(secret); n++ {
		for _, before := range []string{"", "x "} {
			w := newWorld(t, p, ExecutorFunc(func(context.Context, Call) (Outcome, error) {
				return Outcome{Output: before + secret[:n], Truncated: true}, nil
			}))
			w.o.Secrets = map[string]string{"s": secret}
			want, wantDigest := before+"\n[cut off]", digest([]byte(before))
			if r := w.run().Records[2]; r.Output != want || r.OutputDigest != wantDigest {
				t.Errorf("%q: got %q with digest %.8s, want %q with %.8s", before+secret[:n], r.Output, r.OutputDigest, want, wantDigest)
			}
		}
	}
	for _, c := range []struct{ text, want string }{{"", ""}, {"a", "a"}, {"é", "é"}, {"aé"[:2], "a"}, {"\u20ac"[:2], ""}, {"\xff", "\xff"}, {"a\x80\x80", "a\x80\x80"}, {"\x80\x80\x80\x80\x80", "\x80\x80\x80\x80\x80"}} {
		if got := whole(c.text); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// Output is redacted before it is cut to what a record keeps, so no half of a secret is left.
func TestOutputIsRedactedBeforeItIsCut(t *testing.T) {
	w := newWorld(t, plan(t, steps("name=a mode=automated timeout=1m|kubectl get pods"), Request{}), ExecutorFunc(func(context.Context, Call) (Outcome, error) {
		return Outcome{Output: "12345s3cr3t-pa55"}, errorString("12345s3cr3t-pa55")
	}))
	w.o.Secrets, w.o.MaxOutput = map[string]string{"s": "s3cr3t-pa55"}, 10
	r := w.run().Records[2]
	if r.Output != "12345[reda\n[cut off]" || r.Note != "12345[reda" || r.OutputDigest != digest([]byte("12345[redacted]")) {
		t.Errorf("got %+v", r)
	}
}

// What looks like a credential stands nowhere in what is posted, whatever part of the
// runbook or of the alert it comes from.
func TestNoCredentialIsPosted(t *testing.T) {
	const secret = "hunter2"
	key := "AKIA" + strings.Repeat("A7", 8)
	text := "# Title password=" + secret + "\n\n## Mitigation\n\nSee token: " + secret + ".\n\n[board](https://u:" + secret + "@host/x)\n\n" +
		"~~~sh {name=a mode=automated timeout=1m}\ncurl -H \"Authorization: Bearer " + secret + "\" <host>\n~~~\n\n" +
		"~~~python {name=b mode=automated timeout=1m}\nsecret = '" + secret + "'\nprint('<host>')\n~~~\n\n" +
		"~~~sh {name=c mode=automated timeout=1m}\nsudo sh -c \"echo <key>\" <host>\n~~~\n"
	b := book(t, text)
	for i := range b.Inputs {
		b.Inputs[i].Declared = true
	}
	p, err := Prepare(b, Request{Requester: "rita", Labels: map[string]string{"host": "x token=" + secret, "key": key + " ;"}})
	if err != nil {
		t.Fatal(err)
	}
	got := p.Markdown()
	for _, s := range []string{secret, key} {
		if strings.Contains(got, s) {
			t.Errorf("%s stands in\n%s", s, got)
		}
	}
	if n := strings.Count(strings.ReplaceAll(got, `\`, ""), redacted); n < 8 {
		t.Errorf("%d are redacted:\n%s", n, got)
	}
}

type errorString string

func (e errorString) Error() string { return string(e) }

// Whole texts of a kind, 16 KiB and more. "Plainly" has the expressions look at every byte.
func BenchmarkRedact(b *testing.B) {
	log := strings.Repeat("2026-11-23T09:00:00.125Z INFO pod auth-1 is Running, restarts=3 node=n-17 took: 1.5s GET https://auth.example.com/v1/tokens?page=2 by 10.0.3.7:8080\n", 125)
	for _, c := range []struct{ name, text string }{
		{"log", log},
		{"table", strings.Repeat("auth           auth-6d4cf56db6-x2x7q            1/1     Running   3 (4h ago)   12d   10.0.3.7    n-17   <none>\n", 160)},
		{"JSON", strings.Repeat(`{"kind": "Pod", "metadata": {"name": "auth-1", "namespace": "auth", "labels": {"app": "auth", "pod-template-hash": "6d4cf56db6"}}, "spec": {"restartPolicy": "Always", "serviceAccountName": "token-reader", "priority": 0}},`+"\n", 80)},
		{"credentials", strings.Repeat("user ana token: abcdef0123 key AKIA"+strings.Repeat("A7", 8)+" at postgres://auth:pa55@db/x\n", 180)},
		{"nearly tokens", strings.Repeat("eyJaaaaaaaaa-", 1300)},
		{"nearly passwords", strings.Repeat("x://u:", 2700)},
	} {
		b.Run(c.name, func(b *testing.B) {
			r := newRedactor([]string{"s3cr3t-pa55", "another-one"})
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				r.redact(c.text)
			}
		})
	}
	b.Run("log plainly", func(b *testing.B) {
		r := newRedactor([]string{"s3cr3t-pa55", "another-one"})
		b.SetBytes(int64(len(log)))
		b.ReportAllocs()
		for b.Loop() {
			r.replacer.Replace(plainly(tidy(r.replacer.Replace(log))))
		}
	})
}
