"""kill -9 in the middle of fifty running dossiers: what was acknowledged is there once, nothing is stuck, sums are right."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from app.store import dossiers
from tests.drill.crew import KINDS, Crew
from tests.drill.town import PATIENCE, Town, town
from tests.drill.waiting import until
from tests.journey.soundness import faults

DOSSIERS = 50
THREADS = 12
ACTIONS_A_KILL = 45
LEFT = 10  # every tenth dossier stays at its approval, so that its watch fires to the end
ROUNDS = int(os.environ.get("MOTCUA_DRILL_ROUNDS", "20"))
WATCH = ("due_soon_reached", "deadline_reached", "appointment_reached")


WEB, FIRST, SECOND, DATABASE = "web", "first", "second", "database"


def drill(seed: int, victims: Sequence[str], web_workers: int) -> None:
    """One round: these parts are killed one after the other in an order and at moments that `seed` decides."""
    chance = Random(seed)  # noqa: S311 - the same course of kills for the same seed
    with town(web_workers) as place:
        crew = Crew(place.port, place.tokens, DOSSIERS, THREADS, LEFT, seed)
        crew.start()
        try:
            for number, victim in enumerate(chance.sample(victims, len(victims)), start=1):
                _at_a_random_moment(place, crew, number * ACTIONS_A_KILL + chance.randint(-20, 20))
                if victim == DATABASE:
                    place.kill_database()
                else:
                    place.kill(next(part for part in place.parts if part.name == victim))
            until(f"the crew is done ({crew.progress()})", lambda: _supervised(place, crew), PATIENCE)
        finally:
            crew.stop()
        assert crew.surprises == []
        assert sum(part.kills for part in place.parts) == len(victims) - list(victims).count(DATABASE)
        _settle(place)
        _everything_acknowledged_is_there_once(place, crew)
        _nothing_is_stuck(place, crew)
        _every_dossier_is_sound(place, crew)
        _timers_took_effect_once(place, crew)
        _mails_were_told_once(place)
        _no_number_is_missing_or_there_twice(place, crew)


def _at_a_random_moment(place: Town, crew: Crew, goal: int) -> None:
    """When so many actions were acknowledged; what the others are just doing then is anything."""
    until(f"{goal} acknowledged", lambda: _supervised(place, crew) or len(crew.acknowledged) >= goal, PATIENCE)


def _supervised(place: Town, crew: Crew) -> bool:
    place.start_what_ended()
    return crew.done


def _settle(place: Town) -> None:
    """With everything running again: due timers fire, jobs of dead workers are taken up, mails go out."""
    place.start_what_ended()
    living = place.replace_workers()
    place.all_ready()
    until("no timer is due", lambda: place.number(_DUE) == 0, PATIENCE)
    # The watches of the dossiers that were left fire to the end, which is some seconds away.
    until("nothing more will be due", lambda: place.number("SELECT count(*) FROM timers") == 0, PATIENCE)
    place.recover_jobs(living)
    until("all jobs are done", lambda: place.number(_UNDONE) == 0, PATIENCE)


_DUE = "SELECT count(*) FROM timers WHERE due_at <= now() AND incident IS NULL"
_UNDONE = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = 'send_delivery'"


def _everything_acknowledged_is_there_once(place: Town, crew: Crew) -> None:
    """Nobody gave up, so what people did and what was acknowledged are the same, row for row."""
    assert len(set(crew.codes)) == len(crew.codes) == DOSSIERS
    rows = place.ask(
        "SELECT d.code, h.kind, h.task_id FROM history h JOIN dossiers d ON d.id = h.dossier_id"
        " WHERE h.account_id IS NOT NULL AND h.kind = ANY(:kinds)",
        kinds=["registered", *KINDS.values()],
    )
    there = Counter((row.code, row.kind, row.task_id) for row in rows)
    acknowledged = Counter((one.code, one.kind, one.task) for one in crew.acknowledged)
    assert there == acknowledged
    assert place.number("SELECT count(*) FROM dossiers") == DOSSIERS
    assert place.number("SELECT count(*) FROM idempotency_keys") == len(crew.acknowledged) + len(crew.numbers)


def _nothing_is_stuck(place: Town, crew: Crew) -> None:
    assert place.ask("SELECT id, incident FROM timers WHERE incident IS NOT NULL") == []
    rows = place.ask(
        "SELECT d.code, d.status, (SELECT count(*) FROM tasks t WHERE t.dossier_id = d.id AND t.state = 'open') AS open"
        " FROM dossiers d"
    )
    stuck = [row.code for row in rows if row.status != 10 and row.open == 0]
    assert stuck == []
    assert {row.code for row in rows if row.status == 10} == crew.delivered
    assert place.ask("SELECT id, task_name FROM procrastinate_jobs WHERE status = 'failed'") == []


def _every_dossier_is_sound(place: Town, crew: Crew) -> None:
    with place.reading() as connection:
        found = {code: dossiers.find_dossier(connection, code) for code in crew.codes}
        wrong = {
            code: problems
            for code, dossier in found.items()
            if dossier is not None and (problems := faults(connection, dossier, place.now()))
        }
    assert wrong == {}


def _timers_took_effect_once(place: Town, crew: Crew) -> None:
    """One row of history a timer and instant; the watches of the late ones have fired all three."""
    rows = place.ask(
        "SELECT d.code, h.kind, h.task_id, h.data ->> 'element' AS element, h.data ->> 'due_at' AS due_at"
        " FROM history h JOIN dossiers d ON d.id = h.dossier_id WHERE h.account_id IS NULL AND h.data ? 'due_at'"
    )
    effects = Counter((row.code, row.kind, row.task_id, row.element, row.due_at) for row in rows)
    assert {effect: count for effect, count in effects.items() if count > 1} == {}
    watched = Counter((row.code, row.element) for row in rows if row.element in WATCH)
    assert {key: count for key, count in watched.items() if count > 1} == {}
    assert {(code, element) for code in crew.left for element in WATCH} <= set(watched)


def _mails_were_told_once(place: Town) -> None:
    """Each delivery has one file: sending it again replaces it, so a kill in between shows as nothing worse."""
    told = place.number("SELECT count(*) FROM deliveries")
    assert place.number("SELECT count(*) FROM deliveries WHERE sent_at IS NULL") == 0
    files = sorted((place.settings.data / "outbox").rglob("*.eml"))
    ids = [line for file in files for line in file.read_bytes().split(b"\r\n") if line.startswith(b"Message-ID:")]
    assert len(files) == len(ids) == len(set(ids)) == told > DOSSIERS


def _no_number_is_missing_or_there_twice(place: Town, crew: Crew) -> None:
    """The slips of the book are those that were acknowledged, the register has every dossier: from 1 on, without a gap."""
    issued = place.ask("SELECT number, attachment_id FROM slips WHERE kind = 'refusal' ORDER BY number")
    assert [row.number for row in issued] == list(range(1, len(crew.numbers) + 1))
    assert sorted(crew.numbers) == sorted(f"{row.number:02d}/PTC" for row in issued)
    assert len({row.attachment_id for row in issued}) == len(issued) > 0
    entered = place.ask("SELECT number FROM register_entries ORDER BY number")
    assert [row.number for row in entered] == list(range(1, DOSSIERS + 1))


def test_a_kill_of_server_or_worker_loses_and_repeats_nothing() -> None:
    drill(1, (WEB, FIRST, WEB, SECOND), web_workers=1)


@pytest.mark.drill
@pytest.mark.parametrize("seed", range(100, 100 + ROUNDS))
def test_many_rounds_with_the_database_killed_too(seed: int) -> None:
    drill(seed, (WEB, WEB, WEB, FIRST, FIRST, SECOND, SECOND, DATABASE), web_workers=2)
