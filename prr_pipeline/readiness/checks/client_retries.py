"""A partner's client waits when it is limited: as long as it is told, and each client a little differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.client_code import ClientCode, Part, client_code, is_named, original, parts_of, text_at
from prr_pipeline.readiness.drawn_values import Drawn
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.growing_waits import grows
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.retry_libraries import retrying_calls
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.waits import Wait, Waits
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Other, Text
from prr_pipeline.subjects import Subject


class RetriesBackOffWithJitter(Parameters):
    """``limited``: status or code of an answer that limits. ``header``: where it says how long to wait.

    ``delay_calls`` wait, ``random_calls`` give chance. ``libraries``: package to the option that makes delays random.
    """

    code: str
    limited: list[str]
    header: str
    delay_calls: list[str]
    random_calls: list[str]
    libraries: dict[str, str]


@check("retries_back_off_with_jitter", RetriesBackOffWithJitter, version=3)
def retries_back_off_with_jitter(
    sources: Sources, _facts: Facts, subject: Subject, parameters: RetriesBackOffWithJitter
) -> Finding:
    """The client sees that it is limited, and then waits: as long as it is told, and a random time (a code pattern).

    Whether it waits longer with each try is told beside it: whoever is told how long to wait need not.
    """
    code = client_code(sources, subject, parameters.code)
    sightings = list(_limits(sources, code, parameters))
    limits = [part.at(line) for part, line, _ in sightings]
    headers = list(_headers(sources, code, parameters.header))
    configured, plain = retrying_calls(sources, code, parameters.libraries)
    drawn = Drawn(Reaching(sources, code), parameters.random_calls)
    waits = Waits(drawn.reaching, parameters.delay_calls)
    spread = [(each, found) for each in waits.all() if (found := drawn.into(each.part, each.delay, each.site.start))]
    jitter = list(dict.fromkeys([*configured, *(found for _, found in spread)]))
    faults = [
        f"no code sees an answer {' or '.join(parameters.limited)}" if not limits else "",
        f"no code reads {parameters.header}" if not headers else "",
        "no delay has a random part" if not jitter else "",
    ]
    faults = [fault for fault in faults if fault]
    judged = digest([code.pattern, list[object](faults)])
    if not faults:
        places = [limits[0], headers[0], *jitter]
        doubt = None if configured else _doubt(sources, waits, [each for each, _ in spread], sightings, parameters)
        if doubt is not None:
            certain, why, place = doubt
            message = f"In {code.pattern} {why}."
            doubted, seen = digest([judged, why]), [place, *places]
            return unmet(message, doubted, seen) if certain else unknown(Reason.NOT_RESOLVABLE, message, doubted, seen)
        is_growing = bool(configured) or any(grows(drawn.reaching, each) for each, _ in spread)
        remark = "" if is_growing else f"; without {parameters.header} no wait is seen to grow with each try"
        message = f"The client reads {parameters.header} and delays with a random part{remark}."
        return met(message, judged, places, grows=is_growing)
    seen = [*limits[:1], *headers[:1], *(place for place, _ in plain), *jitter]
    untold = _untold(code, drawn, plain, parameters, judged) if limits and headers else None
    options = [f"{name} of {package}" for package, name in sorted(parameters.libraries.items())]
    way = f" (with a library: set {listed(options)})" if plain else ""
    message = f"In {code.pattern} {listed(faults)}; wait as told, and a random time longer{way}."
    idle = _idle_chance(code, drawn.reaching, parameters) if not jitter else ()
    return code.hidden(judged) or untold or unmet(message, judged, dict.fromkeys([*seen, *idle]))


def _doubt(
    sources: Sources,
    waits: Waits,
    spread: Sequence[Wait],
    sightings: Sequence[tuple[Part, int, int]],
    parameters: RetriesBackOffWithJitter,
) -> tuple[bool, str, Location] | None:
    """What is wrong with every wait that is random, or not seen of it; whether that is certain, and where."""
    wrong = [(each, fault) for each in spread if (fault := _fault(sources, waits, each, parameters)) is not None]
    sound = [each for each in spread if each not in [one for one, _ in wrong]]
    if not sound:
        wait, fault = wrong[0]
        return True, fault, wait.place
    found = [waits.reaching.around(part, start) for part, _, start in sightings]
    seen = [each for each in found if each is not None]
    following = [each for each in sound if len(seen) < len(found) or waits.follows(each, seen)]
    if not following:
        return (
            False,
            "no code that sees a limited answer is seen to lead to the wait; wait where it is seen",
            sound[0].place,
        )
    told = Drawn(waits.reaching, (), lambda part, value: _is_read(sources, part, value, parameters.header))
    thrown = (
        told.into(part, each.value, each.start)
        for part in waits.reaching.code.parts.values()
        for each in part.module.throws
    )
    if not any(told.into(each.part, each.delay, each.site.start) for each in waits.all()) and not any(thrown):
        why = f"no wait is seen to last as long as {parameters.header} says; hand what it says to the wait"
        return False, why, following[0].place
    return None


def _fault(sources: Sources, waits: Waits, wait: Wait, parameters: RetriesBackOffWithJitter) -> str | None:
    where = f"{wait.place.path}:{wait.place.line}"
    if waits.is_dropped(wait):
        return f"nobody waits for {wait.site.callee} at {where}; await it"
    line = waits.left_before(wait, lambda part, value, at: _is_limit(sources, part, value, at, parameters))
    return f"a limited answer is thrown at {wait.part.path}:{line}, before the wait at {where}" if line else None


def _untold(
    code: ClientCode,
    drawn: Drawn,
    plain: Sequence[tuple[Location, bool]],
    parameters: RetriesBackOffWithJitter,
    judged: str,
) -> Finding | None:
    """Unknown, where a package's function may make the delay random, or a library's options are not told."""
    idle = next(_idle_chance(code, drawn.reaching, parameters), None)
    if idle is not None and drawn.lost:
        first = drawn.lost[0]
        message = (
            f"What {first.snippet} at {first.path}:{first.line} makes of a delay is told only by running it, and "
            f"{idle.snippet} may go into it; add the random part at the wait."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [*drawn.lost, idle])
    untold = [place for place, told in plain if not told]
    if not untold:
        return None
    message = "Whether a library's delay is random is told only by running it; write its options out at the call."
    return unknown(Reason.NOT_RESOLVABLE, message, judged, untold)


def _limits(
    sources: Sources, code: ClientCode, parameters: RetriesBackOffWithJitter
) -> Iterator[tuple[Part, int, int]]:
    """Where an answer's status or code is compared with one that limits: the source, line and offset."""
    for part in code.parts.values():
        for compared in part.fragments.comparisons:
            if any(
                _is_limit(sources, part, each, compared.start, parameters) for each in (compared.left, compared.right)
            ):
                yield part, compared.line, compared.start
        for choice in part.fragments.choices:
            if any(_is_limit(sources, part, each, choice.start, parameters) for each in choice.compared):
                yield part, choice.line, choice.start
        for site in part.module.calls:
            if isinstance(site.call.callee, Member) and site.call.callee.name in ("includes", "has"):
                table = _followed(sources, part, site.call.callee.object, site.start)
                if any(_is_limit(sources, part, each, site.start, parameters) for each in _items(table)):
                    yield part, site.line, site.start


def _is_limit(sources: Sources, part: Part, value: Expression, at: int, parameters: RetriesBackOffWithJitter) -> bool:
    inner = _followed(sources, part, value, at)
    said = inner.source if isinstance(inner, Other) else inner.value if isinstance(inner, Text) else None
    return said in parameters.limited


def _items(table: Expression) -> Iterator[Expression]:
    for each in parts_of(table):
        yield each
        yield from parts_of(each)


def _headers(sources: Sources, code: ClientCode, header: str) -> Iterator[Location]:
    """Where the header is read: named in a call, or as a member."""
    for part, site in code.calls():
        if _is_read(sources, part, site.call, header, site.start):
            yield part.at(site.line, header)
    for part in code.parts.values():
        for piece in part.fragments.accesses:
            if _is_read(sources, part, piece.value, header, piece.start):
                yield part.at(piece.line, header)


def _is_read(sources: Sources, part: Part, value: Expression, header: str, at: int = 0) -> bool:
    """Whether an expression is what the header says."""
    if isinstance(value, Call):
        texts = [text_at(sources, part.path, each, at) for each in value.arguments]
        return header.casefold() in {text.casefold() for text in texts if text is not None}
    return isinstance(value, Member) and _folded(value.name) == _folded(header)


def _idle_chance(code: ClientCode, reaching: Reaching, parameters: RetriesBackOffWithJitter) -> Iterator[Location]:
    """Calls that give chance, in a function that waits, or in one that such a function or its caller leads to."""
    waiting = [each for each in reaching.functions() if _waits(each, parameters)]
    keys = {each.key for each in waiting}
    callers = [each for each in reaching.functions() if any(there.key in keys for there in reaching.next_to(each))]
    for waiter in (*waiting, *callers):
        for placed in reaching.reached(waiter):
            for site in placed.calls:
                if is_named(original(placed.part, site.callee), parameters.random_calls):
                    yield placed.part.at(site.line, site.callee)


def _waits(placed: Placed, parameters: RetriesBackOffWithJitter) -> bool:
    return any(is_named(original(placed.part, site.callee), parameters.delay_calls) for site in placed.calls)


def _followed(sources: Sources, part: Part, value: Expression, at: int) -> Expression:
    found = sources.code().follow(part.path, value, at)
    return found.expression if isinstance(found, Found) else value


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
