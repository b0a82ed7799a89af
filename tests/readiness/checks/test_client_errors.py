"""Error codes in a partner's client (L75)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.partner import ERRORS, FITBOOK, SRC, with_edits
from tests.readiness.checks.platform import judged, loop

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN
TWO = loop(integration__error_codes=["invalid_grant", "rate_limited"])


def errors(source: str, **others: str) -> Finding:
    """L75 of a platform with two codes."""
    edits = {f"{SRC}/{name}.ts": text for name, text in others.items()}
    return judged("L75", with_edits({ERRORS: source, **edits}), FITBOOK, using=TWO)


FORMS = [
    ("a switch", 'switch (e.error) { case "invalid_grant": case "rate_limited": act(); }', MET),
    ("comparisons", 'if (e === "invalid_grant") a();\nconst wait = e == "rate_limited" ? 1 : 2;', MET),
    ("a table", "const T = { invalid_grant: a, rate_limited: b };\nconst f = (e: Failure) => T[e.error]();", MET),
    ("a quoted table", 'const T = { "invalid_grant": a, "rate_limited": b };\nT[code]();', MET),
    ("a map", 'const T = new Map([["invalid_grant", a], ["rate_limited", b]]);\nT.get(code)?.();', MET),
    ("a set and a comparison", 'const S = new Set(["invalid_grant"]);\nS.has(c) || c === "rate_limited";', MET),
    ("a list", '["invalid_grant", "rate_limited"].includes(code);', MET),
    ("constants", 'const E = { A: "invalid_grant", B: "rate_limited" };\nswitch (c) { case E.A: case E.B: a(); }', MET),
    ("one is missing beside a state", 'if (c === "invalid_grant" && status === 400) act();', UNMET),
    ("one is missing", 'switch (e.error) { case "invalid_grant": act(); }', UNMET),
    ("a code in a sentence", 'switch (c) { case "invalid_grant": a(); }\nlog("rate_limited is told");', UNMET),
    ("a code that is thrown", 'if (c === "invalid_grant") a();\nthrow new Failure("rate_limited");', UNMET),
    ("a type", 'if (c === "invalid_grant") a();\ntype Code = "invalid_grant" | "rate_limited";', UNMET),
    ("none", "export {};", UNMET),
    ("a table that nobody asks", "export const T = { invalid_grant: a, rate_limited: b };", UNKNOWN),
    ("labels that are not told", 'import { E } from "sdk";\nswitch (f.error) { case E.A: case E.B: a(); }', UNKNOWN),
    ("labels of something else", 'import { E } from "sdk";\nswitch (f.color) { case E.A: case E.B: a(); }', UNMET),
]


@pytest.mark.parametrize(("source", "expected"), [each[1:] for each in FORMS], ids=[each[0] for each in FORMS])
def test_each_code_has_a_branch(source: str, expected: Outcome) -> None:
    """A text that merely stands in the code handles nothing."""
    assert errors(source).outcome is expected


DEFAULTS = [
    ("of a switch", 'switch (e.error) { case "invalid_grant": a(); break; default: b(); }', MET),
    (
        "of a switch on the code alone",
        "switch (failure.code) { case other: a(); break; default: report(failure); }",
        MET,
    ),
    ("a last else", 'if (c === "invalid_grant") { a(); } else if (c === "x") { b(); } else { report(c); }', MET),
    ("of a table", "const T = { invalid_grant: a };\nconst act = T[code] ?? report;", MET),
    ("of a map", 'const T = new Map([["invalid_grant", a]]);\nconst act = T.get(code) || report;', MET),
    ("by throwing", 'if (c === "invalid_grant") return a();\nconst x = 1;\nthrow new Failure(x);', MET),
    ("after a switch", 'switch (c) { case "invalid_grant": return a(); }\nreturn unexpected(c);', MET),
    (
        "of conditions in a row",
        'const t = c === "x" ? "again" : c === "invalid_grant" ? "connect" : "unexpected";',
        MET,
    ),
    ("of a condition that asks one thing", 'const n = c === "invalid_grant" ? 1 : 2;', UNMET),
    ("what comes next anyway", 'if (c === "invalid_grant") a();\nthrow new Failure(x);', UNMET),
    ("what comes next if all is well", 'if (c === "invalid_grant") return a();\nreturn body;', UNMET),
    ("behind a switch that goes on", 'switch (c) { case "invalid_grant": a(); break; }\nreturn next(c);', UNMET),
    ("that does nothing", 'switch (e.error) { case "invalid_grant": a(); break; default: break; }', UNMET),
    ("that is empty", 'switch (e.error) { case "invalid_grant": a(); break; default: }', UNMET),
    ("an empty else", 'if (c === "invalid_grant") { a(); } else { }', UNMET),
    ("of something else", 'switch (c.kind) { case "red": a(); break; default: b(); }', UNMET),
    ("of an if within", 'if (c === "invalid_grant") { if (x === y) { a(); } else { b(); } }', UNMET),
]


@pytest.mark.parametrize(("source", "expected"), [each[1:] for each in DEFAULTS], ids=[each[0] for each in DEFAULTS])
def test_a_branch_for_all_others_is_enough(source: str, expected: Outcome) -> None:
    """If it does something, and is about errors."""
    assert errors(f"function f(c: string, e: Failure) {{ {source} }}").outcome is expected


def test_a_default_is_reported_as_such() -> None:
    """With the codes that rest on it, and its place."""
    seen = errors('switch (e.error) {\n  case "invalid_grant": a(); break;\n  default: b();\n}')
    assert seen.message.endswith(f"by name, the others by the default branch at {ERRORS}:3.")
    assert (seen.values["handled"], seen.values["by_default"]) == (1, ["rate_limited"])
    assert (seen.locations[0].path, seen.locations[0].line) == (ERRORS, 3)


def test_codes_may_be_handled_in_several_files() -> None:
    """Tables too, where they are imported."""
    table = 'import { T } from "./table";\nexport const f = (code: string) => T[code];'
    assert errors(table, table="export const T = { invalid_grant: 1, rate_limited: 2 };").outcome is MET
    half = errors('if (c === "invalid_grant") a();', waiting='if (c === "rate_limited") b();')
    assert [(each.path, each.line) for each in half.locations] == [(ERRORS, 1), (f"{SRC}/waiting.ts", 1)]


def test_findings_name_what_is_missing() -> None:
    """And the way out; unknown has its reason."""
    lacking = errors('switch (e.error) { case "invalid_grant": act(); }')
    assert "handles no rate_limited, and has no default branch; add one that reports the code" in lacking.message
    assert errors("export const T = { invalid_grant: a, rate_limited: b };").reason is Reason.NOT_RESOLVABLE
