"""No client can change anything: there is no way to send such a request, in the text of the code itself."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source_tree import Module, modules, parse

CHANGING = {"post", "put", "patch", "delete", "request", "stream"}
SENDING = {"httpx.get", "httpx.Client", "httpx.AsyncClient", "httpx.stream", "httpx.request", "httpcore.request"}
CODE = [module for module in modules("prr_pipeline") if module.name.startswith("prr_pipeline/platforms/")]


def other_ways(module: Module) -> list[str]:
    """Calls that would send something past the one wire."""
    found = []
    for call, name in module.calls():
        receiver, _, method = name.rpartition(".")
        if name in SENDING or (method in CHANGING and receiver not in ("", "self")):
            found.append(f"{name} in line {call.lineno}")
    return found


def methods(module: Module) -> set[str]:
    """The names of HTTP methods that stand in the code as text."""
    words = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return {node.value for node in ast.walk(module.tree) if isinstance(node, ast.Constant) and node.value in words}


def test_there_is_one_way_out() -> None:
    """The wire; nobody opens another client beside it."""
    assert len(CODE) > 30
    assert {module.name: found for module in CODE if (found := other_ways(module))} == {}


def test_the_wire_alone_names_a_method() -> None:
    """GET, and POST for AWS's questions."""
    assert {module.name: found for module in CODE if (found := methods(module))} == {
        "prr_pipeline/platforms/http/wire.py": {"GET", "POST"}
    }


def test_only_cloudwatch_enquires() -> None:
    """Behind the list of operations that look."""
    users = [module.name for module in CODE if any(name.endswith(".enquire") for _, name in module.calls())]
    assert users == ["prr_pipeline/platforms/cloudwatch/session.py"]


@pytest.mark.parametrize(
    "text", ["httpx.get(url)", "httpx.Client()", "client.post(url)", "self._client.request('GET', url)"]
)
def test_another_way_out_is_found(text: str) -> None:
    """The rule is seen to fail."""
    assert other_ways(parse("prr_pipeline/platforms/planted.py", text))
