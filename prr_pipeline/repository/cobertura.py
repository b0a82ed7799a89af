"""Cobertura XML: counts per file, the classes of one file put together."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.coverage_counts import Counts, FileCoverage, counted
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.xml_tree import Element, read_xml

_OF = re.compile(r"\((\d{1,9})/(\d{1,9})\)")


@dataclass(slots=True)
class _File:
    lines: dict[int, int] = field(default_factory=dict)
    branches: dict[int, Counts] = field(default_factory=dict)
    functions: dict[str, int] = field(default_factory=dict)


def read_cobertura(blob: Blob) -> dict[str, FileCoverage]:
    """File -> counts. Paths are joined to the report's one source folder. Raises `Unreadable`."""
    root = read_xml(blob)
    if root.tag != "coverage":
        raise Unreadable(f"{blob.path} is no Cobertura report: its root is <{root.tag[:40]}>, not <coverage>.")
    sources = [each.text.strip() for part in root.all("sources") for each in part.all("source")]
    base = sources[0].replace("\\", "/") if len(sources) == 1 else ""
    files: dict[str, _File] = {}
    for found in _classes(root):
        name = posixpath.join(base, found.get("filename").replace("\\", "/"))
        if not found.get("filename"):
            raise Unreadable(f"{blob.path} has a class without a filename in line {found.line}.")
        _add(blob.path, files.setdefault(posixpath.normpath(name), _File()), found)
    return {name: _coverage(file) for name, file in files.items()}


def _classes(element: Element) -> Iterator[Element]:
    for child in element.children:
        if child.tag == "class":
            yield child
        elif child.tag in ("packages", "package", "classes"):
            yield from _classes(child)


def _add(path: str, file: _File, found: Element) -> None:
    for part in found.all("lines"):
        for line in part.all("line"):
            number, hits = _number(path, line, "number"), _number(path, line, "hits")
            file.lines[number] = max(file.lines.get(number, 0), hits)
            if line.get("branch").lower() == "true":
                counts = _branches(path, line)
                known = file.branches.get(number, counts)
                file.branches[number] = max(known, counts, key=lambda each: each.covered)
    for part in found.all("methods"):
        for method in part.all("method"):
            ran = [_number(path, line, "hits") for lines in method.all("lines") for line in lines.all("line")]
            key = f"{found.get('name')}.{method.get('name')}{method.get('signature')}"
            file.functions[key] = max([file.functions.get(key, 0), *ran])


def _branches(path: str, line: Element) -> Counts:
    told = _OF.search(line.get("condition-coverage"))
    if told is None or int(told[1]) > int(told[2]):
        raise Unreadable(f"{path} has a branch without a sound condition-coverage in line {line.line}.")
    return Counts(int(told[1]), int(told[2]))


def _number(path: str, element: Element, name: str) -> int:
    text = element.get(name)
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Unreadable(f"{path} has a line whose {name} is {text[:40]!r} in line {element.line}.")
    return int(text)


def _coverage(file: _File) -> FileCoverage:
    branches = None
    for counts in file.branches.values():
        branches = counts if branches is None else branches.plus(counts)
    return FileCoverage(lines=counted(file.lines), branches=branches, functions=counted(file.functions))
