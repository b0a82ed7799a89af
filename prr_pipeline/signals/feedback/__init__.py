"""Feedback sources."""
