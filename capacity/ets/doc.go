// Package ets is exponential smoothing in its state-space form: fifteen models
// with additive or multiplicative errors and season and an optional, possibly
// damped trend, fitted by maximum likelihood, chosen by the corrected Akaike
// criterion, and run with fixed parameters.
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
// What has no answer is an [*InputError] with its remedy. No function returns
// NaN or an infinity.
package ets
