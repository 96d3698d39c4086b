// Package release takes a release out stage by stage: what each stage can show and what
// a bad release costs in it, when the release is taken back, what keeps it from going
// on, and what its rules are worth on the service's own traffic.
//
// A release is not good because nothing was seen. A stage is left when each of its
// metrics was measured within it and was good when last seen; too little traffic, no
// data and a judge that cannot tell are states of their own, with deadlines and a
// defined end, and by default that end is the way back. Rules take a release back from
// every phase, also behind a closed gate and with all traffic. What returns to a revision
// known to be good skips the analysis, not the wait for instances. A fixed threshold on
// an error ratio is either blind or noisy: Lint and Replay say how much, and
// canary.Judge compares with a baseline instead.
//
// The package moves no traffic, asks no metrics and reads no clock: a State takes what
// has become known and says what should be. The same observations give the same
// transitions, also across a restart. Deliberately absent are schedules of many clusters
// (run a rollout for each, and feed one's end to the next one's gate by OrderOpen) and
// routing by header or by user.
//
// What cannot be is an *Error that names everything wrong at once; what is valid but
// weak is a Finding or a Warning. A State takes observations from one goroutine at a
// time; all other values are safe for concurrent use.
//
//	rollout, err := release.ParseRollout("1% for 10m, 10% for 30m")
//	rule, err := release.ParseRule("0.1% error rate for 5 mins")
//	rollout.Rules = []release.Rule{rule, {Metric: "judge", Quantity: release.Judgement}}
//	rollout.Gates.Budget = release.DefaultBudgetGate()
//	findings, err := rollout.Lint(release.Setting{Objective: objective, PerSecond: 100})
//	report, err := release.Replay{Rollout: rollout, Judge: judge, Source: rand.NewPCG(1, 2)}.Run(ctx, points)
//	state, err := rollout.Start(now)
//	transitions, err := state.Step(release.Observation{At: now, Measurements: measured, Budget: reading})
//	setWeight(state.Traffic())
//	text, err := json.Marshal(state) // until the next look
package release
