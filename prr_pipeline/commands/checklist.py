"""Is it ready? `prr check`, `prr lines`, `prr subjects`."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import AsJson, complain, invocation, print_json, show
from prr_pipeline.commands.progress import progress
from prr_pipeline.commands.report_file import Format, written_to
from prr_pipeline.errors import PrrError
from prr_pipeline.subjects import Subject, SubjectKind, Target, parse_kind, parse_promotion_key, parse_target

if TYPE_CHECKING:
    from prr_pipeline.control.checking import Checkup
    from prr_pipeline.reports.line_pages import LinePages

app = verbs.Group()
Profile = Annotated[str | None, verbs.Option(help="The conventions to judge by; else those of the settings.")]
Repository = Annotated[
    Path | None, verbs.Option(help="The monorepo; else the settings' one, else the git repository around here.")
]
Commit = Annotated[str | None, verbs.Option(help="A commit, branch or tag; the working tree unless given.")]
Base = Annotated[
    str | None,
    verbs.Option(
        "--base",
        help="Show what changed since this commit, branch or tag: since its merge base with what is judged, as in a "
        "pull request. The exit code then counts only what became worse.",
    ),
]
Kind = Annotated[
    str | None, verbs.Option(help="The subject kind of a bare name (operation unless given); with --all, that alone.")
]
Output = Annotated[
    Path | None, verbs.Option("--output", help="Write the report to this file, in one step at the end; - is stdout.")
]
Checklists = Annotated[
    list[Path] | None,
    verbs.Option("--checklist", help="A YAML or JSON file of your own lines, asked too; may be given again."),
]
DocsUrl = Annotated[
    str | None, verbs.Option("--docs-url", help="Where the docs/ of prr_pipeline are published, for links to lines.")
]


@app.verb()
def check(
    context: verbs.Context,
    subject: Annotated[str | None, verbs.Argument(help="What to judge: createGrant, or service identity.")] = None,
    name: Annotated[str | None, verbs.Argument(help="The name, where the first word is a subject kind.")] = None,
    everything: Annotated[bool, verbs.Option("--all", help="Judge every subject.")] = False,
    kind: Kind = None,
    target: Annotated[str | None, verbs.Option(help="beta or ga: ask only the lines up to there.")] = None,
    section: Annotated[str | None, verbs.Option(help="Ask only the lines of this section.")] = None,
    profile: Profile = None,
    repository: Repository = None,
    commit: Commit = None,
    base: Base = None,
    checklist: Checklists = None,
    as_json: AsJson = False,
    form: Annotated[Format, verbs.Option("--format", help="How to write the report.")] = Format.TERMINAL,
    output: Output = None,
    docs_url: DocsUrl = None,
    cache: Annotated[bool, verbs.Option("--cache/--no-cache", help="Remember verdicts between runs.")] = True,
) -> None:
    """Judge a subject against its checklist.

    Exit code 0: every counted line passes. 1: one is unmet and not justified. 2: none is unmet, one is unknown.
    3: nothing could be judged. With --base, 0: no counted line became worse. 1: the change made one unmet, or voided
    what let it pass. 2: one is worse or unmet, and whether the change did it is not known.
    """
    from prr_pipeline.commands.check_output import write_one
    from prr_pipeline.control.checking import Checkup
    from prr_pipeline.control.places import open_place
    from prr_pipeline.reports.line_pages import LinePages

    if bool(subject) == everything:
        raise PrrError("Name one subject, as in `prr check createGrant`, or give --all; one of the two.")
    if subject in list(SubjectKind) and name is None and kind is None:
        raise PrrError(
            f"`prr check {subject}` names a kind and no subject: give the name, as in `prr check {subject} NAME`, or "
            f"judge all of them with `prr check --all --kind {subject}`."
        )
    form = Format.JSON if as_json else form
    pages = LinePages(docs_url)
    settings = invocation(context).settings()
    place = open_place(
        settings, repository=repository, commit=commit, profile=profile, remember=cache, checklists=checklist or ()
    )
    if base is not None:
        from prr_pipeline.commands.check_base import Writing, compare_many, compare_one, open_base

        since, how = open_base(place, base, settings, profile), Writing(form, output, pages, section)
        if subject is None:
            wanted = parse_target(target) if target else None
            unlisted: list[str] = []
            code = compare_many(place, since, parse_kind(kind) if kind else None, wanted, how, unlisted)
            raise verbs.Exit(_beside(unlisted, code))
        named, wanted = promotion_named(f"{subject} {name}" if name else subject, kind, target)
        from prr_pipeline.control.naming_subjects import require_known

        require_known(named, place, since.place)
        raise verbs.Exit(compare_one(place, since, named, wanted, how))
    if subject is None:
        checkup = Checkup(place, parse_target(target) if target else None)
        faults: list[str] = []
        found = checkup.subjects(parse_kind(kind) if kind else None, faults)
        with written_to(output, form):
            code = _many(checkup, found, section, form, pages)
        raise verbs.Exit(_beside(faults, code))
    named, wanted = promotion_named(f"{subject} {name}" if name else subject, kind, target)
    from prr_pipeline.control.naming_subjects import require_known

    require_known(named, place)
    checkup = Checkup(place, wanted)
    one = next(iter(checkup.check([named], section)))
    with written_to(output, form):
        write_one(one, form, checkup, pages)
    raise verbs.Exit(one.report.exit_code)


@app.verb()
def lines(
    context: verbs.Context, checklist: Checklists = None, docs_url: DocsUrl = None, as_json: AsJson = False
) -> None:
    """List every line of the checklists, those of the settings' own and of each --checklist too."""
    from prr_pipeline.control.asked import asked_lines
    from prr_pipeline.reports.line_pages import LinePages
    from prr_pipeline.reports.lines_listing import lines_data, lines_screen

    pages = LinePages(docs_url)
    catalogue = asked_lines(invocation(context).settings(), checklist or ())
    if as_json:
        print_json(lines_data(catalogue, pages))
        return
    show(lines_screen(catalogue))


@app.verb()
def subjects(
    context: verbs.Context,
    kind: Annotated[str | None, verbs.Option(help="List this kind alone.")] = None,
    profile: Profile = None,
    repository: Repository = None,
    commit: Commit = None,
    as_json: AsJson = False,
) -> None:
    """List what can be judged by name, with its maturity, its bounded context and its open promotion."""
    from prr_pipeline.control.listing import list_subjects
    from prr_pipeline.control.places import open_place

    place = open_place(invocation(context).settings(), repository=repository, commit=commit, profile=profile)
    faults: list[str] = []
    found = list_subjects(place, parse_kind(kind) if kind else None, faults)
    if as_json:
        print_json({"subjects": [one.as_data() for one in found]})
    else:
        from prr_pipeline.reports.listings import subjects_screen

        show(subjects_screen(found), work=place.work)
    raise verbs.Exit(_beside(faults, 0))


def subject_named(text: str, kind: str | None) -> Subject:
    """The subject that a person named: ``service identity``, or a bare name of the given kind, else an operation."""
    first, space, _ = text.partition(" ")
    return Subject.parse(text) if space and first else Subject(parse_kind(kind or SubjectKind.OPERATION), text)


def promotion_named(text: str, kind: str | None, target: str | None) -> tuple[Subject, Target | None]:
    """The subject and target that a person named: a key such as createGrant:ga, or a subject and ``--target``."""
    wanted = parse_target(target) if target else None
    with suppress(PrrError):
        subject, in_key = parse_promotion_key(text)
        if wanted in (None, in_key):
            return subject, in_key
    return subject_named(text, kind), wanted


def _beside(faults: Iterable[str], code: int) -> int:
    """Tell what could not be listed; what was not looked at makes the exit code at least 2, unknown."""
    told = list(faults)
    for fault in told:
        complain(fault)
    return code or (2 if told else 0)


def _many(checkup: Checkup, found: Iterable[Subject], section: str | None, form: Format, pages: LinePages) -> int:
    """Write each report as it is made and keep none; returns the exit code of all."""
    from prr_pipeline.commands.check_output import many_writer, page_writer
    from prr_pipeline.reports.tally import Tally

    named = list(found)
    tally = Tally()
    with progress(len(named)) as advance:
        writer = many_writer(form, checkup, pages)
        for one in checkup.check(named, section, remember=True, write=page_writer(form, checkup)):
            tally.add(one)
            writer.add(one)
            advance()
    writer.close(tally)
    return tally.exit_code
