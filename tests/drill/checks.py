"""What must hold after a fault, however it came: everything acknowledged is there once, nothing is stuck, sums are right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter

from app.config import PROJECT_ROOT
from app.store import dossiers
from tests.drill.crew import KINDS, Crew
from tests.drill.town import PATIENCE, Town
from tests.drill.waiting import until
from tests.journey.soundness import faults

WATCH = ("due_soon_reached", "deadline_reached", "appointment_reached")


def all_is_well(place: Town, crew: Crew) -> None:
    """Once everybody has stopped and all runs again."""
    assert crew.surprises == []
    _settle(place)
    _everything_acknowledged_is_there_once(place, crew)
    _nothing_is_stuck(place, crew)
    _every_dossier_is_sound(place, crew)
    _timers_took_effect_once(place, crew)
    _mails_were_told_once(place, crew)
    _no_number_is_missing_or_there_twice(place, crew)
    the_doctor_finds_nothing(place)


def the_doctor_finds_nothing(place: Town) -> None:
    """`motcua doctor` as somebody would call it, also while everybody works."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "doctor", "--files"],
        env=os.environ | place.environment,
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * PATIENCE,
    )
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one for one in findings if one.get("level") == "fault"] == [], done.stderr
    assert done.returncode == 0, done.stdout + done.stderr


def _settle(place: Town) -> None:
    """With everything running again: due timers fire, jobs of dead workers are taken up, mails go out."""
    place.start_what_ended()
    living = place.workers_at_work()
    place.all_ready()
    place.hurry()
    until("no timer is due", lambda: place.number(_DUE) == 0, PATIENCE)
    # The watches of the dossiers that were left fire to the end, which is some seconds away.
    until("nothing more will be due", lambda: place.number("SELECT count(*) FROM timers") == 0, PATIENCE)
    place.recover_jobs(living)
    place.hurry()
    until("all jobs are done", lambda: place.number(_UNDONE) == 0, PATIENCE)


_FAILED = """
    SELECT id, task_name FROM procrastinate_jobs
     WHERE status = 'failed' AND task_name NOT IN (SELECT task_name FROM procrastinate_periodic_defers)
"""
_DUE = "SELECT count(*) FROM timers WHERE due_at <= now() AND incident IS NULL"
_UNDONE = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name = 'send_delivery'"


def _everything_acknowledged_is_there_once(place: Town, crew: Crew) -> None:
    """Nobody gave up, so what people did and what was acknowledged are the same, row for row."""
    assert len(set(crew.codes)) == len(crew.codes) == crew.dossiers
    rows = place.ask(
        "SELECT d.code, h.kind, h.task_id FROM history h JOIN dossiers d ON d.id = h.dossier_id"
        " WHERE h.account_id IS NOT NULL AND h.kind = ANY(:kinds)",
        kinds=["registered", *KINDS.values()],
    )
    there = Counter((row.code, row.kind, row.task_id) for row in rows)
    acknowledged = Counter((one.code, one.kind, one.task) for one in crew.acknowledged)
    assert there == acknowledged
    assert place.number("SELECT count(*) FROM dossiers") == crew.dossiers
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
    assert place.ask(_FAILED) == []  # a duty that failed comes again by itself


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


def _mails_were_told_once(place: Town, crew: Crew) -> None:
    """Each delivery has one file: sending it again replaces it, so a kill in between shows as nothing worse. The letters with
    which a day begins may come at any moment, most of all when a clock has stepped over midnight."""
    until("every mail is sent", lambda: _told(place) == len(_letters(place)), PATIENCE)
    ids = _letters(place)
    assert len(ids) == len(set(ids)) > crew.dossiers


def _told(place: Town) -> int | None:
    """How many there are; None while one of them is still to be sent."""
    told, sent = place.ask("SELECT count(*), count(sent_at) FROM deliveries")[0]
    return int(told) if told == sent else None


def _letters(place: Town) -> list[bytes]:
    """The Message-ID of each file of the outbox."""
    files = sorted((place.settings.data / "outbox").rglob("*.eml"))
    lines = (line for file in files for line in file.read_bytes().split(b"\r\n"))
    return [line for line in lines if line.startswith(b"Message-ID:")]


def _no_number_is_missing_or_there_twice(place: Town, crew: Crew) -> None:
    """The slips of the book are those that were acknowledged, the register has every dossier: from 1 on, without a gap."""
    issued = place.ask("SELECT number, attachment_id FROM slips WHERE kind = 'refusal' ORDER BY number")
    assert [row.number for row in issued] == list(range(1, len(crew.numbers) + 1))
    assert sorted(crew.numbers) == sorted(f"{row.number:02d}/PTC" for row in issued)
    assert len({row.attachment_id for row in issued}) == len(issued) > 0
    entered = place.ask("SELECT number FROM register_entries ORDER BY number")
    assert [row.number for row in entered] == list(range(1, crew.dossiers + 1))
