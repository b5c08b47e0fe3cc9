#!/bin/sh
# Run once by Patroni on the first primary, with the superuser's connection string as $1: roles, database, rights.
# OWNER_PASSWORD and WEB_PASSWORD come from the environment (the service reads node.env).
set -eu
psql "$1" --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
    --set owner="$OWNER_PASSWORD" --set web="$WEB_PASSWORD" <<'SQL'
CREATE ROLE motcua_app NOLOGIN;
CREATE ROLE motcua_owner LOGIN PASSWORD :'owner';
CREATE ROLE motcua_web LOGIN PASSWORD :'web';
GRANT motcua_app TO motcua_web;
GRANT motcua_app TO motcua_owner;
CREATE DATABASE motcua OWNER motcua_owner;
\connect motcua
CREATE EXTENSION unaccent;
CREATE EXTENSION pg_trgm;
REVOKE ALL ON DATABASE motcua FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE motcua TO motcua_app;
SQL
