"""Show it: terminal, JSON, Markdown and plots."""
