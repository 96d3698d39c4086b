package quantity

import "testing"

func TestThresholdForms(t *testing.T) {
	checkForms(t, "threshold", []form{
		{"100ms", "100ms"},
		{"0.05%", "0.05%"},
		{"0.0005", "0.05%"},
		{"5 errors/min", "5 errors/min"},
		{"5 errors per minute", "5 errors/min"},
		{"5/min", "5/min"},
		{"5 per minute", "5/min"},
		{"200 rps", "200 requests/s"},
		{"200rps", "200 requests/s"},
		{"200 RPS", "200 requests/s"},
		{"200 qps", "200 queries/s"},
		{"100 req/s", "100 requests/s"},
		{"100 requests per second", "100 requests/s"},
		{"1.5 req/s", "1.5 requests/s"},
		{"5 errors/5m", "5 errors/5m"},
		{"14.4", "14.4"},
		{"1", "100%"},
		{"half a second", "500ms"},
		{"a second", "1s"},
		{"1 in 1000", "0.1%"},
		{"4 nines", "99.99%"},
		{"3 5xx/min", "3 5xx/min"},
		{"10 errors per hour", "10 errors/h"},
		{"10 failed logins per day", "10 failed logins/d"},
		{"10/w", "10/w"},
		{"10 errors/14d", "10 errors/2w"},
		{"10 requests/500ms", "10 requests/500ms"},
		{"5 per cent", "5%"},
	})
}

func TestThresholdRefusals(t *testing.T) {
	checkRefusals(t, "threshold", []refusal{
		{"5 errors/month", `"5 errors/month" at byte 9: expected a unit of fixed length, found "month"; count per day`},
		{"5 errors/fortnight", `"5 errors/fortnight" at byte 9: expected a unit of time, found "fortnight"; write 2 weeks for a fortnight`},
		{"1 month", `"1 month" at byte 0: expected a threshold of fixed length, found "1 month"; write days`},
		{"1M", `"1M" at byte 0: expected a threshold of fixed length, found "1M"; write m for minutes: M is the month`},
		{"5 foo", `"5 foo" at byte 2: expected the end after the threshold, found "foo"; remove "foo"`},
		{"fast", `"fast" at byte 0: expected a threshold such as 100ms or 0.1%, found "fast"; write for example 100ms or 0.1%`},
		{"1,500 req/s", `"1,500 req/s" at byte 1: expected a number without a thousands separator, found "1,500"; write 1500 or 1.500`},
		{"14.4x", `"14.4x" at byte 4: expected a burn rate in front of the factor, found "x"; write burn_rate > 14.4`},
		{"5 per parsec", `"5 per parsec" at byte 6: expected a unit of time, found "parsec"; use ns, us, ms, s, m, h, d, w, mo, q or y`},
		{"5/1.5.5m", `"5/1.5.5m" at byte 5: expected one decimal sign in a number, found ".5m"; write a number without thousands separators`},
		{"5/1mo", `"5/1mo" at byte 2: expected a rate over a time of fixed length, found "1mo"; write days`},
		{"5 errors/0m", `"5 errors/0m" at byte 9: expected a duration above zero, found "0m"; write a length above zero`},
		{"1,500", `"1,500" at byte 1: expected a number without a thousands separator, found "1,500"; write 1500 or 1.500`},
		{"99999999999999999999/min", `"99999999999999999999/min" at byte 0: expected a number of at most 19 digits (out of range), found "99999999999999999999"; write fewer digits`},
		{"9999999999999999999 errors/min", `"9999999999999999999 errors/min" at byte 0: expected a number that fits an exact 64-bit fraction (out of range), found "9999999999999999999"; write fewer digits`},
		{"5 rps/s", `"5 rps/s" at byte 5: expected the end after the threshold, found "/s"; remove "/s"`},
		{"200 rps for 5m", `"200 rps for 5m" at byte 8: expected the end after the threshold, found "for 5m"; remove "for 5m"`},
		{"> 5%", `"> 5%" at byte 0: expected a threshold without a comparator, found "> 5%"; remove the comparator`},
		{"<= 5ms", `"<= 5ms" at byte 0: expected a threshold without a comparator, found "<= 5ms"; remove the comparator`},
	})
}
