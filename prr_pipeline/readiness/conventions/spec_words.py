"""Which words do the OpenAPI documents use: extensions, schemes, headers, tags?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from prr_pipeline.readiness.conventions.seen import Seen
from prr_pipeline.readiness.conventions.specifications import Found
from prr_pipeline.readiness.sources import slug

_PREFIX = re.compile(r"(x-[a-z0-9]+-)[a-z]")
_IDEMPOTENCY = re.compile(r"(x-)?idempotency-?key\Z", re.IGNORECASE)
_MATURITY = re.compile(r"x-(.+-)?(maturity|stability|lifecycle)\Z", re.IGNORECASE)
_WIDE = 3
"""A prefix that so many extensions have is a house's own."""


def tag_slugs(found: Iterable[Found]) -> frozenset[str]:
    """What operations are of, as their first tags say."""
    return frozenset(slug(tag) for one in found for tag in _first_tags(one) if slug(tag))


def spec_words(main: Found | None, all_found: Iterable[Found]) -> Iterator[Seen]:
    """Conventions of the main document, and the security scheme of all."""
    documents = list(all_found)
    if main is not None:
        names = _extensions(main)
        prefixes = Counter(match[1] for name in names if (match := _PREFIX.match(name)))
        if prefixes and (best := prefixes.most_common(1)[0])[1] >= _WIDE:
            yield Seen("spec.extension_prefix", best[0], f"{main.path}, {best[1]} extensions")
        if maturity := sorted(name for name in names if _MATURITY.fullmatch(name)):
            yield Seen("spec.maturity_extension", maturity[0], main.path)
    yield from _schemes(documents)
    yield from _headers(documents)


def _schemes(documents: Iterable[Found]) -> Iterator[Seen]:
    for one in documents:
        schemes = _mapping(_mapping(one.spec.document.get("components")).get("securitySchemes"))
        for name, scheme in sorted(schemes.items()):
            if _mapping(scheme).get("type") in ("oauth2", "openIdConnect"):
                yield Seen("scopes.security_scheme", name, one.path)
                return


def _headers(documents: Iterable[Found]) -> Iterator[Seen]:
    for one in documents:
        for name in _header_names(one):
            if _IDEMPOTENCY.match(name):
                yield Seen("routes.idempotency_header", name, one.path)
                return


def _header_names(one: Found) -> Iterator[str]:
    shared = _mapping(_mapping(one.spec.document.get("components")).get("parameters")).values()
    own = (item for op in one.spec.operations.values() for item in _listed(op.data.get("parameters")))
    for parameter in (*shared, *own):
        name = _mapping(parameter).get("name")
        if _mapping(parameter).get("in") == "header" and isinstance(name, str):
            yield name


def _extensions(one: Found) -> frozenset[str]:
    return frozenset(key for op in one.spec.operations.values() for key in op.data if key.startswith("x-"))


def _first_tags(one: Found) -> Iterator[str]:
    for operation in one.spec.operations.values():
        tags = _listed(operation.data.get("tags"))
        if tags and isinstance(tags[0], str):
            yield tags[0]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
