"""Elements of a client's pages: which component of which package one renders, and whether anybody can use it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prr_pipeline.readiness.client_code import ClientCode, Part, is_named, original
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Expression, Member, Name, Other, Record, Text, dotted
from prr_pipeline.repository.typescript.fragments import Element
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.repository.typescript.resolution import File

_HOPS = 8
_OFF = ("hidden", "inert")
_HIDING = {"display": ("none",), "visibility": ("hidden",), "opacity": ("0",), "pointerEvents": ("none",)}
_HIDING_CLASSES = frozenset(("hidden", "invisible", "d-none", "pointer-events-none"))
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
    """Whether a person may come to see an element, and use it: neither it nor what it stands in is in a part that never
    runs, hidden or switched off for good."""
    if any(start <= element.start < end for start, end in part.fragments.unreached):
        return False
    if "disabled" in element.attributes and _is_on(element.attributes["disabled"]):
        return False
    around = (each for each in part.fragments.elements if each.start < element.start < each.end)
    return not _is_hidden(element) and not any(_is_hidden(each) or _is_idle(each) for each in around)


def _is_hidden(element: Element) -> bool:
    """Whether nobody sees an element, or can use it, whatever happens."""
    given = element.attributes
    if any(name in given and _is_on(given[name]) for name in _OFF):
        return True
    classes = next((each for name in ("className", "class") if (each := given.get(name)) is not None), None)
    words = (classes.value or "").split() if isinstance(classes, Text) else ()
    if _HIDING_CLASSES & set(words) and not any(":" in word for word in words):
        return True
    style = given.get("style")
    said = ((key, style.get(key)) for key in _HIDING) if isinstance(style, Record) else ()
    return any(_said(value) in _HIDING[key] for key, value in said if value is not None)


def _is_idle(element: Element) -> bool:
    """Whether what stands in an element is never shown, or never answers a click."""
    tag, given = dotted(element.tag), element.attributes
    if tag == "fieldset":
        return "disabled" in given and _is_on(given["disabled"])
    return tag == "template" or (tag == "dialog" and "open" in given and _said(given["open"]) == "false")


def _said(value: Expression | None) -> str:
    if isinstance(value, Text):
        return value.value or ""
    return value.source if isinstance(value, Other) else ""


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
