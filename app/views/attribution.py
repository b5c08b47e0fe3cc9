"""Whose time a dossier's was, for people: by person, step, unit and agency, against their limits (QT-20, QT-28.5d)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.access.caller import Caller
from app.lawbook import events_of, rules_as_folded
from app.rules.attribution import Attribution, Free, Spent, Stretch, Transfer, attribute, spent_by
from app.store import history, names, tasks
from app.store.replica import reading_behind
from app.store.tasks import TaskRow
from app.views.titles import history_title
from app.views.visibility import visible_dossier

FREE_WORDS: Mapping[str, str] = {
    "intake": "Chờ bộ phận một cửa tiếp nhận",
    "supplement": "Tạm dừng, chờ người nộp bổ sung",
    "payment": "Tạm dừng, chờ người nộp thực hiện nghĩa vụ tài chính",
    "waiting": "Chờ theo quy trình, không bước nào đang mở",
    "result": "Đã có kết quả, chờ người nộp nhận",
}


@dataclass(frozen=True, slots=True)
class Called:
    """How what the clock holds is called: its tasks by engine id, units by id, agencies by code, people by user name."""

    tasks: Mapping[str, TaskRow]
    units: Mapping[int, str]
    agencies: Mapping[str, str]
    people: Mapping[str, str]

    def unit_of(self, stretch: Stretch) -> str | None:
        task = self.tasks.get(stretch.key)
        return None if task is None else self.units.get(task.unit_id)

    def step_of(self, stretch: Stretch) -> str:
        task = self.tasks.get(stretch.key)
        return stretch.step if task is None else task.step_name

    def agency(self, code: str) -> str:
        return self.agencies.get(code, code)


def attribution_of(caller: Caller, code: str, now: datetime) -> dict[str, Any]:
    """Who had the dossier how long, in working seconds, up to `now`; see `AttributionSchema` for the shape.

    Errors: DomainError not_found.
    """
    with reading_behind() as connection:
        dossier = visible_dossier(connection, code, caller)
        rows = history.history_of(connection, dossier.id)
        found = attribute(events_of(rows), rules_as_folded(connection, dossier), now)
        every = tasks.every_task_of(connection, dossier.id)
        called = Called(
            tasks={task.engine_task: task for task in every},
            units=names.unit_names(connection, (task.unit_id for task in every)),
            agencies=names.agency_names(connection, found.state.agencies),
            people=names.people_names(connection, (one.account for one in found.stretches if one.account is not None)),
        )
    return attribution_view(found, called)


def attribution_view(found: Attribution, called: Called) -> dict[str, Any]:
    """What was found, with names."""
    limits = {one.agency: one for one in found.agencies}
    by_agency = spent_by(found.stretches, lambda stretch: stretch.agency)
    return {
        "charged_seconds": sum(stretch.seconds for stretch in found.stretches if stretch.charged),
        "overdue_seconds": found.overdue_seconds,
        "deadline_at": found.state.deadline_at,
        "agencies": [
            {
                "agency": code,
                "agency_name": called.agency(code),
                **_spent(by_agency.get(code, Spent())),
                "limit_seconds": limits[code].limit_seconds if code in limits else None,
                "used_seconds": limits[code].used_seconds if code in limits else None,
                "transfer_late_seconds": limits[code].late_seconds if code in limits else 0,
                "transfer_due_at": limits[code].due_at if code in limits else None,
                "extra_seconds": found.state.extra.get(code, 0),
            }
            for code in dict.fromkeys([*by_agency, *limits])
        ],
        "units": _rows(
            found.stretches,
            lambda stretch: (stretch.agency, called.unit_of(stretch)),
            lambda key: {"agency": key[0], "agency_name": called.agency(key[0]), "unit_name": key[1]},
        ),
        "steps": _rows(
            found.stretches,
            lambda stretch: (stretch.agency, stretch.step, called.step_of(stretch), called.unit_of(stretch)),
            lambda key: {
                "agency": key[0],
                "agency_name": called.agency(key[0]),
                "unit_name": key[3],
                "step": key[1],
                "step_name": key[2],
            },
            limits=True,
        ),
        "people": _rows(
            found.stretches,
            lambda stretch: (
                stretch.account,
                stretch.agency,
                called.unit_of(stretch),
                stretch.step,
                called.step_of(stretch),
            ),
            lambda key: {
                "account": key[0],
                "name": None if key[0] is None else called.people.get(key[0], key[0]),
                "agency": key[1],
                "agency_name": called.agency(key[1]),
                "unit_name": key[2],
                "step": key[3],
                "step_name": key[4],
            },
            limits=True,
        ),
        "free": [_free(one) for one in found.free],
        "transfers": [_transfer(one, called) for one in found.transfers],
    }


def _rows(
    stretches: Iterable[Stretch],
    name: Callable[[Stretch], Any],
    words: Callable[[Any], dict[str, Any]],
    *,
    limits: bool = False,
) -> list[dict[str, Any]]:
    return [words(key) | _spent(spent, limits) for key, spent in spent_by(stretches, name).items()]


def _spent(spent: Spent, limits: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {
        "seconds": spent.seconds,
        "free_seconds": spent.free_seconds,
        "late_seconds": spent.late_seconds,
        "overdue_seconds": spent.overdue_seconds,
        "running": spent.running,
    }
    if limits:
        told["limit_seconds"] = None if spent.limit is None else spent.limit.seconds
        told["limit_unit"] = None if spent.limit is None else spent.limit.unit
    return told


def _free(one: Free) -> dict[str, Any]:
    return {
        "reason": one.reason,
        "words": FREE_WORDS[one.reason],
        "from_at": one.from_at,
        "to_at": one.to_at,
        "seconds": one.seconds,
        "running": one.running,
    }


def _transfer(one: Transfer, called: Called) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "title": history_title(one.kind),
        "from": [{"agency": code, "agency_name": called.agency(code)} for code in one.left],
        "to": [{"agency": code, "agency_name": called.agency(code)} for code in one.entered],
        "sent_at": one.sent_at,
        "delivered_at": one.delivered_at,
    }
