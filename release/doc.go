// Package release takes a release out stage by stage: what each stage shows and what
// it may cost, when the release is taken back, and what keeps it from going on.
package release
