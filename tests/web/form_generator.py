"""Forms that nobody thought of, with something filled in: what our editor can make, drawn by a seeded die."""

from __future__ import annotations

from random import Random
from typing import Any

WORDS = (
    "", "a", "ab", "abc", "Trần Văn Bình", "đất ở", "12", "123456789012", "b@x.vn", "không phải thư", "0912 345 678", "x😀y",
)  # fmt: skip
PATTERNS = ("^[0-9]+$", "^[A-Za-z]{2,}$", "b", r"^\d{12}$", r"^\w[\w ]*$", r"\-", "^(a|ab)$", "")
NUMBERS = (None, 0, 1, -1, 2, 3.5, 0.25, 0.1, 10, 12.125, 99999, -0.75)
DATES = {
    "date": (None, "2026-11-23", "2028-02-29", "2030-01-31"),
    "time": (None, "08:30", "23:45"),
    "datetime": (None, "2026-11-23T08:30", "2027-06-01T16:00"),
}
OPTIONS = ({"value": "x", "label": "X"}, {"value": "y", "label": "Y"}, {"value": "z", "label": "Z"})
KINDS = (
    "textfield", "textfield", "textarea", "number", "number", "checkbox", "radio", "select", "checklist", "taglist", "datetime",
    "expression",
)  # fmt: skip


class Drawn:
    """One form with data. `components` and `given` are as the cases of step_form_cases.json have them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311
        self.number = 0
        self.numbers: list[str] = []
        self.boxes: list[str] = []
        self.components, self.given = self._fields(self.random.randint(1, 6), 0)

    def case(self, seed: int) -> dict[str, Any]:
        return {"name": f"seed {seed}", "components": self.components, "known": {}, "given": self.given}

    def _fields(self, many: int, depth: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        components: list[dict[str, Any]] = []
        data: dict[str, Any] = {}
        for _ in range(many):
            die = self.random.random()
            numbers, boxes = tuple(self.numbers), tuple(self.boxes)
            if die < 0.12 and depth < 2:
                component, below = self._group(depth)
                data |= below
            elif die < 0.2 and depth < 1:
                component, below = self._list(depth)
                data |= below
            else:
                component, value = self._field(depth)
                if value is not ...:
                    data[component["key"]] = value
            if self.random.random() < 0.2:
                self._hide(component, numbers, boxes)
            components.append(component)
        return components, data

    def _name(self) -> str:
        self.number += 1
        return f"k{self.number}"

    def _group(self, depth: int) -> tuple[dict[str, Any], dict[str, Any]]:
        inner, data = self._fields(self.random.randint(1, 3), depth + 1)
        component: dict[str, Any] = {"type": "group", "label": "Nhóm", "components": inner}
        if self.random.random() < 0.5:
            component["path"] = name = self._name()
            return component, {name: data}
        return component, data

    def _list(self, depth: int) -> tuple[dict[str, Any], dict[str, Any]]:
        before = (len(self.numbers), len(self.boxes))
        inner, first = self._fields(self.random.randint(1, 3), depth + 1)
        del self.numbers[before[0] :], self.boxes[before[1] :]
        name = self._name()
        rows = [first] if self.random.random() < 0.5 else [first, dict(first)]
        component = {
            "type": "dynamiclist", "path": name, "label": "Danh sách", "allowAddRemove": True, "defaultRepetitions": 1,
            "components": inner,
        }  # fmt: skip
        return component, {name: rows}

    def _field(self, depth: int) -> tuple[dict[str, Any], Any]:
        kind = self.random.choice(KINDS)
        name = self._name()
        component: dict[str, Any] = {"type": kind, "key": name, "label": name.upper()}
        validate: dict[str, Any] = {}
        if kind != "expression" and self.random.random() < 0.4:
            validate["required"] = True
        value = getattr(self, f"_{kind}")(component, validate)
        if validate:
            component["validate"] = validate
        if kind != "expression" and self.random.random() < 0.06:
            component["disabled"] = True
            value = ...
        elif kind != "expression" and self.random.random() < 0.06:
            component["readonly"] = True
            value = ...
        elif depth == 0 and kind == "number":
            self.numbers.append(name)
        elif depth == 0 and kind == "checkbox":
            self.boxes.append(name)
        return component, value

    def _textfield(self, component: dict[str, Any], validate: dict[str, Any]) -> Any:
        die = self.random.random()
        if die < 0.2:
            validate["validationType"] = self.random.choice(("email", "phone"))
        elif die < 0.45 and (pattern := self.random.choice(PATTERNS)):
            validate["pattern"] = pattern
        return self._textarea(component, validate) if die >= 0.2 else self.random.choice(WORDS)

    def _textarea(self, component: dict[str, Any], validate: dict[str, Any]) -> Any:
        if self.random.random() < 0.3:
            validate["minLength"] = self.random.randint(0, 5)
        if self.random.random() < 0.3:
            validate["maxLength"] = self.random.randint(5, 12)
        return self.random.choice(WORDS)

    def _number(self, component: dict[str, Any], validate: dict[str, Any]) -> Any:
        for limit, lowest, highest in (("min", -2, 2), ("max", 2, 20)):
            if self.random.random() < 0.3:
                validate[limit] = self.random.randint(lowest, highest)
            elif self.numbers and self.random.random() < 0.15:
                validate[limit] = f"={self.random.choice(self.numbers)}"
        if self.random.random() < 0.3:
            component["decimalDigits"] = self.random.randint(0, 2)
        if self.random.random() < 0.2:
            component["increment"] = self.random.choice((1, 5, 0.5, "0.25"))
        value = self.random.choice(NUMBERS)
        if self.random.random() < 0.1:
            component["serializeToString"] = True
            return None if value is None else str(value)
        return value

    def _checkbox(self, component: dict[str, Any], validate: dict[str, Any]) -> Any:
        return self.random.random() < 0.5

    def _select(self, component: dict[str, Any], validate: dict[str, Any]) -> Any:
        component["values"] = list(OPTIONS)
        return self.random.choice((None, "x", "y", "z"))

    _radio = _select

    def _checklist(self, component: dict[str, Any], validate: dict[str, Any]) -> Any:
        component["values"] = list(OPTIONS)
        return self.random.sample(["x", "y", "z"], self.random.randint(0, 3))

    _taglist = _checklist

    def _datetime(self, component: dict[str, Any], validate: dict[str, Any]) -> Any:
        subtype = self.random.choice(tuple(DATES))
        component |= {"subtype": subtype, "dateLabel": component["label"], "use24h": True}
        component["timeLabel"] = component.pop("label")
        if subtype != "date":
            component["timeSerializingFormat"] = "no_timezone"
        return self.random.choice(DATES[subtype])

    def _expression(self, component: dict[str, Any], validate: dict[str, Any]) -> Any:
        del component["label"]
        read = self.random.choice(self.numbers) if self.numbers else "0"
        component |= {"expression": f"={read} * 2", "computeOn": "change"}
        return ...

    def _hide(self, component: dict[str, Any], numbers: tuple[str, ...], boxes: tuple[str, ...]) -> None:
        """A condition over fields that stand before it. Nothing reads what may be hidden itself: that counts as what the page
        began with (`form_values.check_form`), and here pages begin with what was filled in."""
        self.numbers, self.boxes = list(numbers), list(boxes)
        if boxes and self.random.random() < 0.5:
            box = self.random.choice(boxes)
            component["conditional"] = {"hide": self.random.choice((f"={box}", f"=not({box})"))}
        elif numbers:
            component["conditional"] = {"hide": f"={self.random.choice(numbers)} > {self.random.randint(-1, 5)}"}


def drawn_cases(first: int, many: int) -> list[dict[str, Any]]:
    return [Drawn(seed).case(seed) for seed in range(first, first + many)]
