"""Edits as data: what one row of the matrix changes, and which outcome of which line follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, reduce
from operator import getitem
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from prr_pipeline.repository.markup import load_yaml
from prr_pipeline.repository.tree import Blob
from tests.mutations.circumstances import signed_as
from tests.mutations.state import Filed, Sample, World
from tests.readiness.fakes import FakeSnapshot

_COMMIT = "{commit}"


class NoSuchEdit(Exception):
    """An edit that does not fit the sample: its text is not there exactly once, or it changes nothing."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Change(_Row):
    """One part of an edit.

    Of a ``file`` (a path, or a name from ``files.yaml``): ``find`` stands there exactly once and becomes ``put``, or
    ``write`` is all of it, or it is ``gone``. Of an ``artefact`` the same, and further: the JSON value ``at`` a list of
    keys becomes ``put`` or is ``gone``; ``stamp`` says that CI did not stamp it anew. Of an ``answer`` (the path of a
    recorded one, in which ``{commit}`` is the judged commit) what holds of JSON. Of a ``profile`` key: ``put`` is its
    value. ``signature`` is a line's number, ``signed`` how it is signed instead. ``circumstance`` is one by name.
    """

    file: str | None = None
    artefact: str | None = None
    answer: str | None = None
    profile: str | None = None
    signature: str | None = None
    circumstance: str | None = None
    find: str | None = None
    put: Any = None
    write: str | None = None
    at: tuple[str | int, ...] = ()
    gone: bool = False
    stamp: Literal["other code", "old", "ahead"] | None = None
    signed: str | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Change:
        things = (self.file, self.artefact, self.answer, self.profile, self.signature, self.circumstance)
        if sum(thing is not None for thing in things) != 1:
            raise ValueError("name one of file, artefact, answer, profile, signature, circumstance")
        return self


class Edit(_Row):
    """One row. ``line`` becomes ``outcome`` (as in ``unknown: stale``), ``says`` stands in its message, and all other
    lines stay. A row without a line changes no outcome at all. ``coupled`` lists what else must change, ``because``.
    """

    id: str
    line: str | None = None
    does: str = Field(min_length=15)
    change: tuple[Change, ...] = Field(min_length=1)
    outcome: str | None = None
    says: str = ""
    coupled: Mapping[str, str] = Field(default_factory=dict)
    because: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Edit:
        if (self.line is None) != (self.outcome is None) or bool(self.coupled) != bool(self.because):
            raise ValueError("line and outcome, and coupled and because, stand together")
        return self

    def expected(self, baseline: Mapping[str, str]) -> dict[str, str]:
        """The whole vector that must follow."""
        own = {self.line: self.outcome} if self.line is not None and self.outcome is not None else {}
        return {**baseline, **own, **self.coupled}

    def applied(self, world: World) -> World:
        """The world after the edit. Raises `NoSuchEdit`."""
        for change in self.change:
            world = _applied(change, world)
        return world


@cache
def edits(sample: Sample) -> tuple[Edit, ...]:
    """Every row of a sample's table, in its order."""
    pages = sorted(path for path in sample.table.glob("*.yaml") if path.name not in ("files.yaml", "exceptions.yaml"))
    return tuple(Edit.model_validate(row) for page in pages for row in read_table(page))


@cache
def exceptions(sample: Sample) -> tuple[Mapping[str, str], ...]:
    """Lines that nothing makes unmet, or unknown, alone: which of both, and why."""
    return tuple(read_table(sample.table / "exceptions.yaml"))


@cache
def _names(sample: Sample) -> Mapping[str, str]:
    return dict(read_table(sample.table / "files.yaml"))


def read_table(path: Path) -> Any:
    """A YAML page; an empty one is an empty list."""
    return load_yaml(Blob(path.name, "", path.read_bytes())) or []


def _applied(change: Change, world: World) -> World:
    if change.file is not None:
        return _file(change, world, _names(world.sample).get(change.file, change.file))
    if change.artefact is not None:
        return _artefact(change, world, change.artefact)
    if change.answer is not None:
        return _answer(change, world, change.answer.replace(_COMMIT, FakeSnapshot.commit))
    if change.profile is not None:
        return replace(world, profile={**world.profile, change.profile: change.put})
    if change.signature is not None:
        return signed_as(world, world.sample.catalogue.line(change.signature).id, change.signed or "")
    return world.sample.circumstances[change.circumstance or ""](world)


def _file(change: Change, world: World, path: str) -> World:
    if change.write is not None:
        return replace(world, files={**world.files, path: change.write.encode()})
    if path not in world.files:
        raise NoSuchEdit(f"The sample has no file {path}.")
    if change.gone:
        return replace(world, files={p: text for p, text in world.files.items() if p != path})
    return replace(world, files={**world.files, path: _replaced(change, world.files[path], path)})


def _replaced(change: Change, data: bytes, where: str) -> bytes:
    text, find, put = data.decode(), change.find or "", str(change.put if change.put is not None else "")
    count = text.count(find) if find else 0
    if count != 1:
        raise NoSuchEdit(f"{where} holds {count} times, not once: {find!r}")
    if find == put:
        raise NoSuchEdit(f"{where} stays as it is with {find!r}")
    return text.replace(find, put).encode()


def _artefact(change: Change, world: World, name: str) -> World:
    if name not in world.artefacts:
        raise NoSuchEdit(f"The sample has no artefact {name}.")
    if change.gone and not change.at:
        return replace(world, artefacts={n: filed for n, filed in world.artefacts.items() if n != name})
    filed = world.artefacts[name]
    if change.stamp is not None:
        return _with(world, name, _stamped(filed, change.stamp))
    if change.at:
        return _with(world, name, replace(filed, data=_at(filed.data, change)))
    data = change.write.encode() if change.write is not None else _replaced(change, filed.data, name)
    return _with(world, name, replace(filed, data=data))


def _answer(change: Change, world: World, path: str) -> World:
    if path not in world.remote:
        raise NoSuchEdit(f"No service answers at {path}.")
    others = {each: data for each, data in world.remote.items() if each != path}
    if change.gone and not change.at:
        return replace(world, remote=others)
    data = _at(world.remote[path], change) if change.at else (change.write or "").encode()
    return replace(world, remote={**others, path: data.replace(_COMMIT.encode(), FakeSnapshot.commit.encode())})


def _with(world: World, name: str, filed: Filed) -> World:
    return replace(world, artefacts={**world.artefacts, name: filed})


def _stamped(filed: Filed, stamp: str) -> Filed:
    ages = {"old": filed.age * 400, "ahead": filed.age * -3}
    return replace(filed, current=False) if stamp == "other code" else replace(filed, age=ages[stamp])


def _at(data: bytes, change: Change) -> bytes:
    tree = orjson.loads(data)
    *above, last = change.at
    try:
        place = reduce(getitem, above, tree)
        same = not change.gone and place[last] == change.put
        if change.gone:
            del place[last]
        else:
            place[last] = change.put
    except (KeyError, IndexError, TypeError):
        same = True
    if same:
        raise NoSuchEdit(f"Nothing to change at {list(change.at)}.")
    return orjson.dumps(tree)
