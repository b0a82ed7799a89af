"""Build the sample monorepo as a git repository with a history: fixed people and dates, hence fixed commit ids.

Usage: python examples/matter/make_repository.py TARGET_DIR
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

SOURCE = Path(__file__).resolve().parent / "src"
SPEC = "apps/docs/api-reference/openapi.yaml"
BOARD = "apps/api/__gates__/slo-board.md"
LEGACY = "apps/api/app/v1/transfers/route.ts"
FROZEN = "apps/docs/api-reference/versions/2026-05-01.yaml"


class CannotBuild(Exception):
    """Why the repository was not built, in one sentence."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An earlier state of a file: the final text of ``source`` without some parts, each from one mark up to another."""

    path: str
    source: str
    cuts: tuple[tuple[str, str], ...] = ()

    def text(self) -> bytes:
        text = (SOURCE / self.source).read_text(encoding="utf-8")
        for start, stop in self.cuts:
            before, found, rest = text.partition(start)
            _, end, after = rest.partition(stop)
            if not found or not end:
                raise CannotBuild(
                    f"{self.source} has no part from {start!r} to {stop!r}; mend the draft of {self.path}."
                )
            text = before + end + after
        return text.encode()


@dataclass(frozen=True, slots=True)
class Step:
    """One commit. ``paths`` are globs; a file enters in its final state with the last step that names it."""

    on: str
    author: str
    subject: str
    paths: tuple[str, ...] = ()
    drafts: tuple[Draft, ...] = ()

    @property
    def seconds(self) -> int:
        return int(datetime.fromisoformat(f"{self.on}T09:30:00").replace(tzinfo=UTC).timestamp())


HISTORY = (
    Step("2026-04-20", "ines", "Bring the API into one repository", ("*",)),
    Step("2026-04-27", "lena", "Write the specification before the code", drafts=(Draft(SPEC, FROZEN),)),
    Step("2026-05-01", "lena", "Freeze the minor 2026-05-01", (FROZEN,)),
    Step("2026-05-06", "amara", "Compose the middleware pipeline", ("apps/api/*",)),
    Step("2026-05-12", "jonas", "Form entities", ("*/entity-*", "apps/api/app/v1/entities/route.ts")),
    Step(
        "2026-05-19",
        "mara",
        "Grant equity, issue and transfer shares",
        (
            "packages/equity-service/*",
            "apps/api/app/v1/grants/*",
            "apps/api/app/v1/entities/*/share_issuances/*",
            "apps/api/app/v1/entities/*/cap_table/*",
            "apps/api/lib/vesting-schedule.ts",
            "apps/api/lib/share-math.ts",
            "apps/api/lib/page-cursor.ts",
        ),
        (
            Draft(
                LEGACY,
                LEGACY,
                (("const RETIREMENT", "\n/** legacyTransfer */"), ("    for (const [name", "    return response")),
            ),
        ),
    ),
    Step(
        "2026-05-26",
        "tobias",
        "File documents and annual reports, rotate signing keys",
        (
            "packages/documents-service/*",
            "packages/compliance-service/*",
            "packages/authority-service/*",
            "apps/api/app/v1/documents/*",
            "apps/api/app/v1/entities/*/annual_reports/*",
            "apps/api/app/v1/signing_keys/*",
            "apps/api/lib/document-limits.ts",
            "apps/api/lib/filing-deadline.ts",
            "apps/api/lib/key-overlap.ts",
        ),
    ),
    Step(
        "2026-06-10",
        "lena",
        "Open the minor 2026-06-10: transfers by certificate, recipient e-mail",
        ("apps/api/app/v1/share_transfers/*", LEGACY, "apps/docs/rfcs/*"),
        (Draft(SPEC, SPEC, (("  /reports/annual:\n", "components:\n"),)),),
    ),
    Step(
        "2026-06-16",
        "amara",
        "Model the threats of grants, shares, filings and keys",
        (
            "apps/docs/content/docs/security/*",
            "apps/docs/content/docs/process/*",
            "apps/api/lib/soc2-controls.ts",
            "apps/api/lib/pii-*",
        ),
    ),
    Step(
        "2026-06-24",
        "felix",
        "Write the runbooks and the SLO board",
        ("apps/docs/content/docs/runbooks/*", "apps/api/lib/runbook-registry.ts"),
        (Draft(BOARD, BOARD, (("| reports/annual.v2", "| rotateSigningKey"),)),),
    ),
    Step(
        "2026-07-08",
        "lena",
        "Document every error and how to get things done",
        (
            "apps/docs/content/docs/errors/*",
            "apps/docs/content/docs/api/*",
            "apps/docs/content/docs/cookbook/*",
            "apps/api/i18n/*",
        ),
    ),
    Step(
        "2026-07-22",
        "noor",
        "Test the routes, the invariants and the walls between tenants",
        ("apps/api/__tests__/*", "apps/api/__contracts__/*", "packages/*/__tests__/*", "packages/testing/*"),
    ),
    Step(
        "2026-09-15",
        "tobias",
        "Read annual reports in the order of the form, serve the API over MCP",
        (
            SPEC,
            "apps/api/app/v1/reports/*",
            "apps/api/lib/report-sections.ts",
            BOARD,
            "apps/docs/content/docs/runbooks/reports.mdx",
            "apps/mcp/*",
        ),
    ),
    Step(
        "2026-10-22",
        "felix",
        "Record the drills, watch for drift, hold the cost budgets under load",
        ("apps/api/lib/chaos-cadence.ts", "apps/api/__gates__/*.gate.ts", "apps/api/load/*"),
    ),
    Step("2026-10-29", "mara", "Plan the way of createGrant and issueShares to everybody", ("ops/rollouts/*",)),
)


def make_repository(target: Path) -> str:
    """Build the repository at ``target``, branch ``main`` checked out, and return the id of its head commit.

    The id depends on `SOURCE` and `HISTORY` alone, not on the machine, its clock or the user's git settings.
    Raises `CannotBuild` if ``target`` holds anything, or if git is missing or fails.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CannotBuild(f"{target} is not an empty folder; name one that is empty or does not exist yet.")
    target.mkdir(parents=True, exist_ok=True)
    _git(target, "init", "--quiet", "--template=", "--object-format=sha1", "--initial-branch=main")
    _git(target, "fast-import", "--quiet", feed=b"".join(_stream()))
    _git(target, "reset", "--quiet", "--hard", "main")
    return _git(target, "rev-parse", "HEAD").decode().strip()


def _stream() -> Iterator[bytes]:
    """The history in the language of git fast-import."""
    enters = {path: _last_step(path) for path in source_paths()}
    for number, step in enumerate(HISTORY):
        who = f"{step.author.capitalize()} <{step.author}@matter.example> {step.seconds} +0000"
        yield f"commit refs/heads/main\nauthor {who}\ncommitter {who}\n".encode() + _data(step.subject.encode())
        for draft in step.drafts:
            yield _file(draft.path, draft.text())
        for path, last in enters.items():
            if last == number:
                yield _file(path, (SOURCE / path).read_bytes())


def source_paths() -> list[str]:
    """The paths of the finished monorepo, in order."""
    return sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*") if path.is_file())


def _last_step(path: str) -> int:
    return max(number for number, step in enumerate(HISTORY) if any(fnmatchcase(path, glob) for glob in step.paths))


def _file(path: str, content: bytes) -> bytes:
    return f"M 100644 inline {path}\n".encode() + _data(content)


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


def main(arguments: list[str]) -> int:
    """Build the sample into the folder named; returns the exit code."""
    if len(arguments) != 1:
        print("usage: make_repository.py TARGET_DIR", file=sys.stderr)
        return 2
    try:
        print(make_repository(Path(arguments[0])))
    except CannotBuild as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
