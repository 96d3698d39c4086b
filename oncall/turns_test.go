package oncall

import (
	"testing"
	"time"
)

// TestDateOf: every day of years that hold all kinds of leap years, and the ends
// of what a clock can read, against the standard library.
func TestDateOf(t *testing.T) {
	check := func(day int64) {
		t.Helper()
		at := time.Unix(day*daySeconds, 0).UTC()
		month, number := dateOf(day)
		if want := int64(at.Year())*12 + int64(at.Month()) - 1; month != want || number != int64(at.Day()) {
			t.Fatalf("day %d: got month %d, day %d, want %d, %d", day, month, number, want, at.Day())
		}
		if got := firstOf(month) + number - 1; got != day {
			t.Fatalf("month %d, day %d: got day %d since 1970, want %d", month, number, got, day)
		}
	}
	for day := time.Date(1896, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / daySeconds; day < 150_000; day++ {
		check(day)
	}
	for _, year := range []int{-401, -400, -1, 0, 1, 4, 100, 1600, 9999} {
		first := floor(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), daySeconds)
		for day := first; day < first+366; day++ {
			check(day)
		}
	}
	for _, w := range []int64{beginning, forever} {
		month, number := dateOf(floor(w, daySeconds))
		if got := firstOf(month) + number - 1; got != floor(w, daySeconds) || number < 1 || number > 31 {
			t.Errorf("wall time %d: got month %d, day %d", w, month, number)
		}
	}
}
