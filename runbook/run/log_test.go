package run

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"
)

// smallLog is the log of a run with approvals, output and an end.
func smallLog(t *testing.T) []Record {
	p := plan(t, `## Mitigation

~~~bash {name=delete mode=automated approve=1 timeout=1m}
kubectl delete pod <pod>
~~~
`, Request{Labels: map[string]string{"pod": "auth-1"}})
	w := newWorld(t, p, ExecutorFunc(func(context.Context, Call) (Outcome, error) {
		return Outcome{Output: "pod \"auth-1\" deleted <ok> é\n"}, nil
	}))
	w.o.Approver = ApproverFunc(func(_ context.Context, q Question) ([]Vote, error) {
		return []Vote{{Request: q.Request, By: "ana", Allow: true}}, nil
	})
	r := w.run()
	if r.Status != StatusDone || len(r.Records) != 6 {
		t.Fatalf("got %s with %d records, want done with 6", r.Status, len(r.Records))
	}
	return r.Records
}

// Every change of a log is found with its head: of each single bit and of each byte to
// any other value, insertions, deletions, truncation, removal, order and repetition.
func TestEveryChangeOfALogIsFound(t *testing.T) {
	if testing.Short() {
		t.Skip("a hundred and fifty thousand logs")
	}
	records := smallLog(t)
	log, head := AppendLog(nil, records...), Head(records)
	if _, err := Verify(log, head); err != nil {
		t.Fatalf("the log itself: %v", err)
	}
	changes := 0
	found := func(what string, changed []byte, at int) {
		changes++
		if _, err := Verify(changed, head); err == nil && !bytes.Equal(changed, log) {
			t.Errorf("%s at %d is not found", what, at)
		} else if err != nil && !errors.Is(err, ErrLog) {
			t.Errorf("%s at %d: %v wraps no ErrLog", what, at, err)
		}
	}
	for i := range log {
		for bit := range 8 {
			changed := slices.Clone(log)
			changed[i] ^= 1 << bit
			found("a bit", changed, i)
		}
		found("truncation", log[:i], i)
		found("a missing byte", slices.Delete(slices.Clone(log), i, i+1), i)
		for _, b := range []byte(" \n\t0a\"{}\x00") {
			found("one byte more", slices.Insert(slices.Clone(log), i, b), i)
		}
	}
	for i := range records {
		found("a removed record", AppendLog(nil, slices.Delete(slices.Clone(records), i, i+1)...), i)
		found("a repeated record", AppendLog(nil, slices.Insert(slices.Clone(records), i, records[i])...), i)
		for n := i + 2; n <= len(records); n++ {
			found("a run of removed records", AppendLog(nil, slices.Delete(slices.Clone(records), i, n)...), i)
		}
	}
	permute(records, func(order []Record) { found("another order", AppendLog(nil, order...), 0) })

	// All 255 other values of each byte, in the first two lines.
	short := AppendLog(nil, records[:2]...)
	head = Head(records[:2])
	log = short
	for i := range short {
		for v := 1; v < 256; v++ {
			changed := slices.Clone(short)
			changed[i] ^= byte(v)
			found("another byte", changed, i)
		}
	}
	t.Logf("%d changes of a log of %d bytes", changes, len(log))
}

// permute calls f with every order of the records.
func permute(records []Record, f func([]Record)) {
	order := slices.Clone(records)
	var at func(int)
	at = func(n int) {
		if n == len(order) {
			f(order)
			return
		}
		for i := n; i < len(order); i++ {
			order[n], order[i] = order[i], order[n]
			at(n + 1)
			order[n], order[i] = order[i], order[n]
		}
	}
	at(0)
}

// A log that somebody wrote anew from some line on, with right digests throughout, is
// unbroken: only the head tells.
func TestOnlyTheHeadTellsALogWrittenAnew(t *testing.T) {
	records := smallLog(t)
	head := Head(records)
	for from := range records {
		forged := slices.Clone(records)
		for i := from; i < len(forged); i++ {
			if i == from {
				forged[i].Note = "forged"
			}
			if i > 0 {
				forged[i].Previous = forged[i-1].Digest()
			}
		}
		log := AppendLog(nil, forged...)
		if _, err := Read(log); err != nil {
			t.Errorf("forged from %d: Read says %v", from, err)
		}
		if _, err := Verify(log, head); err == nil {
			t.Errorf("forged from %d: not found", from)
		}
	}
}

func TestVerifySays(t *testing.T) {
	records := smallLog(t)
	log := AppendLog(nil, records...)
	for _, c := range []struct {
		name string
		log  []byte
		head string
		want string
	}{
		{"nothing", nil, "", ""},
		{"whole", log, Head(records), ""},
		{"no head", log, "", "no unbroken log: no head is given, so nobody can tell whether records are missing at the end"},
		{"short", AppendLog(nil, records[:4]...), Head(records), "no unbroken log: its last record is not the head: records are missing at the end, or the log was written anew"},
		{"empty", nil, Head(records), "no unbroken log: its last record is not the head: records are missing at the end, or the log was written anew"},
		{"late head", log, Head(records[:4]), "no unbroken log: line 5: the log goes on behind the head"},
		{"torn", log[:len(log)-1], Head(records), "no unbroken log: line 6: the line was not finished"},
		{"no JSON", []byte("x\n"), "", "no unbroken log: line 1: no record: invalid character 'x' looking for beginning of value"},
		{"other form", bytes.Replace(log, []byte(`{"seq"`), []byte(`{ "seq"`), 1), Head(records), "no unbroken log: line 1: not written as a record is"},
		{"removed", AppendLog(nil, records[0], records[2]), Head(records), "no unbroken log: line 2: it is record 3"},
		{"swapped link", AppendLog(nil, records[0], Record{Seq: 2, Run: "r1", Previous: "ab"}), "", "no unbroken log: line 2: the record before is not the one that it follows"},
		{"other run", AppendLog(nil, records[0], Record{Seq: 2, Run: "r2", Previous: records[0].Digest()}), "", "no unbroken log: line 2: it is of another run"},
	} {
		got := ""
		if _, err := Verify(c.log, c.head); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
	var e *LogError
	if _, err := Verify(log, Head(records[:4])); !errors.As(err, &e) || e.Behind != 2 {
		t.Errorf("a head two records late: got %+v", e)
	}
}

func TestRecordsAreTheSameReadBack(t *testing.T) {
	records := smallLog(t)
	again, err := Read(AppendLog(nil, records...))
	if err != nil {
		t.Fatal(err)
	}
	for i := range records {
		if again[i] != records[i] {
			t.Errorf("record %d:\n got %+v\nwant %+v", i, again[i], records[i])
		}
	}
}
