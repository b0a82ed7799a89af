"""Survey a repository: which profile fits, what else it shows, and which keys lines still wait for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.conventions.document_places import document_places
from prr_pipeline.readiness.conventions.fits import PLAIN, is_there, places
from prr_pipeline.readiness.conventions.seen import Seen, Tool
from prr_pipeline.readiness.conventions.service_layout import Layout, common, service_files, service_layout
from prr_pipeline.readiness.conventions.spec_words import spec_words, tag_slugs
from prr_pipeline.readiness.conventions.specifications import Found, Specifications, specifications
from prr_pipeline.readiness.conventions.tools import tools
from prr_pipeline.readiness.conventions.tree import Tree
from prr_pipeline.readiness.discovery import LISTED_BY
from prr_pipeline.readiness.parameters import is_reference
from prr_pipeline.readiness.profile import DECLARED, Profile

_TAGS = {
    "v*": re.compile(r"v[0-9]"),
    "*@*": re.compile(r"[^/]+@v?[0-9]"),
    "*/v*": re.compile(r"[^@]+/v[0-9]"),
}
"""The globs of release tags, and the tags that show them."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What was seen beside the base profile. ``notes``: sentences about what could not be taken."""

    seen: tuple[Seen, ...]
    tools: tuple[Tool, ...]
    notes: tuple[str, ...]


def survey(tree: Tree, base: Profile, tags: Sequence[str] = ()) -> Survey:
    """Everything that the repository shows and ``base`` does not say yet. ``tags``: the names of git's tags."""
    layout = service_layout(tree)
    specs = specifications(tree)
    there = {key for key, pattern in places(base) if is_there(tree, pattern)}
    seen: dict[str, Seen] = {}
    for one in _everything(tree, layout, specs, tags):
        if one.key not in there and _is_news(one, base):
            seen.setdefault(one.key, one)
    return Survey(tuple(seen.values()), tuple(tools(tree)), (*specs.notes, *_others(layout, specs)))


def _is_news(one: Seen, base: Profile) -> bool:
    """Whether the base leaves it open. One that fits is believed: only places of its that are not there are found."""
    known = base.value(one.key)
    if base.basis.get(one.key) == DECLARED or known == one.value:
        return False
    return base.name == PLAIN or (known is not None and one.key.startswith("paths."))


def waited_for(catalogue: Catalogue, profile: Profile) -> dict[str, int]:
    """The keys that are not declared, to how many lines wait for each: of the kinds that can be listed.

    Of a kind that cannot, the one key that lists it.
    """
    found: Counter[str] = Counter()
    for kind, listing in LISTED_BY.items():
        lines = catalogue.lines_for(kind)
        if profile.value(listing) is None:
            found[listing] += len(lines)
            continue
        for line in lines:
            found.update({key for key in _needed(line.parameters) if profile.value(key) is None})
    return dict(found)


def _everything(tree: Tree, layout: Layout | None, specs: Specifications, tags: Sequence[str]) -> Iterator[Seen]:
    main = _main(layout, specs)
    if main is not None:
        yield Seen("paths.openapi", main.path, f"{main.path}, {main.operations} operations")
        yield from _versions(tree, main)
    if layout is not None:
        yield from service_files(tree, layout)
        yield from _descriptions(tree, layout, specs)
    yield from document_places(tree, layout, tag_slugs(specs.found))
    yield from spec_words(main, specs.found)
    released = {pattern: tag for pattern, form in _TAGS.items() for tag in tags if form.match(tag)}
    if released:
        yield Seen("deploy.tags", list(released), f"the tag {next(iter(released.values()))}")


def _main(layout: Layout | None, specs: Specifications) -> Found | None:
    """The description of the whole: the largest that is no service's, or the only one that there is."""
    named = [one for one in specs.found if one.operations]
    own = [one for one in named if not _is_below(one, layout)]
    candidates = own or (named if len(specs.found) == 1 else [])
    return max(candidates, key=lambda one: (one.operations, -one.path.count("/")), default=None)


def _is_below(one: Found, layout: Layout | None) -> bool:
    return layout is not None and one.path.startswith(f"{layout.parent}/")


def _descriptions(tree: Tree, layout: Layout, specs: Specifications) -> Iterator[Seen]:
    below = (one.path.removeprefix(f"{layout.parent}/") for one in specs.found)
    tails = Counter(path.partition("/")[2] for path in below if path.partition("/")[0] in layout.names and "/" in path)
    found = common(tree, layout, [tail for tail, _ in tails.most_common()])
    if found is not None:
        yield Seen("paths.service_openapi", f"{layout.template}/{found[0]}", found[1])


def _versions(tree: Tree, main: Found) -> Iterator[Seen]:
    folder, _, name = main.path.rpartition("/")
    suffix = name[name.rindex(".") :]
    pattern = f"{folder}/versions/*{suffix}" if folder else f"versions/*{suffix}"
    if found := tree.matching(pattern):
        yield Seen("paths.openapi_previous", pattern.replace("*", "{version}"), found[0])


def _others(layout: Layout | None, specs: Specifications) -> Iterator[str]:
    main = _main(layout, specs)
    rest = [one for one in specs.found if one is not main]
    aside = [one for one in rest if not _is_below(one, layout)]
    if main is None:
        for one in aside:
            yield f"{one.path} has no operation with an operationId; give each one, unique in the document."
    elif aside:
        named = ", ".join(f"{one.path} ({one.operations})" for one in aside[:5])
        yield f"{len(aside)} more OpenAPI documents lie beside {main.path}, which has the most operations: {named}."


def _needed(parameters: object) -> Iterator[str]:
    """Every profile key that a line cannot do without, composites included."""
    if isinstance(parameters, dict):
        if is_reference(parameters):
            if not parameters.get("optional"):
                yield str(parameters["profile"])
            return
        for item in parameters.values():
            yield from _needed(item)
    elif isinstance(parameters, list | tuple):
        for item in parameters:
            yield from _needed(item)
