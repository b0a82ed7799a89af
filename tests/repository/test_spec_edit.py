"""One line of a specification: the level of one operation, in YAML and JSON, or a clear refusal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from prr_pipeline.errors import Refused
from prr_pipeline.repository.one_hunk import patch_of
from prr_pipeline.repository.openapi import parse_anew
from prr_pipeline.repository.spec_edit import with_level
from prr_pipeline.repository.tree import Blob
from tests.repository.git_apply import Tree

NAME = "x-matter-maturity"
YAML = """\
# Äpfel 🍏 and what else is above
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /grants/{id}:
    parameters: []
    get:   # read one
      operationId: getGrant  # the first
      x-matter-maturity: Beta
    post:
      # a word before
      operationId: createGrant   # its id
      summary: >-
        Folded
        text: here
      x-matter-maturity: Beta   # since June
      responses: {"201": {description: made}}
components: {}
"""


def edited(text: str, name: str = "createGrant", path: str = "openapi.yaml", level: str = "GA") -> str:
    """The text after the edit; the level that the parser then reads must be the new one."""
    blob = Blob(path, "0", text.encode())
    after = with_level(blob, parse_anew(blob).operation(name), NAME, level)
    value = parse_anew(Blob(path, "1", after)).operation(name).extension(NAME)
    assert (value["level"] if isinstance(value, dict) else value) == level
    return after.decode()


def difference(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are gone, and those that are new."""
    old, new = before.split("\n"), after.split("\n")
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("x-matter-maturity: Beta   # since June", "x-matter-maturity: GA   # since June"),
        ("x-matter-maturity: 'Beta'", "x-matter-maturity: 'GA'"),
        ('x-matter-maturity: "Beta"', 'x-matter-maturity: "GA"'),
        ('"x-matter-maturity" :  Beta', '"x-matter-maturity" :  GA'),
        (
            "x-matter-maturity: {level: Beta, since: '2026-06-10'}",
            "x-matter-maturity: {level: GA, since: '2026-06-10'}",
        ),
        ("x-matter-maturity: {since: x, 'level': 'Beta'} # c", "x-matter-maturity: {since: x, 'level': 'GA'} # c"),
        ("x-matter-maturity: null", "x-matter-maturity: GA"),
    ],
)
def test_the_level_changes_where_it_stands(line: str, wanted: str) -> None:
    """Quotes, comments, blanks and other members stay; nothing else of the file moves."""
    before = YAML.replace("x-matter-maturity: Beta   # since June", line)
    assert difference(before, edited(before)) == ([f"      {line}"], [f"      {wanted}"])


def test_a_level_in_a_block_mapping_changes_alone() -> None:
    """The line of the level, below that of the extension."""
    block = "x-matter-maturity:\n        since: x\n        level: Beta # y"
    before = YAML.replace("x-matter-maturity: Beta   # since June", block)
    assert difference(before, edited(before)) == (["        level: Beta # y"], ["        level: GA # y"])


def test_an_operation_without_the_extension_gets_a_line_after_its_id() -> None:
    """As deep as its other members; the comment behind the id stays there."""
    before = YAML.replace("      x-matter-maturity: Beta   # since June\n", "")
    after = edited(before)
    assert difference(before, after) == ([], ["      x-matter-maturity: GA"])
    assert "createGrant   # its id\n      x-matter-maturity: GA\n      summary" in after


def test_an_id_at_the_end_of_the_file_gets_a_line_too() -> None:
    """Even where the file does not end with a line break."""
    text = "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      operationId: a"
    assert edited(text, "a") == f"{text}\n      {NAME}: GA"


def test_line_ends_of_windows_stay() -> None:
    """In what changes and in what is new."""
    before = YAML.replace("\n", "\r\n")
    after = edited(before)
    assert after == before.replace("x-matter-maturity: Beta   #", "x-matter-maturity: GA   #")
    bare = before.replace("      x-matter-maturity: Beta   # since June\r\n", "")
    assert edited(bare) == bare.replace("# its id\r\n", "# its id\r\n      x-matter-maturity: GA\r\n")


def test_a_byte_order_mark_stays() -> None:
    """Some editors write one."""
    assert edited("\ufeff" + YAML) == "\ufeff" + YAML.replace("Beta   #", "GA   #")


@pytest.mark.parametrize(("level", "shown"), [("On", '"On"'), ("GA (1.0)", '"GA (1.0)"'), ("General-1", "General-1")])
def test_a_level_that_yaml_would_read_otherwise_is_quoted(level: str, shown: str) -> None:
    """It stays a text."""
    assert f"x-matter-maturity: {shown}   # since" in edited(YAML, level=level)


@pytest.mark.parametrize(
    ("replaced", "by", "words"),
    [
        ("    post:\n", "    post: {operationId: other, responses: {}}\n    put:\n", "flow mapping"),
        ("x-matter-maturity: Beta   # since June", "x-matter-maturity: *b", "an alias"),
        ("x-matter-maturity: Beta   # since June", "x-matter-maturity: &c Beta", "a tag or an anchor"),
        ("x-matter-maturity: Beta   # since June", "x-matter-maturity: !!str Beta", "a tag or an anchor"),
        ("x-matter-maturity: Beta   # since June", "x-matter-maturity: |\n        Beta", "a block of text"),
        ("x-matter-maturity: Beta   # since June", "x-matter-maturity:", "a block of text, or is empty"),
        ("x-matter-maturity: Beta   # since June", "x-matter-maturity: [Beta]", "a sequence"),
        ("x-matter-maturity: Beta   # since June", "x-matter-maturity: {since: x}", "a mapping without level"),
        ("x-matter-maturity: Beta   # since June", "x-matter-maturity: {level: [Beta]}", "a sequence"),
    ],
    ids=["flow", "alias", "anchor", "tag", "block", "empty", "list", "no level", "level is a list"],
)
def test_what_one_line_cannot_say_is_refused(replaced: str, by: str, words: str) -> None:
    """With the file, the line and what to do by hand."""
    text = YAML.replace(
        "operationId: getGrant  # the first\n      x-matter-maturity: Beta", "operationId: g\n      x-b: &b Beta"
    )
    text = text.replace(replaced, by)
    blob = Blob("openapi.yaml", "0", text.encode())
    name = "other" if words == "flow mapping" else "createGrant"
    with pytest.raises(Refused) as fault:
        with_level(blob, parse_anew(blob).operation(name), NAME, "GA")
    said = str(fault.value)
    assert f"No patch can be made of {name} (openapi.yaml, line 10): " in said
    assert words in said
    assert said.endswith(f"; set {NAME} to GA there by hand.")


@pytest.mark.parametrize(
    "text",
    [
        "openapi: 3.1.0\nx-p: &p\n  get: {operationId: a}\npaths:\n  /a: *p\n",
        "openapi: 3.1.0\nx-p: &p\n  get:\n    operationId: a\npaths:\n  /a:\n    <<: *p\n",
        "openapi: 3.1.0\nx-o: &o\n  operationId: a\npaths:\n  /a:\n    get:\n      <<: *o\n      summary: b\n",
        "openapi: 3.1.0\nx-o: &o\n  operationId: a\npaths:\n  /a:\n    get: *o\n",
        "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      ? operationId\n      : a\n",
    ],
    ids=["path is an alias", "path is merged", "id is merged", "operation is an alias", "explicit key"],
)
def test_what_is_written_elsewhere_is_refused(text: str) -> None:
    """Nobody can tell what else a change there would change."""
    with pytest.raises(Refused, match="by hand"):
        edited(text, "a")


def test_an_operation_behind_a_reference_is_changed_where_it_is_written() -> None:
    """A path item of the components belongs to the one path that refers to it."""
    text = YAML.replace("/grants/{id}:\n    parameters: []", "/grants: {$ref: '#/components/pathItems/G'}\nx-y:\n  z:")
    text = text.replace(
        "components: {}\n", "components:\n  pathItems:\n    G:\n      get:\n        operationId: moved\n"
    )
    assert edited(text, "moved").endswith(f"        operationId: moved\n        {NAME}: GA\n")


DATA = {
    "openapi": "3.1.0",
    "paths": {
        "/grants/{id}": {
            "get": {"operationId": "getGrant", NAME: "Beta", "summary": 'a "quoted" {text}: , [x]'},
            "post": {"summary": "\\", "operationId": "createGrant", NAME: {"level": "Beta", "since": 1}},
            "put": {"operationId": "bare"},
            "patch": {"responses": {}, "operationId": "last"},
        }
    },
}


@pytest.mark.parametrize("indent", [2, 4, "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["getGrant", "createGrant", "bare", "last"])
def test_json_keeps_its_layout(name: str, end: str, indent: int | str) -> None:
    """A level changes in place; a missing one gets a line of its own, and no other line moves."""
    before = (json.dumps(DATA, indent=indent, ensure_ascii=False) + "\n").replace("\n", end)
    after = edited(before, name, "openapi.json")
    gone, new = difference(before, after)
    assert (len(gone), len(new)) == ((1, 1) if name in ("getGrant", "createGrant") else (0, 1))
    assert after.count(end) == after.count("\n")
    assert json.loads(after) != DATA


def test_json_on_one_line_changes_in_place_or_not_at_all() -> None:
    """What is there is replaced; there is no line to add."""
    text = json.dumps(DATA)
    assert edited(text, "getGrant", "openapi.json") == text.replace('"Beta"', '"GA"', 1)
    with pytest.raises(Refused, match="does not begin a line"):
        edited(text, "bare", "openapi.json")


@pytest.mark.parametrize("missing", [False, True], ids=["stated", "missing"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("path", ["docs/openapi.yaml", "docs/openapi.json"])
def test_git_applies_the_patch(tmp_path: Path, path: str, end: str, missing: bool) -> None:
    """In both formats, with both line ends, whether the extension is there or not."""
    is_json, name = path.endswith(".json"), "bare" if missing and path.endswith(".json") else "createGrant"
    text = json.dumps(DATA, indent=2) + "\n" if is_json else YAML
    if missing and not is_json:
        text = text.replace("      x-matter-maturity: Beta   # since June\n", "")
    before = text.replace("\n", end)
    after = edited(before, name, path)
    tree = Tree(tmp_path, {path: before.encode()})
    assert tree.applied(patch_of(path, before.encode(), after.encode()), path) == after.encode()
