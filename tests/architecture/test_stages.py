"""Assets and sensors stay thin: a stage says what it shows and when it runs, and leaves the work to control."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import Module, modules, parse

MAX_LINES = 60
MAX_STATEMENTS = 15
MAY_USE = ("control", "orchestration", "reports", "errors", "subjects")
"""Modules of prr_pipeline that a stage may import."""

STAGES = modules("assets", "sensors")


def faults(module: Module) -> Iterator[str]:
    """What makes a stage too thick."""
    if module.length > MAX_LINES:
        yield f"{module.name} has {module.length} lines; {MAX_LINES} is the limit"
    for function in module.functions():
        count = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 1
        if count > MAX_STATEMENTS:
            yield f"{module.name}: {function.name} has {count} statements; {MAX_STATEMENTS} is the limit"
    for name in sorted(module.imports()):
        parts = name.split(".")
        if parts[0] == "prr_pipeline" and (len(parts) < 2 or parts[1] not in MAY_USE):
            yield f"{module.name} imports {name}; only {', '.join(MAY_USE)} are for stages"


def test_there_are_stages() -> None:
    """The rules below look at real files."""
    assert {"assets/exposure.py", "sensors/alerts.py"} <= {module.name for module in STAGES}


def test_every_stage_is_thin() -> None:
    """At most 60 lines, 15 statements per function, and nothing below control."""
    assert [fault for module in STAGES for fault in faults(module)] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = 1\n" * 61, "61 lines"),
        ("def stage():\n" + "    x = 1\n" * 16, "16 statements"),
        ("from prr_pipeline.flags.backend import flag_backend\n", "imports prr_pipeline.flags.backend.flag_backend"),
        ("import prr_pipeline.ledger.store\n", "imports prr_pipeline.ledger.store"),
        ("from prr_pipeline import control\n", ""),
    ],
    ids=["long", "full function", "adapter", "plain import", "allowed"],
)
def test_a_thick_stage_is_found(text: str, words: str) -> None:
    """Each limit is noticed one past it, and what is allowed is not."""
    found = list(faults(parse("assets/planted.py", text)))
    assert (words in found[0]) if words else found == []


def test_every_asset_and_sensor_names_no_default_of_its_own() -> None:
    """A stage reads no environment and no file: everything it needs comes in as the resource ``work``."""
    for module in STAGES:
        assert not {name.split(".")[0] for name in module.imports()} & {"os", "pathlib", "io", "subprocess", "json"}
