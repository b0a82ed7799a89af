"""The demo's story ends well beside a person who tries things out while it runs."""

from __future__ import annotations

from prr_pipeline.control.orders import Order, roll_back
from prr_pipeline.demo.endings import CLIMBS, HELD, KEYS, LOWERED, WORSE
from prr_pipeline.demo.story import Story
from prr_pipeline.subjects import Target
from tests.control.scene import Scene

BY = Order("you", "trying it out")


def opened(scene: Scene, said: list[str]) -> Story:
    """The five promotions, open and not judged yet."""
    for key in KEYS:
        scene.adopt(key.partition(":")[0])
        scene.open(key.partition(":")[0], Target.GA, needs=[])
    return Story(scene.work, scene.deployment, said.append)


def test_a_promotion_that_a_person_rolled_back_is_left_to_them(empty: Scene) -> None:
    """It is told once, and neither waited for nor called wrong; the others still are."""
    said: list[str] = []
    story = opened(empty, said)
    assert set(story.wrong()) == {CLIMBS, HELD, LOWERED, WORSE}
    roll_back(empty.work, [HELD], BY)
    story.step()
    story.step()
    assert said == [f"{HELD}: rolled back by you: trying it out; the story goes on without it"]
    assert set(story.wrong()) == {CLIMBS, LOWERED, WORSE}
    assert not story.is_over


def test_a_story_in_which_a_person_took_everything_over_is_over(empty: Scene) -> None:
    """Nothing is waited for that cannot come any more."""
    story = opened(empty, [])
    roll_back(empty.work, [CLIMBS, HELD, LOWERED, WORSE], BY)
    assert not story.is_over
    story.step()
    assert story.is_over
    assert story.wrong() == {}
