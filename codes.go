package ownership

import "slices"

// Code describes one code of a Finding. Codes are stable: a code keeps its
// meaning, though the words of a reason may improve.
type Code struct {
	Code    string
	Level   string // the usual one: error, warning or info
	Meaning string
}

// Codes lists the codes of the findings of Read, ReadCatalog and Validate, in
// alphabetical order; what compiling finds beside "not-compiled" has the codes
// of packages alerting and alerting/rules. The slice is the caller's.
func Codes() []Code { return slices.Clone(codes) }

var codes = []Code{
	{"aggregate", "error", "a mean or a maximum is promised, which cannot be summed over instances and time"},
	{"alert-above-rollback", "warning", "an alert needs more than what takes a release back: after its promotion the same failure pages nobody"},
	{"alert-below-rollback", "info", "an alert fires before a release is taken back"},
	{"alert-beyond-objective", "info", "an alert stays silent although the promise that it watches is broken"},
	{"alert-policy", "error", "pairs of windows that cannot be used, or a policy that has none for the objective's period"},
	{"alert-within-objective", "info", "an alert fires although the promise that it watches is kept"},
	{"alert-without-runbook", "warning", "no runbook has the alert's name, and the alert names none"},
	{"alias", "error", "an anchor, alias or merge key, which are refused"},
	{"ambiguous", "warning", "a word that others may read in another way (M, biweekly), and how it was read"},
	{"budgets-differ", "warning", "the availability line and the error_rate line allow different shares of errors"},
	{"canary-too-small", "warning", "a stage sees too little traffic to tell the rollback threshold from a single error"},
	{"canary-without-rollback", "warning", "stages without a rollback threshold"},
	{"conflict", "error", "two keys contradict each other"},
	{"critical-without-page", "warning", "an alert that must wake somebody goes to a handler that does not"},
	{"cycle", "error", "services need each other in a circle; a warning if one of the dependencies is soft"},
	{"default-hold", "info", "a condition without a hold, for which the default counts"},
	{"direction", "error", "a comparator that promises the opposite; a warning for an alert that fires while all is well"},
	{"duplicate", "error", "a name stands twice where it must be unique"},
	{"duplicate-key", "error", "a key stands twice in one mapping"},
	{"empty", "error", "a key, item or file without a value"},
	{"encoding", "error", "not UTF-8, or a control character"},
	{"horizon-without-season", "warning", "a forecast of more than 13 weeks without a season"},
	{"indicator", "error", "an indicator with an unknown preset, a query that does not parse, or queries that do not fit together"},
	{"low-traffic", "error", "a confidence for an objective that the low-traffic mode cannot serve"},
	{"metric", "error", "the value of a responsibility is about something else than its key"},
	{"missing", "error", "a required key is missing"},
	{"name", "error", "a name of several lines or more than 200 characters"},
	{"no-handler", "warning", "an alert without a handler"},
	{"no-responsibilities", "warning", "a service that promises nothing"},
	{"not-a-spec", "info", "a file in the folder of a catalog that holds no service and no team"},
	{"not-compiled", "warning", "a line that Prometheus rules cannot express"},
	{"objective", "error", "an objective, written as a literal, that slo.Objective.Validate refuses"},
	{"quantile", "error", "a latency without the share of requests"},
	{"quote", "error", "a value that YAML takes for something else unless it is in quotes"},
	{"rollback-after-stage", "warning", "the rollback threshold must hold longer than a stage lasts"},
	{"runbook-without-alert", "warning", "no alert has the runbook's name, and the runbook names none"},
	{"secret", "warning", "a value that looks like a secret; it is not repeated"},
	{"several", "error", "several services in a file from which one is asked for"},
	{"short-window", "warning", "a window of less than a day"},
	{"slice-too-long", "error", "a time slice that is longer than the window"},
	{"slice-too-small", "warning", "a time slice with too little traffic to tell the bound from a single error"},
	{"stage-without-hold", "warning", "a stage that is not held"},
	{"stages", "error", "stages whose traffic does not rise"},
	{"tab", "error", "a line that is indented with a tab"},
	{"tag", "error", "a YAML tag, which are refused"},
	{"target", "error", "a target or bound of 0 % or 100 %, which leaves nothing to measure"},
	{"too-deep", "error", "lists and mappings nested more than MaxDepth deep"},
	{"too-large", "error", "more than MaxBytes bytes, MaxDocuments documents or MaxItems items, or a value that is too long"},
	{"too-many", "error", "more findings than are listed"},
	{"type", "error", "a mapping, list, value or boolean where another is needed"},
	{"undefined-alert", "error", "a runbook names an alert that the service does not have"},
	{"undefined-dependency", "warning", "a dependency that the catalog does not hold; an error in a strict catalog"},
	{"undefined-entry", "warning", "a qualification for an entry that the catalog does not hold; an error in a strict catalog"},
	{"undefined-handler", "warning", "a handler that the team does not have; an error in a strict catalog"},
	{"undefined-layer", "error", "an override names a layer that the schedule does not have"},
	{"undefined-member", "warning", "somebody in a schedule who is not in the team; an error in a strict catalog"},
	{"undefined-objective", "error", "an alert names an objective that the service does not have"},
	{"undefined-runbook", "warning", "a runbook that is no file of the catalog; an error in a strict catalog"},
	{"undefined-schedule", "warning", "a schedule that no team has, and that is no rhythm; an error in a strict catalog"},
	{"undefined-team", "warning", "an owner team that is not defined; an error in a strict catalog"},
	{"unknown-key", "error", "a key that the format does not have"},
	{"unknown-kind", "warning", "a metric whose name does not tell what it means"},
	{"unknown-metric", "warning", "an alert on a metric that neither an objective nor capacity_planning knows"},
	{"unknown-type", "warning", "a handler whose type is not known"},
	{"value", "error", "a value that cannot be read, or is out of range"},
	{"version", "error", "a version of the format that this release does not know"},
	{"word", "error", "a word that is none of those that the key allows"},
	{"yaml", "error", "the file is no YAML"},
	{"zone", "error", "an unknown time zone, or one that depends on the machine"},
}
