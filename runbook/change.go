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
		program, own := "", []string(nil)
		seen := 0
		for word, i := nextWord(line, 0); word != ""; word, i = nextWord(line, i) {
			switch word {
			case "|", "||", "&&", ";", "&", "(", "$(":
				start, program, own, seen = true, "", nil, 0
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
				start, program, own = false, w, verbs[w]
				if alwaysChanges(w) {
					add(w)
				}
				continue
			}
			seen++
			if w == "--force" || w == "--grace-period=0" || w == "-rf" && program == "rm" {
				add(program + " " + w)
			}
			if seen <= 12 && slices.Contains(own, w) {
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
					program, own = "", nil
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

// nextWord is the first word or operator in line[i:] and what follows it, quotes
// taken off; empty at the end of the line.
func nextWord(line string, i int) (word string, next int) {
	for i < len(line) {
		switch c := line[i]; {
		case c == ' ' || c == '\t' || c == '"' || c == '\'' || c == '`' || c == ')' || c == '\\':
			i++
		case c == '|' || c == '&' || c == ';' || c == '(':
			j := i + 1
			if j < len(line) && line[j] == c && c != ';' && c != '(' {
				j++
			}
			return line[i:j], j
		case c == '$' && strings.HasPrefix(line[i:], "$("):
			return line[i : i+2], i + 2
		default:
			j := i
			for j < len(line) && !ends[line[j]] {
				j++
			}
			return line[i:j], j
		}
	}
	return "", i
}

// ends are the bytes that end a word of shell.
var ends = [256]bool{' ': true, '\t': true, '"': true, '\'': true, '`': true, '|': true, '&': true, ';': true, '(': true, ')': true, '\\': true}

// alwaysChanges tells whether a program changes something whatever its arguments.
func alwaysChanges(program string) bool {
	switch program {
	case "rm", "reboot", "shutdown", "halt", "poweroff", "kill", "killall", "pkill", "mkfs", "dd", "truncate", "fdisk", "parted", "iptables", "nft", "chef-client", "mv", "chmod", "chown", "sed-i", "dropdb", "drop":
		return true
	}
	return false
}

// verbs are the words of programs that change something; read only.
var verbs = map[string][]string{
	"kubectl":    {"delete", "patch", "scale", "drain", "cordon", "uncordon", "apply", "edit", "replace", "restart", "undo", "label", "annotate", "taint", "set", "create", "autoscale", "evict", "expand", "approve", "deny", "rollback"},
	"oc":         {"delete", "patch", "scale", "drain", "cordon", "uncordon", "apply", "edit", "replace", "restart", "undo", "label", "annotate", "taint", "set", "create", "autoscale", "evict", "expand", "approve", "deny", "rollback"},
	"k":          {"delete", "patch", "scale", "drain", "cordon", "uncordon", "apply", "edit", "replace", "restart", "undo", "label", "annotate", "taint", "set", "create", "autoscale", "evict", "expand", "approve", "deny", "rollback"},
	"helm":       {"upgrade", "rollback", "uninstall", "install", "delete"},
	"systemctl":  {"restart", "stop", "start", "reload", "disable", "enable", "mask", "kill"},
	"service":    {"restart", "stop", "start", "reload", "disable", "enable", "mask", "kill"},
	"terraform":  {"apply", "destroy", "import", "taint"},
	"docker":     {"rm", "rmi", "kill", "stop", "restart", "prune", "run"},
	"podman":     {"rm", "rmi", "kill", "stop", "restart", "prune", "run"},
	"crictl":     {"rm", "rmi", "kill", "stop", "restart", "prune", "run"},
	"etcdctl":    {"del", "defrag", "compact", "put", "remove", "add"},
	"redis-cli":  {"flushall", "FLUSHALL", "flushdb", "FLUSHDB", "del", "DEL", "failover", "FAILOVER"},
	"gitlab-ctl": {"restart", "stop", "reconfigure", "start", "hup"},
	"ceph":       {"rm", "delete", "purge", "set", "out", "reweight", "repair"},
	"odf":        {"rm", "delete", "purge", "set", "out", "reweight", "repair"},
	"rbd":        {"rm", "delete", "purge", "set", "out", "reweight", "repair"},
	"git":        {"push", "reset", "revert"},
	"amtool":     {"expire", "add"},
	"vault":      {"delete", "put", "write", "leave", "revoke"},
	"consul":     {"delete", "put", "write", "leave", "revoke"},
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
