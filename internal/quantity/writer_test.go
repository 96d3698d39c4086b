package quantity

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// A writer writes random strings of the grammar in lower case with single
// spaces, "_" where white space is optional and a NUL for an underscore.
type writer struct{ *rand.Rand }

func (w writer) one(of ...string) string { return of[w.IntN(len(of))] }

// share is a decimal in [0,1], or above 0, with at most 7 digits.
func (w writer) share(zero bool) *big.Rat {
	den := int64(1)
	for range w.IntN(8) {
		den *= 10
	}
	num := w.Int64N(den + 1)
	if !zero && num == 0 {
		num = 1
	}
	return big.NewRat(num, den)
}

func fractionOf(r *big.Rat) Fraction { return Fraction{r.Num().Int64(), r.Denom().Int64()} }

func scaled(r *big.Rat, by int64) *big.Rat { return new(big.Rat).Mul(r, big.NewRat(by, 1)) }

// decimal writes r, which has at most 12 decimals, in one of its spellings.
func (w writer) decimal(r *big.Rat) string {
	s := strings.TrimSuffix(strings.TrimRight(r.FloatString(12), "0"), ".")
	whole := !strings.Contains(s, ".")
	switch {
	case whole:
		s += w.one("", "", ".0", ".00")
	case w.IntN(3) == 0:
		s += "0"
	}
	if strings.HasPrefix(s, "0.") {
		s = w.one("", "0", "0", "00") + s[1:]
	}
	// A comma before three digits may look like a thousands separator.
	if _, digits, _ := strings.Cut(s, "."); len(digits) != 3 && !strings.HasPrefix(s, ".") && w.IntN(4) == 0 {
		s = strings.Replace(s, ".", ",", 1)
	}
	return w.one("", "", "", "+") + s
}

func (w writer) ratio() (string, Fraction) {
	r := w.share(true)
	switch w.IntN(8) {
	case 0:
		return w.decimal(r), fractionOf(r)
	case 1:
		n := 1 + w.IntN(18)
		den := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
		v := new(big.Rat).SetFrac(new(big.Int).Sub(den, big.NewInt(1)), den)
		if n > 1 && n < 10 && w.IntN(2) == 0 {
			return numberWords[n-1] + " nines", fractionOf(v)
		}
		return fmt.Sprintf("%d nines", n), fractionOf(v)
	case 2:
		den := 1 + w.Int64N(1_000_000)
		num := w.Int64N(den + 1)
		return fmt.Sprintf("%d%s%d", num, w.one(" in ", "_/_"), den), fractionOf(big.NewRat(num, den))
	case 3:
		return w.decimal(scaled(r, 1_000_000)) + "_ppm", fractionOf(r)
	case 4:
		return w.decimal(scaled(r, 10_000)) + "_bps", fractionOf(r)
	case 5:
		return w.decimal(scaled(r, 100)) + "_" + w.one("percent", "per cent", "pct"), fractionOf(r)
	}
	return w.percent(r), fractionOf(r)
}

func (w writer) percent(r *big.Rat) string { return w.decimal(scaled(r, 100)) + "_%" }

// spellings of the units, ascending; the last three are calendar months.
var spellings = []struct {
	length time.Duration
	months int
	words  []string
}{
	{time.Nanosecond, 0, []string{"ns", "nsec", "nanos", "nanosecond", "nanoseconds"}},
	{time.Microsecond, 0, []string{"us", "µs", "μs", "usec", "micros", "microseconds"}},
	{time.Millisecond, 0, []string{"ms", "msec", "millis", "millisecond", "milliseconds"}},
	{time.Second, 0, []string{"s", "sec", "secs", "second", "seconds"}},
	{time.Minute, 0, []string{"m", "min", "mins", "minute", "minutes"}},
	{time.Hour, 0, []string{"h", "hr", "hrs", "hour", "hours"}},
	{24 * time.Hour, 0, []string{"d", "day", "days"}},
	{7 * 24 * time.Hour, 0, []string{"w", "wk", "wks", "week", "weeks"}},
	{0, 1, []string{"mo", "month", "months"}},
	{0, 3, []string{"q", "quarter", "quarters"}},
	{0, 12, []string{"y", "yr", "year", "years"}},
}

func (w writer) duration(calendar bool) (string, Duration) {
	units := len(spellings)
	if !calendar {
		units -= 3
	}
	switch w.IntN(8) {
	case 0:
		u := spellings[w.IntN(units)]
		return w.one("a", "an") + " " + w.one(u.words...), Duration{u.months, u.length}
	case 1:
		u := spellings[1+w.IntN(7)]
		return "half " + w.one("a", "an") + " " + w.one(u.words...), Duration{0, u.length / 2}
	case 2:
		return w.iso(calendar)
	case 3: // decimals
		u := spellings[3+w.IntN(5)]
		n := big.NewRat(1+w.Int64N(4000), 400)
		ns := scaled(n, int64(u.length))
		return w.decimal(n) + "_" + w.one(u.words...), Duration{0, time.Duration(ns.Num().Int64())}
	}
	var d Duration
	var parts []string
	for i, left := w.IntN(units), 1+w.IntN(3); i >= 0 && left > 0; i, left = i-1-w.IntN(2), left-1 {
		u, n := spellings[i], 1+w.IntN(99)
		parts = append(parts, strconv.Itoa(n)+"_"+w.one(u.words...))
		d.Months += n * u.months
		d.Fixed += time.Duration(n) * u.length
	}
	return strings.Join(parts, w.one("_", " ", " and ")), d
}

func (w writer) iso(calendar bool) (string, Duration) {
	s, d := "p", Duration{}
	add := func(letter string, length time.Duration, months int) {
		if w.IntN(2) == 0 {
			n := 1 + w.IntN(50)
			s += strconv.Itoa(n) + letter
			d.Months += n * months
			d.Fixed += time.Duration(n) * length
		}
	}
	if calendar {
		add("y", 0, 12)
		add("m", 0, 1)
	}
	add("w", 7*24*time.Hour, 0)
	add("d", 24*time.Hour, 0)
	date := s
	s = ""
	add("h", time.Hour, 0)
	add("m", time.Minute, 0)
	add("s", time.Second, 0)
	if s == "" {
		s, d.Fixed = "1.5s", d.Fixed+1500*time.Millisecond
	}
	return date + "t" + s, d
}

func (w writer) window() (string, Window) {
	nouns := []string{"day", "week", "month", "quarter", "year"}
	adverbs := []string{"daily", "weekly", "monthly", "quarterly", "yearly"}
	lengths := []Duration{{0, 24 * time.Hour}, {0, 7 * 24 * time.Hour}, {1, 0}, {3, 0}, {12, 0}}
	i := w.IntN(5)
	switch w.IntN(6) {
	case 0:
		return adverbs[i], Window{lengths[i], true}
	case 1:
		return w.one("per ", "/_") + nouns[i], Window{lengths[i], true}
	case 2:
		return w.one("over", "in", "within") + " " + w.one("a ", "") + "calendar " + nouns[i], Window{lengths[i], true}
	case 3:
		return w.one("over a rolling ", "in a ") + nouns[i], Window{lengths[i], false}
	}
	n := 1 + w.IntN(90)
	days := Window{Duration{0, time.Duration(n) * 24 * time.Hour}, false}
	return fmt.Sprintf(w.one("over %d_d", "in %d_days", "within %d days", "over a rolling %d_day window", "over a %d-day window",
		"(_%dd_)", "per %dd", "/_%dd", "over %d days rolling"), n), days
}

func (w writer) threshold() (string, Threshold) {
	switch w.IntN(4) {
	case 0:
		s, f := w.ratio()
		return s, Threshold{Kind: RatioThreshold, Value: f}
	case 1:
		return w.rate()
	}
	s, d := w.duration(false)
	return s, Threshold{Kind: DurationThreshold, Duration: d.Fixed}
}

func (w writer) rate() (string, Threshold) {
	n := big.NewRat(1+w.Int64N(100_000), 100)
	v := Threshold{Kind: RateThreshold, Value: fractionOf(n), Per: time.Second, Noun: "requests"}
	switch w.IntN(3) {
	case 0:
		return w.decimal(n) + w.one("_rps", "_req_/_s", " requests per second"), v
	case 1:
		v.Noun = "queries"
		return w.decimal(n) + w.one("_qps", "_queries_/_sec"), v
	}
	u := spellings[3+w.IntN(5)]
	v.Per, v.Noun = u.length, w.one("errors", "failed logins", "http2 resets", "")
	s := w.decimal(n)
	if v.Noun != "" {
		s += " " + v.Noun
	}
	return s + w.one(" per ", "_/_") + w.one(u.words...), v
}

func (w writer) quantile() (string, Fraction) {
	r := w.share(false)
	switch d := w.decimal(scaled(r, 100)); {
	case w.IntN(8) == 0:
		return "median", Fraction{1, 2}
	case w.IntN(8) == 0:
		n := 1 + w.IntN(6) // p9, p99, p999, ...
		nines := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
		v := new(big.Rat).SetFrac(new(big.Int).Sub(nines, big.NewInt(1)), nines)
		if n == 1 {
			v = big.NewRat(9, 100)
		}
		return "p" + strings.Repeat("9", n), fractionOf(v)
	case w.IntN(3) == 0 && !strings.HasPrefix(d, ".") && !strings.HasPrefix(d, "+"):
		return d + w.one("th", "st", "nd", "rd") + " percentile", fractionOf(r)
	default:
		return "p" + strings.TrimPrefix(d, "+"), fractionOf(r)
	}
}

func (w writer) comparator() (string, Comparator) {
	switch w.IntN(4) {
	case 0:
		return w.one("<_", "under ", "below ", "less than ", "lower than ", "fewer than ", "faster than "), Less
	case 1:
		return w.one("<=_", "≤_", "at most ", "no more than ", "up to ", "less than or equal to ", "max "), LessEqual
	case 2:
		return w.one(">_", "over ", "above ", "more than ", "greater than ", "slower than ", "exceeds "), Greater
	}
	return w.one(">=_", "≥_", "at least ", "no less than ", "greater than or equal to ", "min "), GreaterEqual
}

// lengthFor writes a duration that "max" and "min" may stand before.
func (w writer) lengthFor(cmp string) (string, time.Duration) {
	if cmp == "max " || cmp == "min " {
		n := 1 + w.IntN(5000)
		return strconv.Itoa(n) + "_ms", time.Duration(n) * time.Millisecond
	}
	s, d := w.duration(false)
	return s, d.Fixed
}

func (w writer) objective() (s string, o Objective) {
	switch w.IntN(5) {
	case 0: // a target
		r := w.share(true)
		s, o.Target = w.percent(r), fractionOf(r)
		switch w.IntN(4) {
		case 0:
			s = w.one(">=_", "at least ", "≥ ", "min ") + s
		case 1:
			s, o.Comparator = w.one(">_", "more than ", "above ")+s, Greater
		case 2:
			o.Metric = w.one("availability", "uptime", "http success rate")
			s = o.Metric + w.one(" >=_", ": ", " at least ", " ") + s
		}
	case 1: // a share of requests
		r := w.share(false)
		cmp, c := w.comparator()
		d, length := w.lengthFor(cmp)
		s = w.percent(r) + w.one(" of requests ", " of all requests ") + cmp + d
		o = Objective{Quantile: fractionOf(r), Comparator: c, Threshold: Threshold{Kind: DurationThreshold, Duration: length}}
	case 2: // a comparator first
		cmp, c := w.comparator()
		d, length := w.lengthFor(cmp)
		s = cmp + d
		o = Objective{Comparator: c, Threshold: Threshold{Kind: DurationThreshold, Duration: length}}
		if w.IntN(2) == 0 {
			q, f := w.quantile()
			s, o.Quantile = s+" at "+q, f
		}
	default: // a subject first
		cmp, c := w.comparator()
		d, length := w.lengthFor(cmp)
		q, f := w.quantile()
		o = Objective{Comparator: c, Threshold: Threshold{Kind: DurationThreshold, Duration: length}}
		switch w.IntN(3) {
		case 0:
			o.Aggregate = w.one("mean", "max")
			q = o.Aggregate
			if q == "mean" {
				q = w.one("mean", "avg", "average")
			}
		default:
			o.Quantile = f
		}
		o.Metric = w.one("", "latency", "time to first byte", "checkout latency")
		s = q + " " + cmp + d
		switch {
		case o.Metric == "":
			if strings.HasPrefix(cmp, "max") || strings.HasPrefix(cmp, "min") {
				break
			}
			s = q + w.one(" ", "_:_") + cmp + d
		case w.IntN(2) == 0 && o.Aggregate == "":
			s = o.Metric + w.one(" ", "_:_") + q + " " + cmp + d
		default:
			s = q + " " + o.Metric + w.one(" ", "_:_") + cmp + d
		}
	}
	if !o.Target.IsSet() && w.IntN(4) == 0 {
		r := w.share(true)
		s, o.For = s+" for "+w.percent(r), fractionOf(r)
	}
	if w.IntN(2) == 0 {
		window, v := w.window()
		s, o.Window = s+" "+window, v
	}
	return s, o
}

func (w writer) condition() (s string, c Condition) {
	c = Condition{Comparator: Greater, Implicit: true}
	cmp := ""
	if w.IntN(2) == 0 {
		cmp, c.Comparator = w.comparator()
		c.Implicit = false
	}
	switch w.IntN(4) {
	case 0: // errors
		r := w.share(true)
		c.Threshold, c.Metric = Threshold{Kind: RatioThreshold, Value: fractionOf(r)}, "error_rate"
		metric := w.one("error rate", "errors", "error-rate", "error ratio")
		if s = metric + " " + cmp + w.percent(r); w.IntN(2) == 0 {
			s = cmp + w.percent(r) + " " + metric
		}
	case 1: // a burn rate
		n := big.NewRat(1+w.Int64N(5000), 10)
		c.Threshold, c.Metric = Threshold{Kind: NumberThreshold, Value: fractionOf(n)}, "burn_rate"
		if s = "burn rate " + cmp + w.decimal(n) + w.one("", "x"); w.IntN(2) == 0 {
			s = cmp + w.decimal(n) + " burn rate"
		}
	case 2: // a rate
		s, c.Threshold = w.rate()
		s = cmp + s
	default: // a latency
		d, length := w.lengthFor(cmp)
		q, f := w.quantile()
		c.Threshold, c.Quantile = Threshold{Kind: DurationThreshold, Duration: length}, f
		metric := w.one("", "latency", "queue wait", "queue-wait", "queue\x00wait")
		c.Metric = strings.NewReplacer(" ", "_", "-", "_", "\x00", "_").Replace(metric)
		if s = cmp + d + " " + q + " " + metric; w.IntN(2) == 0 {
			s = q + " " + metric + " " + cmp + d
		}
		s = strings.TrimSpace(s)
	}
	if w.IntN(2) == 0 {
		d, hold := w.duration(false)
		c.Hold = hold
		s += w.one(" for "+d, " over "+d, " during "+d, " ("+d+"_)")
	}
	return s, c
}

func (w writer) canary() (string, []Stage) {
	steps := []int64{1, 2, 5, 10, 20, 25, 40, 50, 75, 90, 100}
	var stages []Stage
	var parts []string
	each := w.IntN(4) == 0
	for i := w.IntN(3); i < len(steps); i += 1 + w.IntN(4) {
		r := big.NewRat(steps[i], 100)
		stage, s := Stage{Traffic: fractionOf(r)}, w.percent(r)+w.one("", " traffic", " of traffic")
		if w.IntN(6) == 0 {
			s = "traffic " + w.percent(r)
		}
		if !each && w.IntN(3) > 0 {
			d, hold := w.duration(false)
			stage.Hold = hold
			s += w.one(" for ", " during ", "_/_", "_@_") + d
		}
		stages, parts = append(stages, stage), append(parts, s)
	}
	s := strings.Join(parts, w.one("_, ", "_->_", " then ", "_→_", "_, then "))
	if each {
		d, hold := w.duration(false)
		for i := range stages {
			stages[i].Hold = hold
		}
		s += w.one("_, ", " ", " for ") + d + " each"
	}
	return s, stages
}

func (w writer) clock() (spelt, canonical string) {
	hour, minute := w.IntN(24), w.IntN(60)
	canonical = fmt.Sprintf("%02d:%02d", hour, minute)
	half := "am"
	if hour >= 12 {
		half = "pm"
	}
	switch w.IntN(4) {
	case 0:
		return fmt.Sprintf("%d:%02d", hour, minute), canonical
	case 1:
		return fmt.Sprintf("%d:%02d_%s", (hour+11)%12+1, minute, half), canonical
	case 2:
		return fmt.Sprintf("%d_%s", (hour+11)%12+1, half), fmt.Sprintf("%02d:00", hour)
	}
	return canonical, canonical
}

func (w writer) schedule() (s string, v Schedule) {
	days := [7]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
	name := func(day int) string {
		long := days[day].String()
		return w.one(long, strings.ToLower(long), long[:3], long[:2])
	}
	switch w.IntN(8) {
	case 0:
		return w.one("24x7", "24/7", "24X7"), Schedule{Always: true}
	case 1:
		return w.one("follow-the-sun", "Follow the Sun"), Schedule{FollowTheSun: true}
	case 2:
		s = fmt.Sprintf("https://example.com/rota/%d?x=%d#y", w.IntN(1000), w.IntN(1000))
		return s, Schedule{URL: s}
	case 3: // days
		v = Schedule{Unit: "week", Every: 1}
		if w.IntN(3) == 0 {
			first, length := w.IntN(7), 2+w.IntN(5)
			s = name(first) + w.one("_-_", "_–_", " to ") + name((first+length-1)%7)
			for i, d := range days {
				if (i-first+7)%7 < length {
					v.Days = append(v.Days, d)
				}
			}
		} else {
			var list []string
			mask := 1 + w.IntN(127)
			for i, d := range days {
				if mask>>i&1 == 1 {
					list, v.Days = append(list, name(i)), append(v.Days, d)
				}
			}
			w.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			s = strings.Join(list, w.one("_, ", " and ", "_,_"))
		}
		if w.IntN(2) == 0 {
			from, fromClock := w.clock()
			to, toClock := w.clock()
			s, v.From, v.To = s+" "+from+w.one("_-_", " to ", "_–_")+to, fromClock, toClock
		}
	default:
		n := 1 + w.IntN(5)
		v.Every = n
		switch w.IntN(4) {
		case 0:
			v.Unit, s = "week", fmt.Sprintf(w.one("every %d_weeks", "%dw", "%d wk"), n)
			if n <= 2 {
				s = []string{w.one("weekly", "every week", "7d", "Weekly"), w.one("fortnightly", "every other week", "14 days", "2w")}[n-1]
			}
		case 1:
			v.Unit, s = "day", fmt.Sprintf(w.one("every %d_days", "%dd", "P%dD"), n)
		case 2:
			v.Unit, s = "hour", fmt.Sprintf(w.one("every %d_hours", "%dh", "PT%dH"), n)
		case 3:
			v.Unit, s = "month", fmt.Sprintf(w.one("every %d_months", "%dmo", "P%dM"), n)
		}
		if v.Unit == "week" && w.IntN(2) == 0 {
			day := w.IntN(7)
			s, v.Weekday, v.HasDay = s+w.one(" on ", " ")+name(day), days[day], true
		}
		if w.IntN(2) == 0 {
			clock, canonical := w.clock()
			s, v.At = s+" at "+clock, canonical
		}
	}
	if w.IntN(3) == 0 {
		v.Zone = w.one("Europe/Berlin", "America/New_York", "UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "America/Port-au-Prince")
		s += " " + strings.ReplaceAll(v.Zone, "_", "\x00")
	}
	return s, v
}
