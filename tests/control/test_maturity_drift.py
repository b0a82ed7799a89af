"""A specification that states more than the ledger entitles to: told once per change, in bounds, in nobody's way."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.control.drift import sweep
from prr_pipeline.control.maturity_drift import NOTICE, above_ledger, look_at_maturity
from prr_pipeline.control.status import detail
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.ledger.outbox import Notice
from prr_pipeline.subjects import Subject, SubjectKind
from tests.control.scene import SPEC, Scene

KEY = "createGrant:beta"
CREATE = Subject(SubjectKind.OPERATION, "createGrant")


def told(scene: Scene) -> Notice | None:
    """The open notice about maturities."""
    found = [one for one in scene.work.ledger.outbox.open_notices() if one.dedup_key == NOTICE]
    assert len(found) <= 1
    return found[0] if found else None


def all_told(scene: Scene) -> list[Notice]:
    """Every notice about maturities, closed ones too."""
    return [one for one in scene.work.ledger.outbox.undelivered("nobody") if one.dedup_key == NOTICE]


def state(scene: Scene, level: str) -> None:
    """Let every operation of the specification at the tracked ref state this level."""
    import re

    scene.edit(SPEC, lambda text: re.sub(r"(x-matter-maturity: \{level: )\w+", rf"\g<1>{level}", text))
    scene.commit()


def book(scene: Scene, name: str, target: str, kind: EventType = EventType.MATURITY_ADOPTED) -> None:
    """Write into the ledger what an adoption, or a regression, would."""
    payload = {"subject": f"operation {name}", "target": target, "reason": "test"}
    scene.work.ledger.append([Draft(f"subject/operation/{name}", kind, payload, "person:noor")])


def operations(scene: Scene) -> int:
    """How many operations the specification has."""
    return (scene.deployment.monorepo / SPEC).read_text().count("operationId:")


def test_the_first_day_of_many_is_one_notice(empty: Scene) -> None:
    """All operations that were there before the pipeline are counted, a few named, and adopting is the way out."""
    state(empty, "GA")
    words = look_at_maturity(empty.work)
    notice = told(empty)
    assert notice is not None
    assert operations(empty) > 5
    assert words == f"{operations(empty)} operation(s) state a maturity above the ledger's" == notice.title
    assert f"and {operations(empty) - 5} more" in notice.body
    assert "GA, the ledger records none" in notice.body
    assert "prr adopt prepare" in notice.body
    assert notice.about == "system"


def test_a_tick_without_news_reads_and_tells_nothing(empty: Scene) -> None:
    """Neither the ref nor the ledger moved: the words are those that are kept. A row that is damaged is made anew."""
    state(empty, "GA")
    first = look_at_maturity(empty.work)
    counters, place = empty.work.ledger.counters, ("maturity_above", "specification")
    row = counters.get(*place)
    assert row is not None
    counters.put(*place, {**row, "words": "as kept"})
    empty.clock.advance(timedelta(hours=1))
    assert look_at_maturity(empty.work) == "as kept"
    counters.put(*place, {**row, "words": 3})
    assert look_at_maturity(empty.work) == first
    assert len(all_told(empty)) == 1


def test_each_change_is_told_once_and_the_end_settles_it(empty: Scene) -> None:
    """A commit of something else is no news; one operation less is; none left closes the notice."""
    state(empty, "Preview")
    assert (look_at_maturity(empty.work), told(empty)) == ("", None)
    empty.edit(SPEC, lambda text: text.replace("level: Preview", "level: Beta", 2))
    empty.commit()
    look_at_maturity(empty.work)
    empty.edit("README.md", lambda text: f"{text}\nmore\n")
    empty.commit()
    look_at_maturity(empty.work)
    assert len(all_told(empty)) == 1
    notice = told(empty)
    assert notice is not None
    names = [part.partition(":")[0] for part in notice.body.split("; ")]
    book(empty, names[0], "beta")
    look_at_maturity(empty.work)
    assert [one.title[:1] for one in all_told(empty)] == ["2", "1"]
    notice = told(empty)
    assert notice is not None
    assert notice.about == f"operation {names[1].partition(':')[0]}"
    book(empty, notice.about.partition(" ")[2], "ga")
    assert (look_at_maturity(empty.work), told(empty)) == ("", None)


def test_a_withdrawn_maturity_is_told(empty: Scene) -> None:
    """The specification states it still."""
    state(empty, "Preview")
    empty.edit(SPEC, lambda text: text.replace("level: Preview", "level: Beta", 1))
    empty.commit()
    look_at_maturity(empty.work)
    notice = told(empty)
    assert notice is not None
    name = notice.about.partition(" ")[2]
    book(empty, name, "beta")
    assert look_at_maturity(empty.work) == ""
    book(empty, name, "beta", EventType.MATURITY_WITHDRAWN)
    assert look_at_maturity(empty.work)
    assert told(empty) is not None


def test_what_came_last_is_named_first(empty: Scene) -> None:
    """Among a thousand that wait for adoption, the one that is new today is seen."""
    state(empty, "GA")
    empty.edit(SPEC, lambda text: "level: Preview".join(text.rsplit("level: GA", 1)))
    empty.commit()
    look_at_maturity(empty.work)
    before = told(empty)
    assert before is not None
    empty.edit(SPEC, lambda text: text.replace("level: Preview", "level: GA"))
    empty.commit()
    look_at_maturity(empty.work)
    after = told(empty)
    assert after is not None
    assert after.body.split(":")[0] not in before.body


def test_a_broken_specification_says_so_and_stops_no_flag(signed: Scene) -> None:
    """The sweep goes on, and what was told before stands."""
    state(signed, "GA")
    sweep(signed.work)
    standing = told(signed)
    signed.edit(SPEC, lambda text: "openapi: [")
    signed.commit()
    signed.work.ledger.append([Draft(KEY, EventType.PROMOTION_ENDED, {"cause": "test"}, "run:test")])
    signed.write_flag(KEY, Exposure.share(5_000))
    found = sweep(signed.work)
    assert list(found.drifted) == [KEY]
    assert signed.state(KEY).exposure == signed.flag(KEY)
    assert "the specification's maturities cannot be compared" in found.words
    assert KEY in found.words
    assert told(signed) == standing


def test_a_monorepo_that_is_gone_says_so(signed: Scene) -> None:
    """The flags are compared all the same."""
    (signed.deployment.monorepo / ".git").rename(signed.deployment.folder / "gone")
    found = sweep(signed.work)
    assert list(found.shown) == [KEY]
    assert "is not a git repository" in found.words


def test_the_promotions_page_says_it(signed: Scene) -> None:
    """Whoever looks at one promotion sees that the specification is ahead of it."""
    state(signed, "GA")
    assert detail(signed.work, KEY).above_ledger == ""
    assert "above the ledger's" in sweep(signed.work).words
    said = detail(signed.work, KEY).above_ledger
    assert said.startswith("the specification states GA, the ledger records none (")
    state(signed, "Preview")
    sweep(signed.work)
    assert above_ledger(signed.work, CREATE) == ""
