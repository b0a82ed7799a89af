"""Verbs of `prr`, each declared by its function: annotations say what is an option, and what is an argument."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import click
from click import Context as Context
from click import echo as echo
from click.exceptions import Exit as Exit

from prr_pipeline.deferred_dataclass import dataclass

Verb = TypeVar("Verb", bound=Callable[..., None])


class Option:
    """An option: its names (else ``--parameter-name``), its help, and the limits of a number.

    ``"--cache/--no-cache"`` names both ways of one.
    """

    def __init__(self, *names: str, help: str, min: int | None = None, max: int | None = None) -> None:
        self.names, self.help, self.min, self.max = names, help, min, max


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument by position."""

    help: str


class Group(click.Group):
    """Verbs by name, each made a command when it is looked up: one run of `prr` uses one of them.

    The module of an expected verb is imported then, too.
    """

    def __init__(self, name: str | None = None, help: str | None = None, **rest: Any) -> None:
        super().__init__(name, help=help, **rest)
        self._functions: dict[str, Callable[..., None]] = {}
        self._expected: dict[str, str] = {}

    def verb(self, name: str | None = None) -> Callable[[Verb], Verb]:
        """Declare a verb by its function; its name with hyphens, unless another is given."""

        def declare(function: Verb) -> Verb:
            self._functions[name or function.__name__.replace("_", "-")] = function
            return function

        return declare

    def expect(self, module: str, names: Sequence[str]) -> None:
        """These verbs are what the group ``app`` of a module declares."""
        self._expected.update(dict.fromkeys(names, module))

    def list_commands(self, ctx: Context) -> list[str]:
        """Names, in the order of declaration."""
        return [*self._expected, *self._functions, *self.commands]

    def get_command(self, ctx: Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None if there is none."""
        if cmd_name in self._expected:
            declared: Group = import_module(self._expected[cmd_name]).app
            return declared.get_command(ctx, cmd_name)
        function = self._functions.get(cmd_name)
        return super().get_command(ctx, cmd_name) if function is None else command_of(cmd_name, function)


class _Choice(click.Choice[str]):
    """One of an enumeration, by its value."""

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__([str(each) for each in kind])
        self._kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: Context | None) -> Any:
        return self._kind(super().convert(str(value), param, ctx))


def command_of(name: str, function: Callable[..., None]) -> click.Command:
    """The command that the function declares. A parameter that is a `Context` gets the one of the invocation."""
    hints = get_type_hints(function, include_extras=True)
    given = inspect.signature(function).parameters
    contexts = [each for each in given if hints[each] is Context]
    declared = {each: _parameter(each, hints[each], given[each].default) for each in given if each not in contexts}
    lists = [each for each, one in declared.items() if one.multiple or one.nargs == -1]

    def run(**values: Any) -> None:
        several = {each: list(values[each]) or None for each in lists}
        function(**{each: click.get_current_context() for each in contexts}, **{**values, **several})

    text = inspect.cleandoc(function.__doc__ or "")
    return click.Command(name, callback=run, params=list(declared.values()), help=text)


def _parameter(name: str, hint: Any, default: Any) -> Any:
    """The option or argument of one ``Annotated`` parameter. Raises `TypeError` for one that is not annotated so."""
    if get_origin(hint) is not Annotated:
        raise TypeError(f"the parameter {name} says neither Option nor Argument")
    kind, said = get_args(hint)
    bare, several = _bare(kind)
    required = default is inspect.Parameter.empty
    common: dict[str, Any] = {"required": required, "type": _type_of(bare)}
    if not required:  # a default of None is one to click, and would do for what is required
        common["default"] = str(default) if isinstance(default, StrEnum) else default
    if isinstance(said, Argument):
        return click.Argument([name], help=said.help, nargs=-1 if several else 1, **common)
    names = said.names or ("--" + name.replace("_", "-"),)
    if bare is bool:
        return click.Option([*names, name], help=said.help, default=bool(default), is_flag=True)
    shown = default not in (None, inspect.Parameter.empty)
    if (said.min, said.max) != (None, None):
        common["type"] = click.IntRange(said.min, said.max)
    return click.Option([*names, name], help=said.help, multiple=several, show_default=shown, **common)


def _bare(kind: Any) -> tuple[Any, bool]:
    """The type of one value, and whether there may be several: ``list[str] | None`` is `str`, several."""
    if get_origin(kind) in (Union, types.UnionType):
        (kind,) = (each for each in get_args(kind) if each is not type(None))
    return (get_args(kind)[0], True) if get_origin(kind) is list else (kind, False)


_TYPES: Mapping[Any, Any] = {str: click.STRING, int: click.INT, bool: click.BOOL, Path: click.Path(path_type=Path)}


def _type_of(bare: Any) -> click.ParamType[Any]:
    found: click.ParamType[Any] = _Choice(bare) if inspect.isclass(bare) and issubclass(bare, StrEnum) else _TYPES[bare]
    return found
