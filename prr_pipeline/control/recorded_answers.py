"""Answers that something else fetched: a folder of JSON files, for CI without credentials and for rehearsals."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import Answer, Question, Silence
from prr_pipeline.subjects import encode_id

T = TypeVar("T")
FILE_CAP = 5_000_000
"""Most bytes of one answer."""
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    read_at: AwareDatetime
    source: str
    value: Any


class RecordedAnswers:
    """Reads ``<system>/<question>/<what about>.json``, as `answer_path` names it. Writes nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ask(self, question: Question[T]) -> Answer[T] | Silence:
        """The recorded answer; silence where there is none, or where the file is no such answer."""
        place = answer_path(question)
        path = self.folder / place
        try:
            with path.open("rb") as file:
                data = file.read(FILE_CAP + 1)
        except FileNotFoundError:
            return Silence(
                f"Nobody recorded an answer at {place}; record one, or name a service that answers.",
                Reason.SOURCE_SILENT,
            )
        except OSError as fault:
            return Silence(f"The answer {place} cannot be read ({type(fault).__name__}).", Reason.UNREADABLE)
        if len(data) > FILE_CAP:
            return Silence(f"The answer {place} is larger than {FILE_CAP:,} bytes; record less.", Reason.UNREADABLE)
        return read_answer(question, data, place)


def read_answer(question: Question[T], data: bytes, place: str) -> Answer[T] | Silence:
    """What the bytes of a recorded answer say; silence for another form. ``place`` is what a sentence calls it."""
    try:
        envelope = _Envelope.model_validate_json(data)
        (value,) = _adapter(type(question)).validate_json(orjson.dumps([envelope.value]))
    except ValidationError as fault:
        where = ".".join(str(part) for part in fault.errors()[0]["loc"]).removeprefix("0.") or "the file"
        return Silence(
            f"The answer {place} has another form: {where}: {fault.errors()[0]['msg']}; record it anew.",
            Reason.UNREADABLE,
        )
    return Answer(cast(T, value), envelope.read_at, envelope.source)


def answer_path(question: Question[Any]) -> str:
    """Where an answer lies, e.g. ``ci/checks-at/1a2b3c.json``; each part is one safe path segment."""
    named = question.named_by or tuple(each.name for each in fields(cast(Any, question)))
    about = "+".join(encode_id(str(getattr(question, name))) for name in named)
    name = _CAPITAL.sub("-", type(question).__name__).lower()
    return f"{encode_id(question.system)}/{name}/{about}.json"


def _adapter(kind: type[Question[Any]]) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = _made(kind)
    return _adapters[kind]


_adapters: dict[type[Question[Any]], TypeAdapter[Any]] = {}


def _made(kind: type[Question[Any]]) -> TypeAdapter[Any]:
    base = next(base for base in kind.__orig_bases__ if getattr(base, "__origin__", None) is Question)  # type: ignore[attr-defined]
    # In a tuple, as an adapter of a dataclass alone takes no configuration, and one around it hands its own down.
    return TypeAdapter(cast(Any, tuple[get_args(base)[0]]), config=ConfigDict(extra="forbid"))  # type: ignore[misc]
