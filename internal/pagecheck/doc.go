// Package pagecheck opens pages in a headless Chromium and says what is wrong
// with them: requests to anything outside, errors on the console, a page that
// scrolls sideways, text of too little contrast in the light or dark scheme, what
// a screen reader cannot name, what a keyboard cannot reach.
//
// The rules are those of the Web Content Accessibility Guidelines 2.2 (1.1.1 text
// alternatives, 1.3.1 structure, 1.4.3 contrast, 1.4.10 reflow at 320 pixels,
// 2.1.1 keyboard, 2.4.7 visible focus), as far as a program can tell. Contrast is
// computed from computed styles: of text in HTML against the backgrounds behind
// it, of text in SVG against the shapes that were painted below it.
package pagecheck
