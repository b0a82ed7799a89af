"""What do TypeScript sources say? Syntax trees become plain data; nothing is executed."""
