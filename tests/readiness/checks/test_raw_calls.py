"""Where requests that a service makes by hand lead to (L7)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, judged

CODE = "services/identity/src/client.ts"
MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN

CASES = [
    ("no request", "export {};", MET),
    ("a relative URL", 'fetch("/v1/x");', MET),
    (
        "what others give to a function",
        'const get = (url) => fetch(url);\nget("https://a.platform.loop.health");',
        UNMET,
    ),
    (
        "what others give to a method",
        "class A {\n  get(url) { return fetch(url); }\n"
        '  all() { return this.get("https://a.platform.loop.health"); }\n}',
        UNMET,
    ),
    ("all who call a function", 'const get = (url) => fetch(url);\nget("https://a.com");\nget("https://b.com");', MET),
    (
        "one of those who call it",
        'const get = (url) => fetch(url);\nget("https://a.com");\nget(process.env.B);',
        UNKNOWN,
    ),
    ("a function given away", 'const get = (url) => fetch(url);\nget("https://a.com");\nurls.map(get);', UNKNOWN),
    ("a function that nobody calls", "export const get = (url) => fetch(url);", UNKNOWN),
    ("one that calls itself", "const get = (url) => fetch(url) ?? get(url);", UNKNOWN),
    ("a request object", 'fetch(new Request("https://a.platform.loop.health/x"));', UNMET),
    ("a URL's text", 'const u = new URL("https://a.platform.loop.health");\nfetch(u.href);', UNMET),
    ("an absolute URL over a base", 'fetch(new URL("https://a.com/x", "https://a.platform.loop.health"));', MET),
    ("a path over an unknown base", "fetch(new URL('/x', process.env.BASE));", UNKNOWN),
    ("an unknown path over a base", "fetch(new URL(path, 'https://a.com'));", MET),
    ("a member of a constant", 'const hosts = { a: "https://a.platform.loop.health" };\nfetch(`${hosts.a}/x`);', UNMET),
    ("another quote style", "fetch('https://a.platform.loop.health');", UNMET),
    ("an optional call", "globalThis?.fetch?.('https://a.platform.loop.health');", UNMET),
    ("of this", "class A { go() { return this.fetch('https://a.platform.loop.health'); } }", UNMET),
    ("got with options", "import got from 'got';\ngot({ url: 'https://a.platform.loop.health' });", UNMET),
    ("got under another name", "import g from 'got';\ng.post('https://a.platform.loop.health');", UNMET),
    ("undici by host", "import { request } from 'undici';\nrequest({ hostname: 'a.platform.loop.health' });", UNMET),
    ("an undici client", "import { Pool } from 'undici';\nnew Pool('https://a.platform.loop.health');", UNMET),
    (
        "a repository's own fetch",
        "import { ask as fetch } from './ask';\nfetch('https://a.platform.loop.health');",
        UNMET,
    ),
    (
        "an answer's methods",
        "import axios from 'axios';\nconst a = await axios.get('https://a.com');\na.data.at(key);",
        MET,
    ),
    ("an answer in a chain", "import axios from 'axios';\n(await axios.get('https://a.com')).data.at(key);", MET),
    ("part of the host unknown", "fetch(`https://a${x}.health`);", UNKNOWN),
    ("the apex alone", "fetch('https://platform.loop.health');", MET),
]


@pytest.mark.parametrize(("code", "outcome"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_a_request_is_judged_by_where_it_leads(code: str, outcome: Outcome) -> None:
    """Folded as far as constants go; what only running the code could tell is unknown."""
    assert judged("L7", {CODE: code}, IDENTITY).outcome is outcome


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file, line and URL."""
    bad = judged("L7", {CODE: "\nfetch(`https://a.platform.loop.health/${x}`);"}, IDENTITY)
    assert bad.message == f"Raw requests to *.platform.loop.health: {CODE}:2 (fetch); call the SDK."
    assert (bad.locations[0].line, bad.locations[0].snippet) == (2, "https://a.platform.loop.health/...")
    hidden = judged("L7", {CODE: "fetch(process.env.URL);"}, IDENTITY)
    assert (hidden.reason, "write the host as a constant" in hidden.message) == (Reason.NOT_RESOLVABLE, True)


def test_a_file_that_cannot_be_read_is_unknown_unless_another_is_unmet() -> None:
    """What is certain is said first."""
    broken = {"services/identity/src/a.ts": "fetch("}
    assert judged("L7", {CODE: "export {};", **broken}, IDENTITY).reason is Reason.UNREADABLE
    assert judged("L7", {CODE: "fetch('https://a.platform.loop.health');", **broken}, IDENTITY).outcome is UNMET


def test_tests_and_other_services_are_not_judged() -> None:
    """Neither is code of this service."""
    raw = "fetch('https://a.platform.loop.health');"
    files = {CODE: "export {};", "services/identity/src/a.test.ts": raw, "services/other/src/a.ts": raw}
    found = judged("L7", files, IDENTITY)
    assert (found.outcome, found.values["files"]) == (MET, 1)
    assert found.subject_digest == judged("L7", {CODE: "export {};"}, IDENTITY).subject_digest


def test_a_service_without_code_is_unknown() -> None:
    """An empty set proves nothing."""
    assert judged("L7", {"services/identity/service.yaml": ""}, IDENTITY).reason is Reason.NO_EVIDENCE


def test_constants_made_of_each_other_end() -> None:
    """What doubles with each step is given up, and so unknown, before it is long."""
    doubled = "\n".join(f"const a{at} = `${{a{at + 1}}}${{a{at + 1}}}`;" for at in range(60))
    found = judged("L7", {CODE: f"{doubled}\nconst a60 = 'x';\nfetch(a0);"}, IDENTITY)
    assert found.reason is Reason.NOT_RESOLVABLE


def test_a_sum_of_many_parts_is_read_from_its_beginning() -> None:
    """However long a path is, the host stands first."""
    parts = " + ".join(["'https://a.platform.loop.health'", *("'/x'" for _ in range(60))])
    assert judged("L7", {CODE: f"fetch({parts});"}, IDENTITY).outcome is UNMET
    assert judged("L7", {CODE: f"fetch('https://{'a' * 5_000}.com');"}, IDENTITY).outcome is MET


def test_functions_that_call_each_other_end() -> None:
    """Each is asked once."""
    many = "\n".join(f"const f{at} = (u) => [{', '.join(f'f{to}(u)' for to in range(20))}];" for at in range(20))
    found = judged("L7", {CODE: f"{many}\nconst get = (u) => fetch(u);\nf0(get('https://a.com'), get(x));"}, IDENTITY)
    assert found.outcome is UNKNOWN
