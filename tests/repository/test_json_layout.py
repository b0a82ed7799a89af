"""Plain JSON texts: what is known of them without a look at each token."""

from __future__ import annotations

import json

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.json_layout import PlainLines, is_plain, plain_text, repeats_no_key
from prr_pipeline.repository.lines import ScannedLines
from prr_pipeline.repository.markup import load_json, load_json_with_lines
from prr_pipeline.repository.tree import Blob

DATA = {"a": {"b": [1, [], {}, [2, {"c": None}]], "d": "x: y"}, "e": {}}
PLAIN = json.dumps(DATA, indent=2).encode()


def blob(data: bytes) -> Blob:
    return Blob("f.json", "", data)


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_text_that_a_tool_wrote_is_plain_and_its_lines_are_counted(end: bytes) -> None:
    """No token of it is looked at."""
    assert is_plain(PLAIN + end, PLAIN)
    assert isinstance(load_json_with_lines(blob(PLAIN + end))[1], PlainLines)


@pytest.mark.parametrize(
    "data", [PLAIN + b"\n\n", b" " + PLAIN, PLAIN.replace(b"  ", b"    "), json.dumps(DATA).encode()]
)
def test_any_other_layout_is_scanned(data: bytes) -> None:
    """One more line break is enough to be in doubt."""
    assert isinstance(load_json_with_lines(blob(data))[1], ScannedLines)


@pytest.mark.parametrize(
    ("pointer", "line"),
    [("", 1), ("/a", 2), ("/a/b", 3), ("/a/b/0", 3), ("/a/b/1", 5), ("/a/b/2", 6), ("/a/b/3/1/c", 10), ("/a/b/3/1", 9),
     ("/a/d", 14), ("/a/x", 2), ("/a/b/9", 3), ("/e", 16)],
)  # fmt: skip
def test_a_pointer_leads_to_its_line_in_any_order_of_questions(pointer: str, line: int) -> None:
    """Text and numbers in a list stand, by convention, at the list's own line."""
    lines = PlainLines(DATA)
    assert lines.line("/e") == 16
    assert lines.line(pointer) == line


@pytest.mark.parametrize(
    "text",
    [
        b'{\n  "a": 1,\n  "a": 1\n}',
        b'{"a": {"b": "x: y"}, "c": 1, "a": {}}',
        b'{"a" : 1, "\\u0061" : 2}',
        b'{"a": 1, "a": "\\u003a"}',
        b'{"a": 1, "a": "\\u003A"}',
    ],
)
def test_a_repeated_key_is_found_in_every_layout(text: bytes) -> None:
    """Also where an escaped colon would make up for the one that is lost."""
    with pytest.raises(Unreadable, match="'a' stands twice"):
        load_json(blob(text))


def test_colons_in_text_and_white_space_before_colons_prove_nothing_wrong() -> None:
    """The proof that no key is repeated holds for texts of any layout, so few of them are read twice."""
    data = b'{"a" :\t"b: c", ":": [{"d"\n: 1}]}'
    text = plain_text(json.loads(data))
    assert text is not None
    assert repeats_no_key(data, text)


def test_what_is_nested_too_deeply_to_be_written_again_is_read_with_its_lines() -> None:
    """The writer gives up at 254 levels, the reader at 256."""
    data = b"[" * 256 + b"]" * 256
    value, lines = load_json_with_lines(blob(data))
    assert plain_text(value) is None
    assert lines.line("/0") == 1
