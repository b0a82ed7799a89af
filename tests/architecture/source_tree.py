"""The files of this project as the architecture tests read them: never imported, only parsed."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("prr_pipeline", "assets", "sensors", "tools", "benchmarks")
"""Folders with code that people run; the tests have looser rules."""

_NOT_OURS = {
    ".git", ".venv", ".prr", ".demo", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache", "node_modules",
    ".import_linter_cache", "__pycache__", "build", "dist",
}  # fmt: skip
_BUILT = ROOT / "tools" / "bin"


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed Python file; ``name`` is its path from the root, with slashes."""

    name: str
    text: str
    tree: ast.Module

    @property
    def length(self) -> int:
        """Lines of the file."""
        return len(self.text.splitlines())

    def imports(self) -> set[str]:
        """Dotted names of everything imported, at whatever place in the file."""
        found = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
        return found

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method, nested ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]

    def calls(self) -> Iterator[tuple[ast.Call, str]]:
        """Every call with the dotted text of what is called."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node, ast.unparse(node.func)


def parse(name: str, text: str) -> Module:
    """A module from text, for tests that plant a fault."""
    return Module(name, text, ast.parse(text, name))


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """The Python files below some folders, sorted by path."""
    paths = [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]
    return tuple(parse(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths)


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, without what tools make: environments, caches, built programs."""
    found = []
    for folder, below, names in os.walk(ROOT):
        here = Path(folder)
        below[:] = sorted(d for d in below if d not in _NOT_OURS and not d.endswith(".egg-info") and here / d != _BUILT)
        found += [here / name for name in sorted(names) if not name.endswith((".pyc", ".log"))]
    return tuple(found)
