"""Every named failpoint is a place in the code, and every place is named: no kill is tested in vain."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from prr_pipeline.control import failpoints
from prr_pipeline.control.failpoints import ADOPTING, LOWERING, RAISING, VARIABLE, WITHDRAWING

CONTROL = Path(failpoints.__file__).parent
REACH = "from prr_pipeline.control.failpoints import failpoint; failpoint('after_intent'); print('alive')"


def reach(wanted: str) -> subprocess.CompletedProcess[str]:
    """A process that comes to one failpoint."""
    environment = {**os.environ, VARIABLE: wanted}
    return subprocess.run([sys.executable, "-c", REACH], env=environment, capture_output=True, text=True, check=False)


def test_each_name_is_one_place_in_the_code() -> None:
    """Named twice, a kill would hit the wrong boundary; named nowhere, none."""
    calls = Counter(
        name for path in CONTROL.glob("*.py") for name in re.findall(r'failpoint\("(\w+)"\)', path.read_text())
    )
    assert calls == Counter([*RAISING, *WITHDRAWING, *LOWERING, *ADOPTING])


@pytest.mark.parametrize("wanted", ["", "after_latch=kill", "after_intent=kill@/nowhere/trigger"])
def test_a_failpoint_that_is_not_wanted_does_nothing(wanted: str) -> None:
    """Not armed, another one armed, or its trigger not laid down."""
    assert reach(wanted).stdout == "alive\n"


def test_a_wanted_failpoint_kills_once_per_trigger(tmp_path: Path) -> None:
    """The trigger is used up: the process that mends what was left comes through."""
    trigger = tmp_path / "trigger"
    trigger.touch()
    wanted = f"after_latch=kill;after_intent=kill@{trigger}"
    assert reach(wanted).returncode == -signal.SIGKILL
    assert reach(wanted).stdout == "alive\n"
