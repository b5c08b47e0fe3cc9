#!/usr/bin/env bash
# The two logins of docs/operations.md, made once when the database's volume is empty.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --username postgres -v owner="$OWNER_PASSWORD" -v web="$WEB_PASSWORD" <<'SQL'
CREATE ROLE motcua_app NOLOGIN;
CREATE ROLE motcua_owner LOGIN PASSWORD :'owner' IN ROLE motcua_app;
CREATE ROLE motcua_web LOGIN PASSWORD :'web' IN ROLE motcua_app;
CREATE DATABASE motcua OWNER motcua_owner;
\connect motcua
CREATE EXTENSION unaccent;
CREATE EXTENSION pg_trgm;
SQL
