package chart

import (
	"hash/fnv"
	"math"
	"strconv"
)

const (
	defaultWidth = 800
	minWidth     = 200
	maxSize      = 4000
	narrowWidth  = 480 // below it the layout is that of a telephone
	margin       = 12.0
)

// pictureWidth returns the width that is drawn for the one that was asked for.
func pictureWidth(w int) float64 {
	if w == 0 {
		w = defaultWidth
	}
	return float64(min(max(w, minWidth), maxSize))
}

// frame is what all pictures have: names for eyes and for screen readers, and a
// size.
type frame struct {
	kind        string // "line chart": the name of a picture without a title
	title       string
	subtitle    string
	description string
	theme       Theme
	width       float64
}

func (f frame) narrow() bool { return f.width < narrowWidth }

// header draws the title and the subtitle and returns the first free y.
func (f frame) header(c *canvas) float64 {
	y := margin
	size := 16.0
	if f.narrow() {
		size = 14
	}
	if f.title != "" {
		for _, l := range wrap(f.title, size*1.06, f.width-2*margin, 3) {
			y += size
			c.label(margin, y, l, style{size: size, bold: true})
			y += 5
		}
	}
	if f.subtitle != "" {
		for _, l := range wrap(f.subtitle, sizeText, f.width-2*margin, 3) {
			y += sizeText
			c.label(margin, y, l, style{ink: inkMuted})
			y += 4
		}
	}
	if y > margin {
		y += 4
	}
	return y
}

// document wraps the drawn elements into an SVG of the given height. The summary
// follows the description in the text alternative.
func (f frame) document(c *canvas, height float64, summary string) string {
	height = math.Min(math.Max(height, 40), coordLimit)
	title := f.title
	if title == "" {
		title = f.kind
	}
	desc := f.description
	if desc != "" && summary != "" {
		desc += " "
	}
	desc += summary
	if desc == "" {
		desc = f.kind
	}

	// The prefix of all names in the document comes from its content, so that
	// two different pictures in one page do not share a name.
	h := fnv.New64a()
	for _, part := range []string{f.kind, title, f.subtitle, desc, strconv.FormatFloat(f.width, 'g', -1, 64), strconv.Itoa(int(f.theme))} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(c.b)
	id := "k" + strconv.FormatUint(h.Sum64(), 36)

	var out canvas
	out.theme, out.fills, out.strokes = c.theme, c.fills, c.strokes
	out.fills[inkPaper], out.fills[inkText] = true, true
	out.b = make([]byte, 0, len(c.b)+4096)
	out.b = append(out.b, `<svg xmlns="http://www.w3.org/2000/svg"`...)
	out.b = append(out.b, ` class="`+id+`" viewBox="0 0 `...)
	out.b = appendCoord(out.b, f.width, 2)
	out.b = append(out.b, ' ')
	out.b = appendCoord(out.b, math.Ceil(height), 2)
	out.b = append(out.b, '"')
	e := &element{c: &out}
	e.num("width", f.width).num("height", math.Ceil(height))
	e.str("style", "max-width:100%;height:auto").str("role", "img").str("aria-labelledby", id+"-t "+id+"-d")
	out.b = append(out.b, ` font-family="`+fontStack+`" font-size="12">`+"\n"...)
	out.el("title").str("id", id+"-t").text(shortened(title, maxTip))
	out.el("desc").str("id", id+"-d").text(shortened(desc, maxDescription))
	out.styles(id)
	out.rect(0, 0, f.width, math.Ceil(height)).fill(inkPaper).close()
	out.b = append(out.b, c.b...)
	out.b = append(out.b, "</svg>\n"...)
	return string(out.b)
}

// styles writes the style sheet: the palette as custom properties of this one
// picture, and a rule for every ink that it uses.
func (c *canvas) styles(id string) {
	c.b = append(c.b, "<style>\n"...)
	vars := func(selector string, dark bool) {
		c.b = append(c.b, selector...)
		c.b = append(c.b, '{')
		first := true
		for k := ink(1); k < inkCount; k++ {
			if !c.fills[k] && !c.strokes[k] {
				continue
			}
			if !first {
				c.b = append(c.b, ';')
			}
			first = false
			c.b = append(c.b, variablePrefix+inks[k].name+":"...)
			if dark {
				c.b = append(c.b, inks[k].dark...)
			} else {
				c.b = append(c.b, inks[k].light...)
			}
		}
		c.b = append(c.b, '}')
	}
	root := "." + id
	switch c.theme {
	case Light:
		vars(root, false)
	case Dark:
		vars(root, true)
	default:
		vars(root, false)
		c.b = append(c.b, "\n@media(prefers-color-scheme:dark){"...)
		vars(root, true)
		c.b = append(c.b, "}\n"...)
		vars("[data-theme=light] "+root+",[data-jp-theme-light=true] "+root, false)
		c.b = append(c.b, '\n')
		vars("[data-theme=dark] "+root+",[data-jp-theme-light=false] "+root, true)
	}
	c.b = append(c.b, '\n')
	for k := ink(1); k < inkCount; k++ {
		if c.fills[k] {
			c.b = append(c.b, root+" .f-"+inks[k].name+"{fill:var("+variablePrefix+inks[k].name+")}"...)
		}
		if c.strokes[k] {
			c.b = append(c.b, root+" .s-"+inks[k].name+"{stroke:var("+variablePrefix+inks[k].name+")}"...)
		}
	}
	c.b = append(c.b, "\n</style>\n"...)
}

// noData draws the words instead of a picture.
func (f frame) noData(c *canvas, height float64) string {
	y := f.header(c)
	height = math.Max(height, y+72)
	c.rect(margin, y, f.width-2*margin, height-y-margin).fill(inkNone).stroke(inkGrid).num("rx", 4).close()
	c.label(f.width/2, (y+height-margin)/2+4, "no data", style{ink: inkMuted, at: middle, size: 14})
	return f.document(c, height, f.kind+" without data.")
}
