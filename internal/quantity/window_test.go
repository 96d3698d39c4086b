package quantity

import "testing"

func TestWindowForms(t *testing.T) {
	checkForms(t, "window", []form{
		{"30d", "over 30d"},
		{"rolling 30d", "over 30d"},
		{"over 30 days", "over 30d"},
		{"per month", "per month"},
		{"/month", "per month"},
		{"/ 30d", "over 30d"},
		{"per week", "per week"},
		{"per 30d", "over 30d"},
		{"within 28 days", "over 4w"},
		{"over a month", "over 1mo"},
		{"over month", "per month"},
		{"over a calendar month", "per month"},
		{"over the calendar quarter", "per quarter"},
		{"calendar month", "per month"},
		{"month", "per month"},
		{"over a rolling month", "over 1mo"},
		{"over 1 quarter", "over 3mo"},
		{"(30d)", "over 30d"},
		{"(rolling 30 days)", "over 30d"},
		{"monthly", "per month"},
		{"yearly", "per year"},
		{"over a 30-day rolling window", "over 30d"},
		{"30 days rolling", "over 30d"},
		{"over half a day", "over 12h"},
		{"over 1M", "over 1mo"},
		{"P30D", "over 30d"},
		{"over P1M", "over 1mo"},
		{"7 days calendar", "per week"},
		{"calendar 3 months", "per quarter"},
		{"over 30d window", "over 30d"},
		{"in the calendar month", "per month"},
	})
}

func TestWindowRefusals(t *testing.T) {
	checkRefusals(t, "window", []refusal{
		{"per hour", `"per hour" at byte 4: expected day, week, month, quarter or year, found "hour"; write over 1h`},
		{"( 30d", `"( 30d" at byte 5: expected ); close the bracket`},
		{"over calendar 30d", `"over calendar 30d" at byte 5: expected a calendar day, week, month, quarter or year, found "calendar 30d"; write over 30d`},
		{"over", `"over" at byte 4: expected a length of time; write over 30d or per month`},
		{"over 5", `"over 5" at byte 6: expected a unit of time after the number; write 5m or 5s`},
		{"over banana", `"over banana" at byte 5: expected a length of time or a calendar period, found "banana"; write over 30d or per month`},
		{"over 30 dys", `"over 30 dys" at byte 8: expected a unit of time, found "dys"; did you mean "days"?`},
		{"over a", `"over a" at byte 6: expected a length of time or a calendar period; write over 30d or per month`},
		{"every 30d", `"every 30d" at byte 0: expected a length of time or a calendar period, found "every"; write over 30d or per month`},
		{"30 days calendar", `"30 days calendar" at byte 0: expected a calendar day, week, month, quarter or year, found "30 days calendar"; write over 30d`},
		{"over a calendar 30 day window", `"over a calendar 30 day window" at byte 5: expected a calendar day, week, month, quarter or year, found "a calendar 30 day window"; write over 30d`},
		{"daily rolling", `"daily rolling" at byte 6: expected the end after the duration, found "rolling"; remove "rolling"`},
		{"over 1e3d", `"over 1e3d" at byte 6: expected a plain decimal number without an exponent, found "e3d"; write the number in full`},
		{"in the month", `"in the month" at byte 3: expected a rolling or a calendar window, found "the month"; write over 1mo, or per month`},
	})
}
