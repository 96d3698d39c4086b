// Package crosscheck runs the rules that package rules writes on Prometheus' own
// query engine, rule manager and storage, in virtual time, and compares what
// comes out with exact arithmetic: when alerts fire and end, what is recorded,
// and what an evaluation costs.
//
// It is a module of its own because the engine brings some three hundred modules that
// nobody should pay for who only writes rules. See README.md for its commands.
package crosscheck
