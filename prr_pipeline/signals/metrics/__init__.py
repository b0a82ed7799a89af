"""Metric sources."""
