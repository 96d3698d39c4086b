package ets_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"maps"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/srekit/ownership/capacity/ets"
)

// Fits have the same bytes on every architecture: no product is fused with a
// sum, and logarithm, sine and cosine are the package's own. The digest was
// taken on amd64 and holds on arm64. A change of the search changes it; then
// the new one must be taken on both.
func TestFitsAreTheSameBytesEverywhere(t *testing.T) {
	const want = "11bc755b617fcbf948d85d97fbd351c5067082bd27de1c9df6f4d3dbfabd2da8"
	var file referenceFits
	load(t, "testdata/fits.json", &file)
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(file.Series)) {
		series := file.Series[name]
		got, err := ets.Select(t.Context(), series.Values, nil, ets.Options{Period: series.Period})
		if err != nil {
			t.Fatal(err)
		}
		mask := make([]bool, len(series.Values))
		for i := range mask {
			mask[i] = i%11 == 5
		}
		gapped, err := ets.Select(t.Context(), series.Values, mask, ets.Options{Period: series.Period, AdditiveOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []ets.Selection{got, gapped} {
			h.Write([]byte(s.Model.String()))
			for _, v := range numbers(reflect.ValueOf(s), nil) {
				h.Write(binary.BigEndian.AppendUint64(nil, math.Float64bits(v)))
			}
		}
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		t.Errorf("got digest %s, want %s", got, want)
	}
}
