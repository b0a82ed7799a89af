"""`prr check`, `prr lines`, `prr subjects`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prr_pipeline.canonical import digest_bytes
from tests.commands.town import PROFILE, Town, git, prr

LINE_KEYS = {
    "id", "number", "section", "line", "outcome", "reason", "message", "locations", "subject_digest", "check",
    "check_version", "parameters", "counted", "justification", "justification_text", "justification_note",
    "attestations", "due_at",
    "values", "if_unmet",
}  # fmt: skip

LISTED_KEYS = {
    "id", "number", "checklist", "section", "line", "subject", "stage", "kind", "judged", "and_a_person", "check",
    "checks", "parameters", "statement", "attested_by", "counts", "justifiable", "why", "evidence", "if_unmet", "page",
}  # fmt: skip
OWN = """
lines:
  - id: support_is_briefed
    number: T1
    section: Support
    line: The support team was briefed.
    applies_to: {kind: operation}
    kind: P
    why: Customers ask support before they ask us.
    if_unmet: Brief them and sign a statement.
    evidence: A signed statement of an engineer.
"""


@pytest.fixture
def clone(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The monorepo alone, without settings, as an engineer has it; the profile lies beside it."""
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(town.mono), str(folder))
    (tmp_path / "mini.yaml").write_text(PROFILE)
    monkeypatch.chdir(folder / "api")
    return folder


def test_check_works_without_settings_from_a_folder_below(clone: Path) -> None:
    """The repository is found upward; with a profile nothing else is needed."""
    said = prr("check", "createGrant", "--profile", str(clone.parent / "mini.yaml"), "--json")
    assert said.code == 2
    assert said.data["subject"] == "operation createGrant"
    assert said.data["commit"] is None
    assert said.data["profile"] == "mini"
    assert said.data["exit_code"] == 2


def test_every_line_of_a_report_has_all_its_fields(town: Town) -> None:
    """Consumers of the JSON rely on each field being there."""
    data = town.prr("check", "createGrant", "--json").data
    assert len(data["lines"]) > 30
    assert all(set(line) == LINE_KEYS for line in data["lines"])
    assert sum(data["counts"].values()) == len(data["lines"])
    assert data["digest"].startswith("sha256:")


def test_without_a_profile_the_error_lists_the_profiles(clone: Path) -> None:
    """There is no default profile: conventions are never guessed."""
    said = prr("check", "createGrant")
    assert said.code == 3
    assert "github" in said.err
    assert "matter" in said.err
    assert said.out == ""


def test_an_unknown_operation_names_the_nearest(town: Town) -> None:
    """A slip of the pen is answered with what was meant."""
    said = town.prr("check", "createGrnt")
    assert said.code == 3
    assert "createGrant" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--repository", "/nowhere-at-all"), "no folder /nowhere-at-all"),
        (("--profile", "nope"), "Unknown profile 'nope'"),
        (("--commit", "no-such-branch"), "no commit 'no-such-branch'"),
        (("--target", "alpha"), "Unknown target 'alpha'. Valid: beta, ga."),
        (("--section", "Nonsense"), "Unknown section 'Nonsense'"),
        (("--kind", "thing"), "Unknown subject kind 'thing'"),
    ],
    ids=["repository", "profile", "commit", "target", "section", "kind"],
)
def test_a_wrong_name_is_one_sentence(town: Town, options: tuple[str, ...], words: str) -> None:
    """Whatever is named wrongly, the answer is one sentence on stderr and exit code 3."""
    said = town.prr("check", "createGrant", *options)
    assert said.code == 3
    assert words in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_outside_of_any_repository_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that git does not know is told apart from a broken one."""
    monkeypatch.delenv("PRR_SETTINGS", raising=False)
    monkeypatch.chdir(tmp_path)
    said = prr("check", "createGrant", "--profile", "matter")
    assert said.code == 3
    assert "git repository" in said.err


def test_a_broken_specification_makes_lines_unknown_not_a_crash(town: Town) -> None:
    """Broken YAML is told in the finding; nothing passes."""
    (town.mono / "api" / "openapi.yaml").write_text("openapi: [3.1\n")
    said = town.prr("check", "createGrant", "--json")
    assert said.code == 2
    by_id = {line["id"]: line for line in said.data["lines"]}
    assert by_id["operation_has_all_extensions"]["outcome"] == "unknown"
    assert "api/openapi.yaml" in by_id["operation_has_all_extensions"]["message"]


def test_all_with_a_broken_specification_is_one_sentence(town: Town) -> None:
    """Without a readable specification there is no list of operations."""
    (town.mono / "api" / "openapi.yaml").write_text("openapi: [3.1\n")
    said = town.prr("check", "--all", "--json")
    assert said.code == 3
    assert "api/openapi.yaml" in said.err
    assert said.out == ""


def test_the_working_tree_is_judged_before_a_commit(town: Town) -> None:
    """What is not committed yet counts, unless a commit is named."""
    spec = town.mono / "api" / "openapi.yaml"
    spec.write_text(spec.read_text().replace("      x-mini-maturity: Beta\n", ""))
    tree = {line["id"]: line for line in town.prr("check", "createGrant", "--json").data["lines"]}
    head = town.prr("check", "createGrant", "--commit", "main", "--json").data
    at_head = {line["id"]: line for line in head["lines"]}
    assert tree["operation_has_all_extensions"]["outcome"] == "unmet"
    assert at_head["operation_has_all_extensions"]["outcome"] == "met"
    assert head["commit"] == git(town.mono, "rev-parse", "main")


def test_an_unmet_line_exits_1_even_beside_unknown_ones(town: Town) -> None:
    """Unmet is worse than unknown, in one report and in many."""
    spec = town.mono / "api" / "openapi.yaml"
    spec.write_text(spec.read_text().replace("      x-mini-maturity: Beta\n", ""))
    assert town.prr("check", "createGrant").code == 1
    assert town.prr("check", "listGrants").code == 2
    assert town.prr("check", "--all").code == 1


def test_all_is_one_json_document_with_a_summary(town: Town) -> None:
    """Many reports are one document, in the specification's order."""
    said = town.prr("check", "--all", "--json")
    assert [report["name"] for report in said.data["reports"]] == ["listGrants", "createGrant", "getTable"]
    assert said.data["summary"]["subjects"] == 3
    assert said.data["summary"]["exit_code"] == said.code == 2
    assert said.data["summary"]["exit_codes"] == {"2": 3}
    assert said.err == ""


@pytest.mark.parametrize("cache", ["--cache", "--no-cache"])
def test_an_operation_that_no_id_tells_from_others_is_told_and_not_known(town: Town, cache: str) -> None:
    """An id twice, and one missing: each on stderr, every time; the rest is judged, and nobody takes that for all."""
    spec = town.mono / "api" / "openapi.yaml"
    spec.write_text(
        spec.read_text()
        .replace("operationId: getTable", "operationId: createGrant")
        .replace("      operationId: listGrants\n", "")
    )
    for _ in range(2):
        said = town.prr("check", "--all", "--json", cache)
        assert (said.code, said.data["reports"]) == (2, [])
        assert said.err.splitlines() == [
            "An operation cannot be listed: api/openapi.yaml has GET /grants (line 5) without an operationId; "
            "give it one.",
            "An operation cannot be listed: api/openapi.yaml has the operation id 'createGrant' more than once "
            "(lines 8 and 13); make it unique.",
        ]
    assert town.prr("subjects").code == 2


def test_all_of_a_specification_without_operations_is_still_a_document(town: Town) -> None:
    """Nothing to judge is an empty list, not a broken document."""
    (town.mono / "api" / "openapi.yaml").write_text("openapi: 3.1.0\ninfo: {title: x, version: '1'}\npaths: {}\n")
    said = town.prr("check", "--all", "--json")
    assert said.code == 0
    assert said.data == {
        "reports": [],
        "summary": {"exit_code": 0, "exit_codes": {}, "outcomes": {}, "subjects": 0},
    }


def test_one_subject_or_all_but_not_both(town: Town) -> None:
    """The request must be clear."""
    assert "one of the two" in town.prr("check").err
    assert "one of the two" in town.prr("check", "createGrant", "--all").err


def test_a_kind_that_the_profile_does_not_list_says_so(town: Town) -> None:
    """It names the key to declare, instead of judging nothing."""
    said = town.prr("check", "--all", "--kind", "service")
    assert said.code == 3
    assert said.err == "paths.service is not declared; set it in the profile or in .prr/profile.yaml.\n"


def test_kinds_that_can_be_listed_are_judged_beside_those_that_cannot(tmp_path: Path) -> None:
    """A platform without a registry of events still has services; what was not looked at is told and is unknown."""
    root = tmp_path / "platform"
    (root / "services" / "identity").mkdir(parents=True)
    (root / "services" / "identity" / "service.yaml").write_text("name: identity\n")
    git(root, "init", "-q")
    options = ["--profile", "loop", "--repository", str(root)]
    listed = prr("subjects", "--json", *options)
    assert [one["subject"] for one in json.loads(listed.out)["subjects"]] == ["service identity"]
    assert listed.code == 2
    assert "A kind of subjects cannot be listed: The working tree holds no file 'packages/contracts" in listed.err
    judged = prr("check", "--all", "--json", "--no-cache", *options)
    assert [one["subject"] for one in json.loads(judged.out)["reports"]] == ["service identity"]
    assert judged.code == 1
    one = prr("check", "service", "identity", "--json", "--no-cache", *options)
    assert json.loads(one.out)["subject"] == "service identity"


@pytest.mark.parametrize(
    ("args", "subject"),
    [
        (("createGrant",), "operation createGrant"),
        (("createGrant:ga",), "operation createGrant"),
        (("service ledger",), "service ledger"),
        (("ledger", "--kind", "service"), "service ledger"),
    ],
    ids=["name", "key", "kind and name", "kind option"],
)
def test_subjects_are_named_in_the_usual_ways(town: Town, args: tuple[str, ...], subject: str) -> None:
    """A bare name is an operation; a key brings its target."""
    assert town.prr("check", *args, "--json").data["subject"] == subject


def test_beta_asks_fewer_lines_than_ga(town: Town) -> None:
    """Lines that are asked from GA on are left out on the way to Beta."""
    beta = {line["id"] for line in town.prr("check", "createGrant", "--target", "beta", "--json").data["lines"]}
    ga = {line["id"] for line in town.prr("check", "createGrant:ga", "--json").data["lines"]}
    assert beta < ga


def test_a_section_limits_the_lines(town: Town) -> None:
    """One section alone can be judged."""
    data = town.prr("check", "createGrant", "--section", "specification", "--json").data
    assert {line["section"] for line in data["lines"]} == {"Specification"}


def test_the_terminal_names_each_line_in_the_way_and_how_to_mend_it(town: Town) -> None:
    """A person sees the line's own wording and the way out."""
    spec = town.mono / "api" / "openapi.yaml"
    spec.write_text(spec.read_text().replace("      x-mini-maturity: Beta\n", ""))
    said = town.prr("check", "createGrant")
    assert "operation_has_all_extensions" in said.out
    assert "mend: " in said.out
    assert "not ready" in said.out


def test_markdown_is_for_a_pull_request(town: Town) -> None:
    """The Markdown has a heading and a table per section."""
    said = town.prr("check", "createGrant", "--format", "markdown")
    assert said.out.startswith("## operation createGrant: not known")
    assert "| line | outcome | finding |" in said.out


def test_text_of_the_repository_cannot_act_on_the_terminal(town: Town) -> None:
    """Escape sequences in a specification are shown as nothing."""
    spec = town.mono / "api" / "openapi.yaml"
    spec.write_text(spec.read_text().replace("x-mini-maturity: Beta", 'x-mini-maturity: "Be\\e[31mta"'))
    said = town.prr("subjects")
    assert "\x1b" not in said.out
    assert "Be[31mta" in said.out


def test_signed_attestations_in_the_working_tree_count(town: Town) -> None:
    """What was signed but not yet taken in by the ledger counts in `prr check` already."""
    key = town.open()
    town.ok("attest", key, "--all-open", "--statement", "Looked at it.", *town.as_person("noor"))
    said = town.prr("check", "deploy slack", "--json")
    assert said.code == 0, said.out
    counted = [line for line in said.data["lines"] if line["counted"]]
    assert {line["outcome"] for line in counted} == {"met", "not_applicable"}
    assert [line["id"] for line in counted if line["attestations"]] == ["people_were_warned", "people_were_trained"]


def test_records_of_an_unknown_key_do_not_count_and_are_named(town: Town) -> None:
    """A record whose signature does not verify is told, not counted."""
    key = town.open()
    town.ok("attest", key, "--all-open", "--statement", "Looked at it.", *town.as_person("noor"))
    [signature] = (town.mono / "prr").rglob("*.sig")
    signature.write_text("nonsense")
    said = town.prr("check", "deploy slack", "--json")
    assert said.code == 2
    assert "does not count" in said.data["notes"][0]


def test_without_the_pinned_roster_nothing_signed_counts(town: Town) -> None:
    """A roster that was changed makes people's words worthless until it is pinned anew."""
    key = town.open()
    town.ok("attest", key, "--all-open", "--statement", "Looked at it.", *town.as_person("noor"))
    people = town.folder / "roster" / "people.yaml"
    people.write_text(people.read_text() + "# changed\n")
    said = town.prr("check", "deploy slack", "--json")
    assert said.code == 2
    assert "roster digest" in said.data["notes"][0]


def test_an_open_promotion_brings_its_ladder_and_target(town: Town) -> None:
    """M35 judges the open promotion's ladder, and only its target's lines are asked."""
    town.open("listGrants", "beta")
    data = town.prr("check", "listGrants", "--json").data
    ids = {line["id"] for line in data["lines"]}
    assert ids == {line["id"] for line in town.prr("check", "listGrants:beta", "--json").data["lines"]}
    assert ids < {line["id"] for line in town.prr("check", "createGrant", "--json").data["lines"]}


def test_a_check_makes_no_ledger_and_no_file(town: Town) -> None:
    """Reading leaves the deployment as it was."""
    before = sorted(path for path in town.folder.rglob("*") if ".git" not in path.parts)
    town.prr("check", "createGrant")
    town.prr("check", "--all", "--json")
    assert sorted(path for path in town.folder.rglob("*") if ".git" not in path.parts) == before


def test_equal_inputs_give_equal_documents(town: Town) -> None:
    """The JSON holds no time of its own."""
    first, second = (town.prr("check", "--all", "--json").out for _ in range(2))
    assert digest_bytes(first.encode()) == digest_bytes(second.encode())


def test_lines_lists_all_124(town: Town) -> None:
    """Both checklists, every line once, with the fields that consumers rely on."""
    data = prr("lines", "--json").data
    assert len(data["lines"]) == 124
    assert len({line["id"] for line in data["lines"]}) == 124
    assert all(set(row) == LISTED_KEYS for row in data["lines"])
    assert "createGrant" not in json.dumps(data)


def test_own_lines_of_the_settings_and_of_the_command_are_asked_and_listed(town: Town) -> None:
    """Those of `checklist.own`, and of each --checklist beside them; without settings the latter alone."""
    own = [town.settings_file.parent / f"{name}.yaml" for name in ("ours", "more")]
    for number, file in enumerate(own, 1):
        file.write_text(OWN.replace("number: T1", f"number: T{number}").replace("is_briefed", f"is_briefed_{number}"))
    town.settings_file.write_text(town.settings_file.read_text() + '\n[checklist]\nown = ["ours.yaml"]\n')
    more = ("--checklist", str(own[1]), "--checklist", str(own[0]))
    for verb, lines in {("lines",): 124, ("check", "createGrant"): 38}.items():
        of_settings = [line["id"] for line in town.prr(*verb, "--json").data["lines"]]
        of_both = [line["id"] for line in town.prr(*verb, *more, "--json").data["lines"]]
        assert of_settings[lines:] == ["support_is_briefed_1"]
        assert of_both[lines:] == ["support_is_briefed_1", "support_is_briefed_2"]
    assert [line["number"] for line in prr("lines", *more, "--json").data["lines"]][124:] == ["T2", "T1"]


def test_a_checklist_with_faults_is_told_and_judges_nothing(town: Town, tmp_path: Path) -> None:
    """Each fault on a line of its own, and exit code 3."""
    (tmp_path / "own.yaml").write_text(OWN.replace("number: T1", "number: M77").replace("kind: P", "kind: Q"))
    (tmp_path / "two.yaml").write_text(OWN.replace("number: T1", "number: L88"))
    said = town.prr(
        "check", "createGrant", "--checklist", str(tmp_path / "own.yaml"), "--checklist", str(tmp_path / "two.yaml")
    )
    assert (said.code, said.out) == (3, "")
    assert "2 faults" in said.err
    assert "own.yaml, line support_is_briefed: kind: invalid enum value" in said.err
    assert "two.yaml, line support_is_briefed: the number L88 begins like those of a checklist that ships" in said.err


def test_lines_shows_them_to_a_person() -> None:
    """The table names the wording and says which lines are judged by a person."""
    said = prr("lines")
    assert "M1" in said.out
    assert "a person" in said.out


def test_subjects_are_listed_with_maturity_context_and_promotion(town: Town) -> None:
    """Operations in the specification's order, then services, then what is promoted beside them."""
    town.open("listGrants", "beta")
    town.open()
    rows = {row["subject"]: row for row in town.ok("subjects", "--json").data["subjects"]}
    assert rows["operation listGrants"] == {
        "context": "Equity", "kind": "operation", "maturity": "Preview", "name": "listGrants",
        "promotion": "listGrants:beta", "subject": "operation listGrants",
    }  # fmt: skip
    assert rows["operation getTable"]["maturity"] == "GA"
    assert rows["service ledger"]["context"] == "Platform"
    assert rows["deploy slack"]["promotion"] == "deploy:slack:beta"
    assert "listGrants" in town.ok("subjects").out
