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
	})
}
