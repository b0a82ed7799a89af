"""A partner's client renews its tokens (L73)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.checks.partner import FITBOOK, OAUTH, REPORT, TESTS, facts, found, with_edits
from tests.readiness.checks.platform import judged
from tests.readiness.filed import filed, having

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN

GRANTS = [
    ("an object", 'post({ grant_type: "refresh_token" });', MET),
    ("a form", 'form.set("grant_type", "refresh_token");', MET),
    ("a body as text", "const body = `grant_type=refresh_token&refresh_token=${token}`;", MET),
    ("one of two", 'post({ grant_type: first ? "authorization_code" : "refresh_token" });', MET),
    ("a library", 'import { refreshTokenGrant } from "openid-client";\nrefreshTokenGrant(config, token);', MET),
    ("a library that nobody declared", 'import * as kit from "oauth-kit";\nkit.refreshSession(token);', UNKNOWN),
    ("a function of their own", "const refreshTokenGrant = () => 1;\nrefreshTokenGrant();", UNMET),
    ("the code alone", 'post({ grant_type: "authorization_code" });', UNMET),
    ("a token alone", "post({ refresh_token: token });", UNMET),
    ("what is told by running it", "post({ grant_type: kind });", UNKNOWN),
]


@pytest.mark.parametrize(("source", "expected"), [each[1:] for each in GRANTS], ids=[each[0] for each in GRANTS])
def test_the_refresh_grant_is_sent(source: str, expected: Outcome) -> None:
    """In whatever form."""
    assert found("L73", {OAUTH: source}).outcome is expected


TITLE = "tokens &gt; refreshes an expired access token"
REPORTS = [
    ("another word", REPORT.replace("refreshes", "renews"), UNMET),
    ("a part of a word", REPORT.replace("refreshes", "refreshments for"), UNMET),
    ("as one word", REPORT.replace(TITLE, "refreshToken works"), MET),
    ("failed", REPORT.replace("<system-out>", "<failure/><system-out>"), UNMET),
    ("skipped", REPORT.replace("<system-out>", "<skipped/><system-out>"), UNMET),
    ("of another partner", REPORT.replace("integrations/fitbook", "integrations/fitbook.v2"), UNMET),
    ("of another folder", REPORT.replace(TESTS, "services/identity/tests/fitbook.test.ts"), UNMET),
    ("broken", "<testsuites>", UNKNOWN),
]


@pytest.mark.parametrize(("report", "expected"), [each[1:] for each in REPORTS], ids=[each[0] for each in REPORTS])
def test_a_case_of_the_refresh_passed(report: str, expected: Outcome) -> None:
    """In the client's own tests, by a word of its title."""
    paths = ("integrations/fitbook.v2/tests/oauth.test.ts", "services/identity/tests/fitbook.test.ts")
    other = dict.fromkeys(paths, "")
    assert found("L73", other, report).outcome is expected


def test_a_report_of_other_code_proves_nothing() -> None:
    """Nor does none; what is certain still wins."""
    stale = having(junit=filed(REPORT, current=False))
    assert judged("L73", with_edits({}), FITBOOK, stale).reason is Reason.STALE
    assert judged("L73", with_edits({OAUTH: "export {};"}), FITBOOK, stale).outcome is UNMET


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file and line."""
    lacking = found("L73", {}, REPORT.replace("refreshes", "renews"))
    assert (
        "lacks a passed test in integrations/fitbook/tests/**/*.test.ts for the refresh of a token" in lacking.message
    )
    assert (found("L73", {}).locations[-1].path, found("L73", {}).locations[-1].line) == (TESTS, 7)
    assert facts().artefacts["junit"]
