"""Periodic duties: housekeeping that some worker does once a period, however many workers there are.

The queue itself sees to that: whichever worker defers a period's duty first, the others find it deferred.
"""

from __future__ import annotations

from datetime import timedelta

from procrastinate import JobContext

from app.actions import draft_keeping, edit_procedure, mandates, vacancies
from app.runtime import runtime
from app.store import (
    draft_presence,
    drafts,
    idempotency,
    job_failures,
    lookup_counts,
    presence,
    sign_in_attempts,
    sms_lookups,
    tokens,
)
from app.store.transaction import transaction
from app.wording import LOCAL

KEYS_KEPT = timedelta(days=7)
"""How long an idempotency key answers again (interface: seven days)."""
DRAFTS_KEPT = timedelta(days=30)
"""How long a draft outlives its task, for whoever was writing when somebody else finished it."""
JOBS_KEPT = timedelta(days=7)
LOOKUPS_KEPT = timedelta(hours=2)
"""How long it is known from which address strangers looked up; they are counted by the hour."""
STALLED_AFTER = timedelta(seconds=60)
"""A worker that has not been heard of for so long is dead; its heart beats every ten seconds."""


def forget_old_keys() -> None:
    """Remove idempotency keys, tokens and answers by SMS that nobody can use any more."""
    now = runtime().now()
    with transaction() as connection:
        idempotency.forget_keys(connection, now - KEYS_KEPT)
        tokens.forget_tokens(connection, now)
        sms_lookups.forget_lookups(connection, now - KEYS_KEPT)
        sign_in_attempts.forget_old(connection, now)
        lookup_counts.forget(connection, now - LOOKUPS_KEPT)
        job_failures.forget_failures(connection)
        job_failures.forget_ticks(connection, now - JOBS_KEPT)


def drop_old_drafts() -> None:
    """Remove drafts on tasks that ended long ago, who left a dossier's page or a draft of a diagram without saying so, and
    automatic states of those drafts that newer ones stand for."""
    with transaction() as connection:
        drafts.drop_drafts_of_closed(connection, runtime().now() - DRAFTS_KEPT)
        presence.forget_gone(connection, runtime().now())
        draft_presence.forget_left(connection, runtime().now())
    draft_keeping.thin_states(runtime().now())


def review_vacancies() -> None:
    """Open the steps whose position somebody holds again, and let those wait that nobody can take any more."""
    vacancies.review_vacancies(runtime().now())


def review_mandates() -> None:
    """Let who is new in an agency that acts for another hold what she takes over there, and who has left no more."""
    mandates.review_mandates(runtime().now().astimezone(LOCAL).date())


def apply_procedure_changes() -> None:
    """Let changes of procedures' data take effect whose day has come."""
    edit_procedure.apply_due(runtime().now())


async def recover_jobs(context: JobContext) -> None:
    """Give the jobs of workers that died back to the queue, and drop what succeeded long ago; failed ones stay listed."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER.total_seconds()):
        await manager.retry_job(job)
    await manager.delete_old_jobs(nb_hours=int(JOBS_KEPT.total_seconds() // 3600))
