"""Who may call what: the one table of every page and every operation of the interface (QT-27.3p to QT-27.5, HT-4.2, HT-16.1).

A route declares its permissions where it stands; a test compares that with this table, and another calls every route in every
role and compares what happens. `tools/route_table.py` writes new routes in; what it changes is to be read.

Any one of the permissions opens a route; `anyone` is open without signing in, `signed_in` to every account. What of it somebody
sees is a matter of the objects: dossiers of agencies without a part, accounts and units of other agencies do not exist for her.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_TABLE: Final = (
    (
        ("account.manage",),
        """
        mandates.close_mandate mandates.create_mandate organisation.add_agency organisation.change_agency
        organisation.shut_agency sign-ins.let web.add_agency web.agency_form web.change_agency web.end_mandate_now
        web.give_mandate_now web.new_agency web.shut_agency
        """,
    ),
    (
        ("account.manage", "account.manage_own"),
        """
        account-administration.accept_import account-administration.add_account account-administration.change_account
        account-administration.change_permissions account-administration.end account-administration.get_account
        account-administration.give account-administration.give_password account-administration.hand_in_accounts
        account-administration.let account-administration.list_accounts account-administration.lock
        account-administration.see_import account-administration.unlock api-tokens.revoke_account_api_token
        api-tokens.unlink_account_identity my-account.end_account_session my-account.end_account_sessions
        my-account.lock_out organisation.add_position organisation.add_unit organisation.change_position
        organisation.change_unit organisation.copy organisation.get_agency organisation.get_position organisation.get_unit
        organisation.list_agencies organisation.preview_copy organisation.shut_position organisation.shut_unit
        second-factor.reset sign-ins.list_blocked web.accept_accounts web.account web.account_import web.account_import_form
        web.account_import_template web.accounts web.add_account web.add_position web.add_unit web.agencies web.agency
        web.change_account web.change_permissions web.change_position web.change_unit web.copy web.copy_form web.end
        web.end_account_sessions web.give web.give_password web.hand_in_accounts web.let_account_in web.let_in_again
        web.lock web.new_account web.new_position web.new_unit web.password_files web.position web.register_accounts
        web.reset_factor_of_account web.revoke_token_of_account web.shut_position web.shut_unit web.sign_in_blocks web.unit
        web.unlink_account web.unlock
        """,
    ),
    (
        ("account.manage", "account.manage_own", "audit.view"),
        """
        api-tokens.show_ways_in mandates.list_mandates mandates.read_mandate my-account.list_account_sessions
        web.account_sessions web.show_mandates
        """,
    ),
    (
        ("account.manage", "account.manage_own", "dossier.register", "task.assign"),
        """
        sign-ins.report_other
        """,
    ),
    (
        ("account.manage", "account.manage_own", "dossier.register", "task.assign", "task.work"),
        """
        delegations.close_delegation delegations.list_delegations delegations.read_delegation web.show_delegations
        web.stop_delegation
        """,
    ),
    (
        ("account.manage", "dossier.register", "task.assign", "task.work"),
        """
        absences.close_absence absences.create_absence absences.list_absences web.absences web.end_away web.enter_away
        """,
    ),
    (
        ("account.manage_own", "audit.view"),
        """
        audit.export_administration_changes audit.list_administration_changes web.audit_log web.audit_xlsx
        """,
    ),
    (
        ("anyone",),
        """
        accounts.create_token api-docs.openapi_json health.healthz health.readyz metrics.read_metrics
        public-outages.current_outages public-sms.answer_sms public.look_up public.read_result public.read_slip
        web.come_back_from_provider web.go_on_here web.icon web.look_up web.sign_in_by_provider web.sign_in_form
        web.sign_in_now web.sign_out_at_provider web.sign_out_now web.start web.static
        """,
    ),
    (
        ("audit.view",),
        """
        looks.list_looks seals.dossier_seal_proof seals.list_audit_seals web.looks_page web.seal_proof web.seals_page
        """,
    ),
    (
        ("audit.view", "control.view", "diagram.deploy", "procedure.manage"),
        """
        profiles.read_profile web.profiles
        """,
    ),
    (
        ("audit.view", "control.view", "outage.announce", "system.suspend"),
        """
        log-book.export_log_book log-book.list_log_book log-book.read_log_entry maintenance.read_maintenance web.log_book
        web.log_book_xlsx web.log_entry
        """,
    ),
    (
        ("audit.view", "dossier.disclose"),
        """
        disclosures.list_disclosures disclosures.read_disclosure web.disclosures_page
        """,
    ),
    (
        ("calendar.manage",),
        """
        calendars.change_calendar calendars.preview_calendar web.change_calendar web.preview_calendar
        """,
    ),
    (
        ("control.view", "diagram.deploy", "diagram.design", "procedure.manage", "procedure.review"),
        """
        web.publications_due
        """,
    ),
    (
        ("control.view", "dossier.register", "report.view", "task.work"),
        """
        attachments.download attachments.list_attachments attachments.page_of_file attachments.thumbnail_of_file
        attribution.attribution dossier-deliveries.list_dossier_deliveries dossier-parts.clock dossier-parts.control
        dossier-parts.diagram dossier-parts.timeline dossiers.list_dossiers dossiers.read_dossier fees.list_fees
        monitor.board_pdf monitor.board_xlsx monitor.list_tasks monitor.read monitor.tasks_csv monitor.tasks_pdf
        monitor.tasks_xlsx monitor.time monitor.totals registers.books registers.register registers.slips remarks.add
        remarks.correct remarks.here remarks.list_remarks remarks.related remarks.who_is_here
        saved-filters.change_inbox_settings saved-filters.create_filter saved-filters.drop_filter saved-filters.edit_filter
        saved-filters.list_filters saved-filters.read_inbox_settings side-actions-of-dossiers.list_requests
        signatures.read_signatures slips.list_slips slips.read_slip slips.read_slip_docx task-actions.press
        task-actions.read task-batch.act_on_many task-batch.state_of_batch tasks.count_tasks tasks.list_tasks web.act
        web.act_again web.act_on_batch web.add web.attribution web.batch_progress web.board_as_file web.bring_signed_again
        web.change_saved_filter web.choose_again web.choose_inbox_settings web.clock web.control web.correct web.diagram
        web.diagram_data web.dossier web.dossier_fees web.dossiers web.drop_draft web.drop_draft_again web.file
        web.file_page web.file_thumbnail web.files web.here web.inbox web.inbox_numbers web.inbox_settings
        web.keep_saved_filter web.look_again web.monitor web.open_by_code web.period_list web.period_list_as_file
        web.preview_batch web.print_inbox web.records web.register_file web.registers web.related web.remark_again
        web.remarks web.remove_saved_filter web.saved_filters web.see_batch web.sign_file web.slip web.slip_word web.slips
        web.slips_file web.task web.task_beside web.timeline web.totals web.trends web.trends_as_file web.view_file
        web.watched web.watched_csv web.watched_pdf web.watched_xlsx web.workload web.workload_as_file workload.dossiers
        workload.trends workload.trends_pdf workload.trends_xlsx workload.workload workload.workload_pdf
        workload.workload_xlsx
        """,
    ),
    (
        ("control.view", "report.view"),
        """
        attachments.list_accesses looks.list_dossier_looks web.dossier_looks
        """,
    ),
    (
        ("diagram.deploy",),
        """
        publishing.publish_version versions.correct_configuration versions.move versions.preview versions.repeal_version
        versions.undo web.correct_configuration web.move web.moving web.publish web.repeal_version web.undo_moves
        """,
    ),
    (
        ("diagram.deploy", "diagram.design"),
        """
        diagram_drafts.create_draft diagram_drafts.discard diagram_drafts.reopen diagram_drafts.restore_draft_state
        diagram_drafts.save_draft_state diagram_drafts.title_draft simulations.ask_simulation simulations.cancel
        simulations.delete simulations.list_simulations simulations.read_simulation simulations.retry web.accept_table_again
        web.accept_table_draft web.add_draft_form web.arrange web.ask_agency web.ask_simulation web.begin_draft_now
        web.begin_for web.begin_with web.bind_draft_form web.bring_draft_file web.bring_draft_file_again web.bring_table
        web.change_simulation web.check_draft_form web.check_drawn web.choices web.compare_simulations web.confirm_agency
        web.correct_table web.decision_again web.discard_draft_now web.discard_table_again web.discard_table_draft
        web.do_again web.download_draft_form web.draft_accounts web.draft_scan web.duplicate_draft web.edit_draft_form
        web.element_templates web.every_way_of_draft web.forms_again web.forms_of_draft web.label_draft_state web.modeller
        web.move_in_draft web.note_decision web.preview_form web.publishing web.remove_draft_form web.rename_draft_form
        web.rename_draft_now web.reopen_draft_now web.restore_draft_state web.save_draft_data web.simulation
        web.simulation_drawing web.simulation_file web.simulation_progress web.simulations web.table_draft
        web.table_draft_diagram web.table_drafts_home web.tried_draft web.try_draft web.try_form web.what_if
        """,
    ),
    (
        ("diagram.deploy", "diagram.design", "procedure.review"),
        """
        diagram_drafts.comment_draft diagram_drafts.diff_draft diagram_drafts.list_draft_comments
        diagram_drafts.list_draft_states diagram_drafts.list_drafts diagram_drafts.read_draft
        diagram_drafts.read_draft_state diagram_drafts.settle_draft_comment versions.add_version_comment
        versions.list_version_comments versions.read_decision_file web.at_draft web.check_data web.check_version
        web.comment_again web.comment_version web.compare_draft web.compare_draft_data web.configuration_again
        web.draft_again web.draft_data web.draft_file web.draft_history web.draft_state web.draft_state_again
        web.draft_state_data web.draft_talk web.every_way_of_version web.move_in_version web.procedures web.repeal_again
        web.say_about_draft web.settle_draft_comment web.settle_draft_comment_again web.tried_version web.try_version
        web.undo_again web.version web.version_decision web.version_file web.versions web.versions_to_check web.workbench
        """,
    ),
    (
        ("diagram.deploy", "procedure.review"),
        """
        publications.answer web.answer_said_issue
        """,
    ),
    (
        ("document.sign", "dossier.register", "task.work"),
        """
        sign-batch.read_waiting sign-batch.sign_many signatures.complete signatures.prepare signatures.read_attributes
        signatures.read_prepared signatures.sign signatures.upload web.bring_signed web.sign_chosen web.sign_with_key
        web.signing web.signing_progress web.stop_signing
        """,
    ),
    (
        ("dossier.correct",),
        """
        dossier-actions.correct
        """,
    ),
    (
        ("dossier.correct", "dossier.register"),
        """
        fees.void web.void_fee web.write_record
        """,
    ),
    (
        ("dossier.disclose",),
        """
        disclosures.create_disclosure disclosures.take_disclosure web.disclose_now web.disclosed_package
        """,
    ),
    (
        ("dossier.import",),
        """
        imports.accept imports.drop imports.import_remarks imports.import_template imports.list_import_rows
        imports.list_imports imports.map_import imports.preview_import imports.read_import imports.withdraw
        imports.withdraw_row web.accept_dossiers web.dossier_import web.dossier_imports web.drop_dossiers web.import_remarks
        web.import_template web.map_columns web.preview_dossiers web.withdraw_dossiers
        """,
    ),
    (
        ("dossier.message",),
        """
        dossier-actions.message
        """,
    ),
    (
        ("dossier.message", "dossier.register", "task.work"),
        """
        attachments.add attachments.reuse web.add_files
        """,
    ),
    (
        ("dossier.register",),
        """
        applicants.list_papers dossier-actions.amend dossier-actions.reprint fees.collect fees.refund registration.register
        registration.remind web.call_list web.check_online web.choose_procedure web.collect_fee web.decide_again
        web.decide_online web.find_applicant web.guidance_file web.intake_queue web.lost_slip web.postal_intake
        web.print_lost_slip web.refund_fee web.register_dossier web.register_postal web.registered web.registration_form
        web.remind web.results
        """,
    ),
    (
        ("dossier.register", "message.manage"),
        """
        deliveries.call_made deliveries.cancel_delivery deliveries.list_calls deliveries.list_deliveries
        deliveries.read_delivery deliveries.retry_deliveries deliveries.retry_delivery web.calls web.deliveries web.delivery
        web.kept web.retry_chosen web.settle_delivery web.settle_delivery_again
        """,
    ),
    (
        ("dossier.register", "report.view"),
        """
        fees.list_cash_up fees.print_cash_up web.fee_list web.fee_list_pdf web.fee_list_xlsx
        """,
    ),
    (
        ("dossier.register", "task.assign", "task.work"),
        """
        desk-actions.join
        """,
    ),
    (
        ("dossier.register", "task.work"),
        """
        approving.approve_many approving.read_awaiting approving.read_progress approving.stop delegations.create_delegation
        desk-actions.ask_correction desk-actions.contribute desk-actions.paper_received desk-actions.receive_correction
        desk-actions.refuse_intake side-actions-of-dossiers.supplement_dossier side-actions-of-dossiers.withdraw_dossier
        side-actions.apologise side-actions.arrange_visit side-actions.ask_opinion side-actions.reject
        side-actions.request_extension side-actions.request_payment side-actions.request_supplement side-actions.stop
        side-actions.withdraw slips.issue slips.list_kinds slips.new_slip slips.preview_docx slips.preview_pdf
        task-actions.accept task-actions.claim task-actions.complete task-actions.confirm_result task-actions.deliver_result
        task-actions.forward task-actions.handoff task-actions.recall task-actions.release task-actions.return_
        web.approvals web.approve_chosen web.approving_progress web.change_handing web.deliver web.give_delegation
        web.hand_to_post web.handing_again web.handing_form web.issue_slip web.keep_draft web.labels web.look_at_slip
        web.new_slip web.post_list_file web.postal_return web.return_one web.see_approving web.stop_approving
        """,
    ),
    (
        ("incident.manage",),
        """
        backups.read_backups backups.release_restored incidents.close_incident incidents.list_incidents
        incidents.read_incident incidents.repair_incident incidents.retry_incident jobs.give_up_job jobs.list_jobs
        jobs.read_queue_state jobs.retry_job web.act_on_incident web.act_on_incident_again web.backups_page web.incident
        web.incidents web.jobs web.release_restored web.settle_job
        """,
    ),
    (
        ("message.manage",),
        """
        message-templates.list_templates message-templates.preview_template message-templates.read_template
        message-templates.save_template web.edit_message_template web.message_template web.message_templates
        """,
    ),
    (
        ("outage.announce",),
        """
        outages.announce_outage outages.change_outage outages.end_outage outages.list_outages web.announce_outage
        web.change_outage web.end_outage web.end_outage_again web.outage_form web.outages
        """,
    ),
    (
        ("outage.announce", "system.suspend"),
        """
        log-book.change_log_entry log-book.enter_outage log-book.note_outage web.change_log_entry web.change_log_entry_form
        web.enter_outage web.log_entry_form web.note_outage
        """,
    ),
    (
        ("procedure.manage",),
        """
        procedure-editing.cancel_procedure_change procedure-editing.change_procedure procedure-editing.create_procedure
        procedure-editing.read_procedure_data web.cancel_procedure_change web.change_procedure web.create_procedure
        web.edited_procedure_page web.edited_procedures web.new_procedure web.procedure_part
        """,
    ),
    (
        ("procedure.review",),
        """
        publications.list_pending_reviews publications.review_version web.settle_check
        """,
    ),
    (
        ("signed_in",),
        """
        accounts.me api-tokens.create_api_token api-tokens.list_api_tokens api-tokens.revoke_own_api_token
        calendars.list_calendars calendars.read_calendar calendars.read_change event_logs.version_as_run
        event_logs.version_ocel event_logs.version_xes my-account.end_my_other_sessions my-account.end_my_session
        my-account.list_my_sessions my-account.set_password notices.change_switches notices.count_notices
        notices.list_notices notices.mark_notices_read notices.read_switches notices.try_notices procedures.guidance
        procedures.list_procedures procedures.read_procedure publications.add_issue publications.list_accounts
        publications.list_issues publishing.check_diagram second-factor.begin second-factor.confirm second-factor.end
        second-factor.renew second-factor.show second-factor.show_second_factor sign-batch.read_keys sign-ins.report_mine
        versions.compare_versions versions.download_diagram versions.list_versions versions.read_version web.administration
        web.api_tokens web.calendar web.calendar_change web.calendars web.change_second_factor web.choose_notices
        web.end_my_sessions web.finish_tour web.help_page web.issue_again web.make_token web.me web.my_sessions web.notice
        web.notice_count web.notices web.notices_read web.password web.procedure_issues web.report web.report_form
        web.revoke_token web.say_issue web.second_factor web.second_factor_form web.set_password web.show_second_factor
        web.try_notices web.version_as_run web.version_as_run_data web.version_event_log
        """,
    ),
    (
        ("slip.manage", "slip.manage_own"),
        """
        slip_templates.add_template slip_templates.builtin_template slip_templates.download_template
        slip_templates.list_templates slip_templates.preview_docx slip_templates.preview_pdf
        slip_templates.withdraw_template web.act_on_slip_template web.act_on_slip_template_again web.builtin_slip_template
        web.slip_logos web.slip_template web.slip_template_file web.slip_template_form web.slip_template_preview
        web.slip_templates web.upload_slip_logo web.upload_slip_template
        """,
    ),
    (
        ("system.suspend",),
        """
        maintenance.begin_maintenance maintenance.end_maintenance web.begin_maintenance web.end_maintenance
        web.end_maintenance_again web.maintenance_page
        """,
    ),
    (
        ("task.assign",),
        """
        desk-actions.reassign dossier-actions.hand_over web.hand_over web.hand_over_form
        """,
    ),
)
ROUTES: Final[Mapping[str, frozenset[str]]] = {
    endpoint: frozenset(permissions) for permissions, endpoints in _TABLE for endpoint in endpoints.split()
}
"""By the route's name (blueprint and function), any one of these permissions opens it."""

CONTROL: Final = "control.view"
"""Sees the whole province and changes nothing (QT-27.4)."""
CONTROL_TELLS: Final = frozenset(
    {
        "task-actions.press",  # reminding who holds a step is what control is for (ST-26.1, HT-16.2)
        "publications.add_issue",  # what is wrong with a procedure, said to those who publish it
        "web.say_issue",
    }
)
"""What the control office says to others; nothing of a dossier's course changes by it. Its own affairs (password, sessions,
notices, filters, how its inbox looks) are everybody's."""
