"""Where do pages, calendars, tests and the like lie, beside the services?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.readiness.conventions.seen import Seen
from prr_pipeline.readiness.conventions.service_layout import Layout
from prr_pipeline.readiness.conventions.tree import Tree, first

_ONE_FILE: Mapping[str, Sequence[str]] = {
    "paths.threat_model": ("**/threat-model.{md,mdx}", "**/threat_model.{md,mdx}", "**/THREAT_MODEL.md"),
    "paths.slo_board": ("**/slo-board.{md,mdx}", "**/slo.md", "**/slos.md", "**/SLO.md"),
    "paths.on_call_rota": ("**/*on-call*.ics", "**/*oncall*.ics", "**/*rota*.ics"),
    "paths.freeze_calendar": ("**/*freeze*.ics",),
    "paths.sst_config": ("sst.config.ts",),
    "paths.context_map": ("**/contexts.yaml", "**/contexts.yml"),
}
"""Keys that name one file: it is named as it lies there."""
_GLOBS: Mapping[str, Sequence[str]] = {
    "paths.changesets": (".changeset/*.md",),
    "paths.load_scripts": ("**/k6/**/*.{js,ts}", "**/artillery/**/*.{yml,yaml}", "**/load/**/*.{js,ts,yml,yaml}"),
    "paths.integration": ("integrations/*/integration.yaml",),
    "paths.route_handlers": ("**/app/**/route.ts", "**/*.routes.ts", "src/routes/**/*.ts"),
}
"""Keys that are globs, narrowed to the folder in which everything lies that they match."""
_SLUG = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*\Z")
_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+\Z")
_LOCALE = re.compile(r"[a-z]{2}(-[A-Z]{2})?\Z")
_NARROWED = 3
"""Leading folders of a glob that are written out when all matches share them, up to a folder that it names itself."""


def document_places(tree: Tree, layout: Layout | None, kinds: frozenset[str]) -> Iterator[Seen]:
    """Places by key. ``kinds``: the slugs of the specification's tags, which runbooks may be called by."""
    for key, patterns in _ONE_FILE.items():
        if (found := first(tree, patterns)) is not None:
            yield Seen(key, found[1], found[1])
    for key, patterns in _GLOBS.items():
        if (found := first(tree, patterns)) is not None:
            glob = _narrowed(found[0], tree.matching(found[0]))
            yield Seen(key, glob.replace("*", "{integration}", 1) if key == "paths.integration" else glob, found[1])
    yield from _tests(tree)
    yield from _runbooks(tree, layout, kinds)
    yield from _error_pages(tree)
    yield from _catalogs(tree)


def _tests(tree: Tree) -> Iterator[Seen]:
    found = first(tree, ("**/*.test.{ts,tsx}", "**/*.spec.{ts,tsx}", "**/*.test.{js,jsx}"))
    if found is not None:
        yield Seen("paths.test_files", _narrowed(found[0], tree.matching(found[0])), found[1])


def _runbooks(tree: Tree, layout: Layout | None, kinds: frozenset[str]) -> Iterator[Seen]:
    """A folder of runbooks whose pages are called like services, or like the tags of operations."""
    services = frozenset(layout.names if layout else ())
    for folder, suffix, stems in _folders(tree, "runbooks", "runbook"):
        for key, word, names in (("paths.service_runbook", "service", services), ("paths.runbook", "kind", kinds)):
            if known := sorted(stems & names):
                yield Seen(key, f"{folder}/{{{word}}}{suffix}", f"{folder}/{known[0]}{suffix}")


def _error_pages(tree: Tree) -> Iterator[Seen]:
    for folder, suffix, stems in _folders(tree, "errors", "error-codes"):
        if codes := sorted(stem for stem in stems if _CODE.match(stem)):
            yield Seen("paths.error_page", f"{folder}/{{code}}{suffix}", f"{folder}/{codes[0]}{suffix}")


def _catalogs(tree: Tree) -> Iterator[Seen]:
    """A folder with a message catalog per language."""
    found: dict[str, set[str]] = {}
    for path in tree.matching("**/{locales,i18n,translations}/**/*.json"):
        folder, _, name = path.rpartition("/")
        if _LOCALE.match(name.removesuffix(".json")):
            found.setdefault(folder, set()).add(name.removesuffix(".json"))
    for folder, locales in sorted(found.items()):
        if len(locales) > 1:
            yield Seen("paths.i18n_registry", f"{folder}/{{locale}}.json", f"{folder}/{min(locales)}.json")
            yield Seen("customer.locales", sorted(locales), folder)
            return


def _folders(tree: Tree, *names: str) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Folders of pages by one of these names: the folder, the pages' usual suffix, and their stems."""
    for name in names:
        pages: dict[str, list[str]] = {}
        for path in tree.matching(f"**/{name}/*.{{md,mdx}}"):
            folder, _, page = path.rpartition("/")
            pages.setdefault(folder, []).append(page)
        for folder, found in sorted(pages.items()):
            suffix = Counter(page[page.rindex(".") :] for page in found).most_common(1)[0][0]
            stems = frozenset(page.removesuffix(suffix) for page in found if page.endswith(suffix))
            yield folder, suffix, frozenset(stem for stem in stems if _SLUG.match(stem))


def _narrowed(pattern: str, paths: Sequence[str]) -> str:
    """The glob with the leading folders written out that all matches share, where it starts anywhere."""
    if not pattern.startswith("**/"):
        return pattern
    anchor = pattern.removeprefix("**/").partition("/")[0] if pattern.count("/") > 1 else ""
    shared: list[str] = []
    for parts in zip(*(path.split("/")[:-1] for path in paths), strict=False):
        if len(set(parts)) > 1 or parts[0] == anchor or len(shared) == (_NARROWED if anchor else 1):
            break
        shared.append(parts[0])
    if not shared:
        return pattern
    rest = pattern.removeprefix("**/") if anchor and _follows(paths, len(shared), anchor) else pattern
    return "/".join([*shared, rest])


def _follows(paths: Sequence[str], depth: int, anchor: str) -> bool:
    return all(path.split("/")[depth] == anchor for path in paths)
