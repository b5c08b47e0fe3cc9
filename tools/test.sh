#!/usr/bin/env bash
# The whole suite on the embedded PostgreSQL, then what touches the database once more on Debian's, where that is installed.
# Arguments are handed to pytest; without any, both rounds run.
set -euo pipefail
cd "$(dirname "$0")/.."
# Settings of whoever calls must not reach the tests.
unset DATABASE_URL DATABASE_OWNER_URL DATABASE_READ_URL MOTCUA_DATA MOTCUA_PROFILE PORT HOST PUBLIC_URL SMTP_URL MAIL_FROM \
    LOG_LEVEL LOG_FORMAT WEB_WORKERS WEB_THREADS TICK_SECONDS MAX_BODY_BYTES TOKEN_HOURS SECRET_KEY \
    MAX_FILE_BYTES FILES_URL CLAMAV_URL SIGNING_KEYS SIGNING_TRUST TIMESTAMP_URL SMS_URL SMS_TEXT SMS_LOOKUP_TOKEN METRICS_TOKEN METRICS_PORT ZALO_URL BACKUP_DIR \
    TRUSTED_PROXIES REQUESTS_PER_ACCOUNT REQUESTS_PER_ADDRESS LOOKUPS_PER_ADDRESS SEAL_MAIL \
    OIDC_ISSUER OIDC_CLIENT_ID OIDC_CLIENT_SECRET OIDC_CLAIM OIDC_ACCOUNT OIDC_TITLE SECOND_FACTOR API_TOKEN_DAYS

# The processes that tests start would compile everything that they import, each time.
unset PYTHONDONTWRITEBYTECODE

if [ $# -gt 0 ]; then
    exec .venv/bin/python -m pytest "$@"
fi

unset MOTCUA_TEST_PG
# A file's tests stay together: what a module sets up (a loaded province) is then made once.
echo "» tests on the embedded PostgreSQL"
.venv/bin/python -m pytest -n 2 --dist loadfile

shopt -s nullglob
installed=(/usr/lib/postgresql/*/bin/postgres)
if [ ${#installed[@]} -eq 0 ]; then
    echo "!!! Debian's PostgreSQL is not installed: the database tests ran on the embedded server only (apt-get install postgresql)"
    exit 0
fi
binaries=$(dirname "${installed[-1]}")
echo "» database tests once more on $("$binaries/postgres" -V)"
MOTCUA_TEST_PG=$binaries .venv/bin/python -m pytest -n 2 --dist loadfile -m 'database and not drill and not browser'
