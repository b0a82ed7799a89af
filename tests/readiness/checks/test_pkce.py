"""The proof key of a partner's client (L72)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.partner import OAUTH, SRC, found

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN
HASH = 'const challengeOf = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");\n'
SENT = 'const query = { code_challenge_method: "S256" };\n'


def pkce(source: str, **others: str) -> Finding:
    """L72 of a client of these files alone, ``oauth.ts`` first."""
    edits = {f"{SRC}/{name}.ts": text for name, text in others.items()}
    return found("L72", {OAUTH: source, **edits})


SENDING = [
    ("an object", SENT, MET),
    ("a quoted key", "const query = { \"code_challenge_method\": 'S256' };", MET),
    ("in camel case", 'client.start({ codeChallengeMethod: "S256" });', MET),
    ("a form", 'form.set("code_challenge_method", "S256");', MET),
    ("a form by template", "form.append(`code_challenge_method`, `S256`);", MET),
    ("pairs", 'new URLSearchParams([["code_challenge_method", "S256"]]);', MET),
    ("an assignment", 'query.code_challenge_method = "S256";', MET),
    ("a URL", 'const url = "https://a.example/authorize?code_challenge_method=S256&x=1";', MET),
    ("a URL by template", 'const M = "S256";\nconst url = `https://a.example?x=${x}&code_challenge_method=${M}`;', MET),
    ("a constant", 'const METHOD = "S256" as const;\nconst query = { code_challenge_method: METHOD };', MET),
    ("a type that allows both", f'{SENT}type Method = "S256" | "plain";', MET),
    ("what the server supports", f'{SENT}const all = {{ code_challenge_methods_supported: ["S256", "plain"] }};', MET),
    ("another parameter", 'const query = { challenge_method: "S256" };', UNMET),
    ("a comment", '// code_challenge_method: "S256"', UNMET),
    ("plain", 'const query = { code_challenge_method: "plain" };', UNMET),
    ("plain in a constant", 'const METHOD = "plain";\nconst query = { code_challenge_method: METHOD };', UNMET),
    ("plain beside", f'{SENT}form.set("code_challenge_method", "plain");', UNMET),
    ("plain in a URL", f'{SENT}const url = "https://a.example?code_challenge_method=plain";', UNMET),
    ("plain if need be", 'const query = { code_challenge_method: able ? "S256" : "plain" };', UNMET),
    ("plain unless told", 'const query = { code_challenge_method: process.env.METHOD ?? "plain" };', UNMET),
    ("plain by a local", 'function f() { const m = ok ? "S256" : "plain"; g({ code_challenge_method: m }); }', UNMET),
    ("another spelling", 'const query = { code_challenge_method: "s256" };', UNMET),
    ("nothing", 'const url = "https://a.example?code_challenge_method=";', UNMET),
    ("from a parameter", "const f = (m: string) => g({ code_challenge_method: m });", UNKNOWN),
    ("from the environment", "const query = { code_challenge_method: process.env.METHOD };", UNKNOWN),
    ("from a URL's hole", "const f = (m: string) => `https://a.example?code_challenge_method=${m}`;", UNKNOWN),
]


@pytest.mark.parametrize(("source", "expected"), [each[1:] for each in SENDING], ids=[each[0] for each in SENDING])
def test_the_method_is_s256_wherever_it_is_sent(source: str, expected: Outcome) -> None:
    """However it is written; what it may be otherwise counts."""
    assert pkce(HASH + source).outcome is expected


HASHING = [
    ("by node", HASH, MET),
    ("by the web", 'const c = (verifier: string) => crypto.subtle.digest("SHA-256", bytes(verifier));', MET),
    ("by a library's own name", 'import { sha256 } from "@noble/hashes/sha256";\nsha256(codeVerifier);', MET),
    ("a whole challenge", 'import { calculatePKCECodeChallenge as make } from "oauth4webapi";\nmake(secret);', MET),
    ("a challenge of a namespace", 'import * as oauth from "oauth4webapi";\noauth.calculatePKCECodeChallenge(x);', MET),
    (
        "in a function whose caller says what it is",
        'const hash = (text: string) => createHash("sha256").update(text).digest();\nhash(session.verifier);',
        MET,
    ),
    ("by a package that nobody declared", 'import { make } from "pkce-kit";\nmake(verifier);', UNKNOWN),
    ("none", "", UNMET),
    ("by another algorithm", HASH.replace("sha256", "sha1"), UNMET),
    ("in hex", HASH.replace('"base64url"', '"hex"'), UNMET),
    ("a function of their own by that name", "const pkceChallenge = (x: string) => x;\npkceChallenge(v);", UNMET),
    (
        "of something else",
        'const etag = (body: string) => createHash("sha256").update(body).digest("base64");',
        UNKNOWN,
    ),
]


@pytest.mark.parametrize(("source", "expected"), [each[1:] for each in HASHING], ids=[each[0] for each in HASHING])
def test_the_challenge_is_the_hash_of_the_verifier(source: str, expected: Outcome) -> None:
    """A hash of anything else proves nothing, and hex is no base64url."""
    assert pkce(source + "\n" + SENT).outcome is expected


def test_both_may_lie_in_different_files() -> None:
    """The client is judged as a whole."""
    assert pkce(f'import {{ challengeOf }} from "./hash";\n{SENT}', hash=f"export {HASH}").outcome is MET


def test_an_empty_text_hides_nothing() -> None:
    """A text without a piece, as for a secret that is not set, is read like any other."""
    assert pkce(f'const secret = "";\nexport {HASH}\n{SENT}').outcome is MET


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file and line."""
    wrong = pkce(HASH + "\n" + SENT.replace("S256", "plain"))
    assert wrong.message == "code_challenge_method may be plain; send S256 alone."
    assert [(each.path, each.line) for each in wrong.locations] == [(OAUTH, 3)]
    hexed = pkce(SENT + HASH.replace("base64url", "hex"))
    assert hexed.message == f"The SHA-256 at {OAUTH}:2 is written in hex; a challenge is base64url."
    hidden = pkce(HASH + "const query = { code_challenge_method: method() };")
    assert (hidden.reason, [each.line for each in hidden.locations]) == (Reason.NOT_RESOLVABLE, [2])
