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
//	policy := alerting.Workbook()
//	bound, err := policy.Bind(objective)
//	for _, pair := range bound.Pairs {
//		fmt.Println(pair.Severity, pair.Long, pair.ThresholdText)
//	}
//	for _, finding := range bound.Findings {
//		fmt.Println(finding)
//	}
package alerting
