"""Which code judges: whatever may make another verdict is another edition."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import prr_pipeline
from prr_pipeline.control.edition import edition, edition_at


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of three parts, beside a parser."""
    for name in ("readiness/checks.py", "rollout/stages.py", "review/lines.yaml"):
        (tmp_path / "package" / name).parent.mkdir(parents=True)
        (tmp_path / "package" / name).write_text("one\n")
    (tmp_path / "site" / "pglast-8.8.dist-info").mkdir(parents=True)
    return tmp_path / "package"


def of(package: Path) -> str:
    """The edition as it is found now."""
    return edition_at(package, ["", str(package.parent / "site"), str(package.parent / "no such folder")])


@pytest.mark.parametrize("name", ["readiness/checks.py", "rollout/stages.py", "review/lines.yaml", "review/new.json"])
def test_every_file_of_the_package_counts(package: Path, name: str) -> None:
    """Also where the stages and the reviews are, which checks ask."""
    before = of(package)
    (package / name).write_text("two\n")
    assert of(package) != before


def test_another_version_of_a_parser_is_another_edition(package: Path) -> None:
    """It may read the same file otherwise."""
    before = of(package)
    site = package.parent / "site"
    (site / "pglast-8.8.dist-info").rename(site / "pglast-8.9.dist-info")
    assert of(package) != before


def test_what_python_compiles_while_it_runs_is_no_other_edition(package: Path) -> None:
    """Else the second run would remember nothing of the first."""
    before = of(package)
    (package / "review" / "__pycache__").mkdir()
    (package / "review" / "__pycache__" / "lines.cpython-311.pyc").write_bytes(b"compiled")
    assert of(package) == before


def test_the_own_edition_is_that_of_the_whole_package() -> None:
    """As it is installed here, beside what is installed here."""
    assert edition() == edition_at(Path(prr_pipeline.__file__).parent, sys.path)
