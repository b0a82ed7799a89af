"""Where tests let a schema accept a payload: which schema or event, which payload, and whether it must accept it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.asserted import is_assertion, is_whole
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Call, Expression, Index, Member, Name, Other, Record
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module

Key = tuple[str, int] | str
"""What identifies a schema: file and line of its definition, or the name of its event."""
_REFUSING = ("toThrow", "throws", "rejects")
_TRUE = ("toBeTruthy", "ok")


@dataclass(frozen=True, slots=True)
class AcceptForms:
    """``methods`` of a schema accept a payload, such as ``parse``; those that begin with ``safe`` only say whether.
    ``functions`` take the event's name and the payload. ``assertions``: what an assertion begins with."""

    methods: frozenset[str]
    functions: frozenset[str]
    assertions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accepting:
    """A call that accepts a payload. ``asserts``: whether the test fails where the schema refuses it."""

    path: str
    site: CallSite
    payload: Expression | None
    asserts: bool


@dataclass(frozen=True, slots=True)
class AcceptingCalls:
    """All of the test files, by schema, and the files that could not be read."""

    by_key: Mapping[Key, tuple[Accepting, ...]]
    lost: tuple[Lost, ...]


def accepting_calls(sources: Sources, tests: str, forms: AcceptForms) -> AcceptingCalls:
    """Every accepting call in the files of the glob, of schemas and events that can be told."""
    key = f"{tests}#{sorted(forms.methods)}#{sorted(forms.functions)}#{forms.assertions}"
    return sources.once("accepting calls", key, lambda: _all(sources, tests, forms))


def _all(sources: Sources, tests: str, forms: AcceptForms) -> AcceptingCalls:
    found: dict[Key, list[Accepting]] = defaultdict(list)
    lost: list[Lost] = []
    words = [word.encode() for word in (*forms.methods, *forms.functions)]
    for path in sources.paths(tests):
        if path.endswith(SUFFIXES) and any(word in sources.blob(path).data for word in words):
            try:
                for key, accepting in _in_module(sources, sources.code().module(path), forms):
                    found[key].append(accepting)
            except PrrError as fault:
                lost.append(Lost(str(fault), path, 0))
    return AcceptingCalls({key: tuple(each) for key, each in found.items()}, tuple(lost))


def _in_module(sources: Sources, module: Module, forms: AcceptForms) -> Iterator[tuple[Key, Accepting]]:
    for site in module.calls:
        callee, arguments = site.call.callee, site.call.arguments
        name = callee.name if isinstance(callee, Member | Name) else ""
        if name in forms.functions and len(arguments) > 1:
            event = text_of(sources.code(), Placed(arguments[0], module.path, site.line, site.start))
            if event is not None:
                yield event, Accepting(module.path, site, arguments[1], _asserts(sources, module, site, forms))
        elif isinstance(callee, Member) and name in forms.methods:
            key = _schema(sources, module, callee.object, site.start)
            if key is not None:
                payload = arguments[0] if arguments else None
                yield key, Accepting(module.path, site, payload, _asserts(sources, module, site, forms))


def _schema(sources: Sources, module: Module, schema: Expression, at: int) -> Key | None:
    if isinstance(schema, Index):
        return text_of(sources.code(), Placed(schema.key, module.path, schema.line, at))
    found = sources.code().follow(module.path, schema, at)
    return (found.path, found.expression.line) if isinstance(found, Found) else None


def _asserts(sources: Sources, module: Module, site: CallSite, forms: AcceptForms) -> bool:
    """A call that throws is an assertion unless a throw is what is wanted; one that tells needs one on what it told."""
    callee = site.call.callee
    around = [each for each in module.calls if each.start <= site.start and site.end <= each.end and each is not site]
    if not (isinstance(callee, Member) and callee.name.startswith("safe")):
        return not _is_swallowed(sources, module, site, forms, around) and not any(
            _wants_a_throw(each.call) for each in around
        )
    return any(
        is_assertion(each.call, forms.assertions) and is_whole(each, module.calls) and _says_success(module, site, each)
        for each in module.calls
    )


def _is_swallowed(
    sources: Sources, module: Module, site: CallSite, forms: AcceptForms, around: Sequence[CallSite]
) -> bool:
    """Whether a refusal goes by unheard: what catches it neither throws nor asserts anything."""
    if any(each.start == site.start and each.callee.endswith(".catch") for each in around):
        return True
    for each in read_fragments(sources.blob(module.path)).tries:
        first, last = each.catch
        heard = any(first <= throw.start < last for throw in module.throws) or any(
            first <= call.start < last and (is_assertion(call.call, forms.assertions) or call.callee.endswith("fail"))
            for call in module.calls
        )
        if each.start <= site.start < each.end and not heard:
            return True
    return False


def _wants_a_throw(call: Call) -> bool:
    names: list[str] = []
    part: Expression = call
    while isinstance(part, Member | Call):
        names += [part.name] if isinstance(part, Member) else []
        part = part.object if isinstance(part, Member) else part.callee
    return "not" not in names and any(name.startswith(_REFUSING) for name in names)


def _says_success(module: Module, site: CallSite, asserting: CallSite) -> bool:
    """``expect(result.success).toBe(true)``, ``expect(result).toMatchObject({ success: true })``, ``assert(...)``."""
    arguments: list[Expression] = []
    part: Expression = asserting.call
    names: list[str] = []
    while isinstance(part, Member | Call):
        if isinstance(part, Call):
            arguments += part.arguments
            part = part.callee
        else:
            names.append(part.name)
            part = part.object
    whole = any(_is_result(module, each, site, asserting.start) for each in arguments)
    success = any(_is_success(module, each, site, asserting.start) for each in arguments)
    wanted = [each.get("success") for each in arguments if isinstance(each, Record)]
    if whole and any(_is_true(each) for each in wanted):
        return True
    bare = not names or names[0] in _TRUE
    return success and (any(_is_true(each) for each in arguments) or (bare and not any(map(_is_false, arguments))))


def _is_result(module: Module, value: Expression, site: CallSite, at: int) -> bool:
    """Whether a value is what the call gave: the call itself, or a constant of the same function that holds it."""
    if value == site.call:
        return True
    local = module.local(value.name, at) if isinstance(value, Name) else None
    return local is not None and local.value == site.call


def _is_success(module: Module, value: Expression, site: CallSite, at: int) -> bool:
    if isinstance(value, Member) and value.name == "success":
        return _is_result(module, value.object, site, at)
    local = module.local(value.name, at) if isinstance(value, Name) else None
    inner = local.value if local is not None else None
    return isinstance(inner, Member) and inner.name == "success" and inner.object == site.call


def _is_true(value: Expression | None) -> bool:
    return isinstance(value, Other) and value.source == "true"


def _is_false(value: Expression) -> bool:
    return isinstance(value, Other) and value.source == "false"
