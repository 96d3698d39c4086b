package ets_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/srekit/ownership/capacity/ets"
)

// product is a model with multiplicative error and season of two steps.
func product(season ...float64) ets.Fit {
	return ets.Fit{Model: ets.Model{Error: ets.Multiplicative, Season: ets.Multiplicative, Period: 2},
		Parameters: ets.Parameters{Alpha: 0.4, Gamma: 0.5}, Final: ets.State{Level: 100, Season: season}, Sigma2: 0.01}
}

// A negative value would turn the factor negative: 1 + 0.5·(−1000−100)/100.
func TestSeasonalFactorStaysPositive(t *testing.T) {
	o := online(t, product(1, 1), 0)
	if _, err := o.Update(-1000); err != nil {
		t.Fatal(err)
	}
	if got := slices.Min(o.Fit().Final.Season); !(got > 0) {
		t.Errorf("got the factor %v", got)
	}
}

// The level would move by 0.4·1e149/5e-7.
func TestUpdateRefusesWhatItsStatesCannotHold(t *testing.T) {
	o := online(t, product(1e-6, 2), 0)
	before := marshal(t, o)
	_, err := o.Update(1e149)
	var input *ets.InputError
	if !errors.As(err, &input) || input.Reason != "takes the states beyond what can be computed with" {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(marshal(t, o), before) {
		t.Error("it changed the state")
	}
}

// Bytes 16 and 17 are the period and the place in the ring.
func TestSnapshotOfAStateThatCannotBe(t *testing.T) {
	whole := marshal(t, online(t, product(1, 1), 0))
	body := slices.Clone(whole[:len(whole)-4])
	if body[16] != 2 || body[17] != 0 {
		t.Fatalf("the form has changed: % x", body[:20])
	}
	body[17] = 2
	var o ets.Online
	if err := o.UnmarshalBinary(withChecksum(body)); !errors.Is(err, ets.ErrSnapshot) {
		t.Errorf("a place behind the season: %v", err)
	}
	whole = marshal(t, online(t, ets.Fit{Model: ets.Model{Error: ets.Additive}, Parameters: ets.Parameters{Alpha: 0.5}, Sigma2: 1}, 0))
	body = append(slices.Clone(whole[:len(whole)-4]), 0, 0, 0, 0, 0, 0, 0, 0)
	body[16] = 1
	if err := o.UnmarshalBinary(withChecksum(body)); !errors.Is(err, ets.ErrSnapshot) {
		t.Errorf("a season of a model without: %v", err)
	}
}

func TestRelativeErrorsNeverTurnTheSign(t *testing.T) {
	f := ets.Fit{Model: ets.Model{Error: ets.Multiplicative}, Parameters: ets.Parameters{Alpha: 0.9}, Final: ets.State{Level: 10}, Sigma2: 4}
	drawn, err := f.Paths(5, 200, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	given, err := f.BootstrapPaths(5, 200, []float64{-3, 0.5}, rand.NewPCG(1, 2))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range slices.Concat(drawn, given) {
		if !(slices.Min(p) > 0) {
			t.Fatalf("path %v", p)
		}
	}
}

// The number of observations never overflows: one at its bound stays there, and
// the state can still be written and read.
func TestCountStaysAtItsBound(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(observed int) ([]byte, error)
		read  func(data []byte) (update func(float64) (float64, error), write func() ([]byte, error), err error)
	}{
		{
			"Online",
			func(n int) ([]byte, error) {
				f := product(1, 1)
				f.N = n
				return online(t, f, 0).MarshalBinary()
			},
			func(data []byte) (func(float64) (float64, error), func() ([]byte, error), error) {
				var o ets.Online
				err := o.UnmarshalBinary(data)
				return o.Update, func() ([]byte, error) { return o.MarshalBinary() }, err
			},
		},
		{
			"DoubleOnline",
			func(n int) ([]byte, error) {
				f := week(ets.Additive)
				f.N = n
				return double(t, f, 0).MarshalBinary()
			},
			func(data []byte) (func(float64) (float64, error), func() ([]byte, error), error) {
				var o ets.DoubleOnline
				err := o.UnmarshalBinary(data)
				return o.Update, func() ([]byte, error) { return o.MarshalBinary() }, err
			},
		},
	} {
		data, err := c.write(math.MaxInt64)
		if err != nil {
			t.Fatal(c.name, err)
		}
		update, write, err := c.read(data)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if _, err := update(100); err != nil {
			t.Fatal(c.name, err)
		}
		again, err := write()
		if err != nil {
			t.Fatal(c.name, err)
		}
		if _, _, err := c.read(again); err != nil {
			t.Errorf("%s of more observations than count: %v", c.name, err)
		}
	}
}
