package runbook

import "github.com/srekit/ownership/internal/diag"

// RuleInfo documents a rule of Lint.
type RuleInfo struct {
	Code    string `json:"code"`
	Level   string `json:"level"` // of its findings, if LintOptions.Levels says nothing else
	Meaning string `json:"meaning"`
}

// Rules are the rules of Lint and of the parser, in order of code. The slice is
// the caller's.
func Rules() []RuleInfo {
	return []RuleInfo{
		{"R001", diag.Warning, "a required section is missing"},
		{"R002", diag.Warning, "a required section is empty or says TODO"},
		{"R003", diag.Warning, "the title is neither the file's name nor that of an alert that the runbook answers"},
		{"R004", diag.Error, "a fence is never closed"},
		{"R005", diag.Info, "a fence names no language"},
		{"R006", diag.Warning, "an alert has no runbook"},
		{"R007", diag.Error, "an alert's link leads to no runbook of the folder"},
		{"R008", diag.Info, "a runbook answers no alert"},
		{"R009", diag.Warning, "the last review is older than its interval, or in the future"},
		{"R010", diag.Info, "nobody owns the runbook"},
		{"R011", diag.Warning, "a command changes something, and has neither an approval nor a way back"},
		{"R012", diag.Warning, "a placeholder is no declared input, or is explained nowhere (info, where the runbook declares no inputs)"},
		{"R013", diag.Error, "something looks like a secret; it is never repeated"},
		{"R014", diag.Warning, "a relative link or shortcode leads to no file of the folder, or back to the runbook itself"},
		{"R015", diag.Warning, "the runbook of a critical alert has no command, query or decision"},
		{"R016", diag.Warning, "two steps have the same name"},
		{"R017", diag.Error, "a step refers to an input or a step that does not exist"},
		{"R018", diag.Info, "nothing says whom to turn to"},
		{"R019", diag.Warning, "the runbook's severity is not that of its alert"},
		{"R020", diag.Error, "an automated step has no timeout"},
		{"R021", diag.Error, "a query cannot be read by the checker"},
		{"R022", diag.Error, "the front matter cannot be read (info, where it is TOML)"},
		{"R023", diag.Error, "a limit was met, and the rest of the file was not read"},
		{"R024", diag.Warning, "a file was not read: a symbolic link that leads out of the folder or to no file, or unreadable (error)"},
		{"R025", diag.Error, "an attribute of a fence cannot be read"},
	}
}
