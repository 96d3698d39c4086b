package chart

import (
	"hash/fnv"
	"strconv"
)

// Responsive returns an HTML fragment that shows one of two pictures of the same
// data: narrow where there are less than 600 pixels for it, wide elsewhere. The
// arguments are what SVG methods returned and are not checked. The fragment
// decides by its container (CSS container queries), without a script.
func Responsive(narrow, wide string) string {
	h := fnv.New64a()
	h.Write([]byte(narrow))
	h.Write([]byte{0})
	h.Write([]byte(wide))
	id := "r" + strconv.FormatUint(h.Sum64(), 36)
	return `<div class="` + id + `" style="container-type:inline-size">` + "\n<style>." + id + " .narrow{display:none}" +
		"@container(max-width:599px){." + id + " .narrow{display:block}." + id + " .wide{display:none}}</style>\n" +
		`<div class="narrow">` + "\n" + narrow + `</div>` + "\n" + `<div class="wide">` + "\n" + wide + "</div>\n</div>\n"
}
