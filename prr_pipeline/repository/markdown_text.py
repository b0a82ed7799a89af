"""Prepares Markdown and MDX: front matter apart, and what no reader sees blanked out, line numbers kept."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.markup import load_yaml
from prr_pipeline.repository.tree import Blob

_FENCE = re.compile(r"[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(`{3,}|~{3,})([^\n]*)")
_HIDDEN = (("<!--", "-->"), ("{/*", "*/}"), ("<script", "</script>"), ("<style", "</style>"))
_TAGS_ONLY = re.compile(r"(?:\s*</?(?:[A-Za-z][^<>]*)?>)+\s*")
_TICKS = re.compile(r"`+")
_CODE_OR_HIDDEN = re.compile(r"`+|<!--|\{/\*|<script\b|<style\b")


def split_front_matter(path: str, text: str) -> tuple[Mapping[str, Any], list[str]]:
    """The metadata, and the lines of the text with those of the front matter left empty.

    Raises `Unreadable` for text that opens front matter but has no readable metadata.
    """
    lines = text.split("\n")
    first = lines[0].rstrip()
    if first == "+++":
        raise Unreadable(f"{path} has TOML front matter; write it as YAML between two lines of ---.")
    if not first.startswith("---"):
        return {}, lines
    closing = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), None)
    if first != "---" or closing is None:
        raise Unreadable(f"{path} starts with --- but its front matter has no closing line of ---.")
    source = "\n".join(["", *lines[1:closing]])
    metadata = load_yaml(Blob(f"The front matter of {path}", "", source.encode()))
    if not isinstance(metadata, dict) or not metadata:
        raise Unreadable(f"{path} starts with --- but holds no metadata there (key: value).")
    return metadata, [""] * (closing + 1) + lines[closing + 1 :]


@dataclass(frozen=True, slots=True)
class Visible:
    """The lines as a reader sees them; ``tags`` holds (line from 1, text) of lines that were nothing but tags."""

    lines: tuple[str, ...]
    tags: tuple[tuple[int, str], ...]


def blank_hidden(lines: list[str], mdx: bool) -> Visible:
    """Leave out comments, scripts and styles, in MDX imports and exports too; code stays.

    Lines of tags alone are set apart, so that what follows them directly is parsed as after an empty line.
    """
    blanker = _Blanker(mdx)
    visible = blanker.run(lines)
    return Visible(tuple(visible), tuple(blanker.tags))


class _Blanker:
    def __init__(self, mdx: bool) -> None:
        self._mdx = mdx
        self._fence = ""
        self._until = ""
        self._module = False
        self._after_blank = True
        self._last_close: dict[str, int] = {}
        self.tags: list[tuple[int, str]] = []

    def run(self, lines: list[str]) -> list[str]:
        for index, line in enumerate(lines):
            self._last_close.update({close: index for _, close in _HIDDEN if close in line})
        return [self._line(index, line) for index, line in enumerate(lines)]

    def _line(self, index: int, line: str) -> str:
        if self._fence:
            mark = line.strip().lstrip("> ")
            if mark.startswith(self._fence) and not mark.strip(self._fence[0]):
                self._fence = ""
            return line
        if not self._until:
            opened = _FENCE.match(line)
            if opened and not (opened[1][0] == "`" and "`" in opened[2]):
                self._fence = opened[1]
                return line
            if self._mdx and self._is_module(line):
                return ""
        visible = self._visible(index, line)
        if _TAGS_ONLY.fullmatch(visible):
            self.tags.append((index + 1, visible))
            return ""
        return visible

    def _is_module(self, line: str) -> bool:
        """Whether the line belongs to an import or export, which starts a block and lasts until an empty line."""
        starts = self._after_blank and line.startswith(("import ", "export "))
        self._after_blank = not line.strip()
        self._module = not self._after_blank and (self._module or starts)
        return self._module

    def _visible(self, index: int, line: str) -> str:
        out: list[str] = []
        closes = {close: line.rfind(close) for _, close in _HIDDEN}
        runs: dict[int, list[int]] = {}
        for run in _TICKS.finditer(line):
            runs.setdefault(len(run[0]), []).append(run.start())
        at = 0
        while at < len(line):
            if self._until:
                end = line.find(self._until, at)
                if end < 0:
                    break
                at, self._until = end + len(self._until), ""
                continue
            mark = _CODE_OR_HIDDEN.search(line, at)
            end = mark.start() if mark else len(line)
            out.append(line[at:end])
            if mark is None:
                break
            at = _code_end(mark, runs) if mark[0][0] == "`" else mark.end()
            if mark[0][0] == "`" or not self._hides(mark, index, closes):
                out.append(line[mark.start() : at])
        return "".join(out)

    def _hides(self, mark: re.Match[str], index: int, closes: Mapping[str, int]) -> bool:
        """Whether something hidden starts here; what is never closed hides nothing."""
        close = dict(_HIDDEN)[mark[0]]
        if self._last_close.get(close, -1) > index or closes[close] >= mark.end():
            self._until = close
        return bool(self._until)


def _code_end(ticks: re.Match[str], runs: dict[int, list[int]]) -> int:
    """The end of the inline code that a run of backticks opens; of the run itself if no equal one follows."""
    starts = runs.get(len(ticks[0]), [])
    following = bisect_right(starts, ticks.start())
    return starts[following] + len(ticks[0]) if following < len(starts) else ticks.end()
