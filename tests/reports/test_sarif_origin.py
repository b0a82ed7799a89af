"""A repository's URL is shown without what nobody else may see."""

from __future__ import annotations

from pathlib import Path

import pygit2
import pytest

from prr_pipeline.reports.sarif_origin import origin_of, shown_url


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("https://code.example/team/mono.git", "https://code.example/team/mono.git"),
        ("https://bot:s3cret@code.example:8443/mono?token=s3cret#s3cret", "https://code.example:8443/mono"),
        ("git@code.example:team/mono.git", "ssh://code.example/team/mono.git"),
        ("code.example:a b.git", "ssh://code.example/a%20b.git"),
        ("ssh://git@code.example/mono", "ssh://code.example/mono"),
        ("/srv/git/mono.git", None),
        ("../mono", None),
        ("C:\\mono", None),
        ("https://code.example:port/mono", None),
        ("https://[broken/mono", None),
        ("ext::sh -c evil", None),
        ("javascript://x/%0aalert(1)", None),
        ("", None),
    ],
)
def test_a_remote_is_shown_without_credentials(remote: str, url: str | None) -> None:
    """User, password, query and fragment go; what is no URL of a code host is none."""
    assert shown_url(remote) == url


def test_the_remote_origin_is_asked_and_else_the_folder(tmp_path: Path) -> None:
    """A repository that was never cloned is where it lies."""
    repository = pygit2.init_repository(str(tmp_path / "mono"))
    assert origin_of(tmp_path / "mono") == (tmp_path / "mono").as_uri()
    repository.remotes.create("origin", "https://bot:s3cret@code.example/mono.git")
    assert origin_of(tmp_path / "mono") == "https://code.example/mono.git"
