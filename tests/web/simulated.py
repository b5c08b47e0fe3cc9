"""Simulations as a tour of all pages finds them: done, waiting, broken off."""

from __future__ import annotations

from typing import Any

from app.actions.simulate import run_simulation
from tests.actions.designing import new_draft
from tests.actions.scene import Scene


def simulated(scene: Scene) -> dict[str, str]:
    """A draft with two runs that are done, one that waits and one that was broken off."""
    draft = new_draft(scene)
    admin = scene.client("admin")
    runs = []
    for number in range(4):
        body: dict[str, Any] = {"draft": draft, "label": f"Phương án {number}", "plan": {"weeks": 1, "seed": number}}
        answer = admin.post("/api/v1/simulations", json=body)
        assert answer.status_code == 201, answer.text
        runs.append(str((answer.json or {})["id"]))
    with scene.app.app_context():
        for run in runs[:2]:
            run_simulation(int(run), scene.clock)
    admin.post(f"/api/v1/simulations/{runs[3]}/cancel")
    names = ("simulated", "simulated_otherwise", "simulated_later", "simulated_not")
    return {"simulated_draft": str(draft), **dict(zip(names, runs, strict=True))}
