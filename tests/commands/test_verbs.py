"""A function's annotations become the command that it declares."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated

import click
import pytest
from click.testing import CliRunner

from prr_pipeline.commands.verbs import Argument, Context, Group, Option, command_of

SEEN: list[object] = []


class Colour(StrEnum):
    """What a thing may be painted in."""

    RED = "red"
    BLUE = "blue"


def paint(
    context: Context,
    what: Annotated[list[str], Argument(help="What to paint.")],
    number: Annotated[int, Option(help="How many coats.", min=1)] = 1,
    dry_run: Annotated[bool, Option("--dry-run", help="Paint nothing.")] = False,
    wet: Annotated[bool, Option("--wet/--dry", help="How it shall be.")] = True,
    colour: Annotated[Colour, Option("--in", help="The paint.")] = Colour.RED,
    folder: Annotated[Path | None, Option(help="Where.")] = None,
    line: Annotated[list[str] | None, Option("--line", help="May be given again.")] = None,
) -> None:
    """Paint things."""
    SEEN.append((context.info_name, what, number, dry_run, wet, colour, folder, line))


def run(*words: str) -> object:
    """What the function was called with; else what was said of the fault."""
    SEEN.clear()
    done = CliRunner().invoke(command_of("paint", paint), list(words))
    return SEEN[0] if SEEN else (done.exit_code, done.stderr)


def test_what_is_not_given_is_the_default_of_the_function() -> None:
    """An option that may be given again is None then, not an empty list."""
    assert run("door") == ("paint", ["door"], 1, False, True, Colour.RED, None, None)


def test_values_have_the_type_of_the_annotation() -> None:
    """Numbers, paths, both ways of a switch, members of an enumeration, and lists."""
    words = ["--number", "3", "--dry-run", "--dry", "--in", "blue", "--folder", "a/b", "--line", "x", "--line", "y"]
    wanted = ("paint", ["door", "wall"], 3, True, False, Colour.BLUE, Path("a/b"), ["x", "y"])
    assert run("door", "wall", *words) == wanted
    assert isinstance(SEEN[0][5], Colour)  # type: ignore[index]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Missing argument"),
        (("door", "--number", "0"), "0 is not in the range"),
        (("door", "--in", "green"), "'green' is not one of 'red', 'blue'"),
        (("door", "--colour", "red"), "No such option"),
    ],
    ids=["nothing", "below the limit", "no such member", "the parameter has another name"],
)
def test_what_does_not_fit_is_refused(words: tuple[str, ...], said: str) -> None:
    """By click, before the function is called."""
    refused = run(*words)
    assert isinstance(refused, tuple)
    assert refused[0] == 2
    assert said in refused[1]


def test_a_required_option_must_be_given() -> None:
    """No default is no default, and None is none either."""

    def sign(person: Annotated[str, Option(help="Who.")]) -> None:
        """Sign."""
        SEEN.append(person)

    sign.__annotations__ = {"person": Annotated[str, Option(help="Who.")], "return": None}
    done = CliRunner().invoke(command_of("sign", sign), [])
    assert (done.exit_code, "Missing option '--person'" in done.stderr) == (2, True)


def test_a_parameter_that_says_neither_is_a_fault_of_the_program() -> None:
    """Nothing is guessed from a bare type."""

    def sign(person: str) -> None:
        """Sign."""

    sign.__annotations__ = {"person": str, "return": None}
    with pytest.raises(TypeError, match="person says neither Option nor Argument"):
        command_of("sign", sign)


def test_a_group_lists_what_it_expects_declares_and_holds_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Verbs and groups alike, hyphens for underscores; a module is imported when one of its verbs is looked up."""
    one, two, elsewhere = Group(), Group("two", help="Two verbs."), Group()
    one.verb()(paint)
    two.verb("other-name")(paint)
    elsewhere.verb("expected")(paint)
    one.expect("verbs_elsewhere", ["expected"])
    one.add_command(two)
    context = click.Context(one)
    assert one.list_commands(context) == ["expected", "paint", "two"]
    assert two.list_commands(context) == ["other-name"]
    assert one.get_command(context, "frob") is None
    with pytest.raises(ModuleNotFoundError):
        one.get_command(context, "expected")
    monkeypatch.setitem(sys.modules, "verbs_elsewhere", SimpleNamespace(app=elsewhere))
    found = one.get_command(context, "expected")
    assert found is not None
    assert found.name == "expected"
