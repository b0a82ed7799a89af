"""The way out of a partner's client (L78)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome
from tests.readiness.checks.partner import PAGE, ROUTES, SRC, found

MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN


def way_out(page: str, routes: str = "export {};", **others: str) -> Finding:
    """L78 of a client with this page and these routes; other files by name with suffix (``__`` for ``.``)."""
    more = {f"{SRC}/{name.replace('__', '.').replace('_x_', '/')}": text for name, text in others.items()}
    return found("L78", {PAGE: page, ROUTES: routes, **more})


PAGES = [
    ("a call in the handler", "const P = () => <button onClick={() => client.revoke()}>Leave</button>;", MET),
    (
        "a named handler",
        "const leave = async () => { await client.revokeAccess(); };\nconst P = () => <Button onPress={leave} />;",
        MET,
    ),
    ("the call itself", 'import { disconnect } from "loop";\nconst P = () => <form action={disconnect} />;', MET),
    ("by another name", 'import { disconnect as go } from "loop";\nconst P = () => <form action={go} />;', MET),
    ("handed on", "const P = () => { const m = useMutation(api.revoke); return <a onClick={m.mutate} />; };", MET),
    ("its own that does nothing", "const revoke = () => 1;\nconst P = () => <form action={revoke} />;", UNMET),
    (
        "a handler that is called like it and only closes a dialog",
        "const disconnect = () => setOpen(false);\nconst P = () => <button onClick={disconnect}>Leave</button>;",
        UNMET,
    ),
    (
        "a handler that is called like it and asks",
        'const disconnect = () => fetch("https://x.example/revoke");\nconst P = () => <a onClick={disconnect}>Go</a>;',
        MET,
    ),
    (
        "by a hook",
        "function P() { const leave = useMutation({ mutationFn: () => client.revoke() });\n"
        "return <button onClick={leave.mutate}>Leave</button>; }",
        MET,
    ),
    ("in code that no page runs", "export const leave = () => client.revoke();\nconst P = () => <p>Hello</p>;", UNMET),
    ("on a page without a control", "const P = () => { client.revoke(); return <p>Bye</p>; };", UNMET),
    ("another call", "const P = () => <button onClick={() => client.logout()}>Leave</button>;", UNMET),
    (
        "a function that does nothing",
        "const revoke = () => undefined;\nconst P = () => <button onClick={() => revoke()}>Leave</button>;",
        UNMET,
    ),
    ("a comment", "const P = () => <button onClick={() => { /* client.revoke() */ }}>Leave</button>;", UNMET),
]


@pytest.mark.parametrize(("page", "expected"), [each[1:] for each in PAGES], ids=[each[0] for each in PAGES])
def test_an_element_leads_to_the_call(page: str, expected: Outcome) -> None:
    """By its handlers, or by what its component does."""
    assert way_out(page).outcome is expected


ROW = "function Row({ onLeave }) { return <button onClick={onLeave}>Leave</button>; }\n"
CALLING = ROW.replace("{onLeave}>", "{() => { close(); onLeave(); }}>")
HOOK = "function useLoop() { return { leave: () => client.revoke(), stay: () => client.keep() }; }\n"
HANDLERS = [
    (
        "a prop beside a function that revokes",
        "function Row({ onClose }) { const leave = () => client.revoke();\n"
        "return <button onClick={() => onClose()} />; }",
        UNKNOWN,
    ),
    (
        "a dialog beside a function that revokes",
        "function Row() { const leave = () => client.revoke();\nreturn <button onClick={() => setOpen(true)} />; }",
        UNMET,
    ),
    ("a prop that each place gives", CALLING + "const P = () => <Row onLeave={() => client.revoke()} />;", MET),
    (
        "a prop of which one place gives nothing that revokes",
        CALLING + "const leave = () => client.revoke();\nconst P = () => <Row onLeave={() => setOpen(false)} />;",
        UNMET,
    ),
    (
        "a prop that is a member of the props",
        "function Row(props) { return <a onClick={() => props.onLeave()} />; }\n"
        "const leave = () => client.revoke();\nconst P = () => <Row onLeave={() => setOpen(false)} />;",
        UNMET,
    ),
    ("a prop that nobody gives here", CALLING + "export const leave = () => client.revoke();", UNKNOWN),
    (
        "a prop that is given what is not told",
        CALLING + "const leave = () => client.revoke();\nconst P = (props) => <Row onLeave={props.go} />;",
        UNKNOWN,
    ),
    (
        "a prop that is spread",
        ROW + "const leave = () => client.revoke();\nconst P = (props) => <Row {...props} />;",
        UNKNOWN,
    ),
    (
        "through two components",
        ROW
        + "function Card({ onGo }) { return <Row onLeave={onGo} />; }\n"
        + "const leave = () => client.revoke();\nconst P = () => <Card onGo={leave} />;",
        MET,
    ),
    (
        "through two components, and it does not revoke",
        ROW
        + "function Card({ onGo }) { return <Row onLeave={onGo} />; }\n"
        + "const leave = () => client.revoke();\nconst P = () => <Card onGo={() => close()} />;",
        UNMET,
    ),
    (
        "through memo",
        "const Row = memo(({ onLeave }) => <button onClick={onLeave}>Leave</button>);\n"
        "const leave = () => client.revoke();\nconst P = () => <Row onLeave={() => close()} />;",
        UNMET,
    ),
    (
        "a component that does not take it",
        "function Row({ title }) { return <button>{title}</button>; }\n"
        "const P = () => <Row onLeave={() => client.revoke()} />;",
        UNMET,
    ),
    (
        "a prop that is called like it",
        "function Row({ disconnect }) { return <button onClick={() => disconnect()} />; }\n"
        "const P = () => <Row disconnect={() => setOpen(false)} />;",
        UNMET,
    ),
    ("one that is remembered", "const P = () => { const f = useCallback(() => client.revoke(), []); "
     "return <a onClick={f} />; };", MET),
    ("another that is remembered", "const leave = () => client.revoke(); const P = () => { "
     "const f = useCallback(() => client.keep(), []); return <a onClick={f} />; };", UNMET),
    ("by a hook, taken apart", "const P = () => { const { mutate: go } = useMutation({ mutationFn: client.revoke }); "
     "return <a onClick={() => go()} />; };", MET),
    ("by a hook of their own", HOOK + "const P = () => { const { leave } = useLoop(); return <a onClick={leave} />; };",
     MET),
    ("another of that hook", HOOK + "const P = () => { const { stay } = useLoop(); return <a onClick={stay} />; };",
     UNMET),
]  # fmt: skip


@pytest.mark.parametrize(("page", "expected"), [each[1:] for each in HANDLERS], ids=[each[0] for each in HANDLERS])
def test_only_what_the_handler_itself_runs_counts(page: str, expected: Outcome) -> None:
    """A prop is followed to what each rendering gives; what stands beside the handler is not run by it."""
    assert way_out(page).outcome is expected


LEAVE = "const P = () => <p><button onClick={() => client.revoke()}>Leave</button></p>;"
USABLE = [
    ("as it stands", "", "", MET),
    ("switched off", "<button", "<button disabled", UNMET),
    ("switched off by a word", "<button", "<button disabled={true}", UNMET),
    ("switched off at times", "<button", "<button disabled={busy}", MET),
    ("hidden", "<button", "<button hidden", UNMET),
    ("hidden by its style", "<button", '<button style={{ display: "none" }}', UNMET),
    ("what it stands in is hidden", "<p>", "<p hidden>", UNMET),
    ("what it stands in is hidden at times", "<p>", "<p hidden={!open}>", MET),
    ("what it stands in cannot be pressed", "<p>", '<p style={{ pointerEvents: "none" }}>', UNMET),
    ("what it stands in has a hiding class", "<p>", '<p className="mt-2 hidden">', UNMET),
    ("hidden on small screens", "<p>", '<p className="hidden md:block">', MET),
    ("in a set of fields that is on", LEAVE, LEAVE.replace("p>", "fieldset>"), MET),
    ("in one that is off", LEAVE, LEAVE.replace("p>", "fieldset>").replace("<fieldset>", "<fieldset disabled>"), UNMET),
    ("in a closed dialog", LEAVE, LEAVE.replace("<p>", "<dialog open={false}>").replace("</p>", "</dialog>"), UNMET),
    ("as the pointer passes", "onClick", "onMouseOver", UNMET),
    ("never rendered", LEAVE, LEAVE.replace("<p>", "<p>{false && ").replace("</p>", "}</p>"), UNMET),
    ("rendered by a condition", LEAVE, LEAVE.replace("<p>", "<p>{open && ").replace("</p>", "}</p>"), MET),
    ("never run", "client.revoke()", "{ if (false) client.revoke(); }", UNMET),
    ("run behind a way out", "client.revoke()", "{ return; client.revoke(); }", UNMET),
    ("run by a condition", "client.revoke()", "{ if (sure) client.revoke(); }", MET),
]


@pytest.mark.parametrize(("old", "new", "expected"), [each[1:] for each in USABLE], ids=[each[0] for each in USABLE])
def test_the_way_out_can_be_used(old: str, new: str, expected: Outcome) -> None:
    """What nobody sees, can press, or ever runs takes nothing back."""
    assert old in LEAVE
    assert way_out(LEAVE.replace(old, new)).outcome is expected


SERVER = 'app.post("/disconnect", (c) => client.revoke(c.user));'
ASKING = [
    ("fetch", 'const P = () => <button onClick={() => fetch("/disconnect", { method: "POST" })}>Leave</button>;', MET),
    (
        "below another path",
        'const P = () => <button onClick={() => post("/api/disconnect?now=1")}>Leave</button>;',
        MET,
    ),
    ("a form", 'const P = () => <form method="post" action="/disconnect"><button>Leave</button></form>;', MET),
    ("another route", 'const P = () => <form method="post" action="/connect"><button>Leave</button></form>;', UNMET),
    ("an attribute that is no address", 'const P = () => <p title="/disconnect">Leave</p>;', UNMET),
]


@pytest.mark.parametrize(("page", "expected"), [each[1:] for each in ASKING], ids=[each[0] for each in ASKING])
def test_a_route_of_their_own_server_may_stand_between(page: str, expected: Outcome) -> None:
    """It is found by its path."""
    assert way_out(page, SERVER).outcome is expected


def test_a_handler_that_cannot_be_followed_is_unknown() -> None:
    """If there is a call that it may lead to."""
    page = 'import { useLoop } from "kit";\nconst P = () => { const k = useLoop(); return <a onClick={k.leave} />; };'
    seen = way_out(page, SERVER)
    assert (seen.outcome, seen.locations[0].line) == (Outcome.UNKNOWN, 2)
    assert way_out(page).outcome is UNMET


def test_a_route_may_be_a_file() -> None:
    """As Next.js has it."""
    page = 'const P = () => <form method="post" action="/api/leave"><button>Leave</button></form>;'
    route = "export async function POST() { await client.revoke(); }"
    files = {f"{SRC}/app/api/leave/route.ts": route}
    assert found("L78", {PAGE: page, ROUTES: "export {};", **files}).outcome is MET
    assert found("L78", {PAGE: page.replace("leave", "stay"), ROUTES: "export {};", **files}).outcome is UNMET


def test_findings_say_where_and_what_to_do() -> None:
    """The element and the call, or what is missing."""
    seen = found("L78", {})
    assert [(each.path, each.line) for each in seen.locations] == [(PAGE, 8), (ROUTES, 8)]
    apart = way_out("const P = () => <p>Hello</p>;", SERVER)
    assert apart.message == f"No element of a page leads to client.revoke at {ROUTES}:1; add a control."
    empty = way_out("const revoke = () => 1;\nconst P = () => <button onClick={() => revoke()} />;")
    assert empty.message == "revoke is called and asks nobody; revoke there."
    assert "calls revoke or revokeAccess or disconnect" in way_out("export {};").message
