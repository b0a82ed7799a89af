"""Read the people file: who they are, what they belong to, what they may decide."""

from __future__ import annotations

import re
from typing import Any

import yaml

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable

MAX_BYTES = 1024 * 1024
_MAX_DEPTH = 8
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_LOOKS_LIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "-": "_", ".": "_"})
_FIELDS = ("id", "name", "contexts", "roles", "keys", "emails", "github_id", "may_not_sign_own")

ENGINEER = "engineer"
CONSENT_REVIEWER = "consent_reviewer"
COUNCIL = "council"
ON_CALL_LEAD = "on_call_lead"


@dataclass(frozen=True, slots=True)
class Person:
    """One person. ``principals`` name their keys in allowed_signers; however many, they are one vote.

    ``roles`` holds `engineer`, `council`, `on_call_lead` (may take the lead's shift), `consent_reviewer` and the like.
    ``emails`` are those they commit with; ``github_id`` is the number that outlives a change of login.
    """

    id: str
    name: str
    contexts: frozenset[str]
    roles: frozenset[str]
    principals: tuple[str, ...]
    emails: tuple[str, ...] = ()
    github_id: int | None = None


def skeleton(name: str) -> str:
    """What a name looks like: names with equal skeletons are easily taken for one another."""
    return name.casefold().translate(_LOOKS_LIKE).replace("rn", "m")


def parse_people(data: bytes) -> tuple[Person, ...]:
    """The people in the file. Raises `Unreadable` with one sentence for anything unexpected."""
    document = _load(data)
    if not isinstance(document, dict) or set(document) != {"people"} or not isinstance(document["people"], list):
        raise Unreadable("The people file must hold one list named people, and nothing else.")
    people = tuple(_person(number, row) for number, row in enumerate(document["people"], start=1))
    ids = [person.id for person in people]
    if len(set(ids)) != len(ids):
        twice = next(i for i in ids if ids.count(i) > 1)
        raise Unreadable(f"The person {twice!r} stands twice in the people file; merge the two entries.")
    return people


def _person(number: int, row: object) -> Person:
    if not isinstance(row, dict):
        raise Unreadable(f"Entry {number} of the people file is not a mapping with id, contexts, roles and keys.")
    if unknown := sorted(str(name) for name in row if name not in _FIELDS):
        raise Unreadable(
            f"Entry {number} of the people file holds the unknown field {unknown[0]!r}. Valid: {', '.join(_FIELDS)}."
        )
    person_id = row.get("id")
    if not isinstance(person_id, str) or not _ID.match(person_id):
        raise Unreadable(
            f"The id {str(person_id)[:60]!r} in the people file must be 1 to 64 plain letters, digits and . _ - signs."
        )
    if row.get("may_not_sign_own", True) is not True:
        raise Unreadable(f"{person_id!r} has may_not_sign_own: false; an author is never counted, so remove it.")
    github_id = row.get("github_id")
    if github_id is not None and (isinstance(github_id, bool) or not isinstance(github_id, int) or github_id < 1):
        raise Unreadable(f"The github_id of {person_id!r} must be the user's number, not the login.")
    return Person(
        id=person_id,
        name=str(row.get("name") or person_id),
        contexts=frozenset(_texts(person_id, row, "contexts")),
        roles=frozenset(_texts(person_id, row, "roles")),
        principals=_texts(person_id, row, "keys"),
        emails=_texts(person_id, row, "emails"),
        github_id=github_id,
    )


def _texts(person_id: str, row: dict[str, Any], name: str) -> tuple[str, ...]:
    value = row.get(name) or []
    if not isinstance(value, list) or any(not isinstance(item, str) or not item.strip() for item in value):
        raise Unreadable(f"{name} of {person_id!r} in the people file must be a list of texts.")
    return tuple(value)


def _load(data: bytes) -> Any:
    """Plain YAML only: no alias, no tag, no key twice."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The people file has {len(data)} bytes; the limit is {MAX_BYTES}.")
    try:
        text = data.decode()
        _require_plain(text)
        _refuse_twice(yaml.compose(text, Loader=yaml.SafeLoader))
        return yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as fault:
        raise Unreadable(f"The people file is not plain YAML ({type(fault).__name__}).") from None


def _require_plain(text: str) -> None:
    """Walk the events first: deep nesting and aliases cost a loader minutes and memory."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            raise Unreadable(f"The people file is nested deeper than {_MAX_DEPTH} levels; it is a list of people.")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
            raise Unreadable("The people file holds an alias or a tag; write plain values.")


def _refuse_twice(node: yaml.Node | None) -> None:
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        if len(set(map(str, keys))) != len(keys):
            raise Unreadable(f"The people file holds a key twice near line {node.start_mark.line + 1}; remove one.")
        if "<<" in keys:
            raise Unreadable(f"The people file holds a merge key near line {node.start_mark.line + 1}; write it out.")
        for _, value in node.value:
            _refuse_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_twice(item)
