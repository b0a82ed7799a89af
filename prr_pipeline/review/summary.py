"""What a person sees before signing: built from the very bytes that are then signed."""

from __future__ import annotations

from dataclasses import fields

from prr_pipeline.canonical import instant_text
from prr_pipeline.review.signoff import FIELD_WORDS, SignoffStatement


def signoff_summary(data: bytes, previous: bytes | None = None) -> tuple[tuple[str, str], ...]:
    """(what, value) rows of a sign-off, and at the end what changed since the ``previous`` one of the same promotion.

    Raises `Unreadable` for bytes that are no sign-off.
    """
    statement = SignoffStatement.from_bytes(data)
    binding = statement.binding
    rows = [
        ("decision", str(statement.decision)),
        ("for", f"the rung {statement.rung}" if statement.rung else "the whole ladder"),
        ("signer", f"{statement.person}, as {statement.role}"),
        ("commit shown", statement.commit),
        *((FIELD_WORDS[f.name].removeprefix("the "), _value(getattr(binding, f.name))) for f in fields(binding)),
        ("signed at", instant_text(statement.signed_at)),
        ("ends at", instant_text(statement.expires_at)),
    ]
    if previous is not None:
        before = SignoffStatement.from_bytes(previous).binding
        changed = [words for name, words in FIELD_WORDS.items() if getattr(before, name) != getattr(binding, name)]
        rows.append(("changed since the last sign-off", ", ".join(changed) or "nothing"))
    return tuple(rows)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value) or "none"
    return str(value)
