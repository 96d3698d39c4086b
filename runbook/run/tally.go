package run

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/srekit/ownership/internal/wire"
	"github.com/srekit/ownership/runbook"
)

// Execution is how often a step was done, by whom, and what it took: what a count of
// saved hours is made from.
type Execution struct {
	Runbook string `json:"runbook"`
	Step    string `json:"step"`
	Done    Share  `json:"done"` // by the mode it was done in, not the one that was planned
	Failed  int    `json:"failed"`
	Skipped int    `json:"skipped"`

	// ByHand is the time of people on the steps that they did, ByMachine that of
	// attempts of the machine, those that failed included.
	ByHand    time.Duration `json:"-"`
	ByMachine time.Duration `json:"-"`
}

// MeanByHand is what the step took a person on average; 0 where no person has done it.
func (e Execution) MeanByHand() time.Duration {
	if e.Done.Manual <= 0 {
		return 0
	}
	return e.ByHand / time.Duration(e.Done.Manual)
}

type plainExecution Execution

type executionJSON struct {
	plainExecution
	ByHandSeconds    wire.Seconds `json:"by_hand_seconds"`
	ByMachineSeconds wire.Seconds `json:"by_machine_seconds"`
}

// MarshalJSON writes durations as numbers of seconds.
func (e Execution) MarshalJSON() ([]byte, error) {
	return json.Marshal(executionJSON{plainExecution(e), wire.Seconds(e.ByHand), wire.Seconds(e.ByMachine)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (e *Execution) UnmarshalJSON(text []byte) error {
	var j executionJSON
	if err := json.Unmarshal(text, &j); err != nil {
		return err
	}
	*e = Execution(j.plainExecution)
	e.ByHand, e.ByMachine = time.Duration(j.ByHandSeconds), time.Duration(j.ByMachineSeconds)
	return nil
}

// Tally counts what the logs of any number of runs tell, by runbook and step, in that
// order. Give each log once. The time of a person who did not say what it took is that
// from being told to answering, and so an upper bound.
func Tally(logs ...[]Record) []Execution {
	var out []Execution
	for _, log := range logs {
		book := ""
		for _, r := range log {
			if r.Event == Began {
				book = r.Runbook
			}
			if r.Event != Answered && r.Event != Finished {
				continue
			}
			at, found := slices.BinarySearchFunc(out, r, func(e Execution, r Record) int {
				return cmp.Or(cmp.Compare(e.Runbook, book), cmp.Compare(e.Step, r.Step))
			})
			if !found {
				out = slices.Insert(out, at, Execution{Runbook: book, Step: r.Step})
			}
			e := &out[at]
			took := min(max(r.Took, 0), maxTime)
			switch {
			case r.Event == Finished:
				e.ByMachine += took
			case r.Mode == runbook.Manual && r.After == Done && r.Before == Handed:
				e.ByHand += took
			}
			switch r.After {
			case Done:
				e.Done.add(r.Mode, 1)
			case Failed, TimedOut:
				e.Failed++
			case Skipped:
				e.Skipped++
			}
		}
	}
	return slices.DeleteFunc(out, func(e Execution) bool { return e == Execution{Runbook: e.Runbook, Step: e.Step} })
}
