package main

import (
	"fmt"
	"slices"

	"github.com/srekit/ownership/release/canary"
)

// mostKept is the number of looks up to which a metric may appear for the first time.
const mostKept = 100000

// live judges lines as they come. The metrics are those of the config and of the lines
// so far: where a line has a new one, all looks are judged anew with it, as they are
// where everything is given at once.
type live struct {
	judge    canary.Judge
	stream   canary.Stream
	report   canary.Report
	lines    int
	looks    []canary.Look
	late     []canary.Warning
	leftOut  []string // metrics that came after a rollback
	begun    bool
	tooLate  bool // for new metrics
	lastTime float64
}

// line judges one look. After an error l is of no use.
func (l *live) line(data []byte) (canary.Report, error) {
	metrics, look, err := readLook(data, l.judge.Metrics)
	if err != nil {
		return canary.Report{}, err
	}
	l.lines++
	l.leave(&metrics, &look)
	if !l.tooLate {
		if l.looks = append(l.looks, look); len(l.looks) > mostKept {
			l.looks, l.tooLate = nil, true
		}
	}
	switch {
	case len(metrics) > 0 || !l.begun && len(l.judge.Metrics) > 0:
		err = l.again(metrics, look)
	case l.begun:
		l.report, err = l.stream.Look(look)
	case look.Seconds >= l.lastTime:
		l.report = nothing
		l.report.Seconds, l.report.Looks = look.Seconds, int64(l.lines)
	default:
		err = fmt.Errorf("t: %v: before the %v of the line before; sort the lines", look.Seconds, l.lastTime)
	}
	if err != nil {
		return canary.Report{}, err
	}
	l.lastTime = look.Seconds
	report := l.report
	report.Warnings = append(slices.Clip(report.Warnings), l.late...)
	return report, nil
}

// leave takes metrics that came after a rollback out of a look.
func (l *live) leave(metrics *[]canary.Metric, look *canary.Look) {
	if l.report.Verdict == canary.Rollback {
		for _, m := range *metrics {
			l.leftOut = append(l.leftOut, m.Name)
		}
	}
	if len(l.leftOut) == 0 {
		return
	}
	*metrics = slices.DeleteFunc(*metrics, func(m canary.Metric) bool { return slices.Contains(l.leftOut, m.Name) })
	look.Metrics = slices.DeleteFunc(look.Metrics, func(m canary.Measurement) bool { return slices.Contains(l.leftOut, m.Name) })
}

// again judges all looks with the metrics that are new.
func (l *live) again(metrics []canary.Metric, look canary.Look) (err error) {
	if l.tooLate {
		return fmt.Errorf("%q: new after %d looks; name it in the first line", metrics[0].Name, mostKept)
	}
	if l.begun {
		for _, m := range metrics {
			l.late = append(l.late, canary.Warning{Code: "late-metric", Text: fmt.Sprintf("%s appears first at t = %v", m.Name, look.Seconds),
				Remedy: "name all metrics in the first line or in the config; until now the others had its part of the false alarms"})
		}
	}
	l.begun = true
	l.judge.Metrics = append(slices.Clip(l.judge.Metrics), metrics...)
	if l.stream, err = l.judge.Start(); err != nil {
		return err
	}
	for _, old := range l.looks {
		if l.report, err = l.stream.Look(old); err != nil {
			return err
		}
	}
	return nil
}
