"""A played Prometheus: it answers the questions of the source as the real one does, until a test spoils an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any

from tests.contracts.metric_source import NOW, SINCE, STEADY
from tests.platforms.local_service import Asked, LocalService, Reply

SECOND = int(SINCE.timestamp())
NEWEST = NOW.timestamp() - 5
Body = dict[str, Any]
Spoil = Callable[[Body], Body]


def play(server: LocalService, spoil: Callable[[Asked, Body], Body | Reply] = lambda asked, body: body) -> None:
    """Let the server answer; ``spoil`` may change each answer or replace it."""

    def answer(asked: Asked) -> Reply:
        found = spoil(asked, body_for(asked))
        return found if isinstance(found, Reply) else Reply(200, json.dumps(found, allow_nan=False).encode())

    server.otherwise = answer


def body_for(asked: Asked) -> Body:
    """A whole and sound answer about one process per variant."""
    query = asked.parameter("query") or ""
    variant = re.findall(r'variant="(\w+)"', query)[0]
    labels = {"operation_id": "createGrant", "service": "equity", "variant": variant, "instance": "a"}
    if asked.path == "/api/v1/query":
        value = [float(asked.parameter("time") or 0), str(NEWEST)]
        return success("vector", [{"metric": labels, "value": value}])
    part = 0 if "op_errors_total" in query else 1
    borders = range(*(int(asked.parameter(name) or 0) for name in ("start", "end", "step")))
    counts = list(accumulate((row[part] for row in STEADY[variant] if row is not None), initial=0))
    values = [[at, str(counts[min(max((at - SECOND) // 60, 0), 5)])] for at in (*borders, borders.stop)]
    return success("matrix", [{"metric": {"__name__": "x_total", **labels}, "values": values}])


def success(kind: str, result: list[Body]) -> Body:
    """The envelope."""
    return {"status": "success", "data": {"resultType": kind, "result": result}}


def changed(change: Callable[[list[Body]], Any]) -> Spoil:
    """Change the series of an answer in place."""

    def spoil(body: Body) -> Body:
        change(body["data"]["result"])
        return body

    return spoil


def value_set(text: object, at: int = -1) -> Spoil:
    """Another value in the last sample of the first series."""
    return changed(lambda result: result[0]["values"][at].__setitem__(1, text))
