"""An operation's route is found in the code, in files of Next.js or in registrations of Hono."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.routes import all_routes, handler_of, lost_routes, pipeline_of, route_of
from prr_pipeline.readiness.sources import NotDeclared, NotSeen, Sources
from tests.readiness.fakes import CREATE, SPEC, FakeSnapshot, profile, spec

STEPS = frozenset(("withAuth", "withScope"))
COMPOSERS = frozenset(("pipeline",))
HANDLER = "async (c) => { done(c) }"
NEXT = "app/v1/grants/route.ts"
HONO = "import { Hono } from 'hono';\nconst app = new Hono();\n"


def sources(files: dict[str, str], pattern: str | None = "app/**/*.ts", servers: str = "") -> Sources:
    document = spec().replace('"openapi":', f'"servers": {servers}, "openapi":', 1) if servers else spec()
    return Sources(FakeSnapshot({SPEC: document, **files}), profile(paths__route_handlers=pattern))


SERVED: list[tuple[str, dict[str, str], str, str, int]] = [
    ("next", {"app/grants/route.ts": f"\nexport const POST = {HANDLER}"}, "", "app/grants/route.ts", 2),
    ("next below a server's path", {NEXT: f"export const POST = {HANDLER}"}, '[{"url": "https://a.b/v1/"}]', NEXT, 1),
    ("next group", {"app/(x)/grants/route.ts": f"export const POST = {HANDLER}"}, "", "app/(x)/grants/route.ts", 1),
    ("next from elsewhere", {"app/grants/route.ts": "\nexport { create as POST } from '../../lib/x'",
                             "lib/x.ts": f"export const create = {HANDLER}"}, "", "app/grants/route.ts", 2),
    ("next through a star", {"app/grants/route.ts": "\nexport * from '../../lib/x'",
                             "lib/x.ts": f"export const POST = {HANDLER}"}, "", "app/grants/route.ts", 2),
    ("hono", {"app/main.ts": HONO + f"app.post('/grants', {HANDLER})"}, "", "app/main.ts", 3),
    ("hono mounted", {"app/main.ts": HONO + "import { g } from '../lib/g';\napp.route('/v1', g)",
                      "lib/g.ts": HONO + f"export const g = app.post('/grants', {HANDLER})"},
     '[{"url": "/v1"}]', "lib/g.ts", 3),
    ("hono all", {"app/main.ts": HONO + f"app.all('/grants', {HANDLER})"}, "", "app/main.ts", 3),
    ("hono below next",
     {"app/[[...a]]/route.ts": HONO + f"app.post('/grants', {HANDLER});\nexport const POST = handle(app)"}, "",
     "app/[[...a]]/route.ts", 3),
    ("an odd server", {"app/main.ts": HONO + f"app.post('/grants', {HANDLER})"}, '[{"url": "http://[x"}, 1]',
     "app/main.ts", 3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "servers", "path", "line"), [each[1:] for each in SERVED], ids=[each[0] for each in SERVED]
)
def test_an_operation_has_one_route(files: dict[str, str], servers: str, path: str, line: int) -> None:
    """With the place of its registration, and the handler behind it."""
    seen = sources(files, servers=servers)
    route = route_of(seen, CREATE)
    assert (route.path, route.line) == (path, line)
    assert route.location.path == path
    handler = handler_of(seen, route, STEPS, COMPOSERS)
    assert seen.code().module(handler.path).calls_in(handler.function)[0].callee == "done"


def test_both_kinds_of_route_are_judged_through_the_same_call() -> None:
    """The steps around a route of Hono are those of the application and its own."""
    composed = f"export const POST = pipeline(withAuth(), withScope('x'), {HANDLER})"
    registered = HONO + f"app.use(withAuth());\napp.post('/grants', withScope('x'), {HANDLER})"
    for files in ({"app/grants/route.ts": composed}, {"app/main.ts": registered}):
        seen = sources(files)
        found = pipeline_of(seen, route_of(seen, CREATE), STEPS, COMPOSERS)
        assert [step.name for step in found.steps] == ["withAuth", "withScope"]
        assert found.lost == ()
        assert found.handler is not None


NOT_FOUND: list[tuple[str, dict[str, str], Reason, str]] = [
    ("nothing", {}, Reason.NO_EVIDENCE, r"no file of app/\*\*/\*\.ts serves /grants"),
    ("another method", {"app/grants/route.ts": "export const GET = 1"}, Reason.NO_EVIDENCE, "exports no POST"),
    ("another url", {"app/main.ts": HONO + "app.post('/grant', h)"}, Reason.NO_EVIDENCE, "was not found in the code"),
    ("from a package", {"app/grants/route.ts": "export { POST } from 'x'"}, Reason.NOT_RESOLVABLE,
     "exports POST, but it comes from the package x"),
    ("from nowhere", {"app/grants/route.ts": "export { POST } from './x'"}, Reason.NOT_RESOLVABLE, "names no file"),
    ("a lost registration", {"app/main.ts": HONO + "\napp.post(path, h)"}, Reason.NOT_RESOLVABLE,
     r"what app/main\.ts:4 registers cannot be told \(its path is computed\); register"),
    ("two lost registrations", {"app/main.ts": HONO + "app.post(path, h); app.route('/x', y)"}, Reason.NOT_RESOLVABLE,
     "nor 1 more"),
    ("a broken file", {"app/main.ts": "import {"}, Reason.NOT_RESOLVABLE, "syntax error"),
    ("twice", {"app/a.ts": HONO + "app.post('/grants', h)", "app/b.ts": HONO + "app.post('/grants', h)"},
     Reason.NOT_RESOLVABLE, r"is registered 2 times \(app/a\.ts:3 and app/b\.ts:3\)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "reason", "why"), [each[1:] for each in NOT_FOUND], ids=[each[0] for each in NOT_FOUND]
)
def test_a_route_that_is_not_found_says_why(files: dict[str, str], reason: Reason, why: str) -> None:
    """A table that has lost something proves no absence."""
    with pytest.raises(NotSeen, match=why) as fault:
        route_of(sources(files), CREATE)
    assert fault.value.reason is reason


def test_a_lost_registration_elsewhere_hides_no_route_that_was_found() -> None:
    """What was seen stands."""
    seen = sources({"app/main.ts": HONO + f"app.get(path, h);\napp.post('/grants', {HANDLER})"})
    assert route_of(seen, CREATE).line == 4


def test_undeclared_route_files_are_not_declared() -> None:
    """For one operation and for all."""
    with pytest.raises(NotDeclared, match=r"paths\.route_handlers is not declared"):
        route_of(sources({}, None), CREATE)
    with pytest.raises(NotDeclared):
        all_routes(sources({}, None), CREATE)


def test_a_handler_that_cannot_be_followed_has_its_place() -> None:
    """In one sentence."""
    seen = sources({"app/main.ts": HONO + "import { h } from 'x';\napp.post('/grants', withAuth(), h)"})
    with pytest.raises(
        NotSeen, match=r"The handler of POST /grants was not found: at app/main\.ts:4 h is not"
    ) as fault:
        handler_of(seen, route_of(seen, CREATE), STEPS, COMPOSERS)
    assert fault.value.reason is Reason.NOT_RESOLVABLE


def test_doubts_about_a_route_are_lost_from_its_pipeline() -> None:
    """Middleware under a condition is neither there nor absent."""
    seen = sources({"app/main.ts": HONO + f"if (x) app.use(withAuth());\napp.post('/grants', {HANDLER})"})
    found = pipeline_of(seen, route_of(seen, CREATE), STEPS, COMPOSERS)
    assert found.handler is not None
    assert [lost.line for lost in found.lost] == [3]


def test_all_routes_are_listed_in_order() -> None:
    """Of both kinds, with what could not be told beside them."""
    seen = sources(
        {
            "app/a/[id]/route.ts": "export const GET = h;\nexport { POST } from 'x'",
            "app/b.ts": HONO + "app.delete('/b/:id', h);\napp.get(path, h)",
            "app/broken/route.ts": "export {",
            "app/lib/other.ts": "export const GET = 1",
        }
    )
    found = all_routes(seen, CREATE)
    assert [f"{each.method} {each.url} {each.path}:{each.line}" for each in found] == [
        "GET /a/{id} app/a/[id]/route.ts:1",
        "POST /a/{id} app/a/[id]/route.ts:2",
        "DELETE /b/{id} app/b.ts:3",
    ]
    assert [bool(pipeline_of(seen, each, STEPS, COMPOSERS).lost) for each in found] == [True, True, True]
    lost = {(each.path, each.line) for each in lost_routes(seen, CREATE)}
    assert lost == {("app/b.ts", 4), ("app/broken/route.ts", 0)}


def test_the_table_is_made_once() -> None:
    """However often it is asked for."""
    snapshot = FakeSnapshot({SPEC: spec(), "app/main.ts": HONO + f"app.post('/grants', {HANDLER})"})
    seen = Sources(snapshot, profile(paths__route_handlers="app/**/*.ts"))
    assert all_routes(seen, CREATE) is all_routes(seen, CREATE)
    route_of(seen, CREATE)
    assert snapshot.reads["app/main.ts"] == 1
