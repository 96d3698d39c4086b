package ets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
)

// ErrSnapshot is what every error of reading a binary or JSON form wraps.
var ErrSnapshot = errors.New("ets: not a snapshot")

// The binary form of an Online, version 1. Integers are unsigned varints,
// numbers 8 bytes little-endian.
//
//	"ets online\n", version
//	error, trend, damped, season (a byte each), period
//	place in the ring, gap, observations, memory
//	alpha, beta, gamma, phi, level, slope, variance, seasonal states in ring order
//	CRC-32C of all bytes before it, little-endian
const (
	onlineMagic   = "ets online\n"
	onlineVersion = 1
)

// MarshalBinary returns the state in a compact, versioned form that ends in a
// checksum: about 90 bytes and eight for each step of a season. Read back, it goes on to
// the same bits. The error is that of a zero Online.
func (o Online) MarshalBinary() ([]byte, error) {
	return o.AppendBinary(make([]byte, 0, 128+8*len(o.season)))
}

// AppendBinary appends what MarshalBinary returns.
func (o Online) AppendBinary(b []byte) ([]byte, error) {
	if o.model.Error == None {
		return b, o.refused(0)
	}
	start := len(b)
	b = append(b, onlineMagic...)
	b = binary.AppendUvarint(b, onlineVersion)
	damped := byte(0)
	if o.model.Damped {
		damped = 1
	}
	b = append(b, byte(o.model.Error), byte(o.model.Trend), damped, byte(o.model.Season))
	for _, v := range []int64{int64(len(o.season)), int64(o.at), o.gap, o.n, int64(o.memory)} {
		b = binary.AppendUvarint(b, uint64(v))
	}
	b = appendNumbers(b, o.p.Alpha, o.p.Beta, o.p.Gamma, o.p.Phi, o.level, o.trend, o.sigma2)
	b = appendNumbers(b, o.season...)
	return binary.LittleEndian.AppendUint32(b, checksum(b[start:])), nil
}

func appendNumbers(b []byte, numbers ...float64) []byte {
	for _, v := range numbers {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
	}
	return b
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// UnmarshalBinary replaces o by what MarshalBinary wrote. An error wraps
// [ErrSnapshot] and changes nothing: another form, a later version, a checksum
// that does not match, numbers that no Online has. Memory is taken in
// proportion to the data.
func (o *Online) UnmarshalBinary(data []byte) error {
	d, err := open(data, onlineMagic, onlineVersion)
	if err != nil {
		return err
	}
	var n Online
	n.model = Model{Error: Component(d.byte()), Trend: Component(d.byte()), Damped: d.flag(), Season: Component(d.byte())}
	period := int(d.count("period", maxPeriod))
	at := int(d.count("place", int64(max(period-1, 0))))
	n.gap, n.n = d.count("gap", maxGap), d.count("observations", maxCount)
	n.memory = int(d.count("memory", maxPathSum))
	n.p = Parameters{d.number(), d.number(), d.number(), d.number()}
	n.level, n.trend, n.sigma2 = d.number(), d.number(), d.number()
	if d.err == nil && len(d.data) != 8*period {
		d.fail("%d bytes for %d seasonal states", len(d.data), period)
	}
	if d.err != nil {
		return d.err
	}
	n.model.Period, n.at = period, at
	for range period {
		n.season = append(n.season, d.number())
	}
	return o.take(n)
}

// take makes n, read from outside, the state of o if it is one.
func (o *Online) take(n Online) error {
	if err := n.check(); err != nil {
		return fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	if n.model.Season == None && n.model.Period != 0 || n.p != n.p.of(n.model) || n.model.Trend == None && n.trend != 0 {
		return fmt.Errorf("%w: %s has numbers for parts that it lacks", ErrSnapshot, n.model)
	}
	*o = n
	return nil
}

// snapshot reads a binary form from the front. After an error every read gives 0.
type snapshot struct {
	data []byte
	err  error
}

// open checks frame and checksum and gives what stands between.
func open(data []byte, magic string, version uint64) (*snapshot, error) {
	n := len(data) - 4
	if n < len(magic) || string(data[:len(magic)]) != magic {
		return nil, fmt.Errorf("%w: it does not begin with %q", ErrSnapshot, magic)
	}
	if want, got := binary.LittleEndian.Uint32(data[n:]), checksum(data[:n]); want != got {
		return nil, fmt.Errorf("%w: the checksum is %08x, that of the data %08x; it was cut short or changed", ErrSnapshot, want, got)
	}
	d := &snapshot{data: data[len(magic):n]}
	if v := d.count("version", math.MaxInt64); d.err == nil && uint64(v) != version {
		d.fail("version %d; this program reads %d", v, version)
	}
	return d, d.err
}

func (d *snapshot) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fmt.Errorf("%w: "+format, append([]any{ErrSnapshot}, args...)...)
	}
}

func (d *snapshot) byte() byte {
	if d.err != nil || len(d.data) == 0 {
		d.fail("it ends too early")
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

func (d *snapshot) flag() bool {
	b := d.byte()
	if b > 1 {
		d.fail("flag %d", b)
	}
	return b == 1
}

func (d *snapshot) count(what string, most int64) int64 {
	if d.err != nil {
		return 0
	}
	v, n := binary.Uvarint(d.data)
	if n <= 0 || n > 1 && d.data[n-1] == 0 { // a longer form of a number than AppendUvarint writes
		d.fail("%s is no number", what)
		return 0
	}
	if v > uint64(most) {
		d.fail("%s is %d; at most %d can be", what, v, most)
		return 0
	}
	d.data = d.data[n:]
	return int64(v)
}

func (d *snapshot) number() float64 {
	if d.err != nil || len(d.data) < 8 {
		d.fail("it ends too early")
		return 0
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(d.data))
	d.data = d.data[8:]
	return v
}
