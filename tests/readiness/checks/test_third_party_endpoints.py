"""A third-party endpoint: its scope, its tests of authorisation, its limit, webhook and pages (L50, L52 to L55)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from prr_pipeline.readiness.facts import ArtefactAbsent, Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.endpoint_town import (
    CALL,
    CASES,
    CATALOG,
    CODE,
    DESCRIBED,
    E2E,
    ENDPOINT,
    FILES,
    GUIDE,
    LINES,
    PAGE,
    ROUTES,
    SCOPES,
    SERVICE,
    SPEC,
    History,
    facts,
    vector,
)
from tests.readiness.checks.platform import judged, judged_all, loop
from tests.readiness.fakes import NOW
from tests.readiness.filed import absent, filed, junit

ASKS = '{oauth2: ["write:grants"]}'
TIER = "x-cost-tier:"
EXCUSE = "x-no-webhook: A grant is told of by mail alone.\n      x-cost-tier:"
CREATE = 'path: "/v1/grants", responses: {} });\ngrants'
LISTED = """import { EVENT_NAMES as E } from "../events/names.generated";
export const WEBHOOK_EVENTS = [E.GRANT_CREATED_V1];"""

# Edits: file, old, new; then the outcomes of L50, L52, L53, L54, L55.
EDITS = [
    ("as it is", [], "mmmmm"),
    ("no security at all", [(SPEC, 'security: [{oauth2: ["write:grants"]}]\n', "")], "Ummmm"),
    ("no scope", [(SPEC, ASKS, "{oauth2: []}")], "Ummmm"),
    ("open to everybody", [(SPEC, ASKS, ASKS + ", {}")], "Ummmm"),
    ("staff may call it too", [(SPEC, ASKS, ASKS + ", {staff: []}")], "mmmmm"),
    ("only staff may call it", [(SPEC, ASKS, "{staff: []}")], "Ummmm"),
    ("by another scheme of that type", [(SPEC, ASKS, '{partner: ["write:grants"]}')], "mmmmm"),
    ("security that is none", [(SPEC, '[{oauth2: ["write:grants"]}]', "yes")], "?mmmm"),
    ("a scope that third parties never get", [(SPEC, "write:grants", "admin:grants")], "Ummmm"),
    ("such a scope, documented", [(each, "write:grants", "admin:grants") for each in (SPEC, PAGE, SCOPES)], "Ummmm"),
    ("a scheme of another type", [(SPEC, "oauth2: {type: oauth2,", "oauth2: {type: openIdConnect,")], "mmmmm"),
    ("the page names a longer scope", [(PAGE, "write:grants", "write:grants_all")], "Ummmm"),
    ("the scope's page names it in a comment", [(SCOPES, "", "# Scopes\n\n{/* write:grants */}\n")], "Ummmm"),
    ("no page", [(PAGE, "", "(gone)")], "Ummmm"),
    ("a broken page", [(PAGE, '["write:grants"]', "[")], "?mmmm"),
    ("a broken page and one that lacks it", [(PAGE, '["write:grants"]', "["), (SCOPES, "write:", "read:")], "Ummmm"),
    ("no limit", [(SPEC, "      x-rate-limit: 100/minute\n", "")], "mmUmm"),
    ("a limit above the band", [(SPEC, "100/minute", "20/second")], "mmUmm"),
    ("a limit below the band", [(SPEC, "100/minute", "5")], "mmUmm"),
    ("at the end of the band", [(SPEC, "100/minute", "{requests: 10, per: second}")], "mmmmm"),
    ("one plan is outside", [(SPEC, "100/minute", "{free: 30, pro: {requests: 700, window: 60}}")], "mmUmm"),
    ("each plan is inside", [(SPEC, "100/minute", "{free: 30, pro: 36000 requests per hour}")], "mmmmm"),
    ("no rate", [(SPEC, "100/minute", "generous")], "mm?mm"),
    ("an odd unit", [(SPEC, "100/minute", "10/ms")], "mm?mm"),
    ("no tier", [(SPEC, "      x-cost-tier: medium\n", "")], "mm?mm"),
    ("a tier of no band", [(SPEC, "x-cost-tier: medium", "x-cost-tier: huge")], "mm?mm"),
    ("neither limit nor tier", [(SPEC, "      x-rate-limit: 100/minute\n      x-cost-tier: medium\n", "")], "mmUmm"),
    ("nothing is emitted", [(SERVICE, CALL, "")], "mmmUm"),
    ("an event that partners do not get", [(SERVICE, "GRANT_CREATED_V1", "OTHER_V1")], "mmmUm"),
    ("a function among the arguments", [(SERVICE, CALL, CALL.replace("tx", "await db.run(async (t) => t)"))], "mmmmm"),
    ("a computed event", [(SERVICE, "EVENT_NAMES.GRANT_CREATED_V1", "nameOf(grant)")], "mmm?m"),
    ("by the outbox", [(SERVICE, CALL, 'tx.insert(outbox).values({ eventName: "grant.created.v1" });')], "mmmmm"),
    ("a reason for none", [(SPEC, TIER, EXCUSE), (SERVICE, CALL, "")], "mmmmm"),
    ("no reason in words", [(SPEC, TIER, "x-no-webhook: true\n      x-cost-tier:"), (SERVICE, CALL, "")], "mmmUm"),
    ("a catalog that is a list", [(CATALOG, "", LISTED)], "mmmmm"),
    ("no catalog", [(CATALOG, "", "(gone)")], "mmm?m"),
    ("a spread catalog", [(CATALOG, "", "export const WEBHOOK_EVENTS = { ...all() };")], "mmm?m"),
    ("an injected service", [(ROUTES, "grantService.create(c", "c.var.deps.grants.create(c")], "mmm?m"),
    ("an import that leads nowhere", [(ROUTES, "../services/grant.service", "../services/gone")], "mmm?m"),
    ("nothing is emitted, and an import leads nowhere", [(SERVICE, CALL, ""), (ROUTES, "grant.service", "x")], "mmm?m"),
    ("no route", [(ROUTES, CREATE, CREATE.replace("grants\"", "granted\""))], "mmm?m"),
    ("the guide tells another method", [(GUIDE, "POST", "GET")], "mmmmU"),
    ("the guide tells a longer path", [(GUIDE, "/v1/grants", "/v1/grants/{id}")], "mmmmU"),
    ("the guide tells the path alone", [(GUIDE, "POST ", "")], "mmmmm"),
    ("the guide tells a URL", [(GUIDE, "`POST /v1/grants`", "https://identity.example.health/v1/grants")], "mmmmm"),
    ("no guide", [(GUIDE, "", "(gone)")], "mmmmU"),
    ("a broken guide", [(GUIDE, "", "---\na: [\n---\n")], "mmmm?"),
    ("a broken description", [(SPEC, "openapi: 3.1.0", "openapi: [")], "?m???"),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_line_reacts_to_its_own_edit(edits: list[tuple[str, str, str]], expected: str) -> None:
    """The whole vector is compared, so that no line answers for another."""
    assert vector(*edits) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(CASES[0]), "mUmmm"),
        (facts(CASES[0], (CASES[1], E2E, "<failure/>")), "mUmmm"),
        (facts(CASES[0], (CASES[1], E2E, "<skipped/>")), "mUmmm"),
        (facts(*(each.replace("createGrant", "createGrants") for each in CASES)), "mUmmm"),
        (facts(*((each, "apps/api/tests/grants.test.ts") for each in CASES)), "mUmmm"),
        (replace(facts(), artefacts={"junit": absent()}), "m?mmm"),
        (replace(facts(), artefacts={"junit": filed(junit(*CASES, file=E2E), current=False)}), "m?mmm"),
        (facts(history=History({GUIDE: NOW - timedelta(days=31)})), "mmmmU"),
        (facts(history=History({GUIDE: NOW - timedelta(days=30)})), "mmmmm"),
        (facts(history=History({})), "mmmm?"),
        (facts(history=History({GUIDE: NOW}, None)), "mmmm?"),
        (facts(history=None), "mmmm?"),
    ],
)
def test_each_line_reacts_to_its_own_fact(given: Facts, expected: str) -> None:
    """Reports of other code or of other tests, and a history that does not tell, hide one line each."""
    assert vector(given=given) == expected


def found(line: str, *edits: tuple[str, str, str], **changes: object) -> Finding:
    """What a line finds after the edits."""
    files = dict(FILES)
    for path, old, new in edits:
        assert old in files[path]
        files[path] = files[path].replace(old, new)
    return judged(line, files, ENDPOINT, facts(**changes))


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file and line, sentences the way out."""
    chosen = found("L50", (SPEC, ASKS, ASKS + ", {}"))
    assert (
        chosen.message
        == "identity/createGrant: one way in its security asks for no scope; choose a scope in its security."
    )
    assert (chosen.locations[0].path, chosen.locations[0].line) == (SPEC, 7)
    named = found("L50", (SCOPES, "write:grants", "write:other"))
    assert named.message == f"identity/createGrant: {SCOPES} does not name write:grants; write it there."
    limit = found("L53", (SPEC, "100/minute", "20/second"))
    assert limit.message == (
        "x-rate-limit of identity/createGrant is 1200 a minute, outside the band of medium, 10 to 600 a minute; "
        "set one that lies in it."
    )
    emitted = found("L54", (SERVICE, "GRANT_CREATED_V1", "OTHER_V1"))
    assert "emits other.done.v1, which WEBHOOK_EVENTS lacks; emit one of WEBHOOK_EVENTS" in emitted.message
    assert (emitted.locations[0].path, emitted.locations[0].line) == (SERVICE, 14)
    hidden = found("L54", (ROUTES, "grantService.create(c", "c.var.deps.grants.create(c"))
    assert f"create may lead to {SERVICE}:14; call it by an imported name" in hidden.message
    assert found("L55").locations[0].line == 3


def test_reading_changes_nothing() -> None:
    """A webhook is for what changes state."""
    reads = Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/createGrants")
    finding = judged("L54", FILES, reads, facts())
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert finding.message == "identity/createGrants is a GET, which changes nothing."


def test_an_operations_own_security_counts_before_that_of_all() -> None:
    """What stands at the top holds for operations that say nothing."""
    reads = Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/createGrants")
    page = "apps/docs/content/reference/api/identity/get_v1_grants.mdx"
    finding = judged("L50", {**FILES, page: "Asks for read:grants.", SCOPES: "- read:grants\n"}, reads, facts())
    assert finding.outcome is Outcome.MET
    assert finding.values["scopes"] == ["read:grants"]


def test_an_endpoint_without_an_id_is_called_by_method_and_path() -> None:
    """In titles of tests as in its name."""
    bare = Subject(SubjectKind.THIRD_PARTY_ENDPOINT, "identity/POST /v1/grants/{id}/events")
    titles = [each.replace("createGrant", "POST /v1/grants/{id}/events") for each in CASES]
    assert judged("L52", FILES, bare, facts(*titles)).outcome is Outcome.MET
    assert judged("L52", FILES, bare, facts()).outcome is Outcome.UNMET
    guide = {**FILES, GUIDE: "## Events\n\nSend `POST /v1/grants/:id/events`, as in /v1/grants/g_12/events.\n"}
    assert judged("L55", guide, bare, facts()).outcome is Outcome.UNKNOWN
    assert judged("L55", FILES, bare, facts()).outcome is Outcome.UNMET


def test_another_services_tests_of_the_same_name_are_not_of_this_one() -> None:
    """Two services may both have a createGrant."""
    theirs = "services/clinical/tests/e2e/grants.test.ts"
    files = {**FILES, theirs: "", "services/clinical/service.yaml": "name: clinical\n"}
    report = facts(*((each, theirs) for each in CASES))
    assert judged("L52", files, ENDPOINT, report).outcome is Outcome.MET
    files["services/clinical/openapi.yaml"] = DESCRIBED
    assert judged("L52", files, ENDPOINT, report).outcome is Outcome.UNMET


def test_what_nobody_declares_is_unknown() -> None:
    """A profile without the place of the suite, or of the catalog, cannot be judged by."""
    for line, key in (("L52", "paths__e2e_tests"), ("L53", "stages__rate_bands"), ("L54", "paths__webhook_catalog")):
        finding = judged(line, FILES, ENDPOINT, facts(), loop(**{key: None}))
        assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)


def test_a_band_that_is_none_is_told() -> None:
    """Whoever writes 600 to 10 meant something else."""
    finding = judged("L53", FILES, ENDPOINT, facts(), loop(stages__rate_bands={"medium": [600, 10]}))
    assert finding.outcome is Outcome.UNKNOWN
    assert (
        finding.message
        == "stages.rate_bands gives medium [600, 10]; write the lowest and the highest rate of a minute."
    )


def test_what_is_elsewhere_leaves_the_digests() -> None:
    """What a person signed of one endpoint holds while others come."""
    more = {
        **FILES,
        SPEC: DESCRIBED.replace("paths:\n", "paths:\n  /v1/more: {get: {responses: {}}}\n"),
        ROUTES: CODE + 'grants.get("/v1/more", (c) => c.json([]));\n',
        CATALOG: FILES[CATALOG].replace("{ \"grant", '{ "more.done.v1": {}, "grant'),
        GUIDE: FILES[GUIDE] + "\n## More\n\nMore of it.\n",
    }  # fmt: skip
    before = judged_all(LINES, FILES, ENDPOINT, facts())
    after = judged_all(LINES, more, ENDPOINT, facts(*CASES, "createGrant: one more"))
    assert [each.subject_digest for each in before] == [each.subject_digest for each in after]
    assert {each.outcome for each in after} == {Outcome.MET}


def test_an_absent_report_says_what_to_file() -> None:
    """The sentence of whoever looked is passed on."""
    gone = ArtefactAbsent("CI filed no junit; publish it.", Reason.NO_EVIDENCE)
    finding = judged("L52", FILES, ENDPOINT, replace(facts(), artefacts={"junit": gone}))
    assert finding.message == "CI filed no junit; publish it."
