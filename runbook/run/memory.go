package run

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// Memory is a Sink for one run that keeps its log in memory: for tests, for dry runs, and
// as the model of what a Sink has to refuse. The zero value is empty. It may be used
// concurrently and must not be copied after its first use.
type Memory struct {
	mu   sync.Mutex
	log  []byte
	last Record
	head string
}

// Append keeps a record. One that does not follow the last is an error and not kept.
func (m *Memory) Append(_ context.Context, r Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	head := r.Digest()
	switch {
	case r.Seq != m.last.Seq+1 || r.Previous != m.head || m.last.Seq > 0 && r.Run != m.last.Run:
		return fmt.Errorf("record %d of %q follows another record than the last, %d", r.Seq, r.Run, m.last.Seq)
	case head == "":
		return fmt.Errorf("record %d has no JSON", r.Seq)
	}
	m.log = AppendLog(m.log, r)
	m.last, m.head = r, head
	return nil
}

// Log is the log so far. The slice is the caller's.
func (m *Memory) Log() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.log)
}

// Head is the digest of the last record.
func (m *Memory) Head() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.head
}
