"""Back-off in a partner's client (L76)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome
from tests.readiness.checks.partner import API, ERRORS, SRC, found

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN
OWN = """
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
export async function call(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.status !== 429) return response;
  const told = Number(response.headers.get("Retry-After") ?? 1);
  await sleep(told * 1000 + Math.random() * 250);
  return call(request);
}
"""
LIBRARY = """
import pRetry from "p-retry";
export const call = (request: Request) =>
  pRetry(async () => {
    const response = await fetch(request);
    if (response.status === 429) throw new Limited(response.headers.get("Retry-After"));
    return response;
  }, { retries: 5, randomize: true });
"""


def retries(source: str, **others: str) -> Finding:
    """L76 of a client that retries in ``api.ts`` alone."""
    more = {f"{SRC}/{name}.ts": text for name, text in others.items()}
    return found("L76", {API: source, ERRORS: "export {};", **more})


def test_code_of_their_own_and_a_library_are_accepted() -> None:
    """Both as they stand."""
    assert (retries(OWN).outcome, retries(LIBRARY).outcome) == (MET, MET)


EDITS = [
    ("a set of states", "response.status !== 429", "![429, 503].includes(response.status)", MET),
    ("a named state", "response.status !== 429", "response.status !== TOO_MANY", UNMET),
    ("another state", "429", "500", UNMET),
    ("the code of the answer", "response.status !== 429", 'failure.error !== "rate_limited"', MET),
    ("a member", 'response.headers.get("Retry-After")', 'response.headers["retry-after"]', MET),
    ("in small letters", '"Retry-After"', '"retry-after"', MET),
    ("another header", '"Retry-After"', '"X-RateLimit-Reset"', UNMET),
    ("in a comment", 'response.headers.get("Retry-After")', "null /* Retry-After */", UNMET),
    ("no chance", "Math.random() * 250", "250", UNMET),
    ("chance of their crypto", "Math.random() * 250", "crypto.randomInt(250)", MET),
    ("chance in a helper", "Math.random() * 250", "jitter()", UNMET),
    ("chance for something else", "Math.random() * 250", "0", UNMET),
]


@pytest.mark.parametrize(("old", "new", "expected"), [each[1:] for each in EDITS], ids=[each[0] for each in EDITS])
def test_each_part_of_the_wait_counts(old: str, new: str, expected: Outcome) -> None:
    """State, time and chance, one edit each."""
    assert old in OWN
    state = (
        "\nexport const newState = () => Math.random().toString(36);" if "something else" in new or new == "0" else ""
    )
    assert retries(OWN.replace(old, new) + state).outcome is expected


def test_chance_in_a_helper_of_another_file_is_found() -> None:
    """The function that waits leads to it."""
    source = 'import { jitter } from "./jitter";\n' + OWN.replace("Math.random() * 250", "jitter()")
    helper = "export const jitter = () => Math.random() * 250;"
    assert retries(source, jitter=helper).outcome is MET
    assert retries(source, jitter="export const jitter = () => 250;").outcome is UNMET


LIBRARIES = [
    ("chance is off", "randomize: true", "randomize: false", UNMET),
    ("chance is not set", ", randomize: true", "", UNMET),
    ("options by a constant", "{ retries: 5, randomize: true }", "OPTIONS", MET),
    ("options by a function", "{ retries: 5, randomize: true }", "options()", UNKNOWN),
    ("options that are spread", "{ retries: 5, randomize: true }", "{ ...defaults() }", UNKNOWN),
    ("another library", 'from "p-retry"', 'from "./retry"', UNMET),
    ("no header", "response.headers.get", "response.get", MET),
    ("the header is not read", 'response.headers.get("Retry-After")', "1", UNMET),
]


@pytest.mark.parametrize(
    ("old", "new", "expected"), [each[1:] for each in LIBRARIES], ids=[each[0] for each in LIBRARIES]
)
def test_a_library_must_be_told_to_add_chance(old: str, new: str, expected: Outcome) -> None:
    """What it does unless it is told is in step with all others."""
    assert old in LIBRARY
    constant = "\nconst OPTIONS = { retries: 5, randomize: true };"
    assert retries(LIBRARY.replace(old, new) + constant).outcome is expected


def test_exponential_backoff_takes_a_word() -> None:
    """``none`` is its word for no chance."""
    source = LIBRARY.replace('import pRetry from "p-retry"', 'import { backOff as pRetry } from "exponential-backoff"')
    assert retries(source.replace("randomize: true", 'jitter: "full"')).outcome is MET
    assert retries(source.replace("randomize: true", 'jitter: "none"')).outcome is UNMET


def test_findings_say_what_is_missing_and_where() -> None:
    """Places carry file and line."""
    lacking = retries(OWN.replace("Math.random() * 250", "250"))
    assert "no delay has a random part; wait as told, and a random time longer." in lacking.message
    assert [(each.path, each.line) for each in lacking.locations] == [(API, 5), (API, 6)]
    library = retries(LIBRARY.replace("randomize: true", "randomize: false"))
    assert "randomize of p-retry" in library.message
    assert (API, 4) in [(each.path, each.line) for each in library.locations]
