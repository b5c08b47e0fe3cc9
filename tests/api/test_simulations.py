"""Simulations over the interface: asked for, followed, broken off, thrown away."""

from __future__ import annotations

from typing import Any

import pytest

from app.actions.simulate import run_simulation
from tests.actions.designing import new_draft
from tests.actions.scene import Scene, is_problem

HOME = "/api/v1/simulations"


def asked(scene: Scene, key: str | None = None, **body: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return scene.client("admin").post(HOME, json=body, headers=headers)


def test_a_draft_is_simulated_with_what_is_proposed_and_with_what_is_asked(scene: Scene) -> None:
    draft = new_draft(scene)
    answer = asked(scene, key="mot", draft=draft, plan={"weeks": 1, "seed": 5, "spread": {"typical": 0.2}})
    assert answer.status_code == 201, answer.text
    assert answer.json["plan"]["spread"] == {
        "kind": "triangular",
        "low": 0.1,
        "typical": 0.2,
        "high": 0.8,
        "minutes": False,
    }
    assert (
        asked(scene, key="mot", draft=draft, plan={"weeks": 1, "seed": 5, "spread": {"typical": 0.2}}).json["id"]
        == answer.json["id"]
    )
    with scene.app.app_context():
        run_simulation(answer.json["id"], scene.clock)
    done = scene.get("admin", f"/simulations/{answer.json['id']}")
    assert (done["state"], done["percent"]) == ("done", 100)
    assert done["result"]["dossiers"]["arrived"] == done["done"]
    assert scene.get("admin", f"/simulations?draft={draft}")["total"] == 1
    copy = asked(scene, draft=draft, copied_from=done["id"], label="Ít hơn", plan={"absence": 0.5}).json
    assert (copy["plan"]["seed"], copy["plan"]["absence"], copy["copied_from"]) == (5, 0.5, done["id"])
    admin = scene.client("admin")
    assert admin.post(f"{HOME}/{copy['id']}/cancel").json["state"] == "cancelled"  # type: ignore[index]
    is_problem(admin.post(f"{HOME}/{copy['id']}/cancel"), 409, "wrong_state")
    assert admin.post(f"{HOME}/{copy['id']}/retry").json["state"] == "waiting"  # type: ignore[index]
    is_problem(admin.post(f"{HOME}/{copy['id']}/delete"), 409, "wrong_state")
    assert admin.post(f"{HOME}/{done['id']}/delete").status_code == 204
    is_problem(admin.get(f"{HOME}/{done['id']}"), 404, "not_found")


def test_a_version_is_simulated(scene: Scene) -> None:
    scene.publish("linear")
    answer = asked(scene, procedure="1.000001", version=1, plan={"weeks": 1})
    assert answer.status_code == 201, answer.text
    assert scene.get("admin", "/simulations?procedure=1.000001&version=1")["data"][0]["id"] == answer.json["id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"draft": 1, "procedure": "1.000001", "version": 1},
        {"plan": {"weeks": 0}},
        {"plan": {"absence": 2}},
        {"plan": {"absence": "NaN"}},
        {"plan": {"weekdays": [1]}},
        {"plan": {"streams": [{"agency": "A", "per_week": 99_999}]}},
        {"plan": {"streams": []}},
        {"plan": {"spread": {"low": 5, "typical": 1, "high": 1}}},
        {"plan": {"people": [{"name": "a", "places": "x"}]}},
        {"plan": {"no_such": 1}},
    ],
)
def test_what_cannot_be_is_refused(scene: Scene, body: dict[str, Any]) -> None:
    draft = new_draft(scene)
    whose = {"draft": draft} if "plan" in body else {}
    is_problem(asked(scene, **{**whose, **body}), 422, "invalid")


def test_who_designs_nothing_simulates_nothing(scene: Scene) -> None:
    is_problem(scene.client("binh").get(f"{HOME}?draft=1"), 403, "forbidden")
    is_problem(scene.client("binh").post(HOME, json={"draft": 1}), 403, "forbidden")
    is_problem(asked(scene, draft=999_999), 404, "not_found")
