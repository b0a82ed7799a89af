"""What a hostile repository holds is refused in one sentence, with its place; nothing outside is ever read."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pygit2
import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.readiness.profile import OVERLAY_PATH
from prr_pipeline.repository.snapshot import open_working_tree
from prr_pipeline.repository.tree import BLOB_CAP
from tests.mutations.matter import finished
from tests.repository.conftest import SUBMODULE, GitMaker
from tests.robustness.hostile import BAIT, LINKED, Put, View, build, link, told
from tests.robustness.junk import BOMB

SPEC = "apps/docs/api-reference/openapi.yaml"
RUNBOOKS = "apps/docs/content/docs/runbooks"
RUNBOOK = f"{RUNBOOKS}/grants.mdx"
ROUTE = "apps/api/app/v1/grants/route.ts"
MAP, BOARD = "ops/contexts.yaml", "apps/api/__gates__/slo-board.md"
DEEP = b"[" * 20_000
VIEWS = get_args(View)
_ROUTE = finished().files[ROUTE]

FILES: list[tuple[str, str, str, Put, str]] = [
    ("link to outside", "M21", RUNBOOK, link("../../../../../../../outside.mdx"), f"{RUNBOOK} {LINKED}"),
    ("link to an absolute path", "M21", RUNBOOK, link("/etc/hostname"), f"{RUNBOOK} {LINKED}"),
    ("link to inside", "M21", RUNBOOK, link("shares.mdx"), f"{RUNBOOK} {LINKED}"),
    ("link to itself", "M21", RUNBOOK, link("grants.mdx"), f"{RUNBOOK} {LINKED}"),
    ("link as the specification", "M4", SPEC, link("versions/2026-05-01.yaml"), f"{SPEC} {LINKED}"),
    ("link as an import", "M12", "apps/api/lib/translate.ts", link("gate.ts"), f"apps/api/lib/translate.ts {LINKED}"),
    ("link as tsconfig", "M12", "tsconfig.json", link("package.json"), f"tsconfig.json {LINKED}"),
    ("no UTF-8", "M21", RUNBOOK, b"# Grants \xff\xfe", f"{RUNBOOK} is not UTF-8 (byte 9); save it as UTF-8"),
    ("no UTF-8 in code", "M10", ROUTE, b"export const x = '\xc3';", f"{ROUTE} is not UTF-8"),
    ("NUL in YAML", "M4", SPEC, b"openapi: 3.1.0\0", f"{SPEC} cannot be read: its YAML is broken"),
    ("alias bomb", "M12", MAP, BOMB, f"{MAP} cannot be read: it has more than 200,000 nodes, aliases expanded"),
    ("alias bomb as the specification", "M4", SPEC, BOMB, f"{SPEC} cannot be read: its aliases expand to more than"),
    ("nested YAML", "M12", MAP, DEEP, f"{MAP} cannot be read: it is nested deeper than 64"),
    ("nested JSON", "M12", "package.json", b'{"a":' + DEEP, "package.json cannot be read: "),
    ("tag of code", "M12", MAP, b"!!python/object/apply:os.system [id]", "is not of YAML's core schema"),
    ("repeated key", "M12", MAP, b"a: 1\na: 2\n", "the key 'a' stands twice in one mapping, again in line 2"),
]
REFERENCES: list[tuple[str, str, str, Put, str]] = [
    ("tsconfig paths upward", "M12", "tsconfig.json", b'{"compilerOptions": {"paths": {"@repo/*": ["../../*"]}}}', ""),
    ("tsconfig extends", "M12", "tsconfig.json", b'{"extends": "../../../outside.json"}', ""),
    ("absolute extends", "M12", "tsconfig.json", b'{"extends": "/etc/passwd.json", "compilerOptions": {}}', ""),
    (
        "import upward",
        "M12",
        ROUTE,
        b'import "../../../../../../../outside.mdx";\n' + _ROUTE,
        "names no file of the repository",
    ),
    ("absolute import", "M12", ROUTE, b'import "/etc/passwd";\n' + _ROUTE, "'/etc/passwd' is an absolute path"),
    ("workspace globs", "M12", "package.json", b'{"workspaces": ["../*", "/etc/*"]}', ""),
    ("profile path upward", "M21", OVERLAY_PATH, b'paths: {runbook: "../outside.mdx"}', "has an empty, '.' or '..'"),
    ("absolute profile path", "M21", OVERLAY_PATH, b'paths: {runbook: "/etc/hostname"}', "is absolute; give a plain"),
    (
        "profile path into .git",
        "M21",
        OVERLAY_PATH,
        b'paths: {runbook: ".git/config"}',
        "leads into .git; give a plain",
    ),
]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("number", "path", "put", "words"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_a_hostile_file_is_named_by_the_line_that_needs_it(
    tmp_path: Path, view: View, number: str, path: str, put: Put, words: str
) -> None:
    """The line is unknown, its sentence says which file and why."""
    finding = told(build(tmp_path, {path: put}, view), number)
    assert finding.outcome is Outcome.UNKNOWN
    assert words in finding.message
    assert BAIT not in finding.message


@pytest.mark.parametrize(
    ("number", "path", "put", "words"), [row[1:] for row in REFERENCES], ids=[row[0] for row in REFERENCES]
)
def test_a_reference_that_leads_outside_leads_nowhere(
    tmp_path: Path, number: str, path: str, put: Put, words: str
) -> None:
    """It meets nothing, and what lies there is not read."""
    finding = told(build(tmp_path, {path: put}, "working tree"), number)
    assert finding.outcome is not Outcome.MET or not words
    assert words in finding.message
    assert BAIT not in finding.message


@pytest.mark.parametrize("target", ["../../outside.mdx", "/etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/x"])
def test_a_reference_of_the_specification_stays_in_it(tmp_path: Path, target: str) -> None:
    """Neither a file beside it nor one outside nor an address is fetched."""
    text = finished().files[SPEC].decode()
    spec = text.replace("'#/components/responses/RotationConflict'", f"'{target}'")
    finding = told(build(tmp_path, {SPEC: spec.encode()}, "commit"), "M5")
    assert finding.outcome is Outcome.UNKNOWN
    assert f"{SPEC} holds the reference {target!r}; only those within it (#/...) are followed" in finding.message


@pytest.mark.parametrize(("number", "path"), [("M21", RUNBOOKS), ("M21", RUNBOOK), ("M4", SPEC)])
def test_a_submodule_is_not_entered(tmp_path: Path, number: str, path: str) -> None:
    """Neither as a file nor as a folder on the way to one."""
    finding = told(build(tmp_path, {path: (SUBMODULE, "")}, "commit"), number)
    assert finding.outcome is Outcome.UNKNOWN
    assert "is a submodule; only regular files are read" in finding.message


@pytest.mark.parametrize(("view", "size"), [("commit", 100 * 2**20), ("working tree", 100 * 2**20)])
def test_a_file_of_100_mb_is_never_read_into_memory(tmp_path: Path, view: View, size: int) -> None:
    """Known by its header or its size alone; the process that judges it grows by less than a third of it."""
    snapshot = build(tmp_path, {}, view)
    root = tmp_path / "repository"
    large = root / "large" if view == "commit" else root / RUNBOOK
    with large.open("wb") as stream:
        stream.truncate(size)
    if view == "commit":
        _commit_blob(root, RUNBOOK, large)
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(root), view], capture_output=True, text=True, timeout=120, check=True
    )
    *said, grown_kib = done.stdout.strip().split("|")
    assert said == [f"{RUNBOOK} has {size:,} bytes; at most {BLOB_CAP:,} are read."]
    assert int(grown_kib) < 32 * 1024
    assert snapshot.label


_MEASURE = """
import resource, sys
from pathlib import Path
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.snapshot import open_commit, open_working_tree

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

opened = (open_commit if sys.argv[2] == "commit" else open_working_tree)(Path(sys.argv[1]))
opened.read("apps/docs/content/docs/runbooks/shares.mdx")
before = peak()
try:
    opened.read("apps/docs/content/docs/runbooks/grants.mdx")
except Unreadable as fault:
    print(fault, peak() - before, sep="|")
"""


def _commit_blob(root: Path, path: str, source: Path) -> None:
    """Commit a file from the disk by streaming it into the repository."""
    git = GitMaker(root)
    index = pygit2.Index()
    index.read_tree(git.repository[git.repository.head.target].tree)
    index.add(pygit2.IndexEntry(path, git.repository.create_blob_fromdisk(str(source)), pygit2.enums.FileMode.BLOB))
    source.unlink()
    git.commit_tree(str(index.write_tree(git.repository)))


@pytest.mark.parametrize("make", ["fifo", "socket", "folder"])
def test_what_is_no_file_on_the_disk_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: str) -> None:
    """A FIFO would block for ever; the line says that nothing is there, or what is."""
    build(tmp_path, {}, "working tree")
    root = tmp_path / "repository"
    _track(root)
    (root / RUNBOOK).unlink()
    if make == "fifo":
        os.mkfifo(root / RUNBOOK)
    elif make == "folder":
        (root / RUNBOOK).mkdir()
    else:
        server = socket.socket(socket.AF_UNIX)
        monkeypatch.chdir(root)
        server.bind(RUNBOOK)
        server.close()
    finding = told(open_working_tree(root), "M21")
    assert finding.outcome in (Outcome.UNKNOWN, Outcome.UNMET)
    assert RUNBOOK in finding.message


def _track(root: Path) -> None:
    """Put everything into the index: git lists no untracked FIFO."""
    repository = pygit2.Repository(str(root))
    repository.index.add_all()
    repository.index.write()


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("twin", [f"{RUNBOOKS}/GRANTS.mdx", f"{RUNBOOKS.upper()}/grants.mdx"])
def test_a_file_with_a_twin_is_refused(tmp_path: Path, view: View, twin: str) -> None:
    """Which of the two a checkout holds depends on the disk."""
    finding = told(build(tmp_path, {twin: b"# Another"}, view), "M21")
    assert finding.outcome is Outcome.UNKNOWN
    assert f"{RUNBOOK} differs from {twin} by case or accents alone; rename or remove" in finding.message


@pytest.mark.parametrize("view", VIEWS)
def test_a_twin_of_accents_is_one_too_and_other_files_are_read(tmp_path: Path, view: View) -> None:
    """Composed and decomposed forms are one name on some disks."""
    snapshot = build(tmp_path, {"docs/caf\u00e9.md": b"a", "docs/cafe\u0301.md": b"b", "docs/tea.md": b"c"}, view)
    with pytest.raises(Unreadable, match="by case or accents alone"):
        snapshot.read("docs/caf\u00e9.md")
    assert snapshot.blob_id("docs/cafe\u0301.md") is None
    assert snapshot.read("docs/tea.md").data == b"c"


def test_a_name_with_a_line_break_is_listed_and_never_read(tmp_path: Path) -> None:
    """Nothing else suffers from it, and no report is broken by it."""
    name = f"{RUNBOOKS}/a\nb.mdx"
    snapshot = build(tmp_path, {name: b"# Injected"}, "working tree")
    assert name in snapshot.paths(f"{RUNBOOKS}/*")
    with pytest.raises(Unreadable, match="holds a backslash, NUL or control character"):
        snapshot.read(name)
    assert told(snapshot, "M21").outcome is Outcome.MET
