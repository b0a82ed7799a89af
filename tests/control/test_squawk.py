"""Linting migrations with the real squawk: nothing is hidden from it, and nothing broken passes for clean."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.control.squawk import FILES_CAP, VERSION, find_program, gather_migrations, lint, with_migrations
from prr_pipeline.control.squawk_reading import ignoring_in, read_findings
from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.migration_facts import LintedMigration, MigrationAbsent, MigrationLint
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.noted_facts import FactMarks
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.readiness.release_facts import BaseAbsent, BaseFact
from prr_pipeline.repository.tree import Blob, blob_id_of
from tests.readiness.fakes import NOW, FakeSnapshot

DROP = "ALTER TABLE t DROP COLUMN a;"
LOOP = load_profile("loop")


def blob(text: str | bytes, path: str = "0001.sql") -> Blob:
    data = text if isinstance(text, bytes) else text.encode()
    return Blob(path, blob_id_of(data), data)


def linted(text: str | bytes, tools: Path | None = None) -> LintedMigration | MigrationAbsent:
    given = blob(text)
    found = lint([given], tools)
    assert isinstance(found, MigrationLint), found
    return found.files[given.id]


def rules(text: str) -> list[tuple[str, int]]:
    found = linted(text)
    assert isinstance(found, LintedMigration)
    return [(each.rule, each.line) for each in found.findings if not each.rule.startswith(("require-", "prefer-"))]


def program(folder: Path, script: str) -> Path:
    """A stand-in for squawk."""
    folder.mkdir(exist_ok=True)
    (folder / "squawk").write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo squawk {folder} && exit\n{script}\n')
    (folder / "squawk").chmod(0o755)
    return folder


def test_the_program_of_the_wheel_is_found_without_a_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies beside the Python that runs, whether or not PATH knows."""
    monkeypatch.setenv("PATH", "")
    assert find_program() is not None
    found = lint([blob(DROP)])
    assert isinstance(found, MigrationLint)
    assert found.tool == f"squawk {VERSION}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (DROP, [("ban-drop-column", 1)]),
        ("-- é\n\nALTER TABLE t\n  ADD COLUMN b int,\n  DROP COLUMN a;", [("ban-drop-column", 5)]),
        ("CREATE TABLE t (a int);\nCREATE INDEX i ON t (a);", []),
        ("CREATE INDEX CONCURRENTLY i ON t (a);", []),
        ("create index\n concurrently i on t (a); DROP TABLE u;", [("ban-drop-table", 2)]),
        ("", []),
        ("-- nothing", []),
    ],
)
def test_findings_have_the_lines_of_the_file_from_1(text: str, found: list[tuple[str, int]]) -> None:
    """An index built concurrently is not blamed for a transaction that its file does not have."""
    assert rules(text) == found


@pytest.mark.parametrize(
    "comment",
    [
        "-- squawk-ignore ban-drop-column\n",
        "-- squawk-ignore\n",
        "-- squawk-ignore-file\n",
        "/* squawk-ignore ban-drop-column, ban-drop-table */ ",
        "--squawk-ignore-file ban-drop-column\n",
    ],
)
def test_a_comment_hides_nothing_and_is_reported_itself(comment: str) -> None:
    """The finding is there all the same, at its own line."""
    found = linted(comment + DROP)
    assert isinstance(found, LintedMigration)
    assert ("ban-drop-column", comment.count("\n") + 1) in [(each.rule, each.line) for each in found.findings]
    assert [each.line for each in found.ignoring] == [1]
    assert "squawk-ignore" in found.ignoring[0].text


def test_a_migration_without_such_a_comment_ignores_nothing() -> None:
    """The list is empty, not unknown."""
    assert ignoring_in(DROP.encode()) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELEC 1;", "cannot read the migration: line 1"),
        (b"\xff\xfe" + DROP.encode(), "is not UTF-8"),
        (DROP + "\0", "NUL character"),
        ("-- " + "x" * (4 * 2**20), "at most 4,194,304 are linted"),
    ],
)
def test_a_file_that_cannot_be_read_is_unknown_and_stops_no_other(text: str | bytes, said: str) -> None:
    """Each file is judged by itself."""
    bad, good = blob(text, "bad.sql"), blob(DROP, "good.sql")
    found = lint([bad, good])
    assert isinstance(found, MigrationLint)
    absent = found.files[bad.id]
    assert isinstance(absent, MigrationAbsent)
    assert absent.reason is Reason.UNREADABLE
    assert said in absent.message
    assert isinstance(found.files[good.id], LintedMigration)


def test_a_configuration_around_the_folder_is_not_obeyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither that of a folder above nor that of the caller's own."""
    (tmp_path / ".squawk.toml").write_text('excluded_rules = ["ban-drop-column"]\n')
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert rules("ALTER TABLE u DROP COLUMN a;") == [("ban-drop-column", 1)]


def test_without_the_program_the_way_out_is_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A tool that is absent is no clean run."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    found = lint([blob(DROP)])
    assert isinstance(found, MigrationAbsent)
    assert found.reason is Reason.TOOL_ABSENT
    assert f"pip install squawk-cli=={VERSION}" in found.message


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", "wrote nothing"),
        ("exit 1", "wrote nothing"),
        ("echo boom >&2; exit 2", "(2: boom)"),
        ("echo '{}'", "no list of findings"),
        ("echo nonsense", "cannot be read"),
        ("""echo '[{"file":"other.sql","line":0,"rule_name":"r","message":"m"}]'""", "it was not given"),
        ("""echo '[{"file":"00000.sql","line":"0","rule_name":"r","message":"m"}]'""", "without file, line, rule"),
        ("""echo '[{"file":"00000.sql","line":0,"message":"m"}]'""", "without file, line, rule"),
    ],
)
def test_an_answer_of_another_form_is_no_clean_run(tmp_path: Path, script: str, said: str) -> None:
    """Empty output, a failure and half a finding are unknown."""
    found = lint([blob(DROP)], program(tmp_path / "bin", script))
    assert isinstance(found, MigrationAbsent)
    assert found.reason is Reason.UNREADABLE
    assert said in found.message


def test_equal_contents_are_asked_about_once(tmp_path: Path) -> None:
    """What was said of a blob by this version is remembered; one call serves many files."""
    tools = program(tmp_path / "bin", f"echo $# >> {tmp_path}/calls; echo '[]'")
    first, second = blob("SELECT 1;"), blob("SELECT 2;", "0002.sql")
    lint([first, second, blob("SELECT 1;", "copy.sql")], tools)
    lint([second], tools)
    assert (tmp_path / "calls").read_text().split() == ["7"]


def test_the_private_folder_is_gone_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written into the repository, and nothing stays."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    linted("SELECT 3;")
    assert list(tmp_path.iterdir()) == []


FILES = {"services/identity/drizzle/0000.sql": "CREATE TABLE t (a int);", "services/jobs/drizzle/0000.sql": DROP}


def test_the_migrations_of_all_services_are_gathered_but_those_of_the_base() -> None:
    """By the profile's path; what was released has run already."""
    head = FakeSnapshot({**FILES, "services/identity/src/x.sql": "SELEC", "README.md": ""})
    found = gather_migrations(head, LOOP, None)
    assert isinstance(found, MigrationLint)
    assert set(found.files) == {blob_id_of(text.encode()) for text in FILES.values()}
    base = FakeSnapshot({"services/identity/drizzle/0000.sql": FILES["services/identity/drizzle/0000.sql"]})
    new = gather_migrations(head, LOOP, base)
    assert isinstance(new, MigrationLint)
    assert set(new.files) == {blob_id_of(DROP.encode())}


@pytest.mark.parametrize(
    ("base", "linted_too"),
    [
        (None, None),
        (BaseAbsent("No tag is a release.", Reason.NO_BASELINE), None),
        (BaseAbsent("This is the first release.", None), {"identity", "jobs"}),
        (BaseFact("v1", "2" * 40, FakeSnapshot({"services/identity/drizzle/0000.sql": "CREATE TABLE t (a int);"})),
         {"jobs"}),
    ],
)  # fmt: skip
def test_only_what_is_new_since_the_base_of_the_facts_is_linted(
    base: BaseFact | BaseAbsent | None, linted_too: set[str] | None
) -> None:
    """Where nobody knows what is new, nothing is run; at the first release everything is."""
    found = with_migrations(Facts(now=NOW, base=base), FakeSnapshot(FILES), LOOP).migrations
    ids = {blob_id_of(text.encode()): path.split("/")[1] for path, text in FILES.items()}
    assert (None if found is None else {ids[each] for each in found.files}) == linted_too  # type: ignore[union-attr]


def test_the_facts_of_migrations_have_a_plain_form_to_be_compared_by() -> None:
    """A verdict is remembered as long as the linter says the same."""
    lint = gather_migrations(FakeSnapshot(FILES), LOOP, None)
    one, other = (FactMarks(Facts(now=NOW, migrations=each)).of("fact", "migrations") for each in (lint, None))
    assert one != other
    assert one == FactMarks(Facts(now=NOW, migrations=gather_migrations(FakeSnapshot(FILES), LOOP, None))).of(
        "fact", "migrations"
    )


def test_a_profile_without_migrations_has_none_to_gather() -> None:
    """Then nothing is run."""
    assert gather_migrations(FakeSnapshot(FILES), load_profile("matter"), None) is None


def test_too_many_migrations_are_unknown_before_one_is_read() -> None:
    """The way out is a later base."""
    many = {f"services/identity/drizzle/{at}.sql": "" for at in range(FILES_CAP + 1)}
    found = gather_migrations(FakeSnapshot(many), LOOP, None)
    assert isinstance(found, MigrationAbsent)
    assert "name a later base" in found.message


def test_no_findings_are_only_believed_of_files_that_were_given() -> None:
    """A list without rows says that each of them is clean."""
    assert read_findings(b"[]", ("a.sql",)) == {"a.sql": LintedMigration(())}
    with pytest.raises(Unreadable):
        read_findings(b" \n", ("a.sql",))
