// Runs in the page. probe() returns the problems that can be seen in it.

function describe(e) {
  const name = (e.getAttribute("aria-label") || e.textContent || "").trim().replace(/\s+/g, " ").slice(0, 60);
  return "<" + e.tagName.toLowerCase() + (e.id ? " id=" + e.id : "") + ">" + (name ? " " + JSON.stringify(name) : "");
}

function shown(e) {
  return e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
}

// focusable are the elements that a keyboard must reach: controls, and what
// scrolls inside of the page.
function focusable() {
  const out = [];
  for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex], *")) {
    if (!shown(e) || e instanceof SVGElement || e === document.body || e === document.documentElement) continue;
    const scrolls = /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1;
    const control = e.matches("a[href], button, input, select, textarea, summary, [onclick], [role=button], [role=link]");
    if ((control && !e.disabled) || scrolls) out.push(e);
  }
  return out;
}

// places are the focusable ones and their numbers, found once for each page.
let places;

function focused() {
  const e = document.activeElement;
  places ??= new Map(focusable().map((e, i) => [e, i]));
  const place = places.get(e) ?? -1;
  if (!e || e === document.body) return {Place: -1, Visible: true, Text: ""};
  const s = getComputedStyle(e);
  const visible = (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
  return {Place: place, Visible: visible, Text: describe(e)};
}

const pen = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
const colours = new Map();

// colour is a computed colour as [r, g, b, alpha].
function colour(text) {
  let c = colours.get(text);
  if (!c) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = "rgba(0,0,0,0)";
    pen.fillStyle = text;
    pen.fillRect(0, 0, 1, 1);
    const d = pen.getImageData(0, 0, 1, 1).data;
    c = [d[0], d[1], d[2], d[3] / 255];
    colours.set(text, c);
  }
  return c;
}

// over is a colour painted over an opaque one.
function over(top, alpha, below) {
  const a = top[3] * alpha;
  return [0, 1, 2].map(i => top[i] * a + below[i] * (1 - a)).concat(1);
}

function luminance(c) { // WCAG 2.2
  const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a, b) {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function opacity(e) {
  let o = 1;
  for (; e; e = e.parentElement) o *= parseFloat(getComputedStyle(e).opacity);
  return o;
}

const grounds = new Map();

// ground is what is painted behind the content of an element of HTML.
function ground(e) {
  if (!e) {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches && /dark/.test(getComputedStyle(document.documentElement).colorScheme);
    return dark ? [18, 18, 18, 1] : [255, 255, 255, 1];
  }
  let g = grounds.get(e);
  if (!g) {
    g = over(colour(getComputedStyle(e).backgroundColor), 1, ground(e.parentElement));
    grounds.set(e, g);
  }
  return g;
}

const shapes = new Map();

// painted are the filled shapes of a picture in the order of painting, each with
// its box on the screen.
function painted(svg) {
  let list = shapes.get(svg);
  if (!list) {
    list = [];
    let place = 0;
    for (const e of svg.querySelectorAll("*")) {
      place++;
      if (e.localName === "text") { list.push({text: e, place}); continue; }
      if (!(e instanceof SVGGeometryElement)) continue;
      const s = getComputedStyle(e);
      if (s.fill === "none" || s.fill.startsWith("url")) continue;
      const alpha = parseFloat(s.fillOpacity) * parseFloat(s.opacity);
      if (alpha > 0) list.push({e, place, box: e.getBoundingClientRect(), fill: colour(s.fill), alpha});
    }
    shapes.set(svg, list);
  }
  return list;
}

// behind is the colour behind a text of a picture at a point of the screen.
function behind(text, x, y) {
  const svg = text.ownerSVGElement;
  let g = ground(svg.parentElement);
  const matrix = svg.getScreenCTM().inverse();
  for (const s of painted(svg)) {
    if (s.text === text) break;
    if (!s.e || x < s.box.left || x > s.box.right || y < s.box.top || y > s.box.bottom) continue;
    if (s.e.isPointInFill(new DOMPoint(x, y).matrixTransform(matrix))) g = over(s.fill, s.alpha, g);
  }
  return g;
}

function contrasts(add) {
  const worst = new Map();
  const note = (key, r, what) => {
    if (!worst.has(key) || r < worst.get(key)[0]) worst.set(key, [r, what]);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (walker.nextNode()) {
    const e = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || e.closest("title, desc, style, script, noscript, template")) continue;
    range.selectNodeContents(walker.currentNode);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || getComputedStyle(e).visibility === "hidden") continue;
    const s = getComputedStyle(e);
    const label = JSON.stringify(text.slice(0, 40));
    if (e instanceof SVGElement) {
      if (s.fill === "none") continue;
      const ink = colour(s.fill), alpha = parseFloat(s.fillOpacity) * opacity(e);
      const rim = s.stroke !== "none" && parseFloat(s.strokeWidth) >= 2 && s.paintOrder.startsWith("stroke") ? colour(s.stroke) : null;
      for (const [u, v] of [[0.05, 0.5], [0.25, 0.5], [0.5, 0.5], [0.75, 0.5], [0.95, 0.5]]) {
        const g = rim || behind(e, box.left + u * box.width, box.top + v * box.height);
        const r = ratio(over(ink, alpha, g), g);
        if (r < 4.5) note("svg" + s.fill + g.map(Math.round), r, label + " in a picture, " + s.fill + " on " + g.slice(0, 3).map(Math.round));
      }
    } else {
      const g = ground(e);
      const r = ratio(over(colour(s.color), opacity(e), g), g);
      if (r < 4.5) note("html" + s.color + g.map(Math.round), r, label + ", " + s.color + " on " + g.slice(0, 3).map(Math.round));
    }
  }
  for (const [r, what] of worst.values()) add("contrast", r.toFixed(2) + " of " + what);
}

// nameOf is what a screen reader calls an element, as far as attributes say it.
function nameOf(e) {
  const by = (e.getAttribute("aria-labelledby") || "").split(/\s+/).filter(Boolean);
  if (by.length) return by.map(id => (document.getElementById(id) || {}).textContent || "").join(" ").trim();
  if (e.hasAttribute("aria-label")) return e.getAttribute("aria-label").trim();
  if (e.localName === "img") return (e.getAttribute("alt") || "").trim();
  if (e instanceof SVGElement) return ((e.querySelector(":scope > title") || {}).textContent || "").trim();
  if (e.localName === "table") return ((e.caption || {}).textContent || "").trim();
  if (e.labels && e.labels.length) return e.labels[0].textContent.trim();
  return e.textContent.trim();
}

function names(add) {
  for (const e of document.querySelectorAll("svg")) {
    if (e.closest("[aria-hidden=true]") || e.parentElement.closest("[role=img]")) continue;
    const children = [...e.children]; // a stack of pictures, each with its own name, needs none
    if (children.length && children.every(c => c.localName === "svg")) continue;
    if (e.getAttribute("role") !== "img") add("name", "a picture is not role=img: " + describe(e));
    if (!nameOf(e)) add("name", "a picture has no name: " + describe(e));
    const described = e.querySelector(":scope > desc");
    if (!e.hasAttribute("aria-label") && !(described && described.textContent.trim())) add("name", "a picture has no description: " + nameOf(e).slice(0, 60));
  }
  for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) add("name", "an image has no alt: " + e.getAttribute("src"));
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=region], [role=button], nav[aria-labelledby]")) {
    if (!nameOf(e)) add("name", "no name: " + e.outerHTML.slice(0, 80));
  }
  for (const e of document.querySelectorAll("table")) {
    if (!e.querySelector("th")) add("name", "a table has no headers: " + describe(e));
    for (const h of e.querySelectorAll("th")) if (!h.hasAttribute("scope")) { add("name", "a header of a table has no scope: " + describe(h)); break; }
    const region = e.closest("[role=region]");
    if (!nameOf(e) && !(region && nameOf(region))) add("name", "a table has no caption: " + describe(e));
  }
}

function structure(add) {
  if (!document.documentElement.lang) add("structure", "the page has no language");
  if (!document.title.trim()) add("structure", "the page has no title");
  if (document.querySelectorAll("main, [role=main]").length !== 1) add("structure", "the page has not exactly one main part");
  if (!document.querySelector("meta[name=viewport]")) add("structure", "the page does not say how wide it is on a telephone");
  const first = document.querySelectorAll("h1").length;
  if (first !== 1) add("structure", first + " headings of the first level");
  let level = 0;
  for (const h of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const l = Number(h.localName[1]);
    if (l > level + 1) add("structure", "the heading " + describe(h) + " follows one of level " + level);
    if (!h.textContent.trim()) add("structure", "a heading is empty");
    level = l;
  }
  const seen = new Map(); // the same picture may stand twice, with the same names
  for (const e of document.querySelectorAll("[id]")) {
    if (seen.has(e.id) && seen.get(e.id) !== e.outerHTML) { add("structure", "the id " + e.id + " stands for two things"); break; }
    seen.set(e.id, e.outerHTML);
  }
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby]")) {
    for (const id of ((e.getAttribute("aria-labelledby") || "") + " " + (e.getAttribute("aria-describedby") || "")).split(/\s+/).filter(Boolean)) {
      if (!document.getElementById(id)) add("name", "nothing has the id " + id);
    }
  }
}

// clipped tells whether what stands out of an element's box is not the page's. A
// part with an absolute position is clipped by positioned ancestors only.
function clipped(e) {
  let free = getComputedStyle(e).position === "absolute";
  for (e = e.parentElement; e && e !== document.body; e = e.parentElement) {
    const s = getComputedStyle(e);
    if (free && s.position === "static") continue;
    if (s.overflowX !== "visible") return true;
    free = s.position === "absolute";
  }
  return false;
}

function probe() {
  const problems = [];
  const add = (Rule, Text) => { if (problems.length < 200) problems.push({Rule, Text}); };
  for (const e of document.querySelectorAll("details")) e.open = true;
  const page = document.scrollingElement;
  if (page.scrollWidth > page.clientWidth) {
    let widest = null, right = 0;
    for (const e of document.body.querySelectorAll("*")) {
      const r = e.getBoundingClientRect();
      if (r.width && r.right >= right && !clipped(e)) { right = r.right; widest = e; }
    }
    add("scroll", "the page scrolls sideways to " + page.scrollWidth + (widest ? " for " + describe(widest) : ""));
  }
  structure(add);
  names(add);
  contrasts(add);
  return problems;
}
