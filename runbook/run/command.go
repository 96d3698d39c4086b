package run

import (
	"path"
	"slices"
	"strings"
)

// Command is what a machine does in a step. Either Args is set, or Script; neither
// where a person does everything. Values of inputs stand in Args as whole words or
// parts of them, and for a Script in Env: never in the text that a shell reads.
type Command struct {
	// Language is shell, promql, or that of the runbook's fence.
	Language string `json:"language,omitempty"`

	// Args are the words of a single command that needs no shell; the first is the program.
	Args []string `json:"args,omitempty"`

	// Shell is the program that reads Script as a shell script: sh, bash, ksh or zsh. It
	// is empty for other languages.
	Shell  string     `json:"shell,omitempty"`
	Script string     `json:"script,omitempty"`
	Env    []Variable `json:"env,omitempty"`
}

// Variable is a value of an input that a Script reads from its environment.
type Variable struct {
	Name  string `json:"name"` // IN_ and the input's name
	Input string `json:"input"`
	Value string `json:"value,omitempty"` // empty in a plan if Secret
	// Secret values are no part of a plan; Run adds them to the Call.
	Secret bool `json:"secret,omitempty"`
}

// IsZero reports whether there is nothing to run.
func (c Command) IsZero() bool { return len(c.Args) == 0 && c.Script == "" }

// String is the command as a person may paste it into a shell: each argument quoted, a
// script below the assignments of its variables. Secrets stand as <secret NAME>, which
// is not a value; what is not printable is escaped, and then it is to be read, not pasted.
func (c Command) String() string {
	var b strings.Builder
	if len(c.Args) > 0 {
		for i, a := range c.Args {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(quoted(a))
		}
		return visible(b.String(), true)
	}
	for _, v := range c.Env {
		value := quoted(v.Value)
		if v.Secret {
			value = "<secret " + v.Input + ">"
		}
		b.WriteString(v.Name + "=" + value + "\n")
	}
	b.WriteString(c.Script)
	return visible(b.String(), true)
}

func (c Command) clone() Command {
	c.Args, c.Env = slices.Clone(c.Args), slices.Clone(c.Env)
	return c
}

// quoted is s as one word of a POSIX shell (XCU 2.2.2).
func quoted(s string) string {
	if harmless(strings.TrimLeft(s, "-")) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// harmless reports whether s means itself to every interpreter that this package knows
// of: ASCII letters, digits and _ . / : @ % + = , -, no hyphen in front, not empty.
func harmless(s string) bool {
	for i := 0; i < len(s); i++ {
		if !plainByte(s[i]) {
			return false
		}
	}
	return s != "" && s[0] != '-'
}

func plainByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_./:@%+=,-", c) >= 0
}

// riskOf goes by the words of each command and by what the runbook found that changes.
func riskOf(c Command, code string, changes []string, commands [][]string) Risk {
	if strings.TrimSpace(code) == "" {
		return RiskNone
	}
	if c.Language == "promql" {
		return RiskReads
	}
	risk := RiskReads
	if len(commands) == 0 {
		risk = RiskUnknown
	}
	for _, words := range commands {
		risk = max(risk, riskOfOne(words))
	}
	if len(changes) > 0 {
		risk = max(risk, RiskChanges)
	}
	return risk
}

func riskOfOne(words []string) Risk {
	risk := RiskUnknown
	program := ""
	for i, w := range words {
		w = path.Base(w)
		switch {
		case slices.Contains(destroying, w):
			return RiskDestroys
		case slices.Contains(changing, w):
			risk = RiskChanges
		case i == 0 && slices.Contains(lookers, w), program != "" && risk == RiskUnknown && slices.Contains(looking, w):
			risk = RiskReads
		}
		if i == 0 && slices.Contains(tools, w) {
			program = w
		}
	}
	return risk
}

var (
	destroying = []string{"delete", "rm", "rmdir", "drop", "truncate", "purge", "destroy", "wipe", "mkfs", "dd", "shred", "--force", "--purge", "uninstall", "terminate-instances"}
	changing   = []string{
		"apply", "patch", "scale", "restart", "reboot", "drain", "cordon", "uncordon", "rollout", "set", "edit", "create", "replace", "annotate", "label", "taint", "exec",
		"stop", "start", "kill", "pkill", "mv", "cp", "tee", "chmod", "chown", "install", "upgrade", "rollback", "update", "insert", "put", "write", "enable", "disable", "reload", "failover", "sh", "bash", "eval", "sudo", "ssh",
	}
	// lookers are programs that only look, unless their words say otherwise.
	lookers = []string{
		"cat", "grep", "egrep", "zgrep", "head", "tail", "less", "ls", "ps", "df", "du", "free", "uptime", "dig", "nslookup", "host", "ping", "journalctl", "dmesg", "top",
		"echo", "printf", "true", "false", "test", "stat", "wc", "sort", "uniq", "cut", "tr", "column", "date", "hostname", "uname", "id", "whoami", "jq", "sleep", "netstat", "ss", "lsof", "vmstat", "iostat",
	}
	// tools are programs that look where the word behind them does.
	tools   = []string{"kubectl", "oc", "k", "helm", "git", "docker", "podman", "crictl", "systemctl", "etcdctl", "ceph", "consul", "vault", "amtool", "promtool", "aws", "gcloud", "az", "istioctl", "argocd"}
	looking = []string{
		"get", "describe", "logs", "log", "top", "show", "list", "ls", "status", "version", "explain", "api-resources", "cluster-info", "events", "diff", "history", "inspect", "ps", "images",
		"is-active", "is-enabled", "cat", "health", "members", "query", "check", "info", "describe-instances", "auth",
	}
)
