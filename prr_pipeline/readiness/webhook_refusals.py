"""How a receiver of webhooks answers one whose signature is wrong: with an error, or as if all were well."""

from __future__ import annotations

import re

from prr_pipeline.repository.typescript.fates import Fate

_ERROR = re.compile(r"(?<![\w.])[45]\d\d(?!\w)")
_FINE = re.compile(r"(?<![\w.])[23]\d\d(?!\w)")
_ANSWERS = re.compile(
    r"(?:await\s+)?(?:new\s+(?:Next)?Response\(|[\w.]+\.(?:json|text|html|body|newResponse|redirect)\()"
)
_NAMED = re.compile(r"unauth|forbid|bad_?request|denied|reject|refus|invalid|error", re.IGNORECASE)
_LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'|`[^`]*`")


def refusal_doubt(fate: Fate, said: str) -> tuple[str, bool] | None:
    """What is wrong with how a guard refuses, and whether that is certain; None where it answers with an error, or in a
    way that is not read. ``said``: the code from the comparison to the end of the guard."""
    refusal = fate.refusal.strip()
    if fate.throws or not _ANSWERS.match(refusal):
        return None
    plain, around = _LITERAL.sub('""', refusal), _LITERAL.sub('""', said)
    if _ERROR.search(around):
        return None
    if ".redirect(" in plain:
        return "answers a wrong signature with a redirect; answer 401", True
    fine = _FINE.search(plain)
    if fine is not None:
        return f"answers a wrong signature with {fine[0]}, as if it were taken; answer 401", True
    given = _arguments(plain)
    if given < 2 and ".status" not in around and "statusCode" not in around:
        return "answers a wrong signature with no status, which means 200; answer 401", True
    if _NAMED.search(around):
        return None
    return "answers a wrong signature with a status that is told only by running it; write 401", False


def _arguments(call: str) -> int:
    """How many arguments the outermost call is given, as its text tells."""
    depth, count = 0, 0
    inside = call[call.index("(") + 1 :].rstrip(" ;")
    if inside.startswith(")"):
        return 0
    for each in inside:
        depth += (each in "([{") - (each in ")]}")
        if depth < 0:
            break
        count += each == "," and depth == 0
    return count + 1
