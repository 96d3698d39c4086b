package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/srekit/ownership/capacity"
)

// The exceedance table asks of each hourly series and origin whether the maximum
// of the next day will exceed c times the maximum of the week before. A method's
// probability is that of Forecast.Saturation.

// question is a row id,k,c,y of ops_exceed.csv; y tells whether it happened.
type question struct {
	id     string
	origin int
	factor float64
	true   bool
}

// questions is the rows of ops_exceed.csv, none where it is not there.
func questions(dir string) ([]question, error) {
	var all []question
	for _, suffix := range []string{"", "_odd", "_even"} {
		name := "ops_exceed" + suffix + ".csv"
		file, err := os.Open(filepath.Join(dir, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		scanner := bufio.NewScanner(file)
		for line := 1; scanner.Scan(); line++ {
			text := strings.TrimSpace(scanner.Text())
			if text == "" || line == 1 && strings.HasPrefix(text, "id,") {
				continue
			}
			fields := strings.Split(text, ",")
			if len(fields) != 4 {
				err = fmt.Errorf("%s:%d: %d fields; want id,k,c,y", name, line, len(fields))
				break
			}
			q := question{id: fields[0], true: fields[3] == "1"}
			if q.origin, err = strconv.Atoi(fields[1]); err == nil {
				q.factor, err = strconv.ParseFloat(fields[2], 64)
			}
			if err != nil {
				err = fmt.Errorf("%s:%d: %w", name, line, err)
				break
			}
			all = append(all, q)
		}
		file.Close()
		if err == nil {
			err = scanner.Err()
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// exceedances prints Brier scores and logarithmic losses of the methods, beside
// that of always answering with how often it happens.
func (s set) exceedances(ctx context.Context, w io.Writer, dir string, examples []example, methods []method, halves []string, workers int) error {
	asked, err := questions(dir)
	if err != nil || len(asked) == 0 {
		return err
	}
	type place struct {
		id     string
		origin int
	}
	places := make(map[place]int)
	for i, e := range examples {
		places[place{e.id, e.origin}] = i
	}
	answers := make([][]float64, len(methods)) // by method and question; NaN for none
	for m, method := range methods {
		forecasts := make([]capacity.Forecast, len(examples))
		failed := make([]error, len(examples))
		inParallel(ctx, len(examples), workers, func(i int) {
			forecasts[i], failed[i] = method.forecaster.Forecast(ctx, examples[i].history, s.horizon)
		})
		if err := ctx.Err(); err != nil {
			return err
		}
		answers[m] = make([]float64, len(asked))
		for j, q := range asked {
			answers[m][j] = math.NaN()
			i, known := places[place{q.id, q.origin}]
			if !known {
				return fmt.Errorf("ops_exceed.csv asks for %s, origin %d, which is not in %s.csv", q.id, q.origin, s.file)
			}
			if failed[i] != nil {
				continue
			}
			v, err := forecasts[i].Saturation(capacity.Limit{Value: q.factor * highest(examples[i].history, 7*24)})
			if err == nil {
				answers[m][j] = v.Probability
			}
		}
	}
	for _, half := range halves {
		var kept []int
		rate := 0.0
		for j, q := range asked {
			number := examples[places[place{q.id, q.origin}]].number
			if half == "all" || (number%2 == 1) == (half == "odd") {
				kept = append(kept, j)
				if q.true {
					rate++
				}
			}
		}
		rate /= float64(len(kept))
		fmt.Fprintf(w, "## exceedance, %s numbers: %d questions, %.3f of them true\n\n", half, len(kept), rate)
		fmt.Fprintln(w, "| method | Brier | log loss | answered |")
		fmt.Fprintln(w, "| --- | ---: | ---: | ---: |")
		row := func(name string, answer func(j int) float64) {
			brier, loss, n := 0.0, 0.0, 0.0
			for _, j := range kept {
				p := answer(j)
				if math.IsNaN(p) {
					continue
				}
				n++
				y := 0.0
				if asked[j].true {
					y = 1
				}
				brier += (p - y) * (p - y)
				p = min(max(p, 0.001), 0.999)
				loss -= math.Log(y*p + (1-y)*(1-p))
			}
			fmt.Fprintf(w, "| %s | %.4f | %.3f | %.0f |\n", name, brier/n, loss/n, n)
		}
		row("how often it happens", func(int) float64 { return rate })
		for m, method := range methods {
			row(method.name, func(j int) float64 { return answers[m][j] })
		}
		fmt.Fprintln(w)
	}
	return nil
}

// highest is the largest of the last n values.
func highest(s capacity.Series, n int) float64 {
	h := math.Inf(-1)
	for i := max(0, s.Len()-n); i < s.Len(); i++ {
		if !s.Missing(i) {
			h = max(h, s.Values[i])
		}
	}
	return h
}
