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
	// Bytes of one file; default 1 MiB. Time and memory grow in proportion to
	// them; at worst a byte takes some 300 bytes of memory while it is read.
	Bytes int

	// Steps of one file, and links (of which the rest is left out without a word);
	// default 10,000.
	Steps int

	// Depth of lists and quotes within one another; default 16.
	Depth int

	// Files of a folder; default 20,000.
	Files int
}

const (
	defaultBytes = 1 << 20
	defaultSteps = 10_000
	defaultDepth = 16
	defaultFiles = 20_000

	maxFrontMatter = 16 << 10 // bytes
)

func (l Limits) complete() Limits {
	if l.Bytes <= 0 {
		l.Bytes = defaultBytes
	}
	if l.Steps <= 0 {
		l.Steps = defaultSteps
	}
	if l.Depth <= 0 {
		l.Depth = defaultDepth
	}
	if l.Files <= 0 {
		l.Files = defaultFiles
	}
	return l
}
