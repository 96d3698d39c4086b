// History writes a service's past for a real server to import, and asks that
// server whether it computes from it what the events give. See .ci/server.
//
//	history -port                   a free port of the loopback interface
//	history -end T -write FILE      the past until T (seconds since 1970), as OpenMetrics
//	history -end T -check URL       waits for the server, asks and compares
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/srekit/ownership/internal/synth"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "history:", err)
		os.Exit(1)
	}
}

func run(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("history", flag.ContinueOnError)
	port := flags.Bool("port", false, "print a free port")
	end := flags.Int64("end", 0, "the last sample's time in seconds since 1970, a multiple of 30")
	write := flags.String("write", "", "file to write the past to")
	check := flags.String("check", "", "server to ask")
	wait := flags.Duration("wait", time.Minute, "how long to wait for the server, and for its rules")
	if err := flags.Parse(args); err != nil {
		return err
	}
	at := time.Unix(*end, 0).UTC()
	switch {
	case *port:
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		fmt.Fprintln(stdout, l.Addr().(*net.TCPAddr).Port)
		return l.Close()
	case *end <= 0 || *end%30 != 0:
		return errors.New("give -end as a multiple of 30 seconds")
	case *write != "":
		f, err := os.Create(*write)
		if err != nil {
			return err
		}
		family := synth.CounterFamily("http_requests", []synth.Label{{Name: "job", Value: "history"}}, samples(at))
		return errors.Join(synth.WriteOpenMetrics(f, []synth.Family{family}), f.Close())
	case *check != "":
		ctx, cancel := context.WithTimeout(context.Background(), 2**wait)
		defer cancel()
		return server{ctx, *check, stdout}.check(at, *wait)
	}
	return errors.New("give -port, -write or -check")
}

const (
	step = 30 * time.Second
	past = 7 * time.Hour
	// window ends between two samples, so that it holds the same ones whether
	// the server counts its left edge (Prometheus 2) or not (Prometheus 3).
	window = 6*time.Hour - step/2
)

// samples are three replicas over seven hours, each of which restarts once, with an
// outage in the middle. They began a day before, so no counter stands near 0.
func samples(end time.Time) []synth.Sample {
	begin := end.Add(-past)
	c := synth.Counter{
		Traffic: synth.Traffic{
			BasePerSecond: 25, Noise: synth.Noise{Kind: synth.Poisson}, Errors: synth.Errors{Ratio: 0.002}, Seed: 11,
			Outages: []synth.Outage{{Start: end.Add(-3 * time.Hour), End: end.Add(-2 * time.Hour), Shape: synth.Plateau, ErrorRatio: 0.3}},
		},
		Replicas: 3, Start: begin.Add(-24 * time.Hour), Restarts: []time.Time{end.Add(-90 * time.Minute)}, Stagger: 5 * time.Minute,
	}
	return c.Samples(begin, end, step)
}

// exact is the error ratio between the first and the last sample of the window.
func exact(end time.Time) (ratio, bad, total float64) {
	first := end.Add(-window).Add(step / 2)
	for _, c := range synth.Increases(samples(end)) {
		if c.Time.After(first) && !c.Time.After(end) {
			bad, total = bad+c.Bad, total+c.Total
		}
	}
	return bad / total, bad, total
}

// server is a running Prometheus.
type server struct {
	ctx    context.Context
	url    string
	stdout io.Writer
}

func (s server) check(end time.Time, wait time.Duration) error {
	if err := s.until(wait, func() error { _, err := s.get("/-/ready"); return err }); err != nil {
		return err
	}
	var build struct{ Data struct{ Version string } }
	if err := s.ask("/api/v1/status/buildinfo", &build); err != nil {
		return err
	}
	fmt.Fprintf(s.stdout, "Prometheus %s is ready\n", build.Data.Version)

	var healthy string
	if err := s.until(wait, func() (err error) { healthy, err = s.rules(); return err }); err != nil {
		return err
	}
	fmt.Fprintln(s.stdout, healthy)

	rng := strconv.Itoa(int(window/time.Second)) + "s"
	expr := fmt.Sprintf(`sum(increase(http_requests_total{job="history",code=~"5.."}[%s])) / sum(increase(http_requests_total{job="history"}[%[1]s]))`, rng)
	want, bad, total := exact(end)
	got, err := s.value(expr, end)
	if err != nil {
		return err
	}
	const tolerance = 1e-9
	if !(math.Abs(got-want) <= tolerance*want) {
		return fmt.Errorf("the imported history has an error ratio of %v, want %v (%v of %v events)", got, want, bad, total)
	}
	fmt.Fprintf(s.stdout, "the imported history has an error ratio of %v, as its events do (%v of %v, within %g of it)\n", got, bad, total, tolerance)
	return nil
}

// rules is an error unless every rule of the server has been evaluated well.
func (s server) rules() (string, error) {
	var answer struct {
		Data struct {
			Groups []struct {
				Name  string
				Rules []struct{ Name, Type, Health, LastError string }
			}
		}
	}
	if err := s.ask("/api/v1/rules", &answer); err != nil {
		return "", err
	}
	var errs []error
	recording, alerting := 0, 0
	for _, g := range answer.Data.Groups {
		for _, r := range g.Rules {
			if r.Type == "alerting" {
				alerting++
			} else {
				recording++
			}
			if r.Health != "ok" {
				errs = append(errs, fmt.Errorf("group %s, rule %s: health %s %s", g.Name, r.Name, r.Health, r.LastError))
			}
		}
	}
	if alerting == 0 || recording == 0 {
		errs = append(errs, fmt.Errorf("%d recording and %d alerting rules", recording, alerting))
	}
	return fmt.Sprintf("%d groups: %d recording and %d alerting rules, health ok each", len(answer.Data.Groups), recording, alerting), errors.Join(errs...)
}

func (s server) value(expr string, at time.Time) (float64, error) {
	var answer struct {
		Data struct {
			Result []struct{ Value [2]any }
		}
	}
	q := url.Values{"query": {expr}, "time": {strconv.FormatInt(at.Unix(), 10)}}
	if err := s.ask("/api/v1/query?"+q.Encode(), &answer); err != nil {
		return 0, err
	}
	if len(answer.Data.Result) != 1 {
		return 0, fmt.Errorf("%s: %d results", expr, len(answer.Data.Result))
	}
	text, _ := answer.Data.Result[0].Value[1].(string)
	return strconv.ParseFloat(text, 64)
}

// until repeats what fails, at most for the given time.
func (s server) until(wait time.Duration, do func() error) error {
	deadline := time.Now().Add(wait)
	for {
		err := do()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		select {
		case <-s.ctx.Done():
			return err
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (s server) ask(path string, to any) error {
	body, err := s.get(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, to)
}

func (s server) get(path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", path, resp.Status, body)
	}
	return body, err
}
