// Command servercheck loads a rule file into a real Prometheus server and
// checks what the server makes of it:
//
//	go run ./internal/servercheck rules.yaml
//
// It writes two hours of counters that end now, turns them into blocks with
// promtool, starts prometheus on a free port of the loopback
// interface with a fresh folder, and asks it whether every rule is healthy and
// whether ratios, recorded and over the history, are those that the counters
// were made with. The server is ended by its own process.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// What the counters are made with: 40 requests a second, one in 50 fails.
const (
	perStep    = 1200
	badPerStep = 24
	step       = 30 * time.Second
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: servercheck rules.yaml")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute) // the period rules are evaluated every five
	defer cancel()
	if err := check(ctx, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		cancel()
		os.Exit(1)
	}
}

func check(ctx context.Context, rules string) (err error) {
	rules, err = filepath.Abs(rules)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "servercheck")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	now := time.Now().Truncate(time.Second)
	if err := history(ctx, dir, now); err != nil {
		return err
	}
	config := filepath.Join(dir, "prometheus.yml")
	text := "global:\n  evaluation_interval: 30s\nrule_files:\n  - " + strconv.Quote(rules) + "\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return err
	}
	address, err := freeAddress()
	if err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	server := exec.CommandContext(ctx, "prometheus", "--config.file="+config, "--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address)
	server.Stdout, server.Stderr = log, log
	if err := server.Start(); err != nil {
		return err
	}
	defer func() {
		_ = server.Process.Signal(os.Interrupt)
		done := make(chan struct{})
		go func() { _ = server.Wait(); close(done) }()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			_ = server.Process.Kill()
			<-done
		}
	}()
	c := client{base: "http://" + address}
	failure := c.judge(ctx)
	if failure != nil {
		out, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%w\nthe server's log:\n%s", failure, out)
	}
	return nil
}

// history writes counters as the bundled service exports them and turns them
// into blocks.
func history(ctx context.Context, dir string, now time.Time) error {
	var b strings.Builder
	begin, end := now.Add(-2*time.Hour), now
	family := func(name string, series map[string]int) {
		fmt.Fprintf(&b, "# TYPE %s counter\n", name)
		for _, labels := range []string{`code="200"`, `code="500"`, `le="0.1"`, `le="0.25"`, `le="+Inf"`} {
			inc, ok := series[labels]
			if !ok {
				continue
			}
			for i, t := 0, begin; t.Before(end); i, t = i+1, t.Add(step) {
				fmt.Fprintf(&b, "%s_total{job=\"user-auth-service\",%s} %d %d\n", name, labels, i*inc, t.Unix())
			}
		}
	}
	family("http_requests", map[string]int{`code="200"`: perStep - badPerStep, `code="500"`: badPerStep})
	b.WriteString("# EOF\n")
	file := filepath.Join(dir, "history.om")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, "promtool", "tsdb", "create-blocks-from", "openmetrics", file, filepath.Join(dir, "data")).CombinedOutput()
	if err != nil {
		return fmt.Errorf("promtool: %w\n%s", err, out)
	}
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

type client struct{ base string }

func (c client) get(ctx context.Context, path string, query url.Values, data any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s: %s", path, resp.Status, body)
	}
	if data == nil {
		return nil
	}
	return json.Unmarshal(body, data)
}

// judge asks for ratios as soon as the server has recorded them, while the
// history is fresh, and then waits until every rule has been evaluated.
func (c client) judge(ctx context.Context) error {
	want := float64(badPerStep) / perStep
	for _, q := range []string{
		`slo:events_bad:rate2m{slo="availability"} / slo:events:rate2m{slo="availability"}`,
		`sum(increase(http_requests_total{code=~"5..",job="user-auth-service"}[1h])) / sum(increase(http_requests_total{job="user-auth-service"}[1h]))`,
	} {
		got, err := c.value(ctx, q)
		for err != nil && ctx.Err() == nil {
			time.Sleep(time.Second)
			got, err = c.value(ctx, q)
		}
		if err != nil {
			return err
		}
		if math.Abs(got-want) > 1e-9 {
			return fmt.Errorf("%s is %v, the counters were made with %v", q, got, want)
		}
		fmt.Printf("%s = %v, as computed\n", q, got)
	}
	var unhealthy string
	rules := 0
	for {
		var answer struct {
			Data struct {
				Groups []struct {
					Name  string
					Rules []struct{ Name, Health, LastError string }
				}
			}
		}
		err := c.get(ctx, "/api/v1/rules", nil, &answer)
		unhealthy, rules = "", 0
		for _, g := range answer.Data.Groups {
			for _, r := range g.Rules {
				rules++
				if r.LastError != "" {
					return fmt.Errorf("group %s, rule %s: %s", g.Name, r.Name, r.LastError)
				}
				if r.Health != "ok" {
					unhealthy = g.Name + ": " + r.Name + " is " + r.Health
				}
			}
		}
		if err == nil && rules > 0 && unhealthy == "" {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not every rule was evaluated in time (%d rules; %s): %w", rules, unhealthy, errors.Join(ctx.Err(), err))
		case <-time.After(time.Second):
		}
	}
	fmt.Printf("all %d rules are healthy\n", rules)
	return nil
}

func (c client) value(ctx context.Context, query string) (float64, error) {
	var answer struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	if err := c.get(ctx, "/api/v1/query", url.Values{"query": {query}}, &answer); err != nil {
		return 0, err
	}
	if len(answer.Data.Result) != 1 {
		return 0, fmt.Errorf("%s gives %d results, want one", query, len(answer.Data.Result))
	}
	text, _ := answer.Data.Result[0].Value[1].(string)
	return strconv.ParseFloat(text, 64)
}
