// Package alerting holds burn-rate alert policies as data and what follows
// from them by arithmetic alone: exact thresholds, which alerts can never
// fire, how soon they fire and fall silent, and what will have been spent.
// It knows nothing of PromQL; package alerting/rules writes the rules.
//
// A policy is a list of pairs of windows (Beyer et al., The Site Reliability
// Workbook, 2018, chapter 5): an alert fires while the burn rate over both the
// long and the short window is above a factor. Factors follow from the share
// of the budget that may be spent before the alert, so they change with the
// period. Thresholds are exact decimals.
//
// A pair that can never fire for an objective is reported, never passed on
// silently; [Policy.Retune] changes it so that it can. A policy of which no pair
// can fire is a finding of level error.
//
// [Analyse] says what a policy does: how soon it fires, how long it stays up, and
// what it never sees. [Backtest] replays it over recorded points, [Compare]
// several side by side, and [Synthesise] looks for the smallest policy that keeps
// given bounds, or names the bounds that exclude each other.
//
// What cannot be computed is an error that names every defect at once; what is
// valid but worth knowing is a [Finding]. All values can be read by several
// goroutines at once; nothing here changes its arguments.
//
//	policy := alerting.Workbook()
//	bound, err := policy.Bind(objective)
//	for _, pair := range bound.Pairs {
//		fmt.Println(pair.Severity, pair.Long, pair.ThresholdText)
//	}
//	analysis, err := alerting.Analyse(bound, alerting.AnalyserOptions{})
//	fmt.Println(analysis.Reaction(alerting.Page, 0.05).Detection)
//	report, err := alerting.Backtest(ctx, bound, points, alerting.BacktestOptions{})
//	fmt.Println(report.Overall.Recall, report.Markdown())
package alerting
