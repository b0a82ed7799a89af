"""The rules of the house that a parser can see: docstrings, sizes, names, and calls that are never made."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source_tree import PRODUCT, ROOT, Module, modules, parse

MAX_LINES = 250
MAX_TEST_LINES = 450
"""Tables of cases are long; a module of tests that is longer speaks of two things."""

VAGUE = re.compile(r"(^|_)(utils?|helpers?|common|managers?)(_|\.py$|$)|(Utils?|Helpers?|Managers?)$")
SAFE_LOADERS = {"yaml.CSafeLoader", "yaml.SafeLoader", "yaml.BaseLoader", "yaml.CBaseLoader"}
FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "os.system",
    "os.popen",
    "pickle.load",
    "pickle.loads",
    "marshal.load",
    "marshal.loads",
    "datetime.utcnow",
}
MAY = {
    "prr_pipeline/deferred_dataclass.py": {"exec"},
    "prr_pipeline/control/copies.py": {"marshal", "marshal.loads"},
}
"""Who compiles a method from the names of a class's own fields, as the standard library's dataclasses do; and who reads
what a copy of its own process wrote into memory without a name, which nobody else can write."""
REAL_WAITS = {
    "tests/flags/kill_loop.py",
    "tests/flags/test_openfeature_reader.py",
    "tests/ledger/test_races.py",
}
"""Beside e2e, faults and services: tests of a real provider or of processes that are killed, where time is real."""

CODE = modules(*PRODUCT, "examples")
TESTS = modules("tests")


def style_faults(module: Module) -> Iterator[str]:
    """What a module of the product may not look like."""
    if module.length > MAX_LINES:
        yield f"has {module.length} lines; {MAX_LINES} is the limit"
    if not opens_with_docstring(module):
        yield "does not say in its first line what it is for"
    named = [n for n in module.tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)]
    for node in named:
        if not node.name.startswith("_") and not ast.get_docstring(node):
            yield f"{node.name} has no docstring"
    yield from vague_names(module)


def opens_with_docstring(module: Module) -> bool:
    """Whether the first line is the module's docstring, after a line for the shell at most. Empty files are."""
    if not module.tree.body:
        return not module.text.strip()
    first = module.text.startswith("#!") + 1
    return ast.get_docstring(module.tree) is not None and module.tree.body[0].lineno == first


def vague_names(module: Module) -> Iterator[str]:
    """Names that say nothing: of the file, its folders, and its classes."""
    for part in module.name.split("/"):
        if VAGUE.search(part):
            yield f"{part} is no name: say what is in it"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and VAGUE.search(node.name):
            yield f"{node.name} is no name: say what it does"


def dangerous(module: Module) -> Iterator[str]:
    """Calls and imports that no module makes, whatever for."""
    allowed = MAY.get(module.name, set())
    for name in sorted(module.imports() - allowed):
        if name.split(".")[0] in {"requests", "pickle", "marshal", "urllib3"} or name.startswith("urllib.request"):
            yield f"imports {name}"
    for call, name in module.calls():
        if name in allowed:
            continue
        if name in FORBIDDEN_CALLS or (name.endswith("datetime.now") and not call.args and not call.keywords):
            yield f"calls {name} in line {call.lineno}"
        keywords = {word.arg: ast.unparse(word.value) for word in call.keywords}
        if name in {"yaml.load", "yaml.load_all"} and keywords.get("Loader") not in SAFE_LOADERS:
            yield f"calls {name} in line {call.lineno} without a safe loader"
        if keywords.get("verify") == "False" or keywords.get("shell") == "True":
            yield f"calls {name} in line {call.lineno} with verify=False or shell=True"


def sleeps(module: Module) -> Iterator[str]:
    """Waits in a test that is not about real processes."""
    real = module.name.startswith(("tests/e2e/", "tests/faults/", "tests/services/")) or module.name in REAL_WAITS
    for call, name in module.calls():
        if not real and name in {"time.sleep", "sleep"}:
            yield f"sleeps in line {call.lineno}; move a clock instead"


def undocumented_tests(module: Module) -> Iterator[str]:
    """Tests that do not say what they hold."""
    for function in module.functions():
        if function.name.startswith("test_") and not ast.get_docstring(function):
            yield f"{function.name} has no docstring"


def test_every_module_keeps_the_house_style() -> None:
    """250 lines, a first line that says what for, docstrings on public things, names that mean something."""
    assert {module.name: found for module in CODE if (found := list(style_faults(module)))} == {}


def test_no_module_makes_a_dangerous_call() -> None:
    """No eval, no pickle, no unverified connection, no shell, no instant without a zone."""
    assert {module.name: found for module in (*CODE, *TESTS) if (found := list(dangerous(module)))} == {}


def test_every_test_has_a_docstring() -> None:
    """One sentence: the rule that the test holds."""
    assert {module.name: found for module in TESTS if (found := list(undocumented_tests(module)))} == {}


def test_every_test_module_keeps_its_rules() -> None:
    """A first line, no waiting outside of real processes, no vague name, at most 450 lines."""
    assert [module.name for module in TESTS if not opens_with_docstring(module)] == []
    assert {module.name: module.length for module in TESTS if module.length > MAX_TEST_LINES} == {}
    assert {module.name: found for module in TESTS if (found := [*sleeps(module), *vague_names(module)])} == {}


def test_the_list_of_real_waits_holds_no_stale_name() -> None:
    """An exception that is no longer needed goes."""
    for name in REAL_WAITS:
        module = next(one for one in TESTS if one.name == name)
        assert list(sleeps(parse("tests/elsewhere.py", module.text)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"""Ours."""\n' + "x = 1\n" * 250, "251 lines"),
        ("import os\n", "first line"),
        ('\n"""Late."""\n', "first line"),
        ('"""Ours."""\ndef open_door():\n    pass\n', "open_door has no docstring"),
        ('"""Ours."""\nclass Door:\n    pass\n', "Door has no docstring"),
        ('"""Ours."""\nclass DoorManager:\n    """A door."""\n', "DoorManager is no name"),
    ],
    ids=["long", "no docstring", "late docstring", "function", "class", "vague class"],
)
def test_a_breach_of_style_is_found(text: str, words: str) -> None:
    """Each rule of style is seen to fail."""
    assert any(words in fault for fault in style_faults(parse("prr_pipeline/planted.py", text)))


@pytest.mark.parametrize("name", ["prr_pipeline/utils.py", "tests/helpers/test_x.py", "prr_pipeline/date_utils.py"])
def test_a_vague_file_name_is_found(name: str) -> None:
    """Files and folders count as names too."""
    assert list(vague_names(parse(name, "")))


@pytest.mark.parametrize(
    "text",
    [
        "import requests",
        "from urllib.request import urlopen",
        "eval('1')",
        "yaml.load(text)",
        "yaml.load(text, Loader=yaml.UnsafeLoader)",
        "httpx.get(url, verify=False)",
        "subprocess.run('ls', shell=True)",
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.now()",
    ],
)
def test_a_dangerous_call_is_found(text: str) -> None:
    """Each forbidden call is seen to fail."""
    assert list(dangerous(parse("prr_pipeline/planted.py", text)))


def test_what_is_allowed_is_not_found() -> None:
    """An instant with a zone, a safe loader and a verified connection pass."""
    text = (
        '"""Ours."""\nnow = datetime.now(UTC)\nyaml.load(text, Loader=yaml.CSafeLoader)\nhttpx.get(url, verify=True)\n'
    )
    module = parse("prr_pipeline/planted.py", text)
    assert [*style_faults(module), *dangerous(module)] == []


def test_a_test_without_a_docstring_is_found() -> None:
    """A test in a class counts like any other."""
    text = "class TestDoor:\n    def test_it_opens(self):\n        pass\n"
    assert list(undocumented_tests(parse("tests/test_planted.py", text))) == ["test_it_opens has no docstring"]


def test_a_sleeping_test_is_found() -> None:
    """Outside of the folders for real processes a test moves a clock."""
    assert list(sleeps(parse("tests/rollout/test_planted.py", "import time\ntime.sleep(1)\n")))
    assert not list(sleeps(parse("tests/e2e/test_planted.py", "import time\ntime.sleep(1)\n")))


def test_there_is_code_to_look_at() -> None:
    """The rules above look at the real tree."""
    assert len(CODE) > 150
    assert ROOT.joinpath("prr_pipeline").is_dir()
