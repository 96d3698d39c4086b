package runbook

// Options say how runbooks are read. The zero value reads with the defaults.
type Options struct {
	// Topics are the sections that headings are matched with, the first match
	// winning; empty means DefaultTopics.
	Topics []Topic

	Limits Limits
}

// Limits bound what a hostile file can cost. What lies beyond one is not read,
// and a finding (R023) says where reading ended. Fields of 0 or less mean the
// default.
type Limits struct {
	// Bytes of one file; default 4 MiB. Parsing takes time and memory in
	// proportion to them (about 500 bytes of memory for each at worst).
	Bytes int

	// Depth of lists and quotes within one another; default 24. Time grows with
	// the product of Bytes and Depth at worst.
	Depth int

	// Files of a folder; default 20,000.
	Files int
}

const (
	defaultBytes = 4 << 20
	defaultDepth = 24
	defaultFiles = 20_000

	maxFrontMatter = 16 << 10 // bytes
)

func (l Limits) complete() Limits {
	if l.Bytes <= 0 {
		l.Bytes = defaultBytes
	}
	if l.Depth <= 0 {
		l.Depth = defaultDepth
	}
	if l.Files <= 0 {
		l.Files = defaultFiles
	}
	return l
}
