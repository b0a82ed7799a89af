"""`prr init`: drafts that load, nothing overwritten, nothing run, and a word on every line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.readiness.profile import load_profile, profile_in
from prr_pipeline.repository.snapshot import open_working_tree
from prr_pipeline.settings import load_settings
from tests.commands.town import git, prr
from tests.readiness.conventions.layouts import FASTAPI, GO, PLATFORM, Files

DRAFTED = ["prr.toml", ".prr/.gitignore", ".prr/profile.yaml"]
SHAPES = {"python": FASTAPI, "go": GO, "platform": PLATFORM, "empty": {}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository to stand in, without any settings around."""
    monkeypatch.delenv("PRR_SETTINGS", raising=False)
    made = tmp_path / "mono"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    monkeypatch.chdir(made)
    return made


def fill(folder: Path, files: Files, *, commit: bool = True) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode() if isinstance(text, str) else text)
    if commit and files:
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "all")


def states(data: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["state"] for one in data["files"]}


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git/" not in str(path)
    }


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_written_loads_and_prr_check_works_straight_after(folder: Path, shape: str) -> None:
    """Settings and profile are without fault, whatever the repository's shape."""
    fill(folder, SHAPES[shape])
    data = prr("init", "--format", "json").data
    assert states(data) == dict.fromkeys(DRAFTED, "written")
    settings = load_settings(folder / "prr.toml")
    assert (settings.repository.profile, settings.repository.ref) == ("plain", "refs/heads/main")
    profile = profile_in(open_working_tree(folder), "plain")
    assert {one["key"]: one["value"] for one in data["seen"]} == {
        key: profile.value(key) for key in profile.basis if load_profile("plain").value(key) is None
    }
    said = prr("check", "--all", "--json", "--no-cache")
    assert said.code in ((0,) if shape == "empty" else (1, 2))
    assert said.data["summary"]["subjects"] == sum(one["all"] for one in data["subjects"].values())


def test_doctor_finds_no_fault_in_what_was_written(folder: Path) -> None:
    """What is left is what a deployment must bring itself: people, and the feed of alerts."""
    fill(folder, FASTAPI)
    assert prr("init").code == 0
    found = {one["name"]: one["state"] for one in prr("doctor", "--json").data["findings"]}
    assert {
        name: found[name] for name in ("settings", "repository", "profile", "checklists", "flags")
    } == dict.fromkeys(("settings", "repository", "profile", "checklists", "flags"), "ok")
    assert {name for name, state in found.items() if state == "fault"} <= {"roster", "alerts"}


def test_every_commented_setting_is_one(folder: Path) -> None:
    """With its mark taken away, each stands in a file that loads."""
    fill(folder, FASTAPI)
    git(folder, "remote", "add", "origin", "https://secret@github.com/acme/shop.git")
    prr("init")
    text = (folder / "prr.toml").read_text("utf-8")
    assert "secret" not in text
    bare = "\n".join(line[1:] if line[:1] == "#" and line[1:2] not in (" ", "") else line for line in text.split("\n"))
    (folder / "prr.toml").write_text(bare, "utf-8")
    settings = load_settings(folder / "prr.toml")
    assert settings.platforms.github is not None
    assert (settings.platforms.github.owner, settings.platforms.github.repository) == ("acme", "shop")
    assert settings.platforms.sentry is not None
    assert "# LaunchDarkly was seen in pyproject.toml" in text


def test_every_commented_key_of_the_profile_is_one(folder: Path) -> None:
    """With its mark taken away, each is a known key without a value, which is as good as none."""
    fill(folder, FASTAPI)
    prr("init")
    text = (folder / ".prr" / "profile.yaml").read_text("utf-8")
    head, _, tail = text.partition("# Not seen here.")
    assert '  openapi: {value: "openapi.json", basis: assumed}  # seen: openapi.json, 2 operations\n' in head
    bare = "\n".join(line.removeprefix("#") for line in tail.split("\n")[1:])
    (folder / ".prr" / "profile.yaml").write_text(bare, "utf-8")
    assert profile_in(open_working_tree(folder), "plain").value("paths.slo_board") is None
    assert "#  slo_board:  # text; 1 line waits\n" in text


@pytest.mark.parametrize("shape", ["platform", "empty"])
def test_a_dry_run_writes_nothing(folder: Path, shape: str) -> None:
    """And says the same."""
    fill(folder, SHAPES[shape])
    before = everything(folder)
    data = prr("init", "--dry-run", "--format", "json").data
    assert states(data) == dict.fromkeys(DRAFTED, "would be written")
    assert everything(folder) == before
    written = prr("init", "--format", "json").data
    assert {**data, "files": written["files"]} == written


@pytest.mark.parametrize("shape", ["go", "empty"])
def test_a_second_time_nothing_is_left_to_do(folder: Path, shape: str) -> None:
    """The drafts are as they were, and so is everything else."""
    fill(folder, SHAPES[shape])
    prr("init")
    before = everything(folder)
    data = prr("init", "--format", "json").data
    assert states(data)["prr.toml"] == "there already, the same"
    assert states(data)[".prr/profile.yaml"] == "there already, kept"
    assert all(one["would_change"] == [] for one in data["files"])
    assert everything(folder) == before


def test_what_is_there_is_kept_and_the_difference_is_told(folder: Path) -> None:
    """A person's own settings and conventions are never overwritten."""
    own = '[repository]\npath = "."\nref = "refs/heads/main"\nprofile = "plain"\n'
    fill(folder, {**FASTAPI, "prr.toml": own, ".prr/profile.yaml": "paths: {openapi: openapi.json}\n"})
    before = everything(folder)
    data = prr("init", "--format", "json").data
    assert states(data) == {
        "prr.toml": "there already, kept",
        ".prr/.gitignore": "written",
        ".prr/profile.yaml": "there already, kept",
    }
    told = {one["name"]: one["would_change"] for one in data["files"]}
    assert '+backend = "flagd_file"' in told["prr.toml"]
    assert [line for line in told[".prr/profile.yaml"] if "threat_model" in line]
    assert not [line for line in told[".prr/profile.yaml"] if "openapi" in line]
    after = everything(folder)
    assert {path: after[path] for path in before} == before
    assert "prr.toml is yours and was left alone" in prr("init").out


def test_a_deployment_elsewhere_keeps_its_settings(folder: Path, tmp_path: Path) -> None:
    """Then only conventions are drafted, over the profile that it names."""
    fill(folder, FASTAPI)
    elsewhere = tmp_path / "deployment"
    elsewhere.mkdir()
    (elsewhere / "prr.toml").write_text(f'[repository]\npath = "{folder}"\nprofile = "matter"\n', "utf-8")
    data = prr("--settings", str(elsewhere / "prr.toml"), "init", "--format", "json").data
    assert states(data) == {".prr/profile.yaml": "written"}
    assert data["profile"] == "matter"


def test_the_forecast_is_what_check_says_afterwards(folder: Path) -> None:
    """The same subjects, lines and outcomes."""
    fill(folder, GO)
    data = prr("init", "--format", "json").data
    reports = prr("check", "--all", "--json", "--no-cache").data["reports"]
    counted = [line["outcome"] for report in reports for line in report["lines"] if line["counted"]]
    assert data["outcomes"] == {name: counted.count(name) for name in data["outcomes"]}
    assert sum(data["outcomes"].values()) == len(counted)
    assert data["subjects"] == {"operation": {"all": 1, "judged": 1}, "service": {"all": 2, "judged": 2}}


def test_the_next_steps_are_ten_and_say_how(folder: Path) -> None:
    """Keys to declare, things to mend, evidence to publish or sign; each names how many findings wait and of what."""
    fill(folder, PLATFORM)
    steps = prr("init", "--format", "json").data["next_steps"]
    assert len(steps) == 10
    assert {one["how"] for one in steps} <= {"declare", "mend", "publish", "sign"}
    assert all(one["settles"] >= 1 and one["lines"] and one["what"] for one in steps)
    assert {one["how"] for one in steps} >= {"declare", "publish"}


def test_an_empty_repository_is_told_where_to_begin(folder: Path) -> None:
    """No line can be judged, and the key that lists subjects is named."""
    said = prr("init")
    assert said.code == 0
    assert "No subject can be listed yet" in said.out
    assert "paths.openapi" in said.out


def test_a_folder_without_git_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And exit code 3."""
    monkeypatch.delenv("PRR_SETTINGS", raising=False)
    monkeypatch.chdir(tmp_path)
    said = prr("init")
    assert (said.code, said.out) == (3, "")
    assert "lies in no git repository" in said.err


def test_an_ignored_folder_is_told(folder: Path) -> None:
    """Nobody would ever read the conventions."""
    fill(folder, {**FASTAPI, ".gitignore": ".prr/\n"})
    assert "git ignores .prr/profile.yaml" in prr("init").out


def test_keys_and_state_are_kept_from_git(folder: Path) -> None:
    """Of the folder of state only the conventions can be committed."""
    fill(folder, FASTAPI)
    prr("init")
    (folder / ".prr" / "keys").mkdir()
    (folder / ".prr" / "keys" / "ledger-head.pem").write_text("secret")
    shown = git(folder, "status", "--porcelain", "--untracked-files=all").split()
    assert [name for name in shown if name.startswith(".prr")] == [".prr/.gitignore", ".prr/profile.yaml"]


def test_a_hostile_repository_is_survived(folder: Path, tmp_path: Path) -> None:
    """Links, devices, huge files and bytes that are no text: nothing outside is read or written."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "openapi.json").write_text(FASTAPI["openapi.json"])  # type: ignore[arg-type]
    fill(
        folder,
        {
            "api/openapi.json": FASTAPI["openapi.json"],
            "package.json": b"\xff\xfe\x00{",
            "deep/openapi.yaml": "openapi: 3.1.0\na: &a [1]\n" + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(50)),
            "openapi\x1b[2J.json": FASTAPI["openapi.json"],
            "docs/runbooks/$(touch pwned).md": "# x\n",
            "\"quoted\" 'name'/openapi.json": "{",
        },
    )
    (folder / "openapi.json").symlink_to(outside / "openapi.json")
    (folder / "services").symlink_to(outside)
    os.mkfifo(folder / "swagger.json")
    with (folder / "spec.json").open("wb") as file:
        file.truncate(64 * 2**20)
    (folder.joinpath(os.fsdecode(b"\xff.yaml"))).write_bytes(b"\xff")
    before = everything(outside)
    data = prr("init", "--format", "json").data
    assert {one["key"]: one["value"] for one in data["seen"]} == {"paths.openapi": "api/openapi.json"}
    assert everything(outside) == before
    assert not (folder / "pwned").exists()
    assert prr("check", "--all", "--no-cache").code in (1, 2)


@pytest.mark.parametrize("name", [".prr", "prr.toml", ".prr/profile.yaml"])
def test_a_link_in_the_place_of_a_draft_is_not_followed(folder: Path, tmp_path: Path, name: str) -> None:
    """What it leads to stays as it is."""
    fill(folder, FASTAPI)
    target = tmp_path / "target"
    target.mkdir()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).symlink_to(target if name == ".prr" else target / "made")
    said = prr("init")
    assert list(target.iterdir()) == []
    assert said.code == (0 if name == "prr.toml" else 3)
    assert said.code == 0 or "link" in said.err


def test_broken_settings_are_told_before_anything_is_written(folder: Path) -> None:
    """With every fault, as everywhere."""
    fill(folder, {**FASTAPI, "prr.toml": "[repository]\npth = '.'\n"})
    said = prr("init")
    assert said.code == 3
    assert "pth" in said.err
    assert not (folder / ".prr").exists()
