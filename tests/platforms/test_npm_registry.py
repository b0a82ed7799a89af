"""Whether a version of a package is published."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from prr_pipeline.platforms.npm_registry import NpmRegistry, PublishedVersion
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import FakePace, service, silence_of
from tests.platforms.local_service import LocalService, sent

NAME = "@acme/sdk-identity"


def registry(server: LocalService) -> NpmRegistry:
    """A registry, there."""
    return NpmRegistry(service(server.url, "The registry"), FakePace())


def packument(**changes: Any) -> dict[str, Any]:
    """A package with one version, as a registry sends it, less what is not read."""
    version = {"name": NAME, "version": "1.2.0", "dist": {"integrity": "sha512-abc", "shasum": "0", "tarball": "x"}}
    time = {"created": "2026-01-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z"}
    found = {"name": NAME, "dist-tags": {"latest": "1.2.0"}, "versions": {"1.2.0": version}}
    return found | {"time": time | {"1.2.0": "2026-02-01T00:00:00.000Z"}} | changes


def say(server: LocalService, body: dict[str, Any]) -> None:
    """Let the registry have the package."""
    server.at("/%40acme%2Fsdk-identity", sent(body))


def test_a_published_version_is_told(server: LocalService) -> None:
    """With its digest and time; the slash of a scoped name is encoded, or it would be two segments."""
    say(server, packument())
    published = PublishedVersion(NAME, "1.2.0", "sha512-abc", datetime(2026, 2, 1, tzinfo=UTC))
    assert registry(server).version(NAME, "1.2.0").value == published
    assert server.asked[0].path == "/%40acme%2Fsdk-identity"


def test_the_versions_of_a_package_are_told(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """Those that can be installed; no package is an answer, another one's is not."""
    assert registry(server).versions(NAME).value is None
    say(server, packument())
    assert registry(server).versions(NAME).value == ("1.2.0",)
    say(server, packument(name="@acme/other"))
    assert silence_of(lambda: registry(server).versions(NAME), caplog).reason is Reason.WRONG_SHAPE


@pytest.mark.parametrize(
    "body",
    [packument(), packument(versions={}), {"name": NAME, "time": {"unpublished": {"time": "2026-02-01T00:00:00Z"}}}],
    ids=["another version", "no version", "unpublished"],
)
def test_a_version_that_is_not_there_is_an_answer(server: LocalService, body: dict[str, Any]) -> None:
    """A time alone does not make it one: it may have been taken back."""
    say(server, body)
    assert registry(server).version(NAME, "9.9.9").value is None


def test_no_such_package_is_an_answer(server: LocalService) -> None:
    """Status 404."""
    assert registry(server).version(NAME, "1.2.0").value is None


@pytest.mark.parametrize(
    "body",
    [
        packument(time={"created": "2026-01-01T00:00:00.000Z"}),
        packument(time={"1.2.0": "yesterday"}),
        packument(versions={"1.2.0": {"name": "other", "version": "1.2.0", "dist": {"integrity": "x"}}}),
        packument(versions={"1.2.0": {"name": NAME, "version": "1.2.1", "dist": {"integrity": "x"}}}),
        packument(versions={"1.2.0": {"name": NAME, "version": "1.2.0", "dist": {}}}),
    ],
    ids=["no time", "no instant", "another package", "another version", "no digest"],
)
def test_a_doubtful_version_is_a_silence(
    server: LocalService, caplog: pytest.LogCaptureFixture, body: dict[str, Any]
) -> None:
    """Without digest and time it proves nothing."""
    say(server, body)
    assert silence_of(lambda: registry(server).version(NAME, "1.2.0"), caplog).reason is Reason.WRONG_SHAPE
