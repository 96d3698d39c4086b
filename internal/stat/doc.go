// Package stat computes the special functions, tails and intervals that the
// statistics of the public packages rest on, and stays right in the extreme tails:
// probabilities of 1e-300, and counts up to 1e12 and beyond.
//
// Tails come in pairs. A function named LogXCDF returns the natural logarithms of P(X ≤ x) and of P(X > x), each
// with the relative accuracy of a probability of its own and never as
// one minus the other; XCDF is the same on the linear scale. Density and mass functions are LogXPMF. XQuantile inverts the lower tail,
// XQuantileUpper the upper one, and LogXQuantile takes the logarithm of a probability that may lie far below the
// smallest double.
//
// The functions are pure, allocate nothing unless their documentation says otherwise, and may be called concurrently. They do
// not check for their callers: each documents its domain and returns NaN outside it. A
// public package checks its arguments first and returns an error, so that no NaN
// reaches its results.
package stat
