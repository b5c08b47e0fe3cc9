"""A run stands for a state of a draft: it stays when the draft is drawn on, and no more runs wait than may."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from app.actions import simulate
from app.actions.diagram_drafts import save_draft
from app.actions.simulate import ask_for_draft, cancel_simulation, retry_simulation
from app.errors import DomainError
from app.simulation.draws import Spread
from app.simulation.plan import LoadPlan, Stream
from app.store import diagram_drafts
from app.store.diagram_drafts import DraftFiles
from tests.actions.designing import LINEAR, context_of, new_draft
from tests.actions.scene import Scene

PLAN = LoadPlan(date(2026, 11, 30), 1, streams=(Stream("A", 5),))


def drawn_on(scene: Scene, draft_id: int, note: str) -> int:
    """One more automatic state; its number."""
    with scene.reading() as connection:
        found = diagram_drafts.find_draft(connection, draft_id)
    assert found is not None
    files = DraftFiles(LINEAR.rstrip() + f"<!--{note}-->".encode())
    return save_draft(context_of(scene, "admin"), draft_id, found.revision, files).revision


def test_a_state_that_was_simulated_stays_when_the_same_person_goes_on_drawing(scene: Scene) -> None:
    made = new_draft(scene)
    with scene.app.app_context():
        drawn_on(scene, made, "a")
        simulated = drawn_on(scene, made, "b")
        ask_for_draft(context_of(scene, "admin"), made, None, PLAN, "Gốc", "quang_tri")
        passing = drawn_on(scene, made, "c")
        drawn_on(scene, made, "d")
        again = ask_for_draft(context_of(scene, "admin"), made, simulated, PLAN, "Phương án", "quang_tri")
    assert again
    with scene.reading() as connection:
        kept = [one.number for one in diagram_drafts.revisions(connection, made)]
    assert simulated in kept
    assert passing not in kept


def test_runs_are_begun_again_only_as_long_as_there_is_room(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulate, "MOST_GOING", 1)
    made = new_draft(scene)
    with scene.app.app_context():
        context = context_of(scene, "admin")
        first = ask_for_draft(context, made, None, PLAN, "Một", "quang_tri")
        cancel_simulation(context, first)
        ask_for_draft(context, made, None, PLAN, "Hai", "quang_tri")
        with pytest.raises(DomainError) as refused:
            retry_simulation(context, first)
    assert refused.value.code == "too_many_requests"


def test_times_that_were_measured_come_out_as_they_were() -> None:
    """Half below the median, a tenth above the ninth tenth."""
    source, spread = Random(9), Spread.measured(60, 240)  # noqa: S311 - the same draws again
    drawn = sorted(spread.drawn(source) for _ in range(20_000))
    assert drawn[10_000] == pytest.approx(60, rel=0.05)
    assert drawn[18_000] == pytest.approx(240, rel=0.05)
