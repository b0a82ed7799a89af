"""`prr` itself: its global options, its faults, what it imports, and that everything is documented."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import click
import pytest

from prr_pipeline import commands as verb_modules
from prr_pipeline.cli import app
from tests.commands.town import Town, prr

DOCS = Path(__file__).resolve().parents[2] / "docs" / "cli.md"


def commands() -> Iterator[tuple[str, Any]]:
    """Every verb, ``audit verify`` and the like included, with its click command."""
    return below("", app)


def below(words: str, group: click.Group) -> Iterator[tuple[str, Any]]:
    """The verbs of one group, each with the words that lead to it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from below(f"{words}{name} ", command)
        else:
            yield f"{words}{name}", command


COMMANDS = dict(commands())


def test_every_verb_is_there() -> None:
    """The list of verbs is part of the interface."""
    assert set(COMMANDS) == {
        "init", "check", "lines", "subjects", "open", "status", "show", "document", "sign", "attest", "justify",
        "accept-sample",
        "adopt prepare", "adopt sign", "adopt apply", "advance", "hold", "resume", "rollback", "alerts",
        "gate deploy", "gate maturity", "audit verify", "audit log", "audit restart-head", "doctor", "demo",
        "agenda", "drill", "rehearse", "replay", "feedback", "game-day", "maturity",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    """docs/cli.md has a heading for each command, and each of its options stands below it."""
    text = DOCS.read_text()
    heading = f"\n### `prr {name}`\n"
    assert heading in text, f"docs/cli.md lacks the heading of prr {name}"
    section = text.split(heading)[1].split("\n### ")[0].split("\n## ")[0]
    for parameter in COMMANDS[name].params:
        if parameter.name == "help":
            continue
        wanted = [o for o in parameter.opts if o.startswith("--")] or [parameter.metavar or parameter.name.upper()]
        assert any(f"`{option}" in section for option in wanted), f"docs/cli.md, prr {name}: {wanted}"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_has_a_help_text(name: str) -> None:
    """A person who asks gets an answer."""
    assert COMMANDS[name].help
    assert all(p.help for p in COMMANDS[name].params if p.name != "help"), name


def test_the_documentation_names_no_command_that_is_not_there() -> None:
    """A heading without a command is a promise that is not kept."""
    headings = [line[9:-1] for line in DOCS.read_text().splitlines() if line.startswith("### `prr ")]
    assert sorted(headings) == sorted(COMMANDS)


def test_commands_call_only_control_and_reports() -> None:
    """The layer rule: a verb parses, calls control, and shows what came back."""
    settings = {"settings", "settings_file", "settings_values", "deferred_dataclass"}
    allowed = settings | {"cli", "commands", "control", "reports", "errors", "subjects", "canonical", "demo"}
    package = DOCS.parents[1] / "prr_pipeline"
    for file in (package / "cli.py", *sorted((package / "commands").glob("*.py"))):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("prr_pipeline."):
                assert (node.module or "").split(".")[1] in allowed, f"{file.name} imports {node.module}"


def test_version() -> None:
    """Name and version, nothing else."""
    said = prr("--version")
    assert said.code == 0
    assert said.out.startswith("prr 0.")


@pytest.mark.parametrize(
    "args", [("frob",), ("check", "--frob"), ("rollback", "x"), ("lines", "too", "many")], ids=lambda a: " ".join(a)
)
def test_a_wrong_option_does_not_exit_like_an_unknown_line(args: tuple[str, ...]) -> None:
    """2 is the answer of `prr check`; a slip of the pen is 3, like every other fault."""
    said = prr(*args)
    assert said.code == 3
    assert said.out == ""
    assert "Error" in said.err


def test_settings_that_do_not_exist_are_one_sentence() -> None:
    """Named settings are never replaced by others, nor left out where a verb could do without any."""
    for verb in ("lines", "status"):
        said = prr("--settings", "/nowhere/prr.toml", verb)
        assert said.code == 3
        assert said.err.count("\n") == 1
    assert prr("lines").code == 0, "prr lines needs none"


def test_a_fault_of_the_file_system_is_one_sentence(town: Town) -> None:
    """What the operating system refuses is told like everything else."""
    town.open("listGrants", "beta")
    (town.mono / "prr").write_text("a file where the folder should be")
    said = town.prr("document", "listGrants:beta", "--write")
    assert said.code == 3
    assert "The file system refused" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("verb", ["check", "lines", "rollback"])
def test_dagster_is_not_imported(town: Town, verb: str) -> None:
    """These three must start quickly, and roll back must work where Dagster is broken."""
    town.open("listGrants", "beta")
    args = {
        "check": ["check", "listGrants"],
        "lines": ["lines"],
        "rollback": ["rollback", "listGrants:beta", "--by", "mara", "--reason", "x"],
    }[verb]
    code = (
        "import sys\nfrom prr_pipeline.cli import app\n"
        f"sys.argv = ['prr', '--settings', {str(town.settings_file)!r}, *{args!r}]\n"
        "try:\n    app()\nexcept SystemExit as end:\n    assert end.code in (0, 2), end.code\n"
        "sys.exit(any(name.partition('.')[0] in ('dagster', 'dagster_webserver') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _as_in_a_terminal() -> None:
    """What runs in the background is started with Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_exits_130(town: Town) -> None:
    """An interrupted question signs nothing and tells the shell so."""
    file = town.folder / "adoption.json"
    options = ["--operations", "createGrant", "--target", "beta", "--statement", "x", "--out", str(file)]
    town.ok("adopt", "prepare", *options)
    command = ["adopt", "sign", str(file), "--person", "noor", "--key", town.key("noor")]
    code = "from prr_pipeline.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", code, "--settings", str(town.settings_file), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=_as_in_a_terminal,
    )
    assert process.stderr is not None
    seen = b""
    until = time.monotonic() + 30
    while b"[y/N]" not in seen and time.monotonic() < until:
        seen += os.read(process.stderr.fileno(), 1000)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in rest
    assert list(town.folder.glob("*.sig")) == []


@pytest.mark.parametrize("form", ["json", "terminal", "markdown"])
def test_the_progress_bar_stays_on_stderr(town: Town, form: str) -> None:
    """On a terminal a bar moves on stderr; what is asked for still goes to stdout, whole."""
    code = "from prr_pipeline.cli import main; main()"
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", code, "--settings", str(town.settings_file), "check", "--all", "--format", form]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"}
    ) as process:
        out, _ = process.communicate(timeout=60)
    os.close(theirs)
    bar = os.read(ours, 100_000)
    os.close(ours)
    assert b"judging" in bar
    assert b"judging" not in out
    assert out.decode() == town.prr("check", "--all", "--format", form).out


def test_a_reader_that_goes_away_is_no_fault(town: Town) -> None:
    """`prr lines | head -1` ends quietly."""
    code = "from prr_pipeline.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "lines", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    words = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=30)
    assert b"Traceback" not in words


@pytest.mark.parametrize(
    "args",
    [
        ("check", "createGrant", "--json"), ("check", "--all", "--json"), ("lines", "--json"), ("subjects", "--json"),
        ("status", "--json"), ("show", "listGrants:beta", "--json"), ("alerts", "--json"), ("doctor", "--json"),
        ("audit", "verify", "--json"), ("audit", "log", "--json"), ("document", "listGrants:beta", "--json"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_json_is_one_document_and_nothing_else(town: Town, args: tuple[str, ...]) -> None:
    """Whatever the verb, stdout parses as one document of ASCII characters."""
    town.open("listGrants", "beta")
    said = town.prr(*args)
    assert isinstance(said.data, dict)
    assert said.out.isascii()
    assert said.err == ""


def test_each_module_of_verbs_declares_those_that_are_expected_of_it() -> None:
    """A verb whose module is imported when it is used is listed by name, none is left out, and none is in two."""
    modules = [import_module(f"prr_pipeline.commands.{each.name}") for each in iter_modules(verb_modules.__path__)]
    declared = [name for each in modules if hasattr(each, "app") for name in each.app.list_commands(click.Context(app))]
    assert sorted(declared) == sorted(app.list_commands(click.Context(app)))
    assert len(set(declared)) == len(declared)


def shell(line: str, folder: Path) -> tuple[int, str]:
    """Exit code and stderr of a line for the shell, in which ``prr`` is this very program."""
    own = f'prr() {{ "{sys.executable}" -c "from prr_pipeline.cli import main; main()" "$@"; }}; '
    done = subprocess.run(["bash", "-c", own + line], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("prr lines >&-", "Stdout is closed"),
        ("prr --help >&-", "Stdout is closed"),
        ("prr --help >/dev/full", "The file system refused: No space left on device."),
        ("prr --version >/dev/full", "The file system refused: No space left on device."),
        (
            "ln -s l.yaml l.yaml; prr lines --checklist l.yaml",
            "l.yaml cannot be read (Too many levels of",
        ),
        ("prr lines --checklist /dev/zero", "/dev/zero has 33,554,433 bytes; at most 33,554,432 are read."),
    ],
)
def test_what_cannot_be_written_or_read_is_one_sentence(tmp_path: Path, line: str, said: str) -> None:
    """Exit code 3, and no stack trace."""
    code, told = shell(line, tmp_path)
    assert said in told
    assert (code, "Traceback" in told) == (3, False)


def test_a_checklist_may_come_through_a_pipe(tmp_path: Path) -> None:
    """As shells give one for ``<(...)``; one that is named twice is one."""
    (tmp_path / "own.json").write_text('{"catalogue": "ours", "lines": []}')
    assert shell("prr lines --json --checklist <(cat own.json) >/dev/null", tmp_path) == (0, "")
    assert shell("prr lines --json --checklist own.json --checklist ./own.json >/dev/null", tmp_path) == (0, "")


def test_a_closed_stderr_hides_no_exit_code(tmp_path: Path) -> None:
    """Nobody is told, and the code still says what happened."""
    assert shell("prr check nope --profile matter 2>&-", tmp_path)[0] == 3
