"""A connection that is lost while a job is deferred is a lost connection, to be answered by "try again"."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.embedded import Urls
from app.failures import failure_of
from app.store import queue
from app.store.transaction import transaction


def test_a_connection_lost_while_a_job_is_deferred(app: Flask, database_urls: Urls) -> None:
    with app.app_context():
        with pytest.raises(OperationalError) as caught:
            _defer_on_a_lost_connection(database_urls.app)
        assert failure_of(caught.value).status == 503
        with transaction() as connection:
            queue.defer(connection, "send_delivery", delivery_id=1)


def _defer_on_a_lost_connection(url: str) -> None:
    with transaction() as connection:
        ours = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with psycopg.connect(url) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [ours])
        queue.defer(connection, "send_delivery", delivery_id=1)
