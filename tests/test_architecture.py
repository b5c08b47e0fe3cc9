"""The structure itself: who commits, who imports what, which route asks for which permission."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from app.access.guard import declared
from app.api.problems import ProblemSchema
from app.cli import COMMANDS
from app.config import PROJECT_ROOT, Settings
from app.factory import create_app
from app.rules.permissions import OF_DOSSIERS, RIGHTS
from app.schemas import fields
from app.schemas.fields import Schema
from app.store.migrate import script

APP = PROJECT_ROOT / "app"
STARTED = re.compile(r"(?:python:)?(app(?:\.[a-z_]+)+)(?:\.[A-Z]\w+)?(?::\w+\(\))?")
TRANSACTIONS = ("commit", "begin", "begin_nested", "begin_twophase")
STARTED_BY_NAME = {"app.__main__", "app.cli", *(f"app.commands.{name.replace('-', '_')}" for name in COMMANDS)}
"""Modules that no module imports: `python -m app`, the console script and its lazily loaded commands."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Made without a database: routes are known before anything connects."""
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/none", data=tmp_path_factory.mktemp("data"))
    return create_app(settings)


def module_name(path: Path) -> str:
    parts = path.relative_to(PROJECT_ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def sources() -> dict[str, ast.Module]:
    return {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(APP.rglob("*.py"))}


def imported(tree: ast.Module) -> Iterator[str]:
    """Every dotted name that a module imports; of `from a import b` both `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_one_file_opens_and_ends_transactions() -> None:
    found = {
        name
        for name, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TRANSACTIONS
    }
    assert found == {"app.store.transaction"}


def test_the_regulation_imports_only_the_standard_library() -> None:
    rules = {name: tree for name, tree in sources().items() if name.startswith("app.rules")}
    assert len(rules) > 10
    for name, tree in rules.items():
        for module in imported(tree):
            top = module.partition(".")[0]
            assert top in sys.stdlib_module_names or module.startswith("app.rules"), f"{name} imports {module}"


def test_every_module_is_used() -> None:
    migrations = ast.parse((PROJECT_ROOT / "migrations" / "env.py").read_text(encoding="utf-8"))
    used = set(imported(migrations))
    for name, tree in sources().items():
        used |= {module for module in imported(tree) if module != name}
        # A process of its own is started by its name, which stands alone in a string.
        strings = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
        named = (STARTED.fullmatch(text) for text in strings if isinstance(text, str))
        used |= {match[1] for match in named if match}
    packages = {name for name in sources() if (PROJECT_ROOT / name.replace(".", "/") / "__init__.py").is_file()}
    assert set(sources()) - packages - used - STARTED_BY_NAME == set()


def test_every_route_declares_its_permission(app: Flask) -> None:
    undeclared = {
        f"{rule.rule} ({rule.endpoint})"
        for rule in app.url_map.iter_rules()
        if declared(app.view_functions[rule.endpoint]) is None
    }
    assert undeclared == set()


def test_an_actions_route_asks_for_what_the_table_of_rights_says(app: Flask) -> None:
    actions = {
        match[1]: app.view_functions[rule.endpoint]
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
        and (match := re.fullmatch(r"/api/v1/tasks/<id:task_id>/([a-z-]+)", rule.rule))
    }
    assert set(actions) == set(RIGHTS) - OF_DOSSIERS
    for name, view in actions.items():
        assert set(declared(view) or ()) == set(RIGHTS[name].permissions), name


def test_every_schema_refuses_unknown_fields_and_speaks_vietnamese(app: Flask) -> None:
    waiting, seen = [Schema], []
    while waiting:
        schema = waiting.pop()
        waiting += schema.__subclasses__()
        if schema.__module__.startswith("app."):
            seen.append(schema)
            # A problem is only ever answered, and RFC 9457 lets it bring members of its own.
            assert schema.Meta.unknown == ("include" if schema is ProblemSchema else "raise"), schema
            for name, field in schema().fields.items():
                assert type(field).__module__ == fields.__name__, f"{schema.__name__}.{name}"
    assert len(seen) > 20


def test_migrations_are_numbered_and_in_one_line() -> None:
    revisions = list(reversed(list(script().walk_revisions())))
    assert [revision.revision for revision in revisions] == [f"{number:04d}" for number in range(1, len(revisions) + 1)]
    for earlier, later in zip([None, *revisions], revisions, strict=False):
        assert later.down_revision == (earlier.revision if earlier else None)
        assert Path(later.path).name.startswith(f"{later.revision}_")
