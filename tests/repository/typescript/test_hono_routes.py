"""Routes that are registered with Hono are listed with the middleware that each of them meets."""

from __future__ import annotations

import pytest

from prr_pipeline.repository.typescript.hono_paths import covers, joined, may_cover, segments, urls
from prr_pipeline.repository.typescript.hono_routes import COMPOSERS, PARTIAL, HonoRoute, HonoTable, hono_table
from prr_pipeline.repository.typescript.pipelines import Pipeline, Vocabulary
from prr_pipeline.repository.typescript.unwrapping import unwrap_layers
from tests.repository.typescript.fakes import code

TOP = "import { Hono } from 'hono';\n"
APP = TOP + "const app = new Hono();\n"
WORDS = Vocabulary(frozenset(("withA", "withB", "withC")), COMPOSERS | {"pipeline"}, PARTIAL)


def table(source: str, **others: str) -> HonoTable:
    """The routes of ``a.ts`` and the files that it leads to."""
    return hono_table(code({"a.ts": source, **{f"{path}.ts": text for path, text in others.items()}}), ["a.ts"])


def listed(found: HonoTable) -> list[str]:
    return [f"{route.method} {route.url}" for route in found.routes]


def pipeline(route: HonoRoute, **files: str) -> Pipeline:
    read = code({f"{path}.ts": text for path, text in files.items()})
    return unwrap_layers(read, route.around, route.handler, WORDS)


def steps(source: str, **others: str) -> list[list[str]]:
    """The names of the steps of each route, none of which may have lost anything."""
    found = table(source, **others)
    assert found.lost == ()
    assert [route.lost for route in found.routes] == [()] * len(found.routes)
    pipelines = [pipeline(route, a=source, **others) for route in found.routes]
    assert [(each.lost, each.handler is not None) for each in pipelines] == [((), True)] * len(pipelines)
    return [[step.name for step in each.steps] for each in pipelines]


FORMS: list[tuple[str, str, list[str]]] = [
    ("verbs", APP + "app.get('/a', h); app.post('/a', h); app.put('/a', h); app.patch('/a', h); app.delete('/a', h)",
     ["GET /a", "POST /a", "PUT /a", "PATCH /a", "DELETE /a"]),
    ("parameters", APP + "app.get('/a/:id/b/:c', h)", ["GET /a/{id}/b/{c}"]),
    ("pattern", APP + "app.get('/a/:id{[0-9]{2}/x}', h)", ["GET /a/{id}"]),
    ("optional", APP + "app.get('/a/:b?', h)", ["GET /a/{b}", "GET /a"]),
    ("no slash", APP + "app.get('a', h)", ["GET /a"]),
    ("member", APP + "app['post'](`/a`, h)", ["POST /a"]),
    ("chain", APP + "app.get('/a', h).post('/b', h)", ["GET /a", "POST /b"]),
    ("chain without a path", APP + "app.get('/a', h).post(h).put(h)", ["GET /a", "POST /a", "PUT /a"]),
    ("chain of the constructor", TOP + "export default new Hono().get('/a', h).post('/b', h)", ["GET /a", "POST /b"]),
    ("chain held", TOP + "const app = new Hono<Env>().get('/a', h);\napp.post('/b', h)", ["GET /a", "POST /b"]),
    ("on", APP + "app.on('PURGE', '/a', h); app.on(['get', 'POST'], ['/b', '/c'], h)",
     ["PURGE /a", "GET /b", "POST /b", "GET /c", "POST /c"]),
    ("all", APP + "app.all('/a', h)", ["ALL /a"]),
    ("base path", TOP + "const app = new Hono().basePath('/v1');\napp.get('/a', h)", ["GET /v1/a"]),
    ("second base path", APP + "const v1 = app.basePath('/v1');\nv1.get('/a', h);\napp.get('/b', h)",
     ["GET /v1/a", "GET /b"]),
    ("constants", APP + "const P = '/a', M = 'PUT';\napp.get(P, h); app.on(M, P, h)", ["GET /a", "PUT /a"]),
    ("renamed class", "import { Hono as H } from 'hono';\nconst app = new H();\napp.get('/a', h)", ["GET /a"]),
    ("namespace", "import * as hono from 'hono';\nconst app = new hono.Hono();\napp.get('/a', h)", ["GET /a"]),
    ("in a function", TOP + "export function make() { const app = new Hono(); app.get('/a', h); return app }",
     ["GET /a"]),
    ("typed parameter", TOP + "export function register(app: Hono<Env>, d: Deps) { app.get('/a', h) }", ["GET /a"]),
    ("typed by an alias", TOP + "type App = Hono<Env>;\nexport const register = (app: App) => { app.get('/a', h) }",
     ["GET /a"]),
    ("hono of another router", "import { Hono } from 'hono/tiny';\nconst app = new Hono();\napp.get('/a', h)",
     ["GET /a"]),
    ("factory of hono", "import { createFactory } from 'hono/factory';\nconst f = createFactory();\n"
     "const app = f.createApp();\napp.get('/a', h)", ["GET /a"]),
    ("other receivers", APP + "const m = new Map(); m.get('/a', h); searchParams.get('/a'); function f(c, m: Map) { "
     "c.get('/a', h); m.get('/b', h) } app.get('/z', (c) => c.get('/y'))", ["GET /z"]),
    ("other calls", APP + "app.notFound(h); app.onError(h); app.request('/a'); serve(app); console.log(app)", []),
    ("openapi", "import { OpenAPIHono, createRoute } from '@hono/zod-openapi';\nconst app = new OpenAPIHono();\n"
     "const read = createRoute({ method: 'get', path: '/a/{id}', responses });\napp.openapi(read, h)\n"
     ".openapi(createRoute({ method: 'post', path: '/a' }), h, hook)", ["GET /a/{id}", "POST /a"]),
    ("nothing", "const a = 1", []),
]  # fmt: skip


@pytest.mark.parametrize(("source", "routes"), [each[1:] for each in FORMS], ids=[each[0] for each in FORMS])
def test_every_form_of_registration_is_listed(source: str, routes: list[str]) -> None:
    """On receivers that are Hono's, and on no other."""
    found = table(source + "\nconst h = (c) => c.text('x');")
    assert listed(found) == routes
    assert found.lost == ()


ACROSS: list[tuple[str, dict[str, str], list[str]]] = [
    ("mounted", {"a": APP + "import { b } from './b';\napp.route('/v2', b)",
                 "b": TOP + "export const b = new Hono();\nb.get('/x', h).get('/', h)"}, ["GET /v2/x", "GET /v2"]),
    ("mounted default", {"a": APP + "import b from './b';\napp.route('/', b)",
                         "b": TOP + "export default new Hono().get('/x', h)"}, ["GET /x"]),
    ("mounted in a chain", {"a": TOP + "import b from './b';\nexport const app = new Hono().basePath('/api')"
                            ".route('/v1', b).get('/y', h)",
                            "b": TOP + "const b = new Hono();\nb.get('/x', h);\nexport default b"},
     ["GET /api/v1/x", "GET /api/y"]),
    ("mounted twice", {"a": APP + "import { b } from './b';\napp.route('/v1', b); app.route('/v2', b)",
                       "b": TOP + "export const b = new Hono().get('/x', h)"}, ["GET /v1/x", "GET /v2/x"]),
    ("mounted through another", {"a": APP + "import { b } from './b';\napp.route('/b', b)",
                                 "b": TOP + "import { c } from './c';\nexport const b = new Hono().route('/c', c)",
                                 "c": TOP + "export const c = new Hono().get('/:id', h)"}, ["GET /b/c/{id}"]),
    ("mounted in place", {"a": APP + "app.route('/b', new Hono().get('/x', h))"}, ["GET /b/x"]),
    ("made by a function", {"a": APP + "import { make } from './b';\napp.route('/b', make(deps))",
                            "b": TOP + "export function make(d) { const b = new Hono(); b.get('/x', h); return b }"},
     ["GET /b/x"]),
    ("a factory of many", {"a": "import { make } from './b';\nconst one = make(), two = make();\none.get('/x', h);\n"
                           "two.get('/y', h)", "b": TOP + "export const make = () => new Hono().basePath('/v1')"},
     ["GET /v1/x", "GET /v1/y"]),
    ("passed to a function", {"a": APP + "import { register } from './b';\nregister(app.basePath('/v1'), deps)",
                              "b": "export function register(app, deps) { app.get('/x', h) }"}, ["GET /v1/x"]),
    ("passed and given back", {"a": TOP + "import { guard } from './b';\nconst app = guard(new Hono());\n"
                               "app.get('/x', h)", "b": "export const guard = (app: Hono) => app.get('/y', h)"},
     ["GET /x", "GET /y"]),
    ("registered from elsewhere", {"a": "import { app } from './b';\napp.get('/x', h)",
                                   "b": TOP + "export const app = new Hono();\napp.get('/y', h)"},
     ["GET /y", "GET /x"]),
    ("described elsewhere", {"a": "import { OpenAPIHono } from '@hono/zod-openapi';\nimport * as r from './b';\n"
                             "const app = new OpenAPIHono();\napp.openapi(r.read, h)",
                             "b": "const base = { path: '/x', tags: [] };\n"
                             "export const read = createRoute({ ...base, method: 'get' as const })"}, ["GET /x"]),
]  # fmt: skip


@pytest.mark.parametrize(("files", "routes"), [each[1:] for each in ACROSS], ids=[each[0] for each in ACROSS])
def test_routes_are_found_across_files(files: dict[str, str], routes: list[str]) -> None:
    """Below the prefix under which their application is mounted, and there alone."""
    sources = {path: text + "\nfunction h(c) { return c }" for path, text in files.items()}
    found = table(sources.pop("a"), **sources)
    assert sorted(listed(found)) == sorted(routes)
    assert found.lost == ()


def test_a_mounted_application_is_listed_under_its_prefix_only() -> None:
    """Also where its own file is asked for."""
    files = {"a.ts": APP + "import { b } from './b'; app.route('/v2', b)",
             "b.ts": TOP + "export const b = new Hono().get('/x', h)"}  # fmt: skip
    assert listed(hono_table(code(files), ["a.ts", "b.ts"])) == ["GET /v2/x"]
    assert listed(hono_table(code(files), ["b.ts"])) == ["GET /x"]


def test_a_route_has_the_place_of_its_registration() -> None:
    """The line of its path, also in a long chain."""
    found = table(APP + "app\n  .get('/a', h)\n  .post(\n    '/b', h)")
    assert [(route.path, route.line) for route in found.routes] == [("a.ts", 4), ("a.ts", 6)]


H = "(c) => c.text('x')"
MIDDLEWARE: list[tuple[str, str, list[list[str]]]] = [
    ("inline", APP + f"app.get('/a', withA(), withB('x'), {H})", [["withA", "withB"]]),
    ("names", APP + f"const log = (c, next) => next();\napp.get('/a', log, withA, {H})", [["log", "withA"]]),
    ("none", APP + f"app.get('/a', {H})", [[]]),
    ("everywhere", APP + f"app.use(withA(), withB());\napp.get('/a', {H})", [["withA", "withB"]]),
    ("star", APP + f"app.use('*', withA());\napp.use('/*', withB());\napp.get('/a', {H})", [["withA", "withB"]]),
    ("only what comes after", APP + f"app.get('/a', {H});\napp.use(withA());\napp.get('/b', {H})", [[], ["withA"]]),
    ("prefix", APP + f"app.use('/v1/*', withA());\napp.get('/v1/a', {H});\napp.get('/v1', {H});\napp.get('/v2/a', {H})",
     [["withA"], ["withA"], []]),
    ("exact", APP + f"app.use('/a', withA());\napp.get('/a', {H});\napp.get('/a/b', {H})", [["withA"], []]),
    ("parameter", APP + f"app.use('/:x/*', withA());\napp.get('/a/b', {H})", [["withA"]]),
    ("base path", APP + f"const v1 = app.basePath('/v1');\nv1.use(withA());\nv1.get('/a', {H});\napp.get('/b', {H})",
     [["withA"], []]),
    ("of the parent", APP + f"const b = new Hono();\nb.use(withB());\nb.get('/x', {H});\napp.use(withA());\n"
     f"app.route('/b', b);\napp.get('/y', {H})", [["withA", "withB"], ["withA"]]),
    ("parent's that comes late", APP + f"const b = new Hono().get('/x', {H});\napp.route('/b', b);\napp.use(withA())",
     [[]]),
    ("of a sister at the root", APP + f"const b = new Hono().use(withB()).get('/x', {H});\n"
     f"const c = new Hono().get('/y', {H});\napp.route('/', b).route('/', c)", [["withB"], ["withB"]]),
    ("of a factory", TOP + f"const make = () => {{ const b = new Hono(); b.use(withA()); return b }};\n"
     f"const app = make();\napp.get('/a', {H})", [["withA"]]),
    ("all as middleware", APP + f"app.all('/v1/*', withA());\napp.get('/v1/a', {H})", [["withA"]]),
    ("composed", APP + f"app.use(every(withA(), withB()));\napp.get('/a', {H})",
     [["withA", "withB"]]),
    ("handlers of a factory", APP + f"const hs = factory.createHandlers(withA(), {H});\napp.get('/a', ...hs)",
     [["withA"]]),
    ("spread", APP + f"const mw = [withA(), withB()];\napp.get('/a', ...mw, {H});\napp.use(...mw)",
     [["withA", "withB"]]),
    ("wrapped handler", APP + f"app.use(withA());\napp.get('/a', pipeline(withB(), {H}))", [["withA", "withB"]]),
    ("described", APP + f"const r = {{ method: 'get', path: '/a', middleware: [withA(), withB()] }};\n"
     f"app.openapi(createRoute(r), {H})",
     [["withA", "withB"]]),
    ("described by one", APP + f"const mw = {{ middleware: withA() }};\n"
     f"app.use(withC());\napp.openapi(createRoute({{ method: 'get', path: '/a', ...mw }}), {H})", [["withC", "withA"]]),
    ("a local step", TOP + f"function make() {{ const app = new Hono(); const mw = withA(); app.get('/a', mw, {H}); "
     "return app }", [["withA"]]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"), [each[1:] for each in MIDDLEWARE], ids=[each[0] for each in MIDDLEWARE]
)
def test_a_route_meets_the_middleware_registered_before_it(source: str, expected: list[list[str]]) -> None:
    """By prefix and order, the outermost first; then its own."""
    assert steps(source) == expected


LOST: list[tuple[str, str, str, list[str]]] = [
    ("path", APP + "app.get(path(), h); app.get('/b', h)", "its path is computed", ["GET /b"]),
    ("template", APP + "app.get(`/${x}`, h)", "its path is computed", []),
    ("loop", APP + "for (const r of routes) app.get(r.path, r.h)", "its path is computed", []),
    ("method", APP + "app[method]('/a', h)", "its method, or what it mounts, is computed", []),
    ("on", APP + "app.on(methods, '/a', h)", "its method or path is computed", []),
    ("one of on", APP + "app.on(['GET', m], '/a', h)", "its method or path is computed", []),
    ("base path", APP + "app.basePath(base).get('/a', h)", "its base path is computed", []),
    ("prefix", APP + "app.route(prefix, new Hono())", "where it is mounted is computed", []),
    ("mounted", APP + "app.route('/a', sub)", "what is mounted could not be followed", []),
    ("other application", APP + "app.mount('/a', other.fetch)", "what it mounts, is computed", []),
    ("described", APP + "app.openapi(route, h)", "could not be followed", []),
    ("described by a call", APP + "app.openapi(createRoute({ method, path: '/a' }), h)", "could not be followed", []),
    ("passed to the unknown", APP + "import { register } from './none';\nregister(app)", "names no file", []),
    ("itself", APP + "app.get('/a', h);\nconst b = new Hono().route('/b', app);\napp.route('/c', b);\n"
     "const root = new Hono().route('/', app)", "mounted in itself", ["GET /a"]),
    ("broken", "import {", "syntax error", []),
]  # fmt: skip


@pytest.mark.parametrize(("source", "why", "routes"), [each[1:] for each in LOST], ids=[each[0] for each in LOST])
def test_a_computed_registration_is_lost_with_its_place(source: str, why: str, routes: list[str]) -> None:
    """The rest of the table stands."""
    found = table(source)
    assert found.lost, found
    assert why in found.lost[0].why
    assert found.lost[0].path == "a.ts"
    assert listed(found) == routes


DOUBTS: list[tuple[str, str, str]] = [
    ("conditional", APP + "if (env.secure) app.use(withA());\napp.get('/a', h)", "only under a condition"),
    ("short", APP + "env.secure && app.use(withA());\napp.get('/a', h)", "only under a condition"),
    ("later", APP + "function secure() { app.use(withA()) }\napp.get('/a', h)", "when that runs cannot be told"),
    ("route later", APP + "app.use(withA());\nconst go = () => { app.get('/a', h) }", "when that runs cannot be told"),
    ("some requests", APP + "app.use('/a/b', withA());\napp.get('/a/:x', h)", "some of the route's requests only"),
    ("pattern", APP + "app.use('/:x{[a-z]+}/*', withA());\napp.get('/:y/z', h)", "some of the route's requests only"),
    ("twice", APP + "app.get('/a', withA());\napp.get('/a', h)", "registered more than once"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "why"), [each[1:] for each in DOUBTS], ids=[each[0] for each in DOUBTS])
def test_middleware_that_may_or_may_not_run_is_told(source: str, why: str) -> None:
    """The route is listed; what surrounds it is not guessed."""
    found = table(source)
    assert any(why in lost.why for route in found.routes for lost in route.lost), found
    assert found.lost == ()


def test_middleware_of_two_strangers_has_no_known_order() -> None:
    """Two files that register on a third one's application."""
    files = {"b.ts": "import { app } from './a';\napp.use(withA())",
             "c.ts": "import { app } from './a';\napp.get('/x', h)",
             "a.ts": TOP + "export const app = new Hono();\napp.use(withB());\napp.get('/y', h)"}  # fmt: skip
    routes = {route.url: route for route in hono_table(code(files), sorted(files)).routes}
    assert routes["/y"].lost == ()
    assert [lost.why for lost in routes["/x"].lost] == ["whether it is registered before the route cannot be told"]


@pytest.mark.parametrize("call", ["except('/a', withA())", "some(withA(), withB())", "flag ? withA() : withB()"])
def test_middleware_for_some_requests_is_lost(call: str) -> None:
    """Nobody can say that the route meets it."""
    source = APP + f"app.use({call});\napp.get('/a', {H})"
    (route,) = table(source).routes
    assert pipeline(route, a=source).lost


PATHS: list[tuple[str, str, bool, bool]] = [
    ("*", "/", True, True),
    ("/*", "/a/b", True, True),
    ("/a/*", "/a", True, True),
    ("/a/*", "/ab", False, False),
    ("/a/*", "/:x/b", False, True),
    ("/a", "/a", True, True),
    ("/a", "/a/b", False, False),
    ("/:x", "/a", True, True),
    ("/:x", "/:y", True, True),
    ("/:x{[0-9]+}", "/:y", False, True),
    ("/:x{[0-9]+}", "/:x{[0-9]+}", True, True),
    ("/a/*/c", "/a/b/c", True, True),
    ("/a/b", "/a/*", False, True),
]


@pytest.mark.parametrize(("pattern", "path", "every", "some"), PATHS)
def test_a_pattern_covers_every_or_some_requests_of_a_route(pattern: str, path: str, every: bool, some: bool) -> None:
    """A parameter of the route can be anything."""
    assert (covers(pattern, path), may_cover(pattern, path)) == (every, some)


def test_paths_join_and_show() -> None:
    """One slash between, and a brace keeps its slash."""
    assert joined("", "/v1/", "a") == "/v1/a"
    assert joined("/", "") == "/"
    assert segments("/a/:b{x/{2}y}/c") == ["a", ":b{x/{2}y}", "c"]
    assert urls("/a/:b?") == ("/a/{b}", "/a")
    assert urls("/") == ("/",)
