"""Many dossiers at once: SimPy moves the time on, people take work out of inboxes, each dossier runs as it really would.

Nothing here knows what a diagram, a deadline or a working hour is. A dossier is a `Course`, which the same engine and the same
clock move; people and inboxes are what is added.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import simpy

from app.rules.calendar import WorkCalendar
from app.simulation.course import Begin, Course, CourseEnded, OpenWork
from app.simulation.draws import Draws, Spread, chosen
from app.simulation.plan import MOST_COMPLETIONS, MOST_DOSSIERS, MOST_PEOPLE, MOST_VISITS, LoadPlan, Place
from app.simulation.staff import Hours, Person, extra_person

_MINUTE = 60
_LONGEST = 366 * 86_400
"""Seconds of work that one step takes at most, whatever was drawn: twice as long as dossiers are worked on at all."""


@dataclass(slots=True, eq=False)
class Item:
    """One step of one dossier from when it came into an inbox. `worked`: working seconds in somebody's hands."""

    dossier: Dossier
    work: OpenWork
    place: Place
    seconds: int
    came_at: datetime
    visit: int
    person: Person | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    """done, sent_back, asked; taken (away by a timer or by what another branch did)."""


@dataclass(slots=True, eq=False)
class Dossier:
    """`name` is the same in every run with the same seed: stream and number in it."""

    number: int
    name: str
    agency: str
    arrived_at: datetime
    course: Course | None = None
    open: dict[str, Item] = field(default_factory=dict)
    visits: Counter[str] = field(default_factory=Counter)
    ended_at: datetime | None = None
    problem: str | None = None
    late: bool = False
    asked: bool = False
    waits_since: datetime | None = None
    timer: int = 0
    timer_at: datetime | None = None


@dataclass(slots=True)
class Run:
    """What happened: all dossiers and all that was in an inbox, in the order of their coming."""

    begins_at: datetime
    ends_at: datetime
    stopped_at: datetime
    dossiers: list[Dossier]
    items: list[Item]
    people: list[Person]
    missing: tuple[Place, ...]
    cut: str | None
    """Why it was broken off early, or None."""


class Floor:
    """The inboxes and the people at them, over SimPy's clock, whose unit is the second since `begins_at`."""

    def __init__(
        self,
        plan: LoadPlan,
        begin: Begin,
        people: Sequence[Person],
        hours: Hours,
        span: tuple[datetime, datetime],
        tell: Callable[[int], None] = lambda done: None,
    ) -> None:
        self.plan, self._begin, self._hours, self._tell = plan, begin, hours, tell
        self.begins_at, self.ends_at = span
        self.env = simpy.Environment()
        self.draws = Draws(plan.seed)
        self.people = list(people)
        self.items: list[Item] = []
        self.dossiers: list[Dossier] = []
        self.missing: list[Place] = []
        self.completions, self.gone, self.cut = 0, 0, ""
        self._calendars: dict[tuple[str, bool], WorkCalendar] = {}
        self._inboxes: dict[Place, list[tuple[float, float, int, Item]]] = {}
        self._at_place: dict[Place, list[Person]] = {}
        self._idle: dict[int, simpy.Event] = {}
        self._processes: dict[int, simpy.Process] = {}
        self._order = 0
        self._unlimited = frozenset(plan.unlimited)
        for person in self.people:
            self._settle_in(person)

    @property
    def now(self) -> datetime:
        return self.begins_at + timedelta(seconds=self.env.now)

    def run(self, coming: Sequence[tuple[datetime, str, str]], until: datetime) -> Run:
        """Let dossiers come (instant, name, agency; in order) and work until all are done, or until `until`."""
        coming = coming[:MOST_DOSSIERS]
        self.env.process(self._arrivals(coming))
        last = self._second(until)
        while self.gone < len(coming) and not self.cut and self.env.peek() <= last:
            self.env.step()
        return Run(
            self.begins_at,
            self.ends_at,
            self.now,
            self.dossiers,
            self.items,
            self.people,
            tuple(self.missing),
            self.cut or None,
        )

    def calendar(self, agency: str, desk: bool) -> WorkCalendar:
        found = self._calendars.get((agency, desk))
        if found is None:
            found = self._calendars[agency, desk] = WorkCalendar.from_dict(self._hours.of(agency, desk))
        return found

    def _second(self, at: datetime) -> int:
        return int((at - self.begins_at).total_seconds())

    def _until(self, at: datetime) -> simpy.Timeout:
        return self.env.timeout(max(0, self._second(at) - self.env.now))

    def _settle_in(self, person: Person) -> None:
        for place in person.worker.places:
            self._at_place.setdefault(place, []).append(person)
            self._inboxes.setdefault(place, [])
        self._processes[person.number] = self.env.process(self._work(person))

    # Dossiers

    def _arrivals(self, coming: Sequence[tuple[datetime, str, str]]) -> Generator[simpy.Event, Any, None]:
        for at, name, agency in coming:
            yield self._until(at)
            dossier = Dossier(len(self.dossiers) + 1, name, agency, self.now)
            self.dossiers.append(dossier)
            try:
                dossier.course = self._begin(dossier.number, agency, self.now)
            except CourseEnded as problem:
                self._end(dossier, str(problem))
                continue
            self._look(dossier)

    def _change(self, dossier: Dossier, change: Callable[[Course], Any]) -> Any:
        """Do something to a dossier, then see what it waits for; False, and nothing changed, when it cannot be done to it."""
        if dossier.course is None or dossier.ended_at is not None:
            return True
        try:
            result = change(dossier.course)
        except CourseEnded as problem:
            self._end(dossier, str(problem))
            return True
        if result is not False:
            self._look(dossier)
        return result

    def _look(self, dossier: Dossier) -> None:
        course = dossier.course
        if course is None:
            return
        opened = {work.key: work for work in course.open()}
        for key in [key for key in dossier.open if key not in opened]:
            self._take_away(dossier.open.pop(key))
        for key, work in opened.items():
            if key not in dossier.open:
                dossier.open[key] = self._opened(dossier, work)
        if course.finished:
            self._end(dossier, None)
            return
        self._await_timer(dossier, course.next_timer())

    def _end(self, dossier: Dossier, problem: str | None) -> None:
        for item in dossier.open.values():
            self._take_away(item)
        dossier.open.clear()
        dossier.ended_at, dossier.problem = self.now, problem
        dossier.late = dossier.course is not None and dossier.course.is_late(self.now)
        self.gone += 1
        self._tell(self.gone)

    def _await_timer(self, dossier: Dossier, at: datetime | None) -> None:
        if at == dossier.timer_at:
            return
        dossier.timer_at = at
        dossier.timer += 1
        if at is not None:
            self.env.process(self._timer(dossier, dossier.timer, at))

    def _timer(self, dossier: Dossier, number: int, at: datetime) -> Generator[simpy.Event, Any, None]:
        yield self._until(at)
        if dossier.timer == number and dossier.ended_at is None:
            dossier.timer_at = None
            self._change(dossier, lambda course: course.fire(max(self.now, at)))

    # Inboxes

    def _opened(self, dossier: Dossier, work: OpenWork) -> Item:
        place = (work.agency, work.position)
        visit = dossier.visits[work.step]
        dossier.visits[work.step] += 1
        seconds = self._service(dossier, work, visit)
        item = Item(dossier, work, place, seconds, self.now, visit)
        self.items.append(item)
        if work.waits or work.by_calendar or place in self._unlimited:
            self.env.process(self._pass(item))
            return item
        if place not in self._at_place:
            self._nobody_at(place, work.desk)
        self._order += 1
        due = self._second(work.due_at) if work.due_at is not None and self.plan.priority == "due" else float("inf")
        heapq.heappush(self._inboxes[place], (due, self.env.now, self._order, item))
        for person in sorted(self._at_place[place], key=lambda one: (one.busy, one.number)):
            idle = self._idle.pop(person.number, None)
            if idle is not None:
                idle.succeed()
        return item

    def _nobody_at(self, place: Place, desk: bool) -> None:
        """Somebody works there, else everything would wait for ever; who asked is told."""
        self.missing.append(place)
        if len(self.people) >= MOST_PEOPLE * 2:
            self.cut = "Quá nhiều vị trí không có người giữ."
        self._at_place.setdefault(place, [])
        person = extra_person(len(self.people), place, self._hours, frozenset({place[1]} if desk else ()))
        self.people.append(person)
        self._settle_in(person)

    def _service(self, dossier: Dossier, work: OpenWork, visit: int) -> int:
        spread = self.plan.spreads.get(work.step)
        if spread is None:
            spread = self.plan.spread if work.limit_seconds else Spread("fixed", 0, self.plan.minutes, 0, minutes=True)
        if work.waits:
            typical = self.plan.applicant_days * 24 * 60
            spread = Spread("triangular", typical * 0.2, typical, typical * 2, minutes=True)
        elif work.by_calendar:
            spread = Spread("fixed", 0, 1, 1)  # public posting: it hangs there for as long as it must
        amount = spread.drawn(self.draws.of("service", dossier.name, _ref(work), visit))
        whole = _MINUTE if spread.minutes else (work.limit_seconds or 0)
        return max(0, round(min(amount * whole, _LONGEST)))

    def _take_away(self, item: Item) -> None:
        item.ended_at, item.outcome = self.now, item.outcome or "taken"
        if item.person is not None:
            self._processes[item.person.number].interrupt()

    # People

    def _work(self, person: Person) -> Generator[simpy.Event, Any, None]:
        while True:
            if not any(self._inboxes[place] for place in person.worker.places):
                self._idle[person.number] = self.env.event()
                yield self._idle[person.number]
                continue
            opening = person.calendar.due(self.now, 0)
            if opening > self.now:
                yield self._until(opening)
                continue
            item = self._next(person)
            if item is not None:
                yield from self._do(person, item)

    def _next(self, person: Person) -> Item | None:
        """The most urgent of her inboxes; what was taken away meanwhile is passed over."""
        best: list[tuple[float, float, int, Item]] | None = None
        for place in person.worker.places:
            inbox = self._inboxes[place]
            while inbox and inbox[0][3].ended_at is not None:
                heapq.heappop(inbox)
            if inbox and (best is None or inbox[0][:3] < best[0][:3]):
                best = inbox
        return heapq.heappop(best)[3] if best else None

    def _do(self, person: Person, item: Item) -> Generator[simpy.Event, Any, None]:
        item.person, item.began_at = person, self.now
        end = person.calendar.due(self.now, item.seconds)
        try:
            yield self._until(end)
        except simpy.Interrupt:
            pass
        else:
            item.person = None
            self._done(item, person.worker.name)
        person.spans.append((item.began_at, self.now))
        person.busy += person.calendar.between(item.began_at, self.now)
        item.person, item.ended_at = person, self.now

    def _pass(self, item: Item) -> Generator[simpy.Event, Any, None]:
        """What takes its time without keeping anybody: the applicant's turn, a public posting, a place that never waits."""
        calendar = self.calendar(item.place[0], item.work.desk)
        item.began_at = self.now
        if item.work.waits or item.work.by_calendar:
            end = calendar.counted(self.now + timedelta(seconds=item.seconds))
        else:
            item.began_at = calendar.due(self.now, 0)
            end = calendar.due(self.now, item.seconds)
        yield self._until(end)
        if item.ended_at is None:
            self._done(item, None)
            item.ended_at = self.now

    def _done(self, item: Item, by: str | None) -> None:
        """What comes of a step that was worked on: forward, back, or a question to the applicant."""
        dossier, work = item.dossier, item.work
        self.completions += 1
        if self.completions >= MOST_COMPLETIONS:
            self.cut = f"Đã đến giới hạn {MOST_COMPLETIONS} lượt xử lý."
        del dossier.open[work.key]
        what = (dossier.name, _ref(work), item.visit)
        item.ended_at, item.outcome = self.now, "done"
        if self._asks(dossier, work) and self._change(dossier, lambda course: course.ask_applicant(work.key, self.now)):
            item.outcome = "asked"
            self.env.process(self._applicant(dossier))
            return
        back = self.plan.returns.get(work.step, self.plan.sent_back)
        is_back = item.visit < MOST_VISITS and not work.waits and self.draws.happens(back, "back", *what)
        if is_back and self._change(dossier, lambda course: course.send_back(work.key, self.now, by)):
            item.outcome = "sent_back"
            return
        self._change(dossier, lambda course: course.complete(work.key, self.now, self._decision(item), by))

    def _asks(self, dossier: Dossier, work: OpenWork) -> bool:
        """Once of a dossier, at its second step: whoever looks into it first finds what is missing."""
        if dossier.asked or work.waits or sum(dossier.visits.values()) < 2:
            return False
        dossier.asked = True
        return self.draws.happens(self.plan.supplements, "supplement", dossier.name)

    def _applicant(self, dossier: Dossier) -> Generator[simpy.Event, Any, None]:
        days = self.plan.applicant_days
        taken = self.draws.of("applicant", dossier.name).triangular(days * 0.2, days * 2, days)
        calendar = self.calendar(dossier.agency, True)
        yield self._until(calendar.counted(self.now + timedelta(seconds=round(taken * 86_400))))
        self._change(dossier, lambda course: course.applicant_answered(self.now))

    def _decision(self, item: Item) -> str | None:
        options = item.work.decisions
        if not options:
            return None
        shares: Mapping[str, float] = self.plan.routes.get(item.work.step) or default_shares(options, self.plan.agree)
        if item.visit >= MOST_VISITS:
            return options[0]
        known = {value: shares.get(value, 0.0) for value in options}
        picked = chosen(known, self.draws.of("route", item.dossier.name, _ref(item.work), item.visit))
        return picked or options[0]


def default_shares(options: Sequence[str], agree: float) -> dict[str, float]:
    """The first decision has `agree`, the others what is left."""
    if len(options) == 1:
        return {options[0]: 1.0}
    return {value: agree if place == 0 else (1 - agree) / (len(options) - 1) for place, value in enumerate(options)}


def _ref(work: OpenWork) -> str:
    """What one step of a dossier is called in every run: the engine's own ids are different each time."""
    return str(getattr(work, "ref", work.step))
