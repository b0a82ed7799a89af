"""A partner's client waits when it is limited: as long as it is told, and each client a little differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.client_code import ClientCode, Part, client_code, is_named, original, parts_of, text_at
from prr_pipeline.readiness.drawn_values import Drawn
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found, Outside
from prr_pipeline.repository.typescript.expressions import Expression, Function, Member, Other, Record, Text
from prr_pipeline.repository.typescript.modules import CallSite
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


@check("retries_back_off_with_jitter", RetriesBackOffWithJitter)
def retries_back_off_with_jitter(
    sources: Sources, _facts: Facts, subject: Subject, parameters: RetriesBackOffWithJitter
) -> Finding:
    """The client sees that it is limited, reads for how long, and adds a random part to the delay (a code pattern)."""
    code = client_code(sources, subject, parameters.code)
    limits = list(_limits(sources, code, parameters))
    headers = list(_headers(sources, code, parameters.header))
    configured, plain = _libraries(sources, code, parameters)
    drawn = Drawn(Reaching(sources, code), parameters.random_calls)
    jitter = list(dict.fromkeys([*configured, *_random_delays(code, drawn, parameters)]))
    faults = [
        f"no code sees an answer {' or '.join(parameters.limited)}" if not limits else "",
        f"no code reads {parameters.header}" if not headers else "",
        "no delay has a random part" if not jitter else "",
    ]
    faults = [fault for fault in faults if fault]
    judged = digest([code.pattern, list[object](faults)])
    if not faults:
        places = [limits[0], headers[0], *jitter]
        return met(f"The client reads {parameters.header} and delays with a random part.", judged, places)
    seen = [*limits[:1], *headers[:1], *(place for place, _ in plain), *jitter]
    untold = _untold(code, drawn, plain, parameters, judged) if limits and headers else None
    options = [f"{name} of {package}" for package, name in sorted(parameters.libraries.items())]
    way = f" (with a library: set {listed(options)})" if plain else ""
    message = f"In {code.pattern} {listed(faults)}; wait as told, and a random time longer{way}."
    idle = _idle_chance(code, drawn.reaching, parameters) if not jitter else ()
    return code.hidden(judged) or untold or unmet(message, judged, dict.fromkeys([*seen, *idle]))


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


def _limits(sources: Sources, code: ClientCode, parameters: RetriesBackOffWithJitter) -> Iterator[Location]:
    """Where an answer's status or code is compared with one that limits."""
    for part in code.parts.values():
        for compared in part.fragments.comparisons:
            if any(
                _is_limit(sources, part, each, compared.start, parameters) for each in (compared.left, compared.right)
            ):
                yield part.at(compared.line)
        for choice in part.fragments.choices:
            if any(_is_limit(sources, part, each, choice.start, parameters) for each in choice.compared):
                yield part.at(choice.line)
        for site in part.module.calls:
            if isinstance(site.call.callee, Member) and site.call.callee.name in ("includes", "has"):
                table = _followed(sources, part, site.call.callee.object, site.start)
                if any(_is_limit(sources, part, each, site.start, parameters) for each in _items(table)):
                    yield part.at(site.line)


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
    wanted = header.casefold()
    for part, site in code.calls():
        texts = [text_at(sources, part.path, each, site.start) for each in site.call.arguments]
        if wanted in {text.casefold() for text in texts if text is not None}:
            yield part.at(site.line, header)
    for part in code.parts.values():
        for piece in part.fragments.accesses:
            if isinstance(piece.value, Member) and _folded(piece.value.name) == _folded(header):
                yield part.at(piece.line, header)


def _random_delays(code: ClientCode, drawn: Drawn, parameters: RetriesBackOffWithJitter) -> Iterator[Location]:
    """Calls that give chance, whose value goes into what a wait is told."""
    for part, site in code.calls():
        if not is_named(original(part, site.callee), parameters.delay_calls):
            continue
        for value in site.call.arguments:
            if not isinstance(value, Function) and drawn.reaching.target(part, value, site.start) is None:
                found = drawn.into(part, value, site.start)
                if found is not None:
                    yield found


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


def _libraries(
    sources: Sources, code: ClientCode, parameters: RetriesBackOffWithJitter
) -> tuple[list[Location], list[tuple[Location, bool]]]:
    """Calls of a library that retries with chance, and those without; of these, whether that is told."""
    configured: list[Location] = []
    plain: list[tuple[Location, bool]] = []
    for part, site in code.calls():
        found = sources.code().follow(part.path, site.call.callee, site.start)
        option = parameters.libraries.get(found.package) if isinstance(found, Outside) else None
        if option is not None and site.call.arguments:
            is_set = _is_set(sources, part, site, option)
            place = part.at(site.line, site.callee)
            configured += [place] if is_set else []
            plain += [(place, is_set is False)] if not is_set else []
    return configured, plain


def _is_set(sources: Sources, part: Part, site: CallSite, option: str) -> bool | None:
    """Whether an option of the call is on; None where the options cannot be told."""
    told = False
    for argument in site.call.arguments[1:]:
        options = _followed(sources, part, argument, site.start)
        if not isinstance(options, Record):
            return None
        told = any(entry.key is None for entry in options.entries) or told
        value = options.get(option)
        if value is not None:
            inner = _followed(sources, part, value, site.start)
            said = inner.source if isinstance(inner, Other) else getattr(inner, "value", None)
            return None if said is None else said not in ("false", "none", "0", "")
    return None if told else False


def _followed(sources: Sources, part: Part, value: Expression, at: int) -> Expression:
    found = sources.code().follow(part.path, value, at)
    return found.expression if isinstance(found, Found) else value


def _folded(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
