package response

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (b BusFactor) SVGAt(width int) string { return CoverPicture{BusFactor: b, Width: width}.SVG() }

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (m PostMortem) SVGAt(width int) string {
	return IncidentPicture{PostMortem: m, Width: width}.SVG()
}

// SVGAt is SVG for a page of that width in pixels; 0 is 800.
func (t Toil) SVGAt(width int) string { return ToilPicture{Toil: t, Width: width}.SVG() }

// SVGAt is SVG for a page of that width in pixels; 0 is that of Width.
func (g IncidentGraph) SVGAt(width int) string {
	if width != 0 {
		g.Width = width
	}
	return g.SVG()
}
