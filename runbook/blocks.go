package runbook

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// newBlocks is a CommonMark parser for blocks alone. Inline markup is read by
// this package in linear time, where goldmark's can take quadratic time.
func newBlocks() parser.Parser {
	return parser.NewParser(parser.WithBlockParsers(
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(parser.NewHTMLBlockParser(), 900),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	))
}

// tree is the document's blocks.
//
// Once all blocks are read, goldmark goes through their lines again for inline
// markup, which takes as long as the blocks did, and which nobody wants here. So
// blocks are taken out of its document as soon as they are complete.
func tree(p parser.Parser, source []byte) ast.Node {
	c := &taking{Context: parser.NewContext(), taken: ast.NewDocument()}
	c.document = p.Parse(text.NewReader(source), parser.WithContext(c))
	for n := c.document.FirstChild(); n != nil; n = c.document.FirstChild() {
		c.taken.AppendChild(c.taken, n)
	}
	return c.taken
}

// taking is a context of goldmark that takes complete blocks out of the document.
type taking struct {
	parser.Context
	document ast.Node
	taken    *ast.Document
}

// SetOpenedBlocks is called whenever a block is opened or closed. What stands in the
// document when no block is open is complete, but for a paragraph at its end: the
// line below may make it a heading.
func (c *taking) SetOpenedBlocks(blocks []parser.Block) {
	c.Context.SetOpenedBlocks(blocks)
	if len(blocks) > 0 {
		if c.document == nil {
			c.document = blocks[0].Node.Parent()
		}
		return
	}
	if c.document == nil {
		return
	}
	for n := c.document.FirstChild(); n != nil; n = c.document.FirstChild() {
		if n.NextSibling() == nil && ast.IsParagraph(n) {
			break
		}
		c.taken.AppendChild(c.taken, n)
	}
}
