"""Migrations that would stop the offices: what locks a table while people work, rewrites it, or breaks the older release.

Every migration is let run without a database; the statements that it would send are looked at. What is meant to be stands in
`migrations/accepted.toml` with its reason. Tables that the same migration makes are nobody's yet: anything may be done to them.
"""

from __future__ import annotations

import importlib.util
import io
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Final

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from app.store.migrate import FOLDER

FROM: Final = "0028"
"""Migrations before that were written when nobody worked yet."""
_TABLE = r'(?:ONLY\s+)?(?:IF\s+EXISTS\s+)?(?:public\.)?"?(?P<table>\w+)"?'
_ALTER = rf"ALTER\s+TABLE\s+{_TABLE}\b[^;]*?"
RULES: Final[Mapping[str, tuple[str, str]]] = {
    "index": (
        rf"CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)(?:IF\s+NOT\s+EXISTS\s+)?\S*\s*ON\s+{_TABLE}",
        "khóa ghi cả bảng khi dựng chỉ mục: dùng CREATE INDEX CONCURRENTLY ngoài giao dịch",
    ),
    "not_null_column": (
        rf"{_ALTER}ADD\s+(?:COLUMN\s+)?(?!CONSTRAINT)(?:(?!\bDEFAULT\b|;|\bADD\b).)*\bNOT\s+NULL(?!\s+DEFAULT|[^;,]*\bDEFAULT\b)",
        "bản đang chạy ghi thiếu cột này: cho DEFAULT, hoặc để NULL rồi buộc sau",
    ),
    "rewrite": (
        rf"{_ALTER}(?:ADD\s+(?:COLUMN\s+)?(?:(?!;).)*(?:GENERATED\s+ALWAYS\s+AS\s*\((?:(?!;).)*STORED"
        r"|DEFAULT\s+(?:gen_random_uuid|random|clock_timestamp|nextval|uuid_generate_v4)\s*\()|SET\s+(?:UN)?LOGGED|SET\s+TABLESPACE)",
        "viết lại cả bảng dưới khóa: thêm cột trống, điền từng phần, rồi đổi",
    ),
    "type": (
        rf"{_ALTER}ALTER\s+(?:COLUMN\s+)?\"?\w+\"?\s+(?:SET\s+DATA\s+)?TYPE\b",
        "viết lại bảng và bản đang chạy đọc kiểu cũ: thêm cột mới, chuyển dần",
    ),
    "set_not_null": (
        rf"{_ALTER}ALTER\s+(?:COLUMN\s+)?\"?\w+\"?\s+SET\s+NOT\s+NULL",
        "quét cả bảng dưới khóa: thêm CHECK … NOT VALID, VALIDATE, rồi mới SET NOT NULL",
    ),
    "constraint": (
        rf"{_ALTER}ADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:FOREIGN\s+KEY|CHECK)\b(?!(?:(?!;).)*NOT\s+VALID)",
        "quét cả bảng dưới khóa: thêm NOT VALID rồi VALIDATE CONSTRAINT ở lệnh riêng",
    ),
    "unique": (
        rf"{_ALTER}ADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:UNIQUE|PRIMARY\s+KEY)\s*\((?!(?:(?!;).)*USING\s+INDEX)",
        "dựng chỉ mục dưới khóa: CREATE UNIQUE INDEX CONCURRENTLY rồi ADD CONSTRAINT … USING INDEX",
    ),
    "rows": (
        r'(?:^|;|\bBEGIN\s)\s*(?:UPDATE\s+(?:ONLY\s+)?|DELETE\s+FROM\s+(?:ONLY\s+)?|TRUNCATE\s+(?:TABLE\s+)?)"?(?P<table>\w+)',
        "sửa nhiều dòng trong một giao dịch giữ khóa và làm phình bảng: để tiến trình nền làm từng phần",
    ),
    "lock": (
        rf"(?:LOCK\s+(?:TABLE\s+)?|VACUUM\s+FULL\s+|CLUSTER\s+|REINDEX\s+TABLE\s+(?!CONCURRENTLY)){_TABLE}",
        "khóa cả bảng",
    ),
    "contracts": (
        rf"(?:{_ALTER}(?:DROP\s+(?:COLUMN\s+)?(?!CONSTRAINT)(?!NOT\s+NULL)\w|RENAME\b|ALTER\s+(?:COLUMN\s+)?\"?\w+\"?\s+DROP\s+DEFAULT)"
        rf"|DROP\s+TABLE\s+{_TABLE.replace('table', 'dropped')}"
        r"|REVOKE\s[^;]*\bON\s+(?!FUNCTION)(?:TABLE\s+)?\"?(?P<revoked>\w+)\"?[^;]*\bFROM\s+motcua_app)",
        "bản đang chạy còn dùng: bỏ ở bản phát hành sau, và ghi schema_floor (docs/decisions/0040)",
    ),
    "hidden": (r"\bEXECUTE\s+(?:format\s*\(|')", "lệnh ghép lúc chạy không xem trước được: hãy tự xét và ghi lý do"),
}
"""Rule -> what betrays it, and what is wrong with it and what to do instead."""
_MADE = re.compile(r'CREATE\s+(?:UNLOGGED\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?', re.IGNORECASE)
_COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)
_PATTERNS: Final = {name: re.compile(text, re.IGNORECASE | re.DOTALL) for name, (text, _) in RULES.items()}


@dataclass(frozen=True, slots=True)
class Fault:
    """`table` is empty where the statement names none."""

    revision: str
    rule: str
    table: str
    statement: str

    def __str__(self) -> str:
        shown = " ".join(self.statement.split())[:160]
        return f"{self.revision} {self.rule} {self.table}: {RULES[self.rule][1]}\n    {shown}"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is meant to be; `table` is * for all of that rule in the migration."""

    revision: str
    rule: str
    table: str
    why: str

    def covers(self, fault: Fault) -> bool:
        return (self.revision, self.rule) == (fault.revision, fault.rule) and self.table in ("*", fault.table)


def lint(folder: Path = FOLDER) -> tuple[list[Fault], list[Accepted]]:
    """The faults that nobody has accepted, and what was accepted but is not there (any more)."""
    accepted = _accepted(folder / "accepted.toml")
    found = [
        fault for path in sorted((folder / "versions").glob("*.py")) if path.name >= FROM for fault in _faults(path)
    ]
    open_ones = [fault for fault in found if not any(one.covers(fault) for one in accepted)]
    stale = [one for one in accepted if not any(one.covers(fault) for fault in found)]
    return open_ones, stale


def statements_of(path: Path) -> list[str]:
    """What the migration would send, in order."""
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": io.StringIO(), "literal_binds": True}
    )
    sent: list[str] = []
    context.impl.static_output = sent.append  # type: ignore[method-assign, assignment]
    with Operations.context(context):
        _module(path).upgrade()
    return [_COMMENTS.sub(" ", statement) for statement in sent]


def _faults(path: Path) -> Iterator[Fault]:
    revision = path.name.partition("_")[0]
    statements = statements_of(path)
    made = {name.lower() for statement in statements for name in _MADE.findall(statement)}
    floor = any("schema_floor" in statement and "INSERT" in statement.upper() for statement in statements)
    for statement in statements:
        for rule, pattern in _PATTERNS.items():
            if rule == "contracts" and floor:
                continue
            for match in pattern.finditer(statement):
                table = next((value.lower() for value in match.groupdict().values() if value), "")
                if not table or table not in made:
                    yield Fault(revision, rule, table, match[0])


def _accepted(path: Path) -> list[Accepted]:
    if not path.exists():
        return []
    rows = tomllib.loads(path.read_text(encoding="utf-8"))["accepted"]
    return [Accepted(row["revision"], row["rule"], row["table"], row["why"]) for row in rows]


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"migration_{path.stem}", path)
    assert spec is not None and spec.loader is not None  # noqa: S101, PT018 - a file that is there
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
