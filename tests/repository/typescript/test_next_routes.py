"""A route file's path says what URL it serves."""

from __future__ import annotations

import pytest

from prr_pipeline.repository.typescript.next_routes import is_route_file, url_form, url_of

URLS: list[tuple[str, str | None]] = [
    ("app/route.ts", "/"),
    ("apps/api/app/v1/grants/route.ts", "/v1/grants"),
    ("apps/api/src/app/v1/grants/route.ts", "/v1/grants"),
    ("app/grants/[grant_id]/exercise/route.ts", "/grants/{grant_id}/exercise"),
    ("app/(public)/grants/route.ts", "/grants"),
    ("app/@modal/grants/route.ts", "/grants"),
    ("app/files/[...path]/route.ts", "/files/{path}"),
    ("app/files/[[...path]]/route.ts", "/files/{path}"),
    ("app/_lib/route.ts", None),
    ("app/%5Flib/route.ts", "/_lib"),
    ("app/(.)grants/route.ts", None),
    ("app/(...)grants/route.ts", None),
    ("app/app/route.ts", "/app"),
    ("lib/route.ts", None),
    ("route.ts", None),
]


@pytest.mark.parametrize(("path", "url"), URLS)
def test_folders_below_app_make_the_url(path: str, url: str | None) -> None:
    """Groups and slots leave no trace; private and intercepted folders serve nothing."""
    assert url_of(path) == url


@pytest.mark.parametrize(
    ("path", "is_route"),
    [
        ("app/route.ts", True),
        ("app/x/route.tsx", True),
        ("app/route.mjs", True),
        ("route.js", True),
        ("app/route.test.ts", False),
        ("app/my-route.ts", False),
        ("app/route.ts.bak", False),
        ("app/page.tsx", False),
    ],
)
def test_only_a_file_called_route_is_one(path: str, is_route: bool) -> None:
    """In any suffix of a script."""
    assert is_route_file(path) is is_route


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/a/{b}", "/a/{c}", True),
        ("/a/", "/a", True),
        ("/", "", True),
        ("/a/{b}", "/a/b", False),
        ("/a/{b}/c", "/a/{b}", False),
        ("/a/{b}.{c}", "/a/{x}.{y}", True),
        ("/A", "/a", False),
    ],
)
def test_urls_are_the_same_whatever_their_parameters_are_called(one: str, other: str, same: bool) -> None:
    """A parameter is not a fixed part."""
    assert (url_form(one) == url_form(other)) is same
