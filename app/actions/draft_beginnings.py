"""How a draft begins: from nothing, from a version, from another procedure's, from files, from another draft."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection

from app.actions.diagram_drafts import begin_in
from app.actions.draft_files import as_draft, check_files
from app.actions.keyed import keyed
from app.actions.runner import Context
from app.drafting.adapting import Place, ToAdapt, renamed, replaced, said_in_words
from app.drafting.blank import blank_diagram, process_id
from app.engine.shared import side_files
from app.engine.steps import LEAD, Step
from app.errors import DomainError, invalid
from app.store import diagram_drafts, draft_comments, organisation, procedures, version_reviews
from app.store.diagram_drafts import DraftFiles
from app.store.procedures import ProcedureRow

LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a draft of `procedure` begins with. `kind`: empty; version (`version`, or the one in force); copy (`source`, the
    code of another procedure, with `version`); file (`files`, `file_name`); draft (`draft`, of any procedure, with
    `revision`). Without a title it gets one."""

    procedure: str
    kind: str = "empty"
    title: str = ""
    version: int | None = None
    source: str | None = None
    files: DraftFiles | None = None
    file_name: str = ""
    draft: int | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class _Begun:
    title: str
    files: DraftFiles
    origin: Mapping[str, Any]
    base_version: int | None = None
    todo: Sequence[ToAdapt] = ()


KINDS = ("empty", "version", "copy", "file", "draft")


def begin(context: Context, wanted: Beginning) -> dict[str, Any]:
    """Begin it: {id, todo: how much was listed for the designer to adapt, as comments on the draft}.

    Errors: DomainError not_found, invalid (`procedure`, `version`, `source`, `diagram`, `draft` …), too_large.
    """

    def make(connection: Connection) -> dict[str, Any]:
        procedure = procedures.find_procedure(connection, wanted.procedure)
        if procedure is None:
            raise invalid({"procedure": [f"Không có thủ tục mã “{wanted.procedure}”."]})
        begun = _MAKERS[wanted.kind](connection, context, procedure, wanted)
        check_files(begun.files)
        title = (wanted.title or begun.title)[:LONGEST_TITLE]
        draft_id = begin_in(connection, context, procedure.code, title, begun.files, begun.origin, begun.base_version)
        for one in begun.todo:
            values = {
                "draft_id": draft_id,
                "element": one.element,
                "element_name": one.name,
                "revision": 1,
                "text": one.text[: draft_comments.LONGEST],
                "made_by": context.caller.account_id,
                "made_at": context.now,
            }
            draft_comments.add_comment(connection, values)
        return {"id": draft_id, "todo": len(begun.todo)}

    if wanted.kind not in _MAKERS:
        raise invalid({"kind": [f"Phải là một trong: {', '.join(KINDS)}."]})
    return keyed(context, make)


def files_of_version(files: Mapping[str, tuple[str, bytes]]) -> DraftFiles:
    """A version's closed set as a draft has it: side processes that are as shipped are left out."""
    shipped = side_files()
    (main,) = (content for kind, content in files.values() if kind == "main")
    named = {(kind, PurePosixPath(name)): content for name, (kind, content) in files.items()}
    return DraftFiles(
        main,
        {name.stem: json.loads(content) for (kind, name), content in named.items() if kind == "form"},
        {name.name: as_draft(content) for (kind, name), content in named.items() if kind == "called"},
        {
            name.name: as_draft(content)
            for (kind, name), content in named.items()
            if kind == "side" and shipped.get(name.name) != content
        },
    )


def _empty(connection: Connection, context: Context, procedure: ProcedureRow, wanted: Beginning) -> _Begun:
    files = DraftFiles(blank_diagram(procedure.code, procedure.name))
    return _Begun("Vẽ mới", files, {"kind": "empty"})


def _version(connection: Connection, context: Context, procedure: ProcedureRow, wanted: Beginning) -> _Begun:
    number, version_id = _known_version(connection, context, procedure, wanted.version)
    files = files_of_version(procedures.version_files(connection, version_id))
    return _Begun(f"Sửa phiên bản số {number}", files, {"kind": "version", "version": number}, number)


def _known_version(
    connection: Connection, context: Context, procedure: ProcedureRow, number: int | None
) -> tuple[int, int]:
    """Number and id of a version: the one asked for, else the one in force, else the newest."""
    if number is not None:
        found = version_reviews.find_version(connection, procedure.code, number)
        if found is None:
            raise invalid({"version": [f"Thủ tục “{procedure.code}” không có phiên bản số {number}."]})
        return found.number, found.id
    now = procedures.version_in_force(connection, procedure.id, context.caller.day)
    if now is not None:
        return now.number, now.id
    every = version_reviews.versions_of(connection, procedure.id)
    if not every:
        raise invalid({"version": [f"Thủ tục “{procedure.code}” chưa có phiên bản nào; hãy chọn cách bắt đầu khác."]})
    newest = max(every, key=lambda one: one.number)
    return newest.number, newest.id


def _copy(connection: Connection, context: Context, procedure: ProcedureRow, wanted: Beginning) -> _Begun:
    source = procedures.find_procedure(connection, wanted.source or "")
    if source is None:
        raise invalid({"source": ["Hãy chọn thủ tục để chép quy trình."]})
    number, version_id = _known_version(connection, context, source, wanted.version)
    files = files_of_version(procedures.version_files(connection, version_id))
    places = _Places(connection, source, procedure)
    diagram, todo = replaced(
        renamed(files.diagram, _own_process(connection, context, procedure), procedure.name), places.of
    )
    called: dict[str, str] = {}
    for name, text in files.called.items():
        content, more = replaced(text.encode(), places.of)
        called[name] = as_draft(content)
        todo += [replace(one, element=None, text=f"{one.text} (tệp {name})") for one in more]
    origin = {"kind": "copy", "procedure": source.code, "name": source.name, "version": number}
    return _Begun(
        f"Chép từ {source.name}",
        replace(files, diagram=diagram, called=called),
        origin,
        todo=[*_on_the_whole(diagram, files, source, procedure), *todo],
    )


def _own_process(connection: Connection, context: Context, procedure: ProcedureRow) -> str:
    now = procedures.version_in_force(connection, procedure.id, context.caller.day)
    return now.process if now is not None else process_id(procedure.code)


def _on_the_whole(diagram: bytes, files: DraftFiles, source: ProcedureRow, procedure: ProcedureRow) -> list[ToAdapt]:
    told = []
    if (source.limit, source.limit_unit) != (procedure.limit, procedure.limit_unit):
        told.append("Hai thủ tục có thời hạn khác nhau: hãy ghi lại thời hạn các bước theo quyết định của thủ tục này.")
    if said_in_words(diagram):
        told.append("Lời giải thích của quy trình chép nguyên từ thủ tục kia; hãy viết lại cho thủ tục này.")
    if files.forms:
        told.append(f"Đã chép {len(files.forms)} biểu mẫu; hãy xem từng trường có đúng với thủ tục này không.")
    if files.sides:
        told.append(f"Đã chép {len(files.sides)} quy trình kèm theo được vẽ lại; hãy xem vị trí duyệt trong đó.")
    return [ToAdapt(None, None, text) for text in told]


class _Places:
    """Which position of the agencies that handle one procedure does what another's does elsewhere."""

    def __init__(self, connection: Connection, source: ProcedureRow, target: ProcedureRow) -> None:
        self._connection = connection
        self._names: dict[str, dict[str, str]] = {}
        self._source = list(procedures.handling_agencies(connection, source.id))
        self._target = list(procedures.handling_agencies(connection, target.id))

    def of(self, step: Step) -> Place:
        agency, why = step.agency, ""
        if agency != LEAD and agency in self._source and agency not in self._target:
            if len(self._target) == 1:
                agency = self._target[0]
            else:
                why = f"Bước ghi cơ quan “{agency}” của thủ tục được chép; hãy chọn lại cơ quan."
        homes = self._target if agency == LEAD else [agency]
        codes = {self._known(home, step) for home in homes}
        if len(codes) == 1 and None not in codes:
            return Place(agency, codes.pop(), why)
        lacking = [home for home in homes if step.position not in self._positions(home)]
        if not lacking:
            return Place(agency, step.position, why)
        where = ", ".join(lacking[:5]) + (f" và {len(lacking) - 5} cơ quan khác" if len(lacking) > 5 else "")
        missing = f"Vị trí “{self._title(step)}” chưa có ở {where}; hãy chọn vị trí khác hoặc khai báo vị trí này."
        return Place(agency, None, f"{why} {missing}".strip())

    def _known(self, home: str, step: Step) -> str | None:
        """The same code, or the one position there with the same name."""
        here = self._positions(home)
        if step.position in here:
            return step.position
        wanted = self._title(step)
        same = [code for code, name in here.items() if name.casefold() == wanted.casefold()]
        return same[0] if len(same) == 1 else None

    def _title(self, step: Step) -> str:
        homes = self._source if step.agency == LEAD else [step.agency]
        names = (self._positions(home).get(step.position) for home in homes)
        return next((name for name in names if name), step.position)

    def _positions(self, agency: str) -> dict[str, str]:
        if agency not in self._names:
            rows = organisation.positions_of(self._connection, agency)
            self._names[agency] = {row.code: row.name for row in rows}
        return self._names[agency]


def _file(connection: Connection, context: Context, procedure: ProcedureRow, wanted: Beginning) -> _Begun:
    if wanted.files is None:
        raise invalid({"diagram": ["Hãy chọn tệp sơ đồ (.bpmn)."]})
    return _Begun(f"Từ tệp {wanted.file_name}", wanted.files, {"kind": "file", "name": wanted.file_name})


def _draft(connection: Connection, context: Context, procedure: ProcedureRow, wanted: Beginning) -> _Begun:
    found = diagram_drafts.find_draft(connection, wanted.draft or 0)
    files = diagram_drafts.files_of(connection, found.id, wanted.revision or found.revision) if found else None
    if found is None or files is None:
        raise DomainError("not_found", "Không có bản vẽ này, hoặc lần lưu này không còn.")
    origin = {"kind": "draft", "draft": found.id, "revision": wanted.revision or found.revision, "title": found.title}
    same = found.procedure == procedure.code
    return _Begun(f"Bản sao của {found.title}", files, origin, found.base_version if same else None)


_MAKERS = {"empty": _empty, "version": _version, "copy": _copy, "file": _file, "draft": _draft}
