"""Every page there is, at a desk and on a telephone: what must hold for each of them, errors and empty lists too.

The pages come from the application's routes: a new one without an address here fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from flask import Flask
from lxml import html
from playwright.sync_api import Page, Response, expect
from sqlalchemy import text

from app.jobs.deliveries import send_delivery
from app.simulation.play import FORWARD as FORWARDED
from app.simulation.play import MORNING, Play
from app.views.sheet_files import xlsx_file
from tests import factories
from tests.actions.away import away
from tests.actions.calendars import announce, code_of, work_through
from tests.actions.designing import drafts_seen
from tests.actions.drafting import publishing_seen
from tests.actions.importing import carry_out, look_at, table
from tests.actions.scene import Scene
from tests.actions.tables import table_seen
from tests.actions.test_move_version import drawn
from tests.actions.test_publish_version import send
from tests.factories import START
from tests.fixtures.browser import DESKTOP, PHONE, Person, Visitor, axe, sticking_out
from tests.papers.samples import pdf
from tests.regulation.files import add_file
from tests.slips.test_docx import picture
from tests.slips.word_files import word_file
from tests.web.form_drafts import ASKED, draft_with
from tests.web.screens import FORWARD, button, errors, row, title
from tests.web.simulated import simulated

NOBODY = "nobody"
PLAYED = Play(START, "SYT").and_then(FORWARDED, "receive").and_then(MORNING).and_then(MORNING).to_text()
NO_PAGES = {
    "web.static": "bundles",
    "web.second_factor_form": "looked at in tests/signing_in",
    "web.sign_in_by_provider": "leads to the identity provider",
    "web.come_back_from_provider": "leads on from the identity provider",
    "web.sign_out_at_provider": "leads to the identity provider",
    "web.import_template": "a table",
    "web.import_remarks": "a table",
    "web.icon": "the site's picture",
    "web.find_applicant": "a part of the registration form",
    "web.call_list": "a file",
    "web.post_list_file": "a PDF file",
    "web.fee_list_pdf": "a PDF file",
    "web.fee_list_xlsx": "a file",
    "web.batch_progress": "a part of the page of a batch",
    "web.inbox_numbers": "a part of the inbox",
    "web.task_beside": "leads to another task of the list",
    "web.approving_progress": "a part of the page of approvals",
    "web.signing_progress": "a part of the page of signatures",
    "web.notice": "leads to what a notice is about",
    "web.notice_count": "a part of every page",
    "web.diagram_data": "JSON for the viewer",
    "web.file": "a file as it was handed in",
    "web.file_page": "a picture",
    "web.file_thumbnail": "a picture",
    "web.slip": "a PDF file",
    "web.slip_word": "a Word file",
    "web.guidance_file": "a PDF file",
    "web.look_again": "the address of a preview leads back to the slips",
    "web.register_file": "a PDF file",
    "web.slips_file": "a PDF file",
    "web.version_file": "a BPMN file",
    "web.check_data": "JSON for the viewer",
    "web.draft_scan": "a file",
    "web.version_decision": "a file",
    "web.tried_draft": "JSON for the drawing",
    "web.tried_version": "JSON for the drawing",
    "web.draft_data": "JSON for the modeller",
    "web.download_draft_form": "a form-js file",
    "web.forms_again": "leads to the draft's forms",
    "web.choices": "JSON for the modeller",
    "web.element_templates": "a file",
    "web.draft_file": "a BPMN file",
    "web.draft_state_data": "JSON for the viewer",
    "web.simulation_drawing": "JSON for the viewer",
    "web.simulation_file": "a file",
    "web.simulation_progress": "a part of the page of a simulation",
    "web.table_draft_diagram": "JSON for the viewer",
    "web.compare_draft_data": "JSON for the viewer",
    "web.version_as_run_data": "JSON for the viewer",
    "web.version_event_log": "a file",
    "web.builtin_slip_template": "a file",
    "web.slip_template_file": "a file",
    "web.slip_template_preview": "a file",
    "web.disclosed_package": "a file",
    "web.audit_xlsx": "a file",
    "web.log_book_xlsx": "a file",
    "web.seal_proof": "a file",
    "web.watched_csv": "a file",
    "web.account_import_template": "a file",
    "web.watched_xlsx": "a file",
    "web.watched_pdf": "a file",
    "web.board_as_file": "a file",
    "web.workload_as_file": "a file",
    "web.trends_as_file": "a file",
    "web.period_list_as_file": "a file",
}


SAME_PAGE = ("web.start",)
"""The citizen's look-up form, at a second address."""


@dataclass(frozen=True)
class Place:
    """An address as somebody asks for it. `{code}` and so on stand for what `dossiers` made."""

    path: str
    who: str = "desk"
    status: int = 200


PLACES: Mapping[str, tuple[Place, ...]] = {
    "web.saved_filters": (
        Place("/viec/bo-loc", "binh"),
        Place("/viec/bo-loc?hop=unit&due=overdue&sort=entered_at", "binh"),
    ),
    "web.inbox_settings": (Place("/viec/cach-hien", "binh"),),
    "web.print_inbox": (Place("/viec/in?hop=unit", "binh"), Place("/viec/in?q=khong-co-ai", "binh")),
    "web.start": (Place("/", NOBODY), Place("/")),
    "web.look_up": (
        Place("/tra-cuu", NOBODY),
        Place("/tra-cuu?code={code}", NOBODY),
        Place("/tra-cuu?code={code}&token={token}", NOBODY),
        Place("/tra-cuu?code={late}&token={late_token}", NOBODY),
        Place("/tra-cuu?code={done}&token={done_token}", NOBODY),
        Place("/tra-cuu?code=sai", NOBODY, 422),
        Place("/tra-cuu?code=000.00.99.H50-260101-0001", NOBODY, 404),
    ),
    "web.sign_in_form": (Place("/dang-nhap", NOBODY), Place("/dang-nhap?tiep=/viec", NOBODY)),
    "web.help_page": (Place("/tro-giup"), Place("/tro-giup", "admin"), Place("/tro-giup", NOBODY, 401)),
    "web.administration": (Place("/quan-tri", "admin"), Place("/quan-tri", "desk", 403)),
    "web.inbox": (
        Place("/viec"),
        Place("/viec?hop=unit"),
        Place("/viec?hop=agency", "head"),
        Place("/viec?hop=substituted", "binh"),
        Place("/viec?q=khong-co-ai"),
        Place("/viec?hop=waiting", "desk"),
        Place("/viec?hop=done", "desk"),
        Place("/viec?hop=done&q=khong-co-ai", "binh"),
        Place("/viec", "official"),
        Place("/viec?hop=mine", "official"),
        Place("/viec", NOBODY, 401),
        Place("/viec", "admin", 403),
    ),
    "web.see_batch": (
        Place("/viec/hang-loat/{batch}", "binh"),
        Place("/viec/hang-loat/{broken_off}", "binh"),
        Place("/viec/hang-loat/khong-co-khoa-nhu-vay", "binh", 404),
    ),
    "web.choose_again": (Place("/viec/hang-loat"), Place("/viec/hang-loat/xem")),
    "web.task": (Place("/viec/{task}", "head"), Place("/viec/999999999", "desk", 404)),
    "web.act_again": (Place("/viec/{task}/forward", "head"), Place("/viec/{task}/khong-co", "head", 404)),
    "web.dossiers": (Place("/ho-so"), Place("/ho-so?q=khong-co-ai"), Place("/ho-so", "official")),
    "web.open_by_code": (Place("/mo?ma={code}"), Place("/mo?ma=khong-co"), Place("/mo")),
    "web.dossier": (
        Place("/ho-so/{code}", "head"),
        Place("/ho-so/{code}?viec={task}", "binh"),
        Place("/ho-so/{late}", "binh"),
        Place("/ho-so/{ready}"),
        Place("/ho-so/{online}"),
        Place("/ho-so/{done}"),
        Place("/ho-so/{code}", "control"),
        Place("/ho-so/{stopped}"),
        Place("/ho-so/{vacated}", "binh"),
        Place("/ho-so/000.00.99.H50-260101-0001", "desk", 404),
        Place("/ho-so/{code}", "official", 404),
    ),
    "web.files": (Place("/ho-so/{code}/tep"), Place("/ho-so/{done}/tep")),
    "web.sign_file": (
        Place("/ho-so/{code}/tep/{paper}/ky"),
        Place("/ho-so/{code}/tep/{broken_paper}/ky", "control"),
        Place("/ho-so/{code}/tep/999999/ky", status=404),
    ),
    "web.bring_signed_again": (Place("/ho-so/{code}/tep/{paper}/ky/tai-len"),),
    "web.signing": (Place("/ky-so"), Place("/ky-so", "head"), Place("/ky-so", "control", 403)),
    "web.approvals": (Place("/duyet", "head"), Place("/duyet", "binh"), Place("/duyet", "control", 403)),
    "web.see_approving": (Place("/duyet/khong-co-khoa-nhu-vay", "head", 404),),
    "web.show_delegations": (
        Place("/uy-quyen", "head"),
        Place("/uy-quyen", "binh"),
        Place("/uy-quyen?xem=past", "head"),
        Place("/uy-quyen", "admin"),
        Place("/uy-quyen", "control", 403),
    ),
    "web.view_file": (
        Place("/ho-so/{code}/tep/{paper}/xem?trang=2"),
        Place("/ho-so/{code}/tep/{paper}/xem", "control"),
        Place("/ho-so/{code}/tep/{broken_paper}/xem"),
        Place("/ho-so/{code}/tep/999999/xem", status=404),
    ),
    "web.diagram": (Place("/ho-so/{drawn}/so-do"),),
    "web.remarks": (
        Place("/ho-so/{code}/trao-doi", "binh"),
        Place("/ho-so/{code}/trao-doi", "control"),
        Place("/ho-so/{code}/trao-doi", "official", 404),
    ),
    "web.remark_again": (Place("/ho-so/{code}/trao-doi/1", "binh"),),
    "web.related": (Place("/ho-so/{code}/lien-quan"), Place("/ho-so/{done}/lien-quan")),
    "web.drop_draft_again": (Place("/viec/{task}/nhap/bo", "head"),),
    "web.timeline": (Place("/ho-so/{code}/dien-bien"), Place("/ho-so/{done}/dien-bien")),
    "web.slips": (Place("/ho-so/{code}/phieu"), Place("/ho-so/{done}/phieu"), Place("/ho-so/{online}/phieu")),
    "web.new_slip": (
        Place("/ho-so/{code}/phieu/lap?loai=supplement"),
        Place("/ho-so/{code}/phieu/lap?loai=control"),
        Place("/ho-so/{code}/phieu/lap?loai=satisfaction"),
        Place("/ho-so/{code}/phieu/lap?loai=khong-co", status=422),
    ),
    "web.registers": (Place("/so-phieu"), Place("/so-phieu?co-quan=khong-co", status=422)),
    "web.control": (
        Place("/ho-so/{code}/kiem-soat"),
        Place("/ho-so/{online}/kiem-soat"),
        Place("/ho-so/{done}/kiem-soat"),
    ),
    "web.records": (Place("/ho-so/{code}/ghi-so"), Place("/ho-so/{code}/ghi-so?dong=2", "corrector")),
    "web.absences": (
        Place("/vang-mat", "binh"),
        Place("/vang-mat?xem=past", "binh"),
        Place("/vang-mat", "admin"),
        Place("/vang-mat", "official"),
        Place("/vang-mat", "control", 403),
    ),
    "web.hand_over_form": (Place("/ban-giao", "corrector"), Place("/ban-giao", "desk", 403)),
    "web.clock": (Place("/ho-so/{code}/dong-ho"), Place("/ho-so/{online}/dong-ho"), Place("/ho-so/{done}/dong-ho")),
    "web.attribution": (
        Place("/ho-so/{late}/thoi-gian"),
        Place("/ho-so/{online}/thoi-gian"),
        Place("/ho-so/{done}/thoi-gian"),
    ),
    "web.choose_procedure": (
        Place("/tiep-nhan"),
        Place("/tiep-nhan?q=khong-co-thu-tuc"),
        Place("/tiep-nhan", "clerk", 403),
    ),
    "web.intake_queue": (
        Place("/tiep-nhan/truc-tuyen"),
        Place("/tiep-nhan/truc-tuyen?loai=correction"),
        Place("/tiep-nhan/truc-tuyen?q=khong-co-ai"),
        Place("/tiep-nhan/truc-tuyen", "clerk", 403),
    ),
    "web.check_online": (
        Place("/tiep-nhan/truc-tuyen/{online_task}"),
        Place("/tiep-nhan/truc-tuyen/999999999", status=404),
    ),
    "web.decide_again": (Place("/tiep-nhan/truc-tuyen/999999999/accept", status=404),),
    "web.postal_intake": (Place("/tiep-nhan/buu-chinh"), Place("/tiep-nhan/buu-chinh", "clerk", 403)),
    "web.lost_slip": (
        Place("/tiep-nhan/mat-phieu"),
        Place("/tiep-nhan/mat-phieu?ten=binh", status=422),
        Place("/tiep-nhan/mat-phieu?ten=khong-co&so=0999999"),
    ),
    "web.handing_form": (Place("/tra-ket-qua/{ready_task}"), Place("/tra-ket-qua/999999999", status=404)),
    "web.handing_again": (Place("/tra-ket-qua/999999999/sua", status=404),),
    "web.postal_return": (Place("/tra-ket-qua/buu-chinh"),),
    "web.labels": (Place("/tra-ket-qua/nhan-buu-gui"),),
    "web.fee_list": (
        Place("/phi"),
        Place("/phi?nguoi=tat-ca&tu=2026-11-01&den=2026-11-30"),
        Place("/phi?tu=x", status=422),
    ),
    "web.dossier_fees": (Place("/ho-so/{code}/phi"), Place("/ho-so/{done}/phi"), Place("/ho-so/{code}/phi", "control")),
    "web.registration_form": (Place("/tiep-nhan/linear"), Place("/tiep-nhan/9.999999", "desk", 404)),
    "web.registered": (Place("/tiep-nhan/xong/{code}"), Place("/tiep-nhan/xong/{online}")),
    "web.results": (
        *(
            Place(f"/tra-ket-qua?loai={kind}")
            for kind in ("ready", "today", "soon", "missed", "post", "waiting", "uncollected")
        ),
        Place("/tra-ket-qua?q=khong-co-ai"),
    ),
    "web.calendars": (Place("/lich-lam-viec"), Place("/lich-lam-viec", NOBODY, 401)),
    "web.calendar": (
        Place("/lich-lam-viec/{calendar}", "admin"),
        Place("/lich-lam-viec/{calendar}?nam=2027"),
        Place("/lich-lam-viec/khong-co", "desk", 404),
    ),
    "web.calendar_change": (
        Place("/lich-lam-viec/{calendar}/thay-doi/{change}"),
        Place("/lich-lam-viec/{calendar}/thay-doi/{counted}", "admin"),
        Place("/lich-lam-viec/{calendar}/thay-doi/999999999", "admin", 404),
    ),
    "web.password": (Place("/toi/mat-khau"), Place("/toi/mat-khau", "fresh")),
    "web.my_sessions": (Place("/toi/phien"),),
    "web.second_factor": (Place("/toi/xac-thuc-hai-lop"),),
    "web.api_tokens": (Place("/toi/the-truy-cap"), Place("/toi/the-truy-cap", "admin")),
    "web.report_form": (Place("/toi/bao-lo"), Place("/toi/bao-lo", "fresh")),
    "web.sign_in_blocks": (
        Place("/quan-tri/dang-nhap-tam-khoa", "admin"),
        Place("/quan-tri/dang-nhap-tam-khoa", "desk", 403),
    ),
    "web.edited_procedures": (
        Place("/quan-tri/thu-tuc", "admin"),
        Place("/quan-tri/thu-tuc?q=khong-co-thu-tuc", "admin"),
        Place("/quan-tri/thu-tuc", "desk", 403),
    ),
    "web.new_procedure": (Place("/quan-tri/thu-tuc-moi?tu=linear", "admin"),),
    "web.edited_procedure_page": (
        Place("/quan-tri/thu-tuc/linear", "admin"),
        Place("/quan-tri/thu-tuc/khong-co", "admin", 404),
    ),
    "web.procedure_part": (
        *(
            Place(f"/quan-tri/thu-tuc/linear/sua/{part}", "admin")
            for part in ("thong-tin", "thanh-phan", "phi", "co-quan", "thoi-tiep-nhan")
        ),
        Place("/quan-tri/thu-tuc/linear/sua/khong-co", "admin", 404),
    ),
    "web.profiles": (Place("/quan-tri/ho-so-tinh", "admin"), Place("/quan-tri/ho-so-tinh?q=khongcotu", "admin")),
    "web.audit_log": (
        Place("/quan-tri/nhat-ky?loai=all", "admin"),
        Place("/quan-tri/nhat-ky?q=khong-co-gi-nhu-vay", "admin"),
        Place("/quan-tri/nhat-ky?tu=2026-12-01&den=2026-11-01", "admin", 422),
        Place("/quan-tri/nhat-ky", "desk", 403),
    ),
    "web.show_mandates": (
        Place("/quan-tri/thuc-hien-thay", "admin"),
        Place("/quan-tri/thuc-hien-thay?xem=past", "admin"),
        Place("/quan-tri/thuc-hien-thay", "desk", 403),
    ),
    "web.looks_page": (
        Place("/quan-tri/luot-xem", "admin"),
        Place("/quan-tri/luot-xem?nguoi=khong-co-ai", "admin"),
        Place("/quan-tri/luot-xem?tu=2026-12-01&den=2026-11-01", "admin", 422),
        Place("/quan-tri/luot-xem", "desk", 403),
    ),
    "web.disclosures_page": (
        Place("/quan-tri/cung-cap-ho-so", "admin"),
        Place("/quan-tri/cung-cap-ho-so", "desk", 403),
    ),
    "web.dossier_looks": (
        Place("/ho-so/{code}/luot-xem", "head"),
        Place("/ho-so/{done}/luot-xem", "control"),
        Place("/ho-so/{code}/luot-xem", "desk", 403),
    ),
    "web.seals_page": (
        Place("/quan-tri/niem-phong", "admin"),
        Place("/quan-tri/niem-phong?trang=khong-dung", "admin", 422),
        Place("/quan-tri/niem-phong", "desk", 403),
    ),
    "web.jobs": (Place("/quan-tri/cong-viec", "admin"), Place("/quan-tri/cong-viec", "desk", 403)),
    "web.backups_page": (Place("/quan-tri/sao-luu", "admin"), Place("/quan-tri/sao-luu", "desk", 403)),
    "web.account_sessions": (
        Place("/quan-tri/phien", "admin"),
        Place("/quan-tri/phien?tai-khoan=desk", "admin"),
        Place("/quan-tri/phien?tai-khoan=khong-co", "admin", 404),
        Place("/quan-tri/phien", "desk", 403),
    ),
    "web.notices": (
        Place("/thong-bao-cua-toi"),
        Place("/thong-bao-cua-toi", "binh"),
        Place("/thong-bao-cua-toi", "admin"),
        Place("/thong-bao-cua-toi", "corrector"),
        Place("/thong-bao-cua-toi", NOBODY, 401),
    ),
    "web.incidents": (
        Place("/su-co", "admin"),
        Place("/su-co?tt=xong&loai=vacancy", "admin"),
        Place("/su-co?trang=sai", "admin"),
        Place("/su-co", "desk", 403),
    ),
    "web.incident": (
        Place("/su-co/{incident}", "admin"),
        Place("/su-co/{vacancy}", "admin"),
        Place("/su-co/{resolved}", "admin"),
        Place("/su-co/999999999", "admin", 404),
    ),
    "web.act_on_incident_again": (
        Place("/su-co/{incident}/dong", "admin"),
        Place("/su-co/{incident}/khong-co", "admin", 404),
    ),
    "web.deliveries": (
        Place("/thong-bao"),
        Place("/thong-bao?tt=tat-ca", "admin"),
        Place("/thong-bao?tt=sent&kenh=sms&viec=receipt_issued"),
        Place("/thong-bao?trang=sai"),
        Place("/thong-bao", "binh", 403),
    ),
    "web.delivery": (
        Place("/thong-bao/{failed_message}"),
        Place("/thong-bao/{sent_message}"),
        Place("/thong-bao/{call}"),
        Place("/thong-bao/999999999", "desk", 404),
    ),
    "web.settle_delivery_again": (
        Place("/thong-bao/{failed_message}/gui-lai"),
        Place("/thong-bao/{failed_message}/khong-co", "desk", 404),
    ),
    "web.calls": (Place("/thong-bao/goi-dien"), Place("/thong-bao/goi-dien", "admin")),
    "web.kept": (Place("/thong-bao/hop-thu"), Place("/thong-bao/hop-thu?kenh=zalo", "admin")),
    "web.message_templates": (Place("/mau-tin", "admin"), Place("/mau-tin", "desk", 403)),
    "web.message_template": (
        Place("/mau-tin/receipt_issued/email", "admin"),
        Place("/mau-tin/result_ready/sms?agency=SYT", "admin"),
        Place("/mau-tin/visit_planned/zalo", "admin"),
        Place("/mau-tin/khong_co/sms", "admin", 404),
    ),
    "web.dossier_imports": (
        Place("/quan-tri/chuyen-ho-so", "admin"),
        Place("/quan-tri/chuyen-ho-so?trang=sai", "admin"),
        Place("/quan-tri/chuyen-ho-so", "desk", 403),
    ),
    "web.dossier_import": (
        Place("/quan-tri/chuyen-ho-so/{old_table}", "admin"),
        Place("/quan-tri/chuyen-ho-so/{old_table}?xem=refused", "admin"),
        Place("/quan-tri/chuyen-ho-so/{old_done}", "admin"),
        Place("/quan-tri/chuyen-ho-so/{old_done}?rut=2", "admin"),
        Place("/quan-tri/chuyen-ho-so/999999", "admin", 404),
    ),
    "web.outages": (Place("/gian-doan", "admin"), Place("/gian-doan", "desk", 403)),
    "web.outage_form": (Place("/gian-doan/{outage}/sua", "admin"), Place("/gian-doan/999999999/sua", "admin", 404)),
    "web.end_outage_again": (Place("/gian-doan/1/ket-thuc", "admin"),),
    "web.maintenance_page": (Place("/quan-tri/bao-tri", "admin"), Place("/quan-tri/bao-tri", "desk", 403)),
    "web.end_maintenance_again": (Place("/quan-tri/bao-tri/ket-thuc", "admin"),),
    "web.log_book": (
        Place("/quan-tri/so-su-co", "admin"),
        Place("/quan-tri/so-su-co?loai=data&nam=2020", "control"),
        Place("/quan-tri/so-su-co", "desk", 403),
    ),
    "web.log_entry": (
        Place("/quan-tri/so-su-co/{log_entry}", "admin"),
        Place("/quan-tri/so-su-co/{log_entry}", "control"),
        Place("/quan-tri/so-su-co/999999999", "admin", 404),
    ),
    "web.log_entry_form": (Place("/quan-tri/so-su-co/ghi", "admin"), Place("/quan-tri/so-su-co/ghi", "desk", 403)),
    "web.change_log_entry_form": (
        Place("/quan-tri/so-su-co/{log_entry}/sua", "admin"),
        Place("/quan-tri/so-su-co/999999999/sua", "admin", 404),
    ),
    "web.procedures": (
        Place("/thu-tuc", "admin"),
        Place("/thu-tuc?q=khong-co-thu-tuc", "admin"),
        Place("/thu-tuc?trang=sai", "admin"),
        Place("/thu-tuc", "desk", 403),
    ),
    "web.versions": (
        Place("/thu-tuc/linear/phien-ban", "admin"),
        Place("/thu-tuc/khong-co/phien-ban", "admin", 404),
    ),
    "web.version": (
        Place("/thu-tuc/linear/phien-ban/2", "admin"),
        Place("/thu-tuc/linear/phien-ban/1?so-voi=2", "admin"),
        Place("/thu-tuc/decision/phien-ban/1", "admin"),
        Place("/thu-tuc/linear/phien-ban/9", "admin", 404),
    ),
    "web.version_as_run": (
        Place("/thu-tuc/linear/phien-ban/1/thuc-te", "admin"),
        Place("/thu-tuc/linear/phien-ban/1/thuc-te?theo=late", "admin"),
        Place("/thu-tuc/linear/phien-ban/1/thuc-te?tu=2026-12-01&den=2020-01-01", "admin", 422),
        Place("/thu-tuc/linear/phien-ban/2/thuc-te?tu=2020-01-01&den=2020-02-01", "director"),
        Place("/thu-tuc/linear/phien-ban/1/thuc-te", "binh", 403),
    ),
    "web.try_version": (
        Place("/thu-tuc/linear/phien-ban/1/chay-thu", "admin"),
        Place(f"/thu-tuc/linear/phien-ban/1/chay-thu?luot={PLAYED}", "admin"),
        Place("/thu-tuc/linear/phien-ban/1/chay-thu", "binh", 403),
    ),
    "web.every_way_of_version": (Place("/thu-tuc/decision/phien-ban/1/chay-thu/moi-duong", "admin"),),
    "web.try_draft": (
        Place("/thiet-ke/{draft}/chay-thu", "admin"),
        Place(f"/thiet-ke/{{draft}}/chay-thu?luot={PLAYED}", "admin"),
        Place("/thiet-ke/{draft}/chay-thu?luot=hong", "admin"),
        Place("/thiet-ke/999999/chay-thu", "admin", 404),
    ),
    "web.modeller": (Place("/thiet-ke/{draft}", "admin"), Place("/thiet-ke/999999", "admin", 404)),
    "web.every_way_of_draft": (Place("/thiet-ke/{draft}/chay-thu/moi-duong", "admin"),),
    "web.publishing": (
        Place("/thiet-ke/{preparing}/ban-hanh", "admin"),
        Place("/thiet-ke/{published}/ban-hanh", "admin"),
        Place("/thiet-ke/{draft}/ban-hanh", "admin"),
        Place("/thiet-ke/999999/ban-hanh", "admin", 404),
    ),
    "web.decision_again": (Place("/thiet-ke/{preparing}/ban-hanh/quyet-dinh", "admin"),),
    "web.draft_accounts": (Place("/thiet-ke/{preparing}/ban-hanh/tai-khoan", "admin"),),
    "web.publications_due": (Place("/thu-tuc/theo-doi", "admin"), Place("/thu-tuc/theo-doi", "binh", 403)),
    "web.versions_to_check": (Place("/thu-tuc/cho-kiem-tra", "admin"),),
    "web.check_version": (
        Place("/thu-tuc/1.000001/phien-ban/{to_check}/kiem-tra", "admin"),
        Place("/thu-tuc/linear/phien-ban/9/kiem-tra", "admin", 404),
    ),
    "web.comment_again": (Place("/thu-tuc/linear/phien-ban/1/kiem-tra/y-kien", "admin"),),
    "web.configuration_again": (Place("/thu-tuc/linear/phien-ban/1/sua-cau-hinh", "admin"),),
    "web.procedure_issues": (
        Place("/thu-tuc/linear/gop-y-quy-trinh", "binh"),
        Place("/thu-tuc/linear/gop-y-quy-trinh?trang=sai", "admin"),
        Place("/thu-tuc/khong-co/gop-y-quy-trinh", "binh", 404),
    ),
    "web.issue_again": (Place("/thu-tuc/linear/gop-y-quy-trinh/1", "binh"),),
    "web.simulations": (
        Place("/thiet-ke/{simulated_draft}/mo-phong", "admin"),
        Place("/thiet-ke/{simulated_draft}/mo-phong?tu={simulated}&that=1", "admin"),
        Place("/thu-tuc/linear/phien-ban/2/mo-phong", "admin"),
        Place("/thiet-ke/999999/mo-phong", "admin", 404),
        Place("/thiet-ke/{simulated_draft}/mo-phong", "binh", 403),
    ),
    "web.simulation": (
        Place("/thiet-ke/{simulated_draft}/mo-phong/{simulated}", "admin"),
        Place("/thiet-ke/{simulated_draft}/mo-phong/{simulated_later}", "admin"),
        Place("/thiet-ke/{simulated_draft}/mo-phong/{simulated_not}", "admin"),
        Place("/thiet-ke/{simulated_draft}/mo-phong/999999", "admin", 404),
    ),
    "web.compare_simulations": (
        Place("/thiet-ke/{simulated_draft}/mo-phong/so-sanh?cac={simulated},{simulated_otherwise}", "admin"),
        Place("/thiet-ke/{simulated_draft}/mo-phong/so-sanh?cac={simulated}", "admin", 400),
    ),
    "web.repeal_again": (Place("/thu-tuc/linear/phien-ban/2/bai-bo", "admin"),),
    "web.undo_again": (Place("/thu-tuc/linear/phien-ban/hoan-tac", "admin"),),
    "web.moving": (
        Place("/thu-tuc/linear/phien-ban/2/chuyen", "admin"),
        Place("/thu-tuc/linear/phien-ban/2/chuyen?tu=1&thay.review=handle", "admin"),
        Place("/thu-tuc/linear/phien-ban/2/chuyen?thay.review=khong-co", "admin", 422),
        Place("/thu-tuc/linear/phien-ban/9/chuyen", "admin", 404),
    ),
    "web.monitor": (
        Place("/theo-doi", "director"),
        Place("/theo-doi?unit=room", "director"),
        Place("/theo-doi", "control"),
        Place("/theo-doi?agency=VPUBND", "control"),
        Place("/theo-doi?by=officers&whose=person&among=open&sort=open", "director"),
        Place("/theo-doi", "binh", 403),
        Place("/theo-doi?agency=XXX", "control", 422),
    ),
    "web.watched": (
        Place("/theo-doi/danh-sach", "director"),
        Place("/theo-doi/danh-sach?fact=step_late&officer=none", "director"),
        Place("/theo-doi/danh-sach?q=khong-co-ai", "director"),
        Place("/theo-doi/danh-sach?among=open&whose=unit&holder=SYT/room", "director"),
        Place("/theo-doi/danh-sach?trang=sai", "control"),
    ),
    "web.workload": (
        Place("/theo-doi/khoi-luong", "director"),
        Place("/theo-doi/khoi-luong?unit=room&sort=name", "director"),
        Place("/theo-doi/khoi-luong", "control"),
    ),
    "web.trends": (
        Place("/theo-doi/xu-huong", "director"),
        Place("/theo-doi/xu-huong?kind=week", "control"),
        Place("/theo-doi/xu-huong?unit=room", "director"),
    ),
    "web.period_list": (
        Place("/theo-doi/ho-so?what=received", "director"),
        Place("/theo-doi/ho-so?what=late&tu=2001-01-01&den=2001-02-01", "control"),
    ),
    "web.totals": (
        Place("/theo-doi/tong-hop", "director"),
        Place("/theo-doi/tong-hop?period=quarter&unit=room", "director"),
        Place("/theo-doi/tong-hop?period=year", "control"),
        Place("/theo-doi/tong-hop?of=2001-01-01", "control"),
    ),
    "web.slip_templates": (Place("/mau-phieu", "admin"), Place("/mau-phieu", "desk", 403)),
    "web.slip_template_form": (
        Place("/mau-phieu/mau/tt01-2018/02", "admin"),
        Place("/mau-phieu/mau/tt99/01", "admin", 404),
    ),
    "web.slip_logos": (Place("/mau-phieu/logo", "admin"),),
    "web.slip_template": (
        Place("/mau-phieu/{typst}", "admin"),
        Place("/mau-phieu/{word}", "admin"),
        Place("/mau-phieu/{logo}", "admin"),
        Place("/mau-phieu/999999999", "admin", 404),
    ),
    "web.act_on_slip_template_again": (Place("/mau-phieu/{word}/thu-hoi", "admin"),),
    "web.agencies": (
        Place("/quan-tri/co-quan", "admin"),
        Place("/quan-tri/co-quan?q=khong-co-co-quan", "admin"),
        Place("/quan-tri/co-quan", "desk", 403),
    ),
    "web.new_agency": (Place("/quan-tri/co-quan/moi", "admin"),),
    "web.agency": (Place("/quan-tri/co-quan/SYT", "admin"), Place("/quan-tri/co-quan/XXX", "admin", 404)),
    "web.agency_form": (Place("/quan-tri/co-quan/SYT/sua", "admin"),),
    "web.new_unit": (Place("/quan-tri/co-quan/SYT/don-vi/moi", "admin"),),
    "web.unit": (
        Place("/quan-tri/co-quan/SYT/don-vi/room", "admin"),
        Place("/quan-tri/co-quan/SYT/don-vi/khong-co", "admin", 404),
    ),
    "web.new_position": (Place("/quan-tri/co-quan/SYT/vi-tri/moi?don-vi=room", "admin"),),
    "web.position": (
        Place("/quan-tri/co-quan/SYT/vi-tri/desk_officer", "admin"),
        Place("/quan-tri/co-quan/SYT/vi-tri/khong-co", "admin", 404),
    ),
    "web.copy_form": (
        Place("/quan-tri/co-quan/sao-chep", "admin"),
        Place("/quan-tri/co-quan/sao-chep?tu=SYT&den=VPUBND&xem=1", "admin"),
        Place("/quan-tri/co-quan/sao-chep?tu=SYT&xem=1", "admin", 422),
    ),
    "web.accounts": (
        Place("/quan-tri/tai-khoan", "admin"),
        Place("/quan-tri/tai-khoan?q=khong-co-ai&trang=sai", "admin"),
        Place("/quan-tri/tai-khoan", "desk", 403),
    ),
    "web.new_account": (Place("/quan-tri/lap-tai-khoan", "admin"),),
    "web.account": (
        Place("/quan-tri/tai-khoan/binh", "admin"),
        Place("/quan-tri/tai-khoan/admin", "admin"),
        Place("/quan-tri/tai-khoan/khong-co", "admin", 404),
    ),
    "web.account_import_form": (Place("/quan-tri/nhap-tai-khoan", "admin"),),
    "web.account_import": (
        Place("/quan-tri/nhap-tai-khoan/{accounts_sheet}", "admin"),
        Place("/quan-tri/nhap-tai-khoan/999999999", "admin", 404),
    ),
    "web.me": (Place("/toi"), Place("/toi", "control")),
    "web.workbench": (
        Place("/thiet-ke", "admin"),
        Place("/thiet-ke?tt=discarded", "admin"),
        Place("/thiet-ke?q=khong-co-ban-ve", "admin"),
        Place("/thiet-ke?tt=published", "admin"),
        Place("/thiet-ke", "desk", 403),
    ),
    "web.begin_for": (Place("/thiet-ke/lap", "admin"), Place("/thiet-ke/lap?q=khong-co-thu-tuc", "admin")),
    "web.begin_with": (
        Place("/thiet-ke/lap/linear?tu=giam", "admin"),
        Place("/thiet-ke/lap/1.000001?tu=khong-co", "admin"),
        Place("/thiet-ke/lap/khong-co", "admin", 404),
    ),
    "web.draft_history": (
        Place("/thiet-ke/{draft}/lich-su", "admin"),
        Place("/thiet-ke/{dropped}/lich-su", "admin"),
        Place("/thiet-ke/999999/lich-su", "admin", 404),
    ),
    "web.draft_state": (
        Place("/thiet-ke/{draft}/lich-su/1", "admin"),
        Place("/thiet-ke/{draft}/lich-su/2", "admin"),
        Place("/thiet-ke/{draft}/lich-su/99", "admin", 404),
    ),
    "web.compare_draft": (
        Place("/thiet-ke/{draft}/so-sanh", "admin"),
        Place("/thiet-ke/{draft}/so-sanh?voi=1&chon=process", "admin"),
        Place("/thiet-ke/{dropped}/so-sanh", "admin"),
        Place("/thiet-ke/{draft}/so-sanh?voi=99", "admin", 404),
    ),
    "web.forms_of_draft": (
        Place("/thiet-ke/{formed}/bieu-mau", "admin"),
        Place("/thiet-ke/{dropped}/bieu-mau", "admin"),
    ),
    "web.edit_draft_form": (
        Place("/thiet-ke/{formed}/bieu-mau/asked", "admin"),
        Place("/thiet-ke/{formed}/bieu-mau/none", "admin", 404),
    ),
    "web.preview_form": (
        Place("/thiet-ke/{formed}/bieu-mau/asked/xem", "admin"),
        Place("/thiet-ke/{formed}/bieu-mau/asked/xem?nguoi=cong-dan&rong=hep&mau=1", "admin"),
    ),
    "web.draft_talk": (Place("/thiet-ke/{draft}/gop-y", "admin"), Place("/thiet-ke/{dropped}/gop-y", "admin")),
    "web.table_drafts_home": (Place("/thiet-ke/bang", "admin"), Place("/thiet-ke/bang", "desk", 403)),
    "web.table_draft": (Place("/thiet-ke/bang/{table}", "admin"), Place("/thiet-ke/bang/999999", "admin", 404)),
    "web.accept_table_again": (Place("/thiet-ke/bang/{table}/nhan", "admin"),),
    "web.discard_table_again": (Place("/thiet-ke/bang/{table}/bo", "admin"),),
    "web.draft_again": (Place("/thiet-ke/{draft}/bo", "admin"),),
    "web.draft_state_again": (Place("/thiet-ke/{draft}/lich-su/1/ten", "admin"),),
    "web.bring_draft_file_again": (Place("/thiet-ke/{draft}/so-do", "admin"),),
    "web.settle_draft_comment_again": (Place("/thiet-ke/{draft}/gop-y/1/xong", "admin"),),
}


def dossiers(scene: Scene) -> dict[str, str]:
    """One dossier of each kind, by the names that PLACES uses; and the desk's head, who puts mistakes right."""
    with scene.writing() as connection:
        may = ("dossier.register", "task.work", "task.assign", "dossier.correct", "dossier.late_entry")
        factories.account(
            connection, "corrector", scene.province.health, [scene.province.positions["desk_officer"]], may
        )
    with scene.writing() as connection:
        factories.account(connection, "fresh", scene.province.health, must_change_password=True)
        job = text(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, status) VALUES ('sweep_files', 'default', 'failed')"
        )
        connection.execute(job)
    scene.publish("linear")
    late = scene.at_step("process", "linear")
    scene.clock.move(days=21)
    done, ready = (scene.at_step("give_back", "linear") for _ in range(2))
    for code, actions in ((done, ("confirm-result", "deliver-result")), (ready, ("confirm-result",))):
        for action in actions:
            scene.do(action, "desk", scene.task(code, "give_back").id)
    scene.at_step("give_back", "linear")
    code = scene.at_step("review", "linear", applicant={"name": "Trần Thị Ánh Nguyệt", "phone": "0912345678"})
    absences(scene)
    return {
        "old_table": str(look_at(scene, table({"holder": "Ai đó"}, {"procedure": "khác"}))),
        "old_done": str(carry_out(scene, look_at(scene, table({"old_code": "CU-17"})))[0].import_id),
        "batch": batch_of(scene, "ke-hoach-thang-muoi-mot", 3),
        "broken_off": broken_off(scene, "bi-ngat-giua-chung-22"),
        "late": late,
        "drawn": scene.at_step("process"),
        "done": done,
        "ready": ready,
        "code": code,
        "online": (online := scene.register(channel="online")["code"]),
        "online_task": str(scene.open_tasks(online)[0].id),
        "ready_task": str(next(task.id for task in scene.open_tasks(ready) if task.stage == "return")),
        "paper": str(add_file(scene, "desk", code, pdf(3), "bản vẽ.pdf")["id"]),
        "broken_paper": str(add_file(scene, "desk", code)["id"]),
        "task": str(scene.task(code, "review").id),
        "token": scene.dossier(code).token,
        "late_token": scene.dossier(late).token,
        "done_token": scene.dossier(done).token,
        **messages(scene),
        **accounts_sheet(scene),
        **changed_calendar(scene),
        **slip_templates(scene),
        **scene.at_once(lambda: incidents(scene))[0],  # conditions are not evaluated in the browser's own event loop
        **scene.at_once(lambda: another_version(scene))[0],
        **drafts_seen(scene),
        **table_seen(scene),
        **publishing_seen(scene),
        "formed": str(draft_with(scene, {"asked": ASKED})),
        **simulated(scene),
    }


def messages(scene: Scene) -> dict[str, str]:
    """One that was sent, one that could not be, a call to make, a text that was changed, and an outage."""
    person = {"name": "Trần Thị Ánh Nguyệt", "phone": "0912 345 678", "email": "b…h@exa_mple"}
    scene.register(applicant=person, notify=["email", "sms", "zalo", "phone"])
    with scene.reading() as connection:
        rows = connection.execute(text("SELECT id, channel FROM deliveries ORDER BY id DESC LIMIT 4")).all()
    numbers = {row.channel: row.id for row in rows}
    with scene.app.app_context():
        for channel in ("email", "sms", "zalo"):
            send_delivery(numbers[channel])
    admin = scene.client("admin")
    changed = {"event": "result_ready", "channel": "sms", "body": "Hồ sơ {ma_ho_so} có kết quả.", "agency": "SYT"}
    outage = {
        "title": "Nâng cấp máy chủ",
        "text": "Việc tiếp nhận tạm dừng; hồ sơ giấy vẫn nhận tại bộ phận một cửa.",
        "starts_at": "2026-12-14T18:00:00+07:00",
        "audience": ["users", "citizens"],
    }
    for path, body in (("message-templates", changed), ("outages", outage)):
        answer = admin.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return {
        "outage": str(answer.json["id"]),
        "log_entry": entered(scene),
        "failed_message": str(numbers["email"]),
        "sent_message": str(numbers["sms"]),
        "call": str(numbers["phone"]),
    }


def accounts_sheet(scene: Scene) -> dict[str, str]:
    """A table of accounts with a good row, a changed one and a wrong one."""
    rows = [("Lê Văn Ba", "SYT", "Chuyên viên", ""), ("Bình", "SYT", "Văn thư", "binh"), ("X", "SYT", "Thợ lặn", "")]
    content = xlsx_file("Cán bộ", ("Họ tên", "Cơ quan", "Vị trí", "Tên đăng nhập"), rows)
    data = {"file": (BytesIO(content), "danh sách cán bộ.xlsx")}
    answer = scene.client("admin").post("/api/v1/accounts/imports", data=data)
    assert answer.status_code == 201, answer.text
    return {"accounts_sheet": str((answer.json or {})["id"])}


def another_version(scene: Scene) -> dict[str, str]:
    """A second version of a procedure: one step is called otherwise, and there is one more."""
    answer = send(scene, drawn("process", "handle", "approve"), procedure="linear")
    assert answer.status_code == 201, answer.text
    return {}


def absences(scene: Scene) -> None:
    """One that is over and one that counts: binh stands in for chi, who has a step."""
    scene.do("claim", "chi", scene.task(scene.at_step("process", "linear"), "process").id)
    ended = away(scene, "chi", "binh", 5, 6)
    scene.client("chi").post(f"/api/v1/absences/{ended['id']}/end", json={})
    away(scene, "chi", "binh", 0, 3)


def incidents(scene: Scene) -> dict[str, str]:
    """A dossier that stands for an action, one for a position that nobody holds any more, and an incident that is over."""
    scene.publish("decision")
    over, stopped = (scene.at_step("review", "decision", data={"amount": "nhiều", "people": [1, 2]}) for _ in range(2))
    for code in (over, stopped):
        scene.stopped("forward", "head", scene.task(code, "review").id, {"decision": "agree"})
    admin = scene.client("admin")
    numbers = {one["dossier"]: one["id"] for one in scene.get("admin", "/incidents")["data"]}
    body = {"reason": "Số tiền ghi nhầm bằng chữ", "data": {"amount": 12}}
    answer = admin.post(f"/api/v1/incidents/{numbers[over]}/repair", json=body)
    assert answer.status_code == 200, answer.text
    vacated = scene.at_step("process", "linear")
    with scene.writing() as connection:
        factories.set_columns(connection, "accounts", scene.province.accounts["head"], permissions=["report.view"])
    scene.do("forward", "binh", scene.task(vacated, "process").id)
    with scene.writing() as connection:
        may = ["task.work", "report.view"]
        factories.set_columns(connection, "accounts", scene.province.accounts["head"], permissions=may)
    numbers = {one["dossier"]: one["id"] for one in scene.get("admin", "/incidents?open=all")["data"]}
    return {
        "stopped": stopped,
        "vacated": vacated,
        "incident": str(numbers[stopped]),
        "vacancy": str(numbers[vacated]),
        "resolved": str(numbers[over]),
    }


def batch_of(scene: Scene, key: str, tasks: int) -> str:
    """A batch of one's tasks, some of them refused, under the key of a form of that name."""
    ids = [scene.task(scene.at_step("process", "linear"), "process").id for _ in range(tasks)]
    scene.do("claim", "chi", ids[0])
    asked = {"action": "claim", "ids": ids}
    answer = scene.client("binh").post("/api/v1/tasks/batch", json=asked, headers={"Idempotency-Key": f"form.{key}"})
    assert answer.status_code == 200, answer.text
    return key


def broken_off(scene: Scene, key: str) -> str:
    """As a server leaves it that stopped in the middle."""
    batch_of(scene, key, 2)
    with scene.writing() as connection:
        connection.execute(
            text("UPDATE idempotency_keys SET answer = answer - 'results' WHERE key = :key"), {"key": f"form.{key}"}
        )
    return key


def changed_calendar(scene: Scene) -> dict[str, str]:
    """A calendar with a change whose dossiers are counted again, and one for which that has only begun."""
    counted = announce(scene, holidays=["2026-12-01", "2026-12-02"], swapped_rest_days=["2026-12-31"])
    work_through(scene, counted)
    change = announce(scene, working_saturdays=["2027-01-09"])
    return {"calendar": code_of(scene), "counted": str(counted), "change": str(change)}


def slip_templates(scene: Scene) -> dict[str, str]:
    """A template that replaces a slip's own, one for Word, and a logo."""
    files = {
        "typst": (b"#let d = json(bytes(sys.inputs.content))\n= #d.code", {"format": "typst", "form": "tt01-2018/02"}),
        "word": (word_file("{{ code }}"), {"format": "docx", "form": "tt01-2018/02", "agency": "SYT"}),
        "logo": (picture(), {"format": "logo"}),
    }
    found = {}
    for name, (content, told) in files.items():
        answer = scene.client("admin").post("/api/v1/slip-templates", data=told | {"file": (BytesIO(content), name)})
        assert answer.status_code == 201, answer.text
        found[name] = str((answer.json or {})["id"])
    return found


def looks(page: Page) -> list[str]:
    """What is wrong to see or to hear, at a desk and on a telephone; the page is left as wide as it was."""
    found = []
    for screen in (PHONE, DESKTOP):
        page.set_viewport_size({"width": screen.width, "height": screen.height})
        found += [f"{screen.width}: {one}" for one in (*axe(page), *sticking_out(page))]
    return found


def faults_of(page: Page, answer: Response, titles: dict[str, str], endpoint: str) -> list[str]:
    """What does not hold for the page as it is shown and as it was sent."""
    sent = html.document_fromstring(answer.text())
    policy = answer.headers.get("content-security-policy", "")
    found = looks(page)
    if sent.get("lang") != "vi":
        found.append("not in Vietnamese")
    if not sent.xpath("//meta[@name='viewport'][contains(@content, 'width=device-width')]"):
        found.append("a telephone would show it small")
    if page.get_by_role("heading", level=1).count() != 1:
        found.append("not one h1")
    if sent.xpath("//script[not(@src)] | //@style | //style | //@*[starts-with(name(), 'on')]"):
        found.append("inline script or style")
    if "default-src 'self'" not in policy or "unsafe-inline" in re.sub("style-src[^;]*", "", policy):
        found.append(f"policy {policy!r}")
    if answer.headers.get("cache-control") != "no-store":
        found.append("may be kept by caches")
    name = page.title()
    if name in ("", "Một Cửa", "· Một Cửa"):
        found.append("no title of its own")
    if answer.status == 200 and endpoint not in SAME_PAGE and titles.setdefault(name, endpoint) != endpoint:
        found.append(f"title {name!r} is that of {titles[name]}")
    return found


def endpoint_of(app: Flask, address: str) -> str:
    path = re.sub(r"^https?://[^/]+|[?#].*", "", address)
    return str(app.url_map.bind("localhost").match(path)[0])


def test_no_page_is_forgotten(app: Flask) -> None:
    routes = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("web.") and "GET" in (rule.methods or ())
    }
    assert routes == set(PLACES) | set(NO_PAGES)


def of_the_workbench(place: Place) -> bool:
    """Pages about procedures and drafts of their diagrams; they are looked at in a file of their own, beside this one."""
    return place.path.startswith(("/thiet-ke", "/thu-tuc"))


def what_is_wrong(scene: Scene, person: Person, visitor: Visitor, places: Sequence[Place]) -> list[str]:
    """What does not hold for these pages, of all that has to hold for every page."""
    values = dossiers(scene)
    allow = {one.status for one in places if one.status >= 400}
    pages: dict[str, Page] = {}
    titles: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    found = []
    for place in places:
        if place.who not in pages:
            pages[place.who] = visitor(allow=allow) if place.who == NOBODY else person(place.who, allow=allow)
        page, path = pages[place.who], place.path.format(**values)
        answer = page.goto(path)
        assert answer is not None
        if answer.status != place.status:
            found.append(f"{place.who} {path}: status {answer.status}")
        if place.path.startswith("/ho-so/") and path.endswith("/so-do"):
            expect(page.locator("#diagram[data-ready]")).to_be_visible()
        endpoint = endpoint_of(scene.app, page.url) if place.status == 200 else ""
        if (place.who, page.url) not in seen:  # else it was led to a page that was looked at
            seen.add((place.who, page.url))
            found += [f"{place.who} {path}: {one}" for one in faults_of(page, answer, titles, endpoint)]
    return found


EVERY = [place for several in PLACES.values() for place in several]
UNKNOWN = [Place("/khong-co-trang-nay", NOBODY, 404), Place("/khong-co-trang-nay", "desk", 404)]


def test_what_holds_for_every_page(scene: Scene, person: Person, visitor: Visitor) -> None:
    places = [place for place in EVERY if not of_the_workbench(place)]
    found = what_is_wrong(scene, person, visitor, [*places, *UNKNOWN])
    assert not found, "\n".join(found)


def test_what_holds_for_answers_to_forms(scene: Scene, person: Person) -> None:
    values = dossiers(scene)
    found: list[str] = []

    def look(page: Page, name: str) -> None:
        found.extend(f"{name}: {one}" for one in looks(page))
        expect(title(page)).to_have_count(1)

    desk, head, binh = (person(name, allow={401, 422}) for name in ("desk", "head", "binh"))
    desk.goto("/tiep-nhan/linear")
    button(desk, "Tiếp nhận hồ sơ").click()
    expect(errors(desk)).to_be_focused()
    look(desk, "registration refused")
    head.goto(f"/ho-so/{values['code']}")
    head.locator("summary").filter(has_text="Trả lại").click()
    head.get_by_role("group").filter(has=head.locator("select[name=to_step]")).get_by_role("button").click()
    expect(errors(head)).to_be_focused()
    look(head, "action refused")
    button(head, FORWARD).click()
    expect(head.get_by_text("Việc tiếp theo")).to_be_visible()
    look(head, "action done")
    for name in ("Chuyển bước", "Bàn giao"):
        binh.goto("/viec")
        row(binh, values["late"]).get_by_role("checkbox").check()
        look(binh, "inbox with a choice")
        button(binh, name).click()
        expect(title(binh)).to_contain_text("1 hồ sơ")
        look(binh, f"batch {name}")
    desk.goto(f"/ho-so/{values['code']}/tep")
    button(desk, "Thêm vào hồ sơ").click()
    expect(errors(desk)).to_be_visible()
    look(desk, "file refused")
    scene.clock.move(hours=13)
    desk.goto("/tiep-nhan/linear")
    look(desk, "session ended")
    assert not found, "\n".join(found)


def entered(scene: Scene) -> str:
    """A line of the log book with a note and a change, and words that are long."""
    path, admin = "/api/v1/log-book", scene.client("admin")
    body = {
        "kind": "data",
        "level": "high",
        "title": "Mất điện " * 20,
        "words": "x" * 400,
        "began_at": START.isoformat(),
    }
    entry = admin.post(path, json=body).json
    assert entry is not None
    admin.post(f"{path}/{entry['id']}/notes", json={"kind": "reported", "words": "Báo Sở Khoa học và Công nghệ."})
    admin.put(f"{path}/{entry['id']}", json={"level": "critical", "cause": "Hỏng bộ lưu điện"})
    return str(entry["id"])
