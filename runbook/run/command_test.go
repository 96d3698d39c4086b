package run

import "testing"

func TestRisk(t *testing.T) {
	for _, c := range []struct {
		code string
		want Risk
	}{
		{"kubectl -n x get pods", RiskReads},
		{"kubectl get pods | grep x | wc -l", RiskReads},
		{"echo $(kubectl get pods)", RiskReads},
		{"kubectl get pods | ./fix", RiskUnknown},
		{"echo x | wall", RiskUnknown},
		{"A=b", RiskUnknown},
		{"curl http://x", RiskUnknown},
		{"kubectl rollout restart deploy/x", RiskChanges},
		{"kubectl get pods; systemctl restart x", RiskChanges},
		{"echo $(kubectl scale deploy/x --replicas 0)", RiskChanges},
		{"if true; then kubectl drain n; fi", RiskChanges},
		{"kubectl delete pod x", RiskDestroys},
		{"rm -rf /x", RiskDestroys},
		{"sudo rm -rf /x", RiskDestroys},
		{"kubectl get x -o name | xargs kubectl delete", RiskDestroys},
		{"/bin/rm x", RiskDestroys},
	} {
		if got := riskOf(Command{Language: "shell"}, c.code, nil, scan(c.code, nil).commands); got != c.want {
			t.Errorf("%s: got %s, want %s", c.code, got, c.want)
		}
	}
	if got := riskOf(Command{Language: "sql"}, "x", []string{"sql drop"}, nil); got != RiskChanges {
		t.Errorf("got %s", got)
	}
}

func TestCommandString(t *testing.T) {
	for _, c := range []struct {
		c    Command
		want string
	}{
		{Command{}, ""},
		{Command{Args: []string{"a", "--b=c", "d e", "", "f'g", "$(x)"}}, `a --b=c 'd e' '' 'f'\''g' '$(x)'`},
		{Command{Args: []string{"a", "b\x1bc\u202e"}}, `a 'b\x1bc\u202e'`},
		{Command{Shell: "sh", Script: "a\n", Env: []Variable{{Name: "IN_x", Value: "b c"}, {Name: "IN_t", Input: "t", Secret: true}}}, "IN_x='b c'\nIN_t=<secret t>\na\n"},
	} {
		if got := c.c.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
