"""Every module of pages; importing them puts their routes on the blueprint."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Flask, Response

from app.access.secret import secret_key
from app.config import Settings
from app.web import (
    absences,
    account_import,
    accounts,
    administration,
    approving,
    as_run,
    attribution,
    audit,
    batch,
    calendars,
    citizen,
    copying,
    delegations,
    deliveries,
    delivering,
    desk,
    dossier,
    dossier_parts,
    dossier_search,
    draft_files,
    draft_forms,
    draft_history,
    draft_publishing,
    draft_talk,
    failing,
    fees,
    file_viewer,
    files,
    form_preview,
    handing_over,
    help,
    home,
    imports,
    inbox,
    inbox_parts,
    incidents,
    intake_queue,
    jobs,
    lost_slips,
    message_templates,
    modeller,
    monitor,
    notices,
    organisation,
    outages,
    password,
    post_desk,
    presence,
    procedure_editing,
    profiles,
    records,
    registering,
    registers,
    related,
    remarks,
    rendering,
    saved_filters,
    sessions,
    sign_in,
    signing,
    simulations,
    slip_templates,
    slips,
    step_drafts,
    table_drafts,
    task_posts,
    trends,
    trying,
    versions,
    watched,
    workbench,
    workload,
)
from app.web.blueprint import csrf, install_static, page, refuse_forged_forms

MODULES = (
    absences,
    account_import,
    accounts,
    administration,
    approving,
    as_run,
    attribution,
    audit,
    batch,
    calendars,
    citizen,
    copying,
    delegations,
    deliveries,
    delivering,
    desk,
    dossier,
    dossier_parts,
    dossier_search,
    draft_files,
    draft_forms,
    draft_history,
    draft_publishing,
    draft_talk,
    failing,
    fees,
    file_viewer,
    files,
    form_preview,
    handing_over,
    help,
    home,
    imports,
    inbox,
    inbox_parts,
    incidents,
    intake_queue,
    jobs,
    lost_slips,
    message_templates,
    modeller,
    monitor,
    notices,
    organisation,
    outages,
    password,
    post_desk,
    presence,
    procedure_editing,
    profiles,
    records,
    registering,
    registers,
    related,
    remarks,
    saved_filters,
    sessions,
    sign_in,
    signing,
    simulations,
    slip_templates,
    slips,
    step_drafts,
    table_drafts,
    task_posts,
    trends,
    trying,
    versions,
    watched,
    workbench,
    workload,
)


def configuration(settings: Settings) -> dict[str, object]:
    """The session's cookie and the guard against forged forms."""
    return {
        "SECRET_KEY": secret_key(settings),
        "SESSION_COOKIE_NAME": "motcua",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.public_url.startswith("https://"),
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
    }


def install(app: Flask, otherwise: Callable[[Exception], Response]) -> None:
    """The pages on this application; the guard of routes must stand before. `otherwise` answers who is no browser."""
    rendering.install(app)
    outages.install(app)
    help.install(app)
    app.add_template_global(notices.shown_bell)
    csrf.init_app(app)
    app.before_request(refuse_forged_forms)
    app.register_blueprint(page)
    install_static(app)
    for status in (404, 405):
        app.register_error_handler(status, partial(failing.unknown_page, otherwise))
