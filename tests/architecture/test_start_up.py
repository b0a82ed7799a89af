"""What `prr check` imports: people wait for it, so it loads nothing that only others need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOYMENTS = ("alembic", "asyncio", "cryptography", "dagster", "httpx", "icalendar", "sqlalchemy")
"""Packages that only a deployment needs: its ledger, its keys, its calendars, the services around it."""
RECORDS = ("cryptography", "icalendar", "sqlalchemy")
"""Packages that read a ledger, signed records and calendars: a deployment without any has no need of them."""
PARSERS = ("ast_grep_py", "markdown_it")
"""Parsers of files that not every line reads."""
SPEC = {
    "openapi": "3.0.3",
    "info": {"title": "Small", "version": "1"},
    "paths": {"/": {"get": {"operationId": "small", "tags": ["small"], "description": "Small.", "responses": {}}}},
}
PROGRAM = """
import sys
from prr_pipeline.cli import app
try:
    app(sys.argv[1:])
except SystemExit as end:
    print(end.code, *sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


@pytest.fixture
def monorepo(tmp_path: Path) -> Path:
    spec = tmp_path / "generated" / "api.github.com.json"
    spec.parent.mkdir()
    spec.write_text(json.dumps(SPEC))
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "."), (*identity, "commit", "-q", "-m", "Add the specification")):
        subprocess.run(["git", *command], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


def imported(monorepo: Path, *arguments: str, before: tuple[str, ...] = ()) -> set[str]:
    """The top-level packages that are loaded when the command ends. It must have judged."""
    command = [sys.executable, "-c", PROGRAM, *before, "check", "--profile", "github", "--no-cache", *arguments]
    done = subprocess.run(command, cwd=monorepo, capture_output=True, text=True, check=False)
    code, *packages = done.stderr.split()
    assert code in ("0", "1", "2"), done.stderr
    return set(packages)


@pytest.mark.parametrize("arguments", [("--all",), ("small", "--json"), ("--all", "--format", "sarif")], ids=" ".join)
def test_a_check_without_settings_loads_nothing_of_a_deployment(monorepo: Path, arguments: tuple[str, ...]) -> None:
    """They take longer to load than an operation takes to judge."""
    assert imported(monorepo, *arguments).isdisjoint(DEPLOYMENTS)


def test_a_check_loads_the_parsers_of_what_its_lines_read_and_no_others(monorepo: Path) -> None:
    """The section about the specification reads neither TypeScript nor Markdown here."""
    assert imported(monorepo, "--all", "--section", "Specification", "--json").isdisjoint(PARSERS)


def test_a_deployment_without_records_loads_nothing_that_reads_them(monorepo: Path, tmp_path: Path) -> None:
    """Its ledger holds no promotion and nobody has signed: that is seen without the packages that read them."""
    settings = tmp_path / "prr.toml"
    settings.write_text(f'[repository]\npath = "{monorepo}"\nprofile = "github"\n[alerts]\nsource = "inbox"\n')
    assert imported(monorepo, "--all", "--json", before=("--settings", str(settings))).isdisjoint(RECORDS)
