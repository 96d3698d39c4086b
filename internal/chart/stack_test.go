package chart

import (
	"fmt"
	"strings"
	"testing"
)

func TestStack(t *testing.T) {
	a := Plot{Title: `A style="max-width:100%;height:auto" viewBox="0 0 9 9"`, Width: 400, Height: 200, Series: []Series{{Y: []float64{1, 2}}}}.SVG()
	b := Plot{Title: "B > A", Width: 500, Height: 180, Series: []Series{{Y: []float64{2, 1}}}}.SVG()
	got := Stack(a, b)
	checkSVG(t, got)
	size := func(svg string) (w, h int) {
		_, box, _ := strings.Cut(svg, `viewBox="0 0 `)
		if _, err := fmt.Sscanf(box, "%d %d", &w, &h); err != nil {
			t.Fatal(err)
		}
		return w, h
	}
	_, first := size(a)
	width, second := size(b)
	for _, want := range []string{
		fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %[1]d %[2]d" width="%[1]d" height="%[2]d" style="max-width:100%%;height:auto">`, width, first+second),
		`<svg x="0" y="0" xmlns`, fmt.Sprintf(`<svg x="0" y="%d" xmlns`, first),
	} {
		if n := strings.Count(got, want); n != 1 {
			t.Errorf("got %q %d times, want once, in\n%s", want, n, got)
		}
	}
	// The style that fits a picture to its page stands at the outermost alone:
	// browsers would apply the height to the inner ones too.
	if n := strings.Count(got, `height:auto"`); n != 1 {
		t.Errorf("got %d fitting styles, want 1", n)
	}
	// Nothing else of a picture is changed.
	for _, p := range []string{a, b} {
		_, rest, _ := strings.Cut(p, ">")
		if !strings.Contains(got, rest) {
			t.Errorf("a picture is not whole:\n%s", got)
		}
	}
}

func TestStackOfOddThings(t *testing.T) {
	for name, svg := range map[string]string{
		"nothing": Stack(), "one": Stack(Plot{}.SVG()), "twice the same": Stack(Plot{}.SVG(), Plot{}.SVG()),
	} {
		checkSVG(t, svg)
		if !strings.Contains(svg, "no data") {
			t.Errorf("%s does not say so: %s", name, svg)
		}
	}
	// What is no picture does no harm to the others.
	plot := Plot{Width: 300}.SVG()
	if got, want := Stack("", "<b>no picture</b>", plot, "<svg "), Stack(plot); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
