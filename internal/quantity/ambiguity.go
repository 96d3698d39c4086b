package quantity

const monthWarning = "M is ambiguous; read as month: write mo for months, m for minutes"

// Ambiguities tells what in a human string was read in one of two possible
// ways: a lone capital "M" behind a number is the month (as OpenSLO writes it),
// while many mean the minute. It works on a string of any kind and returns nil
// if there is nothing to tell, also for strings that no parser accepts. The
// warnings of a schedule stand in Schedule.Warnings as well.
func Ambiguities(s string) []string {
	if len(s) > maxInput {
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
