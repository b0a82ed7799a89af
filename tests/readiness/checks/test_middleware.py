"""The canonical pipeline: every step, in order, in every form that composes it."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import profile, run

M11 = load_catalogue().line("M11")
ROUTE = "apps/api/app/grants/route.ts"
STEPS = ["withAuth()", "withScope('x')", "withRateLimit('x')", "withIdempotency()", "withDryRun()", "withAudit('x')",
         "withEvent('x')"]  # fmt: skip
HANDLER = "async (context) => ok(context)"


def judged(source: str, more: dict[str, str] | None = None, **changes: object) -> Finding:
    using = profile(paths__route_handlers="apps/api/app/**/route.ts", **changes)
    return run(M11.check, M11.parameters, {ROUTE: source, **(more or {})}, using=using)


def composed(steps: list[str]) -> str:
    return f"export const POST = pipeline({', '.join([*steps, HANDLER])});"


def nested(steps: list[str]) -> str:
    """``withAuth(withScope('x', ... handler))``."""
    text = HANDLER
    for step in reversed(steps):
        name, _, given = step.rstrip(")").partition("(")
        text = f"{name}({f'{given}, ' if given else ''}{text})"
    return f"export const POST = {text};"


FORMS = {
    "composed": composed(STEPS),
    "nested": nested(STEPS),
    "curried": "export const POST = " + HANDLER.join(["".join(f"{step}(" for step in STEPS), ")" * len(STEPS)]) + ";",
    "spread": f"const standard = [{', '.join(STEPS[:5])}] as const;\n"
    f"export const POST = pipeline(...standard, {STEPS[5]}, {STEPS[6]}, {HANDLER});",
    "helper": f"const secured = (handler) => pipeline({', '.join(STEPS)}, handler);\n"
    f"export const POST = secured({HANDLER});",
    "with others between": composed([*STEPS[:2], "withLogging()", *STEPS[2:]]),
    "inside another": f"export const POST = withTracing(pipeline({', '.join(STEPS)}, {HANDLER}));",
}


@pytest.mark.parametrize("source", FORMS.values(), ids=FORMS)
def test_all_steps_in_order_are_met(source: str) -> None:
    """However they are composed; the places are those of the steps."""
    finding = judged(source)
    assert finding.outcome is Outcome.MET, finding.message
    assert all(place.path == ROUTE and place.line for place in finding.locations)


def test_a_pipeline_composed_in_another_file_is_followed() -> None:
    """Through an import of the helper, and of the list that it spreads."""
    helper = 'import { standard } from "./standard";\nexport const secured = (h) => pipeline(...standard, h);'
    more = {
        "apps/api/lib/secured.ts": helper,
        "apps/api/lib/standard.ts": f"export const standard = [{', '.join(STEPS)}];",
    }
    source = f'import {{ secured }} from "../../lib/secured";\nexport const POST = secured({HANDLER});'
    assert judged(source, more).outcome is Outcome.MET


@pytest.mark.parametrize("at", range(7))
def test_each_missing_step_is_named(at: int) -> None:
    """Under its name in code."""
    finding = judged(composed([*STEPS[:at], *STEPS[at + 1 :]]))
    assert finding.outcome is Outcome.UNMET
    assert f"({STEPS[at].partition('(')[0]}) is missing" in finding.message


@pytest.mark.parametrize("at", range(6))
def test_each_exchange_of_neighbours_is_named(at: int) -> None:
    """Order is behaviour."""
    finding = judged(composed([*STEPS[:at], STEPS[at + 1], STEPS[at], *STEPS[at + 2 :]]))
    assert finding.outcome is Outcome.UNMET
    assert "stands before" in finding.message


def test_a_step_that_stands_twice_is_unmet() -> None:
    """Twice the audit is two entries."""
    finding = judged(composed([*STEPS[:6], STEPS[5], STEPS[6]]))
    assert "audit stands more than once" in finding.message
    assert finding.outcome is Outcome.UNMET


def test_a_read_needs_no_idempotency() -> None:
    """By the profile; every other step is needed there too."""
    specification = {"apps/docs/api-reference/openapi.yaml": GET_SPEC}
    without = composed([*STEPS[:3], *STEPS[4:]]).replace("POST", "GET")
    assert judged(without, specification).outcome is Outcome.MET
    assert judged(without.replace("withAudit('x'), ", ""), specification).outcome is Outcome.UNMET


GET_SPEC = (
    '{"openapi": "3.1.0", "info": {"version": "1"}, "paths": {"/grants": {"get": {"operationId": "createGrant"}}}}'
)


def test_other_steps_can_be_refused() -> None:
    """A profile may forbid whatever is not canonical."""
    finding = judged(FORMS["with others between"], middleware__other_steps_between="refuse")
    assert finding.outcome is Outcome.UNMET
    assert "withLogging is no step" in finding.message


UNSEEN = {
    "conditional step": composed([*STEPS[:6], "live ? withEvent('x') : none"]),
    "spread of a call's result": f"const rest = steps()[0];\nexport const POST = pipeline(...rest, {HANDLER});",
    "unknown name": f"export const POST = pipeline({', '.join(STEPS)}, missing);",
}


@pytest.mark.parametrize("source", UNSEEN.values(), ids=UNSEEN)
def test_what_cannot_be_followed_is_unknown_with_its_place(source: str) -> None:
    """A step may hide in it, so nothing is said to be missing or complete."""
    finding = judged(source)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
    assert [place.path for place in finding.locations] == [ROUTE]
    assert finding.locations[0].line > 0


LIBRARY = "apps/api/lib/middleware/index.ts"
NAMES = [step.partition("(")[0] for step in STEPS]
REAL = "\n".join(f"export const {name} = (...given) => (context, next) => next();" for name in [*NAMES, "pipeline"])
IMPORTS = f'import {{ {", ".join([*NAMES, "pipeline"])} }} from "../../lib/middleware/index";\n'
NO_OP = "(_: string) => (c: any, n: any) => n();"


def imported(source: str, **changes: object) -> Finding:
    """With the real steps in the shared folder, and a step of that name elsewhere."""
    more = {
        LIBRARY: f"{REAL}\nexport const noop = {NO_OP}",
        "apps/api/lib/noop.ts": f"export const withAudit = {NO_OP}",
    }
    return judged(source, more, **changes)


def test_steps_of_the_shared_folder_are_met() -> None:
    """Imported by name, as a whole, renamed here, or configured once for the file."""
    whole = composed([f"m.{step}" for step in STEPS]).replace("pipeline", "m.pipeline")
    ready = f"{IMPORTS}const audited = withAudit('x');\n{composed([*STEPS[:5], 'audited', STEPS[6]])}"
    renamed = IMPORTS.replace("withAudit,", "withAudit as audit,") + composed([*STEPS[:5], "audit('x')", STEPS[6]])
    for source in (
        IMPORTS + composed(STEPS),
        f'import * as m from "../../lib/middleware/index";\n{whole}',
        ready,
        renamed,
    ):
        finding = imported(source)
        assert finding.outcome is Outcome.MET, (source, finding.message)


WITHOUT_AUDIT = IMPORTS.replace("withAudit, ", "")
FOREIGN = {
    "of the route file": f"{WITHOUT_AUDIT}const withAudit = {NO_OP}\n{composed(STEPS)}",
    "function of the route file": WITHOUT_AUDIT + "function withAudit(_) { return (c, n) => n(); }\n" + composed(STEPS),
    "in an object of the route file": f"{WITHOUT_AUDIT}const m = {{ withAudit: {NO_OP.rstrip(';')} }};\n"
    + composed([*STEPS[:5], "m.withAudit('x')", STEPS[6]]),
    "of another folder": f'{WITHOUT_AUDIT}import {{ withAudit }} from "../../lib/noop";\n{composed(STEPS)}',
    "of a package": f'{WITHOUT_AUDIT}import {{ withAudit }} from "elsewhere";\n{composed(STEPS)}',
    "another export": f'{WITHOUT_AUDIT}import {{ noop as withAudit }} from "../../lib/middleware/index";\n'
    + composed(STEPS),
    "composer": IMPORTS.replace(", pipeline", "") + f"const pipeline = (...all) => all.at(-1);\n{composed(STEPS)}",
}


@pytest.mark.parametrize("source", FOREIGN.values(), ids=FOREIGN)
def test_a_step_that_only_has_the_name_is_unmet(source: str) -> None:
    """Whatever it does; the sentence says whose it is."""
    finding = imported(source)
    assert finding.outcome is Outcome.UNMET, finding.message
    assert "withAudit is " in finding.message or "pipeline is the route file's own" in finding.message


def test_without_a_declared_folder_the_route_files_own_step_is_unmet_all_the_same() -> None:
    """And one of another file counts."""
    changes = {"middleware__defined_under": None}
    assert imported(FOREIGN["of the route file"], **changes).outcome is Outcome.UNMET
    assert imported(FOREIGN["of another folder"], **changes).outcome is Outcome.MET


def test_a_step_whose_origin_cannot_be_told_is_unknown() -> None:
    """Its import leads nowhere."""
    finding = imported(f'{WITHOUT_AUDIT}import {{ withAudit }} from "../../lib/gone";\n{composed(STEPS)}')
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
    assert "withAudit" in finding.message


def test_a_step_without_a_name_in_code_is_not_declared() -> None:
    """The profile must say what to look for."""
    finding = judged(composed(STEPS), middleware__names_in_code={"auth": "withAuth"})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
