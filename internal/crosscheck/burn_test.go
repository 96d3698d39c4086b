package crosscheck

import (
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/srekit/ownership/alerting"
)

// most is how many evaluations an alert may be away from the closed form: one for the
// scrape and one for the evaluation itself.
const most = 2

func TestAlertsFireAndEndWhenTheClosedFormSays(t *testing.T) {
	burns := Burns()
	if os.Getenv("CROSSCHECK_ALL") == "" {
		burns = slices.DeleteFunc(burns, func(b Burn) bool { return b.every() < 30*time.Second && b.Length >= 24*time.Hour })
	}
	outcomes := make([]Outcome, len(burns))
	t.Run("all", func(t *testing.T) {
		for i, b := range burns {
			t.Run(b.String(), func(t *testing.T) {
				t.Parallel()
				o, err := b.Run(t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				outcomes[i] = o
				if o.Fired != o.Fires {
					t.Errorf("fired %v, want %v", o.Fired, o.Fires)
				}
				if !o.Fires {
					return
				}
				if o.Episodes != 1 {
					t.Errorf("the alert went off %d times, want once", o.Episodes)
				}
				if math.Abs(o.Late()) > most {
					t.Errorf("fired after %v, want %v within %d steps of %v", o.Detected, o.Detection, most, o.Step)
				}
				if math.Abs(o.Lingered()) > most {
					t.Errorf("silent after %v, want %v within %d steps of %v", o.Silent, o.Reset, most, o.Step)
				}
			})
		}
	})
	var table strings.Builder
	WriteReactions(&table, burns, outcomes)
	t.Log("\n" + table.String())
}

func TestSilentCasesAreSilentByTheClosedForm(t *testing.T) {
	for _, b := range Burns() {
		r, err := b.Predict()
		if err != nil {
			t.Fatal(err)
		}
		if want := b.Name != "silent"; r.Fires != want {
			t.Errorf("%s: fires %v, want %v", b, r.Fires, want)
		}
	}
}

// A new service has no history, and its first rates are too low, because the
// base window is not full yet: that brings an alert forward by up to two
// evaluations, however long the window.
func TestANewServiceAlertsAsAnOldOne(t *testing.T) {
	t.Parallel()
	page := Burn{Name: "page", Target: "90%", ErrorRatio: 1, Length: 4 * time.Hour, Severity: alerting.Page, Warm: 3 * time.Minute}
	ticket := Burn{Name: "ticket", Target: "99%", ErrorRatio: 0.2, Length: 4 * time.Hour, Severity: alerting.Ticket, Warm: 3 * time.Minute}
	burns := []Burn{page, ticket, page, ticket}
	burns[2].Warm, burns[3].Warm = warm, 3*24*time.Hour
	for i := range burns {
		burns[i].Policy, burns[i].Replicas, burns[i].PerSecond = alerting.Workbook(), 3, 300
	}
	o, err := RunAll(burns, t.TempDir(), runtime.GOMAXPROCS(0))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		cold, old := o[i], o[i+2]
		t.Logf("%s: new service %v and %v, old one %v and %v", burns[i], cold.Detected, cold.Silent, old.Detected, old.Silent)
		if d := old.Detected - cold.Detected; d < 0 || d > most*30*time.Second {
			t.Errorf("%s: fired after %v for a new service and %v for an old one", burns[i], cold.Detected, old.Detected)
		}
		if d := old.Silent - cold.Silent; d.Abs() > most*30*time.Second {
			t.Errorf("%s: silent after %v for a new service and %v for an old one", burns[i], cold.Silent, old.Silent)
		}
	}
}
