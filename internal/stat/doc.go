// Package stat computes the special functions, tails and intervals that the statistics of
// the public packages rest on, and stays right in the extreme tails: for probabilities of
// 1e-300 and less, and counts of 1e12.
//
// Tails come in pairs. A function named LogXCDF returns the natural logarithms of P(X ≤ x)
// and P(X > x), the smaller computed by itself and never as one minus the larger; XCDF is
// the same on the linear scale. LogXPMF is the logarithm of the probability of one value.
// XQuantile inverts the lower tail, XQuantileUpper the upper, and LogXQuantile takes the
// logarithm of a probability, which may lie far below the smallest double. Parameters of
// continuous distributions come before the argument, those of counts after it.
//
// Accuracy, measured against 50-digit references for shapes and counts up to 1e12: tails
// down to e⁻³⁰ have a relative error below 2e-14; further down the logarithm is right to
// four units in its last place, which at 1e-300 is a relative error of 3e-13. Quantiles and
// the ends of intervals on one proportion are right to 1e-15, where they are not so near to
// 1 that a double cannot tell. Shapes below 0.1 lose a digit or two. Everything is closed
// form or a bounded iteration: about a hundred terms of a continued fraction at most,
// except for the sums in the hypergeometric and beta-binomial tails, which say so.
//
// The functions are pure, allocate nothing unless their documentation says so, and may be
// called concurrently. They do not check for their callers: each documents its domain and
// returns NaN outside it. A public package checks its arguments first and returns an error,
// so that no NaN reaches its results.
package stat
