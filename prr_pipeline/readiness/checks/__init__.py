"""The functions that judge lines from evidence, registered by name."""
