package chart

import (
	"fmt"
	"math"
	"sort"
)

// placedSpan is a span in pixels.
type placedSpan struct {
	Span
	x0, x1             float64
	openLeft, openOpen bool
	lane               int
	crowded            bool // others lie on it: no text
	merged             int  // how many it stands for, if more than one
	ink                ink
	before, after      float64 // free pixels beside the span in its lane
}

// text is what stands in or beside the span.
func (s placedSpan) text() string {
	switch {
	case s.crowded:
		return ""
	case s.merged > 1:
		return fmt.Sprintf("%d spans", s.merged)
	case s.Label != "":
		return s.Label
	}
	return s.Group
}

// roomBeside finds out where names may stand beside spans too short for them:
// after the span up to the next, or before it from the last or from its name.
func roomBeside(spans []placedSpan, area box) {
	var last [maxLanes]int
	for i := range last {
		last[i] = -1
	}
	for i := range spans {
		s := &spans[i]
		s.before, s.after = s.x0-area.x0, area.x1-s.x1
		if k := last[s.lane]; k >= 0 {
			s.before = s.x0 - spans[k].x1
			spans[k].after = s.before
		}
		last[s.lane] = i
	}
	for i := range last {
		last[i] = -1
	}
	for i := range spans {
		s := &spans[i]
		if k := last[s.lane]; k >= 0 && spans[k].placeText() == textAfter {
			s.before -= textWidth(clean(spans[k].text()), sizeSmall) + 14
		}
		last[s.lane] = i
	}
}

// textPlace says where the text of a span stands.
type textPlace int

const (
	textInside textPlace = iota
	textAfter
	textBefore
)

// placeText decides for the inside if the text fits there, else for a side with
// room, else for what fits inside of it.
func (s placedSpan) placeText() textPlace {
	w := textWidth(clean(s.text()), sizeSmall)
	room := s.x1 - s.x0 - 11
	if s.State > Neutral && s.State <= Unknown {
		room -= 15
	}
	switch {
	case w <= room || s.merged > 1:
		return textInside
	case w+14 <= s.after:
		return textAfter
	case w+14 <= s.before:
		return textBefore
	}
	return textInside
}

// placeSpans puts the spans of a row into pixels and lanes.
func placeSpans(list []Span, sx scale, area box, groups map[string]ink) ([]placedSpan, int) {
	var placed []placedSpan
	for _, s := range list {
		p := placedSpan{Span: s, x0: sx.a, x1: sx.b}
		p.openLeft, p.openOpen = s.From.IsZero(), s.To.IsZero()
		if !p.openLeft {
			p.x0 = sx.at(unix(s.From))
		}
		if !p.openOpen {
			p.x1 = math.Max(sx.at(unix(s.To)), p.x0)
		}
		if !(p.x1 >= area.x0) || !(p.x0 <= area.x1) {
			continue
		}
		p.x0, p.x1 = math.Max(p.x0, area.x0), math.Min(p.x1, area.x1)
		p.ink = groups[s.Group]
		if s.State > Neutral && s.State <= Unknown {
			p.ink = s.State.ink()
		}
		placed = append(placed, p)
	}
	sort.SliceStable(placed, func(i, j int) bool { return placed[i].x0 < placed[j].x0 })
	if float64(len(placed)) > area.width()/2 {
		placed = mergeSpans(placed)
	}
	var ends [maxLanes]float64
	for i := range ends {
		ends[i] = math.Inf(-1)
	}
	lanes := 1
	full := false
	for i := range placed {
		p := &placed[i]
		p.lane = -1
		for l := range ends {
			if p.x0 >= ends[l]-0.5 {
				p.lane = l
				break
			}
		}
		if p.lane < 0 {
			p.lane, full = maxLanes-1, true
		}
		ends[p.lane] = math.Max(ends[p.lane], math.Max(p.x1, p.x0+2))
		lanes = max(lanes, p.lane+1)
	}
	for i := range placed {
		placed[i].crowded = full && placed[i].lane == maxLanes-1
	}
	return placed, lanes
}

// mergeSpans joins spans that look the same and touch; what is left of each look
// is at most one span a pixel.
func mergeSpans(in []placedSpan) []placedSpan {
	type look struct {
		ink  ink
		soft bool
	}
	last := map[look]int{}
	var out []placedSpan
	for _, p := range in {
		k := look{p.ink, p.Soft}
		if i, ok := last[k]; ok && p.x0 <= out[i].x1+1 {
			out[i].x1 = math.Max(out[i].x1, p.x1)
			out[i].merged = max(out[i].merged, 1) + max(p.merged, 1)
			out[i].openOpen = out[i].openOpen || p.openOpen
			continue
		}
		last[k] = len(out)
		out = append(out, p)
	}
	return out
}
