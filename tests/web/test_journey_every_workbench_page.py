"""Every page about procedures and drafts of their diagrams: what holds for every page holds for these."""

from __future__ import annotations

from tests.actions.scene import Scene
from tests.fixtures.browser import Person, Visitor
from tests.web.test_journey_every_page import EVERY, of_the_workbench, what_is_wrong


def test_what_holds_for_every_page_of_the_workbench(scene: Scene, person: Person, visitor: Visitor) -> None:
    found = what_is_wrong(scene, person, visitor, [place for place in EVERY if of_the_workbench(place)])
    assert not found, "\n".join(found)
