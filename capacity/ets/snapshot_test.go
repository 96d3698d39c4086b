package ets_test

import (
	"encoding/binary"
	"hash/crc32"
)

// withChecksum frames what a fuzzer made, so that it gets past the checksum.
func withChecksum(body []byte) []byte {
	return binary.LittleEndian.AppendUint32(append([]byte(nil), body...), crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
}
