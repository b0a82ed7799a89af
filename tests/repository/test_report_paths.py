"""Which file of the repository a report means."""

from __future__ import annotations

import pytest

from prr_pipeline.repository.report_paths import ReportPaths

PATHS = ["src/a.ts", "packages/x/src/a.ts", "packages/x/src/[id]/route.ts", "packages/y/src/b.ts"]


@pytest.mark.parametrize(
    ("reported", "path"),
    [
        ("packages/x/src/a.ts", "packages/x/src/a.ts"),
        ("./packages/x/src/a.ts", "packages/x/src/a.ts"),
        ("/builds/repo/packages/x/src/a.ts", "packages/x/src/a.ts"),
        ("/builds/repo/packages/x/src/[id]/route.ts", "packages/x/src/[id]/route.ts"),
        ("C:\\repo\\packages\\y\\src\\b.ts", "packages/y/src/b.ts"),
        ("vendor/packages/x/src/a.ts", None),
        ("b.ts", None),
        ("src/b.ts", None),
        ("/builds/repo/gone.ts", None),
        ("", None),
    ],
)
def test_absolute_paths_end_with_the_file_that_they_mean(reported: str, path: str | None) -> None:
    """The longest file counts; a relative path means itself alone."""
    assert ReportPaths(PATHS).find(reported) == path


@pytest.mark.parametrize(
    ("reported", "path"), [("src/b.ts", "packages/y/src/b.ts"), ("a.ts", None), ("src/a.ts", "src/a.ts")]
)
def test_a_path_relative_to_a_package_counts_where_it_is_the_only_one(reported: str, path: str | None) -> None:
    """Of two packages with such a file nobody can say which is meant."""
    assert ReportPaths(PATHS).find(reported, relative=True) == path
