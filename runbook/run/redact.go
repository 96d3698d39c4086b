package run

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// Redact replaces what must not be in a log: the given secrets, as they are and in
// base64, hex, URL and JSON form, line by line where they have several; and what has the
// form of a well-known credential: keys and tokens of AWS, GitHub, GitLab, Google, npm,
// Slack, Stripe and Vault, JSON web tokens, private keys in PEM, passwords in URLs, and
// the values of Authorization headers and of words like password= and token:. In place of
// it stands [redacted].
//
// A secret that is cut in two, encrypted, or spelled in another way is not found; nor is
// a token that looks like any word. It is the last line of defence, not the first. An
// empty secret is nothing to look for.
func Redact(text string, secrets []string) string {
	return newRedactor(secrets).redact(text)
}

const redacted = "[redacted]"

type redactor struct {
	replacer *strings.Replacer
	forms    []string // longest first
}

func newRedactor(secrets []string) redactor {
	var forms []string
	add := func(s string) {
		if strings.TrimSpace(s) != "" {
			forms = append(forms, s)
		}
	}
	for _, s := range secrets {
		if s == "" {
			continue
		}
		pieces := []string{s, strings.TrimSpace(s)}
		if lines := strings.Split(s, "\n"); len(lines) > 1 {
			for _, l := range lines {
				if l = strings.TrimSpace(l); len(l) >= 4 {
					pieces = append(pieces, l)
				}
			}
		}
		for _, p := range pieces {
			add(p)
			add(tidy(p))
			if len(p) < 4 {
				continue // its other forms are too common
			}
			add(hex.EncodeToString([]byte(p)))
			add(strings.ToUpper(hex.EncodeToString([]byte(p))))
			add(url.QueryEscape(p))
			add(url.PathEscape(p))
			if text, err := json.Marshal(p); err == nil {
				add(string(text[1 : len(text)-1]))
			}
			add(quoted(p))
			// Base64 of a text that holds the secret: at each of the three offsets, the
			// characters that depend on the secret alone.
			for shift := range 3 {
				raw := append(make([]byte, shift), p...)
				for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
					text := enc.EncodeToString(raw)
					from, to := (shift*8+5)/6, len(raw)*8/6
					if to-from >= 4 {
						add(text[from:to])
					}
				}
			}
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	forms = slices.Compact(forms)
	pairs := make([]string, 0, 2*len(forms))
	for _, f := range forms {
		pairs = append(pairs, f, redacted)
	}
	return redactor{strings.NewReplacer(pairs...), forms}
}

// redact gives the text without secrets and credentials, as valid UTF-8.
func (r redactor) redact(text string) string {
	if text == "" {
		return ""
	}
	text = tidy(r.replacer.Replace(text))
	text = withoutAssigned(withoutIssued(text))
	return r.replacer.Replace(text)
}

// end takes from a text that was cut off whatever may be the beginning of a secret.
func (r redactor) end(text string) string {
	longest := 0
	for _, f := range r.forms {
		for n := min(len(f)-1, len(text)); n > longest; n-- {
			if strings.HasSuffix(text, f[:n]) {
				longest = n
				break
			}
		}
	}
	return text[:len(text)-longest]
}
