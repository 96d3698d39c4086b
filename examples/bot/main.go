// Command bot answers chat slash-commands about a catalog over HTTP: what is left
// of an error budget, who is on call, what a canary says.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"github.com/srekit/ownership/examples/internal/points"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

const usage = "usage: bot -secret FILE [-catalog DIR] [-listen HOST:PORT] [-url URL] [-at TIME]"

// settings is what the flags say.
type settings struct {
	secret, catalog, listen, url string
	remote                       bool
	at                           time.Time
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o settings
	flags := flag.NewFlagSet("bot", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.secret, "secret", "", "`file` with the signing secret that the chat signs its requests with")
	flags.StringVar(&o.catalog, "catalog", "", "`folder` of a catalog and its measurements (default: the bundled one)")
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8080", "loopback `address` to listen on; port 0 is any that is free")
	flags.BoolVar(&o.remote, "remote", false, "allow an address that other machines reach")
	flags.StringVar(&o.url, "url", "", "`URL` at which people reach the pictures (default: the address it listens on)")
	flags.Func("at", "`instant` to answer for, RFC 3339 or Unix seconds (default: now; the last measurement of the bundled catalog)", func(s string) (err error) {
		o.at, err = points.ParseTime(s)
		return err
	})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 || o.secret == "" {
		fmt.Fprintln(stderr, usage)
		return 2
	}
	if err := serve(ctx, o, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// serve answers until ctx is done, then ends what it has begun.
func serve(ctx context.Context, o settings, stdout, stderr io.Writer) error {
	secret, err := readSecret(o.secret)
	if err != nil {
		return err
	}
	b, release, err := newBot(o.catalog, secret, o.at)
	if err != nil {
		return err
	}
	defer release()
	if u, err := url.Parse(o.url); o.url != "" && (err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery+u.Fragment != "" || strings.ContainsAny(o.url, "<>|")) {
		return fmt.Errorf("-url %q: nothing that links can begin with; write https://HOST or https://HOST/PATH", o.url)
	}
	listener, err := listen(o.listen, o.remote)
	if err != nil {
		return err
	}
	at := "http://" + listener.Addr().String()
	if b.link = at; o.url != "" {
		b.link = strings.TrimSuffix(o.url, "/")
	}
	server := &http.Server{
		Handler:           b.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      20 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          log.New(stderr, "bot: ", 0),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Fprintf(stdout, "listening on %s; commands go to %s/commands\n", at, b.link)
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

// listen listens on an address that only this machine reaches, unless others may.
func listen(address string, remote bool) (net.Listener, error) {
	to, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("-listen %s: %w; write HOST:PORT", address, err)
	}
	if !to.IP.IsLoopback() && !remote {
		return nil, fmt.Errorf("-listen %s: other machines reach this address, and the bot speaks plain HTTP; write 127.0.0.1:PORT and put a proxy with TLS in front, or add -remote", address)
	}
	return net.ListenTCP("tcp", to)
}
