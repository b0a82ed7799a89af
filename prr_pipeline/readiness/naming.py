"""How texts and code call an operation: its id, its path, and the forms that an SDK makes of the id."""

from __future__ import annotations

import re

from prr_pipeline.repository.openapi import Operation

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PLACEHOLDER = re.compile(r"\\\{[^{}]*\\\}")
_SEPARATOR = "[./_-]?"


def in_prose(operation: Operation) -> re.Pattern[str]:
    """The operation id as a whole word, or its method and path, not followed by more of a path."""
    name, path = re.escape(operation.operation_id), re.escape(operation.path)
    method = operation.method.upper()
    return re.compile(rf"(?<![\w./-]){name}(?![\w/-])(?!\.\w)|{method}\s+(?:/v\d+)?{path}(?![\w/{{-])")


def in_code(operation: Operation) -> re.Pattern[str]:
    """The id in any case and with any separators (``create_grant``, ``CreateGrant``), a method ``grants.create``, or
    the path with values in it."""
    words = [re.escape(word) for word in _PARTS.findall(operation.operation_id)]
    forms = [_SEPARATOR.join(words) or re.escape(operation.operation_id)]
    if len(words) > 1:
        forms.append(rf"{_SEPARATOR.join(words[1:])}(?:e?s)?[._]{words[0]}")
    path = _PLACEHOLDER.sub(r"[^/\\s\"'`?]+", re.escape(operation.path))
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(forms)})(?![a-z0-9_])|{path}(?![\w/-])", re.IGNORECASE)
