package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// span is a length of time, or a number of steps.
type span struct {
	length time.Duration
	count  int
}

func (p *span) String() string {
	if p.count > 0 {
		return strconv.Itoa(p.count)
	}
	return p.length.String()
}

// Set reads 48, 36h, 4w or 1w2d.
func (p *span) Set(s string) error {
	if n, err := strconv.Atoi(s); err == nil && n > 0 && n <= 1<<20 {
		*p = span{count: n}
		return nil
	}
	var d time.Duration
	if err := length(&d)(s); err != nil {
		return errors.New("no length of time; write one such as 4w, 1d or 36h, or a number of steps")
	}
	*p = span{length: d}
	return nil
}

// steps is how many steps cover the span.
func (p *span) steps(step time.Duration) (int, error) {
	if p.count > 0 {
		return p.count, nil
	}
	n := (p.length-1)/step + 1
	if n > 1<<20 {
		return 0, fmt.Errorf("%v are %d steps of %v, more than 1048576; take a shorter horizon or a longer -step", p.length, n, step)
	}
	return int(n), nil
}

// spans is a list of seasons.
type spans []span

func (l *spans) String() string { return fmt.Sprint(*l) }

// Set reads a list between commas.
func (l *spans) Set(s string) error {
	*l = nil
	for _, part := range strings.Split(s, ",") {
		var p span
		if err := p.Set(strings.TrimSpace(part)); err != nil {
			return err
		}
		*l = append(*l, p)
	}
	return nil
}

// steps is the seasons in steps, which each must hold whole, in order.
func (l *spans) steps(step time.Duration) ([]int, error) {
	var periods []int
	for _, p := range *l {
		if p.length%step != 0 {
			return nil, fmt.Errorf("a season of %v is no multiple of the step of %v; write a multiple, or change the step with -step", p.length, step)
		}
		n, err := p.steps(step)
		if err != nil {
			return nil, err
		}
		periods = append(periods, n)
	}
	slices.Sort(periods)
	return slices.Compact(periods), nil
}

// length reads a duration with the units of package time, d and w, of at most
// two centuries.
func length(d *time.Duration) func(string) error {
	return func(s string) error {
		wrong := errors.New("no length of time; write one such as 1h, 1d or 2w")
		rest, sum := s, 0.0 // nanoseconds, as whole ones would overflow
		for _, unit := range []struct {
			name   string
			length time.Duration
		}{{"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}} {
			number, after, found := strings.Cut(rest, unit.name)
			if !found {
				continue
			}
			x, err := strconv.ParseFloat(number, 64)
			if err != nil || !(x > 0) {
				return wrong
			}
			sum += x * float64(unit.length)
			rest = after
		}
		if rest != "" {
			x, err := time.ParseDuration(rest)
			if err != nil || x <= 0 {
				return wrong
			}
			sum += float64(x)
		}
		if !(sum >= 1 && sum <= float64(200*366*24*time.Hour)) {
			return wrong
		}
		*d = time.Duration(sum)
		return nil
	}
}
