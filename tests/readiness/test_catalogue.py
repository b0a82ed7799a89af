"""The catalogue holds both checklists, word for word, and every entry is complete."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.readiness.catalogue import load_catalogue, validate_line
from prr_pipeline.readiness.own_lines import reads_agreement
from prr_pipeline.readiness.parameters import references
from prr_pipeline.readiness.shipped_yaml import CHECKLISTS, FOLDERS, PROFILES, READ, plain_data, written
from prr_pipeline.repository.tree import Blob
from prr_pipeline.subjects import Subject, SubjectKind, Target

DATA = Path(__file__).parent / "data"
CATALOGUE = load_catalogue()
HEADINGS = (
    "Reviewers, Checklist, Specification, Implementation, Testing, Operations, Security, Customer experience, "
    "Sign-off, After GA, For a new platform service, Code, Database, Events, Tests, Docs, Observability, Auth, "
    "Deployment, SDK, "
    "For a new third-party-facing endpoint, For a new event, For a new background job, For any production deploy, "
    "For a new partner integration (third-party app), Every line must be checked or explicitly justified."
)
AFTER_GA = "    section: Ours\n    stage: after_ga\n    counts: false\n    due: {{{}}}\n"
OWN = """
lines:
  - number: Z1
    id: our_own_line
    section: Ours
    line: The operation has a mascot.
    applies_to: {kind: operation}
    kind: A
    check: operation_has
    parameters: {prefix: x-, extensions: {mascot: [operation]}}
    why: Because nobody forgets an operation with a mascot.
    if_unmet: Draw a mascot and name it in the extension.
    evidence: The extension on the operation in the spec.
"""


def squeezed(text: str) -> str:
    return re.sub(r"[\s`]", "", text)


@pytest.mark.parametrize(
    ("letter", "file", "count", "introduction"),
    [("M", "endpoint-checklist.txt", 38, 530), ("L", "full-checklist.txt", 86, 140)],
)
def test_every_line_stands_in_the_checklist_in_order_and_nothing_is_left_over(
    letter: str, file: str, count: int, introduction: int
) -> None:
    """White space and code marks apart, the declared wording is the checklist's; only headings lie between."""
    lines = [line for line in CATALOGUE.lines if line.number.startswith(letter)]
    text, at, between = squeezed((DATA / file).read_text("utf-8")), 0, []
    for line in lines:
        found = text.find(squeezed(line.line), at)
        assert found >= 0, f"{line.number} has drifted: {line.line}"
        between.append(text[at:found])
        at = found + len(squeezed(line.line))
    assert [line.number for line in lines] == [f"{letter}{i}" for i in range(1, count + 1)]
    assert text[at:] == ""
    assert len(between[0]) < introduction
    allowed = {squeezed(heading) for heading in HEADINGS.split(", ")}
    for gap in between[1:]:
        rest = gap.removesuffix("-")
        for heading in sorted(allowed, key=len, reverse=True):
            rest = rest.replace(heading, "", 1)
        assert rest == "", f"the checklist says {gap!r} between two declared lines"


def test_the_tally_of_kinds_is_that_of_the_checklists() -> None:
    """Nobody turns a person's line into an automatic one unnoticed."""
    tally = {"A": 69, "D": 9, "X": 20, "P": 3, "A+P": 16, "A+X": 2, "A or X": 1, "D+P": 2, "X+P": 2}
    assert {kind: sum(line.kind == kind for line in CATALOGUE.lines) for kind in tally} == tally


def test_the_uncounted_lines_are_agreement_and_after_ga() -> None:
    """What people sign must not depend on whether they have signed."""
    left_out = [line.number for line in CATALOGUE.lines if not line.counts]
    assert left_out == ["M1", "M2", "M3", "M33", "M34", "M36", "M37", "M38"]
    assert [line.number for line in CATALOGUE.lines if not line.justifiable] == ["M1", "M2", "M3", "M34"]


def test_the_prr_document_must_hold_every_counted_line_of_an_operation() -> None:
    """The list of M33 is written out in the catalogue; it must follow the catalogue."""
    counted = [line.id for line in CATALOGUE.lines_for(SubjectKind.OPERATION, Target.BETA) if line.counts]
    assert list(CATALOGUE.line("M33").parameters["lines"]) == counted


@pytest.mark.parametrize("line", CATALOGUE.lines, ids=lambda line: line.id)
def test_every_line_says_why_and_what_to_do_in_sentences(line) -> None:
    """A person who meets an unmet line gets a reason and a way out, not the line again."""
    for text in (line.why, line.if_unmet, line.evidence):
        assert text.endswith(".")
        assert text[0].isupper() or text.startswith("`")
    assert len({line.why, line.if_unmet, line.evidence, line.line}) == 4
    assert ("P" in line.kind.split("+")) == (line.statement is not None)


def test_why_and_what_to_do_are_said_once_each() -> None:
    """No entry was filled in by copying another."""
    for field in ("why", "if_unmet"):
        texts = [getattr(line, field) for line in CATALOGUE.lines]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("kind", "target", "count"),
    [
        (SubjectKind.OPERATION, Target.GA, 38),
        (SubjectKind.OPERATION, Target.BETA, 35),
        (SubjectKind.OPERATION, None, 38),
        (SubjectKind.SERVICE, Target.GA, 49),
        (SubjectKind.THIRD_PARTY_ENDPOINT, None, 7),
        (SubjectKind.EVENT, None, 7),
        (SubjectKind.JOB, None, 6),
        (SubjectKind.INTEGRATION, None, 11),
        (SubjectKind.DEPLOY, None, 6),
    ],
)
def test_each_kind_of_subject_is_asked_its_own_lines(kind: SubjectKind, target: Target | None, count: int) -> None:
    """The seven kinds share out all 124 lines; lines after GA are not asked before Beta."""
    assert len(CATALOGUE.lines_for(Subject(kind, "x"), target)) == count


def test_a_line_is_found_by_id_and_by_number_and_an_unknown_one_lists_the_ids() -> None:
    """People know M10, code knows the id."""
    assert CATALOGUE.line("M10") is CATALOGUE.line("handler_is_at_most_50_lines")
    with pytest.raises(UnknownName, match="handler_is_at_most_50_lines"):
        CATALOGUE.line("M99")


def test_every_line_names_checks_parameters_and_profile_keys_that_exist() -> None:
    """What ships is looked up here, once, and not at every start of the program."""
    for line in CATALOGUE.lines:
        validate_line(line.id, line)


def test_a_users_own_checklist_is_one_more_file(tmp_path: Path) -> None:
    """Out of tree, a line is one entry in a YAML file."""
    (tmp_path / "own.yaml").write_text(OWN)
    catalogue = load_catalogue(tmp_path / "own.yaml")
    assert catalogue.lines[-1].id == "our_own_line"
    assert len(catalogue.lines) == 125


def test_a_users_own_checklist_may_be_json(tmp_path: Path) -> None:
    """The same lines as of YAML; what is broken is told as JSON's fault."""
    (tmp_path / "own.yaml").write_text(OWN)
    file = tmp_path / "own.json"
    file.write_text(json.dumps(yaml.safe_load(OWN)))
    assert load_catalogue(file).lines[-1] == load_catalogue(tmp_path / "own.yaml").lines[-1]
    file.write_text(OWN)
    with pytest.raises(PrrError, match=r"own\.json cannot be read: its JSON is broken"):
        load_catalogue(file)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("check: operation_has", "check: operation_hass", "Unknown check 'operation_hass'. Valid: .*operation_has,"),
        ("{prefix: x-,", "{prefxi: x-,", "Unknown parameter of operation_has 'prefxi'. Valid: extensions, prefix"),
        ("{prefix: x-, extensions: {mascot: [operation]}}", "{prefix: x-}", "needs the parameter 'extensions'"),
        ("{prefix: x-,", "{prefix: {profile: spec.prefix},", "Unknown profile key 'spec.prefix'"),
        ("id: our_own_line", "id: error_codes_are_in_family_and_documented", "stands at two lines"),
        ("number: Z1", "number: M4", "The number 'M4' stands at two lines"),
        ("number: Z1", "number: L900", r"number L900 begins like those of a checklist that ships \(L, M\)"),
        ("id: our_own_line", "id: void_justification", "name of a rule in reports"),
        ("    section: Ours\n", "    section: Ours\n    stage: after_ga\n    due: {days: 3}\n", "add counts: false"),
        (
            "    section: Ours\n",
            AFTER_GA.format("days: soon"),
            "due.days is 'soon'; give 0 to 3650, or {profile: after_ga",
        ),
        ("    section: Ours\n", AFTER_GA.format("days: {profile: own.days}"), "due.days is .*own.days"),
        ("    section: Ours\n", AFTER_GA.format("days: 99999999999"), "due.days is 99999999999"),
        ("    section: Ours\n", AFTER_GA.format("quarters: -1"), "due.quarters is -1"),
        ("{prefix: x-,", "{prefix: 3,", "parameter prefix of operation_has: expected `str`, got `int`"),
        ("{prefix: x-,", "{prefix: {profile: own.Prefix},", "Unknown profile key 'own.Prefix'. Valid: .*own.<name>"),
        ("{mascot: [operation]}", "{mascot: [0.5]}", "is a float"),
        ("    section: Ours\n", "    section: Ours\n    page: docs/ours.md\n", "page: expected `str` matching"),
        ("    section: Ours\n", "    section: Ours\n    checklist: endpoint\n", "checklist: there is no such key"),
        ("lines:", "catalogue: full\nlines:", "The name 'full' stands at two checklists"),
        ("lines:", "catalogue: [1]\nlines:", "give `catalogue` a text"),
        ("lines:", "lines:\n  - nothing", "has the entry 'nothing'"),
        ("kind: operation}", "kind: opration}", "applies_to.kind"),
        ("    kind: A\n", "    kind: B\n", "kind: invalid enum value 'B'; valid: A, D, X"),
        ("    section: Ours\n", "    section: Ours\n    weight: 3\n", "weight: there is no such key"),
        ("    section: Ours\n", "    section: Ours\n    stage: after_ga\n", "due"),
        ("    section: Ours\n", "    section: Ours\n    attested_by: on_call\n", "no person judges"),
        (
            "    section: Ours\n",
            "    section: Ours\n    attested_by: anybody\n",
            "attested_by: invalid enum value 'any",
        ),
        ("lines:", "rows: 1\nlines:", "Unknown key in .*'rows'"),
    ],
)
def test_a_fault_in_an_entry_is_told_in_one_sentence(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The sentence names the file, the line and what is wrong."""
    (tmp_path / "own.yaml").write_text(OWN.replace(old, new))
    with pytest.raises(PrrError, match=message):
        load_catalogue(tmp_path / "own.yaml")


@pytest.mark.parametrize(
    ("check", "parameters"),
    [
        ("approved_by", "{line: council_quorum_signed}"),
        ("markdown_tasks_are_closed", "{file: a.md}"),
        ("all_of", "{checks: [{check: approved_by, parameters: {line: council_quorum_signed}}]}"),
    ],
)
def test_what_reads_signatures_is_never_part_of_what_is_signed(tmp_path: Path, check: str, parameters: str) -> None:
    """Signing would change the very report that is signed, so such a line must not count."""
    text = OWN.replace("{prefix: x-, extensions: {mascot: [operation]}}", parameters)
    text = text.replace("check: operation_has", f"check: {check}")
    (tmp_path / "own.yaml").write_text(text)
    with pytest.raises(PrrError, match="they sign what counts; add counts: false"):
        load_catalogue(tmp_path / "own.yaml")
    (tmp_path / "own.yaml").write_text(text.replace("    section: Ours\n", "    section: Ours\n    counts: false\n"))
    assert reads_agreement(load_catalogue(tmp_path / "own.yaml").lines[-1])


def test_every_fault_of_every_own_file_is_told_at_once(tmp_path: Path) -> None:
    """Nobody mends one line to be told of the next."""
    (tmp_path / "one.yaml").write_text(OWN.replace("kind: A", "kind: B").replace("id: our_own_line", "id: Bad"))
    (tmp_path / "two.yaml").write_text(OWN.replace("number: Z1", "number: M1"))
    with pytest.raises(PrrError) as told:
        load_catalogue(tmp_path / "one.yaml", tmp_path / "two.yaml")
    first, *rest = str(told.value).splitlines()
    assert first == "The checklists have 3 faults:"
    assert "line Bad: id: expected `str` matching" in rest[0]
    assert "; kind: invalid enum value" in rest[0]
    assert "two.yaml, line our_own_line: the number M1 begins" in rest[1]
    assert "The number 'M1' stands at two lines" in rest[2]


def test_what_is_asked_of_a_kind_has_a_digest_that_moves_with_its_lines_alone(tmp_path: Path) -> None:
    """A promotion is judged again when what is asked of it changes, and only then."""
    (tmp_path / "own.yaml").write_text(OWN)
    own = load_catalogue(tmp_path / "own.yaml")
    assert own.asked_digest(SubjectKind.OPERATION) != CATALOGUE.asked_digest(SubjectKind.OPERATION)
    assert own.asked_digest(SubjectKind.SERVICE) == CATALOGUE.asked_digest(SubjectKind.SERVICE)
    (tmp_path / "own.yaml").write_text(OWN.replace("section: Ours", "section: Theirs"))
    assert load_catalogue(tmp_path / "own.yaml").asked_digest(SubjectKind.OPERATION) not in {
        own.asked_digest(SubjectKind.OPERATION),
        CATALOGUE.asked_digest(SubjectKind.OPERATION),
    }


def test_an_absent_checklist_is_told_in_one_sentence(tmp_path: Path) -> None:
    """A wrong path is no stack trace."""
    with pytest.raises(PrrError, match=r"nowhere\.yaml cannot be read"):
        load_catalogue(tmp_path / "nowhere.yaml")


def test_lines_with_a_check_take_their_limits_from_the_profile() -> None:
    """No number of an organisation is written into a line."""
    without = (None, "approved_by", "markdown_tasks_are_closed", "on_call_at", "incidents_are_handled")
    checked = [line for line in CATALOGUE.lines if line.check not in without]
    assert {line.number for line in checked} >= {
        "M4",
        "M5",
        "M6",
        "M7",
        "M19",
        "M21",
        "M22",
        "M24",
        "M25",
        "M26",
        "M28",
        "M29",
        "M30",
        "M31",
        "M32",
        "M35",
        "M37",
        "M38",
    }
    assert all(list(references(line.parameters)) for line in checked)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_ships_is_read_as_its_yaml_says(folder: Path) -> None:
    """The form that is read quickly holds what the YAML holds; `catalogue_page` renews it."""
    assert (folder / READ).read_bytes() == written(folder)


@pytest.mark.parametrize(
    ("path", "key"), [(CHECKLISTS / "endpoint.yaml", "title"), (PROFILES / "github.yaml", "profile")]
)
def test_a_file_that_differs_by_one_byte_is_read_from_its_own_text(path: Path, key: str) -> None:
    """What was read before counts for the same bytes alone."""
    changed = path.read_bytes().replace(f"{key}: ".encode(), f"{key}: My ".encode(), 1)
    assert plain_data(Blob(str(path), "", changed))[key].startswith("My ")
    assert not plain_data(Blob(str(path), "", path.read_bytes()))[key].startswith("My ")
