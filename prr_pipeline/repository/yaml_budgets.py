"""How much of a YAML file is read; apart from its reader, which takes long to import."""

from __future__ import annotations

NODE_BUDGET = 200_000
"""Most nodes of an ordinary document, and most nodes that aliases may add to any."""
DEPTH_CAP = 64
"""Most levels."""
