"""The error codes that an operation can answer with: in the taxonomy, and each with a page of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.pattern_texts import PatternText
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.repository.patterns import configured
from prr_pipeline.subjects import Subject, encode_id

Source = Literal["schema", "examples"]


class ErrorCodesHavePages(Parameters):
    """``page``: a path with ``{code}``. ``pages_without_code``: whether a page that no operation needs is unmet."""

    codes_from: list[Source]
    pattern: PatternText
    families: list[str] | None = None
    code_without_family: Literal["allow", "refuse"] = "allow"
    page: str
    min_words: int = 0
    pages_without_code: Literal["report", "unmet"] = "report"


@check("error_codes_have_pages", ErrorCodesHavePages)
def error_codes_have_pages(
    sources: Sources, _facts: Facts, subject: Subject, parameters: ErrorCodesHavePages
) -> Finding:
    """Each code of the 4xx and 5xx responses follows the taxonomy and has a page that is no stub."""
    operation = sources.operation(subject)
    codes = codes_of(sources, operation, parameters.codes_from)
    pages = {code: parameters.page.replace("{code}", encode_id(code)) for code in codes}
    judged = digest(
        [sources.subject_digest(subject), {code: sources.snapshot.blob_id(page) for code, page in pages.items()}]
    )
    here = Location(operation.spec.path, operation.line)
    if not codes:
        message = f"{subject.name} declares no error codes; give the `code` of its 4xx and 5xx responses an enum."
        return unknown(Reason.NO_EVIDENCE, message, judged, [here])
    orphans = _pages_without_code(sources, parameters)
    wrong = list(_faults(sources, pages, orphans, here, parameters))
    values = {"codes": list(codes), "pages_without_code": list(orphans)}
    if wrong:
        return unmet(
            f"{subject.name}: {listed([text for text, _ in wrong])}.", judged, [place for _, place in wrong], **values
        )
    return met(
        f"All {len(codes)} error codes are in the taxonomy and documented.",
        judged,
        [Location(p) for p in pages.values()],
        **values,
    )


def _faults(
    sources: Sources, pages: Mapping[str, str], orphans: Sequence[str], here: Location, parameters: ErrorCodesHavePages
) -> Iterator[tuple[str, Location]]:
    for code, page in pages.items():
        yield from ((fault, here) for fault in _taxonomy_faults(code, parameters))
        yield from ((fault, Location(page)) for fault in _page_faults(sources, code, page, parameters))
    if parameters.pages_without_code == "unmet":
        yield from ((f"the page of {code} belongs to no operation", here) for code in orphans)


def _taxonomy_faults(code: str, parameters: ErrorCodesHavePages) -> Iterator[str]:
    if not configured(parameters.pattern).fullmatch(code):
        yield f"the code {code!r} does not follow the pattern {parameters.pattern}"
    families = parameters.families
    in_family = families is None or any(code == name or code.startswith(f"{name}_") for name in families)
    if not in_family and parameters.code_without_family == "refuse":
        yield f"the code {code!r} is in no family ({', '.join(families or ())})"


def _page_faults(sources: Sources, code: str, page: str, parameters: ErrorCodesHavePages) -> Iterator[str]:
    if not sources.exists(page):
        yield f"the code {code} has no page {page}"
        return
    words = sources.document(page).words
    if words < parameters.min_words:
        yield f"the page {page} is a stub ({words} of at least {parameters.min_words} words)"


def _pages_without_code(sources: Sources, parameters: ErrorCodesHavePages) -> tuple[str, ...]:
    """Codes that have a page and that no operation of the spec declares."""
    before, _, after = parameters.page.partition("{code}")

    def find() -> tuple[str, ...]:
        spec = sources.spec()
        declared = {encode_id(c) for o in spec.operations.values() for c in codes_of(sources, o, parameters.codes_from)}
        paths = sources.paths(f"{before}*{after}")
        return tuple(sorted({path.removeprefix(before).removesuffix(after) for path in paths} - declared))

    return sources.once("pages without code", parameters.page, find)


def codes_of(sources: Sources, operation: Operation, codes_from: Sequence[Source]) -> tuple[str, ...]:
    """The error codes of an operation's 4xx and 5xx responses, sorted."""
    return sources.once(
        f"codes {codes_from}", operation.operation_id, lambda: tuple(sorted(set(_found(operation, codes_from))))
    )


def _found(operation: Operation, codes_from: Sequence[Source]) -> Iterator[str]:
    references = operation.spec.references
    for status, written in mapping(operation.data.get("responses")).items():
        if not str(status).upper().startswith(("4", "5")):
            continue
        response, at = references.resolve(written, f"{operation.pointer}/responses/{status}")
        for media in mapping(mapping(response).get("content")).values():
            part = mapping(references.resolve(media, at)[0])
            if "schema" in codes_from:
                yield from _in_schema(references, part.get("schema"), set())
            if "examples" in codes_from:
                yield from _in_examples(references, part)


def _in_schema(references: Any, schema: object, seen: set[str]) -> Iterator[str]:
    """``enum`` or ``const`` of the property ``code``, through references and combinations, once each."""
    resolved, pointer = references.resolve(schema, "")
    if pointer in seen:
        return
    seen |= {pointer} - {""}
    parts = mapping(resolved)
    code = mapping(references.resolve(mapping(parts.get("properties")).get("code"), "")[0])
    listed_codes = code.get("enum")
    yield from (
        c for c in [*(listed_codes if isinstance(listed_codes, list) else ()), code.get("const")] if isinstance(c, str)
    )
    for word in ("allOf", "oneOf", "anyOf"):
        combined = parts.get(word)
        for part in combined if isinstance(combined, list) else ():
            yield from _in_schema(references, part, seen)


def _in_examples(references: Any, media: Any) -> Iterator[str]:
    named = [mapping(references.resolve(e, "")[0]).get("value") for e in mapping(media.get("examples")).values()]
    for example in (media.get("example"), *named):
        code = mapping(example).get("code")
        if isinstance(code, str):
            yield code
