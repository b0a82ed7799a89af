"""Which functions of a client lead to which."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.readiness.client_code import client_code
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.sources import Sources
from tests.readiness.checks.partner import FITBOOK, SRC
from tests.readiness.checks.platform import loop
from tests.readiness.fakes import FakeSnapshot

PATTERN = "integrations/{integration}/src/**/*.{ts,tsx}"


def reaching(files: Mapping[str, str]) -> Reaching:
    """The functions of a client of these files, named without folder and suffix."""
    snapshot = FakeSnapshot({f"{SRC}/{name}.ts": text for name, text in files.items()})
    sources = Sources(snapshot, loop())
    return Reaching(sources, client_code(sources, FITBOOK, PATTERN))


def line(placed: Placed) -> str:
    """A function as ``file:line``."""
    return f"{placed.part.path.removeprefix(SRC + '/').removesuffix('.ts')}:{placed.function.line}"


def first(found: Reaching, at: str) -> Placed:
    """The function that begins in ``file:line``."""
    return next(each for each in found.functions() if line(each) == at)


def test_calls_lead_on_across_files() -> None:
    """The nearest first, each once, in circles too."""
    files = {
        "a": 'import { b } from "./b";\nexport function a() { b(); local(); }\nfunction local() { a(); }',
        "b": 'import { c } from "./c";\nexport const b = () => c();',
        "c": "export function c() {}\nexport function other() {}",
    }
    found = reaching(files)
    assert [line(each) for each in found.reached(first(found, "a:2"))] == ["a:2", "b:2", "a:3", "c:1"]
    assert [line(each) for each in found.leading_to(first(found, "c:1"))] == ["c:1", "a:2", "a:3", "b:2"]


def test_what_is_handed_on_is_reached() -> None:
    """Whoever gets it may call it."""
    found = reaching({"a": "function run() { retry(once, 3); }\nfunction once() {}"})
    assert [line(each) for each in found.reached(first(found, "a:1"))] == ["a:1", "a:2"]


def test_methods_are_found_by_their_class() -> None:
    """Of ``this`` in the same file; of a thing of no told class only if one class has a method of that name."""
    files = {
        "a": "export class A {\n  run() { this.own(); }\n  own() {}\n  twice() {}\n}",
        "b": "export class B {\n  own() {}\n  twice() {}\n  once() {}\n}",
        "c": "function f(thing: unknown) { thing.once(); thing.twice(); }",
    }
    found = reaching(files)
    assert [line(each) for each in found.reached(first(found, "a:2"))] == ["a:2", "a:3"]
    assert [line(each) for each in found.reached(first(found, "c:1"))] == ["c:1", "b:4"]


def test_what_lies_outside_leads_nowhere() -> None:
    """Packages, and what cannot be followed."""
    found = reaching({"a": 'import { go } from "pkg";\nfunction f(g: () => void) { go(); g(); unknown(); }'})
    assert [line(each) for each in found.reached(first(found, "a:2"))] == ["a:2"]
