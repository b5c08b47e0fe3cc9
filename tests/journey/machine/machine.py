"""Random people at a random regulation: whatever they try, legal or not, a dossier stays what the law says that it is.

Nothing here knows an action by name that it does not have to: what may be done, and what not, is read from the offers of the
interface, so a new action is tried as soon as it is offered. After every step each dossier is looked at from behind.
"""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.access.caller import Caller
from app.actions.change_calendar import ChangeCalendar, change
from app.actions.open_task import look_at_task
from app.actions.recount_dossiers import recount_dossiers
from app.actions.running import MAIN
from app.actions.work import Work
from app.errors import DomainError
from app.store.accounts import account_by_id
from app.store.calendars import every_calendar
from app.store.tasks import TaskRow
from tests.actions.scene import Scene
from tests.journey.machine.bodies import filled_in
from tests.journey.machine.town import HOLDS, PROCEDURE
from tests.journey.machine.watching import has_ended, wrong_alarms
from tests.journey.soundness import faults

PEOPLE = tuple(HOLDS)
MOST_DOSSIERS = 3
WEIGHTS = {
    "forward": 25,
    "accept": 15,
    "confirm-result": 25,
    "deliver-result": 25,
    "withdraw": 0.4,
    "stop": 0.4,
    "reject": 0.6,
}
"""How often, other actions being done once."""
PAUSES = (0, 60, 900, 3600, 4 * 3600, 30 * 3600, 4 * 86400, 16 * 86400)
MOVES = frozenset(
    {"forward", "complete", "return", "recall", "claim", "release", "handoff", "confirm-result", "deliver-result"}
)
"""What moves a step of the procedure: nothing of it while something else holds the dossier."""
WAYS_ON = frozenset(
    {
        "accept",
        "refuse-intake",
        "receive-correction",
        "forward",
        "complete",
        "return",
        "confirm-result",
        "deliver-result",
    }
)
"""What brings a dossier on, or a request to its end."""
HOMEWARD = ("accept", "receive-correction", "forward", "complete", "confirm-result", "deliver-result", "return")
"""What brings a dossier home, the straightest first."""
MOST_HOME = 60
NAMING = ("handoff", "join", "reassign")
"""Actions that name a colleague."""
seeds = st.integers(0, 2**32 - 1)


@dataclass
class Tried:
    """One attempt, as it is told when something is wrong."""

    username: str
    action: str
    step: str
    body: dict[str, Any]
    status: int
    answer: Any


class Regulation(RuleBasedStateMachine):
    """Of one profile; `new_scene` answers an empty province on an empty database."""

    new_scene: ClassVar[Any]
    profile: ClassVar[str]
    procedures: ClassVar[tuple[str, ...]] = (PROCEDURE,)
    data: ClassVar[dict[str, Any]] = {}
    """What applicants say in the form."""
    tally: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene = type(self).new_scene()
        self.codes: list[str] = []
        self.steps = 0
        self.whole = False
        self.files: dict[str, int] = {}
        self.statuses: dict[str, int] = {}
        self.touched: list[str] = []
        """What the last step was about: the others are as they were, and looked at again in the end."""

    def _chance(self, seed: int) -> Random:
        """Everything that one step leaves open, from one number and its place in the course."""
        self.steps += 1
        self.whole = False
        return Random(f"{self.profile}/{self.steps}/{seed}")  # noqa: S311

    # What people do ----------------------------------------------------------------------------------------------------

    @initialize(seed=seeds)
    def begin(self, seed: int) -> None:
        self._register(self._chance(seed))

    @precondition(lambda self: len(self.codes) < MOST_DOSSIERS)
    @rule(seed=seeds)
    def register(self, seed: int) -> None:
        self._register(self._chance(seed))

    @rule(seed=seeds)
    def act(self, seed: int) -> None:
        """Somebody does one of the things that she is offered."""
        chance = self._chance(seed)
        found = self._offered(chance, allowed=True)
        if found is None:
            return
        username, code, task, offer = found
        body = self._body(code, offer, chance)
        tried = self._try(username, task, offer["name"], body)
        assert tried.status == 200, tried
        self.tally[offer["name"]] += 1

    @rule(seed=seeds)
    def act_on(self, seed: int) -> None:
        """The same, twice as often."""
        self.act(seed)

    @rule(seed=seeds)
    def attempt(self, seed: int) -> None:
        """Somebody tries what she is told that she may not: nothing happens, and she is told why."""
        chance = self._chance(seed)
        found = self._offered(chance, allowed=False)
        if found is None:
            return
        username, code, task, offer = found
        body = self._body(code, offer, chance)
        with self.scene.unchanged():
            tried = self._try(username, task, offer["name"], body)
        assert 400 <= tried.status < 500, tried
        if (
            offer["name"] == "handoff" and tried.answer["code"] == "invalid"
        ):  # nobody is there, so whoever is named is wrong
            return
        assert tried.answer["detail"] == offer["why"], (tried, offer)
        # Whether an account may do such a thing at all is the administrator's matter, asked before any rule.
        assert tried.answer.get("rule") or tried.answer["code"] == "forbidden", tried
        self.tally["refused"] += 1

    @rule(seed=seeds)
    def bungle(self, seed: int) -> None:
        """Somebody may, but gives nonsense: nothing happens either."""
        chance = self._chance(seed)
        found = self._offered(chance, allowed=True)
        if found is None:
            return
        username, code, task, offer = found
        wrong = chance.choice(
            [
                {"comment": "x" * 5000},
                {"attachments": [10**12]},
                {"decision": "perhaps"},
                {"account": "admin"},
                {"account": "nobody", "comment": "Nghỉ."},
                {"to_step": "start", "comment": "Xem lại."},
                {"appointment": "2020-01-01T08:00:00+07:00", "comment": "Lùi hạn."},
                {"happened_at": "2035-01-01T08:00:00+07:00", "late_reason": "Mất điện."},
                {"happened_at": self.scene.clock().isoformat(), "late_reason": None},
                {"unknown": 1},
            ]
        )
        body = {k: v for k, v in self._body(code, offer, chance).items() if k not in wrong} | wrong
        stale = chance.random() < 0.2
        before = self.scene.contents()
        tried = self._try(username, task, offer["name"], body, **({"if_match": '"999"'} if stale else {}))
        assert tried.status == 200 or 400 <= tried.status < 500, tried
        if tried.status != 200:
            assert {name for name, rows in self.scene.contents().items() if rows != before[name]} == set(), tried

    @rule(seed=seeds)
    def meddle(self, seed: int) -> None:
        """Somebody whose business it is not tries anything."""
        chance = self._chance(seed)
        found = self._some_task(chance)
        if found is None:
            return
        username, task = chance.choice(["control", "admin"]), found[1]
        action = chance.choice(sorted(self._offers("desk", task.id)) or ["forward"])
        if self._offers(username, task.id).get(action, {}).get("allowed"):
            return
        with self.scene.unchanged():
            tried = self._try(username, task, action, {"comment": "Thử."})
        assert tried.status in (403, 404, 409, 422), tried

    @rule(seed=seeds)
    def enter_late(self, seed: int) -> None:
        """After an outage: what was done by hand a while ago."""
        chance = self._chance(seed)
        found = self._offered(chance, allowed=True, people=("desk", "binh"))
        if found is None:
            return
        username, code, task, offer = found
        body = self._body(code, offer, chance)
        at = self.scene.clock() - timedelta(seconds=chance.choice((0, 600, 7200, 86400)))
        body |= {"happened_at": at.isoformat(), "late_reason": "Mất điện, ghi tay."}
        before = self.scene.contents()
        tried = self._try(username, task, offer["name"], body)
        if tried.status == 200:
            self.tally["late"] += 1
            return
        assert tried.status in (403, 409, 422), tried
        assert {name for name, rows in self.scene.contents().items() if rows != before[name]} == set(), tried

    @rule(seed=seeds)
    def correct(self, seed: int) -> None:
        """A mistake in the record is put right, or it is refused."""
        chance = self._chance(seed)
        code = chance.choice(self.codes)
        self.touched = [code]
        rows = [row for row in self.scene.history(code) if "event" in row.data]
        if not rows:
            return
        row = chance.choice(rows)
        body: dict[str, Any] = {"seq": row.seq, "reason": "Ghi nhầm."}
        if chance.random() < 0.4:
            body["void"] = True
        else:
            moved = timedelta(seconds=chance.choice((-86400, -600, 0, 600, 7200)))
            body["at"] = (datetime.fromisoformat(row.data["event"]["at"]) + moved).isoformat()
        self._on_dossier(code, "corrections", body, "corrected")

    @rule(seed=seeds)
    def amend(self, seed: int) -> None:
        chance = self._chance(seed)
        self.touched = [chance.choice(self.codes)]
        self._on_dossier(self.touched[0], "amendments", {"reason": "Người nộp đổi địa chỉ."}, "amended")

    @rule(seed=seeds)
    def let_time_pass(self, seed: int) -> None:
        chance = self._chance(seed)
        self.scene.clock.move(seconds=chance.choice(PAUSES))
        if chance.random() < 0.7:
            self.scene.tick()
        self.touched = list(self.codes)

    @rule(seed=seeds)
    def change_hours(self, seed: int) -> None:
        """A holiday is announced late, or taken back; the job counts at once, later, or not before something else happens."""
        chance = self._chance(seed)
        with self.scene.reading() as connection:
            rows = every_calendar(connection)
        row = chance.choice(rows)
        day = (self.scene.clock() + timedelta(days=chance.randint(-3, 20))).date().isoformat()
        days = sorted(set(row.data.get("holidays", ())) ^ {day})
        with self.scene.app.app_context():
            try:
                changed = change(
                    ChangeCalendar(row.code, {**row.data, "holidays": days}, "Nghỉ bù."), None, self.scene.clock()
                )
            except DomainError as refusal:
                if refusal.code != "invalid":
                    raise
                return
            if chance.random() < 0.7:
                recount_dossiers(changed, self.scene.clock())
        self.touched = list(self.codes)
        self.tally["calendar"] += 1

    # What must hold -----------------------------------------------------------------------------------------------------

    @invariant()
    def every_dossier_is_sound(self) -> None:
        for code in self.touched:
            dossier = self.scene.dossier(code)
            with self.scene.reading() as connection:
                found = faults(connection, dossier, self.scene.clock())
                found += wrong_alarms(connection, dossier, self.scene.clock())
            assert found == [], (code, dossier.status, dossier.held_by, self.scene.kinds(code)[-6:], found)
            assert not (has_ended(self.statuses[code]) and not has_ended(dossier.status)) or self._reopened(code), code
            self.statuses[code] = dossier.status

    def _reopened(self, code: str) -> bool:
        """Only a correction opens what had ended."""
        return "corrected" in self.scene.kinds(code)

    @invariant()
    def nobody_is_left_without_anything_to_do(self) -> None:
        """Each dossier that has not ended has a step that somebody may move on or send back, or waits for what is drawn."""
        for code in self.touched:
            if has_ended(self.scene.dossier(code).status):
                continue
            ways = set[str]()
            for task in self.scene.open_tasks(code):
                ways |= self._allowed(task) & WAYS_ON
            assert ways or self._waits(code), (code, self.scene.open_steps(code), self.scene.kinds(code)[-8:])

    def _waits(self, code: str) -> bool:
        """Whether no step of the procedure is open because a timer or a message of its diagram has to come first."""
        held = self.scene.dossier(code).held_by is not None
        if held or any(task.instance_kind == MAIN for task in self.scene.open_tasks(code)):
            return False
        with self.scene.reading() as connection:
            work = Work(connection, self.scene.dossier(code), [], self.scene.clock(), None)
            running = [one for one in work.diagrams.unfinished() if one.is_main]
            return any(one.engine.timers() or one.engine.messages() for one in running)

    @invariant()
    def what_is_held_does_not_move(self) -> None:
        for code in self.touched:
            dossier = self.scene.dossier(code)
            if dossier.held_by is None:
                continue
            for task in self.scene.open_tasks(code):
                if task.instance_kind == MAIN:
                    assert not self._allowed(task) & MOVES, (code, dossier.held_by, task.step)
        self.whole = True  # of the invariants it is the last, by name

    def teardown(self) -> None:
        """Wherever they were taken, all of them can be brought to their ends."""
        if not self.whole:  # the course has failed
            return
        self.touched = list(self.codes)
        self.every_dossier_is_sound()
        for code in self.codes:
            self._bring_home(code)

    def _bring_home(self, code: str) -> None:
        chance, done = self._chance(0), []
        while not has_ended(self.scene.dossier(code).status):
            assert len(done) < MOST_HOME, (code, done, self.scene.open_steps(code))
            action = None
            for task in self.scene.open_tasks(code):
                offers = self._offers(task.assignee or self._holder(task), task.id)
                action = next((name for name in HOMEWARD if name in offers and offers[name]["allowed"]), None)
                if action is not None:
                    break
            if action is None:
                assert self._waits(code), (code, done, self.scene.open_steps(code))
                self.scene.clock.move(days=1)
                self.scene.tick()
                done.append("waited")
                continue
            body = self._body(code, offers[action], chance)
            if "decision" in body:  # the first is the way on; another may lead round again
                body["decision"] = offers[action]["decisions"][0]["value"]
            tried = self._try(task.assignee or self._holder(task), task, action, body)
            assert tried.status == 200, (done, tried)
            done.append(action)
            self.scene.clock.move(minutes=20)
        self.touched = [code]
        self.every_dossier_is_sound()

    # How ----------------------------------------------------------------------------------------------------------------

    def _register(self, chance: Random) -> None:
        channel = chance.choice(("counter", "counter", "post", "online"))
        applicant = {"name": "Trần Thị Ánh Nguyệt", "id_number": "045123456789", "email": "nguyet@example.org"}
        parts = [{"code": "application", "kind": "original", "quantity": 1}]
        notify = ["email"]
        procedure = chance.choice(type(self).procedures)
        answer = self.scene.post_dossier(
            procedure=procedure,
            applicant=applicant,
            channel=channel,
            components=parts,
            notify=notify,
            data=type(self).data,
        )
        assert answer.status_code == 201, answer.text
        code = answer.json["code"]  # type: ignore[index]
        self.codes.append(code)
        self.touched = [code]
        dossier = self.scene.dossier(code)
        assert dossier.profile == type(self).profile
        self.statuses[code] = dossier.status
        attached = self.scene.client("desk").post(
            f"/api/v1/dossiers/{code}/attachments",
            data={"file": (io.BytesIO(b"%PDF-1.7\n"), "phieu.pdf")},
            content_type="multipart/form-data",
        )
        assert attached.status_code == 201, attached.text
        self.files[code] = attached.json["id"]  # type: ignore[index]

    def _body(self, code: str, offer: dict[str, Any], chance: Random) -> dict[str, Any]:
        dossier = self.scene.dossier(code)
        return filled_in(offer, self.scene.clock(), dossier.appointment_at, lambda: self.files[code], chance)

    def _on_dossier(self, code: str, path: str, body: dict[str, Any], counted: str) -> None:
        client = self.scene.client("desk")
        before = self.scene.contents()
        answer = client.post(f"/api/v1/dossiers/{code}/{path}", json=body)
        if answer.status_code == 200:
            self.tally[counted] += 1
            return
        assert 400 <= answer.status_code < 500, (body, answer.text)
        assert {name for name, rows in self.scene.contents().items() if rows != before[name]} == set(), answer.text

    def _try(self, username: str, task: TaskRow, action: str, body: dict[str, Any], **headers: str) -> Tried:
        self.scene.client(username)
        answer = self.scene.try_to(action, username, task.id, body, **headers)
        return Tried(username, action, f"{task.instance_kind}:{task.step}", body, answer.status_code, answer.json)

    def _some_task(self, chance: Random) -> tuple[str, TaskRow] | None:
        """An open task mostly, sometimes one that has ended."""
        code = chance.choice(self.codes)
        self.touched = [code]
        every = self.scene.every_task(code)
        opened = [task for task in every if task.state == "open"]
        ended = every[-3:] if chance.random() < 0.2 else []
        tasks = opened + [task for task in ended if task.state != "open"]
        return (code, chance.choice(tasks)) if tasks else None

    def _offers(self, username: str, task: int) -> dict[str, dict[str, Any]]:
        answer = self.scene.client(username).get(f"/api/v1/tasks/{task}")
        return {offer["name"]: offer for offer in answer.json["actions"]} if answer.status_code == 200 else {}  # type: ignore[index]

    def _allowed(self, task: TaskRow) -> set[str]:
        """What whoever has the task may do; it does not count as her looking."""
        now = self.scene.clock()
        account_id = self.scene.province.accounts[task.assignee or self._holder(task)]
        with self.scene.reading() as connection:
            account = account_by_id(connection, account_id, now.date())
            assert account is not None
            opened = look_at_task(task.id, Caller.of(account, now.date()), now)
        return {offer.name for offer in opened.offers if offer.allowed}

    def _holder(self, task: TaskRow) -> str:
        """Somebody whose position it waits for."""
        return next(name for name, position in HOLDS.items() if position == task.position)

    def _offered(
        self, chance: Random, *, allowed: bool, people: tuple[str, ...] = PEOPLE
    ) -> tuple[str, str, TaskRow, dict[str, Any]] | None:
        found = self._some_task(chance)
        if found is None:
            return None
        code, task = found
        likely = task.assignee or self._holder(task)
        username = likely if likely in people and chance.random() < 0.7 else chance.choice(people)
        offers = [one for one in self._offers(username, task.id).values() if one["allowed"] is allowed]
        if not offers:
            return None
        weights = [WEIGHTS.get(one["name"], 1) if allowed else 1 for one in offers]
        return username, code, task, chance.choices(offers, weights)[0]
