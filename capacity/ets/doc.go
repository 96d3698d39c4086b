// Package ets is exponential smoothing: the fifteen models of the state-space
// family with additive or multiplicative errors and season and an optional,
// possibly damped trend, fitted by maximum likelihood and chosen by the corrected
// Akaike criterion; the classical recursions of Holt and Winters; two seasons
// at once; forecasts with exact bands and joint paths; and models that go on learning
// online. It suits load that has a level, a slope and one rhythm. It knows no
// holidays, no causes and no steps in level other than by following them; where
// a season of weeks matters or accuracy decides, let package capacity compare.
//
// Values are equally spaced. A gap is a true in the mask beside them: the model
// takes its step, level along the trend and season along its index, and learns
// nothing. The likelihood counts observed values only; the value under a true is
// never read. A series is never filled in.
//
// A pass over the series costs the same per step whatever the season's length.
// A fit follows the exact gradient of the likelihood in the smoothing
// parameters and all initial states, which costs two such passes. All fits are
// deterministic: the same input gives the same bytes on one architecture, and
// the same model with numbers equal to nine digits on another.
//
// What has no answer is an [*InputError] with its remedy. What has an answer
// that is weak carries a [Warning]: a band wider than its mean, a long gap. No
// function returns NaN or an infinity, and bands tell what follows from the
// model alone; measured coverage is lower, as backtests show.
//
// Plain values and functions are safe for concurrent use; [Online] and
// [DoubleOnline] are not.
//
//	m, err := ets.ParseModel("AAdA", 24)                       // or let Select choose
//	fit, err := ets.Estimate(ctx, values, mask, m)             // parameters and states
//	next, err := fit.Forecast(48, 0.95)                        // mean and band of each step
//	paths, err := fit.Paths(48, 1000, rand.NewPCG(1, 2))       // for the peak of the two days
//	live, err := ets.NewOnline(fit, 0)                         // from here on step by step
//	surprise, err := live.Update(value)
//	live.Skip(1)                                               // the scrape failed
//	state, err := live.MarshalBinary()                         // and on the next machine
//	picture := ets.Outlook{Values: values, Forecast: next}.SVG()
//
// Deliberately absent: multiplicative trends, which explode; regressors; and
// transformations, which a caller applies before and inverts after.
package ets
