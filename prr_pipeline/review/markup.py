"""Write foreign text into Markdown so that it stays text: no markup, no link, no mention, no marker."""

from __future__ import annotations

import re
import unicodedata

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LIMIT = 2_000


def escape(text: str, limit: int = _LIMIT) -> str:
    """``text`` on one line, every ASCII punctuation mark escaped, control and direction characters removed.

    Longer text is cut at ``limit`` characters, with an ellipsis. A mention (``@team``) is broken up, so that a code
    host notifies nobody.
    """
    plain = _plain(text, limit)
    return _PUNCTUATION.sub(r"\\\1", plain).replace("\\@", "\\@&#8288;")


def code(text: str, limit: int = 300) -> str:
    """``text`` as a code span that nothing inside can close."""
    plain = _plain(text, limit)
    fence = "`" * (max((len(run) for run in re.findall(r"`+", plain)), default=0) + 1)
    pad = " " if not plain or plain.startswith(("`", " ")) or plain.endswith(("`", " ")) else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def _plain(text: str, limit: int) -> str:
    spaced = " ".join(text.split())
    kept = "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"
