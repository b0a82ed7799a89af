"""A class whose methods wait behaves as one of the standard library's, whichever method is used first."""

from __future__ import annotations

import copy
import dataclasses
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline import deferred_dataclass
from prr_pipeline.deferred_dataclass import dataclass

T = TypeVar("T")


class _Named(Protocol):
    name: str


@dataclass(frozen=True, slots=True, order=True)
class Waiting:
    """A value."""

    name: str
    size: int = 1
    tags: tuple[str, ...] = field(default_factory=tuple)
    note: str = field(default="", repr=False, compare=False)

    @property
    def shown(self) -> str:
        return f"{self.name} x {self.size}"


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Usual:
    """The same, made by the standard library."""

    name: str
    size: int = 1
    tags: tuple[str, ...] = field(default_factory=tuple)
    note: str = field(default="", repr=False, compare=False)


def fresh() -> type[Any]:
    """A class of which no method was used yet."""

    @dataclass(frozen=True, slots=True, order=True)
    class Fresh:
        name: str
        size: int = 1
        known: Mapping[str, int] = field(default_factory=dict)

    return Fresh


VALUES = st.builds(dict, name=st.text(), size=st.integers(), tags=st.lists(st.text()).map(tuple), note=st.text())


@given(VALUES, VALUES)
def test_it_behaves_as_the_usual_one(one: dict[str, Any], other: dict[str, Any]) -> None:
    """Comparing, hashing, showing, copying and writing give what they give of the standard library's."""
    ours, theirs = (Waiting(**one), Waiting(**other)), (Usual(**one), Usual(**other))
    for law in (
        lambda a, b: a == b,
        lambda a, b: a < b,
        lambda a, b: a >= b,
        lambda a, b: hash(a) == hash(b),
        lambda a, b: repr(a).partition("(")[2],
        lambda a, b: dataclasses.asdict(a) | dataclasses.asdict(dataclasses.replace(b, size=a.size)),
        lambda a, b: orjson.dumps([a, b]) if abs(a.size) < 2**53 and abs(b.size) < 2**53 else None,
    ):
        assert law(*ours) == law(*theirs)
    assert [each.name for each in dataclasses.fields(Waiting)] == [each.name for each in dataclasses.fields(Usual)]
    assert tuple(map(copy.copy, ours)) == ours
    assert copy.deepcopy(ours[0]) == ours[0]


USES: dict[str, Callable[[Any], object]] = {
    "a value": lambda cls: cls("a"),
    "all values by place": lambda cls: cls("a", 2, {}),
    "hash": lambda cls: isinstance(_raised(lambda: hash(cls("a"))), TypeError),  # its mapping has none
    "repr": lambda cls: repr(cls("a")).endswith("Fresh(name='a', size=1, known={})"),
    "equal": lambda cls: cls("a") == cls("a"),
    "order": lambda cls: cls("a") < cls("b"),
    "is one": dataclasses.is_dataclass,
    "fields": lambda cls: [each.name for each in dataclasses.fields(cls)] == ["name", "size", "known"],
    "replaced": lambda cls: dataclasses.replace(cls("a"), size=3).size == 3,
    "assigned": lambda cls: isinstance(_raised(lambda: setattr(cls("a"), "name", "b")), FrozenInstanceError),
    "deleted": lambda cls: isinstance(_raised(lambda: delattr(cls("a"), "name")), FrozenInstanceError),
    "never built": lambda cls: isinstance(
        _raised(lambda: setattr(object.__new__(cls), "name", "b")), FrozenInstanceError
    ),
    "matched": lambda cls: cls.__match_args__ == ("name", "size", "known"),
    "converted": lambda cls: msgspec.convert({"name": "a", "size": 2}, cls) == cls("a", 2),
    "written": lambda cls: orjson.dumps(cls("a")) == b'{"name":"a","size":1,"known":{}}',
    "no dict": lambda cls: not hasattr(cls("a"), "__dict__"),
    "no mapping of its own is shared": lambda cls: cls("a").known is not cls("b").known,
    "too few": lambda cls: isinstance(_raised(lambda: cls()), TypeError),
    "unknown": lambda cls: isinstance(_raised(lambda: cls("a", colour=1)), TypeError),
    "state": lambda cls: _refilled(cls("a", 7)) == cls("a", 7),
}


def _raised(act: Callable[[], object]) -> BaseException | None:
    try:
        act()
    except (TypeError, AttributeError) as fault:
        return fault
    return None


def _refilled(value: Any) -> object:
    other = object.__new__(type(value))
    other.__setstate__(value.__getstate__())
    return other


@pytest.mark.parametrize("first", USES)
def test_whatever_is_used_first_all_the_rest_works(first: str) -> None:
    """No order of uses leaves a method unmade or made wrongly."""
    cls = fresh()
    assert USES[first](cls)
    for use in USES.values():
        assert use(cls)


def test_a_value_that_can_change_has_no_hash() -> None:
    """Without ``frozen`` fields can be assigned, none can be added, and there is no hash."""

    @dataclass(slots=True)
    class Counter:
        at: int = 0

    counter = Counter()
    counter.at += 1
    assert counter == Counter(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(counter)
    with pytest.raises(AttributeError):
        counter.other = 1  # type: ignore[attr-defined]


def test_what_comes_after_building_is_run() -> None:
    """``__post_init__`` sees each new value."""

    @dataclass(frozen=True, slots=True)
    class Checked:
        size: int

        def __post_init__(self) -> None:
            if self.size < 0:
                raise ValueError("below nothing")

    assert Checked(1).size == 1
    with pytest.raises(ValueError, match="below nothing"):
        Checked(-1)


def test_classes_that_ask_for_more_are_made_at_once() -> None:
    """What is extended, has methods of its own, shared values or no slots is the standard library's."""

    @dataclass(frozen=True, slots=True)
    class Extended(Waiting):
        colour: str = "red"

    @dataclass(frozen=True, slots=True)
    class Own:
        name: str

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 5

    @dataclass(frozen=True, slots=True)
    class Shared:
        LIMIT: ClassVar[int] = 7
        name: str

    @dataclass
    class Loose:
        name: str

    @dataclass(frozen=True, slots=True)
    class Clashing:
        self: int
        size: int
        _given: int
        _set_size: int = 4

    @dataclasses.dataclass
    class Loose2(Generic[T]):
        name: str

    @dataclass(slots=True)
    class Below(Loose2[int]):
        size: int

    class Limited(Protocol):
        limit: int = 5

    @dataclass(frozen=True, slots=True)
    class WithLimit(Limited):
        limit: int

    assert dataclasses.astuple(Below("a", 2)) == ("a", 2)
    assert WithLimit().limit == 5  # type: ignore[call-arg]
    assert dataclasses.astuple(Clashing(1, 2, 3)) == (1, 2, 3, 4)
    assert Extended("a", colour="blue") == Extended("a", 1, (), "", "blue")
    assert dataclasses.replace(Extended("a"), name="b").shown == "b x 1"
    assert Own("a") == Own("b")
    assert hash(Own("a")) == 5
    assert (Shared.LIMIT, Shared("a").name) == (7, "a")
    assert vars(Loose("a")) == {"name": "a"}


def test_what_the_standard_library_refuses_is_refused_where_it_is_written() -> None:
    """A class that cannot be is refused at its decorator, not at its first use."""
    with pytest.raises(TypeError, match="non-default argument 'size' follows default argument"):

        @dataclass(frozen=True, slots=True)
        class Turned:
            name: str = ""
            size: int  # type: ignore[misc]

    with pytest.raises(ValueError, match="mutable default"):

        @dataclass(frozen=True, slots=True)
        class Shared:
            names: list[str] = []  # noqa: RUF012

    with pytest.raises(ValueError, match="mutable default"):

        @dataclass(frozen=True, slots=True)
        class SharedToo:
            names: list[str] = field(default=[])


def test_generic_and_protocol_classes_are_as_ever() -> None:
    """Type parameters, protocols and patterns work."""

    @dataclass(frozen=True, slots=True)
    class Called(_Named):
        name: str

    assert Called("a") == Called("a")

    @dataclass(frozen=True, slots=True)
    class Box(Generic[T]):
        name: str
        held: T

    assert Box("a", 1) == Box[int]("a", 1)
    match Box("a", 2):
        case Box(name, held):
            assert (name, held) == ("a", 2)


def test_many_threads_may_use_it_first() -> None:
    """Whoever comes second finds a whole class."""
    for _ in range(20):
        cls, barrier, found = fresh(), threading.Barrier(4), []

        def use(cls: type[Any] = cls, barrier: threading.Barrier = barrier, found: list[object] = found) -> None:
            barrier.wait()
            found.append((repr(cls("a")), cls("a") == cls("a"), len(dataclasses.fields(cls))))

        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(found)) == 1
        assert len(found) == 4


def test_importing_the_command_line_has_hardly_any_methods_made() -> None:
    """The law that the module is there for; a class that falls back to the usual way would break it."""
    script = (
        "import dataclasses, prr_pipeline.deferred_dataclass as d, sys\n"
        "made = []\n"
        "usual = dataclasses._process_class\n"
        "def counted(cls, *rest):\n    made.append(cls)\n    return usual(cls, *rest)\n"
        "dataclasses._process_class = counted\n"
        "import prr_pipeline.cli, prr_pipeline.commands.check_output\n"
        "own = [each for each in made if each.__module__.startswith('prr_pipeline')]\n"
        "print(len(own), *own)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[0]) <= 5, done.stdout


def test_the_type_checker_sees_the_usual_decorator() -> None:
    """One name is exported, and at run time it is not the standard library's."""
    assert deferred_dataclass.__all__ == ["dataclass"]
    assert deferred_dataclass.dataclass is not dataclasses.dataclass
