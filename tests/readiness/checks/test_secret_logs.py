"""Tokens in what a partner's tests print (the part of L77 that is about tokens)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Outcome
from tests.readiness.checks.partner import API, REPORT, SRC, TESTS, found

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN

REPORTS = [
    ("nothing of the kind", REPORT, MET),
    ("a planted token", REPORT.replace(">ok<", ">sent lph_rt_canary_0001<"), UNMET),
    ("any token", REPORT.replace(">ok<", ">sent lph_at_other<"), UNMET),
    ("a token on the other channel", REPORT.replace("system-out", "system-err").replace(">ok<", ">lph_at_x<"), UNMET),
    ("a token of another's tests", REPORT.replace("integrations/fitbook", "integrations/other"), UNMET),
    ("nothing printed", REPORT.replace("<system-out>ok</system-out>", ""), UNKNOWN),
    ("a broken report", "<testsuites>", UNKNOWN),
]


@pytest.mark.parametrize(("report", "expected"), [each[1:] for each in REPORTS], ids=[each[0] for each in REPORTS])
def test_no_token_comes_out(report: str, expected: Outcome) -> None:
    """Neither a planted one nor any other."""
    assert found("L77", {}, report).outcome is expected


PLANTED = [
    ("a whole token", '"lph_rt_canary_0001"', MET),
    ("a prefix alone", '"lph_rt_"', UNMET),
    ("another text", '"rt_canary_0001"', UNMET),
    ("a comment", '"x"; // "lph_rt_canary_0001"', UNMET),
]


@pytest.mark.parametrize(("text", "expected"), [each[1:] for each in PLANTED], ids=[each[0] for each in PLANTED])
def test_tests_must_use_a_token_of_that_form(text: str, expected: Outcome) -> None:
    """Else a leak would go unseen."""
    assert found("L77", {TESTS: ('"lph_rt_canary_0001"', text)}).outcome is expected


LOGGED = [
    ("a token by name", "{ status: response.status, accessToken }", UNMET),
    ("a header", "{ sent: headers.authorization }", UNMET),
    ("a token as text", '{ token: "lph_at_1234" }', UNMET),
    ("health data", "{ last: failure.diagnosis }", UNMET),
    ("health data in the wrapper", "{ last: safeView(failure.diagnosis) }", MET),
    ("a token by its short name", "{ token }", UNMET),
    ("several tokens", "{ tokens: session.tokens }", UNMET),
    ("several tokens, taken apart", "{ ...session.tokens }", UNMET),
    ("the id of a token", "{ tokenId, at: session.tokenExpiresAt }", MET),
    ("a state", "{ status: response.status }", MET),
]


@pytest.mark.parametrize(("logged", "expected"), [each[1:] for each in LOGGED], ids=[each[0] for each in LOGGED])
def test_log_calls_are_given_neither(logged: str, expected: Outcome) -> None:
    """The code is read as well as what comes out."""
    edit = ("{ status: response.status, reason: explain(failure.error) }", logged)
    assert found("L77", {API: edit}).outcome is expected


CLASS = "export class Client {{ constructor(private {held}) {{}} show() {{ logger.info({logged}); }} }}\n"
WHOLE = [
    ("an object that holds tokens", CLASS.format(held="tokens: Tokens", logged="this"), UNMET),
    ("an object by the type of what it holds", CLASS.format(held="kept: AccessToken", logged="this"), UNMET),
    ("an object that holds none", CLASS.format(held="limit: number", logged="this"), MET),
    ("tokens of an object", CLASS.format(held="tokens: Tokens", logged="{ ...this.tokens }"), UNMET),
    ("standard output", "export const f = (token: string) => process.stdout.write(token);", UNMET),
    ("the error channel", "export const f = (token: string) => process.stderr.write(token);", UNMET),
    ("another stream", "export const f = (token: string) => socket.write(token);", MET),
    (
        "a whole body",
        "export async function f(c) { const raw = await c.req.text(); logger.info({ raw }); }",
        UNKNOWN,
    ),
    (
        "a whole body that was parsed",
        "export async function f(c) { const raw = await c.req.text(); const all = JSON.parse(raw); logger.info(all); }",
        UNKNOWN,
    ),
    ("a whole body at once", "export async function f(c) { console.info(await c.req.json()); }", UNKNOWN),
    (
        "a part of a body",
        "export async function f(c) { const raw = await c.req.text(); logger.info(JSON.parse(raw).id); }",
        MET,
    ),
    (
        "a named part of a body",
        "export async function f(c) { const all = JSON.parse(await c.req.text()); logger.info(all.id); }",
        MET,
    ),
]


CONFIG = "export const config = { base: 'x', webhookSecret: process.env.KEY ?? '', inner: { clientSecret: read() } };\n"
MORE = [
    ("a typed constant", "export async function f() { const given: Tokens = await ask(); logger.info(given); }", UNMET),
    ("a typed constant of none", "export async function f() { const given: Limit = ask(); logger.info(given); }", MET),
    ("a whole answer", "export async function f() { const a = await (await ask()).json(); logger.info(a); }", UNKNOWN),
    ("a state of an answer", "export async function f() { const a = await ask(); logger.info({ s: a.status }); }", MET),
    ("an answer that is made", "export const f = (c) => logger.info(c.json({ id: 1 }));", MET),
    ("all headers", "export const f = (answer) => logger.info({ h: answer.headers });", UNKNOWN),
    ("a header", "export const f = (answer) => logger.info(answer.headers.get('Retry-After'));", MET),
    ("a header with a token", "export const f = (answer) => logger.info(answer.headers.get('Authorization'));", UNMET),
    ("a record with a secret", CONFIG + "logger.info({ config });", UNMET),
    ("a part of it without one", CONFIG + "logger.info(config.base);", MET),
    ("a part of it with one", CONFIG + "logger.info(config.inner);", UNMET),
    ("whether there is one", "export const f = (held) => logger.info({ hasToken: Boolean(held.token) });", MET),
    ("how long one holds", "export const f = (held) => logger.info({ expires_in: held.tokens.expires_in });", MET),
    ("the key of an exchange", "export const f = (verifier: string) => logger.info(verifier);", UNMET),
    ("the code of an exchange",
     "export function f(code) { logger.info(code); return ask({ grant_type: 'authorization_code', code }); }", UNMET),
    ("the code of a fault", "export function f(code) { logger.info(code); return ask({ code }); }", MET),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [each[1:] for each in MORE], ids=[each[0] for each in MORE])
def test_what_holds_a_secret_is_one_and_what_is_said_of_it_is_none(code: str, expected: Outcome) -> None:
    """Records and typed values with a secret in them; not a truth, a lifetime, a single harmless header."""
    assert found("L77", {f"{SRC}/shown.ts": code}).outcome is expected


def test_a_record_of_another_file_is_looked_into() -> None:
    """Settings are logged where they are used, not where they are written."""
    files = {
        f"{SRC}/settings.ts": CONFIG,
        f"{SRC}/shown.ts": 'import { config } from "./settings";\nlogger.info({ config });',
    }
    seen = found("L77", files)
    assert seen.outcome is UNMET
    assert "logs config (process.env.KEY), " in seen.message or "logs config (webhookSecret)" in seen.message
    files[f"{SRC}/shown.ts"] = 'import { config } from "./settings";\nlogger.info(config.base);'
    assert found("L77", files).outcome is MET


@pytest.mark.parametrize(("code", "expected"), [each[1:] for each in WHOLE], ids=[each[0] for each in WHOLE])
def test_whole_objects_and_streams_count(code: str, expected: Outcome) -> None:
    """What holds a token gives it away, whatever writes it."""
    assert found("L77", {f"{SRC}/shown.ts": code}).outcome is expected


def test_findings_name_the_case() -> None:
    """Its title, and its place in the report."""
    leaked = found("L77", {}, REPORT.replace(">ok<", ">sent lph_rt_canary_0001<"))
    assert "lph_rt_… in the output of 'tokens > refreshes an expired access token'" in leaked.message
    assert TESTS in [each.path for each in leaked.locations]
