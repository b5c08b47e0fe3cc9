"""Writes docs/regulation.md: every rule, what each province makes of it, and the tests that hold it. `make regulation`.

Three sources, none of them copied: `tests/regulation/rules.toml` has the rules, the marks `@pytest.mark.rule` say which test
holds which, the profiles say how each province applies it. Marks are read from the source, without importing a test.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "regulation.md"
RULES = ROOT / "tests" / "regulation" / "rules.toml"
MOST_WITHOUT = 18
"""So many rules may stand without a test, each for one of the reasons in `rules.toml`."""

HEAD = """# The regulation

Made by `make regulation` from `tests/regulation/rules.toml`, the marks in the tests and the profiles; do not edit. `QT-18.2` is
Quảng Trị, Điều 18 khoản 2; the sentences are ours and short, the articles decide. ● stands where a province's own regulation
says so. Every rule holds in every province alike, unless its row names switches: then a cell shows what that province's
profile chooses.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the regulations; see the head of `rules.toml`."""

    id: str
    text: str
    by: tuple[str, ...]
    also: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    without: str | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """What `rules.toml` says: groups `(number, name, rules)`, provinces and reasons by key, other ids that marks may name."""

    groups: tuple[tuple[int, str, tuple[Rule, ...]], ...]
    provinces: Mapping[str, Mapping[str, str]]
    reasons: Mapping[str, str]
    elsewhere: frozenset[str]

    def rules(self) -> Iterator[Rule]:
        for _, _, rules in self.groups:
            yield from rules

    def named(self) -> frozenset[str]:
        """Every id that a mark may name."""
        own = {name for rule in self.rules() for name in (rule.id, *rule.also)}
        return self.elsewhere | own


def read_law(path: Path = RULES) -> Law:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    groups = tuple((one["number"], one["name"], tuple(_rule(row) for row in one["rules"])) for one in data["groups"])
    elsewhere = frozenset(name for names in data["elsewhere"].values() for name in names)
    return Law(groups, data["provinces"], data["reasons"], elsewhere)


def _rule(row: Mapping[str, Any]) -> Rule:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Rule(**values)


# Marks --------------------------------------------------------------------------------------------------------------------


def marked_tests(root: Path = ROOT) -> dict[str, list[str]]:
    """The tests by the rule that they are marked with, as `tests/x/test_y.py::test_z`, in order."""
    found: dict[str, list[str]] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for test, rule in marks_in(tree):
            names = found.setdefault(rule, [])
            name = f"{path.relative_to(root).as_posix()}::{test}"
            if name not in names:
                names.append(name)
    return found


def marks_in(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """`(test, rule)` for every test of a module: its own marks, those of its parameters, and the module's."""
    values = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    whole = list(_rules_in(values["pytestmark"], values)) if "pytestmark" in values else []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            own = [rule for decorator in node.decorator_list for rule in _rules_in(decorator, values)]
            yield from ((node.name, rule) for rule in [*own, *whole])


def _rules_in(node: ast.AST, values: Mapping[str, ast.expr], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The ids in every `pytest.mark.rule(…)` below a node; names of the module are looked up, tables of ids taken whole."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call) and ast.unparse(part.func) == "pytest.mark.rule":
            for argument in part.args:
                yield from _ids(argument, values)
        elif isinstance(part, ast.Name) and part.id in values and part.id not in seen:
            yield from _rules_in(values[part.id], values, seen | {part.id})


def _ids(argument: ast.expr, values: Mapping[str, ast.expr]) -> Iterator[str]:
    """The text of an argument; of one that looks something up in a table of the module, every text that the table gives."""
    if isinstance(argument, ast.Constant):
        yield str(argument.value)
        return
    for part in ast.walk(argument):
        table = values.get(part.id) if isinstance(part, ast.Name) else None
        given = table.values if isinstance(table, ast.Dict) else [table] if table is not None else []
        for one in (one for value in given for one in ast.walk(value)):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


# What is wrong ------------------------------------------------------------------------------------------------------------


def tests_of(rule: Rule, marked: Mapping[str, list[str]]) -> list[str]:
    return [test for name in (rule.id, *rule.also) for test in marked.get(name, ())]


def faults(law: Law, marked: Mapping[str, list[str]]) -> list[str]:
    """What must not be: a rule that nothing holds, too many reasons, a reason that is none, a mark of no rule."""
    wrong = [f"{name}: no rule of this name ({', '.join(marked[name])})" for name in sorted(set(marked) - law.named())]
    for rule in law.rules():
        has_tests = bool(tests_of(rule, marked))
        if rule.without is None and not has_tests:
            wrong.append(f"{rule.id}: neither test nor reason")
        if rule.without is not None and has_tests:
            wrong.append(f"{rule.id}: has a test, so it needs no reason")
        if rule.without is not None and rule.without not in law.reasons:
            wrong.append(f"{rule.id}: {rule.without!r} is no reason of the list")
        wrong += [f"{rule.id}: no province {code!r}" for code in rule.by if code not in law.provinces]
    excused = sum(rule.without is not None for rule in law.rules())
    if excused > MOST_WITHOUT:
        wrong.append(f"{excused} rules have a reason instead of a test; at most {MOST_WITHOUT} may")
    return wrong


# The page -----------------------------------------------------------------------------------------------------------------


def read_profiles(law: Law, root: Path = ROOT) -> dict[str, dict[str, Any]]:
    """The profile of each province as its file has it; empty where there is none."""
    files = {code: root / "profiles" / f"{one['profile']}.toml" for code, one in law.provinces.items()}
    return {
        code: tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {} for code, file in files.items()
    }


def page(law: Law, marked: Mapping[str, list[str]], profiles: Mapping[str, Mapping[str, Any]]) -> str:
    """The whole page as text."""
    rules = list(law.rules())
    held = sum(bool(tests_of(rule, marked)) for rule in rules)
    lines = [HEAD, f"{held} of {len(rules)} rules have tests; the others have one of these reasons:", ""]
    lines += [f"- {text}: {_named(rules, key)}" for key, text in law.reasons.items() if _named(rules, key)]
    columns = " | ".join(one["name"] for one in law.provinces.values())
    for number, name, group in law.groups:
        lines += [
            "",
            f"## {number} {name}",
            "",
            f"| rule | | {columns} | tests |",
            "| --- " * (len(law.provinces) + 3) + "|",
        ]
        lines += [_row(rule, law, marked, profiles) for rule in group]
    return "\n".join(lines) + "\n"


def _named(rules: Iterable[Rule], reason: str) -> str:
    return ", ".join(rule.id for rule in rules if rule.without == reason)


def _row(rule: Rule, law: Law, marked: Mapping[str, list[str]], profiles: Mapping[str, Mapping[str, Any]]) -> str:
    names = ", ".join((rule.id, *rule.also))
    text = rule.text + (f" Switches: {', '.join(f'`{key}`' for key in rule.switches)}." if rule.switches else "")
    cells = [_cell(rule, code, profiles.get(code, {})) for code in law.provinces]
    return f"| {names} | {text} | {' | '.join(cells)} | {_tests(rule, law, marked)} |"


def _cell(rule: Rule, code: str, profile: Mapping[str, Any]) -> str:
    chosen = [_value(profile[key]) for key in rule.switches if key in profile]
    return " ".join((["●"] if code in rule.by else []) + ([" · ".join(chosen)] if chosen else []))


def _value(value: Any) -> str:
    return f"`{', '.join(map(str, value)) if isinstance(value, list) else value}`"


def _tests(rule: Rule, law: Law, marked: Mapping[str, list[str]]) -> str:
    if rule.without is not None:
        return f"none: {law.reasons[rule.without]}"
    by_file: dict[str, list[str]] = {}
    for test in tests_of(rule, marked):
        file, _, name = test.partition("::")
        by_file.setdefault(file, []).append(name)
    return "<br>".join(
        f"[{file.removeprefix('tests/')}](../{file}): {', '.join(dict.fromkeys(names))}"
        for file, names in by_file.items()
    )


def current_page() -> str:
    law = read_law()
    return page(law, marked_tests(), read_profiles(law))


def main() -> int:
    """Write the page and say what is wrong; 1 when something is."""
    wrong = faults(read_law(), marked_tests())
    PAGE.write_text(current_page(), encoding="utf-8")
    for fault in wrong:
        print(fault, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
