"""`prr check --base`: each class of change, on the sample with its people, its artefacts and its history."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.commands.report_file import Format
from tests.commands.town import Said, git, prr
from tests.control.scene import HANDLER, SPEC, Scene, build, copied

LONG = "handler_is_at_most_50_lines"
SLO = "slo_is_declared_and_on_board"
COVERED = "service_unit_coverage_is_at_least_90_pct"
CODE = ("--section", "Implementation")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A deployment over the sample in which nothing is open."""
    scene = build(tmp_path_factory.mktemp("built") / "d")
    scene.work.ledger.close()
    return scene


@pytest.fixture
def scene(built: Scene, tmp_path: Path) -> Any:
    """A copy of it, its working tree on the branch `feature`; main stays where it is."""
    made = copied(built, tmp_path / "d")
    git(made.deployment.monorepo, "checkout", "-q", "-b", "feature")
    yield made
    made.work.ledger.close()


def check(scene: Scene, *args: str) -> Said:
    """Run `prr check` with the settings of the scene."""
    return prr("--settings", str(scene.deployment.settings_file), "check", *args)


def changes(said: Said) -> dict[str, Any]:
    """The changes of one subject by line."""
    return {change["line"]: change for change in said.data["changes"]}


def lengthen(scene: Scene) -> None:
    """Make the handler of createGrant too long."""
    filler = "".join(f"    const filler{at} = {at};\n" for at in range(50))
    mark = '    const vesting = nested(fields, "vesting");\n'
    scene.edit(HANDLER, lambda text: text.replace(mark, mark + filler))


def justified(scene: Scene, lasts: timedelta) -> None:
    """On main: exerciseGrant on its way to Beta, its one unmet line justified for so long."""
    git(scene.deployment.monorepo, "checkout", "-q", "main")
    scene.justify(scene.open("exerciseGrant", needs=[]), [SLO], lasts=lasts)
    git(scene.deployment.monorepo, "checkout", "-q", "-B", "feature")


def test_a_line_that_the_change_breaks_is_newly_unmet(scene: Scene) -> None:
    """In the working tree and once it is committed, with before, after, the sentence and the place."""
    lengthen(scene)
    for commit in (None, scene.commit()):
        said = check(scene, "createGrant", "--base", "main", "--json", *CODE, *(("--commit", commit) if commit else ()))
        assert said.code == said.data["exit_code"] == 1
        change = changes(said)[LONG]
        assert (change["kind"], change["effect"], change["cause"]) == ("newly_unmet", "worse", "commit")
        assert (change["before"]["outcome"], change["after"]["outcome"]) == ("met", "unmet")
        assert "has 73 lines" in change["why"]
        assert change["location"]["path"] == HANDLER
    assert said.data["base"] == {"ref": "main", "commit": scene.commit_id("main")}


def test_a_line_that_the_change_mends_is_newly_met_and_old_debt_fails_nothing(scene: Scene) -> None:
    """The exit code is 0 although the full check has 1: other lines were unmet before and are still."""
    scene.edit(SPEC, lambda text: text.replace("p99_ms: 600", "p99_ms: 450"))
    said = check(scene, "exerciseGrant", "--base", "main", "--json", "--section", "Operations")
    change = changes(said)[SLO]
    assert (change["kind"], change["effect"], change["cause"]) == ("newly_met", "better", "commit")
    said = check(scene, "legacyTransfer", "--base", "main", "--json", "--section", "Customer experience")
    assert (said.code, said.data["report_exit_code"], said.data["changes"]) == (0, 1, [])


def test_a_justification_is_voided_by_a_change_of_what_it_covers(scene: Scene) -> None:
    """The sentence says why, and whoever changed it is told by the exit code."""
    justified(scene, timedelta(days=30))
    assert check(scene, "exerciseGrant", "--base", "main", "--section", "Operations").code == 0
    scene.edit(SPEC, lambda text: text.replace("p99_ms: 600", "p99_ms: 700"))
    said = check(scene, "exerciseGrant", "--base", "main", "--json", "--section", "Operations")
    change = changes(said)[SLO]
    assert (said.code, change["kind"], change["cause"]) == (1, "voided", "commit")
    assert "What jonas justified has changed since" in change["why"]
    assert change["before"]["justification"]


def test_a_justification_whose_record_is_deleted_is_voided_too(scene: Scene) -> None:
    """Before the ledger has taken it in, the file is all there is."""
    justified(scene, timedelta(days=30))
    ledger = scene.deployment.folder / ".prr" / "ledger.sqlite"
    for path in ledger.parent.glob("ledger.sqlite*"):
        path.unlink()
    args = ("exerciseGrant:beta", "--base", "main", "--json", "--section", "Operations")
    assert check(scene, *args).data["changes"] == []
    for path in (scene.deployment.monorepo / "apps/api/__gates__/prod-readiness/records").rglob("*justif*/*"):
        path.unlink()
    said = check(scene, *args)
    assert (said.code, changes(said)[SLO]["kind"]) == (1, "voided")
    assert "is here no longer" in changes(said)[SLO]["why"]


@pytest.mark.parametrize("known", [True, False], ids=["in the ledger", "filed only"])
def test_a_justification_that_ran_out_is_voided_by_time_and_fails_no_change(scene: Scene, known: bool) -> None:
    """It counted when the base was committed; whoever changes something else did nothing about it."""
    justified(scene, timedelta(days=30))
    if not known:
        for path in (scene.deployment.folder / ".prr").glob("ledger.sqlite*"):
            path.unlink()
    scene.clock.advance(timedelta(days=31))
    said = check(scene, "exerciseGrant:beta", "--base", "main", "--json", "--section", "Operations")
    change = changes(said)[SLO]
    assert (said.code, change["kind"], change["cause"]) == (0, "voided", "time")
    assert change["why"].startswith("The justification by jonas ended at 2026-")
    assert said.data["report_exit_code"] == 1


def test_an_attestation_is_voided_by_a_change_of_what_it_covers(scene: Scene) -> None:
    """The statement was about other code: a person has to look again."""
    git(scene.deployment.monorepo, "checkout", "-q", "main")
    scene.prepare(scene.open("createGrant", needs=[]))
    scene.commit("Document")
    git(scene.deployment.monorepo, "checkout", "-q", "-B", "feature")
    scene.edit(SPEC, lambda text: text.replace("tool_name: matter_create_grant", "tool_name: matter_create_a_grant"))
    scene.edit(
        "apps/mcp/src/tools/generated.ts", lambda text: text.replace("matter_create_grant", "matter_create_a_grant")
    )
    said = check(scene, "createGrant", "--base", "main", "--json", "--section", "Specification")
    voided = [change for change in said.data["changes"] if change["kind"] == "voided"]
    assert said.code == 1
    assert voided
    assert all("what noor attested has changed since" in change["why"] for change in voided)
    assert all(change["after"]["reason"] == "not_attested" for change in voided)


def test_a_new_operation_makes_nothing_worse_and_one_that_goes_is_told(scene: Scene) -> None:
    """Its lines are asked when it is promoted; an id that is given up is gone, under its old name."""
    scene.edit(SPEC, lambda text: text.replace("operationId: getCapTable", "operationId: showCapTable"))
    said = check(scene, "--all", "--kind", "operation", "--base", "main", "--json", "--section", "Specification")
    summary = said.data["summary"]
    assert summary["appeared"] == ["operation showCapTable"]
    assert summary["vanished"] == ["operation getCapTable"]
    [new] = [report for report in said.data["reports"] if report["appeared"]]
    assert (new["name"], new["changes"], new["exit_code"]) == ("showCapTable", [], 0)
    one = check(scene, "getCapTable", "--base", "main", "--json")
    assert (one.code, one.data["vanished"]) == (0, True)
    assert "getCapTable is gone" in check(scene, "getCapTable", "--base", "main").out
    assert "showCapTable is new" in check(scene, "showCapTable", "--base", "main", *CODE).out
    assert "Unknown operation 'getCapTabel'" in check(scene, "getCapTabel", "--base", "main").err


TWICE = ("operationId: getCapTable", "operationId: exerciseGrant")
ALL = ("--all", "--kind", "operation", "--section", "Specification", "--base")


def test_an_operation_that_became_ambiguous_is_worse(scene: Scene) -> None:
    """The base tells it from others: its lines are told as no longer known, and not as nothing worse."""
    scene.edit(SPEC, lambda text: text.replace(*TWICE))
    said = check(scene, *ALL, "main", "--json")
    [report] = [each for each in said.data["reports"] if each["name"] == "exerciseGrant"]
    assert {change["effect"] for change in report["changes"] if change["counted"]} == {"worse"}
    assert said.code == said.data["summary"]["exit_code"] == 2
    assert "'exerciseGrant' more than once" in said.err
    assert "makes nothing worse" not in check(scene, *ALL, "main").out


def test_an_operation_that_lost_its_id_is_told(scene: Scene) -> None:
    """Its name is gone; that it is there still, nobody may overlook."""
    scene.edit(SPEC, lambda text: text.replace("      operationId: getCapTable\n", ""))
    said = check(scene, *ALL, "main", "--json")
    assert (said.code, said.data["summary"]["vanished"]) == (2, ["operation getCapTable"])
    assert "without an operationId; give it one" in said.err


def test_an_operation_that_the_base_could_not_tell_from_others_fails_no_change(scene: Scene) -> None:
    """Old debt, as elsewhere; once it is mended, both are new."""
    before = (scene.deployment.monorepo / SPEC).read_text()
    scene.edit(SPEC, lambda text: text.replace(*TWICE))
    base = scene.commit()
    said = check(scene, *ALL, base, "--json")
    assert (said.code, said.err) == (0, "")
    scene.edit(SPEC, lambda text: before)
    assert check(scene, *ALL, base, "--json").code == 0


def test_a_kind_that_cannot_be_listed_stops_no_other(tmp_path: Path) -> None:
    """It is told, on whichever side, and the exit code is 2, as without a base."""
    root = tmp_path / "platform"
    (root / "services" / "identity").mkdir(parents=True)
    (root / "services" / "identity" / "service.yaml").write_text("name: identity\n")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "-c", "user.name=i", "-c", "user.email=i@example.org", "commit", "-q", "-m", "One")
    said = prr("check", "--all", "--json", "--profile", "loop", "--repository", str(root), "--base", "HEAD")
    assert [one["subject"] for one in said.data["reports"]] == ["service identity"]
    assert (said.code, said.data["summary"]["exit_code"]) == (2, 0)
    assert "A kind of subjects cannot be listed: The working tree holds no file 'packages/contracts" in said.err
    assert "A kind of subjects cannot be compared: The base HEAD" in said.err


def test_without_a_change_there_is_nothing_to_tell(scene: Scene) -> None:
    """The base is what is judged: no change, exit code 0, whatever the full check says."""
    said = check(scene, "fileAnnualReport", "--base", "HEAD", "--json")
    assert (said.code, said.data["changes"], said.data["report_exit_code"]) == (0, [], 1)
    said = check(scene, "fileAnnualReport", "--base", "HEAD")
    assert "The change makes nothing worse" in said.out
    assert "No line stands otherwise" in said.out


def test_what_the_base_branch_did_meanwhile_is_not_the_change(scene: Scene) -> None:
    """The comparison is with the merge base, as in a pull request."""
    git(scene.deployment.monorepo, "checkout", "-q", "main")
    lengthen(scene)
    scene.commit("On main")
    git(scene.deployment.monorepo, "checkout", "-q", "feature")
    said = check(scene, "createGrant", "--base", "main", "--json", *CODE)
    assert (said.code, said.data["changes"]) == (0, [])
    assert said.data["base"]["commit"] == scene.commit_id("feature") != scene.commit_id("main")


def test_artefacts_that_ci_owes_for_the_change_are_no_regression_and_not_known(scene: Scene) -> None:
    """Nobody can tell what the change did to coverage until CI has run: exit code 2, with the reason."""
    scene.edit(HANDLER, lambda text: f"{text}\n// A comment.\n")
    scene.commit()
    said = check(scene, "createGrant", "--base", "main", "--json", "--section", "Testing")
    change = changes(said)[COVERED]
    assert (said.code, change["kind"], change["cause"]) == (2, "newly_unknown", "evidence")
    assert "was made from other code than is judged" in change["why"]
    scene.run_ci()
    said = check(scene, "createGrant", "--base", "main", "--json", "--section", "Testing")
    assert (said.code, said.data["changes"]) == (0, [])


def test_artefacts_that_the_base_never_had_are_no_improvement(scene: Scene) -> None:
    """What CI reports for the head alone is told apart from what the change mended."""
    scene.edit(HANDLER, lambda text: f"{text}\n// A comment.\n")
    base = scene.commit()
    scene.edit(HANDLER, lambda text: f"{text}// Another.\n")
    scene.commit()
    scene.run_ci()
    said = check(scene, "createGrant", "--base", base, "--json", "--section", "Testing")
    change = changes(said)[COVERED]
    assert (said.code, change["kind"], change["cause"]) == (0, "newly_met", "evidence")
    assert change["why"].startswith("Not known at the base: The artefact coverage")
    said = check(scene, "createGrant", "--base", base, "--section", "Testing")
    assert "better" not in said.out
    assert "not by the change itself" in said.out


def test_a_ref_that_is_not_there_is_one_sentence(scene: Scene) -> None:
    """With the way out, and nothing on stdout."""
    said = check(scene, "createGrant", "--base", "no-such-branch", "--json")
    assert (said.code, said.out) == (3, "")
    assert "has no commit 'no-such-branch'" in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_a_base_whose_specification_cannot_be_read_is_one_sentence(scene: Scene) -> None:
    """Else every operation would seem to be new."""
    before = (scene.deployment.monorepo / SPEC).read_text()
    scene.edit(SPEC, lambda text: "openapi: [3.1\n")
    base = scene.commit()
    scene.edit(SPEC, lambda text: before)
    said = check(scene, "createGrant", "--base", base)
    assert said.code == 3
    assert f"The base {base} ({base[:12]}) cannot be judged" in said.err
    assert len(said.err.strip().splitlines()) == 1


@pytest.mark.parametrize("ref", ["main", "origin/main"])
def test_a_shallow_clone_says_how_to_fetch_the_base(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ref: str
) -> None:
    """As a job has it that fetched one commit: one sentence, with the way out."""
    lengthen(scene)
    scene.commit()
    clone = tmp_path / "clone"
    url = f"file://{scene.deployment.monorepo}"
    git(tmp_path, "clone", "-q", "--depth", "1", "--single-branch", "--branch", "feature", url, str(clone))
    monkeypatch.chdir(clone)
    args = ("check", "createGrant", "--profile", "matter", "--base", ref, *CODE)
    said = prr(*args)
    assert (said.code, said.out) == (3, "")
    assert "git fetch --unshallow origin main" in said.err
    assert "fetch-depth: 0" in said.err
    assert len(said.err.strip().splitlines()) == 1
    git(clone, "fetch", "-q", "--depth", "1", "origin", "main:refs/remotes/origin/main", "main:main")
    assert "the shallow clone" in prr(*args).err.lower()
    git(clone, "fetch", "-q", "--unshallow", "origin", "feature")
    assert prr(*args).code == 1


@pytest.fixture(scope="module")
def longer(built: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A copy whose working tree has one handler that is too long."""
    made = copied(built, tmp_path_factory.mktemp("longer") / "d")
    lengthen(made)
    made.work.ledger.close()
    return made


@pytest.mark.parametrize("subject", ["createGrant", "--all"])
@pytest.mark.parametrize("form", Format)
def test_every_format_shows_what_changed(longer: Scene, tmp_path: Path, form: str, subject: str) -> None:
    """The line, what became of it and the base; the same in a file, and with the same exit code."""
    args = (subject, *(("--kind", "operation") if subject == "--all" else ()), *CODE, "--base", "main")
    said = check(longer, *args, "--format", form, "--output", "-")
    text = " ".join(said.out.replace("\\", "").split())
    assert said.code == 1
    assert LONG in text
    assert "newly_unmet" in text if form == "json" else "newly unmet" in text
    assert longer.commit_id("main")[:12] in text
    file = tmp_path / "report"
    again = check(longer, *args, "--format", form, "--output", str(file))
    assert (again.code, again.out) == (1, "")
    assert file.read_text("utf-8") == said.out
