package pagecheck

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// good is a page without a fault; each case breaks one thing of it.
const good = `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Good</title>
<style>
body{margin:1rem;background:#fff;color:#111}
a,summary{color:#0044bb}
:focus-visible{outline:2px solid}
.scroll{overflow-x:auto}
@media(prefers-color-scheme:dark){body{background:#111;color:#eee}a,summary{color:#9cf}.d{color:#eee}}
</style></head>
<body>
<nav aria-label="Sections"><a href="#more">More</a></nav>
<main>
<h1>Good</h1>
<p class="d">Text that can be read.</p>
<div class="scroll" role="region" aria-label="Numbers" tabindex="0"><table><caption>Numbers</caption><tr><th scope="col">a_rather_long_name_of_a_column_that_cannot_break</th><th scope="col">b_rather_long_name</th></tr><tr><td>1</td><td>2</td></tr></table></div>
<h2 id="more">More</h2>
<p tabindex="0">One.</p><p tabindex="0">Two.</p><p tabindex="0">Three.</p>
<details><summary>Details</summary><p>Hidden text.</p></details>
<svg viewBox="0 0 200 60" width="200" height="60" role="img" aria-labelledby="t d"><title id="t">A picture</title><desc id="d">Of a box with a word.</desc><rect width="200" height="60" fill="#123"/><rect x="10" y="10" width="90" height="40" fill="#fff"/><text x="20" y="35" fill="#222">on box</text><text x="120" y="35" fill="#eee">beside</text></svg>
</main>
</body>
</html>
`

func TestBrokenPages(t *testing.T) {
	b := browser(t)
	dir := t.TempDir()
	for _, c := range []struct {
		name, old, new string
		want           string // the rule and a part of its text; empty for a page without a fault
	}{
		{"good", "", "", ""},
		{"an image from outside", "<h1>", `<img alt="x" src="http://192.0.2.1/x.png"><h1>`, "request: http://192.0.2.1/x.png"},
		{"an image from another host by https", "<h1>", `<img alt="x" src="https://example.org/x.png"><h1>`, "request: https://example.org/x.png"},
		{"a style sheet from beside", "<style>", `<link rel="stylesheet" href="other.css"><style>`, "request: file:///"},
		{"a font from outside", "<style>", `<style>@font-face{font-family:f;src:url(https://example.org/f.woff2)}h1{font-family:f}`, "request: https://example.org/f.woff2"},
		{"a beacon", "</main>", `<script>navigator.sendBeacon("http://192.0.2.1/b")</script></main>`, "request: http://192.0.2.1/b"},
		{"a socket", "</main>", `<script>new WebSocket("ws://192.0.2.1/s")</script></main>`, "request: ws://192.0.2.1/s"},
		{"an error", "</main>", `<script>console.error("broken")</script></main>`, `console: "broken"`},
		{"an exception", "</main>", `<script>nothing.there()</script></main>`, "console: ReferenceError"},
		{"a style that the policy forbids", `<meta charset="utf-8">`, `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="style-src 'none'">`, "console: Applying inline style violates"},
		{"a wide part", "<h1>", `<p style="width:500px">wide</p><h1>`, "scroll: the page scrolls sideways to"},
		{"a hidden part that leaves what scrolls", `<td>2</td>`, `<td style="padding-left:40rem"><span style="position:absolute;width:1px;height:1px;overflow:hidden">note</span>2</td>`, `for <span> "note"`},
		{"a wide part on a desk", "<h1>", `<p style="width:1500px">wide</p><h1>`, "at 1200 pixels"},
		{"pale text", `<p class="d">`, `<p style="color:#999">`, "contrast: 2.85 of \"Text that can be read.\""},
		{"pale text in the dark only", ".d{color:#eee}", ".d{color:#555}", "dark"},
		{"dark text in the light of a light scheme only", `@media(`, `.d{color:#ccc}@media(`, "light"},
		{"half transparent text", `<p class="d">`, `<p class="d" style="opacity:0.4">`, "contrast: "},
		{"text on a background of its own", `<p class="d">`, `<p style="background:#777;color:#999">`, "contrast: 1.57"},
		{"text in details", `<p>Hidden text.</p>`, `<p style="color:#888;background:#fff">Hidden text.</p>`, "contrast: 3.54"},
		{"text of a picture on its shape", `fill="#222">on box`, `fill="#aaa">on box`, `contrast: 2.32 of "on box" in a picture`},
		{"text of a picture beside the shape", `fill="#eee">beside`, `fill="#222">beside`, `"beside" in a picture`},
		{"a picture without a role", ` role="img"`, "", "name: a picture is not role=img"},
		{"a picture without a name", `aria-labelledby="t d"><title id="t">A picture<`, `><title><`, "name: a picture has no name"},
		{"a picture without a description", `<desc id="d">Of a box with a word.</desc>`, `<desc id="d"></desc>`, "name: a picture has no description"},
		{"a name that is elsewhere", `"t d"`, `"t e"`, "name: nothing has the id e"},
		{"an image without alt", "<h1>", `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="><h1>`, "name: an image has no alt"},
		{"a link without a name", ">More</a>", "></a>", "name: no name: <a"},
		{"a region without a name", ` aria-label="Numbers"`, ` aria-label=""`, "name: no name: <div"},
		{"a table without headers", `<tr><th scope="col">a_rather_long_name_of_a_column_that_cannot_break</th><th scope="col">b_rather_long_name</th></tr>`, "", "name: a table has no headers"},
		{"a header without a scope", `<th scope="col">b`, `<th>b`, "name: a header of a table has no scope"},
		{"no language", ` lang="en"`, "", "structure: the page has no language"},
		{"no title", "<title>Good</title>", "", "structure: the page has no title"},
		{"no main part", "main>", "div>", "structure: the page has not exactly one main part"},
		{"no viewport", `<meta name="viewport" content="width=device-width">`, "", "structure: the page does not say how wide"},
		{"a heading too deep", `<h2 id="more">More</h2>`, `<h4 id="more">More</h4>`, "structure: the heading <h4"},
		{"two first headings", `<h2 id="more">More</h2>`, `<h1 id="more">More</h1>`, "structure: 2 headings of the first level"},
		{"an id twice", `<p class="d">`, `<p class="d" id="more">`, "structure: the id more stands for two things"},
		{"a part that scrolls and has no focus", `class="scroll" role="region" aria-label="Numbers" tabindex="0"`, `class="scroll" tabindex="-1"`, "keyboard: the tabulator key does not reach <div>"},
		{"a link out of the order", `<a href`, `<a tabindex="-1" href`, `keyboard: the tabulator key does not reach <a> "More"`},
		{"a focus that is not seen", ":focus-visible{outline:2px solid}", ":focus-visible{outline:none}", `focus: nothing shows that the focus is on <a> "More"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			page := strings.ReplaceAll(good, c.old, c.new)
			if c.old == "" {
				page = good
			} else if page == good {
				t.Fatalf("the page does not hold %q", c.old)
			}
			file := filepath.Join(dir, strings.ReplaceAll(c.name, " ", "-")+".html")
			if err := os.WriteFile(file, []byte(page), 0o644); err != nil {
				t.Fatal(err)
			}
			got, err := b.Check(file)
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" {
				for _, p := range got {
					t.Errorf("got %v, want nothing", p)
				}
				return
			}
			for _, p := range got {
				if strings.Contains(p.String(), c.want) {
					return
				}
			}
			t.Errorf("got %v, want one with %q", got, c.want)
		})
	}
}
