"""QT-6: what was written down cannot be changed, removed, inserted or forged without its being found."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text

from app.actions.seal import seal_yesterday
from app.embedded import Urls
from app.rules.seals import FIRST, proof_fault
from app.store import seals
from app.store.administration_changes import record_change
from app.store.transaction import reading, snapshot, transaction
from app.views.audit_faults import Asked
from app.views.audit_seals import proof
from tests.actions.scene import Scene
from tests.actions.sealing import dossier_id, found, kinds, owner, rewrite, sealed, tomorrow

pytestmark = pytest.mark.rule("QT-6")

Tampering = Callable[[Connection, int], object]


def run(statement: str, **more: object) -> Tampering:
    return lambda connection, number: connection.execute(text(statement), {"dossier": number, **more})


def forwarded(scene: Scene) -> str:
    """A dossier with some rows of history, and a row in the log of administrators."""
    with scene.app.app_context(), transaction() as connection:
        record_change(
            connection,
            at=scene.clock(),
            account_id=None,
            kind="x",
            subject="account:binh",
            agency_id=None,
            before={},
            after={"name": "Bình"},
        )
    return scene.at_step("process", scene.publish("linear"))


def test_a_sound_archive_has_no_fault_and_every_day_its_seal(scene: Scene) -> None:
    code = forwarded(scene)
    assert kinds(scene) == []
    first = sealed(scene)
    assert (first.number, first.previous, first.day.isoformat()) == (1, FIRST, "2026-11-23")
    with scene.app.app_context():
        assert seal_yesterday(tomorrow(scene)) is None
    scene.clock.move(days=1)
    (task,) = scene.open_tasks(code)
    scene.do("forward", scene.holder(task), task.id)
    second = sealed(scene)
    assert (second.number, second.previous) == (2, first.hash)
    with scene.app.app_context(), snapshot() as connection:
        leaves = [(leaf.seal, leaf.seq) for leaf in seals.leaves_of(connection)]
    assert [seal for seal, _ in leaves] == [1, 2]
    assert leaves[0][1] < leaves[1][1]
    assert kinds(scene) == []
    assert kinds(scene, Asked(seal=1)) == []


def test_a_day_on_which_nothing_happened_is_sealed_too_and_a_long_sleep_is_one_seal(scene: Scene) -> None:
    forwarded(scene)
    sealed(scene)
    empty = sealed(scene, days=2)
    assert empty.leaves == 0
    late = sealed(scene, days=9)
    assert (late.number, late.previous) == (3, empty.hash)
    assert kinds(scene, days=9) == []


def on_row(statement: str) -> Tampering:
    return run(f"{statement} WHERE dossier_id = :dossier AND seq = 2")


TAMPERINGS: dict[str, tuple[Tampering, list[str]]] = {
    "a word was changed": (
        on_row('UPDATE history SET data = data || \'{"comment": "khác"}\''),
        ["row_changed"],
    ),
    "who did it was changed": (on_row("UPDATE history SET account_id = NULL"), ["row_changed"]),
    "when was changed": (on_row("UPDATE history SET at = at - interval '1 hour'"), ["row_changed"]),
    "a row was removed": (on_row("DELETE FROM history"), ["row_removed"]),
    "all rows were removed": (run("DELETE FROM history WHERE dossier_id = :dossier"), ["row_removed", "row_removed"]),
    "a row was put at the end": (
        run(
            "INSERT INTO history SELECT dossier_id, max(seq) + 1, max(at), 'forwarded', NULL, NULL, '{}', '\\x00'"
            " FROM history WHERE dossier_id = :dossier GROUP BY 1"
        ),
        ["row_changed", "row_inserted"],
    ),
    "the chain was written anew": (
        lambda connection, number: rewrite(connection, number, 2, kind="recalled"),
        ["rewritten"],
    ),
    "the end was cut off with the head": (
        lambda connection, number: [
            connection.execute(text(one), {"dossier": number})
            for one in (
                "UPDATE dossiers d SET history_seq = h.seq, history_hash = h.hash FROM history h"
                " WHERE d.id = :dossier AND h.dossier_id = d.id AND h.seq = d.history_seq - 1",
                "DELETE FROM history h USING dossiers d"
                " WHERE d.id = :dossier AND h.dossier_id = d.id AND h.seq > d.history_seq",
            )
        ],
        ["row_removed"],
    ),
    "the head alone was changed": (
        run("UPDATE dossiers SET history_hash = '\\x00' WHERE id = :dossier"),
        ["rewritten"],
    ),
    "a leaf was changed": (run("UPDATE seal_leaves SET hash = '\\x00'"), ["leaves_changed", "rewritten"]),
    "a leaf was removed": (run("DELETE FROM seal_leaves"), ["leaves_changed"]),
    "a leaf was inserted": (
        run("INSERT INTO seal_leaves VALUES (1, 9, 1, '\\x00')"),
        ["leaves_changed", "dossier_missing", "row_removed"],
    ),
    "leaves of no seal": (run("INSERT INTO seal_blocks VALUES (7, 'looks', 1, 1, 1, '\\x00')"), ["stray_leaves"]),
    "a seal's root": (run("UPDATE seals SET root = '\\x00'"), ["seal_changed", "leaves_changed"]),
    "a seal's day": (run("UPDATE seals SET day = day - 1"), ["seal_changed"]),
    "the seals are gone": (run("DELETE FROM seals"), ["stray_leaves"]),
    "an administrator's change was changed": (
        run(
            "UPDATE administration_changes SET address = '10.0.0.1' WHERE id = (SELECT min(id) FROM administration_changes)"
        ),
        ["row_changed"],
    ),
    "an administrator's change was removed": (
        run("DELETE FROM administration_changes WHERE id = (SELECT max(id) FROM administration_changes)"),
        ["row_removed"],
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_found(scene: Scene, database_urls: Urls, tampering: str) -> None:
    code = forwarded(scene)
    sealed(scene)
    change, expected = TAMPERINGS[tampering]
    with owner(database_urls) as connection:
        change(connection, dossier_id(connection, code))
    assert kinds(scene) == expected


def test_a_fault_names_its_row(scene: Scene, database_urls: Urls) -> None:
    sound, code = forwarded(scene), scene.register()["code"]
    sealed(scene)
    with owner(database_urls) as connection:
        number = dossier_id(connection, sound)
        on_row("UPDATE history SET kind = 'x'")(connection, number)
    (fault,) = found(scene)
    assert fault.where == {"dossier": number, "code": sound, "seq": 2}
    assert sound in fault.words
    assert "dòng 2" in fault.words
    with owner(database_urls) as connection:
        other = dossier_id(connection, code)
    assert kinds(scene, Asked(dossier_id=other)) == []
    assert kinds(scene, Asked(dossier_id=number)) == ["row_changed"]
    assert kinds(scene, Asked(seal=1)) == ["row_changed"]


def test_a_seal_taken_out_of_the_middle_is_missed(scene: Scene, database_urls: Urls) -> None:
    forwarded(scene)
    for day in (1, 2, 3):
        sealed(scene, days=day)
    with owner(database_urls) as connection:
        connection.execute(text("DELETE FROM seals WHERE number = 2"))
    assert kinds(scene, days=3) == ["seal_missing"]


def test_who_owns_the_database_cannot_rewrite_what_was_mailed(scene: Scene, database_urls: Urls) -> None:
    """All seals are thrown away, history is rewritten and sealed again: sound in itself, and not what was published."""
    code = forwarded(scene)
    published = sealed(scene)
    with owner(database_urls) as connection:
        for table in ("seals", "seal_leaves", "seal_blocks"):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        rewrite(connection, dossier_id(connection, code), 2, kind="recalled")
    sealed(scene)
    assert kinds(scene) == []
    assert kinds(scene, Asked(expected={1: published.hash.hex()})) == ["seal_not_published"]
    assert kinds(scene, Asked(expected={2: published.hash.hex()})) == ["seal_missing"]


def test_a_worker_that_stopped_sealing_is_missed(scene: Scene) -> None:
    forwarded(scene)
    assert kinds(scene, days=4) == ["seal_overdue"]
    sealed(scene)
    assert kinds(scene, days=3) == []
    assert kinds(scene, days=4) == ["seal_overdue"]


def test_what_happened_after_a_seal_is_nobodys_fault(scene: Scene) -> None:
    code = forwarded(scene)
    sealed(scene)
    (task,) = scene.open_tasks(code)
    scene.do("forward", scene.holder(task), task.id)
    scene.register()
    assert kinds(scene) == []


def test_a_dossier_that_is_in_hand_is_sealed_as_it_was_committed(scene: Scene, database_urls: Urls) -> None:
    """An action under way leaves no half: the seal has the dossier as it was before, the next one as it is after."""
    code = forwarded(scene)
    with owner(database_urls) as busy:
        number = dossier_id(busy, code)
        seq = busy.execute(
            text("SELECT history_seq FROM dossiers WHERE id = :id FOR UPDATE"), {"id": number}
        ).scalar_one()
        busy.execute(text("UPDATE dossiers SET history_seq = history_seq + 1 WHERE id = :id"), {"id": number})
        sealed(scene)
        busy.rollback()
    with scene.app.app_context(), reading() as connection:
        leaf = seals.leaf_in(connection, number, 1)
    assert leaf is not None
    assert leaf.seq == seq
    assert kinds(scene) == []


def test_a_log_that_is_being_written_is_not_sealed_over_the_open_row(scene: Scene, database_urls: Urls) -> None:
    from sqlalchemy.exc import OperationalError

    forwarded(scene)
    add = "INSERT INTO administration_changes (at, kind, subject, before, after) VALUES (now(), 'x', 'y:', '{}', '{}')"
    with owner(database_urls) as busy:
        busy.execute(text(add))
        with pytest.raises(OperationalError, match="lock timeout"):
            sealed(scene)
    assert sealed(scene).number == 1
    assert kinds(scene) == []


def test_a_dossier_is_proved_to_stand_in_a_seal(scene: Scene) -> None:
    codes = [forwarded(scene), *(scene.register()["code"] for _ in range(4))]
    seal = sealed(scene)
    with scene.app.app_context(), snapshot() as connection:
        for code in codes:
            made = proof(connection, code)
            made["seal"] |= {"day": made["seal"]["day"].isoformat(), "made_at": made["seal"]["made_at"].isoformat()}
            assert proof_fault(made, seal.hash.hex()) is None
    assert seal.leaves == len(codes) + 1


def test_each_seal_is_mailed_once(scene: Scene) -> None:
    forwarded(scene)
    seal = sealed(scene, tell=("luu-tru@quangtri.gov.vn",))
    with scene.app.app_context(), reading() as connection:
        rows = connection.execute(
            text("SELECT recipient, template, data FROM deliveries WHERE template = 'sealed'")
        ).all()
    assert [(row.recipient, row.data["hash"]) for row in rows] == [("luu-tru@quangtri.gov.vn", seal.hash.hex())]
