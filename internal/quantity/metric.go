package quantity

// isReserved reports whether a word never belongs to the name of a metric.
func isReserved(word string) bool {
	var buf [10]byte
	if len(word) > len(buf) {
		return false
	}
	for i := range len(word) {
		buf[i] = lower(word[i])
	}
	switch string(buf[:len(word)]) {
	case "for", "over", "in", "per", "within", "during", "at", "and", "or", "then", "each", "a", "an", "the", "half",
		"rolling", "calendar", "window", "under", "below", "above", "less", "lower", "fewer", "faster", "more", "greater",
		"slower", "exceeds", "exceeding", "no", "up", "max", "maximum", "min", "mean", "avg", "average", "median",
		"percentile", "percent", "pct", "daily", "weekly", "monthly", "quarterly", "yearly", "annually":
		return true
	}
	return false
}

// atMetric returns the end of the word at the position if it may belong to the
// name of a metric, or -1. first is true for the first word of the name.
func (s *scanner) atMetric(first bool) int {
	i := s.pos
	if c := s.next(); c >= '1' && c <= '5' && lower(s.peek(1)) == 'x' && lower(s.peek(2)) == 'x' {
		i += 3 // 5xx
	} else if isDigit(c) || c == '_' || !inWord(s.in, i) {
		return -1
	}
	for i < len(s.in) {
		if inWord(s.in, i) {
			i++
			for i < len(s.in) && s.in[i]&0xC0 == 0x80 {
				i++
			}
		} else if c := s.in[i]; (c == '-' || c == '.') && i > s.pos && inWord(s.in, i+1) {
			i++
		} else {
			break
		}
	}
	word := s.in[s.pos:i]
	if isReserved(word) {
		return -1
	}
	if first && (match(word, 0, "of") >= 0 || match(word, 0, "to") >= 0) || s.atQuantile() || s.atISO() {
		return -1
	}
	return i
}

// metric reads as many words of a metric's name as there are, and appends them
// to b in lower case with separator between them.
func (s *scanner) metric(b []byte, separator byte) []byte {
	for {
		end := s.atMetric(len(b) == 0)
		if end < 0 {
			return b
		}
		if len(b) > 0 {
			b = append(b, separator)
		}
		for ; s.pos < end; s.pos++ {
			c := lower(s.in[s.pos])
			if c == '-' && separator == '_' {
				c = '_'
			}
			b = append(b, c)
		}
		s.space()
	}
}

// A metricKind is what the name of a metric says about its thresholds.
type metricKind int

const (
	unknownMetric  metricKind = iota
	ratioMetric               // a share: 0.1% or 0.001
	durationMetric            // a length of time: 100ms
	numberMetric              // a plain number: a burn rate
)

// kindOf goes by the end of the name, spaces and underscores alike.
func kindOf(metric string) metricKind {
	for _, k := range [...]struct {
		suffix string
		kind   metricKind
	}{
		{"burn_rate", numberMetric},
		{"error_rate", ratioMetric}, {"error_ratio", ratioMetric}, {"failure_rate", ratioMetric},
		{"success_rate", ratioMetric}, {"success_ratio", ratioMetric}, {"availability", ratioMetric},
		{"uptime", ratioMetric}, {"utilization", ratioMetric}, {"utilisation", ratioMetric},
		{"latency", durationMetric}, {"response_time", durationMetric}, {"duration", durationMetric},
	} {
		if endsIn(metric, k.suffix) {
			return k.kind
		}
	}
	return unknownMetric
}

// endsIn reports whether suffix is the end of name at the beginning of a word.
func endsIn(name, suffix string) bool {
	i := len(name) - len(suffix)
	if i < 0 || name[len(name)-1] != suffix[len(suffix)-1] || i > 0 && !wordGap(name[i-1]) {
		return false
	}
	for j := range len(suffix) {
		if c := name[i+j]; c != suffix[j] && !(suffix[j] == '_' && wordGap(c)) {
			return false
		}
	}
	return true
}

func wordGap(c byte) bool { return c == '_' || c == ' ' || c == '-' || c == '.' }

// isGood reports whether more of the metric is better, so that ">= 99.9%" is a
// target.
func isGood(metric string) bool {
	return endsIn(metric, "availability") || endsIn(metric, "uptime") ||
		endsIn(metric, "success_rate") || endsIn(metric, "success_ratio")
}

// identifier is the canonical identifier of a condition's metric whose words
// are joined by underscores.
func identifier(b []byte, kind ThresholdKind) string {
	switch name := string(b); {
	case name == "error_ratio", kind == RatioThreshold && (name == "error" || name == "errors"):
		return "error_rate"
	default:
		return name
	}
}
