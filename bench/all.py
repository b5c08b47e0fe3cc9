"""Every benchmark one after the other; a full run puts the figures into docs/performance.json and docs/performance.md."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from app.config import PROJECT_ROOT
from bench.serving import Progress

NAMES = (
    "action", "events", "batch", "register", "sign_in", "timers", "mixed", "scale", "memory", "startup", "inbox", "dossier"
)  # fmt: skip
DOCS = PROJECT_ROOT / "docs"
BEGIN, END = "<!-- motcua bench all -->", "<!-- end -->"


class Line(NamedTuple):
    """A row of the table: what, where its figure, its floor's and their ratio stand in the results, and what must hold."""

    what: str
    unit: str
    ours: str
    floor_is: str
    floor: str
    ratio: str
    must: str = ""


LINES = (
    Line("forward, 1 at a time", "/s", "action.concurrency.1.action_per_second", "bare route, same SQL",
         "action.concurrency.1.bare_per_second", "action.concurrency.1.ratio"),
    Line("forward, 8 at a time", "/s", "action.concurrency.8.action_per_second", "bare route, same SQL",
         "action.concurrency.8.bare_per_second", "action.concurrency.8.ratio", "≥ 0.5"),
    Line("forward, 1 at a time, median", "ms", "action.concurrency.1.action_median_ms", "bare route, same SQL",
         "action.concurrency.1.bare_median_ms", "action.concurrency.1.latency", "≤ 2.5"),
    Line("an event after 500", "ms", "events.old_ms", "after 3", "events.young_ms", "events.ratio", "≤ 1.2"),
    Line("1,000 forwards in one request", "s", "batch.batch_seconds", "1,000 requests", "batch.singly_seconds",
         "batch.ratio", "≥ 1.5"),
    Line("registration, 1 at a time", "/s", "register.register_per_second", "bare route, same SQL",
         "register.bare_per_second", "register.ratio"),
    Line("sign-in, 8 at a time", "/s", "sign_in.concurrency.8.sign_ins_per_second", "bare check of the password",
         "sign_in.concurrency.8.checks_per_second", "sign_in.concurrency.8.ratio"),
    Line("forward while 100,000 timers fire, p95", "ms", "timers.meanwhile_ms.p95", "without them",
         "timers.before_ms.p95", "timers.p95_ratio", "≤ 2"),
    Line("office morning: forward, p95", "ms", "mixed.kinds.forward.p95_ms", "one at a time",
         "mixed.kinds.forward.calm_p95_ms", "mixed.kinds.forward.p95_ratio"),
    Line("office morning: inbox page, p95", "ms", "mixed.kinds.inbox page.p95_ms", "one at a time",
         "mixed.kinds.inbox page.calm_p95_ms", "mixed.kinds.inbox page.p95_ratio"),
    Line("forward, 2 processes", "/s", "scale.2.action_per_second", "1 process", "scale.1.action_per_second",
         "scale.2.of_one_process"),
    Line("forward, 4 processes", "/s", "scale.4.action_per_second", "1 process", "scale.1.action_per_second",
         "scale.4.of_one_process"),
    Line("a web process after work", "MB", "memory.web_worked_mb", "bare Flask", "memory.bare_worked_mb",
         "memory.ratio"),
    Line("`motcua serve` is ready", "s", "startup.serve_seconds", "bare Flask", "startup.bare_seconds", "startup.ratio"),
    Line("inbox, worst, 10⁶ dossiers to 10⁴", "", "", "", "", "inbox.worst_ratio", "≤ 1.2"),
    Line("forward, 10⁶ dossiers to 10⁴", "ms", "dossier.requests.forward.request.many_ms", "10⁴ dossiers",
         "dossier.requests.forward.request.few_ms", "dossier.requests.forward.request.ratio", "≤ 1.2"),
    Line("registration, 10⁶ dossiers to 10⁴", "ms", "dossier.requests.registration.request.many_ms", "10⁴ dossiers",
         "dossier.requests.registration.request.few_ms", "dossier.requests.registration.request.ratio", "≤ 1.2"),
    Line("dossier's pages and actions, worst, 10⁶ dossiers to 10⁴", "", "", "", "", "dossier.worst_ratio", "≤ 1.2"),
)  # fmt: skip


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """All results by name; a benchmark that fails has `{"failed": …}` and the others go on."""
    results: dict[str, Any] = {}
    for name in NAMES:
        progress(f"== {name}")
        try:
            results[name] = importlib.import_module(f"bench.{name}").run(quick, progress)
        except Exception as problem:  # the figures of the others are worth having
            results[name] = {"failed": f"{type(problem).__name__}: {problem}"[:500]}
            progress(f"   không đo được: {results[name]['failed']}")
        if not quick:
            write(results)
    return results


def write(results: Mapping[str, Any]) -> None:
    """Keep the figures and put the table in its place; what was not measured this time keeps its last figures."""
    kept = DOCS / "performance.json"
    known: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    known.update(results)
    kept.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    page = DOCS / "performance.md"
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{table(known)}{END}{after}", encoding="utf-8")


def table(results: Mapping[str, Any]) -> str:
    """The table in Markdown."""
    rows = ["| | ours | floor | | ratio | must be |", "| --- | --- | --- | --- | --- | --- |"]
    for line in LINES:
        ours, floor, ratio = (_found(results, path) for path in (line.ours, line.floor, line.ratio))
        if ratio is not None:
            shown = [f"{value} {line.unit}".strip() if value is not None else "" for value in (ours, floor)]
            rows.append(f"| {line.what} | {shown[0]} | {shown[1]} | {line.floor_is} | **{ratio}** | {line.must} |")
    return "\n".join(rows) + "\n"


def _found(results: Mapping[str, Any], path: str) -> Any:
    found: Any = results
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
