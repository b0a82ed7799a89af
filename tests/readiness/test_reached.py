"""What a handler calls: functions of the repository, and calls that lead nobody knows where."""

from __future__ import annotations

from prr_pipeline.readiness.reached import Reached, functions_named, reached_from
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.repository.typescript.pipelines import Handler
from tests.readiness.checks.platform import loop
from tests.readiness.fakes import FakeSnapshot

MAIN = "services/care/src/main.ts"


def reached(body: str, **files: str) -> Reached:
    """From a function ``handle`` with that body; other files by name (``other`` is ``other.ts``)."""
    beside = {f"services/care/src/{name}.ts": text for name, text in files.items()}
    sources = Sources(FakeSnapshot({MAIN: f"{body}", **beside}), loop())
    function = sources.code().module(MAIN).definitions["handle"]
    assert isinstance(function, Function)
    return reached_from(sources, Handler(MAIN, function), {"publish"})


def names(found: Reached) -> list[str]:
    """The names of the functions, in order."""
    return [each.function.name or "" for each in found.functions]


def test_calls_are_followed_through_files_classes_and_what_is_passed_on() -> None:
    """By import, by ``this``, by an object that a constructor made, and by name."""
    other = """
    export class Grants {
      create() { this.check(); return run(work); }
      check() { return 1; }
      unused() { return 2; }
    }
    function work() { return 3; }
    export const grants = new Grants();
    """
    found = reached('import { grants } from "./other";\nfunction handle(c) { return grants.create(); }', other=other)
    assert names(found) == ["handle", "create", "check", "work"]


def test_a_circle_ends() -> None:
    """Each function is entered once."""
    found = reached("function handle() { return again(); }\nfunction again() { return handle(); }")
    assert names(found) == ["handle", "again"]
    assert found.open == ()


def test_a_name_that_stops_is_not_entered() -> None:
    """What publishing does inside is no concern of who publishes."""
    found = reached("function handle() { publish(1); }\nfunction publish() { deep(); }\nfunction deep() {}")
    assert names(found) == ["handle"]


def test_what_a_package_makes_runs_nothing_of_ours() -> None:
    """Neither its functions nor the objects that they make."""
    found = reached(
        'import { drizzle } from "drizzle";\nimport { db } from "./other";\nfunction handle() { drizzle(); db.go(); }',
        other='import { drizzle } from "drizzle";\nexport const db = drizzle();',
    )
    assert found.open == ()


def test_open_calls_tell_whether_anything_can_be_read_there() -> None:
    """A parameter may be anything of that name; an import that leads nowhere hides all."""
    found = reached('import { gone } from "./gone";\nfunction handle(c) {\n  c.create();\n  gone();\n}')
    assert [(each.name, each.line, each.gone) for each in found.open] == [("create", 3, False), ("gone", 4, True)]


def test_a_chain_that_is_too_long_is_told() -> None:
    """Nothing is taken for followed that was not."""
    chain = "\n".join(f"function f{i}() {{ return f{i + 1}(); }}" for i in range(10))
    found = reached(f"function handle() {{ return f0(); }}\n{chain}\nfunction f10() {{}}")
    assert len(found.functions) == 7
    assert [(each.gone, each.why) for each in found.open] == [(True, "it leads through too many calls")]


def test_functions_are_found_by_what_they_are_called_or_set_to() -> None:
    """Methods, constants, and members of what a factory returns."""
    code = """
    export class Grants { create() {} remove = async () => 1; }
    export const make = () => ({ close: async () => 2, "open": function () {}, plain() {} });
    """
    sources = Sources(FakeSnapshot({MAIN: code, "services/care/src/bad.ts": "export const ("}), loop())
    named = functions_named(sources, "services/care/src/**/*.ts")
    assert {"create", "remove", "make", "close", "open", "plain"} <= set(named)
    assert [each.path for each in named["close"]] == [MAIN]
