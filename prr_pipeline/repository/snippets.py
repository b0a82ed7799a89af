"""Code fences of documents: does a snippet parse in the language that its fence names?"""

from __future__ import annotations

from functools import lru_cache

from ast_grep_py import SgRoot

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob, blob_id_of
from prr_pipeline.repository.typescript.source import parse_source

_SOURCES = {"ts": "ts", "typescript": "ts", "tsx": "tsx", "js": "js", "javascript": "js", "mjs": "js", "node": "js",
            "jsx": "jsx"}  # fmt: skip
"""Fences that are TypeScript or JavaScript, and the suffix that stands for their grammar."""
_GRAMMARS = {
    "bash": "bash", "sh": "bash", "shell": "bash", "c": "c", "cpp": "cpp", "c++": "cpp", "cs": "csharp",
    "csharp": "csharp", "elixir": "elixir", "ex": "elixir", "go": "go", "golang": "go", "java": "java", "json": "json",
    "kotlin": "kotlin", "kt": "kotlin", "php": "php", "py": "python", "python": "python", "rb": "ruby", "ruby": "ruby",
    "rs": "rust", "rust": "rust", "scala": "scala", "swift": "swift",
}  # fmt: skip
LANGUAGES = frozenset((*_SOURCES, *_GRAMMARS))
"""The fence names whose code can be parsed here."""
SNIPPET_CAP = 2**16
"""Longest snippet that is parsed, in characters."""


@lru_cache(maxsize=512)
def snippet_fault(text: str, language: str) -> str | None:
    """What keeps a snippet from being pasted, as the end of a sentence about it; None if nothing does.

    Lines count from 1 in the snippet. Raises `KeyError` for a language that is not in `LANGUAGES`.
    """
    if len(text) > SNIPPET_CAP:
        return f"has more than {SNIPPET_CAP:,} characters"
    if language in _SOURCES:
        return _source_fault(text, _SOURCES[language])
    root = SgRoot(text.rstrip("\n") + "\n", _GRAMMARS[language]).root()
    if all("comment" in node.kind() for node in root.children() if node.text().strip()):
        return "holds no code"
    if root.kind() == "ERROR":
        return "does not parse"
    broken = root.find(kind="ERROR")
    made_up = (node for node in root.find_all(regex="^$") if node.is_leaf() and node.kind() != root.kind())
    broken = broken or next(made_up, None)
    return f"does not parse at its line {broken.range().start.line + 1}" if broken is not None else None


def _source_fault(text: str, suffix: str) -> str | None:
    blob = Blob(f"snippet.{suffix}", blob_id_of(text.encode()), text.encode())
    try:
        root = parse_source(blob)
    except Unreadable as fault:
        return "does not parse" + (f" at its line {str(fault).partition(' in line ')[2].partition(';')[0]}")
    if all(node.kind() == "comment" for node in root.children()):
        return "holds no code"
    return None
