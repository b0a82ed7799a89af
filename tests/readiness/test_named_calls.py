"""Calls by the names of a profile, whatever a file calls them."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.named_calls import is_call_of, is_named, spellings
from tests.repository.typescript.fakes import module

CASES = [
    ("logger.info()", {"logger.info"}),
    ("globalThis.fetch()", {"fetch"}),
    ("import { request as ask } from 'undici';\nask()", {"ask", "undici.request"}),
    ("import * as http from 'node:http';\nhttp.get()", {"http.get"}),
    ("import got from 'got';\ngot.post()", {"got.post"}),
    ("import client from './client';\nclient.get()", {"client.get"}),
    ("import { a as b } from './client';\nb.get()", {"b.get", "a.get"}),
    ("const { info } = logger;\ninfo()", {"info", "logger.info"}),
    ("const a = logger.child({});\na.info()", {"logger.child", "a.info", "logger.child.info"}),
    ("const f = () => { const send = fetch; send(); };", {"send", "fetch"}),
    ("const f = (fetch) => fetch();", {"fetch"}),
    ("const a = b;\nconst b = a;\na()", {"a", "b"}),
    ("rows[0]()", {"rows.0"}),
    ("(() => 1)()", set()),
]


@pytest.mark.parametrize(("source", "expected"), CASES, ids=[each[0] for each in CASES])
def test_a_callee_is_spelled_in_every_way(source: str, expected: set[str]) -> None:
    """As it is written, and with aliases and imports undone."""
    read = module(source)
    assert {each for site in read.calls for each in spellings(read, site.call.callee, site.start)} == expected


def test_a_method_of_a_result_is_left_out_on_demand() -> None:
    """What a request gave is not the one who asks."""
    read = module("const a = axios.get(url);\na.data.map(f);\naxios.get(url).then(g);")
    found = [list(spellings(read, site.call.callee, site.start, of_results=False)) for site in read.calls]
    assert found == [["axios.get"], ["a.data.map"], [], ["axios.get"]]


@pytest.mark.parametrize(
    ("spelling", "name", "expected"),
    [
        ("fetch", "fetch", True),
        ("this.fetch", "fetch", True),
        ("cache.fetch", "fetch", False),
        ("axios", "axios.*", True),
        ("axios.get", "axios.*", True),
        ("this.http.axios.get", "axios.*", True),
        ("taxios.get", "axios.*", False),
        ("Math.log", "log.*", False),
        ("req.log.info", "log.*", True),
        ("this.logger.error", "logger.error", True),
        ("logger.error.bind", "logger.error", False),
    ],
)
def test_a_spelling_is_of_a_name(spelling: str, name: str, expected: bool) -> None:
    """A plain name stands alone, a dotted one at the end, and one with a star anywhere before a method."""
    assert is_call_of(spelling, [name]) is expected


def test_a_plain_name_may_end_a_longer_one_where_that_is_asked() -> None:
    """A wrapper may come from a namespace."""
    read = module("platform.safeView(1);\nsafeViewer(1);")
    assert [is_named(read, site.call.callee, ["safeView"]) for site in read.calls] == [True, False]
