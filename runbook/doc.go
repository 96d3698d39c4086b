// Package runbook reads folders of Markdown runbooks and tells which alerts have
// a usable one.
package runbook
