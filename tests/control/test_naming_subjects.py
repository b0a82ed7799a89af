"""What a person names must be there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.commands.town import Said, git, prr

SAMPLE = Path(__file__).parents[2] / "examples" / "loop" / "src"

FRESH = """\
[repository]
path = "{platform}"
ref = "refs/heads/main"
profile = "loop"

[flags]
backend = "flagd_file"
options = {{ path = "flags.json" }}

[alerts]
source = "inbox"
options = {{ folder = "inbox", heartbeat_limit_seconds = 300 }}
"""
"""Settings of a deployment that never opened a promotion."""


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The platform of the sample with one commit and one release."""
    root = tmp_path_factory.mktemp("named") / "platform"
    shutil.copytree(SAMPLE, root)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "all")
    git(root, "tag", "v1.4.0")
    return root


def check(root: Path, *words: str) -> Said:
    """What `prr check` says of a subject there."""
    return prr("check", *words, "--profile", "loop", "--repository", str(root), "--no-cache", "--json")


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("service", "identty", "Unknown service 'identty' in the working tree. Nearest: identity"),
        ("service", "../../etc", "Unknown service '../../etc'"),
        ("job", "nosuch", "Unknown job 'nosuch'"),
        ("event", "nosuch.v1", "Unknown event 'nosuch.v1'"),
        ("integration", "nosuch", "Unknown integration 'nosuch'"),
        ("third_party_endpoint", "care/nosuch", "Unknown third party endpoint 'care/nosuch'"),
        (
            "deploy",
            "v1.4.1",
            "Unknown deploy 'v1.4.1' in the release tags (git fetch --tags fetches them). Nearest: v1.4.0",
        ),
        ("deploy", "main..main", "The range main..main holds no commit"),
        ("deploy", "main..nope", "has no commit 'nope'"),
    ],
)
def test_what_is_nowhere_listed_is_refused_with_the_nearest(platform: Path, kind: str, name: str, said: str) -> None:
    """As for operations: nothing is judged, and nothing is written but the sentence."""
    found = check(platform, kind, name)
    assert (found.code, found.out) == (3, "")
    assert said in found.err


def test_without_a_ledger_nothing_is_promoted_and_a_name_is_refused(platform: Path, tmp_path: Path) -> None:
    """A deployment that never opened anything knows no more names than the repository."""
    settings = tmp_path / "prr.toml"
    settings.write_text(FRESH.format(platform=platform))
    for kind in ("service", "deploy"):
        found = prr("--settings", str(settings), "check", kind, "nosuch", "--no-cache")
        assert (found.code, found.out) == (3, ""), found.out
        assert f"Unknown {kind} 'nosuch'" in found.err


def test_a_kind_without_a_name_is_told_so(platform: Path) -> None:
    """It is no operation of that name, unless the kind is given."""
    found = check(platform, "service")
    assert (found.code, found.out) == (3, "")
    assert "`prr check service` names a kind and no subject: give the name" in found.err
    assert "names a kind" not in check(platform, "service", "--kind", "operation").err


@pytest.mark.parametrize(("kind", "name"), [("service", "identity"), ("deploy", "v1.4.0")])
def test_what_is_there_is_judged(platform: Path, kind: str, name: str) -> None:
    """Whatever its lines say."""
    found = check(platform, kind, name)
    assert found.data["subject"] == f"{kind} {name}"


def test_a_kind_of_which_no_list_can_be_read_is_judged(platform: Path, tmp_path: Path) -> None:
    """Its lines say what is missing."""
    root = tmp_path / "empty"
    (root / "services" / "identity").mkdir(parents=True)
    (root / "services" / "identity" / "service.yaml").write_text("name: identity\n")
    git(root, "init", "-q")
    found = check(root, "event", "account.created.v1")
    assert found.code in (1, 2)
    assert found.data["subject"] == "event account.created.v1"


def test_against_a_base_a_subject_of_either_side_is_known(platform: Path, tmp_path: Path) -> None:
    """What the change takes away is told, not refused; what neither has is."""
    refused = check(platform, "service", "nosuch", "--base", "v1.4.0")
    assert (refused.code, refused.out) == (3, "")
    root = tmp_path / "platform"
    git(tmp_path, "clone", "-q", str(platform), str(root))
    shutil.rmtree(root / "services" / "membership")
    assert check(root, "service", "membership", "--base", "v1.4.0").code != 3
