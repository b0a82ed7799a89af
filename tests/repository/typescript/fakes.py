"""Sources in memory, and short ways to read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from prr_pipeline.repository.globs import select
from prr_pipeline.repository.tree import Blob, MissingFile, blob_id_of, path_parts
from prr_pipeline.repository.typescript.code import Code
from prr_pipeline.repository.typescript.module_reader import read_module
from prr_pipeline.repository.typescript.modules import Module

T = TypeVar("T")


class FakeFiles:
    """Path to text, with what was made of it kept, as the sources of an evaluation keep it."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = {path: Blob(path, blob_id_of(text.encode()), text.encode()) for path, text in files.items()}
        self._kept: dict[tuple[str, str], object] = {}

    def exists(self, path: str) -> bool:
        path_parts(path)
        return path in self._files

    def blob(self, path: str) -> Blob:
        if path not in self._files:
            raise MissingFile(path, "fake")
        return self._files[path]

    def paths(self, pattern: str) -> tuple[str, ...]:
        return select(pattern, sorted(self._files))

    def once(self, kind: str, key: str, make: Callable[[], T]) -> T:
        if (kind, key) not in self._kept:
            self._kept[kind, key] = make()
        return self._kept[kind, key]  # type: ignore[return-value]


def code(files: Mapping[str, str]) -> Code:
    """The code of these files."""
    return Code(FakeFiles(files))


def module(source: str | bytes, path: str = "a.ts") -> Module:
    """The module of one source."""
    data = source.encode() if isinstance(source, str) else source
    return read_module(Blob(path, blob_id_of(data), data))
