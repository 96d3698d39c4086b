package response

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/diag"
	"github.com/srekit/ownership/internal/markdown"
	"github.com/srekit/ownership/internal/prose"
	"github.com/srekit/ownership/internal/stat"
	"github.com/srekit/ownership/internal/wire"
)

// StepRun is one execution of a step of a runbook, as an audit log tells it.
//
// Attended is the time that it took somebody: all of it for a step done by
// hand, the approval and the reading of its output for an automated one, which
// may be zero.
type StepRun struct {
	Service   string        `json:"service,omitempty"`
	Runbook   string        `json:"runbook"`
	Step      string        `json:"step"`
	Automated bool          `json:"automated,omitempty"`
	Start     time.Time     `json:"start"`
	Attended  time.Duration `json:"-"` // attended_seconds in JSON
}

// DividendOptions say how dividends are estimated. More fields may be added.
type DividendOptions struct {
	From, To time.Time // executions outside [From, To) are left out; zero is without end
	Level    float64   // of intervals, in (0,1); 0 means 0.95
}

// Dividend is what the automation of one step has given back: executions times
// the manual time that each saved.
//
// The manual time is the median of the executions by hand. Low and High are
// Saved at the ends of its distribution-free interval from order statistics
// (David and Nagaraja, Order Statistics, 2003, section 7.1), which covers with
// the probability Level: what the number of executions allows, 0 for one.
type Dividend struct {
	Service   string `json:"service,omitempty"`
	Runbook   string `json:"runbook"`
	Step      string `json:"step"`
	Manual    int    `json:"manual"`    // executions by hand
	Automated int    `json:"automated"` // executions without

	ManualTime time.Duration `json:"-"` // manual_time_seconds: median of one execution by hand
	Spent      time.Duration `json:"-"` // spent_seconds: on all the executions by hand
	Attended   time.Duration `json:"-"` // attended_seconds: on all the automated executions
	// Saved is Automated times ManualTime, less Attended. It is negative where
	// the automation needs more looking after than the step needed hands, and
	// zero where no execution by hand was seen.
	Saved time.Duration `json:"-"` // saved_seconds
	Low   time.Duration `json:"-"` // low_seconds
	High  time.Duration `json:"-"` // high_seconds
	Level float64       `json:"level"`
}

// Dividends are those of all steps.
type Dividends struct {
	Steps []Dividend    `json:"steps"` // greatest Saved first, then greatest Spent, then by name: what to automate next
	Saved time.Duration `json:"-"`     // saved_seconds: of all steps
	Spent time.Duration `json:"-"`     // spent_seconds: by hand, in all steps
	// Findings have the codes
	//
	//	no-manual-time     warning  an automated step that was never seen done by hand: nothing tells what it saves
	//	few-executions     info     fewer than six executions by hand: their median has no interval of 95 %
	//	negative-dividend  warning  an automated step that takes more time than it saves
	Findings []Finding `json:"findings,omitempty"`
}

// MeasureDividends adds up what automation has saved. A step is told by
// service, runbook and name. The error, an *Error, names all the executions
// that are out of range.
func MeasureDividends(runs []StepRun, opt DividendOptions) (Dividends, error) {
	var p problems
	level := p.share("level", opt.Level, 0.95)
	if level == 1 {
		p.Add("value", "level", "1", "no interval is certain", "write 0.95")
	}
	if !opt.From.IsZero() && !opt.To.IsZero() && !opt.From.Before(opt.To) {
		p.Add("value", "to", opt.To.UTC().Format(time.RFC3339), "not after from", "exchange them")
	}
	type key struct{ service, runbook, step string }
	byStep := map[key][]StepRun{}
	for i, r := range runs {
		at := place("runs", i)
		if r.Step == "" {
			p.Add("name", at+".step", "", "the name is missing", "name the step")
		}
		p.checkTime(at+".start", r.Start)
		if r.Attended < 0 || r.Attended > maxWork {
			p.Add("value", at+".attended", r.Attended.String(), "not from 0 to 366 days", "write the time that somebody gave")
		}
		if !opt.From.IsZero() && r.Start.Before(opt.From) || !opt.To.IsZero() && !r.Start.Before(opt.To) {
			continue
		}
		k := key{r.Service, r.Runbook, r.Step}
		byStep[k] = append(byStep[k], r)
	}
	if err := p.err(); err != nil {
		return Dividends{}, err
	}
	d := Dividends{Steps: []Dividend{}}
	for k, runs := range byStep {
		d.Steps = append(d.Steps, dividend(Dividend{Service: k.service, Runbook: k.runbook, Step: k.step}, runs, level))
	}
	slices.SortFunc(d.Steps, func(a, b Dividend) int {
		return cmp.Or(cmp.Compare(b.Saved, a.Saved), cmp.Compare(b.Spent, a.Spent),
			cmp.Compare(a.Service, b.Service), cmp.Compare(a.Runbook, b.Runbook), cmp.Compare(a.Step, b.Step))
	})
	for _, s := range d.Steps {
		d.Spent = longer(d.Spent, s.Spent)
		d.Saved = longer(d.Saved, s.Saved)
		path := s.Step
		if s.Runbook != "" {
			path = s.Runbook + "#" + s.Step
		}
		switch {
		case s.Automated > 0 && s.Manual == 0:
			d.Findings = append(d.Findings, Finding{"no-manual-time", diag.Warning, "", 0, 0, path, "", "automated, and never seen done by hand: nothing tells what it saves", "add one execution with the time that it took by hand"})
		case s.Automated > 0 && s.Manual < 6:
			d.Findings = append(d.Findings, Finding{"few-executions", diag.Info, "", 0, 0, path, strconv.Itoa(s.Manual), "the time by hand comes from " + prose.Plural(s.Manual, "execution"), "six give an interval of 95 %"})
		}
		if s.Saved < 0 {
			d.Findings = append(d.Findings, Finding{"negative-dividend", diag.Warning, "", 0, 0, path, "", "looking after the automation took " + prose.Duration(-s.Saved) + " more than the step would by hand", "mend the automation, or go back"})
		}
	}
	return d, nil
}

func dividend(d Dividend, runs []StepRun, level float64) Dividend {
	var manual []float64
	for _, r := range runs {
		if r.Automated {
			d.Automated++
			d.Attended = longer(d.Attended, r.Attended)
			continue
		}
		d.Manual++
		d.Spent = longer(d.Spent, r.Attended)
		manual = append(manual, float64(r.Attended))
	}
	if d.Manual == 0 {
		return d
	}
	slices.Sort(manual)
	d.ManualTime = time.Duration(stat.Median(manual))
	if d.Automated == 0 {
		return d
	}
	rank := 1
	lower, _ := stat.BinomialCDF(0, uint64(d.Manual), 0.5)
	d.Level = max(1-2*lower, 0)
	for r := 2; r <= d.Manual/2; r++ {
		lower, _ := stat.BinomialCDF(uint64(r-1), uint64(d.Manual), 0.5)
		if 1-2*lower < level {
			break
		}
		rank, d.Level = r, 1-2*lower
	}
	saved := func(each time.Duration) time.Duration {
		if each > 0 && d.Automated > int((1<<62)/each) {
			return 1 << 62
		}
		return time.Duration(d.Automated)*each - d.Attended
	}
	d.Saved, d.Low, d.High = saved(d.ManualTime), saved(time.Duration(manual[rank-1])), saved(time.Duration(manual[len(manual)-rank]))
	return d
}

type stepRunAlias StepRun

type stepRunJSON struct {
	*stepRunAlias
	Attended wire.Seconds `json:"attended_seconds"`
}

// MarshalJSON writes the time as a number of seconds.
func (r StepRun) MarshalJSON() ([]byte, error) {
	a := stepRunAlias(r)
	return json.Marshal(stepRunJSON{&a, wire.Seconds(r.Attended)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *StepRun) UnmarshalJSON(text []byte) error {
	var a stepRunAlias
	v := stepRunJSON{stepRunAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*r = StepRun(a)
	r.Attended = time.Duration(v.Attended)
	return nil
}

type dividendAlias Dividend

type dividendJSON struct {
	*dividendAlias
	ManualTime wire.Seconds `json:"manual_time_seconds"`
	Spent      wire.Seconds `json:"spent_seconds"`
	Attended   wire.Seconds `json:"attended_seconds"`
	Saved      wire.Seconds `json:"saved_seconds"`
	Low        wire.Seconds `json:"low_seconds"`
	High       wire.Seconds `json:"high_seconds"`
}

// MarshalJSON writes durations as numbers of seconds.
func (d Dividend) MarshalJSON() ([]byte, error) {
	a := dividendAlias(d)
	return json.Marshal(dividendJSON{&a, wire.Seconds(d.ManualTime), wire.Seconds(d.Spent), wire.Seconds(d.Attended), wire.Seconds(d.Saved), wire.Seconds(d.Low), wire.Seconds(d.High)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Dividend) UnmarshalJSON(text []byte) error {
	var a dividendAlias
	v := dividendJSON{dividendAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*d = Dividend(a)
	d.ManualTime, d.Spent, d.Attended = time.Duration(v.ManualTime), time.Duration(v.Spent), time.Duration(v.Attended)
	d.Saved, d.Low, d.High = time.Duration(v.Saved), time.Duration(v.Low), time.Duration(v.High)
	return nil
}

type dividendsAlias Dividends

type dividendsJSON struct {
	*dividendsAlias
	Saved wire.Seconds `json:"saved_seconds"`
	Spent wire.Seconds `json:"spent_seconds"`
}

// MarshalJSON writes durations as numbers of seconds.
func (d Dividends) MarshalJSON() ([]byte, error) {
	a := dividendsAlias(d)
	return json.Marshal(dividendsJSON{&a, wire.Seconds(d.Saved), wire.Seconds(d.Spent)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Dividends) UnmarshalJSON(text []byte) error {
	var a dividendsAlias
	v := dividendsJSON{dividendsAlias: &a}
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	*d = Dividends(a)
	d.Saved, d.Spent = time.Duration(v.Saved), time.Duration(v.Spent)
	return nil
}

// Markdown is the dividends as a table.
func (d Dividends) Markdown() string {
	rows := [][]string{{"Runbook", "Step", "By hand", "Median", "Automated", "Saved", "From", "To"}}
	for _, s := range d.Steps {
		row := []string{markdown.Text(s.Runbook), markdown.Text(s.Step), strconv.Itoa(s.Manual), "–", strconv.Itoa(s.Automated), "–", "–", "–"}
		if s.Manual > 0 {
			row[3] = prose.Duration(s.ManualTime)
		}
		if s.Manual > 0 && s.Automated > 0 {
			row[5], row[6], row[7] = signed(s.Saved), signed(s.Low), signed(s.High)
		}
		rows = append(rows, row)
	}
	return markdown.Table(rows) + "\nSaved: " + signed(d.Saved) + "; still spent by hand: " + signed(d.Spent) + ".\n"
}

// signed is a length of time of either sign, to the second.
func signed(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d == 0:
		return "0"
	case d < 0:
		return "-" + prose.Duration(-d)
	}
	return prose.Duration(d)
}
