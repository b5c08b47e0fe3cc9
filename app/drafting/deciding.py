"""Where a step sends the dossier back to, and between which outcomes it decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from app.drafting.clauses import outcomes_in, return_in
from app.drafting.model import Certainty, DraftStep, Route
from app.drafting.people import kind_of
from app.drafting.saying import Said, say
from app.drafting.taken import Item
from app.drafting.wording import folded

_FIRST_CASE = re.compile(r"(?:truong hop|th) ?(?:1|a)\b")


def returned(steps: list[DraftStep], items: Sequence[Item], said: Said) -> list[DraftStep]:
    """Steps with the key of the one to which their words send it back, if not everybody agrees."""
    made = list(steps)
    for n, (step, item) in enumerate(zip(steps, items, strict=True)):
        found = return_in(item.work)
        if found is None:
            continue
        number = f"{step.number.split('-')[0]}-{found.number}" if step.number.startswith("GĐ") else found.number
        if found.number:
            targets = [k for k, one in enumerate(steps[:n]) if one.number.lower() == number.lower()]
        elif found.previous:
            targets = [n - 1] if n else []
        else:
            kind = kind_of(found.words) or "specialist"
            targets = [k for k in range(n) if kind_of(steps[k].who) == kind and steps[k].stage == "resolve"][-1:]
        if not targets:
            text = "nói trả lại một bước nhưng không thấy bước đó ở phía trước: hãy chọn bước trả lại"
            say(said, "doubtful", "returns.unknown", step, item, "work", "returns", text)
            continue
        target = steps[targets[-1]]
        made[n] = replace(step, returns=target.key)
        if len(targets) > 1:
            text = (
                f"trả lại bước {found.number}, bước này có {len(targets)} vị trí: đã lấy “{target.name}”, hãy kiểm tra"
            )
            say(said, "doubtful", "returns.several", step, item, "work", "returns", text)
        else:
            certainty: Certainty = "read" if found.number else "guessed"
            text = (
                f"khi không đồng ý thì trả lại bước {target.number or target.key} “{target.name}”; "
                "trả lại là thao tác, không vẽ thành mũi tên"
            )
            say(said, certainty, "returns.read", step, item, "work", "returns", text)
    return made


def decided(steps: list[DraftStep], items: Sequence[Item], said: Said) -> list[DraftStep]:
    """Steps with the routes between which their words decide."""
    made = list(steps)
    for n, (step, item) in enumerate(zip(steps, items, strict=True)):
        outcomes = outcomes_in(item.work)
        if not outcomes or step.pause or step.asked:
            continue
        if step.returns and not any(one.to for one in outcomes):
            continue  # what it does when it disagrees was said with where it returns to
        values = {one.value for one in outcomes}
        if step.stage != "resolve" or (
            len(outcomes) < 2 and values <= {"refuse"} and not _FIRST_CASE.search(folded(item.work))
        ):
            text = (
                "nêu trường hợp thiếu hoặc không đủ điều kiện: bổ sung, từ chối là quy trình bên "
                "lề đã có sẵn, không vẽ thành nhánh"
            )
            say(said, "guessed", "routes.beside", step, item, "work", "routes", text)
            continue
        if len(outcomes) < 2:
            text = f"chỉ nêu một trường hợp (“{outcomes[0].title}”): hãy xem bước có rẽ nhánh không"
            say(said, "doubtful", "routes.unclear", step, item, "work", "routes", text)
            continue
        targets = [_target(one.to, steps, n) for one in outcomes]
        routes = tuple(
            Route(one.value, one.title, "end" if one.ends else target or "next")
            for one, target in zip(outcomes, targets, strict=True)
        )
        made[n] = replace(step, routes=routes)
        sure = all(
            one.ends or target or (one.papers and not one.to) for one, target in zip(outcomes, targets, strict=True)
        )
        names = "; ".join(f"{one.title} → {_named(one.to, steps)}" for one in routes)
        advice = "" if sure else "; hãy kiểm tra mỗi kết quả đi đến bước nào"
        say(
            said,
            "guessed" if sure else "doubtful",
            "routes.split",
            step,
            item,
            "work",
            "routes",
            f"chia kết quả: {names}{advice}",
        )
    return made


def _target(number: str, steps: Sequence[DraftStep], at: int) -> str:
    prefix = f"{steps[at].number.split('-')[0]}-" if steps[at].number.startswith("GĐ") else ""
    found = [one.key for one in steps[at + 1 :] if number and one.number.lower() == f"{prefix}{number}".lower()]
    return found[0] if found else ""


def _named(to: str, steps: Sequence[DraftStep]) -> str:
    if to in ("next", "end"):
        return "bước tiếp theo" if to == "next" else "kết thúc"
    return next((f"bước {one.number}" for one in steps if one.key == to), to)
