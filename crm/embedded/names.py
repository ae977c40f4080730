"""The names in every installation's database, without loading a driver."""

DATABASE = "tongzhou"
OWNER = "crm_owner"
APP = "crm_app"
SUPERUSER = "postgres"
