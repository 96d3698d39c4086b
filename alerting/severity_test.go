package alerting

import (
	"encoding/json"
	"testing"
)

func TestParseSeverity(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Severity
	}{
		{"page", Page}, {"critical", Page}, {"CRIT", Page}, {"sev1", Page}, {"Sev2", Page}, {"P1", Page}, {"p2", Page},
		{"ticket", Ticket}, {" warning ", Ticket}, {"warn", Ticket}, {"sev3", Ticket}, {"p3", Ticket},
		{"info", Info}, {"sev4", Info}, {"sev5", Info}, {"p4", Info}, {"p5", Info},
	} {
		got, err := ParseSeverity(tt.in)
		if err != nil || got != tt.want {
			t.Errorf("ParseSeverity(%q) = %v, %v, want %v", tt.in, got, err, tt.want)
		}
	}
	for _, in := range []string{"", "urgent", "sev0", "pages"} {
		_, err := ParseSeverity(in)
		want := `unknown severity "` + in + `"; write critical (page), warning (ticket) or info`
		if err == nil || err.Error() != want {
			t.Errorf("ParseSeverity(%q): got error %v, want %s", in, err, want)
		}
	}
}

func TestSeverityOrderAndNames(t *testing.T) {
	if !(Page > Ticket && Ticket > Info && Info > 0) {
		t.Errorf("got order %d, %d, %d, want page > ticket > info > unset", Page, Ticket, Info)
	}
	for s, want := range map[Severity]string{0: "", Info: "info", Ticket: "ticket", Page: "page", 4: "Severity(4)", -1: "Severity(-1)"} {
		if got := s.String(); got != want {
			t.Errorf("Severity(%d).String() = %q, want %q", int(s), got, want)
		}
	}
}

func TestSeverityJSON(t *testing.T) {
	for _, s := range []Severity{0, Info, Ticket, Page} {
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got := Severity(9)
		if err := json.Unmarshal(data, &got); err != nil || got != s {
			t.Errorf("%s: got %v, %v, want %v", data, got, err, s)
		}
	}
	var s Severity
	if err := json.Unmarshal([]byte(`"loud"`), &s); err == nil {
		t.Error(`"loud" was read without an error`)
	}
}
