package diag

// fields are those of every package's Finding.
type fields interface {
	~struct {
		Code   string `json:"code"`
		Level  string `json:"level"`
		Source string `json:"source,omitempty"`
		Line   int    `json:"line,omitempty"`
		Column int    `json:"column,omitempty"`
		Path   string `json:"path,omitempty"`
		Text   string `json:"text,omitempty"`
		Reason string `json:"reason"`
		Remedy string `json:"remedy,omitempty"`
	}
}

// kept is how many findings an error holds.
const kept = 100

// Problems collects what is wrong with an argument, as the Findings and the
// number of More of a package's Error. The zero value is ready.
type Problems[F fields] struct {
	Findings []F // the first hundred
	More     int // how many more there were
	Source   string
	Line     int // of Source, both for what is added from here on
}

// Add takes one more, of the level error.
func (p *Problems[F]) Add(code, path, text, reason, remedy string) {
	if len(p.Findings) == kept {
		p.More++
		return
	}
	p.Findings = append(p.Findings, F(Finding{Code: code, Level: Error, Source: p.Source, Line: p.Line, Path: path, Text: text, Reason: reason, Remedy: remedy}))
}
