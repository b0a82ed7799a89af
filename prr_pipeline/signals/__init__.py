"""What does production say? Alert and metric sources."""
