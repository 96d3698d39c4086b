package rules

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/srekit/ownership/internal/promyaml"
)

// CompileTo is Compile for more objectives than should be in memory at once: it
// takes them one by one from an iterator (iter.Seq[SLO]) and writes the rule file to w as it goes, byte for byte
// that of RuleSet.YAML. Of each objective it keeps 16 bytes, by which two of
// one service and name are found, and its findings, which it returns.
//
// Every defect of every SLO is reported at once, in the errors of Compile. What
// has been written by then is no rule file: write to a temporary one and rename
// it. An error of w ends the work.
func CompileTo(w io.Writer, slos func(yield func(SLO) bool), opt Options) ([]Finding, error) {
	t, err := opt.timing()
	if err != nil {
		return nil, err
	}
	var errs []error
	findings := t.findings()
	seen := make(identities)
	buf := appendFileHeader(nil)
	empty := true
	for s := range slos {
		if err := seen.add(s); err != nil {
			errs = append(errs, err)
		}
		groups, found, err := compileOne(s, t)
		if err != nil {
			errs = append(errs, err)
		}
		if len(errs) > 0 {
			continue // look for further defects
		}
		if empty {
			buf, empty = append(buf, "groups:\n"...), false
		}
		for _, g := range groups {
			buf = appendGroup(buf, g, 2)
		}
		if _, err := w.Write(buf); err != nil {
			return nil, fmt.Errorf("writing the rule file: %w", err)
		}
		buf = buf[:0]
		findings = append(findings, found...)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if empty {
		if _, err := w.Write(append(buf, "groups: []\n"...)); err != nil {
			return nil, fmt.Errorf("writing the rule file: %w", err)
		}
	}
	return findings, nil
}

// appendFileHeader appends the comment at the top of a rule file.
func appendFileHeader(dst []byte) []byte {
	dst = promyaml.AppendHeader(dst, fileHeader)
	return dst[:len(dst)-1]
}

// identities are objectives by service and name.
type identities map[[16]byte]struct{}

// add refuses an objective of the same service and name as an earlier one. The
// two are quoted before they are joined: "a/b" of "c" is not "a" of "b/c".
func (ids identities) add(s SLO) error {
	sum := sha256.Sum256([]byte(strconv.Quote(s.Objective.Service) + strconv.Quote(s.Objective.Name)))
	id := [16]byte(sum[:16])
	if _, ok := ids[id]; ok {
		return fmt.Errorf("%w: service %q has two objectives of the name %q; rename one", ErrSLO, s.Objective.Service, s.Objective.Name)
	}
	ids[id] = struct{}{}
	return nil
}
