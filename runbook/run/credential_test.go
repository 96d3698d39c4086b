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

// pieces are what texts with credentials, and texts with nearly one, are made of.
var pieces = func() []string {
	out := strings.Split("authorization bearer basic token digest password passwd passphrase pwd secret api access private client key "+
		"http postgres+ssl x-9 9 _ - + . / : = : = @ :// :// ://u:p@ ://u:@ :p@ ' \" , ; & é ſ \u212a \ufffd [redacted] PRIVATE KEY ----- -----BEGIN -----END "+
		"eyJ eyJ A AK AKI gh git github gl AIz ya2 ya29 np xox sk_ sk_live rk_test hv hvs dop dop_v1", " ")
	out = append(out, " ", " ", "  ", "\t", "\n", "\r\n", "\v", "\f", "\u0085", "\u00a0", "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "-----BEGIN ")
	for _, c := range issued {
		out = append(out, c.begins...)
	}
	return out
}()

// likely is a text of which something may be found. Names come in any case, and with the
// letters that are s and k to an expression that does not look at case.
func likely(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(12) {
		switch r.IntN(8) {
		case 0:
			// About as many characters as one of issued asks for.
			least := []int{8, 10, 12, 16, 20, 22, 24, 30, 35, 36, 64}
			set := []string{"A", "a1", "f", "Z9", "a-", "_b", "a.b"}[r.IntN(7)]
			b.WriteString(strings.Repeat(set, 65)[:least[r.IntN(len(least))]-1+r.IntN(3)])
		case 1:
			piece := pieces[r.IntN(len(pieces))]
			switch r.IntN(3) {
			case 0:
				piece = strings.ToUpper(piece)
			case 1:
				piece = strings.ReplaceAll(piece, "s", "ſ")
			case 2:
				piece = strings.ReplaceAll(piece, "k", "\u212a")
			}
			b.WriteString(piece)
		case 2:
			all := names["ndety"[r.IntN(5)]]
			b.WriteString(all[r.IntN(len(all))] + []string{":", "=", `": "`, " = '", ""}[r.IntN(5)])
		default:
			b.WriteString(pieces[r.IntN(len(pieces))])
		}
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
