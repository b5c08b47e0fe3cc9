"""Dossiers that stand, what is known of it, and what the administrator does about it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.actions.vacancies import review_vacancies
from app.store import incidents
from app.store.accounts import Account, AccountPosition
from app.store.incidents import Incident
from tests.actions.scene import Scene


def every(scene: Scene, code: str) -> list[Any]:
    """All incidents of a dossier, resolved or not."""
    with scene.reading() as connection:
        query = select(Incident.__table__).where(Incident.dossier_id == scene.dossier(code).id).order_by(Incident.id)
        return list(connection.execute(query).all())


def the_one(scene: Scene, code: str) -> incidents.IncidentRow:
    """The dossier's one open incident."""
    with scene.reading() as connection:
        (found,) = incidents.open_incidents(connection, scene.dossier(code).id)
    return found


def manage(scene: Scene, what: str, number: int, status: int = 200, **body: Any) -> Any:
    """What the administrator does about an incident."""
    answer = scene.client("admin").post(f"/api/v1/incidents/{number}/{what}", json={"reason": "Đã sửa"} | body)
    assert answer.status_code == status, answer.text
    return answer.json


def leave(scene: Scene, *usernames: str) -> None:
    """These accounts hold no position from today on."""
    with scene.writing() as connection:
        connection.execute(
            AccountPosition.__table__.delete().where(
                AccountPosition.account_id.in_(select(Account.id).where(Account.username.in_(usernames)))
            )
        )


def review(scene: Scene) -> int:
    with scene.app.app_context():
        return review_vacancies(scene.clock())


def at_gateway(scene: Scene, **data: Any) -> str:
    """A dossier at a step behind which no condition can be decided without a number."""
    return scene.at_step("review", scene.publish("decision"), data={"amount": "nhiều"} | data)


AGREE = {"decision": "agree", "comment": "Đồng ý"}
