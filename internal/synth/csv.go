package synth

import (
	"bufio"
	"io"
	"strconv"
	"time"
)

// WriteCSV writes counts as the example programs read them: the header
// timestamp,bad,total and a row for each count, with the end of its slot in
// RFC 3339 (UTC). The only errors are the writer's.
func WriteCSV(w io.Writer, counts []Count) error {
	b := bufio.NewWriter(w)
	b.WriteString("timestamp,bad,total\n")
	for _, c := range counts {
		row(b, c.Time, c.Bad, c.Total)
	}
	return b.Flush()
}

// WriteValuesCSV writes what a load measures: timestamp,value.
func WriteValuesCSV(w io.Writer, values []Value) error {
	b := bufio.NewWriter(w)
	b.WriteString("timestamp,value\n")
	for _, v := range values {
		row(b, v.Time, v.Value)
	}
	return b.Flush()
}

// WriteOutagesCSV writes when outages were, as the truth for a backtest:
// start,end, without those that have no length.
func WriteOutagesCSV(w io.Writer, outages []Outage) error {
	b := bufio.NewWriter(w)
	b.WriteString("start,end\n")
	for _, o := range outages {
		if o.End.After(o.Start) {
			line := append(b.AvailableBuffer(), o.Start.UTC().Format(time.RFC3339Nano)...)
			line = append(line, ',')
			line = append(line, o.End.UTC().Format(time.RFC3339Nano)...)
			b.Write(append(line, '\n'))
		}
	}
	return b.Flush()
}

func row(w *bufio.Writer, t time.Time, values ...float64) {
	line := t.UTC().AppendFormat(w.AvailableBuffer(), time.RFC3339Nano)
	for _, v := range values {
		line = append(line, ',')
		line = strconv.AppendFloat(line, v, format(v), -1, 64)
	}
	w.Write(append(line, '\n'))
}
