"""The example of a plug-in, installed for real: its own lines in every output of `prr` over the sample monorepo."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.distributions import run_with

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PLUGIN = EXAMPLES / "plugin"
OWN = PLUGIN / "own-checklist.yaml"
SPEC = "apps/docs/api-reference/openapi.yaml"
LINE = "operation_names_a_cost_centre"
FORMS = {
    "html": "<b>ACME1</b> The operation names the cost centre",
    "markdown": "| The operation names the cost centre that pays for it. | **unmet** |",
    "terminal": "ACME1",
}
PRR = ("-c", "from prr_pipeline.cli import main; main()")


@dataclass
class Bench:
    """A checkout of the sample monorepo, and a folder with the installed plug-in."""

    monorepo: Path
    site: Path

    def prr(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `prr` in the checkout, the plug-in on its path."""
        return run_with(self.site, *PRR, *arguments, at=self.monorepo, cache=self.monorepo.parent / "cache")

    def check(self, *more: str) -> str:
        """What `prr check createGrant` writes, with Acme's lines."""
        done = self.prr("check", "createGrant", "--profile", "matter", "--checklist", str(OWN), *more)
        assert done.returncode in (1, 2), done.stderr
        return done.stdout

    def lines(self) -> dict[str, Any]:
        """The judged lines by id."""
        return {line["id"]: line for line in json.loads(self.check("--format", "json"))["lines"]}

    def declare(self, *cost_centres: str) -> None:
        """Let the monorepo lay Acme's own key over the profile."""
        (self.monorepo / ".prr").mkdir(exist_ok=True)
        listed = ", ".join(cost_centres)
        (self.monorepo / ".prr" / "profile.yaml").write_text(f"own:\n  cost_centres: [{listed}]\n")

    def name_cost_centre(self, name: str) -> None:
        """Write the cost centre into the operation."""
        file = self.monorepo / SPEC
        text = file.read_text()
        mark = "      operationId: createGrant\n"
        assert mark in text
        file.write_text(text.replace(mark, f"{mark}      x-acme-cost-centre: {name}\n"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as pip installs it, without a network."""
    folder = tmp_path_factory.mktemp("acme")
    shutil.copytree(PLUGIN, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    options = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--disable-pip-version-check")
    command = (sys.executable, "-m", "pip", "install", *options, "--target", str(folder / "site"))
    subprocess.run([*command, str(folder / "source")], check=True, timeout=120)
    return folder / "site"


@pytest.fixture
def bench(site: Path, tmp_path: Path) -> Bench:
    """A fresh checkout beside the installed package."""
    maker = EXAMPLES / "matter" / "make_repository.py"
    subprocess.run([sys.executable, str(maker), str(tmp_path / "mono")], check=True, capture_output=True, timeout=120)
    return Bench(tmp_path / "mono", site)


def test_its_own_tests_pass(site: Path, tmp_path: Path) -> None:
    """What it shows its reader to write does work."""
    tests = str(PLUGIN / "tests")
    done = run_with(site, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tests, tests, at=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_an_own_line_follows_the_profile_and_the_code(bench: Bench) -> None:
    """Unknown while nobody declares its key, unmet until the operation names one, met then; none remembered."""
    undeclared = bench.lines()
    assert (undeclared[LINE]["outcome"], undeclared[LINE]["reason"]) == ("unknown", "not_declared")
    assert "own.cost_centres" in undeclared[LINE]["message"]
    bench.declare("CC-100")
    unmet = bench.lines()
    assert (unmet[LINE]["outcome"], unmet[LINE]["locations"][0]["path"]) == ("unmet", SPEC)
    bench.name_cost_centre("CC-100")
    met = bench.lines()
    assert (met[LINE]["outcome"], met[LINE]["values"]) == ("met", {"cost_centre": "CC-100"})
    assert met["handler_is_at_most_30_lines"]["parameters"]["lines"] == 30
    assert (met["handler_is_at_most_30_lines"]["outcome"], met["support_is_briefed"]["outcome"]) == ("met", "unknown")


def test_an_own_line_stands_in_the_report_like_any_other(bench: Bench) -> None:
    """With its wording, its number and the page that its entry names."""
    bench.declare("CC-100")
    log = json.loads(bench.check("--format", "sarif"))["runs"][0]
    rule = next(rule for rule in log["tool"]["driver"]["rules"] if rule["id"] == LINE)
    assert rule["helpUri"] == "https://acme.example/readiness/cost-centres"
    assert [one["level"] for one in log["results"] if one["ruleId"] == LINE] == ["error"]
    for form, words in FORMS.items():
        assert words in bench.check("--format", form), form


def test_lines_lists_them_with_what_brings_their_check(bench: Bench) -> None:
    """Beside the checklists that ship, each counted."""
    data = json.loads(bench.prr("lines", "--json", "--checklist", str(OWN)).stdout)
    own = [line for line in data["lines"] if line["checklist"] == "acme"]
    assert [line["number"] for line in own] == ["ACME1", "ACME2", "ACME3"]
    assert own[0]["checks"] == [{"name": LINE.replace("_a_", "_"), "version": 1, "plugin": "acme-readiness 1.0.0"}]
    assert own[2]["statement"].startswith("I briefed the support team")
    counts = {"lines": 3, "automatic": 2, "declared": 0, "external": 0, "person": 1, "and_a_person": 0}
    assert data["checklists"][-1] == {"name": "acme", "counts": counts, "kinds": {"A": 2, "P": 1}}


def test_the_profile_that_it_registers_is_one_of_the_names(bench: Bench) -> None:
    """Acme's own conventions, its own key among them."""
    bench.name_cost_centre("CC-200")
    arguments = ("check", "createGrant", "--profile", "acme", "--checklist", str(OWN), "--section", "Cost", "--json")
    done = bench.prr(*arguments)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["profile"] == "acme"
    assert "Valid: acme, github" in bench.prr("check", "createGrant", "--profile", "acne").stderr


def test_another_edition_of_a_plug_in_judges_anew(bench: Bench, tmp_path: Path) -> None:
    """What was remembered of the old one counts no more, though nothing that it read has changed."""
    edited = Bench(bench.monorepo, tmp_path / "site")
    shutil.copytree(bench.site, edited.site)
    bench.declare("CC-100")
    assert "names no x-acme-cost-centre" in edited.lines()[LINE]["message"]
    code = edited.site / "acme_readiness" / "__init__.py"
    code.write_text(code.read_text().replace("names no {", "lacks {"))
    assert "lacks x-acme-cost-centre" in edited.lines()[LINE]["message"]


def test_another_helper_module_of_a_plug_in_judges_anew(bench: Bench, tmp_path: Path) -> None:
    """The file that holds the check is the same; what it imports of its own package is not."""
    edited = Bench(bench.monorepo, tmp_path / "site")
    shutil.copytree(bench.site, edited.site)
    bench.declare("CC-100")
    code, helper = (edited.site / "acme_readiness" / name for name in ("__init__.py", "words.py"))
    code.write_text(code.read_text().replace('f"{subject.name} names no {', 'f"{subject.name} {LACKS} {', 1))
    code.write_text(code.read_text().replace("class ", "from acme_readiness.words import LACKS\n\n\nclass ", 1))
    helper.write_text('LACKS = "goes without"\n')
    assert "goes without x-acme-cost-centre" in edited.lines()[LINE]["message"]
    helper.write_text('LACKS = "is short of"\n')
    assert "is short of x-acme-cost-centre" in edited.lines()[LINE]["message"]


def test_without_the_plug_in_the_checklist_is_refused_in_one_sentence(bench: Bench, tmp_path: Path) -> None:
    """Exit code 3: a line that nobody can judge is not left out in silence."""
    (tmp_path / "none").mkdir()
    done = Bench(bench.monorepo, tmp_path / "none").prr(
        "check", "createGrant", "--profile", "matter", "--checklist", str(OWN)
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert f"line {LINE}: Unknown check 'operation_names_cost_centre'. Valid:" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
