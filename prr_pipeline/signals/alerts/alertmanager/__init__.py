"""Alertmanager, polled as the truth about what fires."""
