"""The verbs of `prr`, one module per group. Each imports what it needs when it runs, so that `prr` starts quickly."""
