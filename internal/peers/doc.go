// Package peers compares packages of this module with other libraries that answer
// the same questions: whether the answers agree, where they should, and how long
// each takes, as medians of interleaved runs:
//
//	go test -run '^$' -bench Ratio ./...
package peers
