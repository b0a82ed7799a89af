"""The proof key of a partner's client (L72)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.partner import OAUTH, SRC, found

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN
HASH = 'const challengeOf = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");\n'
SENT = 'const query = { code_challenge_method: "S256" };\n'


REST = """
function connect() {
  const verifier = randomBytes(48).toString("base64url");
  const begin = { code_challenge: createHash("sha256").update(verifier).digest("base64url") };
  const end = { code_verifier: verifier };
}
"""


def pkce(source: str, **others: str) -> Finding:
    """L72 of a client of these files alone, ``oauth.ts`` first."""
    edits = {f"{SRC}/{name}.ts": text for name, text in others.items()}
    return found("L72", {OAUTH: source, f"{SRC}/rest.ts": REST, **edits})


def attempt(source: str) -> str:
    """A source whose statements are run for each attempt; its imports stay outside."""
    lines = source.splitlines()
    own = [each for each in lines if not each.startswith("import ")]
    return "\n".join([*(set(lines) - set(own)), "export function connect() {", *own, "}"])


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
    ("by node", HASH, "challengeOf(verifier)", MET),
    ("at once", "", 'createHash("sha256").update(verifier).digest("base64url")', MET),
    (
        "by the web",
        'const c = (verifier) => crypto.subtle.digest("SHA-256", bytes(verifier));',
        "c(verifier)",
        MET,
    ),
    ("by a library's own name", 'import { sha256 } from "@noble/hashes/sha256";', "sha256(codeVerifier)", MET),
    (
        "a whole challenge",
        'import { calculatePKCECodeChallenge as make } from "oauth4webapi";',
        "make(codeVerifier)",
        MET,
    ),
    ("of a namespace", 'import * as oauth from "oauth4webapi";', "oauth.calculatePKCECodeChallenge(verifier)", MET),
    (
        "in a function whose caller says what it is",
        'const hash = (text: string) => createHash("sha256").update(text).digest();',
        "hash(session.verifier)",
        MET,
    ),
    (
        "base64 made fit for URLs",
        HASH.replace('"base64url")', '"base64").replace("+", "-")'),
        "challengeOf(verifier)",
        MET,
    ),
    ("by a package that nobody declared", 'import { make } from "pkce-kit";', "make(verifier)", UNKNOWN),
    ("made where nobody looks", HASH, "session.challenge", UNKNOWN),
    ("none", "", "verifier", UNMET),
    ("the verifier itself, though one is hashed", HASH, "verifier", UNMET),
    ("the verifier by another name, though one is hashed", HASH + "const sent = verifier;", "sent", UNMET),
    ("a fixed text, though one is hashed", HASH, '"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"', UNMET),
    ("the hash of a fixed text", 'const fixed = "x";\n' + HASH, "challengeOf(fixed)", UNMET),
    ("in base64", HASH.replace("base64url", "base64"), "challengeOf(verifier)", UNMET),
    ("by another algorithm", HASH.replace("sha256", "sha1"), "challengeOf(verifier)", UNMET),
    ("in hex", HASH.replace('"base64url"', '"hex"'), "challengeOf(verifier)", UNMET),
    ("a function of their own by that name", "const pkceChallenge = (x: string) => x;", "pkceChallenge(v)", UNMET),
    (
        "of something else",
        'const etag = (body: string) => createHash("sha256").update(body).digest("base64url");',
        "etag(body)",
        UNKNOWN,
    ),
]
DRAWN = 'const verifier = randomBytes(48).toString("base64url");\n'
END = "const end = { code_verifier: verifier };\n"


@pytest.mark.parametrize(
    ("source", "challenge", "expected"), [each[1:] for each in HASHING], ids=[each[0] for each in HASHING]
)
def test_the_challenge_is_the_hash_of_the_verifier(source: str, challenge: str, expected: Outcome) -> None:
    """A hash of anything else proves nothing, and neither hex nor base64 is base64url."""
    begin = f"const begin = {{ code_challenge: {challenge} }};\n"
    assert pkce(attempt(f"{source}\n{SENT}{DRAWN}{begin}{END}"), rest="").outcome is expected


VERIFIERS = [
    ("as it was drawn", DRAWN + END, MET),
    ("passed by a caller", DRAWN + "const end = (v: string) => ({ code_verifier: v });\nend(verifier);", MET),
    ("fixed", f'const verifier = "fixed-fixed-fixed";\n{END}', UNMET),
    ("fixed where it is sent", DRAWN + 'const end = { code_verifier: "fixed" };', UNMET),
    ("sent as its hash", DRAWN + "const end = { code_verifier: challengeOf(verifier) };", UNMET),
    ("never sent", DRAWN, UNMET),
    ("given to a package", DRAWN + 'import { redeem } from "oauth-kit";\nredeem(code, verifier);', MET),
    ("drawn where nobody looks", "const verifier = session.verifier;\n" + END, UNKNOWN),
    ("another thing is sent as it", DRAWN + "const end = { code_verifier: attempt.state };", UNKNOWN),
    ("not drawn", f"const verifier = config.clientId;\n{END}", UNKNOWN),
    ("taken out again", DRAWN + END + 'query.delete("code_challenge");', UNMET),
    ("its method taken out again", DRAWN + END + 'query.delete("code_challenge_method");', UNMET),
    ("another thing taken out", DRAWN + END + 'query.delete("prompt");', MET),
]


@pytest.mark.parametrize(("source", "expected"), [each[1:] for each in VERIFIERS], ids=[each[0] for each in VERIFIERS])
def test_the_verifier_is_random_and_sent_later(source: str, expected: Outcome) -> None:
    """One that anybody knows, or that never arrives, proves nothing."""
    begin = "const begin = { code_challenge: challengeOf(verifier) };\n"
    assert pkce(attempt(f"{HASH}{SENT}{source}\n{begin}"), rest="").outcome is expected


QUERY = """
const verifier = randomBytes(48).toString("base64url");
const challenge = createHash("sha256").update(verifier).digest("base64url");
const query = new URLSearchParams({ code_challenge: challenge, code_challenge_method: "S256" });
const end = { code_verifier: verifier };
"""
STRENGTHS = [
    ("as it is", "", "", MET),
    ("a part of the hash", 'digest("base64url")', 'digest("base64url").slice(0, 8)', UNMET),
    ("a part that is not told", "code_challenge: challenge", "code_challenge: challenge.slice(from)", UNKNOWN),
    ("all of the hash", "code_challenge: challenge", "code_challenge: challenge.slice(0, 43)", MET),
    ("a part of the verifier", "code_verifier: verifier", "code_verifier: verifier.substring(0, 10)", UNMET),
    ("four bytes", "randomBytes(48)", "randomBytes(4)", UNMET),
    ("32 bytes", "randomBytes(48)", "randomBytes(32)", MET),
    ("sent with the challenge", "{ code_challenge:", "{ code_verifier: verifier, code_challenge:", UNMET),
    ("set beside the challenge", 'method: "S256" });',
     'method: "S256" });\nquery.set("code_challenge", challenge);\nquery.set("code_verifier", verifier);', UNMET),
    ("set on another form", 'method: "S256" });',
     'method: "S256" });\nquery.set("code_challenge", challenge);\nform.set("code_verifier", verifier);', MET),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "expected"), [each[1:] for each in STRENGTHS], ids=[each[0] for each in STRENGTHS]
)
def test_a_proof_key_is_hard_to_guess(old: str, new: str, expected: Outcome) -> None:
    """Whole, long, and shown to nobody before the code is redeemed."""
    assert old in QUERY
    assert pkce(attempt(QUERY.replace(old, new)), rest="").outcome is expected


def test_a_verifier_that_is_kept_meanwhile_is_seen_where_it_is_hashed() -> None:
    """What is sent later comes out of a store."""
    later = QUERY.replace("code_verifier: verifier", "code_verifier: attempt.verifier")
    assert pkce(attempt(later), rest="").outcome is MET
    short = pkce(attempt(later.replace("randomBytes(48)", "randomBytes(4)")), rest="")
    assert short.outcome is UNMET
    assert "is drawn of 4 pieces" in short.message
    assert pkce(later, rest="").outcome is UNMET


def test_a_verifier_is_drawn_for_each_attempt() -> None:
    """One that is drawn when the file is loaded serves every person."""
    once = pkce(QUERY, rest="")
    assert once.outcome is UNMET
    assert "is drawn once for all" in once.message


def test_a_challenge_must_be_sent() -> None:
    """The method alone is none."""
    assert pkce(HASH + SENT + DRAWN + END, rest="").outcome is UNMET


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
    hexed = pkce(SENT + HASH.replace("base64url", "hex"), rest="")
    assert hexed.message == f"The SHA-256 at {OAUTH}:2 is written in hex; a challenge is base64url."
    hidden = pkce(HASH + "const query = { code_challenge_method: method() };")
    assert (hidden.reason, [each.line for each in hidden.locations]) == (Reason.NOT_RESOLVABLE, [2])
