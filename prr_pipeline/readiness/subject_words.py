"""The words that a subject gives to path templates: ``{service}``, ``{event}``, ``{family}`` and the like."""

from __future__ import annotations

from collections.abc import Callable

from prr_pipeline.readiness.endpoints import page_words, split_name
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.subjects import Subject, SubjectKind, encode_id


def word_of(word: str, subject: Subject, operation: Callable[[], Operation]) -> str | None:
    """What a word stands for, as one safe path segment; None for a word that such a subject does not have.

    An endpoint's ``{method}`` and ``{path}`` are those of its ``operation``. Raises what that raises, and
    `PrrError` for an endpoint whose name tells no service.
    """
    name = encode_id(subject.name)
    if subject.kind is SubjectKind.THIRD_PARTY_ENDPOINT and word in ("service", "operation_id", "method", "path"):
        if word in ("method", "path"):
            return page_words(operation())[word]
        return encode_id(split_name(subject)[word == "operation_id"])
    if subject.kind is SubjectKind.EVENT and word == "family":
        return encode_id(subject.name.partition(".")[0] or subject.name)
    return name if word in ("operation_id", "name", str(subject.kind)) else None
