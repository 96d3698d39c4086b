package runbook

import (
	"slices"
	"strings"
)

// maxChanges is how many changing words of one step are kept.
const maxChanges = 20

// changes are the words of code that change something, each once. The list knows
// the usual programs of operations; what it does not know counts as harmless, so
// an empty result is no promise.
func changes(code, language string) []string {
	var found []string
	add := func(s string) {
		if !slices.Contains(found, s) && len(found) < maxChanges {
			found = append(found, s)
		}
	}
	switch language {
	case "sql", "psql", "mysql", "postgresql", "cql":
		sqlChanges(code, add)
		return found
	}
	start := true
	for line := range strings.SplitSeq(code, "\n") {
		if t := strings.TrimLeft(line, " \t"); strings.HasPrefix(t, "#") {
			continue
		}
		program := ""
		seen := 0
		for word := range words(line) {
			switch word {
			case "|", "||", "&&", ";", "&", "(", "$(":
				start, program, seen = true, "", 0
				continue
			}
			w := word
			if i := strings.LastIndexByte(w, '/'); i >= 0 && start {
				w = w[i+1:]
			}
			if start {
				if w == "sudo" || w == "time" || w == "watch" || w == "env" || w == "nohup" || w == "xargs" || w == "do" || w == "then" || w == "else" || strings.Contains(w, "=") || strings.HasPrefix(w, "-") {
					continue
				}
				start, program = false, w
				if slices.Contains(alwaysChange, w) {
					add(w)
				}
				continue
			}
			seen++
			if w == "--force" || w == "--grace-period=0" || w == "-rf" && program == "rm" {
				add(program + " " + w)
			}
			if verbs, ok := verbsOf(program); ok && slices.Contains(verbs, w) && seen <= 12 {
				add(program + " " + w)
			}
			if (program == "aws" || program == "gcloud" || program == "az") && seen <= 6 && cloudChange(w) {
				add(program + " " + w)
			}
			if program == "curl" && (w == "DELETE" || w == "POST" || w == "PUT" || w == "PATCH" || w == "-XDELETE" || w == "-XPOST" || w == "-XPUT" || w == "-XPATCH") {
				add("curl " + strings.TrimPrefix(w, "-X"))
			}
			if w == "-c" || w == "--" || w == "-e" || w == "exec" { // a command within a command
				start = w == "--"
				if start {
					program = ""
				}
			}
		}
		if !strings.HasSuffix(strings.TrimRight(line, " \t"), `\`) {
			start = true
		}
		if program == "psql" || program == "mysql" {
			sqlChanges(line, add)
		}
	}
	return found
}

// words splits a line of shell into words and operators; quotes are taken off.
func words(line string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i < len(line); {
			c := line[i]
			switch {
			case c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '`' || c == ')' || c == '\\':
				i++
			case c == '|' || c == '&' || c == ';' || c == '(':
				j := i + 1
				if j < len(line) && line[j] == c && c != ';' && c != '(' {
					j++
				}
				if !yield(line[i:j]) {
					return
				}
				i = j
			case strings.HasPrefix(line[i:], "$("):
				if !yield("$(") {
					return
				}
				i += 2
			default:
				j := i
				for j < len(line) && !strings.ContainsRune(" \t\"'`|&;()\\", rune(line[j])) {
					j++
				}
				if j == i {
					j++
				}
				if !yield(line[i:j]) {
					return
				}
				i = j
			}
		}
	}
}

var alwaysChange = []string{"rm", "reboot", "shutdown", "halt", "poweroff", "kill", "killall", "pkill", "mkfs", "dd", "truncate", "fdisk", "parted", "iptables", "nft", "chef-client", "mv", "chmod", "chown", "sed-i", "dropdb", "drop"}

func verbsOf(program string) ([]string, bool) {
	switch program {
	case "kubectl", "oc", "k":
		return []string{"delete", "patch", "scale", "drain", "cordon", "uncordon", "apply", "edit", "replace", "restart", "undo", "label", "annotate", "taint", "set", "create", "autoscale", "evict", "expand", "approve", "deny", "rollback"}, true
	case "helm":
		return []string{"upgrade", "rollback", "uninstall", "install", "delete"}, true
	case "systemctl", "service":
		return []string{"restart", "stop", "start", "reload", "disable", "enable", "mask", "kill"}, true
	case "terraform":
		return []string{"apply", "destroy", "import", "taint"}, true
	case "docker", "podman", "crictl":
		return []string{"rm", "rmi", "kill", "stop", "restart", "prune", "run"}, true
	case "etcdctl":
		return []string{"del", "defrag", "compact", "put", "remove", "add"}, true
	case "redis-cli":
		return []string{"flushall", "FLUSHALL", "flushdb", "FLUSHDB", "del", "DEL", "failover", "FAILOVER"}, true
	case "gitlab-ctl":
		return []string{"restart", "stop", "reconfigure", "start", "hup"}, true
	case "ceph", "odf", "rbd":
		return []string{"rm", "delete", "purge", "set", "out", "reweight", "repair"}, true
	case "git":
		return []string{"push", "reset", "revert"}, true
	case "amtool":
		return []string{"expire", "add"}, true
	case "vault", "consul":
		return []string{"delete", "put", "write", "leave", "revoke"}, true
	}
	return nil, false
}

func cloudChange(w string) bool {
	for _, verb := range []string{"delete", "terminate", "reboot", "stop", "start", "modify", "update", "create", "put", "detach", "attach", "resize", "reset", "remove", "set"} {
		if w == verb || strings.HasPrefix(w, verb+"-") {
			return true
		}
	}
	return false
}

// sqlChanges finds statements of SQL that change data.
func sqlChanges(code string, add func(string)) {
	for statement := range strings.SplitSeq(code, ";") {
		n := 0
		for word := range strings.FieldsFuncSeq(statement, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '"' || r == '(' || r == '\'' }) {
			switch up := strings.ToUpper(word); up {
			case "DELETE", "UPDATE", "INSERT", "DROP", "TRUNCATE", "ALTER", "VACUUM", "REINDEX", "GRANT", "REVOKE":
				add("sql " + strings.ToLower(up))
			}
			if n++; n > 40 {
				break
			}
		}
	}
}
