package ownership_test

import (
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/srekit/ownership"
)

func TestServiceJSON(t *testing.T) {
	const doc = "service: {name: \"12\", owner_team: pay, tier: 2, customer_facing: true, responsibilities: [{availability: 0.999}], capacity_planning: {metrics: [{name: q, kind: demand, capacity: 4000.5}]}}"
	const want = `{"service":{"name":"12","owner_team":"pay","tier":2,"customer_facing":true,"responsibilities":[{"availability":"99.9%"}],"capacity_planning":{"metrics":[{"name":"q","kind":"demand","capacity":4000.5}]}}}`
	svc, err := ownership.Read("x.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(svc)
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	var bad ownership.Service
	var spec *ownership.SpecError
	if err := json.Unmarshal([]byte(`{"service":{"name":"a"}}`), &bad); !errors.As(err, &spec) {
		t.Errorf("got %v, want a SpecError", err)
	}
}

func TestServiceJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawService(t)
		for _, f := range want.Validate() {
			if f.Level == "error" {
				t.Skip("not a service that can be used: ", f)
			}
		}
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got ownership.Service
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if diff := cmp.Diff(want, got, plainly); diff != "" {
			t.Fatalf("(-want +got)\n%s\n%s", diff, data)
		}
	})
}

func TestTeamJSONRoundTrip(t *testing.T) {
	c, err := ownership.ReadCatalog(os.DirFS(catalogFolder), ownership.CatalogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(c.Teams)
	if err != nil {
		t.Fatal(err)
	}
	var got []ownership.Team
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	if diff := cmp.Diff(c.Teams, got, plainly); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var team ownership.Team
	if err := json.Unmarshal([]byte(`{"service":{"name":"a","owner_team":"b"}}`), &team); err == nil {
		t.Error("a service was read as a team")
	}
}
