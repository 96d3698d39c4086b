package run

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// The expressions by themselves, asked at every byte.
var (
	plainIssued = func() *regexp.Regexp {
		var forms []string
		for _, c := range issued {
			forms = append(forms, c.form)
		}
		return regexp.MustCompile(strings.Join(forms, "|"))
	}()
	plainAssigned = regexp.MustCompile(`(?i)` + strings.Join(assigned, "|"))
)

// plainly is withoutAssigned(withoutIssued(text)) by the expressions alone.
func plainly(text string) string {
	text = plainIssued.ReplaceAllLiteralString(text, redacted)
	var b strings.Builder
	from := 0
	for _, m := range plainAssigned.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[from:m[0]])
		for g := 1; g <= 4; g++ {
			if m[2*g] >= 0 {
				b.WriteString(text[m[2*g]:m[2*g+1]])
			}
		}
		b.WriteString(redacted)
		if m[4] >= 0 {
			b.WriteString("@")
		}
		from = m[1]
	}
	return b.String() + text[from:]
}

// beginnings are those of credentials, and of what needs to stand in front of one.
var beginnings = strings.Split("AKIA|ASIA|ABIA|ACCA|ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|gldt-|glrt-|glcbt-|glptt-|glft-|glsoat-|AIza|ya29.|npm_|xoxa-|xoxb-|xoxe-|xoxo-|xoxp-|xoxr-|xoxs-|"+
	"rk_live_|rk_test_|sk_live_|sk_test_|hvs.|hvb.|hvr.|dop_v1_|eyJ|eyJ|eyJ|-----BEGIN PRIVATE KEY-----|bearer |@bearer |Authorization: Bearer |authorization:basic |x://u:p@bearer |bearer://|x-bearer://u:p@|http://u:|x-token://u:p@|_api-key://u:p@|"+
	"password=|passwd=|passphrase=|pwd=|secret=|token=|api_key=|api-key=|apikey=|access_key=|access-key=|accesskey=|private_key=|private-key=|privatekey=|client_secret=|client-secret=|clientsecret=", "|")

// pieces are what texts with credentials, and texts with nearly one, are made of.
var pieces = append(strings.Split("authorization bearer basic token digest password passwd passphrase pwd secret api access private client key "+
	"http postgres+ssl x-9 9 _ - + . / : = : = @ :// :// ://u:p@ ://u:@ :p@ ' \" , ; & é ſ \u212a \ufffd [redacted] PRIVATE KEY ----- -----BEGIN -----END "+
	"A AK AKI gh git github gl AIz ya2 ya29 np xox sk_ hv dop dop_v1", " "),
	" ", " ", "  ", "\t", "\n", "\r\n", "\v", "\f", "\u0085", "\u00a0", "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "-----BEGIN ")

// likely is a text of which something may be found. Names come in any case, and with the
// letters that are s and k to an expression that does not look at case.
func likely(r *rand.Rand) string {
	var b strings.Builder
	some := func() string {
		// About as many characters as one of issued asks for.
		least := []int{8, 8, 10, 12, 16, 20, 22, 24, 30, 35, 36, 64}
		set := []string{"A", "a1", "f", "Z9", "a-", "_b", "a.b"}[r.IntN(7)]
		return strings.Repeat(set, 65)[:least[r.IntN(len(least))]-1+r.IntN(3)]
	}
	for range 1 + r.IntN(12) {
		piece := pieces[r.IntN(len(pieces))]
		switch r.IntN(8) {
		case 0:
			piece = some()
		case 1, 2:
			piece = beginnings[r.IntN(len(beginnings))] + some()
			if strings.HasPrefix(piece, webToken) && r.IntN(4) > 0 {
				piece += "." + some()
			}
		case 3:
			piece = beginnings[r.IntN(len(beginnings))]
		}
		switch r.IntN(16) {
		case 0:
			piece = strings.ToUpper(piece)
		case 1:
			piece = strings.ReplaceAll(piece, "s", "ſ")
		case 2:
			piece = strings.ReplaceAll(piece, "k", "\u212a")
		}
		b.WriteString(piece)
	}
	return b.String()
}

// Where to look for a match is found without the expressions, and what is found is the
// same.
func TestCredentialsAsTheExpressionsFindThem(t *testing.T) {
	texts, changed := 40000, 0
	if testing.Short() {
		texts = 4000
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range texts {
		text := likely(r)
		got, want := withoutAssigned(withoutIssued(text)), plainly(text)
		if got != want {
			t.Fatalf("%q:\n got %q\nwant %q", text, got, want)
		}
		if got != text {
			changed++
		}
	}
	t.Logf("%d texts, of which %d had a credential", texts, changed)
}

// Texts in which a match may begin everywhere and none does, a million bytes of each: were
// the search from each place as long as the text, this would not end.
func TestNoTextTakesTheSquareOfItsLength(t *testing.T) {
	if testing.Short() {
		t.Skip("sixteen million bytes")
	}
	for _, text := range []string{"eyJ-", "xeyJ", "eyJaaaaaaaa-", "eyJ.", "-----BEGIN ", "x://u:", "a-", "token ", "token\" ", "=", ": ", " ", "bearer ", "glpat-", "authorization ", "\u212a"} {
		Redact(strings.Repeat(text, 1<<20/len(text))+".aaaaaaa", nil)
	}
}
