"""JSON and YAML become plain data within budgets, or one sentence."""

from __future__ import annotations

import time

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.markup import (
    is_json,
    load,
    load_json,
    load_json_with_lines,
    load_yaml,
    load_yaml_with_lines,
)
from prr_pipeline.repository.tree import Blob


def blob(data: str | bytes, path: str = "f.yaml") -> Blob:
    return Blob(path, "0" * 40, data.encode() if isinstance(data, str) else data)


def alias_bomb(levels: int = 9) -> str:
    """Nine aliases to the level below, again and again: 9^levels nodes."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for i in range(1, levels):
        lines.append(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]")
    return "\n".join(lines)


BROKEN_YAML = [
    ("alias bomb", alias_bomb(), "more than 200,000 nodes"),
    ("deep brackets", "[" * 100_000, "nested deeper than 64"),
    ("deep blocks", "\n".join(" " * i + "a:" for i in range(200)), "nested deeper than 64"),
    ("deep by alias", "a0: &a0 [1]\n" + "\n".join(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 80)), "deeper than 64"),
    ("alias to itself", "a: &a [*a]", "refers to nothing that is complete"),
    ("alias to nothing", "a: *b", "refers to nothing"),
    ("key twice", "a: 1\nb: 2\na: 3", "the key 'a' stands twice in one mapping, again in line 3"),
    ("merge key twice", "b: &b {x: 1}\nc: {<<: *b, <<: *b}", "stands twice"),
    ("unknown tag", "a: !foo 1", "the tag '!foo'"),
    ("python tag", "a: !!python/object/apply:os.system [x]", "core schema"),
    ("tag of another kind", "a: !!seq {b: 1}", "does not fit a mapping"),
    ("list as key", "? [a]\n: 1", "stands as a key in line 1"),
    ("alias as key", "a: &a x\n*a : 1", "an alias stands as a key"),
    ("two documents", "a: 1\n---\nb: 2", "several documents"),
    ("unclosed", "a: [1", "broken in line 2"),
    ("merge of text", "a: {<<: b}", "takes mappings only"),
    ("NUL", "a: \0", "broken"),
    ("surrogate escape", 'a: "\\ud800"', "broken"),
    ("many nodes", "- 1\n" * 200_001, "more than 200,000 nodes"),
]


@pytest.mark.parametrize(("text", "why"), [c[1:] for c in BROKEN_YAML], ids=[c[0] for c in BROKEN_YAML])
def test_bad_yaml_is_one_sentence(text: str, why: str) -> None:
    """The sentence names the file and the fault."""
    with pytest.raises(Unreadable, match=why) as fault:
        load_yaml(blob(text))
    assert str(fault.value).startswith("f.yaml cannot be read: ")
    assert "\n" not in str(fault.value)


def test_an_alias_bomb_is_refused_in_milliseconds() -> None:
    """Nodes are counted before anything is expanded, even under the budget of a specification."""
    for budget in (200_000, 5_000_000):
        started = time.perf_counter()
        with pytest.raises(Unreadable):
            load_yaml(blob(alias_bomb()), budget)
        assert time.perf_counter() - started < 0.1


def test_aliases_and_merge_keys_within_the_budget_are_followed() -> None:
    """Own keys win over merged ones, earlier merges over later ones."""
    text = "b: &b {x: 1, y: 1}\nc: &c {y: 2, z: 2}\nd:\n  <<: [*b, *c]\n  x: 9\ne: *b\n"
    assert load_yaml(blob(text)) == {
        "b": {"x": 1, "y": 1},
        "c": {"y": 2, "z": 2},
        "d": {"x": 9, "y": 1, "z": 2},
        "e": {"x": 1, "y": 1},
    }


def test_keys_are_text_as_written() -> None:
    """Status codes and booleans as keys stay what the author typed."""
    assert load_yaml(blob("200: a\nno: b\n1.10: c\n~: d")) == {"200": "a", "no": "b", "1.10": "c", "~": "d"}


def test_an_empty_yaml_document_is_null() -> None:
    """Comments alone are no data."""
    assert load_yaml(blob("# nothing\n")) is None


def test_an_anchored_key_can_be_used_as_a_value() -> None:
    """The alias stands for the key's text."""
    assert load_yaml(blob("&a k: *a")) == {"k": "k"}


BROKEN_JSON = [
    ("empty", b"", "JSON is broken"),
    ("NaN", b"[NaN]", "JSON is broken"),
    ("trailing comma", b"[1,]", "JSON is broken"),
    ("surrogate", b'"\\ud800"', "JSON is broken"),
    ("invalid UTF-8", b'"\xff"', "JSON is broken"),
    ("overflow", b"1e999", "JSON is broken"),
    ("key twice", b'{"a": {"b": 1, "b": 2}}', "the key 'b' stands twice in one object"),
    ("deep", b"[" * 300 + b"]" * 300, "nested deeper than 256"),
    ("very deep", b"[" * 100_000, "JSON is broken"),
    ("very deep objects", b'{"a":' * 100_000, "JSON is broken"),
    ("many nodes", b"[" + b"[]," * 20_000_000 + b"[]]", "more than 5,000,000 nodes"),
]


@pytest.mark.parametrize(("data", "why"), [c[1:] for c in BROKEN_JSON], ids=[c[0] for c in BROKEN_JSON])
def test_bad_json_is_one_sentence(data: bytes, why: str) -> None:
    """Depth, nodes, repeated keys and encoding are all judged."""
    with pytest.raises(Unreadable, match=why):
        load_json(blob(data, "f.json"))


def test_json_with_a_byte_order_mark_is_read() -> None:
    """A BOM is no content."""
    assert load_json(blob(b"\xef\xbb\xbf[1.5]", "f.json")) == [1.5]


def test_depth_up_to_the_cap_is_read() -> None:
    """256 levels of JSON pass; the next is refused."""
    assert load_json(blob(b"[" * 256 + b"]" * 256, "f.json"))
    with pytest.raises(Unreadable, match="deeper than 256"):
        load_json(blob(b"[" * 257 + b"]" * 257, "f.json"))


def test_the_suffix_decides_the_form() -> None:
    """Another suffix is refused, not guessed at."""
    assert load(blob("[1]", "a.JSON")) == [1]
    assert load(blob("a: 1", "a.yml")) == {"a": 1}
    assert is_json(blob("", "a.json"))
    with pytest.raises(Unreadable, match=r"neither \.json nor \.yaml"):
        load(blob("a: 1", "a.toml"))


YAML_LINES = """\
# comment
paths:
  /a/{id}:
    get: {operationId: x,
      tags: [a,
        b]}
    "post":
      text: |
        get: not a key
      list:
      - one
      - k: v
        l: w
base: &base
  p: 1
use:
  <<: *base
  q: 2
"""


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/paths", 2),
        ("/paths/~1a~1{id}/get", 4),
        ("/paths/~1a~1{id}/get/operationId", 4),
        ("/paths/~1a~1{id}/get/tags/1", 6),
        ("/paths/~1a~1{id}/post/text", 8),
        ("/paths/~1a~1{id}/post/list/0", 11),
        ("/paths/~1a~1{id}/post/list/1/l", 13),
        ("/use/q", 18),
        ("/use/p", 16),
        ("/use/none", 16),
        ("/nowhere/at/all", 1),
    ],
)
def test_a_pointer_leads_to_its_line_in_yaml(pointer: str, line: int) -> None:
    """Keys and items have lines; what leads nowhere has that of its nearest ancestor."""
    assert load_yaml_with_lines(blob(YAML_LINES))[1].line(pointer) == line


JSON_LINES = b'{"a": {"x\\"y": "b: {",\n "c": [1,\n {"d": [],\n "e/f": null}, [\n[]]]}, "g"\n:\n"h"}'


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/a", 1),
        ('/a/x"y', 1),
        ("/a/c", 2),
        ("/a/c/0", 2),
        ("/a/c/1", 3),
        ("/a/c/1/d", 3),
        ("/a/c/1/e~1f", 4),
        ("/a/c/2", 4),
        ("/a/c/2/0", 5),
        ("/a/c/9", 2),
        ("/g", 5),
    ],
)
def test_a_pointer_leads_to_its_line_in_json(pointer: str, line: int) -> None:
    """Escapes, brackets within text and odd line breaks do not mislead."""
    assert load_json_with_lines(blob(JSON_LINES, "f.json"))[1].line(pointer) == line
