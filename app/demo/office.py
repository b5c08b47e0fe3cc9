"""The people of the demonstration province at work: each move of a dossier's course as a real action of a real account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions import library
from app.actions.accept import Accept
from app.actions.attach import Attach
from app.actions.by_name import command_for
from app.actions.claim import Claim
from app.actions.collect_fee import CollectFee
from app.actions.confirm_result import ConfirmResult
from app.actions.deliver_result import DeliverResult
from app.actions.fire_timer import fire
from app.actions.forward import Forward
from app.actions.handing import Handing
from app.actions.register import Register
from app.actions.return_to_step import ReturnToStep
from app.actions.runner import Context, Outcome, TaskCommand, run, run_task
from app.actions.running import MAIN
from app.config import Settings
from app.demo.content import content
from app.demo.course import ENDS_OF_INTAKE, REQUESTS, Course, Move
from app.demo.papers import Papers
from app.demo.plan import Planned, procedure_of, registration
from app.demo.province import calendar_code
from app.engine.ahead import steps_ahead
from app.engine.definition import Definition
from app.engine.steps import Step
from app.errors import DomainError
from app.rules.calendar import WorkCalendar
from app.rules.fees import due_total
from app.rules.side import SIDE
from app.store import accounts, instances, organisation, tasks, timers
from app.store.tasks import TaskRow
from app.wording import LOCAL

ASKING = (*ENDS_OF_INTAKE.values(), *REQUESTS.values())
SCAN_SECONDS = 15
"""Working time from one scanned paper to the next."""


class Office:
    """Plays moves: finds who does what, and runs the action as that account at that instant."""

    def __init__(self, connection: Connection, profile: str, now: datetime, settings: Settings) -> None:
        self._connection = connection
        self._profile = profile
        self._now = now
        self._public_url = settings.public_url
        self._papers = Papers(settings)
        self._people: dict[tuple[date, str], list[Caller]] = {}
        self._definitions: dict[int, Definition] = {}
        self._calendars = _calendars(connection, profile)

    def calendar(self, agency: str) -> WorkCalendar:
        """The hours of that agency."""
        return self._calendars[agency]

    def play(self, course: Course) -> None:
        """Let the course's next move happen, and show the course what came of it. Errors: whatever the action refuses."""
        move = course.next_move()
        assert move is not None  # noqa: S101 - it was queued for this move
        if move.deed == "timer":
            self._fire(course, move)
        elif move.task is None:
            self._register(course, move)
        else:
            self._act(course, move, move.task)
        if course.dossier_id is not None:
            course.timer = timers.due_of_dossier(self._connection, course.dossier_id, self._now)

    def _register(self, course: Course, move: Move) -> None:
        desk = course.planned.agency
        officers = self._able(move.at, "dossier.register", lambda caller: _sits_at_desk(caller, desk))
        command = registration(course.planned, self._profile, course.chance)
        officer = course.chance.choice(officers)
        run(command, self._context(officer, move.at), lambda outcome: _show(course, outcome))
        self._attach(course, officer, command)

    def _attach(self, course: Course, officer: Caller, command: Register) -> None:
        """Scans of some of the papers, one after the other: of most online dossiers, of a few others."""
        if course.chance.random() >= (0.7 if command.channel == "online" else 0.15):
            return
        names = {part["code"]: part["name"] for part in procedure_of(course.planned)["components"]}
        for component in command.components[:2]:
            assert course.last_at is not None  # noqa: S101 - it was registered
            at = self.calendar(course.planned.agency).due(course.last_at, SCAN_SECONDS)
            stored, name, media_type = self._papers.file(names[component["code"]])
            run(Attach(course.code, stored.sha256, stored.size, name, media_type), self._context(officer, at), _told)
            course.last_at = at

    def _fire(self, course: Course, move: Move) -> None:
        dossier_id = course.dossier_id or 0
        if not fire(move.timer, dossier_id, move.at):
            raise DomainError("incident", f"Đồng hồ hẹn {move.timer} của hồ sơ trình diễn không chạy được.")
        course.tasks = [task for task in tasks.tasks_of(self._connection, dossier_id) if task.state == "open"]
        course.last_at = move.at

    def _act(self, course: Course, move: Move, task: TaskRow) -> None:
        caller = self._actor(course, move, task)
        if move.deed == "deliver-result":
            self._collect(course, move, caller)
        command = self._command(course, move, task, caller)
        run_task(command, self._context(caller, move.at), lambda outcome: _show(course, outcome))
        course.sent_back = course.sent_back or move.deed == "return"

    def _collect(self, course: Course, move: Move, caller: Caller) -> None:
        """What the procedure costs, taken as the result is collected, with a receipt."""
        if due_total(procedure_of(course.planned)["fees"]) and caller.may("dossier.register"):
            method = "cash" if course.planned.number % 3 else "transfer"
            run(CollectFee(course.code, method), self._context(caller, move.at), _told)

    def _command(self, course: Course, move: Move, task: TaskRow, caller: Caller) -> TaskCommand:
        if move.deed in ASKING:
            return self._request(course, move, task, caller)
        if move.deed == "forward" and task.instance_kind in SIDE:
            return self._pass_on(course, move, task, caller)
        if move.deed == "accept":
            return Accept(task.id)
        if move.deed == "claim":
            return Claim(task.id)
        if move.deed == "return":
            return ReturnToStep(task.id, course.chance.choice(content("dossiers")["return_comments"]))
        if move.deed == "confirm-result":
            return ConfirmResult(task.id)
        if move.deed == "deliver-result":
            return DeliverResult(task.id, handing=_handing(course.planned))
        return self._forward(course, move, task, caller)

    def _request(self, course: Course, move: Move, task: TaskRow, caller: Caller) -> TaskCommand:
        """What is asked instead of the step that would come."""
        body: dict[str, Any] = {"reason": course.chance.choice(content("dossiers")["request_reasons"])}
        if move.deed == "request-payment":
            body |= {"amount": 1_500_000, "limit_at": move.at + timedelta(days=30)}
        if move.deed == "request-supplement":
            body["items"] = ("Văn bản xác nhận của cơ quan có thẩm quyền",)
        if move.deed in ("refuse-intake", "withdraw"):
            body["attachments"] = (self._slip(course, move, caller),)
        return command_for(move.deed, task.id, None, body)

    def _pass_on(self, course: Course, move: Move, task: TaskRow, caller: Caller) -> TaskCommand:
        """A step of a request: agreed to, with its paper where it does something to the dossier."""
        step = next(found for found in self._steps_of(task) if found.id == task.step)
        filed = (self._slip(course, move, caller),) if step.effect else ()
        agreed = step.decisions[0].value if step.decisions else None
        return Forward(task.id, decision=agreed, attachments=filed)

    def _slip(self, course: Course, move: Move, caller: Caller) -> int:
        """A paper that the act needs, attached by whoever acts."""
        stored, name, media_type = self._papers.file("Văn bản kèm theo")
        added: list[int] = []

        def keep(outcome: Outcome) -> dict[str, Any]:
            added.append(outcome.extra["attachment"])
            return {}

        command = Attach(course.code, stored.sha256, stored.size, name, media_type)
        run(command, self._context(caller, move.at), keep)
        return added[0]

    def _forward(self, course: Course, move: Move, task: TaskRow, caller: Caller) -> Forward:
        """On to the next step with the first decision there is, what its form asks for, and the notice or the voucher of a
        payment; where the plan says so, to one person."""
        steps = self._steps_of(task)
        place = next(index for index, step in enumerate(steps) if step.id == task.step)
        decisions, assignee = steps[place].decisions, None
        if task.instance_kind == MAIN and task.step in content("dossiers")["assigning_steps"]:
            following = steps[place + 1]
            agency = course.planned.agency if following.agency == "lead" else following.agency
            able = self._able(move.at, "task.work", lambda caller: _holds(caller, following.position, agency))
            assignee = (able[0] if course.planned.busy else course.chance.choice(able)).username
        return Forward(
            task.id,
            decision=decisions[0].value if decisions else None,
            assignee=assignee,
            comment=course.chance.choice([None, *content("dossiers")["forward_comments"]]),
            data=content("dossiers", self._profile)["form_data"].get(steps[place].form, {}),
            attachments=(self._slip(course, move, caller),) if self._of_payment(task, steps[place]) else (),
        )

    def _of_payment(self, task: TaskRow, step: Step) -> bool:
        """Whether the step waits for a payment, or asks for one."""
        following = steps_ahead(self._definitions[task.instance_id], step.id).steps
        return step.pause is not None or any(one.pause is not None for one in following)

    def _actor(self, course: Course, move: Move, task: TaskRow) -> Caller:
        """Who has the task, else the one of its candidates whom chance picks; the desk, for what only it may do."""
        if move.deed == "withdraw":
            desk = course.planned.agency
            people = self._able(move.at, "dossier.register", lambda caller: _sits_at_desk(caller, desk))
            return people[int(course.draw(task).who * len(people))]
        people = self._able(
            move.at,
            "task.work",
            lambda caller: (
                caller.holds(task.position_id) if task.assignee_id is None else caller.account_id == task.assignee_id
            ),
        )
        return people[int(course.draw(task).who * len(people))]

    def _able(self, at: datetime, permission: str, fits: Callable[[Caller], bool]) -> list[Caller]:
        """The accounts with that permission that fit, as they are on that day; at least one."""
        day = at.astimezone(LOCAL).date()
        people = [caller for caller in self._permitted(day, permission) if fits(caller)]
        if not people:
            raise DomainError("position_vacant", f"Ngày {day:%d/%m/%Y} không có tài khoản trình diễn nào làm bước này.")
        return people

    def _permitted(self, day: date, permission: str) -> list[Caller]:
        """Everybody with that permission, with the positions that they hold on that day; read once."""
        if (day, permission) not in self._people:
            everybody = (Caller.of(account, day) for account in accounts.accounts_on(self._connection, day))
            self._people[(day, permission)] = [caller for caller in everybody if caller.may(permission)]
        return self._people[(day, permission)]

    def _steps_of(self, task: TaskRow) -> list[Step]:
        """The steps of the diagram that the task belongs to, in reading order."""
        if task.instance_id not in self._definitions:
            row = instances.instance_by_id(self._connection, task.instance_id)
            known = library.definition(self._connection, row.version_id, row.sha256, row.process)
            self._definitions[task.instance_id] = known
        return list(self._definitions[task.instance_id].steps.values())

    def _context(self, caller: Caller, at: datetime) -> Context:
        return Context(caller, at, public_url=self._public_url)


def _calendars(connection: Connection, profile: str) -> dict[str, WorkCalendar]:
    """The calendar of every agency, by its code; agencies with the same hours share one."""
    made = {
        code: WorkCalendar.from_dict(organisation.calendar_data(connection, calendar_id))
        for code, calendar_id in organisation.calendar_ids(connection).items()
    }
    return {agency["code"]: made[calendar_code(agency, profile)] for agency in content("agencies", profile)["agencies"]}


def _sits_at_desk(caller: Caller, agency: str) -> bool:
    return any(held.unit_kind == "desk" and held.agency == agency for held in caller.positions)


def _holds(caller: Caller, position: str, agency: str) -> bool:
    return any((held.code, held.agency) == (position, agency) for held in caller.positions)


def _told(outcome: Outcome) -> dict[str, Any]:
    """Nobody asks what an attachment has led to."""
    return {}


def _show(course: Course, outcome: Outcome) -> dict[str, Any]:
    """What the action has left; its answer goes to nobody."""
    course.dossier_id, course.code = outcome.work.dossier.id, outcome.work.dossier.code
    course.tasks = outcome.work.open_tasks()
    course.held = outcome.work.dossier.held_by is not None
    course.result_at = outcome.work.clock.result_at
    course.last_at = outcome.work.now
    return {}


def _handing(planned: Planned) -> Handing:
    """What the desk says when it hands a result over: fees taken, originals of what came online compared."""
    fees = any(fee.get("amount") for fee in procedure_of(planned)["fees"])
    return Handing(originals_checked=True if planned.channel == "online" else None, fees_paid=True if fees else None)
