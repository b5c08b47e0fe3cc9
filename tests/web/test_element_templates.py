"""The element templates as the desktop Camunda Modeler reads them: its own validator, with the schema of Camunda 7."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from app.config import PROJECT_ROOT

TEMPLATES = PROJECT_ROOT / "bpmn" / "element-templates" / "motcua.json"
SCRIPT = """
import { validateAll } from "@bpmn-io/element-templates-validator";
import { readFileSync } from "node:fs";
const { valid, results } = validateAll(JSON.parse(readFileSync(0, "utf8")));
const told = results.map(({ valid, object, errors }) => ({ valid, id: object.id, errors: errors?.map((one) => one.message) }));
console.log(JSON.stringify({ valid, told }));
"""


def judged(templates: list[dict[str, Any]]) -> dict[str, Any]:
    """What the desktop says of them: {valid, told: [{id, valid, errors}]}."""
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", SCRIPT],
        input=json.dumps(templates),
        cwd=PROJECT_ROOT / "frontend",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    answer: dict[str, Any] = json.loads(ran.stdout)
    return answer


def test_the_desktop_modeller_accepts_every_template() -> None:
    templates = json.loads(TEMPLATES.read_text(encoding="utf-8"))
    answer = judged(templates)
    assert [(one["id"], one["errors"]) for one in answer["told"] if not one["valid"]] == []
    assert [one["id"] for one in answer["told"]] == [one["id"] for one in templates]
    assert answer["valid"]


def test_what_the_desktop_refuses_is_told() -> None:
    """A binding of Camunda 8 and a template without fields: the schema is that of Camunda 7, and it is asked."""
    template = json.loads(TEMPLATES.read_text(encoding="utf-8"))[0]
    foreign = {**template, "properties": [{"type": "String", "binding": {"type": "zeebe:property", "name": "agency"}}]}
    bare = {name: value for name, value in template.items() if name != "properties"}
    assert [one["valid"] for one in judged([template, foreign, bare])["told"]] == [True, False, False]
