"""The figures of a simulation as a page shows them: tables of words, charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.simulation.plan import LoadPlan, Place
from app.store.simulations import SimulationRow
from app.views.simulation_words import KINDS, PRIORITIES, length, number, percent
from app.views.simulations import place_names, summary
from app.web.charts import MOST_SERIES, Chart, Series, chart, part_of
from app.wording import LOCAL

_TOLD_PERCENTILES = ("p10", "p25", "p50", "p75", "p90", "p95", "p99")


def run_figures(row: SimulationRow) -> dict[str, Any]:
    """Everything that the page of a run shows."""
    found: Mapping[str, Any] = row.result or {}
    day = found["day"]
    plan = LoadPlan.from_dict(row.plan)
    planned = {place for worker in plan.people for place in worker.places} | set(plan.unlimited)
    named = place_names(
        {(one["agency"], one["position"]) for one in (*found["places"], *found["steps"])}
        | planned
        | {(agency, position) for agency, position in found["missing"]}
    )
    steps = [_step(one, named, day) for one in found["steps"]]
    places = [_place(one, named, day) for one in sorted(found["places"], key=lambda one: -float(one["wait"]))]
    return {
        "dossiers": found["dossiers"],
        "late": found["late"],
        "late_words": percent(found["late"]["share"]),
        "taken": [(f"{name[1:]}%", length(found["taken"][name], day)) for name in _TOLD_PERCENTILES],
        "half": length(found["taken"]["p50"], day),
        "most": length(found["taken"]["p90"], day),
        "mean": length(found["taken"]["mean"], day),
        "steps": steps,
        "places": places,
        "people": [
            one | {"words": percent(one["busy"]), "bar": part_of(one["busy"], 1)}
            for one in sorted(found["people"], key=lambda one: -float(one["busy"]))
        ],
        "lost": [
            one | {"words": length(one["more"], day), "share_words": percent(one["share"])} for one in found["lost"]
        ],
        "bottleneck": _bottleneck(found, named, day),
        "notes": _notes(found, named),
        "problems": found["problems"],
        "histogram": _histogram(found["histogram"], day),
        "queues": _queues(found, named),
        "seconds": number(found.get("seconds", 0)),
        "steps_done": found["steps_done"],
        "plan": _plan_words(row, plan, named),
        "choices": [
            {"value": f"{agency}|{position}", "title": named[agency, position]} for agency, position in sorted(planned)
        ],
    }


def _step(one: Mapping[str, Any], named: Mapping[Place, str], day: int) -> dict[str, Any]:
    whole = one["wait"] + one["work"]
    return {
        **one,
        "place": named[one["agency"], one["position"]],
        "wait_words": length(one["wait"], day),
        "p90_words": length(one["wait_p90"], day),
        "work_words": length(one["work"], day),
        "late_words": percent(one["late_share"]) if one["late"] else "0%",
        "waiting": part_of(one["wait"], whole) if whole else 0,
    }


def _place(one: Mapping[str, Any], named: Mapping[Place, str], day: int) -> dict[str, Any]:
    return {
        **one,
        "name": named[one["agency"], one["position"]],
        "busy_words": percent(one["busy"]),
        "bar": part_of(one["busy"], 1),
        "queue_words": number(one["queue"]),
        "wait_words": length(one["wait"], day),
    }


def _bottleneck(found: Mapping[str, Any], named: Mapping[Place, str], day: int) -> str | None:
    steps = [one for one in found["steps"] if not one["passes"] and one["wait"] >= 60]
    if not steps:
        return None
    worst = max(steps, key=lambda one: one["wait"])
    place = next(
        (one for one in found["places"] if (one["agency"], one["position"]) == (worst["agency"], worst["position"])),
        None,
    )
    busy = f", người ở đó bận {percent(place['busy'])} giờ làm việc" if place is not None else ""
    return (
        f"Chờ lâu nhất ở bước “{worst['name']}” ({named[worst['agency'], worst['position']]}): "
        f"trung bình {length(worst['wait'], day)} trước khi có người làm{busy}."
    )


def _notes(found: Mapping[str, Any], named: Mapping[Place, str]) -> list[str]:
    told = []
    if found["cut"]:
        told.append(f"Mô phỏng dừng sớm: {found['cut']}")
    if found["left_out"]:
        told.append(f"{found['left_out']} hồ sơ đến sau cùng không được tính vì quá giới hạn.")
    if found["missing"]:
        places = "; ".join(named[agency, position] for agency, position in found["missing"])
        told.append(f"Không có người được khai ở: {places}. Mỗi nơi được tính một người.")
    if found["dossiers"]["open"]:
        told.append(
            f"{found['dossiers']['open']} hồ sơ còn dở sau 26 tuần kể từ khi hết kỳ; ai đã quá hạn được tính là trễ."
        )
    return told


def _histogram(bars: Sequence[Mapping[str, Any]], day: int) -> Chart:
    points = [
        (f"Từ {number(one['from'] / day)} đến {number(one['to'] / day)} ngày", number(one["to"] / day), None)
        for one in bars
    ]
    series = [
        Series("Đúng hạn", [one["in_time"] for one in bars]),
        Series("Trễ", [one["late"] for one in bars]),
    ]
    return chart(
        "taken", "Số hồ sơ theo số ngày làm việc để xong", points, series, kind="stacked", first="Ngày làm việc"
    )


def _queues(found: Mapping[str, Any], named: Mapping[Place, str]) -> Chart | None:
    """The longest queues over time."""
    places = sorted((one for one in found["places"] if one["queue_most"] > 0), key=lambda one: -float(one["queue"]))
    places = places[: MOST_SERIES - 1]
    if not places:
        return None
    rows = max((one["series"] for one in places), key=len)
    points = [(_day(at), _day(at)[:5], None) for at, _, _ in rows]
    series = [
        Series(
            named[one["agency"], one["position"]],
            [one["series"][n][1] if n < len(one["series"]) else None for n in range(len(rows))],
        )
        for one in places
    ]
    return chart(
        "queues", "Số việc chờ trong hộp, trung bình trong giờ làm việc", points, series, kind="line", first="Từ ngày"
    )


def _day(at: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(LOCAL):%d/%m/%Y}"


def _plan_words(row: SimulationRow, plan: LoadPlan, named: Mapping[Place, str]) -> list[tuple[str, str]]:
    """The configuration, as it was asked for."""
    people = {place: plan.number_at(place) for worker in plan.people for place in worker.places}
    spread = plan.spread
    return [
        (
            "Kỳ",
            f"{plan.weeks} tuần từ {plan.from_on:%d/%m/%Y}" + (f", bỏ {plan.warm_up} tuần đầu" if plan.warm_up else ""),
        ),
        ("Hồ sơ đến", "; ".join(f"{one.agency}: {number(one.per_week)} mỗi tuần" for one in plan.streams)),
        (
            "Người",
            "; ".join(
                [f"{named.get(place, place[1])}: {count}" for place, count in sorted(people.items())]
                + [f"{named.get(place, place[1])}: không phải chờ" for place in plan.unlimited]
            ),
        ),
        ("Vắng mặt", percent(plan.absence)),
        (
            "Thời gian làm",
            f"{KINDS[spread.kind].split(':')[0]}: {percent(spread.low)} – {percent(spread.typical)} – {percent(spread.high)} "
            f"thời hạn của bước; bước không có thời hạn {number(plan.minutes)} phút"
            + (f"; {len(plan.spreads)} bước có thời gian riêng" if plan.spreads else ""),
        ),
        (
            "Rẽ nhánh",
            f"đồng ý {percent(plan.agree)}; trả lại {percent(plan.sent_back)}; yêu cầu bổ sung {percent(plan.supplements)}",
        ),
        ("Hộp việc", PRIORITIES[plan.priority]),
        ("Hạt giống", str(plan.seed)),
        ("Chạy bởi", f"{row.made_by_name}"),
    ]


def compared_figures(rows: Sequence[SimulationRow], named: Mapping[Place, str]) -> dict[str, Any]:
    """Runs side by side: tables with a column for each, charts with a series for each."""
    results: list[Mapping[str, Any]] = [row.result or {} for row in rows]
    day = results[0]["day"]
    titles = [f"{summary(row)['label']} (lần {row.id})" for row in rows]
    return {
        "titles": titles,
        "whole": [
            ("Hồ sơ đến", [str(one["dossiers"]["arrived"]) for one in results]),
            ("Xong", [str(one["dossiers"]["finished"]) for one in results]),
            ("Trễ hạn", [f"{one['late']['count']} ({percent(one['late']['share'])})" for one in results]),
            *[
                (f"{name[1:]}% hồ sơ xong trong", [length(one["taken"][name], one["day"]) for one in results])
                for name in ("p50", "p75", "p90", "p95")
            ],
            ("Trung bình", [length(one["taken"]["mean"], one["day"]) for one in results]),
        ],
        "places": _side_by_side(results, named),
        "steps": _steps_side_by_side(results),
        "charts": [_cumulated(results, titles, day), _busy_chart(results, titles, named)],
    }


def _side_by_side(results: Sequence[Mapping[str, Any]], named: Mapping[Place, str]) -> list[tuple[str, list[str]]]:
    by_run = [{(one["agency"], one["position"]): one for one in result["places"]} for result in results]
    return [
        (
            named[place],
            [
                f"{run[place]['people']} người, bận {percent(run[place]['busy'])}, chờ {length(run[place]['wait'], 28_800)}, "
                f"hàng dài nhất {run[place]['queue_most']}"
                if place in run
                else "–"
                for run in by_run
            ],
        )
        for place in sorted({place for run in by_run for place in run})
    ]


def _steps_side_by_side(results: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[str]]]:
    by_run = [{one["step"]: one for one in result["steps"]} for result in results]
    order = dict.fromkeys(step for run in by_run for step in run)
    return [
        (
            next(run[step]["name"] for run in by_run if step in run),
            [
                f"chờ {length(run[step]['wait'], 28_800)}, làm {length(run[step]['work'], 28_800)}, "
                f"trễ bước {percent(run[step]['late_share'])}"
                if step in run
                else "–"
                for run in by_run
            ],
        )
        for step in order
    ]


def _cumulated(results: Sequence[Mapping[str, Any]], titles: Sequence[str], day: int) -> Chart:
    """The share of dossiers that is done within so many days, of each run."""
    names = ("p10", "p25", "p50", "p75", "p90", "p95", "p99")
    points = [(f"{name[1:]}% hồ sơ xong trong", f"{name[1:]}%", None) for name in names]
    series = [
        Series(title, [round(result["taken"][name] / day, 2) for name in names])
        for title, result in zip(titles, results, strict=True)
    ]
    return chart("taken", "Số ngày làm việc để xong", points, series, kind="line", first="Phần hồ sơ")


def _busy_chart(results: Sequence[Mapping[str, Any]], titles: Sequence[str], named: Mapping[Place, str]) -> Chart:
    by_run = [{(one["agency"], one["position"]): one["wait"] for one in result["places"]} for result in results]
    places = sorted(
        {place for run in by_run for place in run}, key=lambda one: -max(run.get(one, 0) for run in by_run)
    )[:6]
    points = [(named[place], named[place].partition(" · ")[0][:14], None) for place in places]
    series = [
        Series(title, [round(run[place] / 3600, 1) if place in run else None for place in places])
        for title, run in zip(titles, by_run, strict=True)
    ]
    return chart("waits", "Chờ trung bình theo vị trí (giờ)", points, series, unit=" giờ", first="Vị trí")
