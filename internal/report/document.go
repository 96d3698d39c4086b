// Package report writes one document three times: as text for a terminal, as
// Markdown for a chat or a pull request, and as an HTML page that stands alone.
//
// The page has no script and asks for nothing from outside; its content policy
// allows the style sheets that stand in it, by their digests, and nothing else.
// It follows the reader's light or dark scheme, prints, fits 320 pixels, and its
// parts are named for screen readers. Whatever a caller puts in is text: nothing
// of it is markup in any of the three forms. Pictures are the exception: they must
// come from internal/chart, which escapes by itself.
//
// Nothing here returns an error, and nothing that is passed in is changed or kept.
package report

// Document is a title, what is said first, and sections.
type Document struct {
	Title    string
	Lead     string // one paragraph; may be empty
	Sections []Section
}

// Section is a heading and what stands below it. Sections nest up to four deep;
// deeper ones have the heading of the fourth.
type Section struct {
	Title    string
	Folded   bool // the page shows the heading, and the rest on demand and in print
	Blocks   []Block
	Sections []Section
}

// Block is one of a paragraph, a list, a table, a preformatted text and a
// picture: the first of the fields that is set.
type Block struct {
	Text    string
	List    []Item
	Table   *Table
	Code    string
	Picture *Picture
}

// Item is one item of a list.
type Item struct {
	State State
	Text  string
}

// Table is rows below a head. A table without rows is left out.
type Table struct {
	Caption string // names the table to screen readers; shown above it in text and page
	Head    []string
	Numbers []bool // which columns stand right; missing ones stand left
	Rows    [][]Cell
}

// Cell is one cell of a table.
type Cell struct {
	Text  string
	State State
}

// Picture is a picture in one width or two.
type Picture struct {
	Caption string
	Wide    string // SVG
	Narrow  string // SVG for less than 600 pixels; empty means Wide, which then scrolls
}

// State is how something is. It is told by a word or a sign in every form, and by
// colour in none alone.
type State int

// The states.
const (
	None State = iota
	Good
	Warning
	Critical
)

// sign stands before a text of that state.
func (s State) sign() string {
	switch s {
	case Good:
		return "✓ "
	case Warning:
		return "▲ "
	case Critical:
		return "✖ "
	}
	return ""
}

// word is the state for those who do not see the sign.
func (s State) word() string {
	switch s {
	case Good:
		return "good"
	case Warning:
		return "warning"
	case Critical:
		return "critical"
	}
	return ""
}

// Row is cells of plain text.
func Row(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, t := range texts {
		cells[i].Text = t
	}
	return cells
}
