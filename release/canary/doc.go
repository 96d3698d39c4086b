// Package canary compares a canary with its baseline: tests, effects and
// intervals for requests that failed, for latencies and other samples, and for
// histograms; and, before any of that, what a stage of a rollout can show at all.
//
// Two ways of looking are kept apart. The functions on samples and counts
// ([MannWhitney], [HodgesLehmann], [Fisher], [MiettinenNurminen], …) are made for
// one look at a time fixed beforehand: whoever asks them every minute and stops
// at the first p-value below 5 % rolls back far more than 5 % of the good
// releases. Looks that are planned take their bounds from [GroupSequential]; looks
// at any time need evidence that is valid at any time. Rank tests are for samples
// of independent requests or intervals, never for error ratios per minute: events
// that are rare are counted. Nothing here knows why the arms differ; traffic that
// was not split at random makes the best test wrong.
//
// An error tells that there is no answer: no observations, a value that is not
// finite, counts that cannot be. What can be answered but rests on little comes
// with warnings. Every result names the method that made it, and the level that
// its interval has, not the one that was asked for. Results are finite: where the
// data give an interval no end, the end is ±[math.MaxFloat64].
//
// A [Judge] is evidence for any look, put together: it takes looks at several metrics
// and says promote, continue, rollback or inconclusive, and why. A [Stream] of it may be
// asked every second, for as long as one likes, through stages of different traffic and
// through restarts, as its state is JSON, in mode Sequential of a constant size: false rollbacks stay below
// 5 % of all harmless releases over all metrics and looks. Counts are weighed by
// [RateTest], pairs of values of the same minute by [BlockTest], histograms that are
// pooled by [QuantileTest]. Nothing is promoted because nothing was seen: harm of the
// tolerated size must be excluded, after as many requests as would have shown it.
//
// The canary comes first in every argument list, differences are canary minus
// baseline, ratios canary over baseline, and [Greater] asks whether the canary's
// values are greater. Functions do not change their arguments, keep no state and
// may be called concurrently.
//
//	power := canary.Power{Ratio: 0.001, PerSecond: 100}
//	wait, err := power.Time(0.1, 0.002, 0.9)            // how long the stage must be
//
//	judge := canary.Judge{Metrics: []canary.Metric{{Name: "errors", Critical: true}}}
//	stream, err := judge.Start()
//	report, err := stream.Look(canary.Look{Seconds: 60, Metrics: []canary.Measurement{{Name: "errors",
//		Canary:   canary.Observed{Bad: 1, Total: 600},
//		Baseline: canary.Observed{Bad: 5, Total: 5400}}}}) // and so on; report.Verdict, report.Text
//
//	errors, err := canary.Fisher(canaryArm, baselineArm, canary.Options{Alternative: canary.Greater}) // or once
//	worse, err := canary.MannWhitney(canaryLatency, baselineLatency, canary.Options{})
//	shift, err := canary.HodgesLehmann(canaryLatency, baselineLatency, canary.Options{Level: 0.9})
//	spread, err := canary.BrownForsythe(canaryLatency, baselineLatency, canary.Options{})
//	adjusted, err := canary.Holm([]float64{errors.PValue, worse.PValue, spread.PValue})
package canary
