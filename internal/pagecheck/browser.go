package pagecheck

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

//go:embed probe.js
var probe string

// Problem is one thing that is wrong with a page.
type Problem struct {
	Rule string // request, console, scroll, contrast, name, structure, keyboard, focus
	Text string
}

// String is the problem in one line.
func (p Problem) String() string { return p.Rule + ": " + p.Text }

// Browser is a running Chromium. Close ends it.
type Browser struct {
	ctx    context.Context
	cancel []context.CancelFunc
}

// Open starts the program at path without a window and with no profile.
func Open(ctx context.Context, path string) (*Browser, error) {
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // in containers it has none; the pages are our own
		chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WSURLReadTimeout(time.Minute),
	)
	b := &Browser{}
	allocator, cancel := chromedp.NewExecAllocator(ctx, options...)
	b.cancel = append(b.cancel, cancel)
	b.ctx, cancel = chromedp.NewContext(allocator, chromedp.WithErrorf(func(string, ...any) {}))
	b.cancel = append(b.cancel, cancel)
	if err := chromedp.Do(b.ctx); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Close ends the browser.
func (b *Browser) Close() {
	for _, cancel := range slices.Backward(b.cancel) {
		cancel()
	}
}

// view is how a page is looked at; the scheme is "light" or "dark".
type view struct {
	width  int64
	scheme string
}

var views = []view{{320, "light"}, {320, "dark"}, {1200, "light"}, {1200, "dark"}}

// Check opens the file in a tab of its own, at 320 and 1,200 pixels, light and
// dark, and returns what is wrong, each problem once.
func (b *Browser) Check(file string) ([]Problem, error) {
	address, err := fileURL(file)
	if err != nil {
		return nil, err
	}
	ctx, cancel := chromedp.NewContext(b.ctx)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 4*time.Minute)
	defer stop()

	var mu sync.Mutex
	found := map[Problem]bool{}
	add := func(rule, text string) {
		mu.Lock()
		defer mu.Unlock()
		if r := []rune(text); len(r) > 300 {
			text = string(r[:299]) + "…"
		}
		found[Problem{rule, text}] = true
	}
	err = chromedp.Listen(ctx, func(event any) {
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; u != address && !strings.HasPrefix(u, address+"#") && !strings.HasPrefix(u, "data:") {
				add("request", u)
			}
		case *network.EventWebSocketCreated:
			add("request", e.URL)
		case *log.EventEntryAdded:
			if l := e.Entry.Level; l == log.EntryLevelError || l == log.EntryLevelWarning {
				add("console", e.Entry.Text)
			}
		case *runtime.EventExceptionThrown:
			add("console", thrown(e.ExceptionDetails))
		case *runtime.EventConsoleAPICalled:
			if t := e.Type; t == runtime.ConsoleAPICalledTypeError || t == runtime.ConsoleAPICalledTypeWarning || t == runtime.ConsoleAPICalledTypeAssert {
				var words []string
				for _, a := range e.Args {
					words = append(words, string(a.Value))
				}
				add("console", strings.Join(words, " "))
			}
		}
	})
	if err != nil {
		return nil, err
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		return nil, err
	}
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		return nil, err
	}
	for i, v := range views {
		if err := show(ctx, v, address); err != nil {
			return nil, fmt.Errorf("%s at %d pixels, %s: %w", file, v.width, v.scheme, err)
		}
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](probe+"\nJSON.stringify(probe())"))
		if err != nil {
			return nil, fmt.Errorf("%s at %d pixels, %s: %w", file, v.width, v.scheme, err)
		}
		var problems []Problem
		if err := json.Unmarshal([]byte(text), &problems); err != nil {
			return nil, err
		}
		for _, p := range problems {
			switch p.Rule {
			case "scroll":
				p.Text += fmt.Sprintf(" at %d pixels", v.width)
			case "contrast":
				p.Text += ", " + v.scheme
			}
			add(p.Rule, p.Text)
		}
		if i == 0 {
			if err := keyboard(ctx, add); err != nil {
				return nil, err
			}
		}
	}
	// What arrives late still counts.
	if err := chromedp.Do(ctx, chromedp.Sleep(200*time.Millisecond)); err != nil {
		return nil, err
	}
	mu.Lock()
	defer mu.Unlock()
	out := make([]Problem, 0, len(found))
	for p := range found {
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].String() < out[j].String() })
	return out, nil
}

func thrown(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Exception.Description
	}
	return d.Text
}

// show opens the address in a window of the width and a scheme.
func show(ctx context.Context, v view, address string) error {
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(v.width, 900)); err != nil {
		return err
	}
	scheme := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: v.scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, scheme); err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.Navigate(address))
}

// focus is where the focus is: the place in what can have it, -1 elsewhere.
type focus struct {
	Place   int
	Visible bool
	Text    string
}

// mostStops is how many parts of a page the keyboard check comes by: a page of
// hundreds of services has thousands, all made by the same few lines.
const mostStops = 300

// keyboard walks through the page with the tabulator key: it must come by
// everything that can be operated or scrolled, and be seen there. Of a long page
// that is the first mostStops.
func keyboard(ctx context.Context, add func(rule, text string)) error {
	names, err := chromedp.Run(ctx, chromedp.Evaluate[[]string]("focusable().map(describe)"))
	if err != nil {
		return err
	}
	reached := map[int]bool{}
	stops, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]").length`))
	if err != nil {
		return err
	}
	if len(names) > mostStops {
		names = names[:mostStops]
	}
	for range min(stops, 2*mostStops) + len(names) + 2 { // at least once around
		if len(reached) == len(names) {
			break
		}
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			return err
		}
		at, err := chromedp.Run(ctx, chromedp.Evaluate[focus]("focused()"))
		if err != nil {
			return err
		}
		if at.Place < 0 || at.Place >= len(names) {
			continue
		}
		reached[at.Place] = true
		if !at.Visible {
			add("focus", "nothing shows that the focus is on "+at.Text)
		}
	}
	for i, name := range names {
		if !reached[i] {
			add("keyboard", "the tabulator key does not reach "+name)
		}
	}
	return nil
}

// FirstPaint opens the file so many times and returns the browser's own entries
// of the first contentful paint, in rising order.
func (b *Browser) FirstPaint(file string, times int) ([]time.Duration, error) {
	address, err := fileURL(file)
	if err != nil {
		return nil, err
	}
	var out []time.Duration
	for range times {
		ctx, cancel := chromedp.NewContext(b.ctx)
		ctx, stop := context.WithTimeout(ctx, time.Minute)
		ms, err := firstPaint(ctx, address)
		stop()
		cancel()
		if err != nil {
			return nil, err
		}
		out = append(out, time.Duration(ms*float64(time.Millisecond)))
	}
	slices.Sort(out)
	return out, nil
}

func firstPaint(ctx context.Context, address string) (float64, error) {
	if err := show(ctx, view{1200, "light"}, address); err != nil {
		return 0, err
	}
	return chromedp.Run(ctx, chromedp.Evaluate[float64](`new Promise(done => new PerformanceObserver((list, self) => {
		const e = list.getEntriesByName("first-contentful-paint")[0];
		if (e) { self.disconnect(); done(e.startTime); }
	}).observe({type: "paint", buffered: true}))`, chromedp.EvalAwaitPromise))
}

func fileURL(file string) (string, error) {
	path, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", err
	}
	return (&url.URL{Scheme: "file", Path: path}).String(), nil
}
