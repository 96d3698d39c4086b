package quantity

import "testing"

func TestCanaryForms(t *testing.T) {
	checkForms(t, "canary", []form{
		{"10%", "10%"},
		{"10% for 30m", "10% for 30m"},
		{"traffic 10% for 30m", "10% for 30m"},
		{"10 percent of traffic for half an hour", "10% for 30m"},
		{"10% of the traffic during 30m", "10% for 30m"},
		{"10%,50%,100%", "10%, 50%, 100%"},
		{"1%, 5%, 25%, 100%", "1%, 5%, 25%, 100%"},
		{"10% for 30m → 100%", "10% for 30m, 100%"},
		{"10% for 30m then 100%", "10% for 30m, 100%"},
		{"10% for 30m, then 100%", "10% for 30m, 100%"},
		{"10% for 30 mins and then 100%", "10% for 30m, 100%"},
		{"5%, 25%, 100% for 15m each", "5% for 15m, 25% for 15m, 100% for 15m"},
		{"5% then 25% then 100% 15m each", "5% for 15m, 25% for 15m, 100% for 15m"},
		{"5%, 25%, 100%, for 15m each", "5% for 15m, 25% for 15m, 100% for 15m"},
		{"0.1 for 10m, 1", "10% for 10m, 100%"},
		{"1/10 for 10m", "10% for 10m"},
		{"1/10m", "100% for 10m"},
		{"0.1/10m", "10% for 10m"},
		{"1,5% for 10m, 10%", "1.5% for 10m, 10%"},
		{"10%  @ PT30M", "10% for 30m"},
		{"0.1,0.5,1", "10%, 50%, 100%"},
		{"10% for 30m and then 100%", "10% for 30m, 100%"},
	})
}

func TestCanaryRefusals(t *testing.T) {
	checkRefusals(t, "canary", []refusal{
		{"5% for 5m, 25%, 15m each", `"5% for 5m, 25%, 15m each" at byte 16: expected no other hold beside "each", found "15m each"; give every stage its own hold, or none`},
		{"5%, each", `"5%, each" at byte 4: expected a share of traffic such as 10%, found "each"; write 10% for 30m`},
		{"5%, 15m", `"5%, 15m" at byte 7: expected "each" after a hold for all stages; write 15m each`},
		{"50%, 10%", `"50%, 10%" at byte 5: expected more traffic than the 50% before it, found "10%"; put the stages in rising order`},
		{"10%, 10%", `"10%, 10%" at byte 5: expected more traffic than the 10% before it, found "10%"; put the stages in rising order`},
		{"10", `"10" at byte 2: expected % after a number above 1; write 10%`},
		{"1, 10, 100", `"1, 10, 100" at byte 5: expected % after a number above 1, found ","; write 10%`},
		{"10% for", `"10% for" at byte 7: expected a hold such as 30m; write for 30m`},
		{"10% for 0m", `"10% for 0m" at byte 8: expected a duration above zero, found "0m"; write a length above zero`},
		{"10% for 5 parsecs", `"10% for 5 parsecs" at byte 10: expected a unit of time, found "parsecs"; use ns, us, ms, s, m, h, d, w, mo, q or y`},
		{"10% for 5m,", `"10% for 5m," at byte 11: expected a share of traffic such as 10%; write 10% for 30m`},
		{",10%", `",10%" at byte 0: expected a number, found ",10%"; write for example 10% for 30m, 100%`},
		{"10% of users for 5m", `"10% of users for 5m" at byte 7: expected "traffic" after "of", found "users"; write 10% of traffic`},
		{"10% traffic for 30 mins 50%", `"10% traffic for 30 mins 50%" at byte 24: expected a separator ("," or "->" or "then") or the end, found "50%"; remove "50%"`},
		{"10%/30m/5m", `"10%/30m/5m" at byte 7: expected a separator ("," or "->" or "then") or the end, found "/5m"; remove "/5m"`},
		{"10% for 1 month", `"10% for 1 month" at byte 8: expected a hold of fixed length, found "1 month"; write days`},
		{"10% -> -> 50%", `"10% -> -> 50%" at byte 7: expected a share of traffic such as 10%, found "->"; write 10% for 30m`},
		{"ten percent", `"ten percent" at byte 0: expected a share of traffic such as 10%, found "ten"; write 10% for 30m`},
		{"-10%", `"-10%" at byte 0: expected a number that is not negative, found "-10%"; remove the minus sign`},
		{"5% for 1e3m", `"5% for 1e3m" at byte 8: expected a plain decimal number without an exponent, found "e3m"; write the number in full`},
		{"5%, 10% for", `"5%, 10% for" at byte 11: expected a hold such as 30m; write for 30m`},
		{"5%, for 15 mns each", `"5%, for 15 mns each" at byte 11: expected a unit of time, found "mns"; did you mean "mins"?`},
		{"5%, 15m each each", `"5%, 15m each each" at byte 13: expected the end after "each", found "each"; remove "each"`},
		{"5%, 15m each, 100%", `"5%, 15m each, 100%" at byte 12: expected the end after "each", found ", 100%"; remove ", 100%"`},
		{"5% for 15m each, 100%", `"5% for 15m each, 100%" at byte 15: expected the end after "each", found ", 100%"; remove ", 100%"`},
		{"100%, 100%", `"100%, 100%" at byte 6: expected more traffic than the 100% before it, found "100%"; put the stages in rising order`},
		{"5%;10%", `"5%;10%" at byte 2: expected a separator ("," or "->" or "then") or the end, found ";10%"; remove ";10%"`},
		{"10% of", `"10% of" at byte 6: expected "traffic" after "of"; write 10% of traffic`},
		{"10%/", `"10%/" at byte 4: expected a hold such as 30m; write for 30m`},
		{"10% @", `"10% @" at byte 5: expected a hold such as 30m; write for 30m`},
		{"10% for 30m, 100% forever", `"10% for 30m, 100% forever" at byte 18: expected a separator ("," or "->" or "then") or the end, found "forever"; remove "forever"`},
		{"50/50", `"50/50" at byte 0: expected a percentage, found "50/50"; write 50% for an even split, 100% for all traffic`},
		{"10-20%", `"10-20%" at byte 2: expected % after a number above 1, found "-20%"; write 10%`},
		{"1/2, 1/1", `"1/2, 1/1" at byte 5: expected a percentage, found "1/1"; write 50% for an even split, 100% for all traffic`},
	})
}
