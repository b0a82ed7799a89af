"""Settings: found in a fixed order, read strictly, every fault told at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.exposure import FULL, OFF, Exposure, Rest
from prr_pipeline.rollout.gates import ALWAYS_REQUIRED, OPTIONAL_GATES
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.settings import Settings, load_settings
from prr_pipeline.settings_file import FILE_NAME, VARIABLE, SettingsError, find_settings
from prr_pipeline.settings_values import parse_duration

LEAST = '[repository]\npath = "monorepo"\nprofile = "matter"\n'


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of whoever runs the tests names no settings."""
    monkeypatch.delenv(VARIABLE, raising=False)


def settings_file(folder: Path, text: str = LEAST) -> Path:
    """A settings file in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    path.write_text(text)
    return path


def loaded(folder: Path, text: str) -> Settings:
    """The settings with something added to the least."""
    return load_settings(settings_file(folder, LEAST + text))


def faults(folder: Path, text: str) -> list[str]:
    """The lines of what is wrong, without the heading."""
    with pytest.raises(SettingsError) as refused:
        load_settings(settings_file(folder, text))
    return [line.strip() for line in str(refused.value).splitlines()[1:]]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("12h", timedelta(hours=12)),
        ("7d", timedelta(days=7)),
        ("4w", timedelta(weeks=4)),
        ("0d", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, span: timedelta) -> None:
    """Seconds, minutes, hours, days or weeks."""
    assert parse_duration(text) == parse_duration(span) == span


@pytest.mark.parametrize("wrong", ["7", "d", "7 d", "-7d", "1.5d", "7D", "7days", "\u0667d", "", 7, 7.0, None, True])
def test_another_spelling_of_a_duration_is_refused(wrong: object) -> None:
    """With the value and how it is written."""
    with pytest.raises(ValueError, match="write it like 30s, 15m, 12h, 7d or 4w"):
        parse_duration(wrong)


DURATIONS = [
    *(("policy", name) for name in ("gap_cap", "jump_limit", "unknown_notice_after", "watch", "feedback_after")),
    *(("policy", name) for name in ("checkpoint_every", "drill_max_age")),
    ("policy.blast_radius", "tick"),
    ("policy.reclimbs", "cool_down"),
    ("alerts", "max_age"),
    *(("metrics", name) for name in ("step", "catch_up", "tick_budget")),
    *(("metrics.canary", name) for name in ("restart_every", "restart_horizon", "bunch_window", "extension_limit")),
    ("metrics.canary", "max_age"),
]


@pytest.mark.parametrize("long", ["3651d", "9999999d", "999999999999999w"])
@pytest.mark.parametrize(("section", "name"), DURATIONS, ids=[".".join(one) for one in DURATIONS])
def test_no_duration_is_longer_than_ten_years(tmp_path: Path, section: str, name: str, long: str) -> None:
    """Told in a sentence with the limit: nothing that adds it to an instant leaves the calendar."""
    [line] = faults(tmp_path, f'{LEAST}[{section}]\n{name} = "{long}"\n')
    assert line == f"{section}.{name}: '{long}' is too long; the limit is 3650d"


def test_a_dwell_is_no_longer_either(tmp_path: Path) -> None:
    """Ten years are accepted, a day more is not."""
    rungs = '[[ladder.rungs]]\nexposure = "100%"\ndwell = "%s"\n'
    assert loaded(tmp_path / "a", rungs.replace("%s", "3650d")).ladder.ladder().rungs[0].dwell == timedelta(days=3650)
    [line] = faults(tmp_path / "b", LEAST + rungs.replace("%s", "3651d"))
    assert line.endswith("dwell: '3651d' is too long; the limit is 3650d")


def test_the_given_file_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--settings``, then the environment, then the nearest one upward."""
    given = settings_file(tmp_path / "given")
    named = settings_file(tmp_path / "named")
    nearest = settings_file(tmp_path / "near")
    below = tmp_path / "near" / "a" / "b"
    below.mkdir(parents=True)
    assert find_settings(start=below) == nearest
    monkeypatch.setenv(VARIABLE, str(named))
    assert find_settings(start=below) == named
    assert find_settings(given, start=below) == given


def test_the_nearest_file_upward_is_found(tmp_path: Path) -> None:
    """Not one further up."""
    settings_file(tmp_path)
    near = settings_file(tmp_path / "a")
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    assert find_settings(start=tmp_path / "a" / "b" / "c") == near
    assert find_settings(start=tmp_path / "a") == near


def test_a_folder_of_that_name_is_no_file(tmp_path: Path) -> None:
    """It is passed over."""
    settings_file(tmp_path)
    (tmp_path / "a" / FILE_NAME).mkdir(parents=True)
    assert find_settings(start=tmp_path / "a") == tmp_path / FILE_NAME


def test_a_named_file_that_is_not_there_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is never silently replaced by another one."""
    settings_file(tmp_path)
    with pytest.raises(SettingsError, match="does not exist"):
        find_settings(tmp_path / "other.toml", start=tmp_path)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "other.toml"))
    with pytest.raises(SettingsError, match="does not exist"):
        find_settings(start=tmp_path)


def test_the_least_settings_are_enough(tmp_path: Path) -> None:
    """Everything else has a default, and the ladder is the four-week one."""
    settings = load_settings(settings_file(tmp_path))
    assert settings.ladder.ladder() == DEFAULT_LADDER
    assert settings.decision_policy == Policy()
    assert settings.flags.backend == "flagd_file"
    assert settings.root == tmp_path


def test_relative_paths_count_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command was started; absolute ones and the home folder are left as they are."""
    settings = load_settings(settings_file(tmp_path / "deployment"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert settings.path(settings.repository.path) == tmp_path / "deployment" / "monorepo"
    assert settings.path("../elsewhere") == tmp_path / "elsewhere"
    assert settings.path("/var/lib/x") == Path("/var/lib/x")
    assert settings.path("~/x") == tmp_path / "home" / "x"


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Ten faults in ten sections are ten lines, each with its place."""
    text = """
colour = "red"
[repository]
path = "monorepo"
branch = "main"
[ledger]
url = 5
[alerts]
max_age = "soon"
[ladder]
rungs = [{ exposure = "50%", dwell = "7d" }, { exposure = "10%", dwell = "7d" }]
[policy]
required_gates = ["vibes"]
gap_cap = "10 minutes"
[calendars]
window = true
[clock]
kind = "sundial"
[council]
roster = "roster"
digest = "sha256:0"
quorum_total = 0
"""
    found = {line.partition(":")[0] for line in faults(tmp_path, text)}
    assert found >= {
        "colour", "repository.branch", "repository.profile", "ledger.url", "alerts.max_age", "ladder",
        "policy.gap_cap", "clock.kind", "council.quorum_total",
    }  # fmt: skip
    assert any(place.startswith("calendars.window") for place in found)


@pytest.mark.parametrize(
    ("text", "place", "valid"),
    [
        ("colour = 1\n" + LEAST, "colour", "platforms, policy, repository"),
        (LEAST + "[flags]\nback_end = 1\n", "flags.back_end", "backend, environment, options"),
        (LEAST + '[calendars.window]\nopens = "9"\n', "calendars.window", "days, end, start, zone"),
        (LEAST + '[[ladder.rungs]]\nexposure = "100%"\ndwell = "0d"\nstep = 1\n', "ladder.rungs.0.step", "dwell, exp"),
    ],
    ids=["top", "section", "alternative", "row"],
)
def test_an_unknown_key_is_answered_with_the_valid_ones(tmp_path: Path, text: str, place: str, valid: str) -> None:
    """A typing error is found by reading the line; ``root`` is ours and not listed."""
    line = next(line for line in faults(tmp_path, text) if line.startswith(place) and "unknown key" in line)
    assert valid in line
    assert "root" not in line


def test_the_root_cannot_be_set(tmp_path: Path) -> None:
    """A key that would be overruled silently is a fault."""
    [line] = faults(tmp_path, 'root = "/elsewhere"\n' + LEAST)
    assert line.startswith("root: not a setting")


@pytest.mark.parametrize("content", [b"[repository", b"\xff\xfe", b"a = 1\na = 2\n"], ids=["syntax", "bytes", "twice"])
def test_what_is_no_toml_is_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    """With the file's name."""
    path = tmp_path / FILE_NAME
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"prr\.toml cannot be read"):
        load_settings(path)


def test_a_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(SettingsError, match=r"prr\.toml cannot be read"):
        load_settings(tmp_path / FILE_NAME)


def test_own_checklists_are_yaml_files_each_named_once(tmp_path: Path) -> None:
    """Paths count from the settings file; every fault is told."""
    sound = loaded(tmp_path, '[checklist]\nown = ["own.yaml", "/etc/more.yml"]\n')
    assert sound.checklist.own == (Path("own.yaml"), Path("/etc/more.yml"))
    told = faults(tmp_path, LEAST + '[checklist]\nown = ["a.toml", "b"]\nowm = 1\n')
    assert told == [
        "checklist.own.0: 'a.toml' is no YAML file; name one that ends in .yaml or .yml",
        "checklist.own.1: 'b' is no YAML file; name one that ends in .yaml or .yml",
        "checklist.owm: unknown key; valid: own",
    ]
    assert faults(tmp_path, LEAST + '[checklist]\nown = ["a.yaml", "./a.yaml"]\n') == [
        "checklist.own: a.yaml stands there more than once"
    ]


def test_an_unknown_gate_is_answered_with_the_valid_ones(tmp_path: Path) -> None:
    """A gate that nobody knows would else never be asked."""
    [line] = faults(tmp_path, LEAST + '[policy]\nrequired_gates = ["canary", "vibes"]\n')
    assert line.startswith("policy: ")
    assert "'vibes'" in line
    assert all(name in line for name in ALWAYS_REQUIRED | OPTIONAL_GATES)


def test_required_gates_are_added_to_those_always_required(tmp_path: Path) -> None:
    """None can be left out by settings."""
    settings = loaded(tmp_path, '[policy]\nrequired_gates = ["canary"]\n')
    assert settings.decision_policy.required == ALWAYS_REQUIRED | {"canary"}


def test_every_fault_of_the_window_is_told_with_the_form_that_is_valid(tmp_path: Path) -> None:
    """At the start, in a line each, and nothing about the alternative that was not meant."""
    window = '[calendars.window]\ndays = [9]\nstart = "9am"\nend = "25:00"\nzone = "Europe/Berln"\n'
    found = dict(line.split(": ", 1) for line in faults(tmp_path, LEAST + window))
    assert set(found) == {f"calendars.window.{key}" for key in ("days", "start", "end", "zone")}
    assert "0 (Monday) to 6 (Sunday)" in found["calendars.window.days"]
    assert "write it like 09:00" in found["calendars.window.start"]
    assert "'25:00'" in found["calendars.window.end"]
    assert "'Europe/Berln'" in found["calendars.window.zone"]


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("[calendars.window]\ndays = []\n", "calendars.window.days: [] are no days of the week"),
        ('[calendars.window]\nstart = "09:00+01:00"\n', "calendars.window.start: '09:00+01:00' is no time of day"),
        (
            '[calendars.window]\nend = "09:00"\n',
            "calendars.window: it starts and ends at 09:00; for all day write",
        ),
        ('[calendars]\nzone = "Mars/Base"\n', "calendars.zone: There is no time zone 'Mars/Base'"),
    ],
    ids=["no day", "with a zone", "no length", "calendars' zone"],
)
def test_a_window_that_there_cannot_be_is_refused(tmp_path: Path, lines: str, line: str) -> None:
    """It would else hold every promotion, or none."""
    [found] = faults(tmp_path, LEAST + lines)
    assert found.startswith(line)


def test_a_window_may_last_all_day_or_pass_midnight(tmp_path: Path) -> None:
    """Both are windows."""
    for start, end in (("00:00", "00:00"), ("22:00", "04:30"), ("09:00:30", "16:00")):
        window = loaded(tmp_path, f'[calendars.window]\nstart = "{start}"\nend = "{end}"\n').calendars.window
        assert window is not False
        assert (window.start, window.end) == (start, end)


@pytest.mark.parametrize("backend", ["unleash", "launchdarkly"])
def test_a_time_lapse_drives_only_file_and_memory(tmp_path: Path, backend: str) -> None:
    """Real users never live a week a minute."""
    lapsed = f'[flags]\nbackend = "{backend}"\n[clock]\nkind = "lapsed"\npath = "clock.json"\n'
    [line] = faults(tmp_path, LEAST + lapsed)
    assert line == f"clock.kind: time-lapse drives only the file and memory back ends, not '{backend}'"
    assert loaded(tmp_path, lapsed.replace(backend, "memory")).clock.kind == "lapsed"


@pytest.mark.parametrize("kind", ["file", "lapsed"])
def test_a_clock_in_a_file_needs_the_file(tmp_path: Path, kind: str) -> None:
    """There is no default place for time."""
    assert faults(tmp_path, LEAST + f'[clock]\nkind = "{kind}"\n') == [f"clock.kind: '{kind}' needs clock.path"]


def test_contradictions_are_told_at_once(tmp_path: Path) -> None:
    """Between sections as within them."""
    text = '[flags]\nbackend = "unleash"\n[clock]\nkind = "lapsed"\n'
    assert len(faults(tmp_path, LEAST + text)) == 2


def test_a_signature_may_be_a_week_old_at_most(tmp_path: Path) -> None:
    """But in a time-lapse, where a week is a minute."""
    council = '[council]\nroster = "roster"\ndigest = "sha256:0"\nsignoff_max_age = "8d"\n'
    [line] = faults(tmp_path, LEAST + council)
    assert line.startswith("council.signoff_max_age: 8 days is above the limit of 7")
    lapsed = council + '[clock]\nkind = "lapsed"\npath = "clock.json"\n'
    assert loaded(tmp_path, lapsed).council is not None


def test_the_ladder_is_read_with_its_rest(tmp_path: Path) -> None:
    """Every share below everybody has the rest that the ladder names."""
    rungs = '[ladder]\nrest = "shadow"\nrungs = [{ exposure = "5%", dwell = "1d", approval_required = true }, '
    ladder = loaded(tmp_path, rungs + '{ exposure = "100%", dwell = "0d" }]\n').ladder.ladder()
    assert ladder.rest is Rest.SHADOW
    assert [rung.exposure for rung in ladder.rungs] == [Exposure.share(500, Rest.SHADOW), FULL]
    assert (ladder.rungs[0].approval_required, ladder.rungs[0].dwell) == (True, timedelta(days=1))
    assert ladder.exposure(-1) == OFF


@pytest.mark.parametrize(
    ("rungs", "why"),
    [
        ('{ exposure = "50%", dwell = "7d" }', "ends at 100%"),
        ('{ exposure = "off", dwell = "7d" }, { exposure = "100%", dwell = "7d" }', "starts above off"),
        ('{ exposure = "half", dwell = "7d" }', "'half' is no exposure"),
        ('{ exposure = "10%", dwell = "7d" }, { exposure = "10%", dwell = "7d" }', "rises strictly"),
        ("", "list 1 or more rungs that end at 100%"),
    ],
)
def test_an_unsound_ladder_is_told_with_the_rule(tmp_path: Path, rungs: str, why: str) -> None:
    """At the start, not at the first promotion."""
    [line] = faults(tmp_path, LEAST + f"[ladder]\nrungs = [{rungs}]\n")
    assert line.startswith(("ladder: ", "ladder.rungs: "))
    assert why in line


@pytest.mark.parametrize("name", ["jump_limit", "drill_max_age"])
def test_a_limit_that_nothing_can_keep_is_refused(tmp_path: Path, name: str) -> None:
    """At 0 s each tick would be a jump of the clock, and each drill too old."""
    [line] = faults(tmp_path, LEAST + f'[policy]\n{name} = "0s"\n')
    assert line.startswith(f"policy.{name}: ")
    assert "give 1s to 3650d" in line


def test_sections_that_are_left_out_may_be_given(tmp_path: Path) -> None:
    """What a file has stands; without a stand-in its repository is required as ever."""
    (tmp_path / "prr.toml").write_text('[policy]\nwatch = "3d"\n')
    given = {"repository": {"path": ".", "profile": "plain"}, "policy": {"watch": "9d"}}
    settings = load_settings(tmp_path / "prr.toml", given)
    assert (settings.policy.watch.days, settings.repository.profile) == (3, "plain")
    with pytest.raises(SettingsError, match="repository: Field required"):
        load_settings(tmp_path / "prr.toml")


def test_the_policy_takes_the_age_limit_of_alerts(tmp_path: Path) -> None:
    """One number, in one place."""
    settings = loaded(tmp_path, '[alerts]\nmax_age = "10s"\n[policy]\nwatch = "14d"\n')
    assert settings.decision_policy == Policy(alert_max_age=timedelta(seconds=10), watch=timedelta(days=14))


def test_the_options_of_the_inbox_are_of_no_other_source(tmp_path: Path) -> None:
    """Whoever names another source is not told of options that nobody wrote."""
    assert loaded(tmp_path, "[alerts]\n").alerts.options == {"folder": ".prr/inbox", "heartbeat_limit_seconds": 300}
    assert loaded(tmp_path, '[alerts]\nsource = "alertmanager"\n').alerts.options == {}
    text = '[alerts]\nsource = "alertmanager"\noptions = { url = "https://alerts.example.org" }\n'
    assert loaded(tmp_path, text).alerts.options == {"url": "https://alerts.example.org"}


def test_settings_cannot_be_changed_after_reading(tmp_path: Path) -> None:
    """Two parts of one process never see two policies."""
    settings = load_settings(settings_file(tmp_path))
    with pytest.raises(ValueError, match="frozen"):
        settings.root = tmp_path
