"""The draft of `.prr/profile.yaml`: what was seen, each value with its place, and what lines still wait for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from types import NoneType
from typing import get_args, get_origin, get_type_hints

from prr_pipeline.control.initialising import Looked
from prr_pipeline.readiness.conventions.seen import Seen
from prr_pipeline.readiness.profile import PROFILE_KEYS
from prr_pipeline.readiness.profile_keys import SECTIONS
from prr_pipeline.reports.text import plain

_HEAD = """\
# The conventions of this repository, laid over the profile {profile}. `prr init` wrote it from what it saw; each value
# stands with its place. Read each one, mend or remove it, and then write the value alone (`key: value`): one with
# `basis: assumed` is told as an assumption in every report. No policy stands here: who signs, the ladder and the gates
# belong to the deployment's prr.toml.
"""
_TAIL = """\

# Not seen here. Lines wait for these keys: write those that you have, with your paths and names; leave out the rest.
"""
_WORDS = {"str": "text", "int": "number", "bool": "true or false", "list": "list", "dict": "mapping"}


def profile_text(looked: Looked) -> str:
    """The file; where one is there already, only what it does not declare. Empty if nothing is to be added."""
    seen = sorted(looked.survey.seen, key=lambda one: _place(one.key))
    body = "".join(_sections(seen))
    if looked.has_overlay:
        return body
    return _HEAD.format(profile=looked.base.name) + ("\n" + body if body else "") + _open(looked)


def _sections(seen: list[Seen]) -> Iterator[str]:
    for section, found in groupby(seen, key=lambda one: one.key.partition(".")[0]):
        lines = [f"  {one.key.partition('.')[2]}: {_marked(one.value)}  # seen: {plain(one.where)}\n" for one in found]
        yield "".join([f"{section}:\n", *lines])


def _marked(value: object) -> str:
    """In flow form: JSON is YAML, whatever stands in it."""
    return f"{{value: {json.dumps(value, ensure_ascii=False)}, basis: assumed}}"


def _open(looked: Looked) -> str:
    waiting = sorted(looked.waiting.items(), key=lambda item: _place(item[0]))
    if not waiting:
        return ""
    parts = [_TAIL]
    for section, found in groupby(waiting, key=lambda item: item[0].partition(".")[0]):
        parts.append(f"#{section}:\n")
        for key, lines in found:
            plural = "lines wait" if lines > 1 else "line waits"
            parts.append(f"#  {key.partition('.')[2]}:  # {_form(key)}; {lines} {plural}\n")
    return "".join(parts)


def _place(key: str) -> int:
    """Where a key stands among all: in the order of the sections and of the keys in them."""
    return PROFILE_KEYS.index(key)


def _form(key: str) -> str:
    """What a key holds, in a word."""
    section, _, name = key.partition(".")
    hint = get_type_hints(SECTIONS[section])[name]
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not NoneType]
    return _WORDS.get(getattr(get_origin(kinds[0]) or kinds[0], "__name__", ""), "text")
