// Package ownership reads service-ownership specs: one file says what a team
// promises about a service, how it is watched, who answers, by which runbooks,
// what is forecast, and how a release goes out and is taken back. From it
// follow error budgets, alert rules, schedules, forecasts and verdicts; the
// packages below compute them, this one reads, checks and compiles.
//
// Its opinion: a spec is short lines that people can read, each with exactly
// one meaning, and each with a structured form for what a line cannot hold.
// Nothing is guessed: what is ambiguous is refused with what to write instead,
// and whatever is wrong is reported at once, with file, line and column. It
// reads no clock and no network, and it talks to no server.
//
// An error is what leaves no usable spec: a *SpecError with every finding.
// What can be used but contradicts itself, or rests on a default that matters,
// is a warning or info in Findings.
//
//	svc, err := ownership.Read("service.yaml", data)
//	if err != nil {
//		return err // every finding, one a line
//	}
//	for _, objective := range svc.Objectives() {
//		fmt.Println(objective.Name, objective.Target.Percent())
//	}
package ownership
