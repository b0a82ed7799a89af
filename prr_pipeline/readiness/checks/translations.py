"""Whether an operation's error messages can be translated: a text per code and locale, and none in the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.checks.error_codes import Source, codes_of
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, shown, unknown, unmet
from prr_pipeline.readiness.message_catalogs import Style, catalog, placeholders
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.routes import route_of
from prr_pipeline.readiness.sources import NotDeclared, Sources
from prr_pipeline.readiness.thrown_texts import ThrownTexts, thrown_texts
from prr_pipeline.subjects import Subject

_CODE = "{code}"


class MessagesAreTranslated(Parameters):
    """``catalog``: the file of a ``{locale}``; ``key``: under which it holds the message of a ``{code}``."""

    codes_from: list[Source]
    catalog: str
    key: str
    locales: list[str]
    placeholders: Style
    error_classes: list[str]
    plain_error_classes: list[str]


@check("messages_are_translated", MessagesAreTranslated)
def messages_are_translated(
    sources: Sources, _facts: Facts, subject: Subject, parameters: MessagesAreTranslated
) -> Finding:
    """Each error code has a message in each locale, with equal placeholders, and no throw holds a text of its own."""
    if not parameters.locales:
        raise NotDeclared("customer.locales is empty; name the locales of the catalogs in the profile.")
    operation = sources.operation(subject)
    codes = codes_of(sources, operation, parameters.codes_from)
    own, here = sources.subject_digest(subject), Location(operation.spec.path, operation.line)
    if not codes:
        message = f"{subject.name} declares no error codes; give the `code` of its 4xx and 5xx responses an enum."
        return unknown(Reason.NO_EVIDENCE, message, own, [here])
    paths = {locale: parameters.catalog.replace("{locale}", locale) for locale in parameters.locales}
    absent = [path for path in paths.values() if not sources.exists(path)]
    if absent:
        message = f"The catalog {listed(absent)} does not exist; write it with a message per error code."
        return unmet(message, own, [Location(path) for path in absent])
    messages = {locale: _messages(sources, path, codes, parameters.key) for locale, path in paths.items()}
    thrown = thrown_texts(
        sources,
        route_of(sources, subject).path,
        frozenset(parameters.error_classes),
        frozenset(parameters.plain_error_classes),
    )
    texts = [[text.path, text.text] for text in thrown.texts]
    judged = digest([list(codes), {k: {c: str(m) for c, m in v.items()} for k, v in messages.items()}, texts])
    return _verdict(judged, paths, messages, codes, thrown, parameters)


def _verdict(
    judged: str,
    paths: Mapping[str, str],
    messages: Mapping[str, Mapping[str, object]],
    codes: Sequence[str],
    thrown: ThrownTexts,
    parameters: MessagesAreTranslated,
) -> Finding:
    wrong = list(_faults(paths, messages, codes, parameters))
    wrong += [
        (f"{text.path}:{text.line} holds the text {shown(text.text, 40)!r}", Location(text.path, text.line))
        for text in thrown.texts
    ]
    counts = {"codes": list(codes), "locales": list(paths), "files": len(thrown.files)}
    if wrong:
        message = f"{listed([text for text, _ in wrong])}. Give each error a code and its text a place in the catalogs."
        return unmet(message, judged, [place for _, place in wrong], **counts)
    if thrown.lost:
        first = thrown.lost[0]
        message = f"What is thrown at {first.path}:{first.line} cannot be told ({first.text}); throw a declared class."
        places = [Location(each.path, each.line) for each in thrown.lost]
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places, **counts)
    message = f"{len(codes)} codes have a message in {listed(list(paths))}; no throw in {len(thrown.files)} files holds"
    return met(f"{message} a text.", judged, [Location(path) for path in paths.values()], **counts)


def _messages(sources: Sources, path: str, codes: Sequence[str], key: str) -> Mapping[str, object]:
    found = catalog(sources, path)
    return {code: found.get(key.replace(_CODE, code)) for code in codes}


def _faults(
    paths: Mapping[str, str],
    messages: Mapping[str, Mapping[str, object]],
    codes: Sequence[str],
    parameters: MessagesAreTranslated,
) -> Iterator[tuple[str, Location]]:
    for code in codes:
        names: dict[str, frozenset[str]] = {}
        for locale, path in paths.items():
            message = messages[locale][code]
            if not isinstance(message, str) or not message.strip():
                yield f"{path} has no message under {parameters.key.replace(_CODE, code)}", Location(path)
            else:
                names[locale] = placeholders(message, parameters.placeholders)
        first = next(iter(names), "")
        for locale, found in names.items():
            if found != names[first]:
                odd = ", ".join(sorted(found ^ names[first]))
                yield f"the messages of {code} differ in {odd} between {first} and {locale}", Location(paths[locale])
