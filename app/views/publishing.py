"""Everything that publishing a draft needs, line by line: what refuses it, what should be looked at, what is in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.actions.prepare_publication import Preparation
from app.actions.publication import StepAccounts, step_accounts
from app.actions.publish_draft import as_version
from app.actions.publish_version import Prepared, limit_differs, prepare, unknown_positions
from app.actions.runner import Context
from app.engine.diff import compare
from app.engine.guard import Guard
from app.errors import DomainError
from app.lawbook import profile_named
from app.rules.profile import NONE, Profile
from app.store import decision_files, diagram_drafts, organisation, procedures, version_comments, version_reviews
from app.store.decision_files import DecisionFileRow
from app.store.diagram_drafts import DraftFiles, DraftRow
from app.store.procedures import ProcedureRow
from app.store.transaction import reading
from app.store.version_comments import VersionCommentRow
from app.store.version_reviews import VersionReviewRow
from app.views.draft_forms import draft_forms
from app.views.publication_terms import Due, draft_terms, due_of, rule_words
from app.views.versions import SIDE_TITLES
from app.wording import LOCAL

GREEN, AMBER, RED = "ok", "warn", "bad"
WORDS = {GREEN: "Đạt", AMBER: "Cần xem", RED: "Chưa được"}


class Detail(NamedTuple):
    """A sentence below a line; `element`: what of the diagram it is about."""

    text: str
    element: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that publishing needs: `state` GREEN, AMBER or RED; `url` is where it is mended."""

    name: str
    title: str
    state: str
    text: str
    url: str
    link: str
    more: tuple[Detail, ...] = ()

    @property
    def word(self) -> str:
        return WORDS[self.state]


@dataclass(frozen=True, slots=True)
class AgencyAccounts:
    """The steps of an agency with who may work them; `vacant`: those that nobody could."""

    code: str
    name: str
    steps: tuple[StepAccounts, ...]
    confirmed: Mapping[str, str] | None

    @property
    def vacant(self) -> tuple[StepAccounts, ...]:
        return tuple(one for one in self.steps if not one.accounts)


@dataclass(frozen=True, slots=True)
class Readiness:
    """`made` None: the gate refuses the diagram. `day`: the day of effect, for which accounts are looked up."""

    draft: DraftRow
    procedure: ProcedureRow
    known: Preparation
    lines: tuple[Line, ...]
    made: Prepared | None
    agencies: tuple[AgencyAccounts, ...]
    day: date
    publish_by: Due | None
    review_by: Due | None
    rule: str
    limited: bool
    changes: Sequence[str]
    before: int | None
    scan: DecisionFileRow | None
    versions: Sequence[VersionReviewRow]
    comments: Sequence[VersionCommentRow] = field(default_factory=tuple)

    @property
    def refused(self) -> bool:
        return any(line.state == RED for line in self.lines)

    @property
    def vacant(self) -> int:
        return sum(len(one.vacant) for one in self.agencies)


def readiness(draft_id: int, context: Context, profile_name: str, guard: Guard | None = None) -> Readiness:
    """Errors: DomainError not_found."""
    profile = profile_named(profile_name)
    with reading() as connection:
        draft = diagram_drafts.find_draft(connection, draft_id)
        files = diagram_drafts.files_of(connection, draft_id)
    if draft is None or files is None:
        raise DomainError("not_found", "Không có bản vẽ này.")
    known = Preparation.of(draft.preparation)
    made, refused = _prepared(draft, files, known, context, profile, guard)
    with reading() as connection:
        return _ready(connection, draft, files, known, made, refused, context, profile)


def _prepared(
    draft: DraftRow, files: DraftFiles, known: Preparation, context: Context, profile: Profile, guard: Guard | None
) -> tuple[Prepared | None, tuple[Detail, ...]]:
    command = as_version(draft, files, known, context)
    try:
        return prepare(command, context.caller.account_id, context.now, guard, profile), ()
    except DomainError as error:
        if error.code not in ("diagram_rejected", "invalid"):
            raise
        problems = [one for one in error.extra.get("problems", ()) if one["severity"] == "error"]
        return None, _details(problems) or _plain([error.detail, *_texts(error.errors)])


def _details(problems: Iterable[Mapping[str, Any]]) -> tuple[Detail, ...]:
    """Problems as the gate tells them; those of another file than the diagram lead nowhere in it."""
    return tuple(Detail(str(one["message"]), None if one.get("file") else one.get("element")) for one in problems)


def _plain(texts: Iterable[str]) -> tuple[Detail, ...]:
    return tuple(Detail(text) for text in texts)


def _ready(
    connection: Connection,
    draft: DraftRow,
    files: DraftFiles,
    known: Preparation,
    made: Prepared | None,
    refused: tuple[Detail, ...],
    context: Context,
    profile: Profile,
) -> Readiness:
    today = context.now.astimezone(LOCAL).date()
    day = max(today, known.effective_from or today)
    procedure = procedures.find_procedure(connection, draft.procedure)
    assert procedure is not None  # noqa: S101 - the draft's foreign key
    agencies = _accounts(connection, draft.procedure_id, made, day, known)
    terms, calendar = draft_terms(connection, profile, draft, known, context.now)
    publish_by, review_by = (due_of(one, today, calendar) for one in (terms.publish_by, terms.review_by))
    every = version_reviews.versions_of(connection, draft.procedure_id)
    before, changes = _changes(connection, draft, known, made, day)
    at = f"/thiet-ke/{draft.id}"
    lines = [
        _diagram_line(made, refused, at),
        _form_line(files, at),
        _position_line(connection, made, at),
        _account_line(agencies, at),
        _limit_line(procedure, made, at),
        _decision_line(known, every, at),
        _scan_line(known, at),
        *_due_lines(publish_by, review_by, at),
    ]
    return Readiness(
        draft,
        procedure,
        known,
        tuple(lines),
        made,
        agencies,
        day,
        publish_by,
        review_by,
        rule_words(profile),
        profile.publication_limit != NONE,
        changes,
        before,
        decision_files.find_decision_file(connection, known.scan) if known.scan else None,
        every,
        _returned_comments(connection, draft),
    )


def _diagram_line(made: Prepared | None, refused: tuple[Detail, ...], at: str) -> Line:
    if made is None:
        text = f"{len(refused)} lỗi phải sửa trước khi ban hành."
        return Line("diagram", "Sơ đồ qua kiểm tra", RED, text, at, "Sửa sơ đồ", refused)
    warnings = _details(made.values["warnings"])
    if warnings:
        text = f"Không có lỗi; {len(warnings)} cảnh báo."
        return Line("diagram", "Sơ đồ qua kiểm tra", AMBER, text, at, "Xem sơ đồ", warnings)
    return Line("diagram", "Sơ đồ qua kiểm tra", GREEN, "Không có lỗi, không có cảnh báo.", at, "Xem sơ đồ")


def _form_line(files: DraftFiles, at: str) -> Line:
    url, title = f"{at}/bieu-mau", "Biểu mẫu của các bước"
    try:
        found = draft_forms(files)
    except DomainError as error:
        return Line("forms", title, RED, error.detail, url, "Mở biểu mẫu")
    except (ValueError, LookupError, SyntaxError):  # a diagram that cannot be read: its own line says so
        return Line("forms", title, AMBER, "Chưa kiểm tra được khi sơ đồ còn lỗi.", url, "Mở biểu mẫu")
    missing = tuple(f"Thiếu biểu mẫu “{name}” của bước {', '.join(steps)}." for name, steps in found.missing)
    wrong = tuple(
        f"Biểu mẫu “{line.name}”: {line.errors} lỗi, {line.warnings} cảnh báo."
        for line in found.lines
        if line.errors or line.warnings
    )
    bad = bool(missing) or any(line.errors for line in found.lines)
    if missing or wrong:
        return Line(
            "forms", title, RED if bad else AMBER, "Cần sửa biểu mẫu.", url, "Mở biểu mẫu", _plain(missing + wrong)
        )
    text = f"{len(found.lines)} biểu mẫu, không có lỗi." if found.lines else "Không bước nào dùng biểu mẫu."
    return Line("forms", title, GREEN, text, url, "Mở biểu mẫu")


def _position_line(connection: Connection, made: Prepared | None, at: str) -> Line:
    title, url = "Vị trí việc làm đã khai báo", "/quan-tri/co-quan"
    if made is None:
        return Line("positions", title, AMBER, "Chưa kiểm tra được khi sơ đồ còn lỗi.", url, "Cơ quan, vị trí")
    unknown = _details(unknown_positions(connection, made.definitions))
    if unknown:
        text = f"{len(unknown)} bước dùng vị trí chưa có ở cơ quan nào."
        return Line("positions", title, RED, text, url, "Khai báo vị trí", unknown)
    return Line("positions", title, GREEN, "Mọi vị trí trong sơ đồ đều đã có.", url, "Cơ quan, vị trí")


def _account_line(agencies: Sequence[AgencyAccounts], at: str) -> Line:
    title, url, link = "Tài khoản ở từng bước, từng cơ quan", f"{at}/ban-hanh/tai-khoan", "Đăng ký tài khoản"
    vacant = [(one, len(one.vacant)) for one in agencies if one.vacant]
    if vacant:
        number = sum(count for _, count in vacant)
        text = f"{number} chỗ chưa có tài khoản, ở {len(vacant)} trên {len(agencies)} cơ quan. Vẫn ban hành được nếu ghi lý do."
        named = tuple(
            f"{one.name}: {', '.join(dict.fromkeys(step.step_name for step in one.vacant))}." for one, _ in vacant[:10]
        )
        return Line("accounts", title, AMBER, text, url, link, _plain(named))
    if not agencies:
        return Line("accounts", title, AMBER, "Chưa cơ quan nào tiếp nhận thủ tục này.", url, link)
    confirmed = sum(one.confirmed is not None for one in agencies)
    text = f"Đủ ở {len(agencies)} cơ quan; {confirmed} cơ quan đã xác nhận."
    return Line("accounts", title, GREEN, text, url, "Xem tài khoản")


def _limit_line(procedure: ProcedureRow, made: Prepared | None, at: str) -> Line:
    title = "Tổng thời hạn các bước"
    if made is None:
        return Line("limits", title, AMBER, "Chưa tính được khi sơ đồ còn lỗi.", at, "Xem sơ đồ")
    found = _details(limit_differs(procedure, made.total))
    if found:
        return Line("limits", title, AMBER, "Khác thời hạn của thủ tục; vẫn ban hành được.", at, "Xem sơ đồ", found)
    text = "Khớp với thời hạn của thủ tục." if made.total is not None else "Không so được với thời hạn của thủ tục."
    return Line("limits", title, GREEN, text, at, "Xem sơ đồ")


def _decision_line(known: Preparation, every: Iterable[VersionReviewRow], at: str) -> Line:
    title, url, link = "Quyết định", f"{at}/ban-hanh#quyet-dinh", "Ghi quyết định"
    wanting = [
        word
        for value, word in (
            (known.decision_number, "số"),
            (known.decided_on, "ngày ban hành"),
            (known.effective_from, "ngày áp dụng"),
            (known.corrects is None or known.reason, "lý do sửa cấu hình"),
        )
        if not value
    ]
    if wanting:
        return Line("decision", title, RED, f"Chưa ghi {', '.join(wanting)}.", url, link)
    assert known.decided_on is not None  # noqa: S101 - looked at above
    assert known.effective_from is not None  # noqa: S101 - looked at above
    text = f"{known.decision_number} ngày {known.decided_on:%d/%m/%Y}, áp dụng từ {known.effective_from:%d/%m/%Y}."
    if known.corrects is not None:
        return Line("decision", title, GREEN, f"Sửa cấu hình phiên bản số {known.corrects}. {text}", url, link)
    same = [one.number for one in every if one.decision_number == known.decision_number and one.repealed_on is None]
    if same:
        told = f"Phiên bản số {same[0]} đã theo quyết định này; nếu chỉ sửa cấu hình sai, hãy chọn “Sửa cấu hình”."
        return Line("decision", title, AMBER, text, url, link, _plain([told]))
    return Line("decision", title, GREEN, text, url, link)


def _scan_line(known: Preparation, at: str) -> Line:
    url = f"{at}/ban-hanh#quyet-dinh"
    if known.scan or known.corrects is not None:
        return Line("scan", "Bản quét quyết định", GREEN, "Đã có.", url, "Xem")
    text = "Chưa có bản quét; vẫn ban hành được, nhưng nên kèm để người kiểm tra đối chiếu."
    return Line("scan", "Bản quét quyết định", AMBER, text, url, "Thêm bản quét")


def _due_lines(publish_by: Due | None, review_by: Due | None, at: str) -> Iterable[Line]:
    url = f"{at}/ban-hanh#thoi-han"
    if publish_by is not None:
        state = AMBER if publish_by.state != "ok" else GREEN
        text = f"Chậm nhất {publish_by.day:%d/%m/%Y}: {publish_by.words}."
        yield Line("publish_by", "Hạn công khai, cấu hình", state, text, url, "Căn cứ")
    if review_by is not None:
        text = f"Ban hành hôm nay thì trung tâm kiểm tra chậm nhất {review_by.day:%d/%m/%Y}; sau đó mới áp dụng."
        yield Line("review_by", "Kiểm tra của trung tâm", GREEN, text, url, "Căn cứ")


def _accounts(
    connection: Connection, procedure_id: int, made: Prepared | None, day: date, known: Preparation
) -> tuple[AgencyAccounts, ...]:
    """Those with a vacancy first."""
    if made is None:
        return ()
    by_agency: dict[str, list[StepAccounts]] = {}
    for one in step_accounts(connection, procedure_id, made.values["steps"], day):
        by_agency.setdefault(one.agency, []).append(one)
    names = dict(organisation.agency_names(connection, day))
    confirmed = known.confirmed or {}
    found = [
        AgencyAccounts(code, names.get(code, code), tuple(steps), confirmed.get(code))
        for code, steps in by_agency.items()
    ]
    return tuple(sorted(found, key=lambda one: (not one.vacant, one.name)))


def _changes(
    connection: Connection, draft: DraftRow, known: Preparation, made: Prepared | None, day: date
) -> tuple[int | None, Sequence[str]]:
    """What it has otherwise than the version that it corrects, or that is in force when it comes, in sentences."""
    if made is None:
        return None, ()
    if known.corrects is not None:
        found = version_reviews.find_version(connection, draft.procedure, known.corrects)
        number, version_id = (found.number, found.id) if found else (None, None)
    else:
        now = procedures.version_in_force(connection, draft.procedure_id, day)
        number, version_id = (now.number, now.id) if now else (None, None)
    if version_id is None:
        return None, ()
    after = {one["name"]: (one["kind"], one["content"]) for one in made.files}
    changes = compare(procedures.version_files(connection, version_id), after, SIDE_TITLES)
    return number, [change.text for change in changes]


def _returned_comments(connection: Connection, draft: DraftRow) -> Sequence[VersionCommentRow]:
    """What the check said of the version that this draft does again."""
    number = draft.origin.get("version")
    if not draft.origin.get("returned") or not isinstance(number, int):
        return ()
    found = version_reviews.find_version(connection, draft.procedure, number)
    return version_comments.comments_of(connection, found.id) if found else ()


def _texts(errors: Any) -> list[str]:
    return [str(text) for texts in (errors or {}).values() for text in (texts if isinstance(texts, list) else [texts])]
