"""Measurements of what users wait for. Each prints one JSON document."""
