"""Markdown and MDX: what a reader sees is found with its line; what is hidden does not count."""

from __future__ import annotations

import time

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.documents import Document, parse_document
from prr_pipeline.repository.tree import Blob


def assert_sentence(fault: Unreadable) -> None:
    """The only refusal that is fair here."""
    assert "opening brackets" in str(fault)


def parse(text: str, path: str = "a.mdx") -> Document:
    return parse_document(Blob(path, "", text.encode()))


RUNBOOK = """\ufeff---
title: Grants
date: 2024-01-31
version: "1.10"
---
import { Card } from '../components'
export const x = `
## not a heading
`

{/* # hidden
- [x] hidden task */}
# Run **book** `now`

Some *text* on
two lines with a [link](./a.md "t") and ![img](b.png).

<Tabs items={['ts', 'py']}>
<Tab>
```TS title="a.ts"
const a = 1 // <!-- stays
## not a heading
```
</Tab>
    ```python
    createGrant()
    ```
</Tabs>

## Steps
1. first
   - [x] sub task with <Card href="/docs/x" />
2. second [ ] no box
- [ ] open
  on two lines

> # quoted

### Deep

| op | target |
|----|-------:|
| `createGrant` | **99.9** |
| a \\| b |

## End
"""


def test_front_matter_is_read_past_a_byte_order_mark() -> None:
    """Dates stay text, quoted versions too."""
    assert parse(RUNBOOK).front_matter == {"title": "Grants", "date": "2024-01-31", "version": "1.10"}
    assert parse("# no front matter\n").front_matter == {}


def test_sections_nest_and_leave_out_what_is_hidden_or_quoted() -> None:
    """A section holds its subsections; comments, exports, code and quotes give no heading."""
    found = parse(RUNBOOK)
    assert [(s.heading, s.level, s.line) for s in found.sections] == [
        ("Run book now", 1, 13),
        ("Steps", 2, 30),
        ("Deep", 3, 39),
        ("End", 2, 46),
    ]
    steps = found.section(" steps ")
    assert steps is not None
    assert "99.9" in steps.body
    assert found.sections[3].words == 0
    assert "hidden" not in found.text
    assert found.words == len(found.text.split())


def test_fences_directly_under_a_tag_are_found() -> None:
    """MDX has no indented code, so an indented fence counts too."""
    fences = parse(RUNBOOK).fences
    assert [(f.language, f.line) for f in fences] == [("ts", 20), ("python", 25)]
    assert fences[0].text == "const a = 1 // <!-- stays\n## not a heading\n"
    assert fences[0].info == 'TS title="a.ts"'
    assert fences[1].text == "createGrant()\n"


def test_indented_code_stays_code_in_plain_markdown() -> None:
    """Only MDX drops indented code."""
    found = parse("text\n\n    # code\n    - [x] code\n", "a.md")
    assert (found.sections, found.tasks) == ((), ())
    assert "# code" in found.text


def test_tasks_and_list_items_carry_their_lines() -> None:
    """A box counts at the start of an item only."""
    found = parse(RUNBOOK)
    assert [(t.checked, t.text, t.line) for t in found.tasks] == [
        (True, "sub task with", 32),
        (False, "open on two lines", 34),
    ]
    assert [(i.text, i.depth) for i in found.list_items][:3] == [
        ("first", 1),
        ("[x] sub task with", 2),
        ("second [ ] no box", 1),
    ]


def test_tables_carry_their_rows_with_lines() -> None:
    """Marks are gone, escaped bars stay, short rows are filled up."""
    table = parse(RUNBOOK).tables[0]
    assert (table.header, table.line) == (("op", "target"), 41)
    assert [(r.cells, r.line) for r in table.rows] == [(("createGrant", "99.9"), 43), (("a | b", ""), 44)]


def test_links_are_found_in_markdown_and_in_tags() -> None:
    """Each with the line it stands on."""
    assert [(x.target, x.text, x.line) for x in parse(RUNBOOK).links] == [
        ("./a.md", "link", 16),
        ("b.png", "img", 16),
        ("/docs/x", "", 32),
    ]


HIDDEN = [
    "<!-- ## x\n- [x] y -->",
    "<!--\n\n## x\n\n-->",
    "{/* ## x */}",
    "{/*\n\n## x\n- [x] y\n*/}",
    "<script>\n## x\n</script>",
    "<style>\n\n- [x] y\n\n</style>",
    "import a from 'b'\n## x",
    "export const a = {\n## x\n}",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_what_no_reader_sees_gives_nothing(text: str) -> None:
    """A checked task in a comment closes no task."""
    found = parse(f"before\n\n{text}\n\n# after\n")
    assert [s.heading for s in found.sections] == ["after"]
    assert found.tasks == ()


SEEN = [
    ("`<!--` opens, and\n\n- [x] y\n\n`-->` closes", 1),
    ("<!-- never closed\n\n- [x] y", 1),
    ("```\n<!--\n```\n- [x] y\n```\n-->\n```", 1),
    ("text\nimport is a word here\n\n- [x] y", 1),
    ("````\n```\n- [x] y\n````", 0),
    ("> ```\n> - [x] y\n> ```", 0),
]


@pytest.mark.parametrize(("text", "tasks"), SEEN)
def test_a_mark_in_code_or_without_an_end_hides_nothing(text: str, tasks: int) -> None:
    """Only real comments hide."""
    assert len(parse(text).tasks) == tasks


BROKEN = [
    ("---\ntitle: x\n", "no closing line"),
    ("----\nx", "no closing line"),
    ("---\n---\nx", "holds no metadata"),
    ("---\njust text\n---\n", "holds no metadata"),
    ("---\na: 1\na: 2\n---\n", "The front matter of a.mdx cannot be read: the key 'a' stands twice.* line 3"),
    ("---\na: [\n---\n", "its YAML is broken"),
    ("+++\na = 1\n+++\n", "TOML front matter"),
    (">" * 3000, "nests lists or quotes deeper"),
    ("- " * 3000 + "x", "nests lists or quotes deeper"),
    ("[" * 60_000, "opening brackets in the paragraph at line 1"),
    ("a\n" * 60_000, "more than 50,000 lines"),
    ("a" * (2**19 + 1), "at most 524,288"),
]


@pytest.mark.parametrize(("text", "why"), BROKEN, ids=[repr(c[0][:12]) for c in BROKEN])
def test_a_document_that_cannot_be_read_is_one_sentence(text: str, why: str) -> None:
    """Front matter that is cut, empty or broken is never taken for none."""
    with pytest.raises(Unreadable, match=why):
        parse(text)


def test_text_that_is_not_utf8_is_refused() -> None:
    """Nothing is guessed."""
    with pytest.raises(Unreadable, match="is not UTF-8"):
        parse_document(Blob("a.md", "", b"# \xff"))


COSTLY = [
    "*a **b " * 3000,
    "".join("`" * i + " " for i in range(1, 300)),
    "<!--" * 10_000,
    "{/*" * 10_000,
    "`<!--" * 10_000,
    "<a " * 10_000,
    "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|b" * 3000,
    "\\" * 50_000,
    "_a" * 10_000,
    "import " + "a" * 50_000,
]


@pytest.mark.parametrize("text", COSTLY, ids=[repr(c[:8]) for c in COSTLY])
def test_hostile_text_takes_no_more_than_moments(text: str) -> None:
    """No input of this size makes the parser crawl."""
    started = time.perf_counter()
    try:
        parse(text, "a.md")
    except Unreadable as fault:
        assert_sentence(fault)
    assert time.perf_counter() - started < 5
