"""The doctor finds nothing wrong with what the actions leave behind, and whatever is broken on purpose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, create_engine, text

from app.commands import doctor
from app.commands import environment as environments
from app.doctor.contents import content_findings
from app.doctor.findings import ATTENTION, FAULT, Finding
from app.doctor.visit import Visit
from app.embedded import Urls
from app.store import transaction as transactions
from app.store.database import sqlalchemy_url
from app.store.files import file_store
from tests.actions.scene import Scene

OPEN = "(SELECT id FROM dossiers WHERE closed_at IS NULL ORDER BY id LIMIT 1)"
CLOSED = "(SELECT id FROM dossiers WHERE closed_at IS NOT NULL ORDER BY id LIMIT 1)"
# What is done to the database (`[open]` and `[closed]` are dossiers), and the checks that must find it.
BREAKS: dict[str, tuple[str, set[str]]] = {
    # The history and what is folded of it.
    "a row of the history changed": (
        'UPDATE history SET data = data || \'{"comment": "khác"}\' WHERE seq = 2 AND dossier_id = [open]',
        {"chain"},
    ),
    "a row of the history removed": (
        "DELETE FROM history WHERE dossier_id = [closed] AND seq = (SELECT history_seq FROM dossiers WHERE id = [closed])",
        {"chain", "clock", "columns"},
    ),
    "the chain's head changed": ("UPDATE dossiers SET history_hash = sha256('x') WHERE id = [open]", {"chain"}),
    "another clock": (
        "UPDATE dossiers SET clock = jsonb_set(clock, '{deadline_at}', '\"2030-01-01T00:00:00+00:00\"') WHERE id = [open]",
        {"clock"},
    ),
    "no clock": ("UPDATE dossiers SET clock = '{\"a\": 1}' WHERE id = [open]", {"clock"}),
    "another deadline": ("UPDATE dossiers SET deadline_at = now() WHERE id = [open]", {"columns"}),
    "marked as late": ("UPDATE dossiers SET overdue = NOT overdue WHERE id = [closed]", {"columns"}),
    "another status": ("UPDATE dossiers SET status = 9 WHERE id = [open]", {"columns"}),
    "a second more": ("UPDATE segments SET seconds = seconds + 1 WHERE dossier_id = [closed]", {"segments"}),
    "a segment lost": ("DELETE FROM segments WHERE dossier_id = [closed]", {"segments"}),
    # The diagram, its tasks and timers.
    "a task lost": (
        "UPDATE tasks SET state = 'done' WHERE state = 'open' AND dossier_id = [open]",
        {"steps", "holdings", "alarms"},
    ),
    "a task of nothing": (
        "UPDATE tasks SET engine_task = 'another' WHERE state = 'open' AND dossier_id = [open]",
        {"steps", "holdings"},
    ),
    "a diagram of another dossier": (
        "UPDATE instances SET state = (SELECT state FROM instances WHERE kind = 'main' AND dossier_id = [closed])"
        " WHERE kind = 'main' AND dossier_id = [open]",
        {"steps"},
    ),
    "a diagram that cannot be read": (
        "UPDATE instances SET state = 'x' WHERE kind = 'main' AND dossier_id = [open]",
        {"unreadable"},
    ),
    "a drawn timer lost": ("DELETE FROM timers WHERE kind = 'event' AND dossier_id = [open]", {"timers"}),
    "an alarm of a step that ended": (
        "UPDATE timers SET task_id = (SELECT min(id) FROM tasks WHERE state = 'done')"
        " WHERE kind = 'step_overdue' AND dossier_id = [open]",
        {"alarms"},
    ),
    "closed over an open step": ("UPDATE dossiers SET closed_at = now() WHERE id = [open]", {"columns", "closed"}),
    "nothing to wait for": (
        "WITH gone AS (DELETE FROM timers WHERE dossier_id = [open])"
        " UPDATE tasks SET state = 'done' WHERE state = 'open' AND dossier_id = [open]",
        {"steps", "holdings", "timers", "stuck"},
    ),
    "an incident of nothing": ("UPDATE dossiers SET incidents = 1 WHERE id = [open]", {"incidents"}),
    "a vacant step without an incident": (
        "UPDATE tasks SET state = 'vacant' WHERE state = 'open' AND dossier_id = [open]",
        {"incidents", "alarms"},
    ),
    "a timer given up on without an incident": (
        "UPDATE timers SET incident = 'hỏng' WHERE kind = 'event' AND dossier_id = [open]",
        {"incidents"},
    ),
    # Numbers.
    "a gap in the register": ("UPDATE register_entries SET number = 40 WHERE number = 1", {"books"}),
    "a line of the register lost": ("DELETE FROM register_entries WHERE number = 3", {"books", "register"}),
    "a slip lost": ("DELETE FROM slips WHERE number = 2 AND kind = 'refusal'", {"books"}),
    "a book put back": ("UPDATE slip_books SET last = last - 1 WHERE book = 'refusal'", {"books"}),
    "a book lost": ("DELETE FROM slip_books WHERE book = 'refusal'", {"books"}),
    "a counter of codes put back": ("UPDATE code_counters SET last = last - 1", {"codes"}),
    "a counter of codes lost": ("DELETE FROM code_counters", {"codes"}),
    "contents lost": ("DELETE FROM dossier_contents WHERE dossier_id = [open]", {"contents"}),
    "contents of another code": ("UPDATE dossier_contents SET code = 'x' WHERE dossier_id = [open]", {"contents"}),
    "an answer that was not kept": (
        "UPDATE idempotency_keys SET answer = NULL, created_at = created_at - interval '2 hours'",
        {"keys"},
    ),
    "an acknowledged dossier that is not there": (
        'UPDATE idempotency_keys SET answer = answer || \'{"code": "000.00.12.H50-261121-9999"}\'',
        {"keys"},
    ),
    # What waits for the worker.
    "a timer passed over": (
        "UPDATE timers SET due_at = due_at - interval '400 days' WHERE kind = 'step_overdue' AND dossier_id = [open]",
        {"late"},
    ),
    "a message without a job": (
        "WITH gone AS (DELETE FROM procrastinate_jobs WHERE task_name = 'send_delivery')"
        " UPDATE deliveries SET created_at = created_at - interval '1 hour'",
        {"deliveries"},
    ),
    "a message sent at no time": ("UPDATE deliveries SET state = 'sent', sent_at = NULL", {"deliveries"}),
    "a job in a dead hand": (
        "UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'send_delivery';"
        " UPDATE procrastinate_events SET at = now() - interval '1 hour'",
        {"jobs"},
    ),
    "nobody works": ("UPDATE procrastinate_events SET at = now() - interval '1 hour'", {"jobs"}),
}


@pytest.fixture
def office(scene: Scene) -> Scene:
    """Four dossiers: one at a step, with timers and a message to be sent, one delivered, one with a file and slips, one new."""
    scene.at_step("process", applicant={"name": "Trần Văn Bình", "email": "binh@example.org"}, notify=["email"])
    done = scene.at_step("return_result")
    scene.clock.at += timedelta(minutes=30)
    _deliver(scene, done)
    third = scene.register()["code"]
    scene.attach(third)
    for _ in range(2):
        values = {"kind": "refusal", "values": {"reason": "Không đủ điều kiện."}}
        assert scene.client("desk").post(f"/api/v1/dossiers/{third}/slips", json=values).status_code == 201
    body = {"procedure": "1.000001", "applicant": {"name": "Lê Thị Cúc"}}
    answer = scene.client("desk").post("/api/v1/dossiers", json=body, headers={"Idempotency-Key": "k1"})
    assert answer.status_code == 201
    with scene.writing() as connection:  # messages of the other dossiers would be found with it
        connection.execute(text("DELETE FROM procrastinate_jobs WHERE task_name <> 'send_delivery'"))
    return scene


def _deliver(scene: Scene, code: str) -> None:
    for action in ("confirm-result", "deliver-result"):
        scene.do(action, "desk", scene.open_tasks(code)[0].id)


@contextmanager
def broken(scene: Scene, urls: Urls) -> Iterator[Connection]:
    """The owner's transaction, in which everything reads, and of which nothing stays."""
    engine = create_engine(sqlalchemy_url(urls.owner))
    try:
        with scene.app.app_context(), engine.connect() as connection, connection.begin() as begun:
            mark = transactions._joined.set(connection)
            try:
                yield connection
            finally:
                transactions._joined.reset(mark)
                begun.rollback()
    finally:
        engine.dispose()


def found(scene: Scene, **asked: object) -> list[Finding]:
    visit = Visit(scene.clock(), **asked)  # type: ignore[arg-type]
    return list(visit.findings())


def test_every_invariant_that_is_broken_is_found_and_nothing_else(office: Scene, database_urls: Urls) -> None:
    with broken(office, database_urls):
        assert found(office) == []
    seen = {}
    for name, (statement, _) in BREAKS.items():
        with broken(office, database_urls) as connection:
            for one in statement.replace("[open]", OPEN).replace("[closed]", CLOSED).split(";"):
                changed = connection.execute(text(one)).rowcount
            findings = found(office)
        assert changed > 0, name
        seen[name] = {one.check for one in findings if one.level == FAULT}
    assert seen == {name: expected for name, (_, expected) in BREAKS.items()}


def test_a_sequence_that_would_give_a_number_again_is_found(office: Scene, database_urls: Urls) -> None:
    with broken(office, database_urls) as connection:
        name, last = connection.execute(
            text("SELECT pg_get_serial_sequence('dossiers', 'id'), max(id) FROM dossiers")
        ).one()
        try:
            connection.execute(text("SELECT setval(:name, 1)"), {"name": name})
            findings = found(office)
        finally:  # sequences know no transaction
            connection.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})
    assert [one.check for one in findings] == ["sequences"]


def test_what_only_needs_somebody_is_no_fault(office: Scene, database_urls: Urls) -> None:
    with broken(office, database_urls) as connection:
        connection.execute(text("UPDATE deliveries SET state = 'failed', failed_at = now()"))
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'failed'"))
        findings = found(office)
    assert {(one.check, one.level) for one in findings} == {("deliveries", ATTENTION), ("jobs", ATTENTION)}


def test_files_are_there_whole_and_unchanged(office: Scene) -> None:
    settings = office.app.extensions["motcua"].settings
    store = file_store(settings)
    with office.app.app_context():
        with office.reading() as connection:
            sha256s = list(connection.execute(text("SELECT sha256 FROM attachments ORDER BY id")).scalars())
        assert list(content_findings(store, checksums=True)) == []
        first, second = (settings.data / "files" / name[:2] / name for name in sha256s[:2])
        first.write_bytes(first.read_bytes()[::-1])
        second.write_bytes(second.read_bytes() + b" ")
        changed, longer = content_findings(store, checksums=True)
        assert changed.words.endswith("nội dung đã bị thay đổi.")
        assert "byte, phải là" in longer.words
        assert len(list(content_findings(store, checksums=False))) == 1
        first.unlink()
        assert len(list(content_findings(store, checksums=False))) == 2
        first.write_bytes(b"")
    for name in sha256s:
        (settings.data / "files" / name[:2] / name).unlink()


def test_the_command_says_all_in_lines_of_json_and_ends_with_one(
    office: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def application() -> Iterator[object]:
        with office.app.app_context():
            yield office.app.extensions["motcua"].settings

    monkeypatch.setattr(environments, "application", application)
    sound = CliRunner().invoke(doctor.command, ["--files"])
    assert sound.exit_code == 0, sound.output
    assert json.loads(sound.output) == {"dossiers": 4, "faults": 0, "attention": 0}
    with office.writing() as connection:
        code = connection.execute(text(f"UPDATE dossiers SET status = 9 WHERE id = {OPEN} RETURNING code")).scalar_one()  # noqa: S608
    for arguments, looked_at in (([], 4), (["--open"], 3), (["--dossier", code], 1)):
        wrong = CliRunner().invoke(doctor.command, arguments)
        *findings, last = [json.loads(line) for line in wrong.output.splitlines()]
        assert (wrong.exit_code, last) == (1, {"dossiers": looked_at, "faults": 1, "attention": 0})
        assert [(one["check"], one["dossier"], one["level"]) for one in findings] == [("columns", code, "fault")]
