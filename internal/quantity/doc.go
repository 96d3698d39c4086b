// Package quantity reads the human strings of a service-ownership spec
// ("99.99%", "p95 < 100ms", "10% traffic for 30 mins", "weekly on Monday") into
// exact, typed values, and prints them back in one canonical form.
//
// Ratios and numbers are exact fractions, never floats. Calendar units (month,
// quarter, year) stay calendar units: only a fixed length becomes a
// time.Duration. What is ambiguous is refused, not guessed at: every error
// carries the byte offset, what was expected there and what would be right. What
// is readable but doubtful is read as documented, and Ambiguities,
// Objective.Warnings and Schedule.Warnings tell.
//
// Letter case and white space are free, also no-break and wide spaces; a decimal
// comma and a fullwidth percent sign are accepted. "1,000" is refused where it
// might be a thousand as well as one. Inputs are UTF-8 and have at most 1024
// bytes; nothing overflows, wraps or panics.
//
// Each value prints in its canonical form, and for every value that a parser
// returns, parsing that form gives the same value (the warnings of a schedule
// apart, since a canonical form is not ambiguous):
//
//	ratio      99.99%, or 1/3 where a percentage is not exact
//	duration   1h30m, 1.5s, 250us, 30d, 4w (whole weeks), 3mo, 1y2mo
//	window     over 30d (rolling), per month (calendar)
//	threshold  100ms, 0.05%, 5 errors/min, 14.4
//	objective  99.9% over 30d, p95 latency < 100ms, error rate < 0.01%
//	condition  error_rate > 0.1% for 5m, 0.1% error_rate for 5m (no comparator)
//	canary     1% for 10m, 10% for 30m, 100%
//	schedule   weekly on Monday at 09:00 Europe/Berlin, Mon-Fri 09:00-17:00, 24x7
//
// All functions are pure and safe for concurrent use.
package quantity
