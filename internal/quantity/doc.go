// Package quantity reads the human strings of a service-ownership spec
// ("99.99%", "p95 < 100ms", "10% traffic for 30 mins", "weekly on Monday") into
// exact, typed values, and prints them back in one canonical form.
//
// Ratios and numbers are exact fractions, never floats. Calendar units (month,
// quarter, year) stay calendar units: only a fixed length becomes a
// time.Duration. What is ambiguous is refused, not guessed at: every error
// carries the byte offset, what was expected there and what would be right.
package quantity
