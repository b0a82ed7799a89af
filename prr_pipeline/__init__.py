"""Production-readiness reviews and progressive rollouts for API platforms."""

__version__ = "0.1.0"
