"""`prr check --format --output`: each form, for one subject and for all, into files that are whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import sys
import threading
import xml.etree.ElementTree as ET
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.commands import check_output
from prr_pipeline.commands.report_file import Format, written_to
from prr_pipeline.errors import PrrError
from tests.commands.town import Town, git, prr

NEW = ("sarif", "junit", "github", "html")


@pytest.fixture(autouse=True)
def _no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may themselves run in a job of GitHub."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)


class Bar:
    """Stands in place of stdout, as a progress bar on the same terminal does, and passes on what it does not know."""

    def __init__(self, under: TextIOWrapper) -> None:
        self.under = under
        self.seen: list[str] = []

    def write(self, text: str) -> int:
        """Seen, so that the bar can be drawn below it."""
        self.seen.append(text)
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.under, name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_json_goes_past_the_text_of_stdout_alone(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    """After what was written before; a bar sees all of it, and an encoding of another kind is kept."""
    out = TextIOWrapper(BytesIO(), encoding=encoding)
    monkeypatch.setattr(sys, "stdout", out)
    out.write("first ")
    check_output._past_text()(b"second")
    out.flush()
    assert out.buffer.getvalue().decode(encoding) == "first second"  # type: ignore[attr-defined]
    bar = Bar(out)
    monkeypatch.setattr(sys, "stdout", bar)
    check_output._past_text()(b"third")
    assert bar.seen == ["third"]


@pytest.mark.parametrize("subject", ["createGrant", "--all"])
@pytest.mark.parametrize("form", Format)
def test_a_file_holds_what_stdout_would(town: Town, tmp_path: Path, form: str, subject: str) -> None:
    """In every form; stdout is then empty, and the exit code is the same."""
    plain = town.prr("check", subject, "--format", form)
    file = tmp_path / "report"
    said = town.prr("check", subject, "--format", form, "--output", str(file))
    assert (said.code, said.out) == (plain.code, "")
    assert file.read_text("utf-8") == plain.out
    assert [path.name for path in tmp_path.glob(".report*")] == []


def test_sarif_names_commit_repository_and_the_page_of_each_line(town: Town) -> None:
    """The remote is shown without its password."""
    git(town.mono, "remote", "add", "origin", "https://bot:s3cret@code.example/mono.git")
    said = town.prr(
        "check", "--all", "--commit", "main", "--format", "sarif", "--docs-url", "https://docs.example/prr"
    )  # fmt: skip
    [run] = said.data["runs"]
    [provenance] = run["versionControlProvenance"]
    assert provenance["repositoryUri"] == "https://code.example/mono.git"
    assert provenance["revisionId"] == git(town.mono, "rev-parse", "main")
    assert {item["properties"]["subject"] for item in run["results"]} == {
        "operation listGrants", "operation createGrant", "operation getTable",
    }  # fmt: skip
    assert all(
        rule["helpUri"].startswith("https://docs.example/prr/docs/lines/") for rule in run["tool"]["driver"]["rules"]
    )
    assert "s3cret" not in said.out


def test_a_finding_without_a_place_stands_in_the_specification(town: Town) -> None:
    """Code hosts show only what has a place."""
    [run] = town.prr("check", "createGrant", "--format", "sarif").data["runs"]
    places = [item["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for item in run["results"]]
    assert "api/openapi.yaml" in places


def parsed(text: str) -> ET.Element:
    """The root of an XML document."""
    return ET.fromstring(text.encode("utf-8"))  # noqa: S314


def test_junit_has_a_suite_per_subject(town: Town) -> None:
    """In the specification's order."""
    root = parsed(town.prr("check", "--all", "--format", "junit").out)
    assert [suite.attrib["name"] for suite in root] == [
        "operation listGrants", "operation createGrant", "operation getTable",
    ]  # fmt: skip


def test_in_a_job_the_summary_goes_to_the_end_of_its_file(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What other commands of the step wrote stays; --output goes elsewhere."""
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    said = town.prr("check", "createGrant", "--format", "github")
    assert (said.code, said.out) == (2, "")
    text = summary.read_text("utf-8")
    assert text.startswith("# Before\n## ❔ Production readiness: not known")
    assert "Production readiness" in town.prr("check", "createGrant", "--format", "github", "--output", "-").out
    assert town.prr("check", "createGrant", "--format", "markdown").out
    assert summary.read_text("utf-8") == text


def test_a_full_summary_takes_no_more_than_the_service_does(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the step wrote before counts."""
    summary = tmp_path / "summary.md"
    summary.write_text("x" * (1024 * 1024 - 6000))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    town.prr("check", "--all", "--format", "github")
    assert summary.stat().st_size < 1024 * 1024
    assert "**Cut here:**" in summary.read_text("utf-8")


def test_all_of_nothing_is_a_whole_document_in_each_form(town: Town) -> None:
    """A specification without operations breaks no reader."""
    (town.mono / "api" / "openapi.yaml").write_text("openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\n")
    for form in NEW:
        assert town.prr("check", "--all", "--format", form).code == 0
    assert town.prr("check", "--all", "--format", "sarif").data["runs"][0]["results"] == []
    assert len(parsed(town.prr("check", "--all", "--format", "junit").out)) == 0


def _fail_half_way() -> None:
    print("half")
    raise KeyError


def test_a_fault_leaves_the_old_file_as_it_was(town: Town, tmp_path: Path) -> None:
    """A report that could not be made replaces nothing, and leaves no half of itself."""
    file = tmp_path / "report.json"
    file.write_text("old")
    assert town.prr("check", "createGrnt", "--json", "--output", str(file)).code == 3
    assert file.read_text() == "old"
    with pytest.raises(KeyError), written_to(file, Format.JSON):
        _fail_half_way()
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.glob(".report*")] == []


@pytest.mark.parametrize("name", ["missing/report.json", "."], ids=["no folder", "a folder"])
def test_a_file_that_cannot_be_written_is_one_sentence(town: Town, name: str) -> None:
    """It names the file as it was given."""
    said = town.prr("check", "createGrant", "--json", "--output", name)
    assert said.code == 3
    assert "cannot be written to" in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_a_wrong_address_of_the_documentation_is_one_sentence(town: Town) -> None:
    """It would become a link that people click."""
    said = town.prr("check", "createGrant", "--format", "html", "--docs-url", "javascript:alert(1)")
    assert (said.code, said.out) == (3, "")
    assert "--docs-url" in said.err


def test_a_full_disk_is_told_and_other_faults_are_not_blamed_on_the_file(tmp_path: Path) -> None:
    """What is judged meanwhile reads files too."""
    file = tmp_path / "report"
    with pytest.raises(PrrError, match="No space left"), written_to(file, Format.JSON):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with pytest.raises(FileNotFoundError), written_to(file, Format.JSON):
        (tmp_path / "else").read_text()
    assert not file.exists()


def test_a_link_stays_a_link_and_a_pipe_a_pipe(tmp_path: Path) -> None:
    """The file that a link names is replaced; a pipe is written."""
    file, link, pipe = tmp_path / "file", tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(file)
    with written_to(link, Format.JSON):
        print("said")
    assert link.is_symlink()
    assert file.read_text() == "said\n"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    with written_to(pipe, Format.JSON):
        print("through")
    reader.join(10)
    assert got == ["through\n"]
    assert pipe.is_fifo()


@pytest.fixture
def justified(town: Town) -> Town:
    """listGrants on its way to Beta, its one unmet line justified by mara with noor's approval."""
    spec = town.mono / "api" / "openapi.yaml"
    spec.write_text(spec.read_text().replace("      x-mini-maturity: Preview\n", ""))
    town.commit("no maturity")
    key = town.open("listGrants", "beta")
    town.ok(
        "justify", key, "--line", "operation_has_all_extensions", "--reason", "The field comes in May.",
        "--author", "mara", *town.as_person("noor"),
    )  # fmt: skip
    return town


@pytest.mark.parametrize("form", list(Format))
def test_a_signed_justification_is_told_in_every_form(justified: Town, form: str) -> None:
    """Who gave the reason, who approved it and the reason itself, beside the line that stays unmet."""
    said = justified.prr("check", "listGrants", "--format", form)
    text = " ".join(said.out.replace("\\", "").split())
    assert "Justified by mara, approved by noor" in text
    assert "The field comes in May." in text
    assert "unmet" in text


def test_a_justification_that_went_void_says_why(justified: Town) -> None:
    """It was about other code: the line is judged as if it were not there."""
    spec = justified.mono / "api" / "openapi.yaml"
    spec.write_text(spec.read_text().replace("description: list", "description: changed"))
    said = justified.prr("check", "listGrants", "--format", "sarif")
    assert said.code == 1
    [void] = [item for item in said.data["runs"][0]["results"] if item["ruleId"] == "void_justification"]
    assert "has changed since" in void["message"]["text"]


def test_the_sarif_of_a_clone_without_settings(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI there is a checkout and a profile, nothing else."""
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(town.mono), str(folder))
    monkeypatch.chdir(folder)
    said = prr("check", "--all", "--profile", str(town.folder / "mini.yaml"), "--format", "sarif")
    assert json.loads(said.out)["version"] == "2.1.0"
