package ets

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
)

// The binary form of a DoubleOnline, version 1, in the parts of that of an
// Online; seasonal states take 4 bytes.
//
//	"ets double\n", version
//	season (a byte), short, long, place in the long ring, gap, observations, memory
//	alpha, beta, gamma, omega, phi, level, slope, last error, variance
//	short and long seasonal states in ring order
//	CRC-32C
const (
	doubleMagic   = "ets double\n"
	doubleVersion = 1
)

// MarshalBinary returns the state in a compact, versioned form that ends in a
// checksum: some 870 bytes for day and week of an hourly series. Read back, it goes
// on to the same bits. The error is that of a zero DoubleOnline.
func (o DoubleOnline) MarshalBinary() ([]byte, error) {
	return o.AppendBinary(make([]byte, 0, 128+4*(len(o.short)+len(o.long))))
}

// AppendBinary appends what MarshalBinary returns.
func (o DoubleOnline) AppendBinary(b []byte) ([]byte, error) {
	if o.d.Long == 0 {
		return b, o.refused(0)
	}
	start := len(b)
	b = append(b, doubleMagic...)
	b = binary.AppendUvarint(b, doubleVersion)
	b = append(b, byte(o.d.Season))
	for _, v := range []int64{int64(o.d.Short), int64(o.d.Long), int64(o.at), o.gap, o.n, int64(o.memory)} {
		b = binary.AppendUvarint(b, uint64(v))
	}
	b = appendNumbers(b, o.d.Alpha, o.d.Beta, o.d.Gamma, o.d.Omega, o.d.Phi, o.level, o.trend, o.last, o.sigma2)
	for _, season := range [][]float32{o.short, o.long} {
		for _, v := range season {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return binary.LittleEndian.AppendUint32(b, checksum(b[start:])), nil
}

// UnmarshalBinary replaces o by what MarshalBinary wrote, as
// [Online.UnmarshalBinary] does.
func (o *DoubleOnline) UnmarshalBinary(data []byte) error {
	d, err := open(data, doubleMagic, doubleVersion)
	if err != nil {
		return err
	}
	var n DoubleOnline
	n.d.Season = Component(d.byte())
	n.d.Short, n.d.Long = int(d.count("short", maxLong)), int(d.count("long", maxLong))
	n.at = int32(d.count("place", maxLong))
	n.gap, n.n = d.count("gap", maxGap), d.count("observations", maxCount)
	n.memory = int32(d.count("memory", maxPathSum))
	n.d.Alpha, n.d.Beta, n.d.Gamma, n.d.Omega, n.d.Phi = d.number(), d.number(), d.number(), d.number(), d.number()
	n.level, n.trend, n.last, n.sigma2 = d.number(), d.number(), d.number(), d.number()
	if d.err == nil && len(d.data) != 4*(n.d.Short+n.d.Long) {
		d.fail("%d bytes for %d and %d seasonal states", len(d.data), n.d.Short, n.d.Long)
	}
	if d.err != nil {
		return d.err
	}
	all := make([]float32, n.d.Short+n.d.Long)
	for i := range all {
		all[i] = math.Float32frombits(binary.LittleEndian.Uint32(d.data[4*i:]))
	}
	n.short, n.long = all[:n.d.Short:n.d.Short], all[n.d.Short:]
	return o.take(n)
}

func (o *DoubleOnline) take(n DoubleOnline) error {
	if err := n.check(); err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	n.inShort = n.at % int32(n.d.Short)
	*o = n
	return nil
}

type doubleJSON struct {
	Version int    `json:"version"`
	Season  string `json:"season"`
	DoubleSeasonal
	Level    float64   `json:"level"`
	Trend    float64   `json:"trend"`
	Last     float64   `json:"last"`
	Short    []float32 `json:"short_season"` // in ring order
	Long     []float32 `json:"long_season"`
	Place    int32     `json:"place"` // in the long ring, of the step after the last observation
	Variance float64   `json:"variance"`
	Memory   int32     `json:"memory"`
	Observed int64     `json:"observed"`
	Gap      int64     `json:"gap,omitempty"`
}

// MarshalJSON returns the state in a versioned form that people can read. Read
// back, it goes on to the same bits. The error is that of a zero DoubleOnline.
func (o DoubleOnline) MarshalJSON() ([]byte, error) {
	if o.d.Long == 0 {
		return nil, o.refused(0)
	}
	return json.Marshal(doubleJSON{doubleVersion, o.d.Season.String(), o.d, o.level, o.trend, o.last, o.short, o.long, o.at, o.sigma2, o.memory, o.n, o.gap})
}

// UnmarshalJSON replaces o by what MarshalJSON wrote. Unknown names are
// refused. An error wraps [ErrSnapshot] and changes nothing.
func (o *DoubleOnline) UnmarshalJSON(data []byte) error {
	var v doubleJSON
	if err := strict(data, &v); err != nil {
		return err
	}
	if v.Version != doubleVersion {
		return fmt.Errorf("%w: version %d; this program reads %d", ErrSnapshot, v.Version, doubleVersion)
	}
	for _, c := range []Component{Additive, Multiplicative} {
		if v.Season == c.String() {
			v.DoubleSeasonal.Season = c
		}
	}
	if len(v.Short) != v.DoubleSeasonal.Short || len(v.Long) != v.DoubleSeasonal.Long {
		return fmt.Errorf("%w: %d and %d seasonal states for %d and %d steps", ErrSnapshot, len(v.Short), len(v.Long), v.DoubleSeasonal.Short, v.DoubleSeasonal.Long)
	}
	return o.take(DoubleOnline{
		d: v.DoubleSeasonal, level: v.Level, trend: v.Trend, last: v.Last, sigma2: v.Variance,
		short: v.Short, long: v.Long, at: v.Place, memory: v.Memory, n: v.Observed, gap: v.Gap,
	})
}
