"""A deploy to production: its changesets, checks, approval, freezes, rollback and alarms (L81 to L86)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.release_facts import DeployAbsent, DeployFact, Merge
from prr_pipeline.readiness.remote_facts import (
    Approval,
    CheckRun,
    ChecksAt,
    Incident,
    IncidentsOf,
    LabelsOf,
    Question,
    ReviewsOf,
    Silence,
)
from prr_pipeline.repository.tree import Blob, blob_id_of
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.answering import facts_with
from tests.readiness.checks.platform import judged_all, loop
from tests.readiness.fakes import NOW, FakeSnapshot

HEAD, BASE, EARLIER = "1" * 40, "2" * 40, "3" * 40
HOUR = timedelta(hours=1)
DEPLOY = Subject(SubjectKind.DEPLOY, "v1.3.0")
LINES = ("L81", "L82", "L83", "L84", "L85", "L86")
SIGNS = {Outcome.MET: "m", Outcome.UNMET: "U", Outcome.UNKNOWN: "?", Outcome.NOT_APPLICABLE: "n"}
MERGED = NOW - 3 * HOUR
FREEZE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
    "DTSTART:{0}\r\nDTEND:{1}\r\nSUMMARY:Launch\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
QUIET = FREEZE.format("20260401T000000Z", "20260402T000000Z")
FROZEN = FREEZE.format("20260302T080000Z", "20260302T100000Z")
"""Over the head's merge at 9, not over the earlier one."""


def package(name: str, version: str | None = "1.3.0", **uses: str) -> str:
    """A package description; ``uses`` are dependencies of the platform."""
    known = {"name": name, "dependencies": {f"@platform/{key}": value for key, value in uses.items()}}
    return json.dumps({**known, **({"version": version} if version else {})})


FILES: dict[str, str] = {
    "services/legacy-a/package.json": package("@services/legacy-a"),
    "package.json": '{"private": true, "workspaces": ["services/*", "packages/*"]}',
    "services/identity/package.json": package("@services/identity", kit="1.0.0"),
    "services/clinical/package.json": package("@services/clinical"),
    "packages/kit/package.json": package("@platform/kit", "1.0.0"),
    "packages/ruler/package.json": package("@platform/ruler", None),
    "services/identity/src/index.ts": "export {};",
    "services/clinical/src/index.ts": "export {};",
    "packages/kit/src/index.ts": "export {};",
    "packages/ruler/src/index.ts": "export {};",
    ".changeset/config.json": '{"ignore": ["@services/legacy-*"]}',
    "ops/freeze.ics": QUIET,
    "ops/rollback/identity.md": "---\ndrilled_at: 2026-02-01\n---\n# Rollback\n\nRedeployed the one before.\n",
    "services/identity/RUNBOOK.md": "# Runbook\n\n## Rollback\n\nDeploy the previous version in the pipeline.\n",
    "services/clinical/RUNBOOK.md": "# Runbook\n\n## How to roll back\n\nSwitch the flag off.\n",
}
CHANGED = ("services/identity/src/index.ts", "pnpm-lock.yaml", "services/clinical/README.md")
NOTE = '---\n"@services/identity": minor\n---\n\nSign-in remembers the device for thirty days.\n'


@dataclass(frozen=True)
class Deploys:
    """One deploy, whatever is asked for."""

    found: DeployFact | DeployAbsent

    def of(self, name: str) -> DeployFact | DeployAbsent:
        """It."""
        return self.found


def green(**changed: Any) -> tuple[CheckRun, ...]:
    """Every check that is required, green, but those given; None leaves one out (``_`` for ``-``)."""
    names = [f"conventions / rule-{number}" for number in range(22)]
    names += ["conventions / migration-brand-id-required", "typecheck", "tests", "build", "drift"]
    states = {**dict.fromkeys(names, "success"), **{name.replace("_", "-"): value for name, value in changed.items()}}
    return tuple(CheckRun(name, state, NOW) for name, state in states.items() if state is not None)


def approval(person: str = "ada", approved: bool = True, **more: Any) -> Approval:
    """A review of the head."""
    given = {"is_author": False, "is_bot": False, "at_commit": HEAD, "at": NOW - HOUR, **more}
    return Approval(person, approved, **given)


def incident(state: Any = "triggered", hours: float = 1, taken: bool = False, id: str = "P1") -> Incident:
    """An alarm that rang some hours ago."""
    at = NOW - hours * HOUR
    return Incident(id, "identity-5xx", state, at, at + HOUR / 60 if taken else None)


CHECKS, REVIEWS, LABELS = ChecksAt(HEAD), ReviewsOf(HEAD), LabelsOf(HEAD)
RINGS = IncidentsOf("identity", MERGED - 24 * HOUR, NOW)
RINGS_TOO = IncidentsOf("clinical", MERGED - 24 * HOUR, NOW)
ANSWERS: dict[Question[Any], Any] = {
    CHECKS: green(),
    REVIEWS: (approval(),),
    LABELS: (),
    RINGS: (incident("resolved"), incident("acknowledged", taken=True, id="P2")),
    RINGS_TOO: (),
}
SILENT = Silence("It does not answer; try later.", Reason.SOURCE_SILENT)
NOBODY = Silence("No service was asked.", Reason.NOT_DECLARED)


def note(text: str, name: str = "one") -> Blob:
    """A changeset."""
    return Blob(f".changeset/{name}.md", blob_id_of(text.encode()), text.encode())


def deploy(files: Mapping[str, str] = FILES, **changes: Any) -> DeployFact:
    """The deploy of the head, three hours after its merge, with one changed service."""
    given: dict[str, Any] = {
        "name": "v1.3.0", "commit": HEAD, "author": "Ada", "merged_at": MERGED, "base": BASE,
        "merges": (Merge(HEAD, MERGED), Merge(EARLIER, MERGED - 20 * HOUR)), "changed": CHANGED,
        "changesets": (note(NOTE),), "snapshot": FakeSnapshot(files), "before": FakeSnapshot(files),
    }  # fmt: skip
    return DeployFact(**{**given, **changes})


def findings(
    answers: Mapping[Question[Any], Any] | None = None,
    files: Mapping[str, str | None] | None = None,
    found: DeployFact | DeployAbsent | None = None,
    now: datetime = NOW,
    using: Profile | None = None,
) -> list[Finding]:
    """What all lines find, with some answers and files replaced; a file that is None is not there."""
    texts = {path: text for path, text in {**FILES, **(files or {})}.items() if text is not None}
    facts = facts_with({**ANSWERS, **(answers or {})})
    facts = replace(facts, now=now, deploys=Deploys(found or deploy(texts)))
    return judged_all(LINES, texts, DEPLOY, facts, using)


def vector(*args: Any, **named: Any) -> str:
    """Their outcomes."""
    return "".join(SIGNS[each.outcome] for each in findings(*args, **named))


# What is answered instead; then the outcomes of L81 to L86.
CASES: list[tuple[str, dict[Question[Any], Any], str]] = [
    ("all is well", {}, "mmmmmm"),
    ("a required check failed", {CHECKS: green(tests="failure")}, "mUmmmm"),
    ("a required check was skipped", {CHECKS: green(build="skipped")}, "mUmmmm"),
    ("a required check is neutral", {CHECKS: green(drift="neutral")}, "mUmmmm"),
    ("a required check did not run", {CHECKS: green(typecheck=None)}, "mUmmmm"),
    ("a required check runs", {CHECKS: green(tests="pending")}, "m?mmmm"),
    ("one runs and one failed", {CHECKS: green(tests="pending", build="failure")}, "mUmmmm"),
    ("a convention was skipped", {CHECKS: green(**{"conventions / rule-3": "skipped"})}, "mUmmmm"),
    ("22 conventions", {CHECKS: green(**{"conventions / rule-3": None})}, "mUmmmm"),
    ("another check failed", {CHECKS: green(preview="failure")}, "mmmmmm"),
    ("two apps, one failed", {CHECKS: (*green(), CheckRun("tests", "failure", NOW))}, "mUmmmm"),
    ("two apps, one still runs", {CHECKS: (CheckRun("tests", "pending", None), *green())}, "m?mmmm"),
    ("nothing ran", {CHECKS: ()}, "mUmmmm"),
    ("checks are silent", {CHECKS: SILENT}, "m?mmmm"),
    ("nobody approved", {REVIEWS: ()}, "mmUmmm"),
    ("the author approved", {REVIEWS: (approval(is_author=True),)}, "mmUmmm"),
    ("a bot approved", {REVIEWS: (approval(is_bot=True),)}, "mmUmmm"),
    ("an older push was approved", {REVIEWS: (approval(at_commit=EARLIER),)}, "mmUmmm"),
    ("approved, then changes requested", {REVIEWS: (approval(at=MERGED), approval(approved=False))}, "mmUmmm"),
    ("changes requested, then approved", {REVIEWS: (approval(), approval(approved=False, at=MERGED))}, "mmmmmm"),
    ("one of two approved", {REVIEWS: (approval(), approval("bo", False))}, "mmmmmm"),
    ("reviews are silent", {REVIEWS: SILENT}, "mm?mmm"),
    ("an alarm rings", {RINGS: (incident(),)}, "mmmmmU"),
    ("an alarm rings again", {RINGS: (incident(taken=True),)}, "mmmmmU"),
    ("an old alarm still rings", {RINGS: (incident(hours=900),)}, "mmmmmU"),
    ("another service's alarm rings", {RINGS_TOO: (incident(),)}, "mmmmmm"),
    ("alarms are silent", {RINGS: SILENT}, "mmmmm?"),
]


@pytest.mark.parametrize(("answers", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_each_line_reacts_to_its_own_answer(answers: dict[Question[Any], Any], expected: str) -> None:
    """The whole vector is compared, so that no line answers for another."""
    assert vector(answers) == expected


DRILL, RUNBOOK = "ops/rollback/identity.md", "services/identity/RUNBOOK.md"
EDITS: list[tuple[str, dict[str, str | None], str]] = [
    ("no drill, but a runbook", {DRILL: None}, "mmmmmm"),
    ("no runbook, but a drill", {RUNBOOK: None}, "mmmmmm"),
    ("neither", {DRILL: None, RUNBOOK: None}, "mmmmUm"),
    ("an old drill", {DRILL: FILES[DRILL].replace("2026", "2025"), RUNBOOK: None}, "mmmmUm"),
    ("a drill of tomorrow", {DRILL: FILES[DRILL].replace("2026-02-01", "2026-03-03"), RUNBOOK: None}, "mmmmUm"),
    ("a drill without a date", {DRILL: "# Rollback\n", RUNBOOK: None}, "mmmmUm"),
    ("a section that names no step", {DRILL: None, RUNBOOK: "# R\n\n## Rollback\n\nAsk the platform.\n"}, "mmmmUm"),
    ("the step stands elsewhere", {DRILL: None, RUNBOOK: "# Previous version\n\n## Rollback\n\nAsk.\n"}, "mmmmUm"),
    ("a step in other letters", {DRILL: None, RUNBOOK: "## Roll back\n\nRun the Down migration.\n"}, "mmmmmm"),
    ("no calendar", {"ops/freeze.ics": None}, "mmm?mm"),
    ("a broken calendar", {"ops/freeze.ics": "BEGIN:VCALENDAR"}, "mmm?mm"),
    ("a merge in a freeze", {"ops/freeze.ics": FROZEN}, "mmmUmm"),
    ("a broken package", {"services/clinical/package.json": "{"}, "?mmm??"),
]


@pytest.mark.parametrize(("files", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_line_reacts_to_its_own_file(files: dict[str, str | None], expected: str) -> None:
    """As with answers."""
    assert vector(files=files) == expected


def noted(*texts: str) -> DeployFact:
    """A deploy with these changesets."""
    return deploy(changesets=tuple(note(text, str(number)) for number, text in enumerate(texts)))


def touched(*paths: str, **changes: Any) -> DeployFact:
    """A deploy in which these paths changed."""
    return deploy(changed=paths, **changes)


KIT, CLINICAL = "packages/kit/src/index.ts", "services/clinical/src/index.ts"
ALL = '---\n"@services/identity": minor\n"@platform/kit": patch\n---\n\nSign-in remembers the device.\n'
DEPLOYS: list[tuple[str, DeployFact | DeployAbsent, str]] = [
    ("no changeset", noted(), "Ummmmm"),
    ("a stub", noted(NOTE.replace("Sign-in remembers the device for thirty days", "fix")), "Ummmmm"),
    (
        "stubs alone",
        noted(NOTE.replace("Sign-in remembers the device for thirty days", "WIP: fix, fix; wip")),
        "Ummmmm",
    ),
    ("three words", noted(NOTE.replace("Sign-in remembers the device for thirty days", "Fixes the login")), "Ummmmm"),
    ("a release of nothing", noted(NOTE.replace("minor", "none")), "Ummmmm"),
    ("no words", noted('---\n"@services/identity": minor\n---\n'), "Ummmmm"),
    ("a stub beside a good one", noted(NOTE, '---\n"@services/identity": patch\n---\n\nwip\n'), "Ummmmm"),
    ("of another package", noted(NOTE.replace("identity", "clinical")), "Ummmmm"),
    ("of no package", noted(NOTE, NOTE.replace("identity", "identitty")), "Ummmmm"),
    ("broken front matter", noted("---\n: [\n---\n\nSign-in remembers the device.\n"), "?mmmmm"),
    ("a readme of changesets", deploy(changesets=(note(NOTE), note("wip", "README"))), "mmmmmm"),
    ("only tests and pages changed", touched("services/identity/a.test.ts", "docs/a.md"), "nmmmnn"),
    ("nothing of a package changed", touched("sst.config.ts"), "nmmmnn"),
    ("a package that is never released", touched("packages/ruler/src/index.ts"), "nmmmnn"),
    ("a package that a service uses", touched(KIT, changesets=(note(ALL),)), "mmmmmm"),
    ("a package without its changeset", touched(KIT), "Ummmmm"),
    ("another service", touched(CLINICAL), "Ummmmm"),
    ("two services, one without a changeset", touched(*CHANGED, CLINICAL), "Ummmmm"),
    ("an ignored package", touched("services/legacy-a/x.ts"), "nmmmU?"),
    ("a release of another package", touched(*CHANGED, CLINICAL, name="clinical@1.3.0"), "Ummmmm"),
    ("a release of the package", touched(*CHANGED, CLINICAL, name="@services/identity@1.3.0"), "mmmmmm"),
    ("a package released for another's sake", touched(KIT, name="clinical@1.3.0"), "nmmmmm"),
    ("a first release", deploy(base=None, before=None), "mmmmU?"),
    ("a first release without a word", deploy(base=None, before=None, changesets=()), "UmmmU?"),
    ("no such release", DeployAbsent("No release tag is called that; set it.", Reason.NO_EVIDENCE), "??????"),
]


@pytest.mark.parametrize(
    ("summary", "outcome"),
    [
        ("fix stuff in the code again", "U"),
        ("WIP: not done yet, will do later", "U"),
        ("WIP: plans can be paused for a month", "U"),
        ("Fixed various small issues today", "U"),
        ("Fixes login, and more of the same", "U"),
        ("Fix the double charge of a declined card", "m"),
        ("fix: clients no longer lose their drafts", "m"),
        ("Boards show how many cards are WIP", "m"),
        ("The fix of the day is shown first", "m"),
    ],
)
def test_a_summary_that_begins_with_a_stub_word_tells_for_what(summary: str, outcome: str) -> None:
    """Three words beside stub words and fillers; what is in progress tells nobody anything."""
    assert vector(found=noted(NOTE.replace("Sign-in remembers the device for thirty days", summary)))[0] == outcome


@pytest.mark.parametrize(("found", "expected"), [each[1:] for each in DEPLOYS], ids=[each[0] for each in DEPLOYS])
def test_each_line_reacts_to_what_goes_out(found: DeployFact | DeployAbsent, expected: str) -> None:
    """Who changes, and what is told of it."""
    assert vector(found=found) == expected


def test_versions_that_the_release_wrote_are_no_change() -> None:
    """Its own, and that of a package of the repository it uses; a foreign package's is one."""
    path = "services/identity/package.json"
    before = FakeSnapshot({**FILES, path: package("@services/identity", "1.2.0", kit="0.9.0")})
    assert vector(found=touched(path, before=before, changesets=())) == "nmmmnn"
    foreign = FILES[path].replace("}", ', "zod": "4"}', 1)
    found = touched(path, snapshot=FakeSnapshot({**FILES, path: foreign}), before=before, changesets=())
    assert vector(found=found) == "Ummmmm"


LET = {LABELS: ("freeze-exempt",), REVIEWS: (approval(), approval("bo"))}


@pytest.mark.parametrize(
    ("answers", "sign"),
    [
        (LET, "m"),
        ({**LET, REVIEWS: (approval(),)}, "U"),
        ({**LET, REVIEWS: (approval(), approval("bo", is_bot=True))}, "U"),
        ({**LET, LABELS: ("hotfix",)}, "U"),
        ({**LET, LABELS: SILENT}, "?"),
        ({**LET, REVIEWS: SILENT}, "?"),
        ({LABELS: NOBODY}, "U"),
    ],
    ids=["two approved", "one", "a bot", "another label", "silent labels", "silent reviews", "nobody may be asked"],
)
def test_a_freeze_lets_a_labelled_change_through(answers: dict[Question[Any], Any], sign: str) -> None:
    """If enough people approved it; where no service may be asked, no change was let through."""
    assert vector(answers, {"ops/freeze.ics": FROZEN})[3] == sign


def test_a_freeze_without_exemptions_lets_nothing_through() -> None:
    """Where the profile names no label, nobody is asked."""
    assert vector(LET, {"ops/freeze.ics": FROZEN}, using=loop(deploy__freeze_exempt_label=None))[3] == "U"


def test_each_merge_of_the_release_counts() -> None:
    """Not the last one alone; of a first release the last one alone."""
    earlier = FREEZE.format("20260301T120000Z", "20260301T140000Z")
    found = findings({LabelsOf(EARLIER): ()}, {"ops/freeze.ics": earlier})[3]
    assert (found.outcome, found.values["in_freeze"]) == (Outcome.UNMET, 1)
    assert found.message == (
        "333333333333 came in at 2026-03-01 13:00 UTC, in the freeze 'Launch'; file a justification if it was an "
        "emergency, and merge after it next time."
    )
    assert vector(files={"ops/freeze.ics": earlier}, found=deploy(base=None, before=None))[3] == "m"


def test_a_deploy_does_not_take_its_own_freeze_away() -> None:
    """Whether a freeze ended early or was struck out for this merge, nobody can tell; one that stays out is none."""
    before = FakeSnapshot({**FILES, "ops/freeze.ics": FROZEN})
    found = findings(found=deploy(before=before, changed=(*CHANGED, "ops/freeze.ics")))[3]
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
    assert "in the freeze 'Launch' that v1.3.0 itself takes out of ops/freeze.ics" in found.message
    added = deploy(before=FakeSnapshot({**FILES, "ops/freeze.ics": QUIET}), changed=(*CHANGED, "ops/freeze.ics"))
    assert findings(found=added)[3].outcome is Outcome.MET


@pytest.mark.parametrize(("before", "sign"), [("[]", "U"), ('["@services/*"]', "n")])
def test_what_a_deploy_itself_begins_to_ignore_still_needs_a_changeset(before: str, sign: str) -> None:
    """What was ignored at the release before needs none."""
    files = {**FILES, ".changeset/config.json": '{"ignore": ["@services/*"]}'}
    past = FakeSnapshot({**FILES, ".changeset/config.json": f'{{"ignore": {before}}}'})
    found = deploy(files, before=past, changesets=(), changed=("services/identity/src/index.ts",))
    assert vector(found=found)[0] == sign


def test_a_fault_says_where_and_what_to_do() -> None:
    """In words that a person at the pipeline can follow."""
    drill = findings(files={DRILL: None, RUNBOOK: None})[4]
    assert drill.message == (
        "identity: no drill is recorded at ops/rollback/identity.md, and there is no runbook at "
        "services/identity/RUNBOOK.md; drill the rollback and record it, or write down its steps."
    )
    rings = findings({RINGS: (incident(),)})[5]
    assert rings.message == (
        "'identity-5xx' of identity rings since 2026-03-02 11:00 UTC and nobody took it; acknowledge or resolve it "
        "before the deploy."
    )
    green_ = findings({CHECKS: green(tests="failure", build=None)})[1]
    assert "Not green at 111111111111 (ci): tests failed, build did not run; get each to success" in green_.message


def test_what_is_attested_of_a_rollback_outlives_the_release() -> None:
    """The digest covers the record and the section's file, not the name of the deploy; another text is another."""
    one, same = findings()[4], findings(found=deploy(name="v1.3.1", commit=EARLIER))[4]
    other = findings(files={DRILL: FILES[DRILL] + "More.\n"})[4]
    assert one.subject_digest == same.subject_digest != other.subject_digest


def test_without_anybody_to_look_all_is_unknown() -> None:
    """No repository's releases, no services."""
    found = judged_all(LINES, FILES, DEPLOY, Facts(now=NOW))
    assert {each.outcome for each in found} == {Outcome.UNKNOWN}
    asked = replace(Facts(now=NOW), deploys=Deploys(deploy()))
    reasons = {line: each.reason for line, each in zip(LINES, judged_all(LINES, FILES, DEPLOY, asked), strict=True)}
    unseen = {line for line, reason in reasons.items() if reason is Reason.NOT_DECLARED}
    assert unseen == {"L82", "L83", "L86"}
