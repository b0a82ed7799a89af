"""How the sample monorepos get a history: steps of commits with fixed people and dates, hence fixed commit ids."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path


class CannotBuild(Exception):
    """Why the repository was not built, in one sentence."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An earlier state of a file: the final text of ``source`` without some parts, each from one mark up to another.

    ``swaps``: pieces of the final text, and what stood there before.
    """

    path: str
    source: str
    cuts: tuple[tuple[str, str], ...] = ()
    swaps: tuple[tuple[str, str], ...] = ()

    def text(self, folder: Path) -> bytes:
        """The earlier state. Raises `CannotBuild` where the final text has no such part."""
        text = (folder / self.source).read_text(encoding="utf-8")
        for start, stop in self.cuts:
            before, found, rest = text.partition(start)
            _, end, after = rest.partition(stop)
            if not found or not end:
                raise CannotBuild(
                    f"{self.source} has no part from {start!r} to {stop!r}; mend the draft of {self.path}."
                )
            text = before + end + after
        for now, then in self.swaps:
            if now not in text:
                raise CannotBuild(f"{self.source} does not hold {now!r}; mend the draft of {self.path}.")
            text = text.replace(now, then)
        return text.encode()


@dataclass(frozen=True, slots=True)
class Step:
    """One commit, tagged or not. ``paths`` are globs; a file enters finally with the last step that names it."""

    on: str
    author: str
    subject: str
    paths: tuple[str, ...] = ()
    drafts: tuple[Draft, ...] = ()
    tag: str | None = None

    @property
    def seconds(self) -> int:
        """When it was made, since the epoch."""
        return int(datetime.fromisoformat(f"{self.on}T09:30:00").replace(tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class History:
    """The files of a sample and the commits that brought them; ``domain`` is that of its authors' addresses."""

    source: Path
    domain: str
    steps: tuple[Step, ...]

    def build(self, target: Path) -> str:
        """Build the repository at ``target``, branch ``main`` checked out, and return the id of its head commit.

        The id depends on the files and the steps alone, not on the machine, its clock or the user's git settings.
        Raises `CannotBuild` if ``target`` holds anything, or if git is missing or fails.
        """
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise CannotBuild(f"{target} is not an empty folder; name one that is empty or does not exist yet.")
        target.mkdir(parents=True, exist_ok=True)
        _git(target, "init", "--quiet", "--template=", "--object-format=sha1", "--initial-branch=main")
        _git(target, "fast-import", "--quiet", feed=b"".join(self._stream()))
        _git(target, "reset", "--quiet", "--hard", "main")
        return _git(target, "rev-parse", "HEAD").decode().strip()

    def files_at(self, tag: str) -> Mapping[str, bytes]:
        """Every file of a tagged step by its path. Raises `CannotBuild` for an unknown tag."""
        files: dict[str, bytes] = {}
        for number, step in enumerate(self.steps):
            files.update(self._changes(number))
            if step.tag == tag:
                return files
        raise CannotBuild(f"No step has the tag {tag}.")

    def paths(self) -> list[str]:
        """The paths of the finished monorepo, in order."""
        found = (path for path in self.source.rglob("*") if path.is_file())
        return sorted(path.relative_to(self.source).as_posix() for path in found)

    def main(self, arguments: list[str]) -> int:
        """Build the sample into the folder named; returns the exit code."""
        if len(arguments) != 1:
            print("usage: make_repository.py TARGET_DIR", file=sys.stderr)
            return 2
        try:
            print(self.build(Path(arguments[0])))
        except CannotBuild as error:
            print(error, file=sys.stderr)
            return 1
        return 0

    def _stream(self) -> Iterator[bytes]:
        """The history in the language of git fast-import."""
        for number, step in enumerate(self.steps):
            who = f"{step.author.capitalize()} <{step.author}@{self.domain}> {step.seconds} +0000"
            head = f"commit refs/heads/main\nmark :{number + 1}\nauthor {who}\ncommitter {who}\n"
            yield head.encode() + _data(step.subject.encode())
            for path, content in self._changes(number):
                yield f"M 100644 inline {path}\n".encode() + _data(content)
            if step.tag is not None:
                yield f"reset refs/tags/{step.tag}\nfrom :{number + 1}\n\n".encode()

    def _changes(self, number: int) -> Iterator[tuple[str, bytes]]:
        for draft in self.steps[number].drafts:
            yield draft.path, draft.text(self.source)
        for path in self.paths():
            if self._last(path) == number:
                yield path, (self.source / path).read_bytes()

    def _last(self, path: str) -> int:
        named = (at for at, step in enumerate(self.steps) if any(fnmatchcase(path, glob) for glob in step.paths))
        return max(named)


def _data(content: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(content), content)


def _git(folder: Path, *arguments: str, feed: bytes = b"") -> bytes:
    """Run git as if nobody had configured it, so that no hook, filter or setting takes part."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
    command = ["git", "-c", "core.autocrlf=false", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, input=feed, env=clean, capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise CannotBuild("git was not found on PATH; install it and try again.") from None
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip()
        raise CannotBuild(f"git {arguments[0]} failed in {folder}: {reason[:300]}") from None
