"""Many drafts approved and signed in one go: signed and passed on together, each for itself, watched, stopped, tried again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from app.actions import approve_batch as batches
from app.actions.batch import stop_batch
from app.store import attachments, sessions
from tests.actions.away import allow
from tests.actions.delegating import DECISION, delegate, end
from tests.actions.scene import Scene, is_problem
from tests.signatures.authority import PASSPHRASE, a_pdf
from tests.signatures.conftest import Bench


def waiting(bench: Bench, number: int) -> list[dict[str, Any]]:
    """Dossiers at the director's step with a draft each, as her list shows them."""
    for _ in range(number):
        code = bench.scene.at_step("approve")
        bench.upload(code, a_pdf(code), "binh", kind="draft_result")
    rows: list[dict[str, Any]] = bench.scene.get("director", "/approvals/waiting")["data"]
    return rows


def items(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"task": row["id"], "version": row["version"], "draft": row["draft"]["id"]} for row in rows]


def approve(scene: Scene, username: str, body: dict[str, Any], key: str | None = None) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    answer = scene.client(username).post("/api/v1/approvals", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json["results"]  # type: ignore[index]


def files(scene: Scene, code: str) -> list[Any]:
    with scene.reading() as connection:
        return attachments.attachments_of(connection, scene.dossier(code).id)


def test_a_task_elsewhere_is_not_there(bench: Bench) -> None:
    """With a draft to be signed or without one: nobody learns which tasks another agency has."""
    (row,) = waiting(bench, 1)
    for task in (row["id"], 10**9):
        for draft in (row["draft"]["id"], None):
            body = {"items": [{"task": task, "version": row["version"], "draft": draft}]}
            (told,) = approve(bench.scene, "official", body)
            assert (told["status"], told["problem"]["code"]) == (404, "not_found")


@pytest.mark.rule("QT-17.2")
@pytest.mark.rule("QT-17.5")
def test_each_is_signed_and_passed_on(bench: Bench) -> None:
    scene = bench.scene
    rows = waiting(bench, 3)
    results = approve(scene, "director", {"items": items(rows), "comment": "Đồng ý"})
    assert [one["status"] for one in results] == [200, 200, 200]
    for row, one in zip(rows, results, strict=True):
        code = row["dossier"]
        assert scene.open_steps(code) == ["issue"]
        signed = next(found for found in files(scene, code) if found.id == one["signed"])
        assert (signed.signed_from, signed.kind) == (row["draft"]["id"], "draft_result")
        forwarded = scene.last(code, "forwarded")
        assert forwarded.data["attachments"] == [one["signed"]]
        assert forwarded.data["comment"] == "Đồng ý"
        assert scene.last(code, "signed").at == forwarded.at
        scene.sound(code)
    assert scene.get("director", "/approvals/waiting")["data"] == []


def test_what_is_not_passed_on_is_not_signed(bench: Bench) -> None:
    """One that somebody else has finished meanwhile, and one whose draft was replaced: no signature is left behind."""
    scene = bench.scene
    rows = waiting(bench, 3)
    scene.do("forward", "director", rows[0]["id"])
    bench.upload(rows[1]["dossier"], a_pdf("bản mới"), "binh", kind="draft_result")
    results = approve(scene, "director", {"items": items(rows)})
    assert [one["status"] for one in results] == [409, 409, 200]
    assert "thay bằng bản khác" in results[1]["problem"]["detail"]
    assert scene.open_steps(rows[1]["dossier"]) == ["approve"]
    assert all(not found.signatures for row in rows[:2] for found in files(scene, row["dossier"]))


def test_sent_again_nothing_is_signed_twice(bench: Bench) -> None:
    scene = bench.scene
    body = {"items": items(waiting(bench, 2))}
    first = approve(scene, "director", body, "once")
    assert approve(scene, "director", body, "once") == first
    told = scene.get("director", "/approvals/once")
    assert (told["total"], told["done"], told["refused"], told["finished"]) == (2, 2, 0, True)
    for one in first:
        assert sum(found.signed_from is not None for found in files(scene, one["code"])) == 1


def test_it_stops_between_two_and_the_rest_is_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = bench.scene
    rows = waiting(bench, 3)
    scene.client("director")
    carried_out = batches.approve

    def then_stop(command: Any, context: Any, answer: Any) -> Any:
        done = carried_out(command, context, answer)
        stop_batch(context.caller, "halted", context.now)
        return done

    monkeypatch.setattr(batches, "approve", then_stop)
    results = approve(scene, "director", {"items": items(rows)}, "halted")
    assert [one["status"] for one in results] == [200, 409, 409]
    assert "đã dừng" in results[1]["problem"]["detail"]
    monkeypatch.undo()
    again = scene.get("director", "/approvals/waiting")["data"]
    assert [one["status"] for one in approve(scene, "director", {"items": items(again)}, "next")] == [200, 200]


@pytest.mark.rule("HT-22.1")
def test_an_account_that_is_locked_meanwhile_signs_no_more(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = bench.scene
    rows = waiting(bench, 3)
    carried_out = batches.approve

    def then_lock(command: Any, context: Any, answer: Any) -> Any:
        done = carried_out(command, context, answer)
        with scene.writing() as connection:
            sessions.lock_account(connection, context.caller.account_id)
        return done

    monkeypatch.setattr(batches, "approve", then_lock)
    results = approve(scene, "director", {"items": items(rows)})
    assert [one["status"] for one in results] == [200, 401, 401]
    assert [scene.open_steps(row["dossier"]) for row in rows] == [["issue"], ["approve"], ["approve"]]


def test_stopping_is_a_request_of_its_own(bench: Bench) -> None:
    answer = bench.scene.client("director").post("/api/v1/approvals/mine/stop")
    assert answer.status_code == 204
    results = approve(bench.scene, "director", {"items": items(waiting(bench, 2))}, "mine")
    assert [one["status"] for one in results] == [200, 409], "it was said before: the first is not spared"


def asking(bench: Bench) -> None:
    """The director's key opens only with what she types."""
    bench.entries.clear()
    (bench.folder / "asked.p12").write_bytes(bench.director.pkcs12())
    bench.entries.append(
        '[[key]]\nname = "Giám đốc"\nkind = "pkcs12"\naccount = "director"\nfile = "asked.p12"\nask_pin = true\n'
    )
    (bench.folder / "keys.toml").write_text("\n".join(bench.entries), encoding="utf-8")


def test_the_pin_is_typed_once_for_all_and_kept_nowhere(bench: Bench) -> None:
    scene = bench.scene
    rows = waiting(bench, 2)
    asking(bench)
    body = {"items": items(rows), "pin": PASSPHRASE}
    assert [one["status"] for one in approve(scene, "director", body, "with-pin")] == [200, 200]
    # Under the same key another PIN is the same request: nothing that is kept tells one from the other.
    assert [one["status"] for one in approve(scene, "director", body | {"pin": "khác"}, "with-pin")] == [200, 200]
    with scene.reading() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
        for table in tables:
            query = f"SELECT count(*) FROM \"{table}\" t WHERE t::text LIKE '%' || :pin || '%'"  # noqa: S608
            assert connection.execute(text(query), {"pin": PASSPHRASE}).scalar_one() == 0, table


def test_a_wrong_pin_is_tried_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token locks itself after a few: the others are not tried with what did not open the first."""
    rows = waiting(bench, 3)
    asking(bench)
    tried = []
    carried_out = batches.approve
    monkeypatch.setattr(
        batches, "approve", lambda command, *more: (tried.append(command.task_id), carried_out(command, *more))[1]
    )
    for pin in ("0000", None):
        tried.clear()
        results = approve(bench.scene, "director", {"items": items(rows), "pin": pin})
        assert [one["status"] for one in results] == [422, 422, 422]
        assert all("pin" in one["problem"]["errors"] for one in results)
        assert len(tried) == 1


def test_wrong_pins_have_to_wait_as_wrong_passwords_do(bench: Bench) -> None:
    rows = waiting(bench, 1)
    asking(bench)
    wrong, right = ({"items": items(rows), "pin": pin} for pin in ("0000", PASSPHRASE))

    def answered(body: dict[str, Any]) -> int:
        (one,) = approve(bench.scene, "director", body)
        return int(one["status"])

    assert [answered(wrong) for _ in range(6)] == [422] * 5 + [429]
    assert answered(right) == 429, "the right one has to wait too, or guessing would go on"
    bench.scene.clock.move(seconds=31)
    assert answered(right) == 200


def test_a_right_pin_takes_back_what_was_counted(bench: Bench) -> None:
    rows = waiting(bench, 3)
    asking(bench)
    for row in rows:
        one = [row]
        for pin, status in (("0000", 422), ("0000", 422), ("0000", 422), (PASSPHRASE, 200)):
            (result,) = approve(bench.scene, "director", {"items": items(one), "pin": pin})
            assert result["status"] == status


def test_the_pin_shows_in_no_command(bench: Bench) -> None:
    assert "geheim" not in repr(batches.With(pin="geheim"))
    assert "geheim" not in repr(batches.Approve(1, 2, pin="geheim"))


@pytest.mark.parametrize(
    "body",
    [
        {"items": []},
        {"items": [{"task": 1}, {"task": 1}]},
        {"items": [{"task": number} for number in range(1, 202)]},
        {"items": [{"task": "x"}]},
    ],
)
def test_what_is_no_batch(bench: Bench, body: dict[str, Any]) -> None:
    answer = bench.scene.client("director").post("/api/v1/approvals", json=body)
    is_problem(answer, 422, "invalid")


@pytest.mark.rule("QT-15.4")
def test_a_delegate_signs_in_her_name_only_where_it_says_so(bench: Bench) -> None:
    scene = bench.scene
    rows = waiting(bench, 2)
    made = delegate(scene, "director", "head", "principal")
    bench.add_pkcs12("Trưởng phòng", bench.authority.issue("Trần Văn Trưởng Phòng"), account="head")
    (refused, _) = approve(scene, "head", {"items": items(rows)})
    assert refused["status"] == 403
    assert "không gồm quyền ký" in refused["problem"]["detail"]
    end(scene, "director", made["id"])
    delegate(scene, "director", "head", "principal", signs=True)
    results = approve(scene, "head", {"items": items(rows)})
    assert [one["status"] for one in results] == [200, 200]
    row = scene.last(rows[0]["dossier"], "signed")
    assert (row.data["delegated_by"], row.data["decision_number"]) == ("director", DECISION)
    assert row.data["comment"] == f"TUQ. Giám đốc Sở, theo {DECISION}"


def test_a_seal_goes_with_the_authority_to_sign_only_where_the_delegator_has_it(bench: Bench) -> None:
    scene = bench.scene
    rows = waiting(bench, 2)
    delegate(scene, "director", "head", "principal", signs=True)
    body = {"items": items(rows[:1]), "key": "Dấu Sở Y tế"}
    assert approve(scene, "head", body)[0]["status"] == 403
    allow(scene, "director", "document.sign")
    assert approve(scene, "head", body)[0]["status"] == 200


def test_a_list_is_of_those_who_lead(bench: Bench) -> None:
    waiting(bench, 1)
    for name in ("binh", "clerk", "desk"):
        assert bench.scene.get(name, "/approvals/waiting")["data"] == []
