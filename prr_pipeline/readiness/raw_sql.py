"""Raw SQL in a module: mentions of what runs it, SQL texts, and what is given to a function that runs a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.named_calls import spellings
from prr_pipeline.readiness.possible_texts import GAP, possible_texts
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, List, Member, Other, Text, dotted
from prr_pipeline.repository.typescript.mentioned import mentions
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.repository.typescript.scan import reads_as_sql

_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|TRUNCATE|WITH)\s")
"""SQL written in capitals is SQL wherever it stands; in small letters it may be English."""
_OPENING = re.compile(
    r"\s*(--|/\*|(select|insert|update|delete|create|alter|drop|truncate|with|merge|explain)\s)", re.IGNORECASE
)
_WORD = re.compile(r"[a-z]+")
_PASSED_ON = frozenset(("call", "apply", "bind"))


@dataclass(frozen=True, slots=True)
class RawSql:
    """A place that runs SQL; with ``is_sure`` false, one of which nobody can tell."""

    line: int
    text: str
    is_sure: bool = True


def raw_sql(
    sources: Sources, path: str, calls: Sequence[str], statements_to: Sequence[str], allowed: Collection[str]
) -> tuple[RawSql, ...]:
    """What one file holds, at most one place a line. ``allowed`` are the files that may run SQL.

    A mention of one of ``calls`` counts in any form; as a text only if it is no plain word, which `sql` is.
    """
    module = sources.code().module(path)
    places: dict[int, RawSql] = {}
    for place in _places(sources, module, calls, statements_to, allowed):
        if place.line not in places or (place.is_sure and not places[place.line].is_sure):
            places[place.line] = place
    return tuple(places[line] for line in sorted(places))


def _places(
    sources: Sources, module: Module, calls: Sequence[str], statements_to: Sequence[str], allowed: Collection[str]
) -> Iterator[RawSql]:
    for site in module.calls:
        if site.callee.rpartition(".")[2] in calls:
            yield RawSql(site.line, site.callee)
    for mention in mentions(sources.blob(module.path), frozenset(calls)):
        if mention.form != "text" or not _WORD.fullmatch(mention.name):
            yield RawSql(mention.line, mention.name)
    for site in module.calls:
        given = _given_to(module, site, statements_to)
        kind = _kind(sources, module, site, given) if given is not None else "other"
        if kind == "sql" or (kind == "unread" and not _is_judged_itself(sources, module, site, allowed)):
            yield RawSql(site.line, site.callee, kind == "sql")
    for sql in module.sql:
        if _STATEMENT.match(sql.text):
            yield RawSql(sql.line, sql.text[:60])


def _given_to(module: Module, site: CallSite, names: Sequence[str]) -> Expression | None:
    """The text that a call of one of the names gets, also where it is renamed, bound, or called by `call`."""
    callee, arguments = site.call.callee, site.call.arguments
    if isinstance(callee, Member) and callee.name in _PASSED_ON:
        arguments = arguments[1:]
        if callee.name == "apply" and arguments and isinstance(arguments[0], List):
            arguments = arguments[0].items
        callee = callee.object
    called = {dotted(callee), *spellings(module, callee, site.start, of_results=False)}
    return arguments[0] if arguments and any(each.rpartition(".")[2] in names for each in called) else None


def _kind(sources: Sources, module: Module, site: CallSite, given: Expression) -> Literal["sql", "unread", "other"]:
    texts = possible_texts(sources.code(), module.path, given, site.start)
    stated = {each.text for each in module.sql if _STATEMENT.match(each.text)}
    sql = [text for text in texts if reads_as_sql(text)]
    if any(" ".join(text.split())[:120] not in stated or isinstance(given, Text) for text in sql):
        return "sql"
    if not sql and any(text.lstrip().startswith(GAP) or _OPENING.match(text) for text in texts):
        return "unread"
    return "other"


def _is_judged_itself(sources: Sources, module: Module, site: CallSite, allowed: Collection[str]) -> bool:
    """Whether the call runs a function whose own code is judged, or a regular expression."""
    callee = site.call.callee
    of = callee.object if isinstance(callee, Member) else callee
    for value in (callee, of):
        try:
            found = sources.code().follow(module.path, value, site.start)
        except PrrError:
            continue
        if not isinstance(found, Found):
            continue
        if isinstance(found.expression, Function) and value is callee:
            return found.path not in allowed
        made = found.expression
        pattern = isinstance(made, Other) and made.source.startswith("/")
        if pattern or (isinstance(made, Call) and made.new and dotted(made.callee) == "RegExp"):
            return True
    return False
