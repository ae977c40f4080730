-- The two roles of Tongzhou and their rights, for a PostgreSQL server of one's own.
-- Run once as an administrator, inside the database that Tongzhou shall use:
--   psql -v owner_password=… -v app_password=… -d tongzhou -f roles.sql
-- Neither role may bypass row-level security; the application's role owns nothing.
-- The server needs LC_CTYPE with Chinese letters: initdb --locale=C.UTF-8 -E UTF8.
\set ON_ERROR_STOP on

create role crm_owner login nosuperuser nobypassrls nocreaterole nocreatedb password :'owner_password';
create role crm_app login nosuperuser nobypassrls nocreaterole nocreatedb password :'app_password';

create extension if not exists pg_trgm;
create extension if not exists btree_gin;

select format('grant connect, create on database %I to crm_owner', current_database()) \gexec
select format('grant connect on database %I to crm_app', current_database()) \gexec
grant usage, create on schema public to crm_owner;
grant usage on schema public to crm_app;
alter default privileges for role crm_owner in schema public
  grant select, insert, update, delete on tables to crm_app;
alter default privileges for role crm_owner in schema public
  grant usage, select on sequences to crm_app;
alter default privileges for role crm_owner in schema public
  grant execute on functions to crm_app;
