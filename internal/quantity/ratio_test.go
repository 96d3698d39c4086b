package quantity

import "testing"

func TestRatioForms(t *testing.T) {
	checkForms(t, "ratio", []form{
		{"99,99%", "99.99%"},
		{"99.99 %", "99.99%"},
		{"99.99％", "99.99%"},
		{".9999", "99.99%"},
		{"0.9999", "99.99%"},
		{"0,9999", "99.99%"},
		{"1", "100%"},
		{"0", "0%"},
		{"1.0", "100%"},
		{"9999/10000", "99.99%"},
		{"9999 / 10000", "99.99%"},
		{"1 in 1000", "0.1%"},
		{"100 ppm", "0.01%"},
		{"100ppm", "0.01%"},
		{"99,999%", "99.999%"},
		{"three nines", "99.9%"},
		{"Four Nines", "99.99%"},
		{"1 nine", "90%"},
		{"18 nines", "99.9999999999999999%"},
		{"99.99 Percent", "99.99%"},
		{"0/1", "0%"},
		{"1/3", "1/3"},
	})
}

func TestRatioRefusals(t *testing.T) {
	checkRefusals(t, "ratio", []refusal{
		{"1/3P9", `"1/3P9" at byte 3: expected white space after the fraction, found "P9"; write a space before "P9"`},
		{"99.99～%", `"99.99～%" at byte 5: expected % after a number above 1, found "～%"; write 99.99%`},
		{"1 in 1,000", `"1 in 1,000" at byte 5: expected a whole number, found "1,000"; write 1000`},
		{"1,000 ppm", `"1,000 ppm" at byte 1: expected a number without a thousands separator, found "1,000"; write 1000 or 1.000`},
		{"one nine", `"one nine" at byte 0: expected a ratio such as 99.9%, found "one"; write the number in digits`},
		{"3.5 nines", `"3.5 nines" at byte 0: expected a whole number of nines, found "3.5"; write 99.95%`},
		{"0 nines", `"0 nines" at byte 0: expected 1 to 18 nines, found "0"; write 4 nines or 99.99%`},
		{"19 nines", `"19 nines" at byte 0: expected 1 to 18 nines, found "19"; write 4 nines or 99.99%`},
		{"-1%", `"-1%" at byte 0: expected a number that is not negative, found "-1%"; remove the minus sign`},
		{"%", `"%" at byte 0: expected a ratio such as 99.9%, found "%"; write for example 99.9%`},
		{"99.9.9%", `"99.9.9%" at byte 4: expected one decimal sign in a number, found ".9%"; write a number without thousands separators`},
		{"99.9 9%", `"99.9 9%" at byte 4: expected % after a number above 1, found "9%"; write 99.9%`},
		{"1e-4", `"1e-4" at byte 1: expected a plain decimal number without an exponent, found "e-4"; write the number in full`},
		{"NaN", `"NaN" at byte 0: expected a ratio such as 99.9%, found "NaN"; write for example 99.9%`},
		{"inf", `"inf" at byte 0: expected a ratio such as 99.9%, found "inf"; write for example 99.9%`},
		{"∞%", `"∞%" at byte 0: expected a ratio such as 99.9%, found "∞%"; write for example 99.9%`},
		{"100.0001%", `"100.0001%" at byte 0: expected a ratio of at most 100%, found "100.0001%"; write a share of the whole`},
		{"0.00000000000000000001%", `"0.00000000000000000001%" at byte 0: expected a number that fits an exact 64-bit fraction (out of range), found "0.00000000000000000001"; write fewer digits`},
		{"99.99999999999999999999%", `"99.99999999999999999999%" at byte 0: expected a number of at most 19 digits (out of range), found "99.99999999999999999999"; write fewer digits`},
		{"99999999999999999999999999%", `"99999999999999999999999999%" at byte 0: expected a number of at most 19 digits (out of range), found "999999999999999999999999…"; write fewer digits`},
		{"3/2", `"3/2" at byte 0: expected a ratio of at most 100%, found "3/2"; write 2/3`},
		{"1/0", `"1/0" at byte 2: expected a number above 0 to divide by, found "0"; write for example 99.9%`},
		{"1.5", `"1.5" at byte 3: expected % after a number above 1; write 1.5%`},
		{"99.99 %  foo", `"99.99 %  foo" at byte 9: expected the end after the ratio, found "foo"; remove "foo"`},
		{"５０%", `"５０%" at byte 0: expected a ratio such as 99.9%, found "５０%"; write for example 99.9%`},
		{"0.1‰", `"0.1‰" at byte 3: expected the end after the ratio, found "‰"; remove "‰"`},
		{"1.000,5%", `"1.000,5%" at byte 5: expected the end after the ratio, found ",5%"; remove ",5%"`},
		{"++5%", `"++5%" at byte 0: expected a ratio such as 99.9%, found "++5%"; write for example 99.9%`},
		{"+ 5%", `"+ 5%" at byte 0: expected a ratio such as 99.9%, found "+"; write for example 99.9%`},
		{"9223372036854775808/9223372036854775809", `"9223372036854775808/9223372036854775809" at byte 20: expected a number that fits an exact 64-bit fraction (out of range), found "9223372036854775809"; write fewer digits`},
		{"5 in 30d", `"5 in 30d" at byte 1: expected % after a number above 1, found "in"; write 5%`},
		{"0.0000000000000000000000000000000000001", `"0.0000000000000000000000000000000000001" at byte 0: expected a number that fits an exact 64-bit fraction (out of range), found "0.0000000000000000000000…"; write fewer digits`},
		{"99999999999999999999", `"99999999999999999999" at byte 0: expected a number of at most 19 digits (out of range), found "99999999999999999999"; write fewer digits`},
	})
}
