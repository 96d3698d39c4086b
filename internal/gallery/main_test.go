package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever the material, a picture is well-formed, bounded, free of scripts and
// of anything from outside, and names itself.
func TestPictures(t *testing.T) {
	if testing.Short() {
		t.Skip("every picture")
	}
	all := drawAll(context.Background())
	for _, c := range all {
		drawn := 0
		for _, p := range c.pictures {
			if p.missing != nil {
				if len(c.points) > 1 {
					t.Errorf("%s, %s: %v", c.title, p.name, p.missing)
				}
				continue
			}
			drawn++
			for _, svg := range []string{p.wide, p.narrow} {
				if svg != "" {
					checkPicture(t, c.title+", "+p.name, svg)
				}
			}
			if strings.HasPrefix(p.name, "chart ") && p.narrow == "" {
				t.Errorf("%s, %s: there is no narrow picture", c.title, p.name)
			}
		}
		if drawn < len(kinds) {
			t.Errorf("%s: %d pictures of at least %d", c.title, drawn, len(kinds))
		}
	}
	page := all.page()
	if n := len(page); n > 10<<20 {
		t.Errorf("the page has %d bytes", n)
	}
	if strings.Contains(page, "<script") || strings.Contains(page, "style=\"") || !strings.Contains(page, "Content-Security-Policy") {
		t.Error("the page has a script or a style that its policy does not allow, or no policy")
	}
}

func checkPicture(t *testing.T, name, svg string) {
	t.Helper()
	if n := len(svg); n > 500_000 {
		t.Errorf("%s: %d bytes", name, n)
	}
	named := map[string]bool{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		if e, ok := token.(xml.StartElement); ok {
			named[e.Name.Local] = true
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || strings.Contains(a.Value, "url(") {
					t.Errorf("%s: <%s %s=%q>", name, e.Name.Local, a.Name.Local, a.Value)
				}
				if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") && a.Name.Local != "id" {
					t.Errorf("%s: <%s %s=%q>", name, e.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
	if !named["title"] || !named["desc"] || named["script"] || named["image"] || named["foreignObject"] {
		t.Errorf("%s: elements %v", name, named)
	}
	if strings.ContainsAny(svg, "\x00\x1b\u202e\u2066\u200f") {
		t.Errorf("%s: control characters", name)
	}
}

func TestUsage(t *testing.T) {
	var out, stderr bytes.Buffer
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"-h"}, 0},
		{[]string{"-nonsense"}, 2},
		{[]string{"more"}, 2},
	} {
		if got := run(c.args, &out, &stderr); got != c.want {
			t.Errorf("%v: got %d, want %d", c.args, got, c.want)
		}
	}
}

func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	one := chapters{{pictures: []picture{{name: "a b", wide: "<svg/>", narrow: "<svg/>"}, {name: "c", missing: errors.New("x")}}}}
	if err := one.files(dir); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 || entries[0].Name() != "0-a-b-narrow.svg" {
		t.Errorf("got %v", entries)
	}
	if page := one.page(); !strings.Contains(page, "There is no picture: x") {
		t.Error("the page does not say why there is no picture")
	}
}
