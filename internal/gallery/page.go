package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/srekit/ownership/internal/report"
)

// picture is one picture as it came out.
type picture struct {
	name         string
	wide, narrow string // narrow is empty where a picture has one width
	missing      error  // why there is none
}

// chapter is all pictures of one material.
type chapter struct {
	material
	pictures []picture
}

type chapters []chapter

// drawAll draws everything with everything.
func drawAll(ctx context.Context) chapters {
	var out chapters
	for _, m := range materials() {
		c := chapter{material: m}
		for _, k := range kinds {
			c.pictures = append(c.pictures, picture{name: "chart " + k.name, wide: k.draw(m, 1200), narrow: k.draw(m, 320)})
		}
		for _, r := range results {
			result, err := r.draw(ctx, m)
			p := picture{name: r.name, missing: err}
			if w, ok := result.(wider); ok && err == nil {
				p.wide, p.narrow = w.SVGAt(1200), w.SVGAt(320)
			} else if err == nil {
				p.wide = result.SVG()
			}
			c.pictures = append(c.pictures, p)
		}
		out = append(out, c)
	}
	return out
}

// page is the pictures as one document.
func (all chapters) page() string {
	d := report.Document{
		Title: "Pictures",
		Lead:  "Every kind of picture of this module. Pictures are drawn for the width at hand, a telephone's or a desk's; those of results that have one width only scroll.",
	}
	for _, c := range all {
		s := report.Section{Title: c.title, Blocks: []report.Block{{Text: c.about}}}
		for _, p := range c.pictures {
			inner := report.Section{Title: p.name}
			if p.missing != nil {
				inner.Blocks = append(inner.Blocks, report.Block{Text: "There is no picture: " + firstLine(p.missing.Error())})
			} else {
				inner.Blocks = append(inner.Blocks, report.Block{Picture: &report.Picture{Caption: p.name + ", " + c.title, Wide: p.wide, Narrow: p.narrow}})
			}
			s.Sections = append(s.Sections, inner)
		}
		d.Sections = append(d.Sections, s)
	}
	return d.HTML()
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// files writes every picture to a directory.
func (all chapters) files(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i, c := range all {
		for _, p := range c.pictures {
			for at, svg := range map[string]string{"wide": p.wide, "narrow": p.narrow} {
				if svg == "" {
					continue
				}
				name := fmt.Sprintf("%d-%s-%s.svg", i, strings.ReplaceAll(p.name, " ", "-"), at)
				if err := os.WriteFile(filepath.Join(dir, name), []byte(svg), 0o644); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
