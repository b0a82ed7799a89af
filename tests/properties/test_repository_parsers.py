"""Whatever a file holds, a parser gives data or one sentence, never another exception."""

from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError
from prr_pipeline.repository.documents import parse_document
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.json_layout import PlainLines, plain_text
from prr_pipeline.repository.lines import json_line_index
from prr_pipeline.repository.markup import load_json, load_json_with_lines, load_yaml, load_yaml_with_lines
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.tree import Blob, blob_id_of, path_parts
from prr_pipeline.repository.typescript.literals import exported_literal

FEW = settings(max_examples=150, deadline=None)


def soup(*words: str) -> st.SearchStrategy[bytes]:
    """Bytes made of a language's own words, with anything between."""
    pieces = st.one_of(st.sampled_from(words), st.text(max_size=4), st.sampled_from(["\n", " ", "  ", "\n  ", "\t"]))
    mixed = st.lists(pieces, max_size=40).map(lambda parts: "".join(parts).encode("utf-8", "surrogatepass"))
    return st.one_of(mixed, st.binary(max_size=60))


def one_line(fault: PrrError) -> None:
    """What a person meets is one line."""
    assert str(fault)
    assert "\n" not in str(fault)


YAML = soup(
    "a:",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "!x ",
    "|",
    ">",
    "'",
    '"',
    "? ",
    "---",
    "...",
    "#",
    "%YAML 1.2",
    ",",
    "\\u",
)
JSON = soup("{", "}", "[", "]", ",", ":", '"a"', '"', "1", "-", "e9", "true", "null", "\\ud800", "NaN")
MARKDOWN = soup(
    "#",
    "- [x] ",
    "- ",
    "1. ",
    "> ",
    "```",
    "~~~",
    "|",
    "|-|",
    "<Tabs>",
    "<!--",
    "-->",
    "{/*",
    "*/}",
    "[a](",
    ")",
    "[",
    "]",
    "`",
    "**",
    "---",
    "+++",
    "import ",
    "<script>",
    "![",
    "&#",
    "\\",
)
SOURCE = soup(
    *("export ", "const ", "X", " = ", "{", "}", "[", "]", "'a'", '"', "`", "${", "...", ":", ",", ";", "as const"),
    *("satisfies ", "default ", "/*", "//", "=>", "(", ")", "<", "import ", "\\u{", "1n", "0x"),
)


@FEW
@given(YAML)
def test_any_bytes_as_yaml(data: bytes) -> None:
    """Only sentences escape."""
    try:
        value, lines = load_yaml_with_lines(Blob("f.yaml", "", data))
        assert lines.line("/a/0") >= 1
        json.dumps(value, allow_nan=False).encode()
    except PrrError as fault:
        one_line(fault)


@FEW
@given(JSON)
def test_any_bytes_as_json(data: bytes) -> None:
    """Only sentences escape."""
    try:
        assert load_json_with_lines(Blob("f.json", "", data))[1].line("/a/0") >= 1
    except PrrError as fault:
        one_line(fault)


@FEW
@given(MARKDOWN)
def test_any_bytes_as_markdown(data: bytes) -> None:
    """Only sentences escape, and every line lies within the document."""
    for path in ("f.md", "f.mdx"):
        try:
            found = parse_document(Blob(path, "", data))
        except PrrError as fault:
            one_line(fault)
            continue
        last = data.decode().replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
        parts: list[Any] = [
            *found.sections,
            *found.fences,
            *found.tasks,
            *found.links,
            *found.tables,
            *found.list_items,
        ]
        assert all(1 <= part.line <= last for part in parts)


@FEW
@given(SOURCE)
def test_any_bytes_as_typescript(data: bytes) -> None:
    """Only sentences escape, native panics included."""
    for path in ("f.ts", "f.tsx"):
        try:
            exported_literal(Blob(path, blob_id_of(data), data), "X")
        except PrrError as fault:
            one_line(fault)


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@FEW
@given(PLAIN)
def test_json_round_trips(value: Any) -> None:
    """What JSON can say is read as it was written."""
    assert load_json(Blob("f.json", "", json.dumps(value).encode())) == value


def pointers(value: Any, base: str = "") -> list[str]:
    """The JSON pointers of all keys and items below a value."""
    if isinstance(value, dict):
        below = [(key.replace("~", "~0").replace("/", "~1"), part) for key, part in value.items()]
    else:
        below = [(str(i), part) for i, part in enumerate(value)] if isinstance(value, list) else []
    return [p for key, part in below for p in (f"{base}/{key}", *pointers(part, f"{base}/{key}"))]


@FEW
@given(PLAIN)
def test_every_key_of_json_is_found_on_its_line(value: Any) -> None:
    """With one key or item a line, each key's line holds that key."""
    text = json.dumps(value, indent=1)
    _, lines = load_json_with_lines(Blob("f.json", "", text.encode()))
    for pointer in pointers(value):
        key = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        here = text.split("\n")[lines.line(pointer) - 1].strip()
        if not key.isdigit():
            assert here.startswith(json.dumps(key) + ":")


@FEW
@given(PLAIN)
def test_a_plain_text_has_its_lines_where_a_scan_finds_them(value: Any) -> None:
    """Counting and scanning are two ways to one answer."""
    text = plain_text(value)
    assert text is not None
    counted, scanned = PlainLines(value), json_line_index(text, value)
    for pointer in pointers(value):
        assert counted.line(pointer) == scanned.line(pointer)


WORDS = st.text(st.characters(categories=("Lu", "Ll"), max_codepoint=0x24F), min_size=1, max_size=6)
NESTED = st.recursive(
    st.integers(-999, 999) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=15,
)


@FEW
@given(NESTED, st.booleans())
def test_yaml_agrees_with_a_dumper(value: Any, flow: bool) -> None:
    """Words that YAML 1.1 would turn into booleans are quoted by the dumper and stay text."""
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    assert load_yaml(Blob("f.yaml", "", text.encode())) == value


@FEW
@given(NESTED)
def test_an_operation_digest_ignores_key_order_and_form(value: Any) -> None:
    """JSON, YAML and reversed keys give one digest."""
    document = {
        "openapi": "3.1.0",
        "paths": {
            "/a": {"get": {"operationId": "x", "x-any": value, "responses": {"200": {"$ref": "#/components/y"}}}}
        },
        "components": {"y": {"deep": value}, "z": value},
    }
    forms = {
        "a.json": json.dumps(document),
        "b.json": json.dumps(turned(document), indent=2),
        "c.yaml": yaml.safe_dump(document, allow_unicode=True),
    }
    blobs = [Blob(path, blob_id_of(text.encode()), text.encode()) for path, text in forms.items()]
    assert len({parse_spec(blob).operation("x").subtree_digest(frozenset()) for blob in blobs}) == 1


def turned(value: Any) -> Any:
    """The same data with the keys of all objects in reverse."""
    if isinstance(value, dict):
        return {key: turned(part) for key, part in reversed(value.items())}
    return [turned(item) for item in value] if isinstance(value, list) else value


@FEW
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_glob_and_path(pattern: str, path: str) -> None:
    """A pattern matches or not, or is refused in a sentence."""
    try:
        assert matches(pattern, path) in (True, False)
    except PrrError as fault:
        one_line(fault)


@FEW
@given(st.lists(st.sampled_from(["a", "..", ".", "", ".git", "\\", "\0", "b c", "/"]), max_size=5).map("/".join))
def test_a_path_that_passes_stays_below_the_root(path: str) -> None:
    """No accepted path has a component that could lead out."""
    try:
        parts = path_parts(path)
    except PrrError:
        return
    assert not {"", ".", "..", ".git"} & set(parts)
    assert "/".join(parts) == path
