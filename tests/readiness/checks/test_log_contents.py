"""What is given to log calls (the first part of L8)."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, loop
from tests.readiness.fakes import run

CODE = "services/identity/src/app.ts"
WORDS: dict[str, Any] = {
    "code": "services/{service}/src/**/*.ts",
    "calls": ["logger.*", "console.*"],
    "names": ["patient", "checkIn", "access_token"],
    "harmless": ["id", "count", "is"],
    "wrapper": "safeView",
}
MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN


def found(code: str, **changes: Any) -> Finding:
    """The finding over one file."""
    return run("logs_hide_values", {**WORDS, **changes}, {CODE: code}, subject=IDENTITY, using=loop())


CASES = [
    ("a parameter by its type", "const f = (p: Patient[]) => logger.info(p);", UNMET),
    ("a member of one", "const f = (p: Readonly<Patient>) => logger.info(p.email);", UNMET),
    ("its id", "const f = (p: Patient) => logger.info(p.id, p.name.count);", MET),
    ("a type of ids", "const f = (p: PatientId) => logger.info(p);", MET),
    ("a taken apart parameter", "const f = ({ patient }) => logger.info(patient);", UNMET),
    ("an inner name hides an outer one", "const f = (p: Patient) => () => { const p = 1; logger.info(p); };", MET),
    ("two words in one name", "logger.info(lastCheckIn);", UNMET),
    ("a word with an underscore", "logger.info({ accessToken });", UNMET),
    ("a method that gives it", "logger.info(repo.patientOf(grant));", UNMET),
    ("a constructor around it", "logger.info(new Fault(patient));", UNMET),
    ("by index", "logger.info(rows[patient]);", UNMET),
    ("in a list", "logger.info([1, patient]);", UNMET),
    ("a default", "logger.info(name ?? patient.name);", UNMET),
    ("a condition alone", "logger.info(patient ? 1 : 2);", MET),
    ("a count", "logger.info(countPatients(), patient.visits.count);", MET),
    ("filtered, then counted", "logger.info(patients.filter((p) => p.active).count);", MET),
    ("each as a part", "logger.info(patients.map((p) => ({ name: p.name })));", UNMET),
    ("each wrapped", "logger.info(patients.map((p) => safeView(p)));", MET),
    ("a part of what is wrapped", "logger.info(safeView(patient).email);", MET),
    (
        "a wrapper of a namespace",
        "import * as platform from '@platform/core';\nlogger.info(platform.safeView(patient));",
        MET,
    ),
    (
        "a wrapper under another name",
        "import { safeView as hide } from '@platform/core';\nlogger.info(hide(patient));",
        MET,
    ),
    ("a constant made of it", "const line = `for ${patient}`;\nlogger.info(line);", UNMET),
    ("constants in a circle", "const a = b;\nconst b = a;\nlogger.info(a);", UNKNOWN),
    ("a logger under another name", "import { logger as l } from '@platform/core';\nl.info(patient);", UNMET),
    ("a logger that was taken", "const { info } = logger;\ninfo(patient);", UNMET),
    ("a logger that was made", "const l = logger.child({});\nl.info(patient);", UNMET),
    ("a logger of another name", "report.info(patient);\nlogger.info(1);", MET),
    ("an optional call", "logger?.info?.(patient);", UNMET),
    ("a wrapper of a line", "const log2 = (x: object) => logger.info(x);\nlog2(patient);", UNMET),
    (
        "a wrapper with a text",
        "function note(t, x) { logger.info(`${t} ${x}`); }\nnote('a', patient);",
        UNMET,
    ),
    ("a wrapper of all", "const out = (...all: object[]) => logger.info(...all);\nout(1, patient);", UNMET),
    ("a wrapper of a wrapper", "const a = (x) => logger.info({ x });\nconst b = (y) => a(y);\nb(patient);", UNMET),
    ("a wrapper that logs another thing", "const a = (x, y) => logger.info(y);\na(patient, 1);", MET),
    ("a wrapper that logs a part", "const a = (x) => logger.info(x.kind);\na(patient);", MET),
    ("a wrapper that hides", "const a = (x) => logger.info(safeView(x));\na(patient);", MET),
    ("a wrapper of what is no log", "const a = (x) => report(x);\na(patient);\nlogger.info(1);", MET),
    ("what running tells", "logger.info((1, patient));", UNKNOWN),
    ("a sequence without it", "logger.info((1, 2));", MET),
    ("a truth about it", "logger.info({ known: Boolean(patient) });", MET),
    ("under its name, by default nothing", "logger.info({ patient: first ?? second });", UNMET),
    ("under its name, one of two texts", "logger.info({ patient: known ? 'yes' : 'no' });", MET),
    ("an empty file", "", UNKNOWN),
]


@pytest.mark.parametrize(("code", "outcome"), [each[1:] for each in CASES], ids=[each[0] for each in CASES])
def test_a_log_call_is_judged_by_what_it_is_given(code: str, outcome: Outcome) -> None:
    """By names of variables, properties, functions and types."""
    assert found(code).outcome is outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("const safeView = (x) => x;\nlogger.info(safeView(patient));", UNKNOWN),
        ("import { safeView } from './fake';\nlogger.info(safeView(patient));", UNKNOWN),
        ("import { same as safeView } from '@platform/logging';\nlogger.info(safeView(patient));", UNKNOWN),
        ("const safeView = (x) => x;\nlogger.info(patient);", UNMET),
        ("import { safeView } from '@platform/logging';\nconst hide = safeView;\nlogger.info(hide(patient));", MET),
        ("import * as log from '@platform/logging';\nlogger.info(log.safeView(patient));", MET),
    ],
)
def test_a_wrapper_is_the_shared_one(code: str, outcome: Outcome) -> None:
    """One that the service makes itself may hide nothing."""
    assert found(code).outcome is outcome


def test_prefixes_must_stand_in_no_text() -> None:
    """A token that is written out is a token; without a wrapper the way out is to leave it out."""
    bad = found('logger.info("lph_at_1");', prefixes=["lph_at_"], wrapper=None)
    assert bad.message == f"{CODE}:1 logs lph_at_...; leave it out."
    assert found("logger.info(`x lph_at_${rest}`);", prefixes=["lph_at_"]).outcome is UNMET
    assert found('logger.info("lph");', prefixes=["lph_at_"]).outcome is MET


def test_findings_say_where_and_what_to_do() -> None:
    """Places carry file, line and value."""
    bad = found("\nlogger.info({\n  patient,\n  total: visit.checkIn,\n});")
    assert (
        bad.message == f"{CODE}:3 logs patient, {CODE}:4 logs visit.checkIn; wrap it with safeView() or leave it out."
    )
    assert [(place.line, place.snippet) for place in bad.locations] == [(3, "patient"), (4, "visit.checkIn")]
    assert found("logger.info(1);").locations[0].snippet == "logger.info"


def test_what_is_not_seen_has_a_reason() -> None:
    """No log call at all says that the declared names are not those in use."""
    assert found("report(patient);").reason is Reason.NO_EVIDENCE
    assert found("logger.info(").reason is Reason.NOT_RESOLVABLE


def test_an_edit_elsewhere_leaves_the_digest() -> None:
    """A person attests log statements; another statement asks that person again."""
    first = found("logger.info(1);")
    assert found("const more = 1;\n\nlogger.info(\n  1);").subject_digest != found("logger.info(2);").subject_digest
    assert found("const more = 1;\nlogger.info(1);").subject_digest == first.subject_digest
    assert found("logger.info(1);\nlogger.warn(id);").subject_digest != first.subject_digest


def test_constants_made_of_each_other_end() -> None:
    """What doubles with each step is given up, and so unknown; a long sum is not nested."""
    doubled = "\n".join(f"const a{at} = `${{a{at + 1}}}${{a{at + 1}}}`;" for at in range(11))
    assert found(f"{doubled}\nconst a11 = [{'1, ' * 9}];\nlogger.info(a0);").outcome is UNKNOWN
    assert found(f"logger.info({' + '.join(['a'] * 40)} + patient);").outcome is UNMET
