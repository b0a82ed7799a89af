"""A partner's client as a whole (L72 to L80): each edit is seen by its own line, and by no other."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.checks.partner import (
    API,
    CANARIES,
    DECLARATION,
    ERRORS,
    FILES,
    LINES,
    OAUTH,
    PAGE,
    REGISTER,
    REPORT,
    ROUTES,
    SRC,
    TESTS,
    WEBHOOKS,
    changed,
    found,
)

UNMET, UNKNOWN, APART = Outcome.UNMET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
Edits = Mapping[str, str | tuple[str, str] | None]

CASES: list[tuple[str, Edits, dict[str, Outcome]]] = [
    ("as it is", {}, {}),
    ("plain method", {OAUTH: ('method: "S256"', 'method: "plain"')}, {"L72": UNMET}),
    ("method from the environment", {OAUTH: ('method: "S256"', "method: process.env.PKCE")}, {"L72": UNKNOWN}),
    ("no method", {OAUTH: ('    code_challenge_method: "S256",\n', "")}, {"L72": UNMET}),
    ("no refresh", {OAUTH: ('grant_type: "refresh_token"', 'grant_type: "authorization_code"')}, {"L73": UNMET}),
    ("signature by an operator", {WEBHOOKS: ("timingSafeEqual(actual, expected)", "expected === actual")},
     {"L74": UNMET}),
    ("parsed before", {WEBHOOKS: ("  const raw", "  const early = JSON.parse(await request.text());\n  const raw")},
     {"L74": UNMET}),
    ("no webhooks", {WEBHOOKS: None}, {"L74": UNMET}),
    ("no default", {ERRORS: ("    default:\n      return `unexpected ${code}`;\n", "")}, {"L75": UNMET}),
    ("no jitter", {API: ("Math.random()", "1")}, {"L76": UNMET}),
    ("no Retry-After", {API: ('response.headers.get("Retry-After")', "undefined")}, {"L76": UNMET}),
    ("429 not seen", {API: ("response.status === 429", "response.status === 503"), ERRORS: ('"rate_limited"', '"x"')},
     {"L76": UNMET}),
    ("a token in a log", {API: ("{ status: response.status,", "{ refreshToken: form.refreshToken,")}, {"L77": UNMET}),
    ("health data in a log", {API: ("{ status: response.status,", "{ value: failure.biomarker,")}, {"L77": UNMET}),
    ("no canaries", {CANARIES: None}, {"L77": UNMET}),
    ("no token planted", {TESTS: ("lph_rt_canary_0001", "token")}, {"L77": UNMET}),
    ("nobody asks to disconnect", {PAGE: ('fetch("/api/disconnect"', 'fetch("/api/other"')}, {"L78": UNMET}),
    ("no revoking", {ROUTES: ("revoke(await", "String(await")}, {"L78": UNMET}),
    ("no scopes of health data", {DECLARATION: "scopes: [openid]", OAUTH: ("read:biomarkers", "profile")},
     {"L79": APART}),
    ("scopes of health data in code alone", {DECLARATION: "partner: Fitbook Inc."}, {}),
    ("no scopes declared", {DECLARATION: "client_id: a", OAUTH: ("read:biomarkers", "profile")}, {"L79": UNKNOWN}),
    ("no register", {REGISTER: None}, {"L79": UNKNOWN}),
    ("not of this partner", {DECLARATION: ("Fitbook Inc.", "Fitbook GmbH")}, {"L79": UNMET}),
    ("ended", {REGISTER: ("valid_until: 2027-01-15", "valid_until: 2026-03-01")}, {"L79": UNMET}),
    ("its last day", {REGISTER: ("valid_until: 2027-01-15", "valid_until: 2026-03-02")}, {}),
    ("a button of their own", {PAGE: ('from "@platform/connect-button"', 'from "./button"')}, {"L80": UNMET}),
    ("not rendered", {PAGE: ('<ConnectWithLoopButton clientId="fitbook" />', "null")}, {"L80": UNMET}),
    ("words that the kit forbids", {PAGE: ("Disconnect</", "Sign in with Loop</")}, {"L80": UNMET}),
    ("a broken source may hide what must not be", {f"{SRC}/broken.ts": "export const ="}, {
        "L72": UNKNOWN, "L74": UNKNOWN, "L77": UNKNOWN, "L80": UNKNOWN}),
]  # fmt: skip


@pytest.mark.parametrize(("edits", "expected"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_each_line_reacts_to_its_own_part(edits: Edits, expected: dict[str, Outcome]) -> None:
    """All nine are compared, so that no line answers for another."""
    assert changed(edits) == expected


def test_without_code_nothing_is_seen() -> None:
    """A folder with a declaration alone is no client; the contract is judged from the declaration."""
    edits = {path: None for path in FILES if path.startswith(SRC)}
    assert changed(edits) == {line: UNKNOWN for line in LINES if line != "L79"}
    assert found("L72", edits).reason is Reason.NO_EVIDENCE


def test_tests_beside_the_code_are_no_code() -> None:
    """A test may say plain, and a fixture may compare as it likes."""
    sample = 'const query = { code_challenge_method: "plain" };\nif (signature !== digest) { throw query; }'
    assert changed({f"{SRC}/oauth.test.ts": sample}) == {}


def test_a_case_that_did_not_pass_is_no_test() -> None:
    """The report decides."""
    skipped = REPORT.replace("<system-out>", "<skipped/><system-out>")
    assert changed({}, skipped)["L73"] is UNMET


def test_an_unrelated_source_leaves_the_digests() -> None:
    """What was signed for the client holds while other code comes."""
    more = {f"{SRC}/names.ts": "export const nameOf = (user: { name: string }) => user.name;"}
    for line in LINES:
        assert found(line, {}).subject_digest == found(line, more).subject_digest, line
