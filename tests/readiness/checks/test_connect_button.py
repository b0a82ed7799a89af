"""The button to connect in a partner's client (L80)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome
from tests.readiness.checks.partner import PAGE, SRC, found

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN
IMPORT = 'import { ConnectWithLoopButton } from "@platform/connect-button";\n'
SHOWN = "export const P = () => <ConnectWithLoopButton />;"


def button(page: str, **others: str) -> Finding:
    """L80 of a client with this page."""
    return found("L80", {PAGE: page, **{f"{SRC}/pages/{name}.ts": text for name, text in others.items()}})


PAGES = [
    ("rendered", IMPORT + SHOWN, MET),
    ("with children", IMPORT + SHOWN.replace(" />", "><span /></ConnectWithLoopButton>"), MET),
    ("by another name", IMPORT.replace("Button }", "Button as Join }") + "const P = () => <Join />;", MET),
    ("of a namespace", 'import * as kit from "@platform/connect-button";\n' + SHOWN.replace("<", "<kit."), MET),
    ("of another namespace", 'import * as kit from "@fitbook/kit";\n' + SHOWN.replace("<", "<kit."), UNMET),
    (
        "another of the namespace",
        'import * as kit from "@platform/connect-button";\nconst P = () => <kit.Logo />;',
        UNMET,
    ),
    ("a member of what is imported", IMPORT + "const P = () => <ConnectWithLoopButton.Icon />;", UNMET),
    ("of a part of the package", IMPORT.replace('button"', 'button/react"') + SHOWN, MET),
    ("by createElement", IMPORT + "const P = () => createElement(ConnectWithLoopButton, {});", MET),
    ("imported alone", IMPORT + "const P = () => <button>Connect with Loop</button>;", UNMET),
    ("not imported", SHOWN, UNMET),
    ("of another package", IMPORT.replace("@platform/connect", "@fitbook/connect") + SHOWN, UNMET),
    ("of a package of a longer name", IMPORT.replace('button"', 'button-mock"') + SHOWN, UNMET),
    ("another component", IMPORT.replace("{ C", "{ Logo as C") + SHOWN, UNMET),
    ("a button of their own", "const ConnectWithLoopButton = () => <a />;\n" + SHOWN, UNMET),
    ("never shown", IMPORT + SHOWN.replace("<C", "<p>{false && <C").replace("/>", "/>}</p>"), UNMET),
    ("shown by a condition", IMPORT + SHOWN.replace("<C", "<p>{open && <C").replace("/>", "/>}</p>"), MET),
    ("hidden", IMPORT + SHOWN.replace(" />", " hidden />"), UNMET),
    ("hidden by its style", IMPORT + SHOWN.replace(" />", ' style={{ display: "none" }} />'), UNMET),
    ("switched off", IMPORT + SHOWN.replace(" />", " disabled={true} />"), UNMET),
    ("switched off at times", IMPORT + SHOWN.replace(" />", " disabled={busy} />"), MET),
    ("in a comment", IMPORT + "const P = () => <p>{/* <ConnectWithLoopButton /> */}</p>;", UNMET),
    ("a forbidden text beside", IMPORT + SHOWN.replace(" />", ">Log in\n with Loop</ConnectWithLoopButton>"), UNMET),
    ("a forbidden text in code", IMPORT + SHOWN + '\nexport const title = "sign in with loop";', UNMET),
    ("broken", "export const =", UNKNOWN),
]


@pytest.mark.parametrize(("page", "expected"), [each[1:] for each in PAGES], ids=[each[0] for each in PAGES])
def test_the_kits_component_is_rendered(page: str, expected: Outcome) -> None:
    """It, and no button that looks like it."""
    assert button(page).outcome is expected


def test_a_barrel_of_their_own_may_pass_it_on() -> None:
    """However it exports it; its own component of that name is another."""
    page = IMPORT.replace("@platform/connect-button", "./kit") + SHOWN
    for barrel in (
        'export { ConnectWithLoopButton } from "@platform/connect-button";',
        'export * from "@platform/connect-button";',
        'import { ConnectWithLoopButton as B } from "@platform/connect-button";\n'
        "export { B as ConnectWithLoopButton };",
    ):
        assert button(page, kit=barrel).outcome is MET, barrel
    assert button(page, kit="export const ConnectWithLoopButton = () => null;").outcome is UNMET


def test_what_restyles_it_is_told_to_whoever_attests_the_look() -> None:
    """And changes what they sign."""
    styled = button(IMPORT + SHOWN.replace(" />", ' className="blue" />'))
    assert (styled.outcome, styled.values["restyled_by"]) == (MET, ["className"])
    assert "it is given className" in styled.message
    assert styled.subject_digest != button(IMPORT + SHOWN).subject_digest


def test_findings_say_where() -> None:
    """The element, or the forbidden text."""
    assert [(each.path, each.line) for each in button(IMPORT + SHOWN).locations] == [(PAGE, 2)]
    wrong = button(IMPORT + SHOWN + "\nexport const Q = () => <b>Sign in with Loop</b>;")
    assert [(each.path, each.line) for each in wrong.locations] == [(PAGE, 3)]
    assert "'Sign in with Loop' (" in wrong.message
