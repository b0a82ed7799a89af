"""What is wrong with a settings file, one line per fault; an unknown key with the keys that are valid there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

_SIGNOFF_MAX_AGE = timedelta(days=7)


def in_words(fault: ValidationError, model: type[BaseModel]) -> list[str]:
    """A line for each fault that ``model`` found."""
    found = [error for error in fault.errors() if not _is_other_choice(error["type"], error["input"])]
    return [_line(error["loc"], error["type"], error["msg"].removeprefix("Value error, "), model) for error in found]


def contradictions(
    clock_kind: str,
    clock_path: Path | None,
    backend: str,
    signoff_max_age: timedelta | None,
    metric_source: str | None = None,
) -> Iterator[str]:
    """What is wrong between sections that are sound each."""
    if clock_kind == "lapsed" and backend not in ("flagd_file", "memory"):
        yield f"  clock.kind: time-lapse drives only the file and memory back ends, not {backend!r}"
    if clock_kind == "lapsed" and metric_source not in (None, "recorded"):
        yield f"  clock.kind: in a time-lapse only recorded metrics lie in its time, not those of {metric_source!r}"
    if clock_kind != "system" and clock_path is None:
        yield f"  clock.kind: {clock_kind!r} needs clock.path"
    if signoff_max_age is not None and signoff_max_age > _SIGNOFF_MAX_AGE and clock_kind != "lapsed":
        yield (
            f"  council.signoff_max_age: {signoff_max_age.days} days is above the limit of {_SIGNOFF_MAX_AGE.days}; "
            "an older sign-off says too little of the on-call lead's week"
        )


def _is_other_choice(kind: str, value: object) -> bool:
    """Whether it only says that a section is not the single value that could stand there instead."""
    return kind == "literal_error" and isinstance(value, dict)


def _line(loc: tuple[int | str, ...], kind: str, message: str, model: type[BaseModel]) -> str:
    if kind == "extra_forbidden":
        message = f"unknown key; valid: {', '.join(sorted(_keys(loc[:-1], model)))}"
    place = ".".join(str(part) for part in loc if not _is_alternative(part))
    return f"  {place or 'file'}: {message}"


def _is_alternative(part: int | str) -> bool:
    """Whether this part of a place is pydantic's name of one of several forms, and no key of the file."""
    return isinstance(part, str) and ("[" in part or part.endswith("Settings"))


def _keys(path: tuple[int | str, ...], model: type[BaseModel]) -> set[str]:
    """The keys of the section that a path leads to. Numbers and names of alternatives lead nowhere further."""
    for part in path:
        field = model.model_fields.get(str(part))
        model = next(_sections(field.annotation), model) if field else model
    return set(model.model_fields) - {"root"}


def _sections(annotation: Any) -> Iterator[type[BaseModel]]:
    """The sections within an annotation, as in ``tuple[RungSettings, ...]`` or ``WindowSettings | Literal[False]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _sections(part)
