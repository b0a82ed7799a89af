"""How texts and code call an operation: its id, its path, and the forms that an SDK makes of the id."""

from __future__ import annotations

import re

from prr_pipeline.repository.openapi import Operation
from prr_pipeline.repository.patterns import Pattern, compiled, literal

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_SEPARATOR = "[./_-]?"
_WORD = r"\pL\pN_"
"""What a word is made of, in brackets."""
_NO_MORE_PATH = rf"(?:\z|[^{_WORD}/-])"


def in_prose(operation: Operation) -> Pattern:
    """The operation id as a whole word, or its method and path, not followed by more of a path.

    Ids and paths are a repository's own text, so both patterns are linear; neighbours are part of the match.
    """
    before = rf"(?:\A|[^{_WORD}./-])"
    after = rf"(?:\z|[^{_WORD}/.-]|\.(?:\z|[^{_WORD}]))"
    path = literal(operation.path)
    by_path = rf"{literal(operation.method.upper())}\s+(?:/v\d+)?{path}(?:\z|[^{_WORD}/{{-])"
    return compiled(rf"{before}{literal(operation.operation_id)}{after}|{by_path}")


def in_code(operation: Operation) -> Pattern:
    """The id in any case and with any separators (``create_grant``, ``CreateGrant``), a method ``grants.create``, or
    the path with values in it."""
    words = [literal(word) for word in _PARTS.findall(operation.operation_id)]
    forms = [_SEPARATOR.join(words) or literal(operation.operation_id)]
    if len(words) > 1:
        forms.append(rf"{_SEPARATOR.join(words[1:])}(?:e?s)?[._]{words[0]}")
    path = r"[^/\s\"'`?]+".join(map(literal, _PLACEHOLDER.split(operation.path)))
    return compiled(rf"(?i)(?:\A|[^a-z0-9])(?:{'|'.join(forms)})(?:\z|[^a-z0-9_])|{path}{_NO_MORE_PATH}")
