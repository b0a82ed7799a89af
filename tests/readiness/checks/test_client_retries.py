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


WAITS = [
    ("drawn and left", "const chance = Math.random(); await sleep(told * 1000);", UNMET),
    ("drawn and logged", "console.log(Math.random()); await sleep(told * 1000);", UNMET),
    ("drawn and never passed on", "const wait = told + 1; lot(Math.random()); await sleep(wait);", UNMET),
    ("in what runs after the wait", "setTimeout(() => console.log(Math.random()), told * 1000);", UNMET),
    ("by a constant", "const chance = Math.random() * 9; await sleep(told * 1000 + chance);", MET),
    ("by a constant of a constant", "const a = Math.random(); const b = told + a; await sleep(Math.round(b));", MET),
    ("added later", "let wait = told; wait += Math.random() * 9; await sleep(wait);", MET),
    ("set later", "let wait = told; wait = wait + Math.random() * 9; await sleep(wait);", MET),
    ("in a member", "const state = { wait: told + Math.random() }; await sleep(state.wait);", MET),
    (
        "a buffer that is filled",
        "const b = new Uint8Array(1); crypto.getRandomValues(b); await sleep(told + b[0]);",
        MET,
    ),
    ("a buffer beside", "const b = new Uint8Array(1); crypto.getRandomValues(b); await sleep(told);", UNMET),
    ("one of two ways", "await sleep(told > 0 ? told + Math.random() : 1);", MET),
    ("a function with two returns", "await sleep(twoWays(told));", MET),
    ("a function that draws and does not return it", "await sleep(idle(told));", UNMET),
    ("in a member of this", "this.wait = told + Math.random(); await sleep(this.wait);", MET),
    ("in another member", "const s = { wait: told, id: Math.random() }; await sleep(s.wait);", UNMET),
    (
        "in what is asked",
        "const r = await fetch(u, { id: Math.random() }); await sleep(r.headers.get('X') * 1);",
        UNMET,
    ),
    ("made a whole number", "await sleep(Number(Math.max(told, Math.random() * 9).toFixed()));", MET),
    ("a function of a package", "Math.random(); await sleep(spread(told));", UNKNOWN),
]
HELPERS = """
import { spread } from "somewhere";
function twoWays(told: number) { if (told > 9) return told; return told + Math.random(); }
function idle(told: number) { const lot = Math.random(); return told; }
"""


@pytest.mark.parametrize(("wait", "expected"), [each[1:] for each in WAITS], ids=[each[0] for each in WAITS])
def test_what_is_drawn_must_go_into_the_wait(wait: str, expected: Outcome) -> None:
    """A random number that the delay does not hold spreads no client."""
    assert retries(HELPERS + OWN.replace("await sleep(told * 1000 + Math.random() * 250);", wait)).outcome is expected


def test_a_number_that_is_drawn_for_nothing_is_shown() -> None:
    """With its place, after what is seen."""
    seen = retries(OWN.replace("await sleep(told * 1000 + Math", "Math.random();\n  await sleep(told * 1000); (Math"))
    assert seen.outcome is UNMET
    assert (API, 7, "Math.random") in [(each.path, each.line, each.snippet) for each in seen.locations]


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


WAIT = "  await sleep(told * 1000 + Math.random() * 250);"
HELD = [
    ("not awaited", WAIT, "  sleep(told * 1000 + Math.random() * 250);", UNMET),
    ("made void", WAIT, "  void sleep(told * 1000 + Math.random() * 250);", UNMET),
    ("a promise that is dropped", WAIT, "  new Promise((r) => setTimeout(r, told + Math.random()));", UNMET),
    ("a promise that is awaited", WAIT, "  await new Promise((r) => setTimeout(r, told + Math.random()));", MET),
    ("behind a comment", WAIT, "  // later\n  sleep(told + Math.random());", UNMET),
    ("goes on when it is over", WAIT, "  return sleep(told + Math.random()).then(() => call(request));", MET),
    ("runs the next try itself", WAIT, "  setTimeout(() => call(request), told + Math.random());", MET),
    ("told another number", WAIT, "  await new Promise((r) => setTimeout(r, 0, told + Math.random()));", UNMET),
    ("by promised timers", "const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));",
     'import { setTimeout as sleep } from "node:timers/promises";', MET),
    ("chance times nothing", "Math.random() * 250", "Math.random() * 0", UNMET),
    ("chance at most nothing", "Math.random() * 250", "Math.min(0, Math.random() * 250)", UNMET),
    ("chance cut to nothing", "Math.random() * 250", "Math.floor(Math.random())", UNMET),
    ("chance cut to whole", "Math.random() * 250", "Math.floor(Math.random() * 250)", MET),
    ("what it is told is left", "told * 1000 + Math.random() * 250", "1000 + Math.random() * 250", UNKNOWN),
    ("told and random one by one", WAIT, "  await sleep(told * 1000);\n  await sleep(Math.random() * 250);", MET),
    ("thrown at once", "if (response.status !== 429) return response;",
     "if (response.status === 429 || !response.ok) throw new Error();", UNMET),
    ("thrown at the last try", "if (response.status !== 429) return response;",
     "if (response.status === 429 && tries > 5) throw new Error();", MET),
    ("thrown inside of it", "if (response.status !== 429) return response;",
     "if (response.status !== 429) return response;\n  if (response.status === 429) { if (tries > 5) throw Error(); }",
     MET),
    ("where nothing runs", WAIT, "  return response;\n" + WAIT, UNMET),
    ("in a function of its own", WAIT, "  return response;\n}\nexport async function never(told: number) {\n" + WAIT,
     UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), [each[1:] for each in HELD], ids=[each[0] for each in HELD])
def test_the_wait_holds_the_next_try_back(old: str, new: str, expected: Outcome) -> None:
    """It is waited for, on the way of a limited answer, and as long as that says."""
    assert old in OWN
    assert retries(OWN.replace(old, new)).outcome is expected


def test_a_helper_that_tries_again_waits_for_what_it_runs() -> None:
    """What it is told comes with the error that it catches."""
    source = """
    export async function again<T>(run: () => Promise<T>): Promise<T> {
      try {
        return await run();
      } catch (fault) {
        await sleep(fault.after + Math.random());
        return again(run);
      }
    }
    const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
    async function send() {
      const response = await fetch("x");
      if (response.status === 429) throw new Limited(response.headers.get("Retry-After"));
      return response;
    }
    export const call = () => again(() => send());
    """
    assert retries(source).outcome is MET
    assert retries(source.replace("again(() => send())", "send()")).outcome is UNKNOWN
    unread = source.replace('headers.get("Retry-After")', "x").replace("fault.after", 'fault.headers["retry-after"]')
    assert retries(unread).outcome is MET


GROWING = [
    ("not at all", "250", False),
    ("a power", "2 ** attempt", True),
    ("a shift", "(1 << attempt)", True),
    ("by a call", "Math.pow(2, attempt)", True),
    ("a count of tries", "attempt * 100", True),
    ("a power of one", "1 ** attempt", False),
    ("a fixed power", "2 ** 3", False),
    ("a fixed multiple", "3 * 100", False),
]


@pytest.mark.parametrize(("delay", "grows"), [each[1:] for each in GROWING], ids=[each[0] for each in GROWING])
def test_whether_a_wait_grows_is_told(delay: str, grows: bool) -> None:
    """Who is told how long to wait need not wait longer each time; the finding says whether it does."""
    code = OWN.replace("(request: Request)", "(request: Request, attempt = 0)")
    found = retries(code.replace("Math.random() * 250", f"Math.random() * 50 + {delay}"))
    assert (found.outcome, found.values["grows"]) == (MET, grows)
    assert ("no wait is seen to grow" in found.message) is not grows


def test_a_delay_that_doubles_itself_grows() -> None:
    """What is multiplied where it stands."""
    code = OWN.replace("  await sleep(", "  pause *= 2;\n  await sleep(pause + ")
    assert retries("let pause = 100;\n" + code).values["grows"] is True
