#!/usr/bin/env bash
# Run by the postgres image when its volume is new.
set -euo pipefail
psql --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set owner_password="$(cat /run/secrets/crm_owner_password)" \
  --set app_password="$(cat /run/secrets/crm_app_password)" \
  --file /docker/roles.sql
