"""Elements of a client's pages: which component of which package one renders, and whether anybody can use it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prr_pipeline.readiness.client_code import ClientCode, Part, is_named, original
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Expression, Member, Name, Other, Record, Text
from prr_pipeline.repository.typescript.fragments import Element
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.repository.typescript.resolution import File

_HOPS = 8
_OFF = ("disabled", "hidden")
_HIDING = {"display": "none", "visibility": "hidden"}
_CREATORS = ("createElement", "jsx", "jsxs")


def rendered(code: ClientCode) -> Iterator[tuple[Part, Element]]:
    """Every element, also those that ``createElement(Tag, ...)`` makes."""
    for part in code.parts.values():
        for element in part.fragments.elements:
            yield part, element
        for site in part.module.calls:
            if is_named(original(part, site.callee), _CREATORS) and site.call.arguments:
                yield part, Element(site.call.arguments[0], {}, site.line, site.start)


def is_usable(part: Part, element: Element) -> bool:
    """Whether a person may come to see an element, and use it: it is in no part that never runs, hidden or switched
    off for good."""
    if any(start <= element.start < end for start, end in part.fragments.unreached):
        return False
    if any(name in element.attributes and _is_on(element.attributes[name]) for name in _OFF):
        return False
    style = element.attributes.get("style")
    said = ((key, style.get(key)) for key in _HIDING) if isinstance(style, Record) else ()
    return not any(isinstance(value, Text) and value.value == _HIDING[key] for key, value in said)


def _is_on(value: Expression | None) -> bool:
    """Whether an attribute is set whatever happens: ``disabled``, ``disabled={true}``."""
    return value is None or (isinstance(value, Other) and value.source == "true") or isinstance(value, Text)


def is_component(
    sources: Sources, code: ClientCode, part: Part, tag: Expression, package: str, names: Collection[str]
) -> bool:
    """Whether a tag stands for one of a package's components, through imports and re-exports of the client."""
    if isinstance(tag, Member) and isinstance(tag.object, Name):
        bound = part.module.imported(tag.object.name)
        return bound is not None and bound[1] == "*" and _is_of(bound[0].specifier, package) and tag.name in names
    return isinstance(tag, Name) and _comes_from(sources, code, part.module, tag.name, package, names, _HOPS)


def _comes_from(
    sources: Sources, code: ClientCode, module: Module, name: str, package: str, names: Collection[str], hops: int
) -> bool:
    bound, exported = module.imported(name), module.exports.get(name)
    leads = [(bound[0].specifier, bound[1])] if bound is not None else []
    if exported is not None and not leads:
        if exported.specifier is None and exported.name != name and hops:
            return _comes_from(sources, code, module, exported.name, package, names, hops - 1)
        leads = [(exported.specifier, exported.name)] if exported.specifier is not None else []
    if not leads and name not in module.definitions:
        leads = [(star.specifier or "", name) for star in module.star_exports]
    for specifier, there in leads:
        if _is_of(specifier, package):
            return there in names or (there == "default" and specifier.rpartition("/")[2] in names)
        target = sources.code().resolve(module.path, specifier)
        inner = code.parts.get(target.path) if isinstance(target, File) else None
        if inner is not None and hops and _comes_from(sources, code, inner.module, there, package, names, hops - 1):
            return True
    return False


def _is_of(specifier: str, package: str) -> bool:
    return specifier == package or specifier.startswith(f"{package}/")
