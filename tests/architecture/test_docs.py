"""The documentation is whole, and `tools/check_docs.py` finds what is not."""

from __future__ import annotations

import re
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from prr_pipeline.settings import load_settings
from tests.architecture.source_tree import ROOT

DECISION = "# 0001. A title\n\nStatus: accepted\n\n## Context\n\nx\n\n## Decision\n\nx\n\n## Consequences\n\nx\n"


def load() -> ModuleType:
    """The script as a module; tools/ is no package."""
    spec = spec_from_file_location("check_docs", ROOT / "tools" / "check_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CHECK = load()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose documentation has no fault that lies in its own pages."""
    (tmp_path / "docs" / "decisions").mkdir(parents=True)
    (tmp_path / "README.md").write_text("# Ours\n\n[all](docs/index.md)\n", "utf-8")
    (tmp_path / "docs" / "index.md").write_text(
        "# Pages\n\n[flags](flags.md#what-users-get) [first](decisions/0001-first.md)\n", "utf-8"
    )
    (tmp_path / "docs" / "flags.md").write_text("# Flags\n\n## What users get\n\n[web](https://example.org)\n", "utf-8")
    (tmp_path / "docs" / "decisions" / "0001-first.md").write_text(DECISION, "utf-8")
    return tmp_path


def own_faults(root: Path) -> list[str]:
    """The faults that any project can have, whatever its commands and events are."""
    return [*CHECK.lost_pages(root), *CHECK.broken_links(root), *CHECK.faulty_decisions(root)]


def test_the_documentation_has_no_fault() -> None:
    """What `make docs` asks, asked here too."""
    assert CHECK.faults(ROOT) == []


def test_a_sound_project_has_no_fault(project: Path) -> None:
    """Links with anchors, links to folders and links to the web all pass."""
    (project / "README.md").write_text("[all](docs/index.md) [why](docs/decisions/) `[code](x.md)`\n", "utf-8")
    assert own_faults(project) == []


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("docs/lost.md", "# Lost\n", "docs/lost.md is linked neither"),
        ("docs/index.md", "[gone](gone.md) [f](flags.md) [1](decisions/0001-first.md)", "gone.md leads nowhere"),
        ("CHANGELOG.md", "[f](docs/flags.md#nothing)", "has no heading for the link docs/flags.md#nothing"),
        ("CHANGELOG.md", "[up](../../etc/passwd)", "leads out of the project"),
        ("CHANGELOG.md", "![picture](docs/images/none.png)", "docs/images/none.png leads nowhere"),
    ],
    ids=["page without a link", "dead link", "dead anchor", "link outside", "dead picture"],
)
def test_a_page_or_link_at_fault_is_found(project: Path, name: str, text: str, words: str) -> None:
    """A reader can reach every page and never meets a dead end."""
    (project / name).write_text(text, "utf-8")
    found = own_faults(project)
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("0001-first.md", DECISION.replace("## Context\n\nx", "## Context\n"), "no section `## Context`"),
        ("0001-first.md", DECISION.replace("## Consequences\n\nx\n", ""), "no section `## Consequences`"),
        ("0001-first.md", DECISION.replace("Status: accepted", "Status: maybe"), "no line `Status:`"),
        ("0001-first.md", DECISION.replace("# 0001. ", "# "), "does not begin with the heading"),
        ("0003-third.md", DECISION.replace("0001", "0003"), "the number 0002 was to come here"),
    ],
    ids=["empty part", "missing part", "status", "heading", "gap"],
)
def test_a_decision_without_its_parts_is_found(project: Path, name: str, text: str, words: str) -> None:
    """Status, context, decision and consequences, under numbers without gaps."""
    (project / "docs" / "decisions" / name).write_text(text, "utf-8")
    assert any(words in fault for fault in CHECK.faulty_decisions(project))


def test_a_missing_start_page_is_found(project: Path) -> None:
    """Without docs/index.md nobody finds the pages."""
    (project / "docs" / "index.md").unlink()
    assert "docs/index.md is missing" in own_faults(project)


@pytest.mark.parametrize("page", ["checklist.md", "lines/handler_is_at_most_50_lines.md", "lines/of_another_time.md"])
def test_a_stale_page_of_the_checklist_is_found(project: Path, page: str) -> None:
    """A page that differs by one byte from the catalogue, or is of no line, names the command that renews it."""
    shutil.copytree(ROOT / "docs" / "lines", project / "docs" / "lines")
    shutil.copy(ROOT / "docs" / "checklist.md", project / "docs" / "checklist.md")
    assert list(CHECK.stale_checklist(project)) == []
    with (project / "docs" / page).open("a") as file:
        file.write("\n")
    assert "catalogue_page docs" in next(CHECK.stale_checklist(project))


def test_a_command_that_no_page_mentions_is_found(project: Path) -> None:
    """`prr sign` is not mentioned by `prr signals` or by `apprr sign`."""
    (project / "docs" / "cli.md").write_text("`prr signals`, apprr sign, `prr open`\n", "utf-8")
    assert list(CHECK.unmentioned(project, "docs/cli.md", ["prr open", "prr sign"])) == [
        "docs/cli.md does not mention prr sign"
    ]


def test_a_verb_that_does_not_exist_is_found(project: Path) -> None:
    """A way out that a message names must be one that a person can type."""
    (project / "README.md").write_text("[all](docs/index.md), `prr check createGrant`, `prr vanish`\n", "utf-8")
    assert list(CHECK.unknown_commands(project)) == ["README.md names `prr vanish`, which does not exist"]


def test_every_command_is_asked_for() -> None:
    """Commands of groups count with both words."""
    assert {"prr check", "prr rollback", "prr audit verify"} <= set(CHECK.commands())


def test_every_settings_key_is_asked_for() -> None:
    """Keys of nested tables count; where the file lies is no key."""
    keys = CHECK.settings_keys()
    assert {"council", "quorum_total", "approval_required", "zone", "max_age"} <= set(keys)
    assert "root" not in keys
    assert {"github", "token_variable", "max_pages"} <= set(CHECK.settings_keys(CHECK.PlatformSettings))


def test_the_settings_in_the_documentation_load(tmp_path: Path) -> None:
    """Whoever copies them gets no fault but what is theirs to fill in."""
    page = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    block = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert block is not None
    file = tmp_path / "prr.toml"
    file.write_text(block[1], "utf-8")
    settings = load_settings(file)
    assert settings.root == tmp_path
    assert [rung.name for rung in settings.ladder.ladder().rungs] == ["shadow", "1%", "10%", "50%", "100%"]
