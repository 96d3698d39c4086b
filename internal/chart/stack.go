package chart

import (
	"fmt"
	"strings"
)

// Stack puts pictures below one another in one SVG document, as wide as the
// widest. The arguments are what SVG methods returned; anything else is left
// out. Each stays a picture of its own, with its own title for
// who cannot see it. Without pictures it is one that says "no data".
func Stack(pictures ...string) string {
	var body strings.Builder
	width, height := 0, 0
	seen := map[string]int{}
	for _, p := range pictures {
		head, rest, _ := strings.Cut(p, ">")
		var w, h int
		_, box, _ := strings.Cut(head, `viewBox="0 0 `)
		if n, _ := fmt.Sscanf(box, "%d %d", &w, &h); n < 2 || !strings.HasPrefix(head, "<svg ") {
			continue
		}
		if _, class, found := strings.Cut(head, ` class="`); found {
			// The same picture twice needs two names.
			name, _, _ := strings.Cut(class, `"`)
			if again := seen[name]; again > 0 {
				other := fmt.Sprintf("%s-%d", name, again)
				head, rest = strings.ReplaceAll(head, name, other), strings.ReplaceAll(rest, name, other)
			}
			seen[name]++
		}
		// Its place replaces the style that fits a picture to its page.
		head = strings.Replace(head, fitting, "", 1)
		body.WriteString(strings.Replace(head, "<svg ", fmt.Sprintf(`<svg x="0" y="%d" `, height), 1))
		body.WriteString(">" + strings.TrimSuffix(rest, "\n") + "\n")
		width, height = max(width, w), height+h
	}
	if height == 0 {
		return Plot{}.SVG()
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d"%s>`+"\n%s</svg>\n",
		width, height, width, height, fitting, body.String())
}

// fitting is the style that fits a picture to its page.
const fitting = ` style="max-width:100%;height:auto"`
