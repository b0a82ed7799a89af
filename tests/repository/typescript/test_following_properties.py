"""Whatever the sources hold, following them ends, says the same twice, and fails with a sentence or not at all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.typescript.expressions import Name
from prr_pipeline.repository.typescript.hono_routes import COMPOSERS, PARTIAL, hono_table
from prr_pipeline.repository.typescript.pipelines import Vocabulary
from prr_pipeline.repository.typescript.unwrapping import unwrap, unwrap_layers
from tests.repository.typescript.fakes import code

WORDS = Vocabulary(frozenset(("withA",)), COMPOSERS | {"pipeline"}, PARTIAL)
PIECES = (
    "import { Hono } from 'hono'", "import { app, f, GET } from './b'", "import * as b from './b'",
    "export * from './b'",
    "export { GET } from './a'", "const app = new Hono()", "export const app = make()", "export const GET = f(GET)",
    "export const f = (h, ...r) => withA(h, f(...r))", "export const GET = pipeline(...all, f)",
    "const all = [withA()]",
    "function make(x) { const app = new Hono(); app.get('/x', x); return app }", "app.get('/a', withA(), f)",
    "app.route('/b', b.app)", "app.route('/a', app)", "app.use(withA())", "app.basePath('/v').on(['GET'], p, f)",
    "make(app).post(f)", "export const f = { ...f, GET }.GET", "if (x) app.use(f)",
    "for (const r of all) app.get(r, r)",
    "class C { f() { return new C().f } }", "export default new Hono().route('/z', b.default)", "const { GET } = b",
    "app.openapi(createRoute({ ...f, method: 'get', path: '/o' }), GET)", "}", "((", "`${", "// x",
)  # fmt: skip
SOURCE = st.lists(st.sampled_from(PIECES), max_size=9).map(";\n".join)


def answers(files: dict[str, str]) -> list[str]:
    """Everything that can be asked of these files, as text."""
    read, told = code(files), []
    for path in files:
        for ask in (
            lambda path=path: [read.exported(path, name) for name in ("GET", "f", "default", "app")],
            lambda path=path: unwrap(read, path, Name("GET", 1), WORDS),
            lambda path=path: read.closure(path).lost,
            lambda path=path: read.type_of(path, "GET"),
        ):
            try:
                told.append(str(ask())[:500])
            except PrrError as fault:
                told.append(str(fault))
    table = hono_table(read, sorted(files))
    for route in table.routes:
        told.append(f"{route.method} {route.url} {unwrap_layers(read, route.around, route.handler, WORDS).lost}")
    return [*told, str(table.lost)]


@settings(max_examples=250, deadline=None)
@given(one=SOURCE, other=SOURCE)
def test_following_any_sources_ends_and_says_the_same_twice(one: str, other: str) -> None:
    """Circles, half-written calls and computed names among them."""
    files = {"a.ts": one, "b.ts": other}
    assert answers(files) == answers(files)
