// Package runbookcorpus holds the tests of package runbook that need the PromQL
// parser: the corpus of traps and the two model runbooks. They stand here because
// a module that imports runbook pays for what runbook's own tests import.
package runbookcorpus
