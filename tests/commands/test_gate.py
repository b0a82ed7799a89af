"""`prr gate maturity`: what a change raises in the specification must stand in the ledger."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.ledger.events import Draft, EventType
from tests.commands.town import PROFILE, Said, Town, git, prr

LIST, CREATE, TABLE = "x-mini-maturity: Preview", "x-mini-maturity: Beta", "x-mini-maturity: {level: GA}"


def spec(town: Town, *edits: tuple[str, str]) -> None:
    """Edit the specification and commit; an edit that hits nothing is a fault of the test."""
    file = town.mono / "api" / "openapi.yaml"
    text = file.read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    file.write_text(text)
    town.commit()


def branch(town: Town, *edits: tuple[str, str]) -> None:
    """Leave main with these edits of the specification; main moves on beside it."""
    git(town.mono, "checkout", "-q", "-b", "change")
    spec(town, *edits)
    git(town.mono, "checkout", "-q", "main")
    (town.mono / "README.md").write_text("# mini, moved on\n")
    town.commit("main moves on")
    git(town.mono, "checkout", "-q", "change")


def gate(town: Town, *more: str) -> Said:
    """The gate on the branch."""
    return town.prr("gate", "maturity", "--base", "main", *more)


def ruled(said: Said) -> dict[str, str]:
    """Operation -> what the gate says of it."""
    return {one["operation"]: one["ruling"] for one in said.data["operations"]}


def only(said: Said) -> dict[str, Any]:
    """The one operation that changed."""
    [one] = said.data["operations"]
    return dict(one)


def book(town: Town, operation: str, target: str, kind: EventType = EventType.MATURITY_ADOPTED) -> None:
    """Write into the ledger what a promotion or an adoption would."""
    work = town.work()
    payload = {"subject": f"operation {operation}", "target": target, "reason": "test"}
    work.ledger.append([Draft(f"subject/operation/{operation}", kind, payload, "person:mara")])
    work.ledger.close()


def test_a_change_without_a_rise_passes_without_any_ledger(town: Town) -> None:
    """What was stated before the branch left is no business of the change, and nothing is asked or made."""
    branch(town, ("description: list", "description: all grants"))
    said = gate(town, "--json")
    assert (said.code, said.data["operations"], said.data["faults"]) == (0, [], [])
    assert said.data["base"] == git(town.mono, "rev-parse", "main~1")
    assert not town.ledger_file.exists()
    assert "passed: none rose" in gate(town).out


def test_a_rise_without_a_promotion_is_refused_with_the_way_out(town: Town) -> None:
    """From, to, where, what is missing, and what opens it."""
    town.open("getTable", "beta")
    branch(town, (LIST, "x-mini-maturity: Beta"))
    said = gate(town, "--json")
    one = only(said)
    assert (said.code, one["operation"], one["from"], one["to"]) == (1, "listGrants", "Preview", "Beta")
    assert (one["needs"], one["recorded"], one["place"]) == ("beta", None, "api/openapi.yaml:5")
    assert "the ledger records no Beta for it: its promotion was not opened yet" in one["why"]
    assert one["command"] == "prr open listGrants --target beta --by NAME"
    shown = gate(town)
    assert shown.code == 1
    assert "listGrants: Preview to Beta" in shown.out
    assert "next: prr open listGrants --target beta --by NAME" in shown.out


def test_an_open_promotion_is_not_enough(town: Town) -> None:
    """It says how far it is, and the way out is to finish it."""
    town.open("listGrants", "beta")
    branch(town, (LIST, "x-mini-maturity: Beta"))
    one = only(gate(town, "--json"))
    assert "listGrants:beta is open (in review, at off)" in one["why"]
    assert one["command"] == "prr show listGrants:beta"


@pytest.mark.parametrize("kind", [EventType.MATURITY_ADOPTED, EventType.MATURITY_RECORDED])
def test_what_the_ledger_records_entitles(town: Town, kind: EventType) -> None:
    """By promotion or adoption alike."""
    town.open("getTable", "beta")
    if kind is EventType.MATURITY_RECORDED:
        key = town.open("listGrants", "beta")
        payload = {"subject": "operation listGrants", "target": "beta", "commit": "-"}
        town.work().ledger.append([Draft(key, kind, payload, "run:test")])
    else:
        book(town, "listGrants", "beta")
    branch(town, (LIST, "x-mini-maturity: Beta"))
    said = gate(town, "--json")
    assert (said.code, ruled(said)) == (0, {"listGrants": "entitled"})


def test_a_jump_to_ga_takes_ga(town: Town) -> None:
    """A recorded Beta carries Beta only, and without one Beta comes first."""
    book(town, "createGrant", "beta")
    branch(town, (LIST, "x-mini-maturity: GA"), (CREATE, "x-mini-maturity: GA"))
    said = gate(town, "--json")
    rows = {one["operation"]: one for one in said.data["operations"]}
    assert said.code == 1
    assert rows["createGrant"]["recorded"] == "beta"
    assert rows["createGrant"]["command"] == "prr open createGrant --target ga --by NAME"
    assert "no Beta for it, and GA comes after Beta" in rows["listGrants"]["why"]
    assert rows["listGrants"]["command"] == "prr open listGrants --target beta --by NAME"


def test_a_withdrawn_maturity_entitles_no_more(town: Town) -> None:
    """The last word of the ledger counts."""
    book(town, "listGrants", "beta")
    book(town, "listGrants", "beta", EventType.MATURITY_WITHDRAWN)
    branch(town, (LIST, "x-mini-maturity: Beta"))
    assert gate(town).code == 1


def test_a_new_operation_rises_from_nothing(town: Town) -> None:
    """At Beta it takes a promotion; at Preview it takes none."""
    town.open("getTable", "beta")
    new = "  /notes:\n    get:\n      operationId: {0}\n      x-mini-maturity: {1}\n      responses: {{}}\n"
    tail = "      responses: {'200': {description: table}}\n"
    branch(town, (tail, tail + new.format("listNotes", "Beta") + new.replace("notes", "n").format("n", "Preview")))
    said = gate(town, "--json")
    assert (said.code, ruled(said)) == (1, {"listNotes": "refused"})
    assert only(said)["new"] is True


def test_a_renamed_operation_is_new_and_says_so(town: Town) -> None:
    """The ledger knows operations by id; the old id counts as gone."""
    town.open("getTable", "beta")
    branch(town, ("operationId: createGrant", "operationId: addGrant"))
    said = gate(town, "--json")
    rows = {one["operation"]: one for one in said.data["operations"]}
    assert said.code == 1
    assert "POST /grants was createGrant at the base" in rows["addGrant"]["why"]
    assert (rows["createGrant"]["ruling"], rows["createGrant"]["removed"]) == ("lowered", True)


def test_a_lowered_maturity_passes_and_is_told(town: Town) -> None:
    """Lowering needs nobody's word."""
    branch(town, (TABLE, "x-mini-maturity: {level: Preview}"))
    said = gate(town, "--json")
    assert (said.code, ruled(said)) == (0, {"getTable": "lowered"})
    assert "getTable: GA to Preview" in gate(town).out


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ((LIST, "x-mini-maturity: Betta"), "'Betta' is no level of maturity; valid: Preview, Beta, GA"),
        ((LIST, "x-mini-maturity: [GA]"), "is no level of maturity"),
        ((CREATE, "x-other: 1"), "it states no maturity (x-mini-maturity); it was Beta"),
        (("      operationId: listGrants\n", ""), "it has no operationId"),
        (("operationId: listGrants", "operationId: createGrant"), "more than once"),
    ],
    ids=["unknown value", "no text", "taken away", "no id", "id twice"],
)
def test_what_cannot_be_judged_is_no_pass(town: Town, edit: tuple[str, str], words: str) -> None:
    """Exit code 2, and one sentence with the way out."""
    town.open("getTable", "beta")
    branch(town, edit, *((LIST, CREATE),) * ("operationId: listGrants\n" in edit[0]))
    said = gate(town, "--json")
    assert said.code == 2, said.out
    assert [one["ruling"] for one in said.data["operations"]].count("unknown") == 1
    assert any(words in one["why"] for one in said.data["operations"])


def test_a_refusal_outweighs_what_cannot_be_judged(town: Town) -> None:
    """Exit code 1, the refused one first."""
    town.open("getTable", "beta")
    branch(town, (LIST, "x-mini-maturity: Betta"), (CREATE, "x-mini-maturity: GA"))
    said = gate(town, "--json")
    assert (said.code, list(ruled(said).values())) == (1, ["refused", "unknown"])


def test_an_unreadable_specification_is_one_sentence(town: Town) -> None:
    """At the head or at the base: exit code 2, with the side's name."""
    branch(town, ("openapi: 3.1.0", "openapi: 2.0.0"))
    said = gate(town, "--json")
    assert said.code == 2
    assert "specification at the head" in said.data["faults"][0]
    assert "versions 3.0 and 3.1 are read" in said.data["faults"][0]
    git(town.mono, "checkout", "-q", "-b", "mending")
    spec(town, ("openapi: 2.0.0", "openapi: 3.1.0"))
    said = town.prr("gate", "maturity", "--base", "change", "--json")
    assert said.code == 2
    assert "specification at the base" in said.data["faults"][0]


def test_a_specification_that_moved_is_for_a_person(town: Town) -> None:
    """Nothing tells a move from a decoy; where the base has none at the path of both, all counts as new."""
    git(town.mono, "checkout", "-q", "-b", "change")
    git(town.mono, "mv", "api/openapi.yaml", "api/v1.yaml")
    town.commit()
    assert "has no specification at api/openapi.yaml" in gate(town, "--json").data["faults"][0]
    (town.mono / ".prr").mkdir()
    (town.mono / ".prr" / "profile.yaml").write_text("paths: {openapi: api/v1.yaml}\n")
    town.commit()
    said = gate(town, "--json")
    assert (said.code, said.data["operations"]) == (2, [])
    assert "paths.openapi: api/openapi.yaml at the base, api/v1.yaml at the head" in said.data["faults"][0]
    (town.folder / "mini.yaml").write_text(PROFILE.replace("api/openapi.yaml", "api/v1.yaml"))
    said = gate(town, "--json")
    assert "every operation counts as new" in said.data["notes"][0]
    assert set(ruled(said).values()) == {"unknown"}


def test_a_rise_behind_a_decoy_is_no_pass(town: Town) -> None:
    """The profile names a copy from before, while the specification itself rises."""
    git(town.mono, "checkout", "-q", "-b", "change")
    (town.mono / "decoy.yaml").write_bytes((town.mono / "api" / "openapi.yaml").read_bytes())
    (town.mono / ".prr").mkdir()
    (town.mono / ".prr" / "profile.yaml").write_text("paths: {openapi: decoy.yaml}\n")
    spec(town, (LIST, "x-mini-maturity: GA"))
    said = gate(town, "--json")
    assert said.code == 2
    assert "decoy.yaml at the head" in said.data["faults"][0]


def test_a_change_of_the_ladder_is_for_a_person(town: Town) -> None:
    """What rises on one ladder may not rise on another: nothing is compared."""
    git(town.mono, "checkout", "-q", "-b", "change")
    (town.mono / ".prr").mkdir()
    (town.mono / ".prr" / "profile.yaml").write_text("maturity: {names: [GA, Preview, Beta, GA]}\n")
    spec(town, (LIST, "x-mini-maturity: GA"))
    said = gate(town, "--json")
    assert said.code == 2
    assert "alters how a maturity is stated" in said.data["faults"][0]


def test_retired_levels_are_no_rise(town: Town) -> None:
    """What is deprecated needs no promotion; on its way back it does."""
    (town.folder / "mini.yaml").write_text(
        PROFILE.replace("names:", "retired: {value: [Sunset], basis: assumed}\n  names:")
    )
    town.open("listGrants", "beta")
    branch(town, (TABLE, "x-mini-maturity: Sunset"))
    assert (gate(town).code, ruled(gate(town, "--json"))) == (0, {"getTable": "lowered"})
    git(town.mono, "checkout", "-q", "-b", "back")
    spec(town, ("x-mini-maturity: Sunset", TABLE))
    assert town.prr("gate", "maturity", "--base", "change").code == 1


@pytest.mark.parametrize("how", ["garbage", "folder", "gone"])
def test_a_ledger_that_cannot_be_asked_is_no_pass(town: Town, how: str) -> None:
    """Exit code 2: nobody refuses, and nobody vouches."""
    town.open("getTable", "beta")
    branch(town, (LIST, "x-mini-maturity: Beta"))
    town.break_ledger(how)
    said = gate(town, "--json")
    assert (said.code, ruled(said)) == (2, {"listGrants": "unknown"})
    assert "The ledger cannot be asked" in said.data["faults"][0]


def test_a_ledger_that_does_not_fit_its_head_is_no_pass(town: Town) -> None:
    """Where the head is kept it must fit; where it is kept from whoever asks, that is told."""
    town.open("getTable", "beta")
    book(town, "listGrants", "beta")
    branch(town, (LIST, "x-mini-maturity: Beta"))
    [head] = town.folder.rglob("*head*.json")
    kept = head.read_bytes()
    head.write_bytes(kept.replace(b'"seq":1', b'"seq":9'))
    assert "may be forged" in gate(town, "--json").data["faults"][0]
    head.unlink()
    said = gate(town, "--json")
    assert (said.code, ruled(said)) == (0, {"listGrants": "entitled"})
    assert "was not compared with its signed head" in said.data["notes"][0]


def test_without_settings_a_rise_cannot_be_judged(town: Town) -> None:
    """The specification is compared all the same."""
    branch(town, (LIST, "x-mini-maturity: Beta"))
    options = ("--base", "main", "--profile", str(town.folder / "mini.yaml"), "--repository", str(town.mono))
    said = prr("gate", "maturity", *options, "--json")
    assert (said.code, ruled(said)) == (2, {"listGrants": "unknown"})
    assert "No settings name a ledger" in said.data["faults"][0]


def test_bad_input_is_exit_code_3(town: Town, tmp_path: Path) -> None:
    """An unknown ref, and a clone that ends before the base."""
    branch(town, (LIST, "x-mini-maturity: Beta"))
    said = town.prr("gate", "maturity", "--base", "origin/nope")
    assert (said.code, said.out) == (3, "")
    assert "has no commit 'origin/nope'; fetch it" in said.err
    clone = tmp_path / "shallow"
    options = ("--depth", "1", "--no-single-branch", "--branch", "change")
    subprocess.run(["git", "clone", "-q", *options, f"file://{town.mono}", str(clone)], check=True)
    said = town.prr("gate", "maturity", "--base", "origin/main", "--repository", str(clone))
    assert said.code == 3
    assert "fetch-depth: 0" in said.err
    said = town.prr("gate", "maturity", "--base", "origin/absent", "--repository", str(clone))
    assert (said.code, said.out) == (3, "")
    assert "this clone is shallow, so fetch the base too (git fetch --unshallow origin absent" in said.err


def test_another_commit_may_be_the_head(town: Town) -> None:
    """What is checked out does not matter."""
    branch(town, (LIST, "x-mini-maturity: Beta"))
    git(town.mono, "checkout", "-q", "main")
    assert gate(town).code == 0
    assert gate(town, "--commit", "change").code == 2


def test_a_profile_that_states_no_maturity_is_told(town: Town) -> None:
    """Nothing stated anywhere and nothing declared: that is no pass."""
    spec(town, (LIST, "x-a: 1"), (CREATE, "x-a: 1"), (TABLE, "x-a: 1"))
    branch(town, ("description: list", "description: all"))
    said = gate(town, "--json")
    assert said.code == 2
    assert "declares no spec.maturity_extension and no operation carries x-mini-maturity" in said.data["faults"][0]


def test_what_a_specification_calls_itself_is_quoted(town: Town) -> None:
    """A command is copied into a shell: what comes from the monorepo stays one word there."""
    town.open("getTable", "beta")
    branch(town, ("operationId: createGrant", "operationId: 'x; reboot'"))
    rows = {one["operation"]: one for one in gate(town, "--json").data["operations"]}
    assert rows["x; reboot"]["command"] == "prr open 'x; reboot' --target beta --by NAME"


def test_the_step_summary_of_a_job(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes to the end of the job's file, as Markdown that shows the specification's texts as they are."""
    town.open("getTable", "beta")
    branch(town, (CREATE, "x-mini-maturity: '|<b>'"), (LIST, "x-mini-maturity: Beta"))
    file = tmp_path / "summary.md"
    file.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    assert gate(town, "--format", "github").out == ""
    text = file.read_text()
    assert text.startswith("before\n## ❌ Maturity gate: refused")
    assert "| ❌ refused | listGrants | Preview | Beta |" in text
    assert "\\|\\<b\\>" in text
