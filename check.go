package ownership

import "github.com/srekit/ownership/internal/diag"

// finding is a finding at the value of that path below the entry.
func (s Service) finding(code, level, path, reason, remedy string) Finding {
	return s.origin.finding(code, level, path, "service", reason, remedy)
}

// finding is a finding at a path below an entry; a literal has no positions.
func (o *origin) finding(code, level, path, prefix, reason, remedy string) Finding {
	f := Finding{Code: code, Level: level, Reason: reason, Remedy: remedy}
	if o == nil {
		f.Path = join(prefix, path)
		return f
	}
	f.Source, f.Path = o.source, join(o.prefix, path)
	if path == "" {
		f.Path = o.prefix
	}
	p, ok := o.at[path]
	if !ok {
		p = o.at[""]
	}
	f.Line, f.Column, f.Text = p.line, p.column, p.text
	return f
}

// Validate returns everything that is wrong with the service or worth knowing
// about it, as far as it can be seen without the rest of the catalog.
func (s Service) Validate() []Finding {
	var out []Finding
	if s.Name == "" && s.origin == nil {
		out = append(out, s.finding("missing", diag.Error, "name", "the key is missing", "add it"))
	}
	return out
}
