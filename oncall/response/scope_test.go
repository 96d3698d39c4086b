package response

import (
	"encoding/json"
	"testing"
)

func TestScopesAreOrderedAndNamed(t *testing.T) {
	names := []string{"task", "service", "platform", "area", "organisation"}
	last := Scope(0)
	for _, name := range names {
		s, err := ParseScope(name)
		if err != nil || s.String() != name {
			t.Errorf("ParseScope(%q) = %v, %v, want the scope of that name", name, s, err)
		}
		if s <= last {
			t.Errorf("%v is not above %v", s, last)
		}
		last = s
	}
	if s, err := ParseScope(" Organization "); err != nil || s != Organisation {
		t.Errorf("ParseScope(Organization) = %v, %v, want %v", s, err, Organisation)
	}
	for _, bad := range []string{"", "galaxy", "Scope(9)"} {
		if s, err := ParseScope(bad); err == nil {
			t.Errorf("ParseScope(%q) = %v, want an error", bad, s)
		}
	}
}

func TestScopeText(t *testing.T) {
	for s := Scope(0); s <= Organisation; s++ {
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got Scope = 99
		if err := json.Unmarshal(data, &got); err != nil || got != s {
			t.Errorf("round trip of %v through %s gives %v, %v", s, data, got, err)
		}
	}
	if data, err := json.Marshal(Scope(9)); err == nil {
		t.Errorf("Marshal(Scope(9)) = %s, want an error", data)
	}
	if got, want := Scope(9).String(), "Scope(9)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestScopeOfLevel(t *testing.T) {
	want := map[int]Scope{-1: 0, 0: Organisation, 1: Task, 2: Service, 3: Area, 4: Organisation, 5: Organisation, 6: 0}
	for level, scope := range want {
		if got := (Person{Level: level}).Scope(); got != scope {
			t.Errorf("level %d: got %v, want %v", level, got, scope)
		}
	}
}
