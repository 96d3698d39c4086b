package quantity

import "strings"

const monthWarning = "M is ambiguous; read as month: write mo for months, m for minutes"

// Ambiguities tells what in a human string was read in one of two possible
// ways: a lone capital "M" behind a number is the month (as OpenSLO writes it),
// while many mean the minute. It works on a string of any kind and returns nil
// if there is nothing to tell, also for strings that no parser accepts. The
// warnings of a schedule stand in Schedule.Warnings as well.
func Ambiguities(s string) []string {
	if len(s) > maxInput || strings.Contains(s, "://") {
		return nil
	}
	sc := scanner{in: s}
	for !sc.atEnd() {
		switch {
		case sc.atISO():
			sc.pos += len(sc.token())
		case isDigit(sc.next()):
			for isDigit(sc.next()) {
				sc.pos++
			}
			sc.space()
			if letters(s, sc.pos) == "M" {
				return []string{monthWarning}
			}
		default:
			sc.pos++
		}
	}
	return nil
}

// Warnings tells what is readable in o but most likely a mistake: a latency or
// error bound in the wrong direction, a target of 0% or 100%, an equality.
func (o Objective) Warnings() []string {
	var w []string
	if o.Target.IsSet() {
		switch {
		case o.Target.Num >= o.Target.Den:
			w = append(w, "a target of 100% leaves no error budget; write less, such as 99.99%")
		case o.Target.Cmp(Fraction{1, 2}) < 0:
			w = append(w, "a target below 50% looks like a share of errors; write its complement, or an upper bound with <")
		}
		return w
	}
	more := o.Comparator == Greater || o.Comparator == GreaterEqual
	switch {
	case more && o.Threshold.Kind == DurationThreshold:
		w = append(w, "a latency objective with "+string(o.Comparator)+" promises slowness; write <")
	case more && endsIn(o.Metric, "error_rate"), more && endsIn(o.Metric, "burn_rate"):
		w = append(w, "an objective with "+string(o.Comparator)+" promises errors; write <")
	case !more && o.Comparator != Equal && isGood(o.Metric):
		w = append(w, "an objective with "+string(o.Comparator)+" promises failures; write >=")
	case o.Comparator == Equal:
		w = append(w, "a measured value is hardly ever equal to a threshold; write <= or >=")
	}
	return w
}
